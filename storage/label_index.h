// The label index where it lies: an entry a node, and ranges of articles that a bulk load gave a
// label, which are never written again. Over a range, an entry tells that an article has lost the
// label. Internal to storage/; nodes.h is the door.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/ids.h"
#include "storage/view.h"

namespace entente::storage {

class Transaction;

// The value of an entry.
inline constexpr absl::string_view kHasLabel = "";
inline constexpr absl::string_view kLostLabel = "\x01";

// The first article of a range; DataLoss when there can be no such range.
absl::StatusOr<NodeId> FirstOfLabelRange(NodeId last, absl::string_view value);

absl::StatusOr<bool> IsInLabelRange(const View& view, LabelId label, NodeId node);
absl::Status EraseLabel(Transaction& transaction, LabelId label, NodeId node);

// Walks the nodes that have a label, in ascending order. Must not outlive its View.
class LabelCursor {
 public:
  LabelCursor(const View& view, LabelId label, NodeId from);

  // False at the end or after an error, which status() tells apart.
  bool Next(NodeId* node);
  absl::Status status() const { return status_; }

 private:
  absl::Status ReadEntry();
  absl::Status ReadRange(NodeId from);
  absl::Status Advance(NodeId* node);

  Cursor entries_;
  Cursor ranges_;
  NodeId next_entry_ = kNoId;
  bool is_lost_ = false;          // what the entry says
  NodeId next_in_range_ = kNoId;  // kNoId: no range is left
  NodeId last_in_range_ = kNoId;
  absl::Status status_;
};

}  // namespace entente::storage
