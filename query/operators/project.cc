#include <algorithm>
#include <utility>
#include <vector>

#include "engine/status.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class ProjectOperator : public UnaryOperator {
 public:
  ProjectOperator(Execution& execution, const Plan& plan, const ProjectPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node), evaluator_(execution) {
    for (size_t i = 0; i < node.items.size(); ++i) moves_.push_back(IsLastUse(i));
  }

  absl::StatusOr<bool> Next(Batch* batch) override {
    rows_.Clear(execution_.plan->slot_names.size());
    ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
    if (!more) return false;
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    for (size_t i = 0; i < node_.items.size(); ++i) {
      const auto& [slot, expression] = node_.items[i];
      if (moves_[i]) {
        Column& column = rows_.column(std::get<SlotReference>(expression->node).slot);
        if (column.present()) {
          batch->column(slot) = std::move(column);
          continue;
        }
      }
      ASSIGN_OR_RETURN(batch->column(slot), evaluator_.Evaluate(*expression, rows_));
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

  // Whether the item is a slot that nothing reads after it.
  bool IsLastUse(size_t item) const {
    const auto* reference = std::get_if<SlotReference>(&node_.items[item].second->node);
    if (reference == nullptr || IsLive(reference->slot)) return false;
    return std::none_of(node_.items.begin() + item + 1, node_.items.end(), [&](const auto& later) {
      const std::vector<Slot>& reads = later.second->reads;
      return std::find(reads.begin(), reads.end(), reference->slot) != reads.end();
    });
  }

  const ProjectPlan& node_;
  Evaluator evaluator_;
  Batch rows_;
  std::vector<bool> moves_;  // for each item; see IsLastUse
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const ProjectPlan& node) {
  return std::make_unique<ProjectOperator>(execution, plan, node);
}

}  // namespace entente::query
