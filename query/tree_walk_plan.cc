#include <type_traits>
#include <utility>
#include <variant>

#include "query/procedures.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

template <typename Kind>
inline constexpr bool kHasInput = requires(Kind kind) {
  kind.input;
};

template <typename P, typename Visit>
void VisitInputs(P& plan, Visit visit) {
  std::visit(
      [&](auto& node) {
        using Kind = std::remove_cvref_t<decltype(node)>;
        if constexpr (kHasInput<Kind>) visit(node.input);
        if constexpr (std::is_same_v<Kind, OptionalPlan> || std::is_same_v<Kind, ApplyPlan>) {
          visit(node.inner);
        } else if constexpr (std::is_same_v<Kind, MergePlan>) {
          visit(node.match);
        } else if constexpr (std::is_same_v<Kind, UnionPlan>) {
          for (auto& input : node.inputs) visit(input);
        }
      },
      plan.node);
}

// Calls `visit` with each expression pointer of one operator that is set.
template <typename Visit>
struct PlanExpressions {
  Visit visit;

  template <typename Pointer>
  void One(Pointer& expression) const {
    if (expression != nullptr) visit(expression);
  }
  template <typename Pointers>
  void All(Pointers& expressions) const {
    for (auto& expression : expressions) One(expression);
  }
  template <typename Items>
  void Seconds(Items& items) const {
    for (auto& item : items) One(item.second);
  }
  template <typename Things>
  void Properties(Things& things) const {
    for (auto& thing : things) One(thing.properties);
  }
  template <typename Actions>
  void Updates(Actions& actions) const {
    for (auto& action : actions) {
      std::visit(
          [&](auto& kind) {
            using Kind = std::remove_cvref_t<decltype(kind)>;
            One(kind.object);
            if constexpr (std::is_same_v<Kind, SetPropertyAction>) One(kind.value);
            if constexpr (std::is_same_v<Kind, SetPropertiesAction>) One(kind.properties);
          },
          action);
    }
  }

  template <typename Node>
  void operator()(Node& node) const {
    using Kind = std::remove_const_t<Node>;
    if constexpr (std::is_same_v<Kind, NodeSeekPlan>) {
      One(node.value);
    } else if constexpr (std::is_same_v<Kind, IndexSeekPlan>) {
      One(node.value);
      One(node.greatest);
    } else if constexpr (std::is_same_v<Kind, ExpandPlan>) {
      One(node.only_types);
      One(node.only_type);
    } else if constexpr (std::is_same_v<Kind, VariableExpandPlan>) {
      One(node.predicate);
    } else if constexpr (std::is_same_v<Kind, FilterPlan>) {
      All(node.predicates);
    } else if constexpr (std::is_same_v<Kind, UnwindPlan>) {
      One(node.list);
    } else if constexpr (std::is_same_v<Kind, EvidencePlan>) {
      One(node.relationship);
    } else if constexpr (std::is_same_v<Kind, ProcedureCallPlan>) {
      All(node.arguments);
    } else if constexpr (std::is_same_v<Kind, ProjectPlan>) {
      Seconds(node.items);
    } else if constexpr (std::is_same_v<Kind, AggregatePlan>) {
      Seconds(node.keys);
      for (auto& aggregation : node.aggregations) All(aggregation.arguments);
    } else if constexpr (std::is_same_v<Kind, SortPlan>) {
      for (auto& key : node.keys) One(key.expression);
      One(node.limit);
      Seconds(node.late);
    } else if constexpr (std::is_same_v<Kind, SkipPlan> || std::is_same_v<Kind, LimitPlan>) {
      One(node.count);
    } else if constexpr (std::is_same_v<Kind, CreatePlan>) {
      Properties(node.nodes);
      Properties(node.relationships);
    } else if constexpr (std::is_same_v<Kind, UpdatePlan>) {
      Updates(node.actions);
    } else if constexpr (std::is_same_v<Kind, MergePlan>) {
      Properties(node.nodes);
      Properties(node.relationships);
      Updates(node.on_create);
      Updates(node.on_match);
    } else if constexpr (std::is_same_v<Kind, DeletePlan>) {
      All(node.expressions);
    }
  }
};

void AddCreationEnds(const std::vector<CreatedRelationship>& relationships, SlotSet* slots) {
  for (const CreatedRelationship& created : relationships) {
    slots->insert(created.start);
    slots->insert(created.end);
  }
}

void EraseCreated(const std::vector<CreatedNode>& nodes,
                  const std::vector<CreatedRelationship>& relationships, SlotSet* slots) {
  for (const CreatedNode& created : nodes) slots->erase(created.slot);
  for (const CreatedRelationship& created : relationships) slots->erase(created.slot);
}

// Slots that a subplan takes from the enclosing rows.
void AddArguments(const Plan& inner, SlotSet* slots) {
  if (const auto* argument = std::get_if<ArgumentPlan>(&inner.node)) {
    slots->insert(argument->slots.begin(), argument->slots.end());
  }
  ForEachInput(inner, [&](const Plan& input) {
    bool nested = false;  // a nested subplan's own Argument is not ours
    std::visit(
        [&](const auto& node) {
          using Kind = std::remove_cvref_t<decltype(node)>;
          if constexpr (std::is_same_v<Kind, OptionalPlan> || std::is_same_v<Kind, ApplyPlan>) {
            nested = &input == node.inner.get();
          } else if constexpr (std::is_same_v<Kind, MergePlan>) {
            nested = &input == node.match.get();
          }
        },
        inner.node);
    if (!nested) AddArguments(input, slots);
  });
}

template <typename Expand>
void AddExpandReads(const Expand& expand, SlotSet* slots) {
  slots->insert(expand.from);
  if (expand.into) slots->insert(expand.to);
  slots->insert(expand.distinct_from.begin(), expand.distinct_from.end());
  if (expand.lens != nullptr) slots->insert(expand.lens->reads.begin(), expand.lens->reads.end());
}

}  // namespace

void ForEachExpression(BoundLens& lens, absl::FunctionRef<void(ExpressionPtr&)> visit) {
  const auto one = [&](ExpressionPtr& expression) {
    if (expression != nullptr) visit(expression);
  };
  for (std::optional<BoundTimeRange>* range : {&lens.valid_time, &lens.known_time}) {
    if (!range->has_value()) continue;
    one((*range)->from);
    one((*range)->to);
  }
  for (auto* sources : {&lens.according_to, &lens.except, &lens.denied_by}) {
    for (ExpressionPtr& source : *sources) one(source);
  }
  one(lens.least_confidence);
}

void ForEachInput(Plan& plan, absl::FunctionRef<void(PlanPtr&)> visit) {
  VisitInputs(plan, [&](PlanPtr& input) { visit(input); });
}

void ForEachInput(const Plan& plan, absl::FunctionRef<void(const Plan&)> visit) {
  VisitInputs(plan, [&](const PlanPtr& input) { visit(*input); });
}

PlanPtr* InputOf(Plan& plan) {
  return std::visit(
      [](auto& node) -> PlanPtr* {
        if constexpr (kHasInput<std::remove_cvref_t<decltype(node)>>) return &node.input;
        return nullptr;
      },
      plan.node);
}

const Plan* InputOf(const Plan& plan) {
  const PlanPtr* input = InputOf(const_cast<Plan&>(plan));
  return input == nullptr ? nullptr : input->get();
}

void ForEachExpression(Plan& plan, absl::FunctionRef<void(ExpressionPtr&)> visit) {
  auto call = [&](ExpressionPtr& expression) { visit(expression); };
  std::visit(PlanExpressions<decltype(call)>{call}, plan.node);
}

void ForEachExpression(const Plan& plan, absl::FunctionRef<void(const Expression&)> visit) {
  auto call = [&](const ExpressionPtr& expression) { visit(*expression); };
  std::visit(PlanExpressions<decltype(call)>{call}, plan.node);
}

void AddReads(const Plan& plan, SlotSet* slots) {
  ForEachExpression(plan, [&](const Expression& expression) {
    slots->insert(expression.reads.begin(), expression.reads.end());
  });
  if (const auto* expand = std::get_if<VariableExpandPlan>(&plan.node)) {
    if (expand->predicate != nullptr) slots->erase(expand->each);
  }
  AddDirectReads(plan, slots);
}

void AddDirectReads(const Plan& plan, SlotSet* slots) {
  std::visit(
      [&](const auto& node) {
        using Kind = std::remove_cvref_t<decltype(node)>;
        if constexpr (std::is_same_v<Kind, ArgumentPlan>) {
          slots->insert(node.slots.begin(), node.slots.end());
        } else if constexpr (std::is_same_v<Kind, ExpandPlan>) {
          AddExpandReads(node, slots);
          if (node.relationship_bound) slots->insert(node.relationship);
        } else if constexpr (std::is_same_v<Kind, IntersectPlan>) {
          for (const IntersectPlan::Hop& hop : node.hops) {
            slots->insert(hop.from);
            slots->insert(hop.distinct_from.begin(), hop.distinct_from.end());
          }
        } else if constexpr (std::is_same_v<Kind, VariableExpandPlan>) {
          AddExpandReads(node, slots);
          if (node.relationships_bound) slots->insert(node.relationships);
        } else if constexpr (std::is_same_v<Kind, OptionalPlan> ||
                             std::is_same_v<Kind, ApplyPlan>) {
          AddArguments(*node.inner, slots);
        } else if constexpr (std::is_same_v<Kind, DistinctPlan>) {
          slots->insert(node.slots.begin(), node.slots.end());
        } else if constexpr (std::is_same_v<Kind, UnionPlan>) {
          for (const auto& of_part : node.slots) slots->insert(of_part.begin(), of_part.end());
        } else if constexpr (std::is_same_v<Kind, SortPlan>) {
          for (const auto& [slot, expression] : node.late) slots->erase(slot);
        } else if constexpr (std::is_same_v<Kind, CreatePlan>) {
          AddCreationEnds(node.relationships, slots);
          EraseCreated(node.nodes, node.relationships, slots);
        } else if constexpr (std::is_same_v<Kind, MergePlan>) {
          AddCreationEnds(node.relationships, slots);
          EraseCreated(node.nodes, node.relationships, slots);
          AddArguments(*node.match, slots);
        }
      },
      plan.node);
}

std::vector<Slot> IntroducedSlots(const Plan& plan) {
  std::vector<Slot> slots;
  std::visit(
      [&](const auto& node) {
        using Kind = std::remove_cvref_t<decltype(node)>;
        if constexpr (std::is_same_v<Kind, ArgumentPlan>) {
          slots = node.slots;
          slots.push_back(node.ordinal);
        } else if constexpr (std::is_same_v<Kind, NodeScanPlan> ||
                             std::is_same_v<Kind, NodeSeekPlan> ||
                             std::is_same_v<Kind, IndexSeekPlan>) {
          slots = {node.node};
        } else if constexpr (std::is_same_v<Kind, ExpandPlan>) {
          if (!node.relationship_bound) slots.push_back(node.relationship);
          if (!node.into) slots.push_back(node.to);
          if (node.count.has_value()) slots.push_back(*node.count);
        } else if constexpr (std::is_same_v<Kind, IntersectPlan>) {
          slots = {node.hops[0].relationship, node.hops[1].relationship, node.to};
          if (node.count.has_value()) slots.push_back(*node.count);
        } else if constexpr (std::is_same_v<Kind, VariableExpandPlan>) {
          if (!node.relationships_bound) slots.push_back(node.relationships);
          if (!node.into) slots.push_back(node.to);
        } else if constexpr (std::is_same_v<Kind, OptionalPlan> ||
                             std::is_same_v<Kind, ApplyPlan>) {
          slots = node.introduced;
        } else if constexpr (std::is_same_v<Kind, UnwindPlan>) {
          slots = {node.element};
        } else if constexpr (std::is_same_v<Kind, EvidencePlan>) {
          for (const auto& [field, slot] : node.fields) slots.push_back(slot);
        } else if constexpr (std::is_same_v<Kind, ProcedureCallPlan>) {
          for (const auto& [column, slot] : node.yields) slots.push_back(slot);
        } else if constexpr (std::is_same_v<Kind, ProjectPlan>) {
          for (const auto& [slot, expression] : node.items) slots.push_back(slot);
        } else if constexpr (std::is_same_v<Kind, SortPlan>) {
          for (const auto& [slot, expression] : node.late) slots.push_back(slot);
        } else if constexpr (std::is_same_v<Kind, AggregatePlan>) {
          for (const auto& [slot, expression] : node.keys) slots.push_back(slot);
          for (const Aggregation& aggregation : node.aggregations) {
            slots.push_back(aggregation.slot);
          }
        } else if constexpr (std::is_same_v<Kind, DistinctPlan>) {
          slots = node.slots;
        } else if constexpr (std::is_same_v<Kind, UnionPlan>) {
          slots = node.output;
        } else if constexpr (std::is_same_v<Kind, CreatePlan> || std::is_same_v<Kind, MergePlan>) {
          for (const CreatedNode& created : node.nodes) slots.push_back(created.slot);
          for (const CreatedRelationship& created : node.relationships) {
            slots.push_back(created.slot);
          }
        }
      },
      plan.node);
  return slots;
}

SlotSet OutputSlots(const Plan& plan) {
  SlotSet slots;
  const Plan* current = &plan;
  while (current != nullptr) {
    std::vector<Slot> introduced = IntroducedSlots(*current);
    slots.insert(introduced.begin(), introduced.end());
    if (std::holds_alternative<AggregatePlan>(current->node) ||
        std::holds_alternative<DistinctPlan>(current->node)) {
      break;
    }
    PlanPtr* input = InputOf(const_cast<Plan&>(*current));
    current = input == nullptr ? nullptr : input->get();
  }
  return slots;
}

bool AnyPlan(const Plan& plan, absl::FunctionRef<bool(const Plan&)> holds) {
  if (holds(plan)) return true;
  bool any = false;
  ForEachInput(plan, [&](const Plan& input) { any = any || AnyPlan(input, holds); });
  return any;
}

bool CallsWriter(const Plan& plan) {
  const auto* call = std::get_if<ProcedureCallPlan>(&plan.node);
  return call != nullptr && call->built_in != nullptr && call->built_in->write != nullptr;
}

bool Writes(const Plan& plan) {
  return AnyPlan(plan, [](const Plan& at) {
    return std::holds_alternative<CreatePlan>(at.node) ||
           std::holds_alternative<UpdatePlan>(at.node) ||
           std::holds_alternative<MergePlan>(at.node) ||
           std::holds_alternative<DeletePlan>(at.node) || CallsWriter(at);
  });
}

PlanPtr MakePlan(Plan::Node node) {
  auto plan = std::make_unique<Plan>();
  plan->node = std::move(node);
  return plan;
}

}  // namespace entente::query
