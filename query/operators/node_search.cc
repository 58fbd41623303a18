#include "query/operators/node_search.h"

#include <utility>

#include "engine/status.h"

namespace entente::query {

absl::StatusOr<bool> NodeSearchOperator::Next(Batch* batch) {
  while (true) {
    if (next_row_ == rows_.row_count()) {
      rows_.Clear(execution_.plan->slot_names.size());
      next_row_ = 0;
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
      if (!more) return false;
      RETURN_IF_ERROR(Prepare(rows_));
    }
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    found_rows_.clear();
    std::vector<NodeId> nodes;
    while (next_row_ < rows_.row_count() && nodes.size() < execution_.batch_size) {
      RETURN_IF_ERROR(SearchRow(&nodes));
    }
    if (nodes.empty()) continue;
    if (IsLive(node_)) batch->column(node_) = Column(std::move(nodes));
    Carry(rows_, found_rows_, plan_.live, batch);
    return true;
  }
}

void NodeSearchOperator::Reset() {
  rows_.Clear(rows_.slot_count());
  next_row_ = 0;
  GiveUpIfLarge(execution_.batch_size, &found_rows_);
  scan_ = nullptr;
}

absl::Status NodeSearchOperator::SearchRow(std::vector<NodeId>* nodes) {
  if (scan_ == nullptr) {
    ASSIGN_OR_RETURN(scan_, Search(next_row_, nodes));
  }
  if (scan_ != nullptr) {
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    std::vector<NodeId> portion;
    ASSIGN_OR_RETURN(const bool more, scan_->Next(execution_.batch_size, &portion));
    if (!more) scan_ = nullptr;
    RETURN_IF_ERROR(Check(next_row_, &portion));
    nodes->insert(nodes->end(), portion.begin(), portion.end());
  }
  found_rows_.resize(nodes->size(), static_cast<uint32_t>(next_row_));
  if (scan_ == nullptr) ++next_row_;
  return absl::OkStatus();
}

}  // namespace entente::query
