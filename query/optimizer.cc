#include "query/optimizer.h"

#include <algorithm>
#include <utility>

#include "engine/status.h"
#include "query/pattern_steps.h"
#include "query/prepare.h"
#include "query/tree_walk.h"

namespace entente::query {

std::vector<std::string> OptimizerPasses() {
  return {"fold_constants", "filters", "seeks",    "order",    "top",  "intersect",
          "counts",         "sources", "extracts", "evidence", "reach"};
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

namespace {

bool HasSeveralHops(PlanPtr* root) {
  int hops = 0;
  ForEachPlanWithin(root, [&](PlanPtr* plan) {
    hops += std::holds_alternative<ExpandPlan>((*plan)->node) ||
            std::holds_alternative<VariableExpandPlan>((*plan)->node);
  });
  return hops > 1;
}

}  // namespace

absl::Status Optimize(const PrepareContext& context, PreparedPlan* prepared) {
  const std::vector<std::string>& disabled = context.disabled_passes;
  const auto enabled = [&](absl::string_view name) {
    return std::find(disabled.begin(), disabled.end(), name) == disabled.end();
  };
  if (enabled("fold_constants")) FoldConstants(&prepared->root);
  std::shared_ptr<const FactSample> sample;
  if (context.sample_facts && HasSeveralHops(&prepared->root)) sample = context.sample_facts();
  const StepEstimates estimates(context.graph, sample.get());
  const PatternPasses passes = {enabled("filters"), enabled("seeks"), enabled("order")};
  RETURN_IF_ERROR(ArrangePatterns({estimates, passes, context.stop}, &prepared->root));
  if (enabled("top")) LimitSorts(&prepared->root);
  if (enabled("intersect")) IntersectHops(&prepared->root);
  if (enabled("counts")) CountHops(prepared);
  if (enabled("sources")) ScanSources(&prepared->root);
  if (enabled("extracts")) ExtractBesideHops(prepared);
  if (enabled("evidence")) ReadEvidenceAsAsked(prepared);
  SetLiveSlots(prepared->column_slots, prepared->root.get());
  if (enabled("reach")) MarkReach(prepared->root.get());
  EstimateRows(estimates, prepared->root.get());
  return absl::OkStatus();
}

}  // namespace entente::query
