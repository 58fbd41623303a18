// GraphWriter: property indexes.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/counters.h"
#include "engine/error.h"
#include "engine/graph_writer.h"
#include "engine/property_index.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/catalogue.h"
#include "storage/node_reader.h"
#include "storage/nodes.h"
#include "storage/property_index.h"
#include "storage/transaction.h"

namespace entente {
namespace {

using storage::NodeRecord;

// Entries or nodes that are held at once.
constexpr size_t kPortion = 4096;

using Entries = std::vector<std::pair<std::string, NodeId>>;

uint64_t BytesOf(const Entries::value_type& entry) { return sizeof(entry) + entry.first.size(); }

}  // namespace

absl::StatusOr<IndexId> GraphWriter::CreateIndex(absl::string_view name, absl::string_view label,
                                                 absl::string_view property, MayGoOn may_go_on) {
  PropertyIndex index;
  ASSIGN_OR_RETURN(index.label, NeedLabel(label));
  ASSIGN_OR_RETURN(index.property, NeedProperty(property));
  if (const PropertyIndex* same = catalogue_->FindIndex(index.label, index.property)) {
    return MakeError(ErrorCode::kIndexExists, absl::StrCat("There is an index on :", label, "(",
                                                           property, "): ", same->name));
  }
  if (catalogue_->FindIndex(name) != nullptr) {
    return MakeError(ErrorCode::kIndexExists,
                     absl::StrCat("There is an index of the name ", name, " on something else"));
  }
  index.name = std::string(name);
  const std::string made = absl::StrCat(label, "_", property);
  for (int i = 1; index.name.empty(); ++i) {
    std::string candidate = i == 1 ? made : absl::StrCat(made, "_", i);
    if (catalogue_->FindIndex(candidate) == nullptr) index.name = std::move(candidate);
  }
  if (!catalogue_->indexes().empty()) index.id = catalogue_->indexes().back().id + 1;
  RETURN_IF_ERROR(ChangeableCatalogue().AddIndex(index));
  storage::PutIndex(transaction_, {index.id, index.name, index.label, index.property});
  RETURN_IF_ERROR(FillIndex(index, may_go_on));
  return index.id;
}

absl::Status GraphWriter::DropIndex(IndexId index, MayGoOn may_go_on) {
  RETURN_IF_ERROR(EmptyIndex(index, may_go_on));
  storage::EraseIndex(transaction_, index);
  ChangeableCatalogue().RemoveIndex(index);
  return absl::OkStatus();
}

absl::Status GraphWriter::IndexNewNode(NodeId node, const NodeRecord& record) {
  return MoveIndexEntries(node, nullptr, &record);
}

absl::Status GraphWriter::MoveIndexEntries(NodeId node, const NodeRecord* old,
                                           const NodeRecord* record) {
  if (catalogue_->indexes().empty()) return absl::OkStatus();
  std::vector<IndexEntry> before;
  std::vector<IndexEntry> after;
  if (old != nullptr) {
    ASSIGN_OR_RETURN(before, IndexEntriesOf(*catalogue_, *old));
  }
  if (record != nullptr) {
    ASSIGN_OR_RETURN(after, IndexEntriesOf(*catalogue_, *record));
  }
  const auto contains = [](const std::vector<IndexEntry>& entries, const IndexEntry& entry) {
    return std::find(entries.begin(), entries.end(), entry) != entries.end();
  };
  for (const IndexEntry& entry : before) {
    if (!contains(after, entry)) RETURN_IF_ERROR(RemoveIndexEntry(node, entry));
  }
  for (const IndexEntry& entry : after) {
    if (!contains(before, entry)) RETURN_IF_ERROR(AddIndexEntry(node, entry));
  }
  return absl::OkStatus();
}

absl::Status GraphWriter::AddIndexEntry(NodeId node, const IndexEntry& entry) {
  ASSIGN_OR_RETURN(const bool known,
                   storage::HasIndexValue(transaction_, entry.index, entry.value));
  if (!known) RETURN_IF_ERROR(transaction_.Count(IndexValueCounter(entry.index), 1));
  RETURN_IF_ERROR(transaction_.Count(IndexEntryCounter(entry.index), 1));
  storage::PutIndexEntry(transaction_, entry.index, entry.value, node);
  return absl::OkStatus();
}

absl::Status GraphWriter::RemoveIndexEntry(NodeId node, const IndexEntry& entry) {
  storage::EraseIndexEntry(transaction_, entry.index, entry.value, node);
  ASSIGN_OR_RETURN(const bool still,
                   storage::HasIndexValue(transaction_, entry.index, entry.value));
  if (!still) RETURN_IF_ERROR(transaction_.Count(IndexValueCounter(entry.index), -1));
  return transaction_.Count(IndexEntryCounter(entry.index), -1);
}

absl::Status GraphWriter::FillIndex(const PropertyIndex& index, MayGoOn may_go_on) {
  Entries entries;
  uint64_t bytes = 0;
  const std::unique_ptr<NodeScan> scan = ScanLabel(index.label);
  std::vector<NodeId> nodes;
  storage::NodeReader reader(transaction_);
  while (true) {
    RETURN_IF_ERROR(may_go_on(bytes));
    nodes.clear();
    ASSIGN_OR_RETURN(const bool more, scan->Next(kPortion, &nodes));
    if (!more) break;
    RETURN_IF_ERROR(reader.Load(nodes));
    for (size_t i = 0; i < nodes.size(); ++i) {
      const NodeRecord* record = reader.record(i);
      if (record == nullptr) return absl::DataLossError("a label leads to no node");
      ASSIGN_OR_RETURN(const Value value, FindProperty(record->properties, index.property));
      if (value.is_null()) continue;
      entries.emplace_back(IndexValue(value), nodes[i]);
      bytes += BytesOf(entries.back());
    }
  }
  std::sort(entries.begin(), entries.end());
  int64_t values = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i % kPortion == 0) RETURN_IF_ERROR(may_go_on(bytes));
    if (i == 0 || entries[i].first != entries[i - 1].first) ++values;
    storage::PutIndexEntry(transaction_, index.id, entries[i].first, entries[i].second);
  }
  RETURN_IF_ERROR(transaction_.Count(IndexValueCounter(index.id), values));
  return transaction_.Count(IndexEntryCounter(index.id), static_cast<int64_t>(entries.size()));
}

absl::Status GraphWriter::EmptyIndex(IndexId index, MayGoOn may_go_on) {
  // Not erased while the cursor stands among them, and not in portions: a cursor begins with all
  // that this transaction has erased.
  Entries entries;
  uint64_t bytes = 0;
  storage::IndexCursor cursor(transaction_, index, /*from=*/"");
  while (cursor.Next()) {
    if (entries.size() % kPortion == 0) RETURN_IF_ERROR(may_go_on(bytes));
    entries.emplace_back(std::string(cursor.value()), cursor.node());
    bytes += BytesOf(entries.back());
  }
  RETURN_IF_ERROR(cursor.status());
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i % kPortion == 0) RETURN_IF_ERROR(may_go_on(bytes));
    storage::EraseIndexEntry(transaction_, index, entries[i].first, entries[i].second);
  }
  for (const std::string& counter : {IndexEntryCounter(index), IndexValueCounter(index)}) {
    ASSIGN_OR_RETURN(const uint64_t count, transaction_.Counter(counter));
    RETURN_IF_ERROR(transaction_.Count(counter, -static_cast<int64_t>(count)));
  }
  return absl::OkStatus();
}

}  // namespace entente
