#include "query/pattern_steps.h"

#include <algorithm>
#include <utility>

#include "query/function.h"

namespace entente::query {

namespace {

using Type = Value::Type;

bool IsStep(const Plan& plan) {
  return std::holds_alternative<NodeScanPlan>(plan.node) ||
         std::holds_alternative<ExpandPlan>(plan.node) ||
         std::holds_alternative<VariableExpandPlan>(plan.node) ||
         std::holds_alternative<FilterPlan>(plan.node);
}

template <typename Expand>
StepEdge EdgeOf(Expand* expand) {
  StepEdge edge;
  edge.from = expand->from;
  edge.to = expand->to;
  if (expand->lens != nullptr) edge.reads = expand->lens->reads;
  if constexpr (std::is_same_v<Expand, ExpandPlan>) {
    edge.relationship = expand->relationship;
    edge.relationship_bound = expand->relationship_bound;
  } else {
    edge.relationship = expand->relationships;
    edge.relationship_bound = expand->relationships_bound;
    edge.needs_both_ends = expand->search != ast::PathSearch::kAll;
    if (expand->predicate != nullptr) {
      for (Slot slot : expand->predicate->reads) {
        if (slot != expand->each) edge.reads.push_back(slot);
      }
    }
  }
  return edge;
}

void TakeStep(PlanPtr plan, PatternSteps* run) {
  if (auto* scan = std::get_if<NodeScanPlan>(&plan->node)) {
    run->steps.push_back({false, run->nodes.size()});
    run->nodes.push_back({scan->node, std::move(scan->labels), scan->exact, true});
  } else if (auto* filter = std::get_if<FilterPlan>(&plan->node)) {
    for (ExpressionPtr& predicate : filter->predicates) {
      const bool can_raise = CanRaise(*predicate);
      run->conditions.push_back({std::move(predicate), can_raise});
    }
  } else {
    StepEdge edge;
    std::vector<Slot> others;
    if (auto* expand = std::get_if<ExpandPlan>(&plan->node)) {
      edge = EdgeOf(expand);
      others = std::move(expand->distinct_from);
    } else {
      auto* paths = std::get_if<VariableExpandPlan>(&plan->node);
      edge = EdgeOf(paths);
      others = std::move(paths->distinct_from);
    }
    for (Slot other : others) {
      run->distinct[edge.relationship].push_back(other);
      run->distinct[other].push_back(edge.relationship);
    }
    edge.plan = std::move(plan);
    run->steps.push_back({true, run->edges.size()});
    run->edges.push_back(std::move(edge));
  }
}

bool MayRaiseItself(const Expression& expression) {
  const auto all_within = [](const Expression& part, TypeSet types) {
    return (part.type | types | TypeSet{Type::kNull}) == (types | TypeSet{Type::kNull});
  };
  if (const auto* property = std::get_if<PropertyReference>(&expression.node)) {
    return !all_within(*property->object, {Type::kNode, Type::kRelationship, Type::kMap});
  }
  if (const auto* label = std::get_if<LabelPredicate>(&expression.node)) {
    return !all_within(*label->object, {Type::kNode, Type::kRelationship});
  }
  if (const auto* unary = std::get_if<UnaryExpression>(&expression.node)) {
    if (unary->op == ast::UnaryOperator::kNot)
      return !all_within(*unary->operand, {Type::kBoolean});
    return unary->op == ast::UnaryOperator::kMinus || unary->op == ast::UnaryOperator::kPlus;
  }
  if (const auto* binary = std::get_if<BinaryExpression>(&expression.node)) {
    switch (binary->op) {
      case ast::BinaryOperator::kOr:
      case ast::BinaryOperator::kXor:
      case ast::BinaryOperator::kAnd:
        return !all_within(*binary->left, {Type::kBoolean}) ||
               !all_within(*binary->right, {Type::kBoolean});
      case ast::BinaryOperator::kIn:
        return !all_within(*binary->right, {Type::kList});
      case ast::BinaryOperator::kStartsWith:
      case ast::BinaryOperator::kEndsWith:
      case ast::BinaryOperator::kContains:
        return false;
      default:
        return true;
    }
  }
  if (const auto* call = std::get_if<FunctionExpression>(&expression.node)) {
    return call->function->name != "id" ||
           !all_within(*call->arguments.front(), {Type::kNode, Type::kRelationship});
  }
  return !std::holds_alternative<Constant>(expression.node) &&
         !std::holds_alternative<ParameterReference>(expression.node) &&
         !std::holds_alternative<SlotReference>(expression.node) &&
         !std::holds_alternative<ComparisonExpression>(expression.node) &&
         !std::holds_alternative<ComparisonChainExpression>(expression.node) &&
         !std::holds_alternative<ListExpression>(expression.node) &&
         !std::holds_alternative<MapExpression>(expression.node);
}

}  // namespace

bool CanRaise(const Expression& expression) {
  if (MayRaiseItself(expression)) return true;
  bool any = false;
  ForEachChild(expression, [&](const Expression& child) { any = any || CanRaise(child); });
  return any;
}

PatternSteps PatternSteps::Take(PlanPtr* plan) {
  PatternSteps run;
  bool binds = false;
  for (const Plan* at = plan->get(); IsStep(*at); at = InputOf(const_cast<Plan&>(*at))->get()) {
    binds = binds || !std::holds_alternative<FilterPlan>(at->node);
  }
  if (!binds) return run;
  std::vector<PlanPtr> taken;
  while (IsStep(**plan)) {
    PlanPtr input = std::move(*InputOf(**plan));
    taken.push_back(std::exchange(*plan, std::move(input)));
  }
  for (auto step = taken.rbegin(); step != taken.rend(); ++step) TakeStep(std::move(*step), &run);
  return run;
}

double StepEstimates::Nodes() const {
  return graph_ == nullptr ? 1000.0 : std::max<double>(1.0, graph_->NodeCount());
}

double StepEstimates::NodesWith(const std::vector<std::string>& labels) const {
  double least = Nodes();
  if (graph_ == nullptr) return labels.empty() ? least : least / 10;
  for (const std::string& name : labels) {
    const LabelId label = graph_->catalogue().FindLabel(name);
    const double count = label == kNoSymbol ? 0.0 : graph_->LabelCount(label);
    least = std::min(least, count);
  }
  return least;
}

size_t StepEstimates::RarestLabel(const std::vector<std::string>& labels) const {
  size_t rarest = 0;
  for (size_t i = 1; i < labels.size(); ++i) {
    if (NodesWith({labels[i]}) < NodesWith({labels[rarest]})) rarest = i;
  }
  return rarest;
}

double StepEstimates::ShareWith(const std::vector<std::string>& labels) const {
  return labels.empty() ? 1.0 : NodesWith(labels) / Nodes();
}

double StepEstimates::Degree(const std::vector<std::string>& types, Heading heading) const {
  double relationships = 5.0 * Nodes();
  if (graph_ != nullptr) {
    const RelationSet set = graph_->ResolveTypes(types);
    relationships = 0;
    if (set.any) {
      relationships = static_cast<double>(graph_->RelationshipCount());
    } else {
      for (RelationId id : set.ids) relationships += static_cast<double>(graph_->RelationCount(id));
    }
  }
  return relationships / Nodes() * (heading == Heading::kEither ? 2.0 : 1.0);
}

double StepEstimates::Degree(const Plan& plan) const {
  if (const auto* expand = std::get_if<ExpandPlan>(&plan.node)) {
    return expand->relationship_bound ? 1.0 : Degree(expand->types, expand->heading);
  }
  const auto& paths = std::get<VariableExpandPlan>(plan.node);
  if (paths.relationships_bound) return 1.0;
  const double degree = Degree(paths.types, paths.heading);
  double sum = paths.least == 0 ? 1.0 : 0.0;
  double rows = 1.0;
  const int64_t most = std::min<int64_t>(paths.most.value_or(8), 16);
  for (int64_t length = 1; length <= most; ++length) {
    rows *= degree;
    if (length >= paths.least) sum += rows;
  }
  return sum;
}

double StepEstimates::ShareOf(const Expression& condition) {
  if (const auto* comparison = std::get_if<ComparisonExpression>(&condition.node)) {
    return comparison->comparator == ast::Comparator::kEqual ? 0.1 : 0.5;
  }
  return 0.5;
}

double StepEstimates::ElementsOf(const Expression& list) {
  constexpr double kUnknown = 10.0;
  if (const auto* constant = std::get_if<Constant>(&list.node)) {
    return constant->value.is_list() ? static_cast<double>(constant->value.list().size())
                                     : kUnknown;
  }
  const auto* elements = std::get_if<ListExpression>(&list.node);
  return elements == nullptr ? kUnknown : static_cast<double>(elements->elements.size());
}

}  // namespace entente::query
