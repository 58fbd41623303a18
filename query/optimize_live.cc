#include <algorithm>
#include <utility>

#include "query/optimizer.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

void SetLive(const SlotSet& required, Plan* plan);

// Plans inside the operator's expressions.
void SetLiveInSubqueries(Expression* expression) {
  if (auto* subquery = std::get_if<SubqueryExpression>(&expression->node)) {
    SlotSet required = {subquery->ordinal};
    if (subquery->kind == SubqueryExpression::Kind::kCollect) required.insert(subquery->result);
    SetLive(required, subquery->plan.get());
  }
  ForEachChild(*expression, [](ExpressionPtr& child) { SetLiveInSubqueries(child.get()); });
}

template <typename Item>
void DropDead(const SlotSet& required, std::vector<Item>* items) {
  items->erase(std::remove_if(items->begin(), items->end(),
                              [&](const Item& item) {
                                if constexpr (std::is_same_v<Item, Slot>) {
                                  return !required.contains(item);
                                } else if constexpr (std::is_same_v<Item, Aggregation>) {
                                  return !required.contains(item.slot);
                                } else {
                                  return !required.contains(item.first);
                                }
                              }),
               items->end());
}

void DropDeadOutputs(const SlotSet& required, UnionPlan* all) {
  for (size_t i = all->output.size(); i-- > 0;) {
    if (required.contains(all->output[i])) continue;
    all->output.erase(all->output.begin() + i);
    for (auto& slots : all->slots) slots.erase(slots.begin() + i);
  }
}

template <typename Encloser>
void SetLiveInside(Encloser* encloser) {
  SlotSet required(encloser->introduced.begin(), encloser->introduced.end());
  required.insert(encloser->ordinal);
  SetLive(required, encloser->inner.get());
}

// Sets live slots in the plans under this one other than its main input.
void SetLiveBeside(const SlotSet& required, Plan* plan) {
  if (auto* optional = std::get_if<OptionalPlan>(&plan->node)) {
    DropDead(required, &optional->introduced);
    SetLiveInside(optional);
  } else if (auto* apply = std::get_if<ApplyPlan>(&plan->node)) {
    DropDead(required, &apply->introduced);
    SetLiveInside(apply);
  } else if (auto* merge = std::get_if<MergePlan>(&plan->node)) {
    const std::vector<Slot> created = IntroducedSlots(*plan);
    SetLive(SlotSet(created.begin(), created.end()), merge->match.get());
  } else if (auto* all = std::get_if<UnionPlan>(&plan->node)) {
    DropDeadOutputs(required, all);
    for (size_t i = 0; i < all->inputs.size(); ++i) {
      SetLive(SlotSet(all->slots[i].begin(), all->slots[i].end()), all->inputs[i].get());
    }
  }
}

void SetLive(const SlotSet& required, Plan* plan) {
  plan->live.assign(required.begin(), required.end());
  std::sort(plan->live.begin(), plan->live.end());
  if (auto* project = std::get_if<ProjectPlan>(&plan->node)) DropDead(required, &project->items);
  if (auto* sort = std::get_if<SortPlan>(&plan->node)) {
    SlotSet read = required;
    for (const SortKey& key : sort->keys) {
      read.insert(key.expression->reads.begin(), key.expression->reads.end());
    }
    DropDead(read, &sort->late);
  }
  if (auto* aggregate = std::get_if<AggregatePlan>(&plan->node)) {
    DropDead(required, &aggregate->aggregations);
  }
  ForEachExpression(*plan,
                    [](ExpressionPtr& expression) { SetLiveInSubqueries(expression.get()); });
  SetLiveBeside(required, plan);
  PlanPtr* input = InputOf(*plan);
  if (input == nullptr) return;
  SlotSet below;
  if (!std::holds_alternative<AggregatePlan>(plan->node)) {
    below = required;
    for (Slot introduced : IntroducedSlots(*plan)) below.erase(introduced);
  }
  AddReads(*plan, &below);
  SetLive(below, input->get());
}

}  // namespace

void SetLiveSlots(const std::vector<Slot>& required, Plan* plan) {
  SetLive(SlotSet(required.begin(), required.end()), plan);
}

}  // namespace entente::query
