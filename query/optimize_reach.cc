#include <algorithm>

#include "query/function.h"
#include "query/optimizer.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

bool HasVolatile(const Plan& plan) {
  bool any = false;
  ForEachExpression(plan,
                    [&](const Expression& expression) { any = any || IsVolatile(expression); });
  return any;
}

// Whether the operator's rows are the same set when its input has rows more than once. `repeats`
// tells whether its own may come more than once without anyone noticing.
struct TakesRepeats {
  const Plan& plan;
  bool repeats;

  template <typename Node>
  bool operator()(const Node&) const {
    return false;
  }
  bool Passes() const { return repeats && !HasVolatile(plan); }
  bool operator()(const DistinctPlan&) const { return true; }
  bool operator()(const AggregatePlan& aggregate) const {
    return !HasVolatile(plan) && std::all_of(aggregate.aggregations.begin(),
                                             aggregate.aggregations.end(), IgnoresRepeats);
  }
  bool operator()(const NodeScanPlan&) const { return Passes(); }
  bool operator()(const NodeSeekPlan&) const { return Passes(); }
  bool operator()(const IndexSeekPlan&) const { return Passes(); }
  bool operator()(const ExpandPlan&) const { return Passes(); }
  bool operator()(const IntersectPlan&) const { return Passes(); }
  bool operator()(const VariableExpandPlan&) const { return Passes(); }
  bool operator()(const FilterPlan&) const { return Passes(); }
  bool operator()(const UnwindPlan&) const { return Passes(); }
  bool operator()(const EvidencePlan&) const { return Passes(); }
  bool operator()(const ProjectPlan&) const { return Passes(); }
  bool operator()(const OptionalPlan&) const { return Passes(); }
  bool operator()(const ApplyPlan&) const { return Passes(); }
  bool operator()(const UnionPlan&) const { return repeats; }
  bool operator()(const SortPlan& sort) const { return sort.limit == nullptr && Passes(); }
};

void Mark(bool repeats, Plan* plan);

void MarkInExpression(Expression* expression) {
  if (auto* subquery = std::get_if<SubqueryExpression>(&expression->node)) {
    Mark(subquery->kind == SubqueryExpression::Kind::kExists, subquery->plan.get());
  }
  ForEachChild(*expression, [](ExpressionPtr& child) { MarkInExpression(child.get()); });
}

void Mark(bool repeats, Plan* plan) {
  ForEachExpression(*plan, [](ExpressionPtr& expression) { MarkInExpression(expression.get()); });
  auto* paths = std::get_if<VariableExpandPlan>(&plan->node);
  if (paths != nullptr && repeats && paths->search == ast::PathSearch::kAll &&
      !paths->relationships_bound && paths->least <= 1 &&
      (paths->predicate == nullptr || !IsVolatile(*paths->predicate))) {
    paths->ends_only =
        !std::binary_search(plan->live.begin(), plan->live.end(), paths->relationships);
  }
  const bool below = std::visit(TakesRepeats{*plan, repeats}, plan->node);
  ForEachInput(*plan, [&](PlanPtr& input) { Mark(below, input.get()); });
}

}  // namespace

bool IgnoresRepeats(const Aggregation& part) {
  return part.distinct || part.function->name == "min" || part.function->name == "max";
}

void MarkReach(Plan* plan) { Mark(/*repeats=*/false, plan); }

}  // namespace entente::query
