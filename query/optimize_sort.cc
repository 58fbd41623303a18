#include <algorithm>
#include <utility>

#include "query/optimizer.h"
#include "query/pattern_steps.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

const Value* ConstantOf(const ExpressionPtr& expression) {
  const auto* constant = std::get_if<Constant>(&expression->node);
  return constant == nullptr || !constant->value.is_integer() ? nullptr : &constant->value;
}

// How many rows a LIMIT behind this SKIP needs of what is sorted; null when that is not known now.
ExpressionPtr RowsNeeded(const SkipPlan& skip, const LimitPlan& limit) {
  const Value* skipped = ConstantOf(skip.count);
  const Value* wanted = ConstantOf(limit.count);
  if (skipped == nullptr || wanted == nullptr) return nullptr;
  int64_t sum = 0;
  if (__builtin_add_overflow(skipped->integer(), wanted->integer(), &sum)) return nullptr;
  return MakeExpression(Constant{Value::Integer(sum)}, limit.count->span,
                        TypeSet{Value::Type::kInteger});
}

bool FailsByTypeAlone(const Expression& expression) {
  const auto* call = std::get_if<FunctionExpression>(&expression.node);
  return call != nullptr && call->function->total && call->arguments.size() == 1 &&
         !CanRaise(*call->arguments[0]);
}

// What a projection below adds may wait until the first key has spoken: it is computed for few rows
// then, which nobody can tell if it is the same at any time and never fails, or fails for types of
// arguments alone, which are looked at without computing it (SortPlan::late).
void ProjectLate(SortPlan* sort) {
  auto* project = std::get_if<ProjectPlan>(&sort->input->node);
  if (project == nullptr) return;
  const std::vector<Slot>& first = sort->keys[0].expression->reads;
  std::vector<std::pair<Slot, ExpressionPtr>> early;
  for (auto& item : project->items) {
    const bool waits = !std::binary_search(first.begin(), first.end(), item.first) &&
                       !IsVolatile(*item.second) &&
                       (!CanRaise(*item.second) || FailsByTypeAlone(*item.second));
    (waits ? sort->late : early).push_back(std::move(item));
  }
  project->items = std::move(early);
  if (project->items.empty()) sort->input = PlanPtr(std::move(project->input));
}

void LimitSort(PlanPtr* plan) {
  auto* limit = std::get_if<LimitPlan>(&(*plan)->node);
  if (limit == nullptr) return;
  if (auto* sort = std::get_if<SortPlan>(&limit->input->node)) {
    sort->limit = std::move(limit->count);
    ProjectLate(sort);
    *plan = PlanPtr(std::move(limit->input));
    return;
  }
  auto* skip = std::get_if<SkipPlan>(&limit->input->node);
  if (skip == nullptr) return;
  auto* sort = std::get_if<SortPlan>(&skip->input->node);
  if (sort == nullptr) return;
  sort->limit = RowsNeeded(*skip, *limit);
  if (sort->limit == nullptr) return;
  ProjectLate(sort);
  *plan = PlanPtr(std::move(limit->input));
}

}  // namespace

void LimitSorts(PlanPtr* plan) { ForEachPlanWithin(plan, LimitSort); }

}  // namespace entente::query
