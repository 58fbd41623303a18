#include "storage/nodes.h"

#include <algorithm>
#include <utility>

#include "flatbuffers/flatbuffers.h"
#include "rocksdb/slice.h"
#include "schemas/node_generated.h"
#include "storage/aligned_bytes.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

std::string Text(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

// Keeps the key of `kind` that leads from `from` to `node` in step with a change.
void UpdateWayBack(Transaction& transaction, ProvenanceKey kind, NodeId node, NodeId old_from,
                   NodeId from) {
  if (old_from == from) return;
  if (old_from != kNoId) {
    transaction.Delete(Family::kProvenance, KeyWriter(kind).U64(old_from).U64(node));
  }
  if (from != kNoId) {
    transaction.Put(Family::kProvenance, KeyWriter(kind).U64(from).U64(node), absl::string_view());
  }
}

void UpdateIndexes(Transaction& transaction, NodeId node, const NodeRecord& old,
                   const NodeRecord& record) {
  const auto has = [](const std::vector<LabelId>& labels, LabelId label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  };
  for (LabelId label : old.labels) {
    if (!has(record.labels, label)) transaction.Delete(Family::kIndexes, LabelKey(label, node));
  }
  for (LabelId label : record.labels) {
    if (!has(old.labels, label)) {
      transaction.Put(Family::kIndexes, LabelKey(label, node), absl::string_view());
    }
  }
  UpdateWayBack(transaction, ProvenanceKey::kPublisherArticles, node, old.publisher,
                record.publisher);
  UpdateWayBack(transaction, ProvenanceKey::kOriginalCopies, node, old.original, record.original);
}

absl::string_view CountOf(NodeId node) { return IsArticle(node) ? kArticleCount : kEntityCount; }

}  // namespace

std::string LabelKey(LabelId label, NodeId node) {
  return KeyWriter(IndexKey::kLabel).U32(label).U64(node).bytes();
}

struct NodeEncoder::Builder {
  flatbuffers::FlatBufferBuilder flat{1024};
  std::vector<flatbuffers::Offset<stored::Name>> names;
};

NodeEncoder::NodeEncoder() : builder_(std::make_unique<Builder>()) {}
NodeEncoder::~NodeEncoder() = default;

absl::string_view NodeEncoder::Encode(const NodeRecord& record) {
  flatbuffers::FlatBufferBuilder& flat = builder_->flat;
  flat.Clear();
  builder_->names.clear();
  for (const Name& name : record.names) {
    const auto text = flat.CreateString(name.text);
    const auto language = name.language.empty() ? 0 : flat.CreateString(name.language);
    const auto script = name.script.empty() ? 0 : flat.CreateString(name.script);
    builder_->names.push_back(
        stored::CreateName(flat, text, language, script, name.since_day, name.until_day));
  }
  const auto labels = record.labels.empty() ? 0 : flat.CreateVector(record.labels);
  const auto properties =
      record.properties.empty()
          ? 0
          : flat.CreateVector(reinterpret_cast<const uint8_t*>(record.properties.data()),
                              record.properties.size());
  const auto names = builder_->names.empty() ? 0 : flat.CreateVector(builder_->names);
  flat.Finish(stored::CreateNode(flat, labels, properties, names, record.publisher,
                                 record.published, record.original));
  return absl::string_view(reinterpret_cast<const char*>(flat.GetBufferPointer()), flat.GetSize());
}

std::string EncodeNode(const NodeRecord& record) {
  return std::string(NodeEncoder().Encode(record));
}

absl::StatusOr<NodeRecord> DecodeNode(absl::string_view value) {
  const AlignedBytes bytes(value);
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!stored::VerifyNodeBuffer(verifier)) return absl::DataLossError("broken record of a node");
  const stored::Node* node = stored::GetNode(bytes.data());
  NodeRecord record;
  if (node->labels() != nullptr) {
    record.labels.assign(node->labels()->begin(), node->labels()->end());
  }
  if (node->properties() != nullptr) {
    record.properties.assign(node->properties()->begin(), node->properties()->end());
  }
  if (node->names() != nullptr) {
    record.names.reserve(node->names()->size());
    for (const stored::Name* name : *node->names()) {
      record.names.push_back({Text(name->text()), Text(name->language()), Text(name->script()),
                              name->since_day(), name->until_day()});
    }
  }
  record.publisher = node->publisher();
  record.published = node->published();
  record.original = node->original();
  return record;
}

absl::StatusOr<std::optional<NodeRecord>> ReadNode(const View& view, NodeId node) {
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(bool found, view.Get(NodeFamily(node), NodeKey(node), &value));
  if (!found) return std::nullopt;
  return DecodeNode(ToView(value));
}

absl::StatusOr<bool> NodeExists(const View& view, NodeId node) {
  rocksdb::PinnableSlice value;
  return view.Get(NodeFamily(node), NodeKey(node), &value);
}

absl::Status WriteNode(Transaction& transaction, NodeId node, const NodeRecord* old,
                       const NodeRecord& record) {
  transaction.Put(NodeFamily(node), NodeKey(node), EncodeNode(record));
  UpdateIndexes(transaction, node, old == nullptr ? NodeRecord() : *old, record);
  return old == nullptr ? transaction.Count(CountOf(node), 1) : absl::OkStatus();
}

absl::Status EraseNode(Transaction& transaction, NodeId node, const NodeRecord& old) {
  transaction.Delete(NodeFamily(node), NodeKey(node));
  UpdateIndexes(transaction, node, old, NodeRecord());
  return transaction.Count(CountOf(node), -1);
}

NodeCursor::NodeCursor(Cursor cursor, NodeId from) : cursor_(std::move(cursor)) {
  if (from > 0) cursor_.Seek(NodeKey(from));
}

bool NodeCursor::Next(NodeId* node) {
  if (corrupt_) return false;
  if (started_ && cursor_.Valid()) cursor_.Next();
  started_ = true;
  if (!cursor_.Valid()) return false;
  // The node is the last field of every key that is walked here.
  const absl::string_view key = cursor_.key();
  KeyReader reader(key.substr(key.size() < sizeof(NodeId) ? 0 : key.size() - sizeof(NodeId)));
  corrupt_ = !reader.U64(node);
  return !corrupt_;
}

absl::Status NodeCursor::status() const {
  return corrupt_ ? absl::DataLossError("broken key of a node") : cursor_.status();
}

NodeCursor ScanEntities(const View& view, NodeId from) {
  return NodeCursor(view.Scan(Family::kEntities, ""), from);
}
NodeCursor ScanArticles(const View& view, NodeId from) {
  return NodeCursor(view.Scan(Family::kArticles, ""), from);
}
NodeCursor ScanLabel(const View& view, LabelId label, NodeId from) {
  return NodeCursor(view.Scan(Family::kIndexes, KeyWriter(IndexKey::kLabel).U32(label)), from);
}

absl::StatusOr<bool> HasLabel(const View& view, LabelId label, NodeId node) {
  rocksdb::PinnableSlice value;
  return view.Get(Family::kIndexes, LabelKey(label, node), &value);
}

}  // namespace entente::storage
