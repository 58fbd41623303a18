#include <utility>

#include "query/optimizer.h"
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

void LimitSort(PlanPtr* plan) {
  auto* limit = std::get_if<LimitPlan>(&(*plan)->node);
  if (limit == nullptr) return;
  if (auto* sort = std::get_if<SortPlan>(&limit->input->node)) {
    sort->limit = std::move(limit->count);
    *plan = PlanPtr(std::move(limit->input));
    return;
  }
  auto* skip = std::get_if<SkipPlan>(&limit->input->node);
  if (skip == nullptr) return;
  auto* sort = std::get_if<SortPlan>(&skip->input->node);
  if (sort == nullptr) return;
  sort->limit = RowsNeeded(*skip, *limit);
  if (sort->limit != nullptr) *plan = PlanPtr(std::move(limit->input));
}

}  // namespace

void LimitSorts(PlanPtr* plan) { ForEachPlanWithin(plan, LimitSort); }

}  // namespace entente::query
