#include "engine/status.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class FilterOperator : public UnaryOperator {
 public:
  FilterOperator(Execution& execution, const Plan& plan, const FilterPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node), evaluator_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      rows_.Clear(execution_.plan->slot_names.size());
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
      if (!more) return false;
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      // Of each predicate only the rows that the ones before left.
      for (const ExpressionPtr& predicate : node_.predicates) {
        if (rows_.row_count() == 0) break;
        ASSIGN_OR_RETURN(const std::vector<uint32_t> kept, evaluator_.Select(*predicate, rows_));
        if (kept.size() == rows_.row_count()) continue;
        if (kept.empty()) {
          rows_.set_row_count(0);
          break;
        }
        rows_ = rows_.Gather(kept);
      }
      if (rows_.row_count() == 0) continue;
      CarryAll(&rows_, plan_.live, batch);
      return true;
    }
  }

 private:
  void Reset() override {}

  bool Forget() override {
    rows_.Clear(rows_.slot_count());
    evaluator_.Forget();
    return true;
  }

  const FilterPlan& node_;
  Evaluator evaluator_;
  Batch rows_;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const FilterPlan& node) {
  return std::make_unique<FilterOperator>(execution, plan, node);
}

}  // namespace entente::query
