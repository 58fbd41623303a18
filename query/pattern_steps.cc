#include "query/pattern_steps.h"

#include <algorithm>
#include <utility>

#include "engine/built_in.h"
#include "query/function.h"

namespace entente::query {

namespace {

using Type = Value::Type;

// The share of rows that a condition lets through of which nothing is known: that a value is equal,
// and any other.
constexpr double kEqualShare = 0.1;
constexpr double kOtherShare = 0.5;

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
    const FunctionRow& function = *call->function;
    const bool tells_of_entity = function.of_many != nullptr || function.name == "id";
    return !tells_of_entity ||
           !all_within(*call->arguments.front(), function.parameters[0].accepts);
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

double StepEstimates::RelationshipsOf(const RelationSet& types) const {
  if (graph_ == nullptr) return 5.0 * Nodes();
  if (types.any) return static_cast<double>(graph_->RelationshipCount());
  double relationships = 0;
  for (RelationId id : types.ids) relationships += static_cast<double>(graph_->RelationCount(id));
  return relationships;
}

RelationSet StepEstimates::TypesOf(const ExpandPlan& expand) const {
  if (graph_ == nullptr) return RelationSet();
  RelationSet types = graph_->ResolveTypes(expand.types);
  if (expand.only_type == nullptr) return types;
  const auto* only = std::get_if<Constant>(&expand.only_type->node);
  if (only == nullptr || !only->value.is_string()) return types;
  const RelationId type = graph_->catalogue().FindRelation(only->value.string());
  const bool admitted = types.any || std::binary_search(types.ids.begin(), types.ids.end(), type);
  types = {.any = false, .ids = {}};
  if (type != kNoSymbol && admitted) types.ids.push_back(type);
  return types;
}

std::vector<LabelId> StepEstimates::RarestSet(const std::vector<std::string>& labels) const {
  if (labels.empty()) return {};
  const LabelId label = graph_->catalogue().FindLabel(labels[RarestLabel(labels)]);
  if (label == kNoSymbol) return {kNoSymbol};
  return graph_->catalogue().DescendantLabels(label);
}

HopEstimate StepEstimates::Hop(const Plan& plan, const std::vector<std::string>& near,
                               const std::vector<std::string>& far, bool flipped) const {
  HopEstimate hop;
  hop.far_share = ShareWith(far);
  const auto* expand = std::get_if<ExpandPlan>(&plan.node);
  if (expand == nullptr) {
    hop.rows = PathRows(std::get<VariableExpandPlan>(plan.node));
    return hop;
  }
  if (expand->relationship_bound) return hop;
  const RelationSet types = TypesOf(*expand);
  const double both = expand->heading == Heading::kEither ? 2.0 : 1.0;
  hop.rows = RelationshipsOf(types) / Nodes() * both;
  if (sample_ == nullptr || sample_->size() == 0) return hop;
  Heading heading = expand->heading;
  if (flipped && heading != Heading::kEither) {
    heading = heading == Heading::kOut ? Heading::kIn : Heading::kOut;
  }
  const std::vector<LabelId> near_labels = RarestSet(near);
  hop.rows = RelationshipsOf(types) * both * sample_->NearShare(types, heading, near_labels) /
             std::max(1.0, NodesWith(near));
  hop.far_share = sample_->FarShare(types, heading, near_labels, RarestSet(far));
  if (!near.empty()) return hop;  // they have been counted by themselves
  const double mean = static_cast<double>(graph_->RelationshipCount()) / Nodes() * both;
  const double behind = sample_->DegreeBehind(Heading::kEither, heading);
  hop.crowding = std::clamp(behind / std::max(mean, 1e-3), 1.0, 1000.0);
  return hop;
}

double StepEstimates::PathRows(const VariableExpandPlan& paths) const {
  if (paths.relationships_bound) return 1.0;
  const RelationSet types = graph_ == nullptr ? RelationSet() : graph_->ResolveTypes(paths.types);
  const double degree =
      RelationshipsOf(types) / Nodes() * (paths.heading == Heading::kEither ? 2.0 : 1.0);
  double sum = paths.least == 0 ? 1.0 : 0.0;
  double rows = 1.0;
  const int64_t most = std::min<int64_t>(paths.most.value_or(8), 16);
  for (int64_t length = 1; length <= most; ++length) {
    rows *= degree;
    if (length >= paths.least) sum += rows;
  }
  return sum;
}

double StepEstimates::ShareOfValue(const Expression& side) const {
  const auto* property = std::get_if<PropertyReference>(&side.node);
  if (property == nullptr || graph_ == nullptr) return kEqualShare;
  if (property->name == kBuiltInProperties[kKeyProperty]) return 1.0 / Nodes();
  const Catalogue& catalogue = graph_->catalogue();
  const PropertyId id = catalogue.FindProperty(property->name);
  for (const PropertyIndex& index : catalogue.indexes()) {
    if (index.property == id) return 1.0 / std::max<double>(1.0, graph_->IndexedValues(index));
  }
  return kEqualShare;
}

double StepEstimates::ShareOf(const Expression& condition) const {
  if (const auto* comparison = std::get_if<ComparisonExpression>(&condition.node)) {
    if (comparison->comparator != ast::Comparator::kEqual) return kOtherShare;
    return std::min(ShareOfValue(*comparison->left), ShareOfValue(*comparison->right));
  }
  const auto* binary = std::get_if<BinaryExpression>(&condition.node);
  if (binary == nullptr || binary->op != ast::BinaryOperator::kIn) return kOtherShare;
  return std::min(kOtherShare, ElementsOf(*binary->right) * ShareOfValue(*binary->left));
}

bool StepEstimates::HasIndexes() const {
  return graph_ != nullptr && !graph_->catalogue().indexes().empty();
}

bool StepEstimates::HasIndex(const std::string& label, const std::string& property) const {
  return FindIndex(label, property) != nullptr;
}

const PropertyIndex* StepEstimates::FindIndex(const std::string& label,
                                              const std::string& property) const {
  if (graph_ == nullptr) return nullptr;
  const LabelId label_id = graph_->catalogue().FindLabel(label);
  const PropertyId property_id = graph_->catalogue().FindProperty(property);
  if (label_id == kNoSymbol || property_id == kNoSymbol) return nullptr;
  return graph_->catalogue().IndexOver(label_id, property_id);
}

double StepEstimates::IndexRows(const IndexSeekPlan& seek) const {
  // What is known of ranges and prefixes is that they are a part.
  constexpr double kOneEnd = 0.3;
  constexpr double kBothEnds = 0.1;
  constexpr double kPrefix = 0.05;
  const PropertyIndex* index = FindIndex(seek.label, seek.property);
  if (index == nullptr) return NodesWith({seek.label});  // it is gone
  const double nodes = static_cast<double>(graph_->IndexedNodes(*index));
  const double of_value = nodes / std::max<double>(1.0, graph_->IndexedValues(*index));
  switch (seek.by) {
    case IndexSeekPlan::By::kValue:
      return of_value;
    case IndexSeekPlan::By::kList:
      return std::min(nodes, of_value * ElementsOf(*seek.value));
    case IndexSeekPlan::By::kPrefix:
      return nodes * kPrefix;
    case IndexSeekPlan::By::kRange:
      return nodes * (seek.value != nullptr && seek.greatest != nullptr ? kBothEnds : kOneEnd);
  }
  return nodes;
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
