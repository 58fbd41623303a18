#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "engine/status.h"
#include "query/operators/operators.h"
#include "query/operators/row_count.h"
#include "query/operators/sorted_rows.h"
#include "query/operators/workers.h"

namespace entente::query {
namespace {

class SortOperator : public UnaryOperator {
 public:
  SortOperator(Execution& execution, const Plan& plan, const SortPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!sorted_.has_value()) {
      uint64_t limit = std::numeric_limits<uint64_t>::max();
      if (node_.limit != nullptr) {
        ASSIGN_OR_RETURN(limit, RowCount(execution_, *node_.limit));
      }
      sorted_.emplace(execution_, node_, plan_.live, limit);
      RETURN_IF_ERROR(RunsInParallel(execution_, plan_) ? TakeInParallel(limit) : TakeInput());
      sorted_->Sort();
    }
    const std::vector<uint32_t>& order = sorted_->order();
    if (next_ == order.size()) return false;
    const size_t end = std::min(order.size(), next_ + execution_.batch_size);
    Carry(sorted_->rows(), {order.begin() + next_, order.begin() + end}, plan_.live, batch);
    next_ = end;
    return true;
  }

 private:
  void Reset() override {
    sorted_.reset();
    next_ = 0;
  }
  bool Forget() override { return true; }

  absl::Status TakeInput() {
    while (true) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      if (!more) return absl::OkStatus();
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      RETURN_IF_ERROR(sorted_->Add(0, std::move(rows)));
    }
  }

  absl::Status TakeInParallel(uint64_t limit) {
    Workers workers(execution_, plan_);
    RETURN_IF_ERROR(workers.Run([&](Execution& execution) -> std::unique_ptr<RowSink> {
      return std::make_unique<SortedRows>(execution, node_, plan_.live, limit);
    }));
    for (size_t i = 0; i < workers.count(); ++i) {
      RETURN_IF_ERROR(sorted_->Merge(static_cast<SortedRows*>(&workers.sink(i))));
    }
    return absl::OkStatus();
  }

  const SortPlan& node_;
  std::optional<SortedRows> sorted_;
  size_t next_ = 0;  // of its order
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const SortPlan& node) {
  return std::make_unique<SortOperator>(execution, plan, node);
}

}  // namespace entente::query
