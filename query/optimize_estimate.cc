#include <algorithm>
#include <cmath>

#include "query/optimizer.h"
#include "query/pattern_steps.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

// How many rows a procedure has is not known.
constexpr double kProcedureRows = 10.0;

double ConstantRows(const ExpressionPtr& count, double otherwise) {
  const auto* constant = count == nullptr ? nullptr : std::get_if<Constant>(&count->node);
  if (constant == nullptr || !constant->value.is_integer()) return otherwise;
  return static_cast<double>(constant->value.integer());
}

struct RowEstimate {
  const StepEstimates& estimates;
  double input;

  template <typename Node>
  double operator()(const Node&) const {
    return input;
  }
  double operator()(const UnitPlan&) const { return 1.0; }
  double operator()(const ArgumentPlan&) const { return 1.0; }
  double operator()(const NodeScanPlan& scan) const {
    return input * estimates.NodesWith(scan.labels);
  }
  double operator()(const NodeSeekPlan& seek) const {
    const bool several = seek.by == NodeSeekPlan::By::kKeys;
    return several ? input * StepEstimates::ElementsOf(*seek.value) : input;
  }
  double operator()(const ExpandPlan& expand) const {
    const double degree =
        expand.relationship_bound ? 1.0 : estimates.Degree(expand.types, expand.heading);
    return input * (expand.into ? std::min(1.0, degree / estimates.Nodes()) : degree);
  }
  double operator()(const VariableExpandPlan& expand) const {
    const double degree = estimates.Degree(expand.types, expand.heading);
    return input * (expand.into ? 1.0 : std::max(1.0, std::pow(degree, 2)));
  }
  double operator()(const FilterPlan& filter) const {
    double rows = input;
    for (const ExpressionPtr& predicate : filter.predicates) {
      const auto* label = std::get_if<LabelPredicate>(&predicate->node);
      rows *= label != nullptr ? estimates.ShareWith(label->labels)
                               : StepEstimates::ShareOf(*predicate);
    }
    return rows;
  }
  double operator()(const OptionalPlan& optional) const {
    return input * std::max(1.0, optional.inner->estimated_rows);
  }
  double operator()(const ApplyPlan& apply) const { return input * apply.inner->estimated_rows; }
  double operator()(const UnwindPlan& unwind) const {
    return input * StepEstimates::ElementsOf(*unwind.list);
  }
  double operator()(const ProcedureCallPlan& call) const {
    return call.keeps_rows ? input : input * kProcedureRows;
  }
  double operator()(const AggregatePlan& aggregate) const {
    return aggregate.keys.empty() ? 1.0 : std::sqrt(input);
  }
  double operator()(const DistinctPlan&) const { return std::max(1.0, input / 2); }
  double operator()(const SortPlan& sort) const {
    return std::min(input, ConstantRows(sort.limit, input));
  }
  double operator()(const SkipPlan& skip) const {
    return std::max(0.0, input - ConstantRows(skip.count, 0.0));
  }
  double operator()(const LimitPlan& limit) const {
    return std::min(input, ConstantRows(limit.count, input));
  }
  double operator()(const UnionPlan& all) const {
    double rows = 0;
    for (const PlanPtr& part : all.inputs) rows += part->estimated_rows;
    return rows;
  }
};

void EstimateWithin(const Graph* graph, Expression* expression) {
  if (auto* subquery = std::get_if<SubqueryExpression>(&expression->node)) {
    EstimateRows(graph, subquery->plan.get());
  }
  ForEachChild(*expression, [&](ExpressionPtr& child) { EstimateWithin(graph, child.get()); });
}

}  // namespace

void EstimateRows(const Graph* graph, Plan* plan) {
  ForEachInput(*plan, [&](PlanPtr& input) { EstimateRows(graph, input.get()); });
  ForEachExpression(*plan,
                    [&](ExpressionPtr& expression) { EstimateWithin(graph, expression.get()); });
  PlanPtr* input = InputOf(*plan);
  const StepEstimates estimates(graph);
  plan->estimated_rows = std::visit(
      RowEstimate{estimates, input == nullptr ? 1.0 : (*input)->estimated_rows}, plan->node);
}

}  // namespace entente::query
