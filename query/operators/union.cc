#include <algorithm>
#include <utility>

#include "engine/status.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class UnionOperator : public Operator {
 public:
  UnionOperator(Execution& execution, const Plan& plan, const UnionPlan& node)
      : execution_(execution), plan_(plan), node_(node), inputs_(node.inputs.size()) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    for (; current_ < inputs_.size(); ++current_) {
      Batch rows(execution_.plan->slot_names.size());
      ASSIGN_OR_RETURN(const bool more, Current().Next(&rows));
      if (!more) {
        if (!restarts_) inputs_[current_].reset();
        continue;
      }
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
    restarts_ = true;
    for (current_ = 0; current_ < inputs_.size(); ++current_) Current().Restart(argument);
    current_ = 0;
  }

 private:
  Operator& Current() {
    std::unique_ptr<Operator>& input = inputs_[current_];
    if (input == nullptr) {
      input = MakeOperator(execution_, *node_.inputs[current_]);
    }
    return *input;
  }

  bool IsLive(Slot slot) const {
    return std::find(plan_.live.begin(), plan_.live.end(), slot) != plan_.live.end();
  }

  Execution& execution_;
  const Plan& plan_;
  const UnionPlan& node_;
  // Where nothing runs again, each is made when its turn comes and let go behind it: there may be
  // thousands.
  std::vector<std::unique_ptr<Operator>> inputs_;
  size_t current_ = 0;
  bool restarts_ = false;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const UnionPlan& node) {
  return std::make_unique<UnionOperator>(execution, plan, node);
}

}  // namespace entente::query
