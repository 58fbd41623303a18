#include "storage/nodes.h"

#include <algorithm>
#include <utility>

#include "rocksdb/slice.h"
#include "storage/articles.h"
#include "storage/bytes.h"
#include "storage/keys.h"
#include "storage/label_index.h"
#include "storage/provenance.h"
#include "storage/publisher_articles.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

// An instant in the largest unit that gives it exactly: most sources tell seconds, some days.
enum class InstantUnit : uint8_t { kNone, kDay, kSecond, kMicrosecond };

int64_t MicrosecondsOf(InstantUnit unit) {
  switch (unit) {
    case InstantUnit::kDay:
      return kMicrosecondsPerDay;
    case InstantUnit::kSecond:
      return 1'000'000;
    case InstantUnit::kNone:
    case InstantUnit::kMicrosecond:
      break;
  }
  return 1;
}

void AppendInstant(int64_t instant, std::string* out) {
  for (const InstantUnit unit :
       {InstantUnit::kDay, InstantUnit::kSecond, InstantUnit::kMicrosecond}) {
    if (instant == kNoTime) break;
    if (instant % MicrosecondsOf(unit) != 0) continue;
    out->push_back(static_cast<char>(unit));
    AppendVarint(ZigZag(instant / MicrosecondsOf(unit)), out);
    return;
  }
  out->push_back(static_cast<char>(InstantUnit::kNone));
}

bool ReadInstant(ByteReader* bytes, int64_t* instant) {
  uint8_t unit;
  if (!bytes->Fixed(&unit) || unit > static_cast<uint8_t>(InstantUnit::kMicrosecond)) return false;
  *instant = kNoTime;
  if (static_cast<InstantUnit>(unit) == InstantUnit::kNone) return true;
  int64_t count;
  return bytes->Signed(&count) &&
         !__builtin_mul_overflow(count, MicrosecondsOf(static_cast<InstantUnit>(unit)), instant);
}

bool ReadText(ByteReader* bytes, std::string* text) {
  uint64_t size;
  absl::string_view view;
  if (!bytes->Varint(&size) || !bytes->Bytes(size, &view)) return false;
  text->assign(view.data(), view.size());
  return true;
}

bool ReadDay(ByteReader* bytes, int32_t* day) {
  int64_t wide;
  if (!bytes->Signed(&wide)) return false;
  *day = static_cast<int32_t>(wide);
  return *day == wide;
}

bool ReadLabels(ByteReader* bytes, std::vector<LabelId>* labels) {
  uint64_t count;
  if (!bytes->Varint(&count) || count > bytes->rest().size()) return false;
  labels->resize(count);
  return std::all_of(labels->begin(), labels->end(),
                     [&](LabelId& label) { return bytes->Number(&label); });
}

bool ReadNames(ByteReader* bytes, std::vector<Name>* names) {
  uint64_t count;
  if (!bytes->Varint(&count) || count > bytes->rest().size()) return false;
  names->resize(count);
  return std::all_of(names->begin(), names->end(), [&](Name& name) {
    return ReadText(bytes, &name.text) && ReadText(bytes, &name.language) &&
           ReadText(bytes, &name.script) && ReadDay(bytes, &name.since_day) &&
           ReadDay(bytes, &name.until_day);
  });
}

// Keeps publisher → articles in step with a change.
absl::Status UpdatePublisher(Transaction& transaction, NodeId node, NodeId old, NodeId publisher) {
  if (old == publisher) return absl::OkStatus();
  if (old != kNoId) RETURN_IF_ERROR(ErasePublished(transaction, old, node));
  if (publisher != kNoId) {
    transaction.Put(Family::kProvenance, PublisherKey(publisher, node), kPublished);
  }
  return absl::OkStatus();
}

// Keeps original → copies in step with a change.
void UpdateOriginal(Transaction& transaction, NodeId node, NodeId old, NodeId original) {
  if (old == original) return;
  if (old != kNoId) transaction.Delete(Family::kProvenance, OriginalKey(old, node));
  if (original != kNoId) transaction.Put(Family::kProvenance, OriginalKey(original, node), "");
}

absl::Status UpdateIndexes(Transaction& transaction, NodeId node, const NodeRecord& old,
                           const NodeRecord& record) {
  const auto has = [](const std::vector<LabelId>& labels, LabelId label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  };
  for (LabelId label : old.labels) {
    if (!has(record.labels, label)) RETURN_IF_ERROR(EraseLabel(transaction, label, node));
  }
  for (LabelId label : record.labels) {
    if (!has(old.labels, label)) {
      transaction.Put(Family::kIndexes, LabelKey(label, node), kHasLabel);
    }
  }
  UpdateOriginal(transaction, node, old.original, record.original);
  return UpdatePublisher(transaction, node, old.publisher, record.publisher);
}

absl::string_view CountOf(NodeId node) { return IsArticle(node) ? kArticleCount : kEntityCount; }

}  // namespace

std::string EncodeNode(const NodeRecord& record) {
  std::string bytes;
  AppendNode(record, &bytes);
  return bytes;
}

void AppendNode(const NodeRecord& record, std::string* out) {
  AppendVarint(record.labels.size(), out);
  for (LabelId label : record.labels) AppendVarint(label, out);
  AppendVarint(record.names.size(), out);
  for (const Name& name : record.names) {
    for (const std::string* text : {&name.text, &name.language, &name.script}) {
      AppendVarint(text->size(), out);
      *out += *text;
    }
    AppendVarint(ZigZag(name.since_day), out);
    AppendVarint(ZigZag(name.until_day), out);
  }
  AppendVarint(record.publisher + 1, out);  // kNoId: 0
  AppendInstant(record.published, out);
  AppendVarint(record.original + 1, out);
  *out += record.properties;
}

absl::StatusOr<NodeRecord> DecodeNode(absl::string_view value) {
  ByteReader bytes(value);
  NodeRecord record;
  if (!ReadLabels(&bytes, &record.labels) || !ReadNames(&bytes, &record.names) ||
      !bytes.Varint(&record.publisher) || !ReadInstant(&bytes, &record.published) ||
      !bytes.Varint(&record.original)) {
    return absl::DataLossError("broken record of a node");
  }
  --record.publisher;
  --record.original;
  record.properties = std::string(bytes.rest());
  return record;
}

absl::StatusOr<std::optional<NodeRecord>> ReadNode(const View& view, NodeId node) {
  std::optional<NodeRecord> record;
  if (IsArticle(node)) {
    RETURN_IF_ERROR(
        ReadArticles(view, {&node, 1}, [&](size_t, NodeRecord read) { record = std::move(read); }));
    return record;
  }
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(bool found, view.Get(Family::kEntities, NodeKey(node), &value));
  if (found) {
    ASSIGN_OR_RETURN(record, DecodeNode(ToView(value)));
  }
  return record;
}

absl::Status WriteNode(Transaction& transaction, NodeId node, const NodeRecord* old,
                       const NodeRecord& record) {
  if (IsArticle(node)) {
    transaction.Put(Family::kArticles, LooseArticleKey(node), EncodeNode(record));
  } else {
    transaction.Put(Family::kEntities, NodeKey(node), EncodeNode(record));
  }
  RETURN_IF_ERROR(UpdateIndexes(transaction, node, old == nullptr ? NodeRecord() : *old, record));
  return old == nullptr ? transaction.Count(CountOf(node), 1) : absl::OkStatus();
}

absl::Status EraseNode(Transaction& transaction, NodeId node, const NodeRecord& old) {
  if (!IsArticle(node)) {
    transaction.Delete(Family::kEntities, NodeKey(node));
  } else {
    ASSIGN_OR_RETURN(const bool in_block, IsInBlock(transaction, node));
    if (in_block) {
      transaction.Put(Family::kArticles, LooseArticleKey(node), absl::string_view());
    } else {
      transaction.Delete(Family::kArticles, LooseArticleKey(node));
    }
  }
  RETURN_IF_ERROR(UpdateIndexes(transaction, node, old, NodeRecord()));
  return transaction.Count(CountOf(node), -1);
}

NodeCursor::NodeCursor(NodeCursor&&) noexcept = default;
NodeCursor::~NodeCursor() = default;

NodeCursor::NodeCursor(Cursor cursor, NodeId from) : cursor_(std::move(cursor)) {
  if (from > 0) cursor_->Seek(NodeKey(from));
}

NodeCursor::NodeCursor(std::unique_ptr<ArticleCursor> articles) : articles_(std::move(articles)) {}

NodeCursor::NodeCursor(std::unique_ptr<LabelCursor> labelled) : labelled_(std::move(labelled)) {}

bool NodeCursor::Next(NodeId* node) {
  if (articles_ != nullptr) return articles_->Next(node);
  if (labelled_ != nullptr) return labelled_->Next(node);
  if (corrupt_) return false;
  if (started_ && cursor_->Valid()) cursor_->Next();
  started_ = true;
  if (!cursor_->Valid()) return false;
  // The node is the last field of every key that is walked here.
  const absl::string_view key = cursor_->key();
  KeyReader reader(key.substr(key.size() < sizeof(NodeId) ? 0 : key.size() - sizeof(NodeId)));
  corrupt_ = !reader.U64(node);
  return !corrupt_;
}

absl::Status NodeCursor::status() const {
  if (articles_ != nullptr) return articles_->status();
  if (labelled_ != nullptr) return labelled_->status();
  return corrupt_ ? absl::DataLossError("broken key of a node") : cursor_->status();
}

NodeCursor ScanEntities(const View& view, NodeId from) {
  return NodeCursor(view.Scan(Family::kEntities, ""), from);
}
NodeCursor ScanArticles(const View& view, NodeId from) {
  return NodeCursor(std::make_unique<ArticleCursor>(view, from));
}
NodeCursor ScanLabel(const View& view, LabelId label, NodeId from) {
  return NodeCursor(std::make_unique<LabelCursor>(view, label, from));
}

absl::StatusOr<bool> HasLabel(const View& view, LabelId label, NodeId node) {
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(const bool found, view.Get(Family::kIndexes, LabelKey(label, node), &value));
  if (found) return ToView(value) != kLostLabel;
  return IsInLabelRange(view, label, node);
}

}  // namespace entente::storage
