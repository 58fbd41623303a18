#include <vector>

#include "engine/status.h"
#include "query/operators/inner_plan.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class OptionalOperator : public UnaryOperator {
 public:
  OptionalOperator(Execution& execution, const Plan& plan, const OptionalPlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        inner_(execution, *node.inner, node.ordinal, node.row_by_row, plan.live) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      if (running_) {
        std::vector<uint32_t> outer;
        ASSIGN_OR_RETURN(running_, inner_.Next(batch, &outer));
        for (uint32_t row : outer) matched_[row] = true;
        if (running_) return true;
        if (EmitUnmatched(batch)) return true;
      }
      rows_ = NewBatch();
      ASSIGN_OR_RETURN(running_, input_->Next(&rows_));
      if (!running_) return false;
      matched_.assign(rows_.row_count(), false);
      inner_.Start(&rows_);
    }
  }

 private:
  void Reset() override { running_ = false; }

  // The rows for which the inner plan had none, with nulls for what it would have bound.
  bool EmitUnmatched(Batch* batch) const {
    std::vector<uint32_t> rows;
    for (uint32_t row = 0; row < matched_.size(); ++row) {
      if (!matched_[row]) rows.push_back(row);
    }
    if (rows.empty()) return false;
    for (Slot slot : node_.introduced) {
      if (IsLive(slot)) batch->column(slot) = Column::Repeat(Value::Null(), rows.size());
    }
    Carry(rows_, rows, plan_.live, batch);
    return true;
  }

  const OptionalPlan& node_;
  Batch rows_;
  InnerPlan inner_;
  std::vector<bool> matched_;
  bool running_ = false;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const OptionalPlan& node) {
  return std::make_unique<OptionalOperator>(execution, plan, node);
}

}  // namespace entente::query
