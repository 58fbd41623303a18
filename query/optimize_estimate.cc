#include <algorithm>
#include <cmath>

#include "absl/strings/string_view.h"
#include "engine/built_in.h"
#include "query/optimizer.h"
#include "query/pattern_steps.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

// How many rows a procedure has is not known.
constexpr double kProcedureRows = 10.0;
constexpr double kPiecesOfEvidence = 2.0;

double ConstantRows(const ExpressionPtr& count, double otherwise) {
  const auto* constant = count == nullptr ? nullptr : std::get_if<Constant>(&count->node);
  if (constant == nullptr || !constant->value.is_integer()) return otherwise;
  return static_cast<double>(constant->value.integer());
}

// Whether a seek below has fulfilled the condition, which is only checked once more.
bool IsSought(const Expression& condition, const Plan& below) {
  const Plan* plan = &below;
  while (const auto* filter = std::get_if<FilterPlan>(&plan->node)) plan = filter->input.get();
  Slot node;
  absl::string_view name;
  if (const auto* index = std::get_if<IndexSeekPlan>(&plan->node)) {
    node = index->node;
    name = index->property;
  } else if (const auto* seek = std::get_if<NodeSeekPlan>(&plan->node);
             seek != nullptr && seek->by == NodeSeekPlan::By::kKeys) {
    node = seek->node;
    name = kBuiltInProperties[kKeyProperty];
  } else {
    return false;
  }
  bool sought = false;
  ForEachChild(condition, [&](const Expression& side) {
    const auto* property = std::get_if<PropertyReference>(&side.node);
    if (property == nullptr || property->name != name) return;
    const auto* object = std::get_if<SlotReference>(&property->object->node);
    sought = sought || (object != nullptr && object->slot == node);
  });
  return sought;
}

// The labels that the node is known to bear.
std::vector<std::string> LabelsBelow(Slot node, const Plan& below) {
  std::vector<std::string> labels;
  const auto add = [&](const std::vector<std::string>& more) {
    labels.insert(labels.end(), more.begin(), more.end());
  };
  for (const Plan* at = &below;;) {
    if (const auto* scan = std::get_if<NodeScanPlan>(&at->node); scan && scan->node == node) {
      add(scan->labels);
    } else if (const auto* seek = std::get_if<IndexSeekPlan>(&at->node);
               seek && seek->node == node) {
      add({seek->label});
    } else if (const auto* filter = std::get_if<FilterPlan>(&at->node)) {
      for (const ExpressionPtr& predicate : filter->predicates) {
        const auto* label = std::get_if<LabelPredicate>(&predicate->node);
        if (label == nullptr) continue;
        const auto* slot = std::get_if<SlotReference>(&label->object->node);
        if (slot != nullptr && slot->slot == node) add(label->labels);
      }
    }
    const std::vector<Slot> introduced = IntroducedSlots(*at);
    const bool here = std::find(introduced.begin(), introduced.end(), node) != introduced.end();
    const PlanPtr* input = InputOf(const_cast<Plan&>(*at));
    if (here || input == nullptr) return labels;
    at = input->get();
  }
}

// Whether the node was scanned or sought, not reached by a hop.
bool IsSearched(Slot node, const Plan& below) {
  for (const Plan* at = &below;;) {
    const std::vector<Slot> introduced = IntroducedSlots(*at);
    if (std::find(introduced.begin(), introduced.end(), node) != introduced.end()) {
      return !std::holds_alternative<ExpandPlan>(at->node) &&
             !std::holds_alternative<IntersectPlan>(at->node) &&
             !std::holds_alternative<VariableExpandPlan>(at->node);
    }
    const PlanPtr* input = InputOf(const_cast<Plan&>(*at));
    if (input == nullptr) return true;
    at = input->get();
  }
}

struct RowEstimate {
  const StepEstimates& estimates;
  const Plan& plan;
  double input;

  // Of the rows below, whose node bears the labels.
  double LabelShare(const LabelPredicate& predicate, const Plan& below) const {
    const auto* slot = std::get_if<SlotReference>(&predicate.object->node);
    const Plan* at = &below;
    while (const auto* filter = std::get_if<FilterPlan>(&at->node)) at = filter->input.get();
    const auto* expand = std::get_if<ExpandPlan>(&at->node);
    if (slot == nullptr || expand == nullptr || expand->into || expand->to != slot->slot) {
      return estimates.ShareWith(predicate.labels);
    }
    return estimates.Hop(*at, LabelsBelow(expand->from, *expand->input), predicate.labels)
        .far_share;
  }

  template <typename Node>
  double operator()(const Node&) const {
    return input;
  }
  double operator()(const UnitPlan&) const { return 1.0; }
  double operator()(const ArgumentPlan&) const { return 1.0; }
  double operator()(const NodeScanPlan& scan) const {
    return input * estimates.NodesWith(scan.labels);
  }
  double operator()(const NodeSeekPlan& seek) const {
    const bool several = seek.by == NodeSeekPlan::By::kKeys;
    return several ? input * StepEstimates::ElementsOf(*seek.value) : input;
  }
  double operator()(const IndexSeekPlan& seek) const { return input * estimates.IndexRows(seek); }
  double operator()(const ExpandPlan& expand) const {
    HopEstimate hop = estimates.Hop(plan, LabelsBelow(expand.from, *expand.input), {});
    if (!IsSearched(expand.from, *expand.input)) hop.rows *= hop.crowding;
    const double rows = expand.into ? std::min(1.0, hop.rows / estimates.Nodes()) : hop.rows;
    return input * (expand.count.has_value() ? std::min(1.0, rows) : rows);
  }
  double operator()(const IntersectPlan& both) const {
    double rows = 1.0 / estimates.Nodes();
    for (const IntersectPlan::Hop& hop : both.hops) {
      Plan expand;
      expand.node = ExpandPlan{.input = nullptr,
                               .from = hop.from,
                               .relationship = hop.relationship,
                               .to = both.to,
                               .heading = hop.heading,
                               .types = hop.types};
      rows *= estimates.Hop(expand, LabelsBelow(hop.from, *both.input), {}).rows;
    }
    return input * (both.count.has_value() ? std::min(1.0, rows) : rows);
  }
  double operator()(const VariableExpandPlan& expand) const {
    const double rows = estimates.Hop(plan, {}, {}).rows;
    return input * (expand.into ? std::min(1.0, rows) : rows);
  }
  double operator()(const FilterPlan& filter) const {
    double rows = input;
    for (const ExpressionPtr& predicate : filter.predicates) {
      if (IsSought(*predicate, *filter.input)) continue;
      const auto* label = std::get_if<LabelPredicate>(&predicate->node);
      rows *= label != nullptr ? LabelShare(*label, *filter.input) : estimates.ShareOf(*predicate);
    }
    return rows;
  }
  double operator()(const OptionalPlan& optional) const {
    return input * std::max(1.0, optional.inner->estimated_rows);
  }
  double operator()(const ApplyPlan& apply) const { return input * apply.inner->estimated_rows; }
  double operator()(const UnwindPlan& unwind) const {
    return input * StepEstimates::ElementsOf(*unwind.list);
  }
  double operator()(const EvidencePlan&) const { return input * kPiecesOfEvidence; }
  double operator()(const ProcedureCallPlan& call) const {
    return call.keeps_rows ? input : input * kProcedureRows;
  }
  double operator()(const AggregatePlan& aggregate) const {
    return aggregate.keys.empty() ? 1.0 : std::sqrt(input);
  }
  double operator()(const DistinctPlan&) const { return std::max(1.0, input / 2); }
  double operator()(const SortPlan& sort) const {
    return std::min(input, ConstantRows(sort.limit, input));
  }
  double operator()(const SkipPlan& skip) const {
    return std::max(0.0, input - ConstantRows(skip.count, 0.0));
  }
  double operator()(const LimitPlan& limit) const {
    return std::min(input, ConstantRows(limit.count, input));
  }
  double operator()(const UnionPlan& all) const {
    double rows = 0;
    for (const PlanPtr& part : all.inputs) rows += part->estimated_rows;
    return rows;
  }
};

void EstimateWithin(const StepEstimates& estimates, Expression* expression) {
  if (auto* subquery = std::get_if<SubqueryExpression>(&expression->node)) {
    EstimateRows(estimates, subquery->plan.get());
  }
  ForEachChild(*expression, [&](ExpressionPtr& child) { EstimateWithin(estimates, child.get()); });
}

}  // namespace

void EstimateRows(const StepEstimates& estimates, Plan* plan) {
  ForEachInput(*plan, [&](PlanPtr& input) { EstimateRows(estimates, input.get()); });
  ForEachExpression(
      *plan, [&](ExpressionPtr& expression) { EstimateWithin(estimates, expression.get()); });
  const PlanPtr* input = InputOf(*plan);
  const double rows = input == nullptr ? 1.0 : (*input)->estimated_rows;
  plan->estimated_rows = std::visit(RowEstimate{estimates, *plan, rows}, plan->node);
}

}  // namespace entente::query
