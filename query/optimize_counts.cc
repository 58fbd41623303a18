#include <algorithm>
#include <utility>

#include "query/function.h"
#include "query/optimizer.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

// The slots that pattern steps above the chain's first other operator bind, which are never null;
// `relationships` are those of hops through `lens`.
struct BoundSlots {
  SlotSet all;
  SlotSet relationships;
};

BoundSlots BoundBelow(const Plan& plan, const BoundLens* lens) {
  BoundSlots bound;
  const Plan* at = &plan;
  while (true) {
    bool step = true;
    if (const auto* expand = std::get_if<ExpandPlan>(&at->node)) {
      bound.all.insert(expand->to);
      if (!expand->relationship_bound) {
        bound.all.insert(expand->relationship);
        if (expand->lens == lens) bound.relationships.insert(expand->relationship);
      }
    } else if (const auto* paths = std::get_if<VariableExpandPlan>(&at->node)) {
      bound.all.insert(paths->to);
      if (!paths->relationships_bound && paths->lens == lens) {
        bound.relationships.insert(paths->relationships);
      }
    } else if (const auto* both = std::get_if<IntersectPlan>(&at->node)) {
      bound.all.insert(both->to);
      for (const IntersectPlan::Hop& hop : both->hops) {
        bound.all.insert(hop.relationship);
        if (hop.lens == lens) bound.relationships.insert(hop.relationship);
      }
    } else if (const auto* scan = std::get_if<NodeScanPlan>(&at->node)) {
      bound.all.insert(scan->node);
    } else if (const auto* seek = std::get_if<NodeSeekPlan>(&at->node)) {
      bound.all.insert(seek->node);
    } else if (const auto* index = std::get_if<IndexSeekPlan>(&at->node)) {
      bound.all.insert(index->node);
    } else {
      step = std::holds_alternative<FilterPlan>(at->node);
    }
    if (!step) return bound;
    at = InputOf(const_cast<Plan&>(*at))->get();
  }
}

bool CountsRows(const Aggregation& part, const SlotSet& never_null) {
  if (part.function->name != "count" || part.distinct) return false;
  if (part.star) return true;
  const auto* slot = std::get_if<SlotReference>(&part.arguments[0]->node);
  return slot != nullptr && never_null.contains(slot->slot);
}

// Whether the expression is the same for all rows that a step makes of one.
bool IsSteady(const Expression& expression, const std::vector<Slot>& introduced) {
  return !IsVolatile(expression) &&
         std::none_of(introduced.begin(), introduced.end(), [&](Slot slot) {
           return std::binary_search(expression.reads.begin(), expression.reads.end(), slot);
         });
}

bool CanCount(const AggregatePlan& aggregate, const SlotSet& never_null,
              const std::vector<Slot>& introduced) {
  bool counts = false;
  for (const auto& [slot, key] : aggregate.keys) {
    if (!IsSteady(*key, introduced)) return false;
  }
  for (const Aggregation& part : aggregate.aggregations) {
    if (CountsRows(part, never_null)) {
      counts = true;
      continue;
    }
    if (!IgnoresRepeats(part)) return false;
    for (const ExpressionPtr& argument : part.arguments) {
      if (!IsSteady(*argument, introduced)) return false;
    }
  }
  return counts;
}

// The place where the step below the aggregation notes its count; nullptr if it cannot.
std::optional<Slot>* CountOf(Plan* step) {
  if (auto* expand = std::get_if<ExpandPlan>(&step->node)) {
    if (expand->relationship_bound || expand->exact) return nullptr;
    // What it subtracts must have been seen through its own lens.
    const BoundSlots below = BoundBelow(*expand->input, expand->lens);
    const bool known = std::all_of(expand->distinct_from.begin(), expand->distinct_from.end(),
                                   [&](Slot slot) { return below.relationships.contains(slot); });
    return known ? &expand->count : nullptr;
  }
  auto* both = std::get_if<IntersectPlan>(&step->node);
  return both == nullptr ? nullptr : &both->count;
}

void CountHop(PreparedPlan* prepared, AggregatePlan* aggregate) {
  std::optional<Slot>* const count = CountOf(aggregate->input.get());
  if (count == nullptr || count->has_value()) return;
  const SlotSet never_null = BoundBelow(*aggregate->input, nullptr).all;
  if (!CanCount(*aggregate, never_null, IntroducedSlots(*aggregate->input))) return;
  *count = static_cast<Slot>(prepared->slot_names.size());
  prepared->slot_names.emplace_back();
  for (Aggregation& part : aggregate->aggregations) {
    if (!CountsRows(part, never_null)) continue;
    part.function = FindAggregate("sum");
    part.star = false;
    part.arguments.clear();
    part.arguments.push_back(
        MakeExpression(SlotReference{**count}, {}, TypeSet{Value::Type::kInteger}));
  }
}

}  // namespace

void CountHops(PreparedPlan* prepared, PlanPtr* root) {
  ForEachPlanWithin(root, [&](PlanPtr* at) {
    auto* aggregate = std::get_if<AggregatePlan>(&(*at)->node);
    if (aggregate != nullptr) CountHop(prepared, aggregate);
  });
}

}  // namespace entente::query
