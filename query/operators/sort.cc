#include <algorithm>
#include <limits>
#include <utility>

#include "engine/status.h"
#include "engine/value_order.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"
#include "query/operators/row_count.h"

namespace entente::query {
namespace {

class SortOperator : public UnaryOperator {
 public:
  SortOperator(Execution& execution, const Plan& plan, const SortPlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        evaluator_(execution),
        hold_(execution) {
    Reset();
  }

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!sorted_) {
      RETURN_IF_ERROR(SortInput());
      sorted_ = true;
    }
    if (next_ == order_.size()) return false;
    const size_t end = std::min(order_.size(), next_ + execution_.batch_size);
    Carry(rows_, {order_.begin() + next_, order_.begin() + end}, plan_.live, batch);
    next_ = end;
    return true;
  }

 private:
  void Reset() override {
    rows_ = NewBatch();
    keys_.assign(node_.keys.size(), Column());
    order_.clear();
    next_ = 0;
    sorted_ = false;
    hold_.Release();
  }

  absl::Status SortInput() {
    uint64_t limit = std::numeric_limits<uint64_t>::max();
    if (node_.limit != nullptr) {
      ASSIGN_OR_RETURN(limit, RowCount(execution_, *node_.limit));
    }
    // With a limit no more rows than these are kept.
    const uint64_t room = std::max<uint64_t>(limit, execution_.batch_size);
    while (true) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      if (!more) break;
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      RETURN_IF_ERROR(Add(rows));
      if (rows_.row_count() / 2 > room) Prune(limit);
    }
    Order(limit);
    return absl::OkStatus();
  }

  absl::Status Add(const Batch& rows) {
    uint64_t bytes = 0;
    for (size_t k = 0; k < keys_.size(); ++k) {
      ASSIGN_OR_RETURN(const Column key, evaluator_.Evaluate(*node_.keys[k].expression, rows));
      bytes += BytesOf(key);
      keys_[k].Append(key);
    }
    for (Slot slot : plan_.live) {
      if (rows.column(slot).present()) rows_.column(slot).Append(rows.column(slot));
    }
    rows_.set_row_count(rows_.row_count() + rows.row_count());
    return hold_.Add(BytesOf(rows) + bytes);
  }

  // Puts into `order_` the first `limit` rows in order; equal ones as they came.
  void Order(uint64_t limit) {
    order_ = AllRows(rows_.row_count());
    const auto before = [&](uint32_t a, uint32_t b) {
      Value first;
      Value second;
      for (size_t k = 0; k < keys_.size(); ++k) {
        const int order = OrderOf(keys_[k].ReadAt(a, &first), keys_[k].ReadAt(b, &second));
        if (order != 0) return node_.keys[k].descending ? order > 0 : order < 0;
      }
      return a < b;
    };
    if (limit < order_.size()) {
      std::partial_sort(order_.begin(), order_.begin() + limit, order_.end(), before);
      order_.resize(limit);
    } else {
      std::sort(order_.begin(), order_.end(), before);
    }
  }

  // Drops the rows that cannot be among the first `limit`.
  void Prune(uint64_t limit) {
    Order(limit);
    rows_ = rows_.Gather(order_);
    for (Column& key : keys_) key = key.Gather(order_);
    hold_.Release();
    uint64_t bytes = BytesOf(rows_);
    for (const Column& key : keys_) bytes += BytesOf(key);
    // Within the limit before, so within it now.
    hold_.Add(bytes).IgnoreError();
  }

  const SortPlan& node_;
  Evaluator evaluator_;
  Batch rows_;
  std::vector<Column> keys_;
  std::vector<uint32_t> order_;
  size_t next_ = 0;
  bool sorted_ = false;
  MemoryHold hold_;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const SortPlan& node) {
  return std::make_unique<SortOperator>(execution, plan, node);
}

}  // namespace entente::query
