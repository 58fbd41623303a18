#include "query/optimizer.h"

#include <algorithm>
#include <utility>

#include "engine/status.h"
#include "query/pattern_steps.h"
#include "query/prepare.h"
#include "query/tree_walk.h"

namespace entente::query {

std::vector<std::string> OptimizerPasses() {
  return {"fold_constants", "filters", "seeks",    "order",    "top",   "intersect",
          "counts",         "sources", "extracts", "evidence", "reach", "parallel"};
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

bool HasVolatileLens(const PreparedPlan& prepared) {
  bool any = false;
  for (const std::unique_ptr<BoundLens>& lens : prepared.lenses) {
    ForEachExpression(*lens, [&](ExpressionPtr& expression) {
      any = any || (expression != nullptr && IsVolatile(*expression));
    });
  }
  return any;
}

absl::Status OptimizePlan(const PrepareContext& context, PreparedPlan* prepared,
                          const std::vector<Slot>& columns, PlanPtr* root) {
  const std::vector<std::string>& disabled = context.disabled_passes;
  const auto enabled = [&](absl::string_view name) {
    return std::find(disabled.begin(), disabled.end(), name) == disabled.end();
  };
  if (enabled("fold_constants")) FoldConstants(root);
  std::shared_ptr<const FactSample> sample;
  if (context.sample_facts && HasSeveralHops(root)) sample = context.sample_facts();
  const StepEstimates estimates(context.graph, sample.get());
  const PatternPasses passes = {enabled("filters"), enabled("seeks"), enabled("order")};
  RETURN_IF_ERROR(ArrangePatterns({estimates, passes, context.stop}, root));
  if (enabled("top")) LimitSorts(root);
  if (enabled("intersect")) IntersectHops(root);
  if (enabled("counts")) CountHops(prepared, root);
  if (enabled("sources")) ScanSources(root);
  if (enabled("extracts")) ExtractBesideHops(*prepared, root);
  if (enabled("evidence")) ReadEvidenceAsAsked(prepared, root);
  SetLiveSlots(columns, root->get());
  if (enabled("reach")) MarkReach(root->get());
  EstimateRows(estimates, root->get());
  const bool may_split = context.threads > 1 && !prepared->writes && !HasVolatileLens(*prepared);
  if (enabled("parallel") && may_split) MarkParallel(context.parallel_rows, root->get());
  return absl::OkStatus();
}

// A lens's expressions may have plans in them. They are optimized as the items of a projection.
absl::Status OptimizeLens(const PrepareContext& context, PreparedPlan* prepared, BoundLens* lens) {
  std::vector<ExpressionPtr*> expressions;
  ForEachExpression(*lens, [&](ExpressionPtr& expression) { expressions.push_back(&expression); });
  ProjectPlan items;
  items.input = MakePlan(UnitPlan{});
  std::vector<Slot> columns;
  for (ExpressionPtr* expression : expressions) {
    columns.push_back(static_cast<Slot>(columns.size()));  // no batch ever has it
    items.items.emplace_back(columns.back(), std::move(*expression));
  }
  PlanPtr root = MakePlan(std::move(items));
  RETURN_IF_ERROR(OptimizePlan(context, prepared, columns, &root));
  auto& optimized = std::get<ProjectPlan>(root->node).items;
  for (size_t i = 0; i < expressions.size(); ++i) {
    *expressions[i] = std::move(optimized[i].second);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Optimize(const PrepareContext& context, PreparedPlan* prepared) {
  for (const std::unique_ptr<BoundLens>& lens : prepared->lenses) {
    RETURN_IF_ERROR(OptimizeLens(context, prepared, lens.get()));
  }
  return OptimizePlan(context, prepared, prepared->column_slots, &prepared->root);
}

}  // namespace entente::query
