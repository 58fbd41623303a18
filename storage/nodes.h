// Records of entities and articles, and the walks over them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/ids.h"
#include "storage/time.h"
#include "storage/view.h"

namespace entente::storage {

class ArticleCursor;
class LabelCursor;
class Transaction;

struct Name {
  std::string text;
  std::string language;  // BCP 47, or empty
  std::string script;    // ISO 15924, or empty
  int32_t since_day = kOpenStart;
  int32_t until_day = kOpenEnd;
  friend bool operator==(const Name&, const Name&) = default;
};

struct NodeRecord {
  std::vector<LabelId> labels;  // each once, in the order they were added
  std::string properties;       // packed by the engine, opaque here
  std::vector<Name> names;      // beside the canonical one
  // Of articles alone.
  NodeId publisher = kNoId;
  int64_t published = kNoTime;  // microseconds since 1970-01-01T00:00Z
  NodeId original = kNoId;      // the article it is a copy of, when that one is known
  friend bool operator==(const NodeRecord&, const NodeRecord&) = default;
};

// What evidence depends on of an article.
struct ArticleRow {
  NodeId publisher = kNoId;
  NodeId original = kNoId;
  int64_t published = kNoTime;
};

// Encodes and decodes the stored record. DataLoss when the bytes are not one.
//
//   labels      count varint, then each: id varint
//   names       count varint, then each: text, language, script, each with its length as a varint
//               before it; since_day, until_day zigzag
//   publisher   id + 1, varint; 0: none
//   published   unit u8 (0 none, 1 days, 2 seconds, 3 microseconds), then unless none: since
//               1970-01-01T00:00Z, zigzag; in the largest unit that tells it exactly
//   original    like publisher
//   properties  to the end
std::string EncodeNode(const NodeRecord& record);
void AppendNode(const NodeRecord& record, std::string* out);
absl::StatusOr<NodeRecord> DecodeNode(absl::string_view bytes);

// The record, or nullopt when there is no such node. NodeReader (node_reader.h) reads many, and
// those that were read lately at once.
absl::StatusOr<std::optional<NodeRecord>> ReadNode(const View& view, NodeId node);

// Writes a node and what follows from its record: the label index, publisher → articles,
// original → copies, the counts. `old` is the record as stored now, nullptr for a new node.
absl::Status WriteNode(Transaction& transaction, NodeId node, const NodeRecord* old,
                       const NodeRecord& record);
// The same backwards. Keys, names and facts of the node are the caller's to remove.
absl::Status EraseNode(Transaction& transaction, NodeId node, const NodeRecord& old);

// The keys of the label index, for bulk loads: of a node, which has no value, and of so many
// articles the last of which is `last`.
std::string LabelKey(LabelId label, NodeId node);
std::string LabelRangeKey(LabelId label, NodeId last);
std::string LabelRangeValue(uint64_t articles);

// Walks node ids in ascending order. Must not outlive its View, nor see it written to.
class NodeCursor {
 public:
  NodeCursor(NodeCursor&&) noexcept;
  ~NodeCursor();

  // False at the end or after an error, which status() tells apart.
  bool Next(NodeId* node);
  absl::Status status() const;

 private:
  friend NodeCursor ScanEntities(const View& view, NodeId from);
  friend NodeCursor ScanArticles(const View& view, NodeId from);
  friend NodeCursor ScanLabel(const View& view, LabelId label, NodeId from);
  NodeCursor(Cursor cursor, NodeId from);
  explicit NodeCursor(std::unique_ptr<ArticleCursor> articles);
  explicit NodeCursor(std::unique_ptr<LabelCursor> labelled);

  std::unique_ptr<ArticleCursor> articles_;  // or else
  std::unique_ptr<LabelCursor> labelled_;    // or else
  std::optional<Cursor> cursor_;
  bool started_ = false;
  bool corrupt_ = false;
};
// They begin with the first node at or behind `from`.
NodeCursor ScanEntities(const View& view, NodeId from = 0);
NodeCursor ScanArticles(const View& view, NodeId from = kFirstArticle);
NodeCursor ScanLabel(const View& view, LabelId label, NodeId from = 0);
absl::StatusOr<bool> HasLabel(const View& view, LabelId label, NodeId node);

}  // namespace entente::storage
