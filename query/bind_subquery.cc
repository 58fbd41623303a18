// Plans inside expressions, and what all plans that start from enclosing rows have in common.
#include <algorithm>
#include <utility>

#include "engine/error.h"
#include "engine/status.h"
#include "query/bind_expression.h"
#include "query/binder.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

// Adds the enclosing rows' slots that the plan, with all plans and expressions in it, reads.
void AddOuterReads(const Plan& plan, Slot first_own, SlotSet* outer) {
  SlotSet reads;
  AddReads(plan, &reads);
  for (Slot slot : reads) {
    if (slot < first_own) outer->insert(slot);
  }
  ForEachInput(plan, [&](const Plan& input) { AddOuterReads(input, first_own, outer); });
}

void SetArguments(Plan* plan, Slot ordinal, const std::vector<Slot>& slots) {
  if (auto* argument = std::get_if<ArgumentPlan>(&plan->node);
      argument != nullptr && argument->ordinal == ordinal) {
    argument->slots = slots;
  }
  ForEachInput(*plan, [&](PlanPtr& input) { SetArguments(input.get(), ordinal, slots); });
}

}  // namespace

Binder::Subplan Binder::BeginSubplan() {
  Subplan subplan;
  subplan.ordinal = NewSlot("");
  subplan.first_own = subplan.ordinal;
  return subplan;
}

PlanPtr Binder::ArgumentOf(const Subplan& subplan) const {
  return MakePlan(ArgumentPlan{{}, subplan.ordinal});
}

std::vector<Slot> Binder::FinishSubplan(const Subplan& subplan, Plan* plan) const {
  SlotSet outer;
  AddOuterReads(*plan, subplan.first_own, &outer);
  std::vector<Slot> slots(outer.begin(), outer.end());
  std::sort(slots.begin(), slots.end());
  SetArguments(plan, subplan.ordinal, slots);
  return slots;
}

bool Binder::NeedsRowByRow(const Plan& plan) {
  return AnyPlan(plan, [](const Plan& at) {
    return std::holds_alternative<AggregatePlan>(at.node) ||
           std::holds_alternative<DistinctPlan>(at.node) ||
           std::holds_alternative<SortPlan>(at.node) || std::holds_alternative<SkipPlan>(at.node) ||
           std::holds_alternative<LimitPlan>(at.node) ||
           std::holds_alternative<UnionPlan>(at.node) || Writes(at);
  });
}

absl::StatusOr<ExpressionPtr> Binder::FinishSubquery(const Subplan& subplan, PlanPtr plan,
                                                     SubqueryExpression::Kind kind,
                                                     const ExpressionPtr& result, SourceSpan span) {
  SubqueryExpression subquery;
  subquery.kind = kind;
  subquery.ordinal = subplan.ordinal;
  TypeSet type = {Value::Type::kBoolean};
  TypeSet elements = TypeSet::Any();
  if (kind == SubqueryExpression::Kind::kCount) type = {Value::Type::kInteger};
  if (kind == SubqueryExpression::Kind::kCollect) {
    type = {Value::Type::kList};
    elements = result->type;
    subquery.result = std::get<SlotReference>(result->node).slot;
  }
  subquery.arguments = FinishSubplan(subplan, plan.get());
  subquery.row_by_row = NeedsRowByRow(*plan);
  subquery.plan = std::move(plan);
  return MakeExpression(std::move(subquery), span, type, elements);
}

absl::StatusOr<ExpressionPtr> Binder::BindPatternExpression(const ast::PatternExpression& node,
                                                            const Scope& scope, SourceSpan span) {
  ASSIGN_OR_RETURN(const BoundLens* lens, BindLens({}, scope));
  const Subplan subplan = BeginSubplan();
  Flow flow = {ArgumentOf(subplan), scope};
  const ast::PathPattern* pattern = &node.pattern;
  const bool searches = pattern->search != ast::PathSearch::kAll;
  PatternOptions options;
  options.lens = lens;
  options.declares_names = searches;
  ASSIGN_OR_RETURN(PatternClause clause, DeclarePatterns({&pattern, 1}, options, &flow.scope));
  RETURN_IF_ERROR(PlacePatterns(&clause, nullptr, &flow));
  if (!searches) {
    return FinishSubquery(subplan, std::move(flow.plan), SubqueryExpression::Kind::kExists, nullptr,
                          span);
  }
  clause.patterns.front().path = NewSlot("");
  ProjectPaths(clause, &flow);
  ExpressionPtr path = ReferTo(Binding{*clause.patterns.front().path, {Value::Type::kPath}}, span);
  ASSIGN_OR_RETURN(ExpressionPtr paths,
                   FinishSubquery(subplan, std::move(flow.plan), SubqueryExpression::Kind::kCollect,
                                  path, span));
  if (pattern->search == ast::PathSearch::kAllShortest) return paths;
  SubscriptExpression first;
  first.object = std::move(paths);
  first.index = MakeExpression(Constant{Value::Integer(0)}, span, TypeSet{Value::Type::kInteger});
  return MakeExpression(std::move(first), span, {Value::Type::kPath, Value::Type::kNull});
}

absl::StatusOr<ExpressionPtr> Binder::BindPatternComprehension(
    const ast::PatternComprehension& node, const Scope& scope, SourceSpan span) {
  ASSIGN_OR_RETURN(const BoundLens* lens, BindLens(node.lens, scope));
  lens_stack_.emplace_back(&node.lens, scope);
  const Subplan subplan = BeginSubplan();
  Flow flow = {ArgumentOf(subplan), scope};
  const ast::PathPattern* pattern = &node.pattern;
  PatternOptions options;
  options.lens = lens;
  ASSIGN_OR_RETURN(PatternClause clause, DeclarePatterns({&pattern, 1}, options, &flow.scope));
  RETURN_IF_ERROR(PlacePatterns(&clause, node.predicate.get(), &flow));
  ASSIGN_OR_RETURN(ExpressionPtr result, ExpressionBinder(this, flow.scope).Bind(*node.projection));
  lens_stack_.pop_back();
  if (!std::holds_alternative<SlotReference>(result->node) ||
      std::get<SlotReference>(result->node).slot < subplan.first_own) {
    const Binding binding = BindingOf(*result, NewSlot(""));
    ProjectPlan project;
    project.input = std::move(flow.plan);
    project.items.emplace_back(binding.slot, std::move(result));
    flow.plan = MakePlan(std::move(project));
    result = ReferTo(binding, node.projection->span);
  }
  return FinishSubquery(subplan, std::move(flow.plan), SubqueryExpression::Kind::kCollect, result,
                        span);
}

absl::StatusOr<ExpressionPtr> Binder::BindQueryExpression(const ast::Query& query,
                                                          SubqueryExpression::Kind kind,
                                                          const Scope& scope, SourceSpan span) {
  const Subplan subplan = BeginSubplan();
  ASSIGN_OR_RETURN(BoundQuery bound,
                   BindQuery(query, Origin{scope, subplan.ordinal}, Place::kExpression));
  return FinishSubquery(subplan, std::move(bound.plan), kind, nullptr, span);
}

}  // namespace entente::query
