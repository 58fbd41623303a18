#include <algorithm>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "query/function.h"
#include "query/optimizer.h"
#include "query/pattern_steps.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

struct Asked {
  bool valid_time = false;
  bool evidence = false;
};
using AskedBySlot = absl::flat_hash_map<Slot, Asked>;

void Collect(const Expression& expression, AskedBySlot* asked) {
  const auto slot_of = [](const Expression& object) {
    return std::get_if<SlotReference>(&object.node);
  };
  if (const auto* property = std::get_if<PropertyReference>(&expression.node)) {
    const SlotReference* slot = slot_of(*property->object);
    const bool valid = property->name == "valid_from" || property->name == "valid_to";
    if (slot != nullptr && valid) (*asked)[slot->slot].valid_time = true;
  } else if (const auto* call = std::get_if<FunctionExpression>(&expression.node)) {
    const bool evidence = call->function->extract != nullptr;
    const SlotReference* slot = evidence ? slot_of(*call->arguments[0]) : nullptr;
    if (slot != nullptr) (*asked)[slot->slot].evidence = true;
  }
  ForEachChild(expression, [&](const Expression& child) { Collect(child, asked); });
}

// ---- Conditions that hops can check beforehand

bool IsValidFrom(const Expression& expression, Slot slot) {
  const auto* property = std::get_if<PropertyReference>(&expression.node);
  return property != nullptr && property->name == "valid_from" && IsSlot(*property->object, slot);
}

const Date* DateIn(const Expression& expression, Date* date) {
  const auto* constant = std::get_if<Constant>(&expression.node);
  if (constant == nullptr || constant->value.type() != Value::Type::kDate) return nullptr;
  *date = constant->value.date();
  return date;
}

// r.valid_from `comparator` date
void Narrow(ast::Comparator comparator, int64_t day, ExpandPlan* expand) {
  constexpr int64_t kFirst = std::numeric_limits<int32_t>::min() + 2;
  constexpr int64_t kLast = std::numeric_limits<int32_t>::max() - 2;
  if (day < kFirst || day > kLast) return;
  using ast::Comparator;
  const auto least = [&](int64_t bound) {
    expand->least_valid_from = std::max(expand->least_valid_from, static_cast<int32_t>(bound));
  };
  const auto most = [&](int64_t bound) {
    expand->most_valid_from = std::min(expand->most_valid_from, static_cast<int32_t>(bound));
  };
  if (comparator == Comparator::kEqual || comparator == Comparator::kGreaterOrEqual) least(day);
  if (comparator == Comparator::kGreater) least(day + 1);
  if (comparator == Comparator::kEqual || comparator == Comparator::kLessOrEqual) most(day);
  if (comparator == Comparator::kLess) most(day - 1);
}

ast::Comparator Turned(ast::Comparator comparator) {
  using ast::Comparator;
  switch (comparator) {
    case Comparator::kLess:
      return Comparator::kGreater;
    case Comparator::kLessOrEqual:
      return Comparator::kGreaterOrEqual;
    case Comparator::kGreater:
      return Comparator::kLess;
    case Comparator::kGreaterOrEqual:
      return Comparator::kLessOrEqual;
    case Comparator::kEqual:
    case Comparator::kNotEqual:
      break;
  }
  return comparator;
}

bool IsContested(const Expression& predicate, Slot slot) {
  const auto* call = std::get_if<FunctionExpression>(&predicate.node);
  return call != nullptr && call->function->name == "contested" &&
         IsSlot(*call->arguments[0], slot);
}

bool IsType(const Expression& expression, Slot slot) {
  const auto* call = std::get_if<FunctionExpression>(&expression.node);
  return call != nullptr && call->function->name == "type" && IsSlot(*call->arguments[0], slot);
}

bool IsKnownBeforehand(const Expression& expression) {
  return std::holds_alternative<Constant>(expression.node) ||
         std::holds_alternative<ParameterReference>(expression.node);
}

// type(r) = type: the other side.
const Expression* TypeIn(const Expression& predicate, Slot slot) {
  const auto* comparison = std::get_if<ComparisonExpression>(&predicate.node);
  if (comparison == nullptr || comparison->comparator != ast::Comparator::kEqual) return nullptr;
  if (IsType(*comparison->left, slot)) return comparison->right.get();
  return IsType(*comparison->right, slot) ? comparison->left.get() : nullptr;
}

// type(r) IN types: the other side.
const Expression* TypesIn(const Expression& predicate, Slot slot) {
  const auto* binary = std::get_if<BinaryExpression>(&predicate.node);
  const bool in = binary != nullptr && binary->op == ast::BinaryOperator::kIn;
  return in && IsType(*binary->left, slot) ? binary->right.get() : nullptr;
}

// Whether the hop does all of it, so that the condition need not stay.
bool CheckBeforehand(const Expression& predicate, ExpandPlan* expand) {
  const Slot slot = expand->relationship;
  const Expression* const type = TypeIn(predicate, slot);
  if (type != nullptr && expand->only_type == nullptr && IsKnownBeforehand(*type)) {
    expand->only_type = CopyOf(*type);
    return true;
  }
  const Expression* const types = TypesIn(predicate, slot);
  if (types != nullptr && IsKnownBeforehand(*types)) {
    expand->only_types = CopyOf(*types);
    return false;
  }
  if (IsContested(predicate, slot)) expand->only_contested = expand->lens == nullptr;
  const auto* comparison = std::get_if<ComparisonExpression>(&predicate.node);
  if (comparison == nullptr) return false;
  Date date;
  if (IsValidFrom(*comparison->left, slot) && DateIn(*comparison->right, &date) != nullptr) {
    Narrow(comparison->comparator, date.days, expand);
  } else if (IsValidFrom(*comparison->right, slot) && DateIn(*comparison->left, &date) != nullptr) {
    Narrow(Turned(comparison->comparator), date.days, expand);
  }
  return false;
}

ExpandPlan* PlainHop(Plan* plan) {
  auto* expand = std::get_if<ExpandPlan>(&plan->node);
  const bool plain = expand != nullptr && !expand->relationship_bound;
  return plain && !expand->count.has_value() ? expand : nullptr;
}

}  // namespace

void ExtractBesideHops(const PreparedPlan& prepared, PlanPtr* root) {
  // What was read beside a relationship is of no use any more once something was written.
  if (prepared.writes) return;
  AskedBySlot asked;
  ForEachPlanWithin(root, [&](PlanPtr* at) {
    ForEachExpression(**at, [&](ExpressionPtr& expression) { Collect(*expression, &asked); });
  });
  ForEachPlanWithin(root, [&](PlanPtr* at) {
    if (ExpandPlan* expand = PlainHop(at->get())) {
      const auto found = asked.find(expand->relationship);
      if (found == asked.end()) return;
      expand->extracts_valid_time = found->second.valid_time;
      expand->extracts_evidence = found->second.evidence;
      return;
    }
    auto* filter = std::get_if<FilterPlan>(&(*at)->node);
    ExpandPlan* expand = filter == nullptr ? nullptr : PlainHop(filter->input.get());
    if (expand == nullptr) return;
    // Only up to the first condition that may fail, so that none is kept from failing.
    std::vector<ExpressionPtr>& predicates = filter->predicates;
    for (auto at_predicate = predicates.begin(); at_predicate != predicates.end();) {
      const Expression& predicate = **at_predicate;
      if (CheckBeforehand(predicate, expand)) {
        at_predicate = predicates.erase(at_predicate);
        continue;
      }
      if (!IsContested(predicate, expand->relationship) && CanRaise(predicate)) break;
      ++at_predicate;
    }
    if (predicates.empty()) *at = PlanPtr(std::move(filter->input));
  });
}

}  // namespace entente::query
