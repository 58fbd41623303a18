// The entries of property indexes: which nodes have which value, sorted by value and then node.
// What a value's bytes are is the engine's affair; no value's may be the beginning of another's.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/ids.h"
#include "storage/view.h"

namespace entente::storage {

class Transaction;

void PutIndexEntry(Transaction& transaction, IndexId index, absl::string_view value, NodeId node);
void EraseIndexEntry(Transaction& transaction, IndexId index, absl::string_view value, NodeId node);
absl::StatusOr<bool> HasIndexEntry(const View& view, IndexId index, absl::string_view value,
                                   NodeId node);
// Whether any node has the value.
absl::StatusOr<bool> HasIndexValue(const View& view, IndexId index, absl::string_view value);

// Walks the entries of an index in order. Must not outlive its View, nor see it written to.
class IndexCursor {
 public:
  // Begins with the first entry at or behind `from`, the bytes of a value or of an entry.
  IndexCursor(const View& view, IndexId index, absl::string_view from);

  // False at the end or after an error, which status() tells apart.
  bool Next();
  // Of the present entry; valid until Next.
  absl::string_view entry() const { return entry_; }  // value and node
  absl::string_view value() const { return value_; }
  NodeId node() const { return node_; }
  absl::Status status() const;

 private:
  Cursor cursor_;
  bool started_ = false;
  bool corrupt_ = false;
  absl::string_view entry_;
  absl::string_view value_;
  NodeId node_ = kNoId;
};

}  // namespace entente::storage
