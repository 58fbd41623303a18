#include "query/optimizer.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

// Conditions in between would be asked about nodes that are not there any more.
void ScanSourcesOf(PlanPtr* plan) {
  const auto* expand = std::get_if<ExpandPlan>(&(*plan)->node);
  if (expand == nullptr || expand->into || expand->relationship_bound ||
      expand->heading == Heading::kEither) {
    return;
  }
  auto* scan = std::get_if<NodeScanPlan>(&expand->input->node);
  if (scan != nullptr && scan->node == expand->from && scan->labels.empty()) {
    scan->hops = expand->heading;
  }
}

}  // namespace

void ScanSources(PlanPtr* plan) { ForEachPlanWithin(plan, ScanSourcesOf); }

}  // namespace entente::query
