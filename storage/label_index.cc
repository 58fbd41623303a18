#include "storage/label_index.h"

#include <algorithm>

#include "storage/bytes.h"
#include "storage/keys.h"
#include "storage/nodes.h"
#include "storage/status_macros.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

std::string RangesKey(LabelId label) { return KeyWriter(IndexKey::kLabelRange).U32(label).bytes(); }

// The node behind the first bytes of a key.
absl::StatusOr<NodeId> NodeBehind(size_t prefix, absl::string_view key) {
  KeyReader reader(key.substr(prefix));
  NodeId node;
  if (!reader.U64(&node) || !reader.done()) return absl::DataLossError("broken key of an index");
  return node;
}

constexpr size_t kPrefix = 1 + sizeof(LabelId);
// A load has fewer articles (so many numbers of rows are there), so a longer range is a broken one.
constexpr uint64_t kMostInRange = uint64_t{1} << 32;

}  // namespace

std::string LabelKey(LabelId label, NodeId node) {
  return KeyWriter(IndexKey::kLabel).U32(label).U64(node).bytes();
}

std::string LabelRangeKey(LabelId label, NodeId last) {
  return KeyWriter(IndexKey::kLabelRange).U32(label).U64(last).bytes();
}

std::string LabelRangeValue(uint64_t articles) {
  std::string value;
  AppendVarint(articles, &value);
  return value;
}

absl::StatusOr<NodeId> FirstOfLabelRange(NodeId last, absl::string_view value) {
  ByteReader reader(value);
  uint64_t articles;
  if (!reader.Varint(&articles) || !reader.done() || !IsArticle(last) || last == kNoId ||
      articles == 0 || articles > std::min(last - kFirstArticle + 1, kMostInRange)) {
    return absl::DataLossError("broken range of a label");
  }
  return last - articles + 1;
}

absl::StatusOr<bool> IsInLabelRange(const View& view, LabelId label, NodeId node) {
  if (!IsArticle(node)) return false;
  Cursor ranges = view.Scan(Family::kIndexes, RangesKey(label));
  ranges.Seek(NodeKey(node));
  if (!ranges.Valid()) {
    RETURN_IF_ERROR(ranges.status());
    return false;
  }
  ASSIGN_OR_RETURN(const NodeId last, NodeBehind(kPrefix, ranges.key()));
  ASSIGN_OR_RETURN(const NodeId first, FirstOfLabelRange(last, ranges.value()));
  return first <= node;
}

absl::Status EraseLabel(Transaction& transaction, LabelId label, NodeId node) {
  ASSIGN_OR_RETURN(const bool in_range, IsInLabelRange(transaction, label, node));
  if (in_range) {
    transaction.Put(Family::kIndexes, LabelKey(label, node), kLostLabel);
  } else {
    transaction.Delete(Family::kIndexes, LabelKey(label, node));
  }
  return absl::OkStatus();
}

LabelCursor::LabelCursor(const View& view, LabelId label, NodeId from)
    : entries_(view.Scan(Family::kIndexes, KeyWriter(IndexKey::kLabel).U32(label))),
      ranges_(view.Scan(Family::kIndexes, RangesKey(label))) {
  if (from > 0) {
    entries_.Seek(NodeKey(from));
    ranges_.Seek(NodeKey(from));
  }
  status_ = ReadEntry();
  if (status_.ok()) status_ = ReadRange(from);
}

absl::Status LabelCursor::ReadEntry() {
  next_entry_ = kNoId;
  if (!entries_.Valid()) return entries_.status();
  ASSIGN_OR_RETURN(next_entry_, NodeBehind(kPrefix, entries_.key()));
  is_lost_ = entries_.value() == kLostLabel;
  return absl::OkStatus();
}

absl::Status LabelCursor::ReadRange(NodeId from) {
  next_in_range_ = kNoId;
  if (!ranges_.Valid()) return ranges_.status();
  ASSIGN_OR_RETURN(last_in_range_, NodeBehind(kPrefix, ranges_.key()));
  ASSIGN_OR_RETURN(const NodeId first, FirstOfLabelRange(last_in_range_, ranges_.value()));
  next_in_range_ = std::max(first, from);
  return absl::OkStatus();
}

bool LabelCursor::Next(NodeId* node) {
  if (!status_.ok()) return false;
  status_ = Advance(node);
  return status_.ok() && *node != kNoId;
}

absl::Status LabelCursor::Advance(NodeId* node) {
  while (true) {
    *node = std::min(next_entry_, next_in_range_);
    if (*node == kNoId) return absl::OkStatus();
    const bool has_entry = next_entry_ == *node;
    const bool is_lost = has_entry && is_lost_;
    if (has_entry) {
      entries_.Next();
      RETURN_IF_ERROR(ReadEntry());
    }
    if (next_in_range_ == *node && next_in_range_++ == last_in_range_) {
      ranges_.Next();
      RETURN_IF_ERROR(ReadRange(*node + 1));
    }
    if (!is_lost) return absl::OkStatus();
  }
}

}  // namespace entente::storage
