#include <utility>

#include "engine/status.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class ProjectOperator : public UnaryOperator {
 public:
  ProjectOperator(Execution& execution, const Plan& plan, const ProjectPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node), evaluator_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    rows_.Clear(execution_.plan->slot_names.size());
    ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
    if (!more) return false;
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    for (const auto& [slot, expression] : node_.items) {
      ASSIGN_OR_RETURN(Column column, evaluator_.Evaluate(*expression, rows_));
      batch->column(slot) = std::move(column);
    }
    CarryAll(&rows_, plan_.live, batch);
    return true;
  }

 private:
  void Reset() override {}

  bool Forget() override {
    rows_.Clear(rows_.slot_count());
    evaluator_.Forget();
    return true;
  }

  const ProjectPlan& node_;
  Evaluator evaluator_;
  Batch rows_;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const ProjectPlan& node) {
  return std::make_unique<ProjectOperator>(execution, plan, node);
}

}  // namespace entente::query
