#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/bind_expression.h"
#include "query/binder.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

// The items that ORDER BY and WHERE can write again; a variable of `*` needs no help.
template <typename Items>
std::vector<KnownExpression> KnownItems(const Items& items, bool with_aggregates) {
  std::vector<KnownExpression> known;
  for (const auto& item : items) {
    if (item.expression == nullptr || (item.aggregates && !with_aggregates)) continue;
    known.push_back({item.expression, item.binding, item.aggregates});
  }
  return known;
}

}  // namespace

absl::StatusOr<std::vector<Binder::ProjectedItem>> Binder::ListItems(
    const ast::Projection& projection, bool with, const Scope& scope) const {
  std::vector<ProjectedItem> items;
  if (projection.star) {
    if (scope.empty() && !with) {
      return MakeError(ErrorCode::kNoVariablesInScope,
                       "RETURN * needs variables, and there are none", projection.span);
    }
    for (const std::string& name : scope.Names()) {
      ProjectedItem item;
      item.name = name;
      item.span = projection.span;
      item.binding = *scope.Find(name);
      items.push_back(std::move(item));
    }
  }
  for (const ast::ProjectionItem& written : projection.items) {
    ProjectedItem item;
    item.expression = written.expression.get();
    item.name = written.alias.has_value() ? written.alias->text : written.text;
    item.span = written.alias.has_value() ? written.alias->span : written.expression->span;
    item.aggregates = ContainsAggregate(*written.expression);
    item.needs_alias = with && !written.alias.has_value();
    if (const auto* variable = std::get_if<ast::Variable>(&written.expression->node);
        variable != nullptr && !written.alias.has_value()) {
      item.name = variable->name;
      item.needs_alias = false;
    }
    items.push_back(std::move(item));
  }
  return items;
}

absl::Status Binder::ProjectItems(std::vector<ProjectedItem>* items, Flow* flow) {
  ProjectPlan project;
  for (ProjectedItem& item : *items) {
    if (item.expression == nullptr) continue;
    ASSIGN_OR_RETURN(ExpressionPtr bound,
                     ExpressionBinder(this, flow->scope).Bind(*item.expression));
    if (const auto* slot = std::get_if<SlotReference>(&bound->node)) {
      item.binding = BindingOf(*bound, slot->slot);
      continue;
    }
    item.binding = BindingOf(*bound, NewSlot(item.name));
    project.items.emplace_back(item.binding.slot, std::move(bound));
  }
  if (!project.items.empty()) {
    project.input = std::move(flow->plan);
    flow->plan = MakePlan(std::move(project));
  }
  return absl::OkStatus();
}

absl::Status Binder::AggregateItems(std::vector<ProjectedItem>* items, Flow* flow) {
  AggregatePlan aggregate;
  AggregationPlace place;
  absl::flat_hash_set<Slot> key_slots;
  // Expressions that name the variables of `*`, for those who look for keys.
  std::vector<ast::Expression> star_variables;
  star_variables.reserve(items->size());
  for (ProjectedItem& item : *items) {
    if (item.aggregates) continue;
    ExpressionPtr bound;
    if (item.expression == nullptr) {
      bound = ReferTo(item.binding, item.span);
      star_variables.push_back({ast::Variable{item.name}, item.span});
      place.keys.push_back({&star_variables.back(), item.binding});
    } else {
      ASSIGN_OR_RETURN(bound, ExpressionBinder(this, flow->scope).Bind(*item.expression));
      const auto* slot = std::get_if<SlotReference>(&bound->node);
      item.binding = BindingOf(*bound, slot != nullptr ? slot->slot : NewSlot(item.name));
      place.keys.push_back({item.expression, item.binding});
    }
    if (key_slots.insert(item.binding.slot).second) {
      aggregate.keys.emplace_back(item.binding.slot, std::move(bound));
    }
  }
  place.collected = &aggregate.aggregations;
  ProjectPlan project;
  for (ProjectedItem& item : *items) {
    if (!item.aggregates) continue;
    ExpressionBinder binder(this, flow->scope);
    binder.AllowAggregates(&place);
    ASSIGN_OR_RETURN(ExpressionPtr bound, binder.Bind(*item.expression));
    if (const auto* slot = std::get_if<SlotReference>(&bound->node)) {
      item.binding = BindingOf(*bound, slot->slot);
      prepared_.slot_names[slot->slot] = item.name;
      continue;
    }
    item.binding = BindingOf(*bound, NewSlot(item.name));
    project.items.emplace_back(item.binding.slot, std::move(bound));
  }
  aggregate.input = std::move(flow->plan);
  flow->plan = MakePlan(std::move(aggregate));
  if (!project.items.empty()) {
    project.input = std::move(flow->plan);
    flow->plan = MakePlan(std::move(project));
  }
  return absl::OkStatus();
}

absl::StatusOr<ExpressionPtr> Binder::BindRowCount(const ast::Expression& count,
                                                   const Scope& scope) {
  ASSIGN_OR_RETURN(ExpressionPtr bound, ExpressionBinder(this, scope).Bind(count));
  const bool constant = bound->reads.empty() && !AnyExpression(*bound, [](const Expression& part) {
                          return std::holds_alternative<SubqueryExpression>(part.node);
                        });
  if (!constant) {
    return MakeError(ErrorCode::kNonConstantExpression,
                     "SKIP and LIMIT take a number that is the same for all rows", count.span);
  }
  if (!bound->type.Meets({Value::Type::kInteger})) {
    return MakeError(ErrorCode::kInvalidArgumentType, "SKIP and LIMIT take an integer", count.span);
  }
  if (const auto* value = std::get_if<Constant>(&bound->node);
      value != nullptr && value->value.is_integer() && value->value.integer() < 0) {
    return MakeError(ErrorCode::kNegativeIntegerArgument, "SKIP and LIMIT take no negative number",
                     count.span);
  }
  return bound;
}

absl::Status Binder::BindOrder(const ast::Projection& projection,
                               const std::vector<ProjectedItem>& items, bool aggregated,
                               const Scope& scope, Flow* flow) {
  const std::vector<KnownExpression> known = KnownItems(items, /*with_aggregates=*/true);
  SortPlan sort;
  for (const ast::SortItem& item : projection.order_by) {
    const bool aggregates = ContainsAggregate(*item.expression);
    if (aggregates && !aggregated) {
      return MakeError(ErrorCode::kInvalidAggregation,
                       "ORDER BY can use only aggregates that are projected",
                       item.expression->span);
    }
    ExpressionBinder binder(this, scope);
    binder.UseKnown(&known, aggregates);
    SortKey key;
    key.descending = item.descending;
    ASSIGN_OR_RETURN(key.expression, binder.Bind(*item.expression));
    sort.keys.push_back(std::move(key));
  }
  if (!sort.keys.empty()) {
    sort.input = std::move(flow->plan);
    flow->plan = MakePlan(std::move(sort));
  }
  if (projection.skip != nullptr) {
    ASSIGN_OR_RETURN(ExpressionPtr count, BindRowCount(*projection.skip, scope));
    flow->plan = MakePlan(SkipPlan{std::move(flow->plan), std::move(count)});
  }
  if (projection.limit != nullptr) {
    ASSIGN_OR_RETURN(ExpressionPtr count, BindRowCount(*projection.limit, scope));
    const bool drains = Writes(*flow->plan);
    flow->plan = MakePlan(LimitPlan{std::move(flow->plan), std::move(count), drains});
  }
  return absl::OkStatus();
}

absl::StatusOr<Binder::Columns> Binder::BindProjection(const ast::Projection& projection,
                                                       const ast::Expression* where, bool with,
                                                       Flow* flow) {
  ASSIGN_OR_RETURN(std::vector<ProjectedItem> items, ListItems(projection, with, flow->scope));
  const bool aggregated = std::any_of(items.begin(), items.end(),
                                      [](const ProjectedItem& item) { return item.aggregates; });
  RETURN_IF_ERROR(aggregated ? AggregateItems(&items, flow) : ProjectItems(&items, flow));
  Columns columns;
  Scope projected;
  // What ORDER BY and WHERE see: the items, and the former names where the rows still have them.
  Scope around = aggregated || projection.distinct ? Scope() : flow->scope;
  for (const ProjectedItem& item : items) {
    if (projected.Find(item.name) != nullptr) {
      return MakeError(ErrorCode::kColumnNameConflict,
                       absl::StrCat("Two columns are named `", item.name, "`"), item.span);
    }
    projected.Declare(item.name, item.binding);
    around.Declare(item.name, item.binding);
    columns.emplace_back(item.name, item.binding);
  }
  if (projection.distinct) {
    std::vector<Slot> slots;
    for (const ProjectedItem& item : items) {
      if (std::find(slots.begin(), slots.end(), item.binding.slot) == slots.end()) {
        slots.push_back(item.binding.slot);
      }
    }
    flow->plan = MakePlan(DistinctPlan{std::move(flow->plan), std::move(slots)});
  }
  RETURN_IF_ERROR(BindOrder(projection, items, aggregated, around, flow));
  for (const ProjectedItem& item : items) {
    if (item.needs_alias) {
      return MakeError(ErrorCode::kNoExpressionAlias,
                       "In WITH, an expression needs a name: write AS behind it", item.span);
    }
  }
  if (where != nullptr) {
    std::vector<ExpressionPtr> conjuncts;
    const std::vector<KnownExpression> known = KnownItems(items, /*with_aggregates=*/false);
    ExpressionBinder binder(this, around);
    binder.UseKnown(&known, /*sorts_aggregates=*/false);
    ASSIGN_OR_RETURN(ExpressionPtr condition, binder.BindPredicate(*where));
    SplitConjunction(std::move(condition), &conjuncts);
    flow->plan = MakePlan(FilterPlan{std::move(flow->plan), std::move(conjuncts)});
  }
  flow->scope = std::move(projected);
  return columns;
}

}  // namespace entente::query
