#include <algorithm>
#include <utility>

#include "engine/status.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class UnionOperator : public Operator {
 public:
  UnionOperator(Execution& execution, const Plan& plan, const UnionPlan& node)
      : execution_(execution), plan_(plan), node_(node) {
    for (const PlanPtr& input : node.inputs) inputs_.push_back(MakeOperator(execution, *input));
  }

  absl::StatusOr<bool> Next(Batch* batch) override {
    for (; current_ < inputs_.size(); ++current_) {
      Batch rows(execution_.plan->slot_names.size());
      ASSIGN_OR_RETURN(const bool more, inputs_[current_]->Next(&rows));
      if (!more) continue;
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      for (size_t i = 0; i < node_.output.size(); ++i) {
        const Slot slot = node_.output[i];
        if (IsLive(slot)) batch->column(slot) = rows.column(node_.slots[current_][i]);
      }
      CarryAll(&rows, plan_.live, batch);
      return true;
    }
    return false;
  }

  void Restart(const Batch* argument) override {
    for (auto& input : inputs_) input->Restart(argument);
    current_ = 0;
  }

 private:
  bool IsLive(Slot slot) const {
    return std::find(plan_.live.begin(), plan_.live.end(), slot) != plan_.live.end();
  }

  Execution& execution_;
  const Plan& plan_;
  const UnionPlan& node_;
  std::vector<std::unique_ptr<Operator>> inputs_;
  size_t current_ = 0;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const UnionPlan& node) {
  return std::make_unique<UnionOperator>(execution, plan, node);
}

}  // namespace entente::query
