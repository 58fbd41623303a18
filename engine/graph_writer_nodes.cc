// GraphWriter: nodes, and what follows from their keys, names and labels.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/counters.h"
#include "engine/error.h"
#include "engine/graph_writer.h"
#include "engine/names.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/adjacency.h"
#include "storage/dictionary.h"
#include "storage/merges.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/transaction.h"

namespace entente {
namespace {

using storage::NodeRecord;

bool GivesPublisher(const std::vector<MapEntry>& properties) {
  return std::any_of(properties.begin(), properties.end(), [](const MapEntry& entry) {
    return entry.first == kBuiltInProperties[kPublisherProperty];
  });
}

bool Contains(const std::vector<LabelId>& labels, LabelId label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

}  // namespace

absl::StatusOr<std::string> GraphWriter::TextOf(const NodeRecord* record, PropertyId property) {
  if (record == nullptr) return std::string();
  ASSIGN_OR_RETURN(const Value value, FindProperty(record->properties, property));
  return value.is_string() ? std::string(value.string()) : std::string();
}

absl::StatusOr<NodeId> GraphWriter::CreateNode(absl::Span<const std::string> labels,
                                               const std::vector<MapEntry>& properties) {
  NodeRecord record;
  RETURN_IF_ERROR(SetPacked(properties, &record.properties));
  ASSIGN_OR_RETURN(const std::vector<LabelId> ids, NeedLabels(labels));
  for (LabelId label : ids) {
    if (!Contains(record.labels, label)) record.labels.push_back(label);
  }
  NodeId node;
  if (Contains(record.labels, kArticleLabel)) {
    ASSIGN_OR_RETURN(node, transaction_.NewArticle());
  } else {
    ASSIGN_OR_RETURN(node, transaction_.NewEntity());
  }
  RETURN_IF_ERROR(ChangeNode(node, nullptr, std::move(record)));
  return node;
}

absl::Status GraphWriter::SetNodeProperty(NodeId node, absl::string_view name, const Value& value) {
  return SetNodeProperties(node, {{std::string(name), value}}, /*merge=*/true);
}

absl::Status GraphWriter::SetNodeProperties(NodeId node, const std::vector<MapEntry>& properties,
                                            bool merge) {
  ASSIGN_OR_RETURN(const NodeRecord old, NeedNode(node));
  NodeRecord record = old;
  if (!merge) record.properties.clear();
  RETURN_IF_ERROR(SetPacked(properties, &record.properties));
  return ChangeNode(node, &old, std::move(record), GivesPublisher(properties));
}

absl::Status GraphWriter::AddLabels(NodeId node, absl::Span<const std::string> labels) {
  ASSIGN_OR_RETURN(const NodeRecord old, NeedNode(node));
  NodeRecord record = old;
  ASSIGN_OR_RETURN(const std::vector<LabelId> ids, NeedLabels(labels));
  for (LabelId label : ids) {
    if (!Contains(record.labels, label)) record.labels.push_back(label);
  }
  return ChangeNode(node, &old, std::move(record));
}

absl::Status GraphWriter::RemoveLabels(NodeId node, absl::Span<const std::string> labels) {
  ASSIGN_OR_RETURN(const NodeRecord old, NeedNode(node));
  NodeRecord record = old;
  for (const std::string& name : labels) {
    const LabelId label = catalogue_->FindLabel(name);
    record.labels.erase(std::remove(record.labels.begin(), record.labels.end(), label),
                        record.labels.end());
  }
  return ChangeNode(node, &old, std::move(record));
}

absl::Status GraphWriter::DeleteNode(NodeId node) {
  ASSIGN_OR_RETURN(const bool exists, HasNode(node));
  if (!exists) return absl::OkStatus();
  for (storage::Direction direction : {storage::Direction::kOut, storage::Direction::kIn}) {
    ASSIGN_OR_RETURN(const storage::Degree degree,
                     storage::ReadDegree(transaction_, direction, node, storage::RelationFilter()));
    if (degree.edges > 0) {
      return MakeError(ErrorCode::kDeleteConnectedNode,
                       absl::StrCat("The node ", node, " still has relationships; DETACH DELETE ",
                                    "deletes them with it"));
    }
  }
  RETURN_IF_ERROR(ForgetMerges(node));
  return RemoveNode(node);
}

absl::Status GraphWriter::ForgetMerges(NodeId node) {
  for (std::vector<NodeId> open = {node}; !open.empty();) {
    ASSIGN_OR_RETURN(const std::vector<NodeId> merged,
                     storage::MergedInto(transaction_, open.back()));
    open.pop_back();
    for (NodeId one : merged) {
      ASSIGN_OR_RETURN(const std::optional<storage::MergeRecord> merge,
                       storage::ReadMerge(transaction_, one));
      if (!merge.has_value()) return absl::DataLossError("the record of a merge is lost");
      ASSIGN_OR_RETURN(const std::string key, TextOf(&merge->merged_before, kKeyProperty));
      storage::EraseMergedKey(transaction_, key, one);
      RETURN_IF_ERROR(storage::EraseMerge(transaction_, one, *merge));
      open.push_back(one);
    }
  }
  return absl::OkStatus();
}

absl::Status GraphWriter::RemoveNode(NodeId node) {
  ASSIGN_OR_RETURN(const NodeRecord old, NeedNode(node));
  std::vector<NodeId> affected;
  if (IsArticle(node)) {
    RETURN_IF_ERROR(RemoveEvidenceOf(node));
    RETURN_IF_ERROR(MoveAwaiting(node, &old, nullptr));
  } else {
    ASSIGN_OR_RETURN(affected, storage::ArticlesOfPublisher(transaction_, node));
    for (NodeId article : affected) RETURN_IF_ERROR(SetPublisher(article, kNoId));
    RETURN_IF_ERROR(MoveNames(node, &old, nullptr));
  }
  RETURN_IF_ERROR(MoveKey(node, &old, nullptr, &affected));
  RETURN_IF_ERROR(CountLabels(&old, nullptr));
  RETURN_IF_ERROR(MoveIndexEntries(node, &old, nullptr));
  RETURN_IF_ERROR(storage::EraseNode(transaction_, node, old));
  articles_.Forget();
  return RecomputeFactsOf(std::move(affected));
}

absl::Status GraphWriter::ChangeNode(NodeId node, const NodeRecord* old, NodeRecord record,
                                     bool publisher_given) {
  std::vector<NodeId> affected;
  if (IsArticle(node)) {
    RETURN_IF_ERROR(DeriveArticle(node, old, publisher_given, &record));
    if (old != nullptr &&
        (old->publisher != record.publisher || old->published != record.published ||
         old->original != record.original)) {
      affected.push_back(node);
    }
  }
  if (old != nullptr && *old == record) return absl::OkStatus();
  RETURN_IF_ERROR(storage::WriteNode(transaction_, node, old, record));
  RETURN_IF_ERROR(CountLabels(old, &record));
  RETURN_IF_ERROR(MoveIndexEntries(node, old, &record));
  const bool same_properties = old != nullptr && old->properties == record.properties;
  if (IsArticle(node)) {
    articles_.Forget();
    RETURN_IF_ERROR(MoveAwaiting(node, old, &record));
  } else if (!same_properties || old->names != record.names) {
    RETURN_IF_ERROR(MoveNames(node, old, &record));
  }
  if (!same_properties) RETURN_IF_ERROR(MoveKey(node, old, &record, &affected));
  return RecomputeFactsOf(std::move(affected));
}

absl::StatusOr<NodeId> GraphWriter::NeedEntity(absl::string_view text) {
  ASSIGN_OR_RETURN(const NodeId known, ResolveName(text));
  if (known != kNoId) return known;
  if (NormalizeName(text).empty()) return absl::InvalidArgumentError("a name is empty");
  const std::string key = StubKey(text);
  ASSIGN_OR_RETURN(const NodeId stub, FindKey(key));
  if (stub != kNoId) return stub;
  return CreateNode(
      {}, {{std::string(kBuiltInProperties[kKeyProperty]), Value::String(key)},
           {std::string(kBuiltInProperties[kNameProperty]), Value::String(StubName(text))}});
}

absl::Status GraphWriter::MoveKey(NodeId node, const NodeRecord* old, const NodeRecord* record,
                                  std::vector<NodeId>* affected) {
  ASSIGN_OR_RETURN(const std::string from, TextOf(old, kKeyProperty));
  ASSIGN_OR_RETURN(const std::string to, TextOf(record, kKeyProperty));
  if (from == to) return absl::OkStatus();
  if (!from.empty()) {
    ASSIGN_OR_RETURN(const NodeId owner, FindKeyOwner(from));
    RETURN_IF_ERROR(storage::RemoveKey(transaction_, from, node));
    if (owner == node) {
      ASSIGN_OR_RETURN(const NodeId heir, FindKeyOwner(from));
      ASSIGN_OR_RETURN(const std::vector<NodeId> copies,
                       storage::CopiesOfOriginal(transaction_, node));
      for (NodeId copy : copies) {
        RETURN_IF_ERROR(SetOriginal(copy, IsArticle(heir) && heir != copy ? heir : kNoId));
        affected->push_back(copy);
      }
    }
  }
  if (to.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const NodeId owner, FindKeyOwner(to));
  RETURN_IF_ERROR(storage::AddKey(transaction_, to, node));
  if (owner != kNoId || !IsArticle(node)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<NodeId> copies, storage::CopiesAwaiting(transaction_, to));
  for (NodeId copy : copies) {
    RETURN_IF_ERROR(SetOriginal(copy, node));
    affected->push_back(copy);
  }
  return absl::OkStatus();
}

absl::Status GraphWriter::MoveNames(NodeId node, const NodeRecord* old, const NodeRecord* record) {
  using storage::NameEntry;
  const auto entries_of = [&](const NodeRecord* of) -> absl::StatusOr<std::vector<NameEntry>> {
    if (of == nullptr) return std::vector<NameEntry>();
    ASSIGN_OR_RETURN(const std::string canonical, TextOf(of, kNameProperty));
    return NameEntriesOf(node, of->names, canonical);
  };
  ASSIGN_OR_RETURN(const std::vector<NameEntry> before, entries_of(old));
  ASSIGN_OR_RETURN(const std::vector<NameEntry> after, entries_of(record));
  for (const NameEntry& entry : before) {
    const bool stays = std::any_of(after.begin(), after.end(), [&](const NameEntry& other) {
      return other.name == entry.name;
    });
    if (!stays) storage::EraseName(transaction_, entry.name, node);
  }
  for (const NameEntry& entry : after) {
    if (std::find(before.begin(), before.end(), entry) == before.end()) {
      storage::PutName(transaction_, entry);
    }
  }
  const std::vector<Trigram> gone = TrigramsOf(before);
  const std::vector<Trigram> there = TrigramsOf(after);
  for (Trigram trigram : gone) {
    if (!std::binary_search(there.begin(), there.end(), trigram)) {
      storage::EraseTrigram(transaction_, trigram, node);
    }
  }
  for (Trigram trigram : there) {
    if (!std::binary_search(gone.begin(), gone.end(), trigram)) {
      storage::PutTrigram(transaction_, trigram, node);
    }
  }
  return absl::OkStatus();
}

absl::Status GraphWriter::CountLabels(const NodeRecord* old, const NodeRecord* record) {
  const std::vector<LabelId> none;
  const std::vector<LabelId>& before = old == nullptr ? none : old->labels;
  const std::vector<LabelId>& after = record == nullptr ? none : record->labels;
  for (LabelId label : before) {
    if (!Contains(after, label)) RETURN_IF_ERROR(transaction_.Count(LabelCounter(label), -1));
  }
  for (LabelId label : after) {
    if (!Contains(before, label)) RETURN_IF_ERROR(transaction_.Count(LabelCounter(label), 1));
  }
  return absl::OkStatus();
}

}  // namespace entente
