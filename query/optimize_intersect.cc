#include <algorithm>
#include <utility>

#include "query/optimizer.h"
#include "query/pattern_steps.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

bool IsPlainHop(const ExpandPlan& hop) {
  return !hop.relationship_bound && !hop.exact && (hop.lens == nullptr || hop.lens->reads.empty());
}

Heading Opposite(Heading heading) {
  if (heading == Heading::kEither) return heading;
  return heading == Heading::kOut ? Heading::kIn : Heading::kOut;
}

IntersectPlan::Hop HopFrom(Slot from, Heading heading, ExpandPlan* expand) {
  return {from,
          expand->relationship,
          heading,
          std::move(expand->types),
          std::move(expand->distinct_from),
          expand->lens};
}

// Where the hop that binds an end of `closing` hangs, below conditions that can wait for `closing`.
PlanPtr* OpeningOf(ExpandPlan* closing) {
  PlanPtr* at = &closing->input;
  while (auto* filter = std::get_if<FilterPlan>(&(*at)->node)) {
    const bool wait = std::none_of(filter->predicates.begin(), filter->predicates.end(),
                                   [](const auto& predicate) { return CanRaise(*predicate); });
    if (!wait) return nullptr;
    at = &filter->input;
  }
  const auto* opening = std::get_if<ExpandPlan>(&(*at)->node);
  const bool fits = opening != nullptr && IsPlainHop(*opening) && !opening->into &&
                    (opening->to == closing->from || opening->to == closing->to);
  return fits ? at : nullptr;
}

void Intersect(PlanPtr* plan) {
  auto* closing = std::get_if<ExpandPlan>(&(*plan)->node);
  if (closing == nullptr || !closing->into || !IsPlainHop(*closing) ||
      closing->from == closing->to) {
    return;
  }
  PlanPtr* const place = OpeningOf(closing);
  if (place == nullptr) return;
  auto& opening = std::get<ExpandPlan>((*place)->node);
  IntersectPlan both;
  both.to = opening.to;
  both.hops[0] = HopFrom(opening.from, opening.heading, &opening);
  both.hops_differ = std::erase(closing->distinct_from, opening.relationship) > 0;
  const bool leaves = closing->to == both.to;
  both.hops[1] = HopFrom(leaves ? closing->from : closing->to,
                         leaves ? closing->heading : Opposite(closing->heading), closing);
  both.input = std::move(opening.input);
  *place = MakePlan(std::move(both));
  *plan = PlanPtr(std::move(closing->input));
}

}  // namespace

void IntersectHops(PlanPtr* plan) { ForEachPlanWithin(plan, Intersect); }

}  // namespace entente::query
