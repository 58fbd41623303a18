#include "engine/status.h"
#include "query/operators/inner_plan.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class ApplyOperator : public UnaryOperator {
 public:
  ApplyOperator(Execution& execution, const Plan& plan, const ApplyPlan& node)
      : UnaryOperator(execution, plan, *node.input),
        inner_(execution, *node.inner, node.ordinal, node.row_by_row, plan.live) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      if (running_) {
        ASSIGN_OR_RETURN(running_, inner_.Next(batch, &outer_));
        if (running_) return true;
      }
      rows_ = NewBatch();
      ASSIGN_OR_RETURN(running_, input_->Next(&rows_));
      if (!running_) return false;
      inner_.Start(&rows_);
    }
  }

 private:
  void Reset() override { running_ = false; }

  Batch rows_;
  InnerPlan inner_;
  std::vector<uint32_t> outer_;
  bool running_ = false;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const ApplyPlan& node) {
  return std::make_unique<ApplyOperator>(execution, plan, node);
}

}  // namespace entente::query
