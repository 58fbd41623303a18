#include "query/optimizer.h"

#include <algorithm>
#include <utility>

#include "query/prepare.h"
#include "query/tree_walk.h"

namespace entente::query {

std::vector<std::string> OptimizerPasses() {
  return {"fold_constants", "filters", "seeks", "order", "top"};
}

void ForEachPlanWithin(PlanPtr* plan, absl::FunctionRef<void(PlanPtr*)> pass) {
  ForEachInput(**plan, [&](PlanPtr& input) { ForEachPlanWithin(&input, pass); });
  const auto within = [&](auto& self, Expression& expression) -> void {
    if (auto* subquery = std::get_if<SubqueryExpression>(&expression.node)) {
      ForEachPlanWithin(&subquery->plan, pass);
    }
    ForEachChild(expression, [&](ExpressionPtr& child) { self(self, *child); });
  };
  ForEachExpression(**plan, [&](ExpressionPtr& expression) { within(within, *expression); });
  pass(plan);
}

void Optimize(const Graph* graph, const std::vector<std::string>& disabled,
              PreparedPlan* prepared) {
  const auto enabled = [&](absl::string_view name) {
    return std::find(disabled.begin(), disabled.end(), name) == disabled.end();
  };
  if (enabled("fold_constants")) FoldConstants(&prepared->root);
  ArrangePatterns(graph, {enabled("filters"), enabled("seeks"), enabled("order")}, &prepared->root);
  if (enabled("top")) LimitSorts(&prepared->root);
  SetLiveSlots(prepared->column_slots, prepared->root.get());
  EstimateRows(graph, prepared->root.get());
}

}  // namespace entente::query
