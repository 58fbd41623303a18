#include <algorithm>
#include <type_traits>
#include <variant>
#include <vector>

#include "query/operators/running_aggregation.h"
#include "query/optimizer.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

// So many rows are worth sharing out: some batches for each of a few threads.
constexpr double kWorthSharing = 8192;

// Whether the operator makes of each batch of its input what it would make of it in any other
// place, and of nothing else.
bool Streams(const Plan& plan) {
  return std::visit(
      [](const auto& node) {
        using Kind = std::remove_cvref_t<decltype(node)>;
        return std::is_same_v<Kind, NodeScanPlan> || std::is_same_v<Kind, NodeSeekPlan> ||
               std::is_same_v<Kind, IndexSeekPlan> || std::is_same_v<Kind, ExpandPlan> ||
               std::is_same_v<Kind, IntersectPlan> || std::is_same_v<Kind, VariableExpandPlan> ||
               std::is_same_v<Kind, FilterPlan> || std::is_same_v<Kind, UnwindPlan> ||
               std::is_same_v<Kind, EvidencePlan> || std::is_same_v<Kind, ProjectPlan>;
      },
      plan.node);
}

bool CallsVolatile(const Plan& plan) {
  bool calls = false;
  ForEachExpression(plan,
                    [&](const Expression& expression) { calls = calls || IsVolatile(expression); });
  return calls;
}

// Whether it takes all of its input before its first row, and what threads make of parts of the
// input can be put together.
bool Gathers(const Plan& plan) {
  if (CallsVolatile(plan)) return false;
  if (std::holds_alternative<SortPlan>(plan.node)) return true;
  const auto* aggregate = std::get_if<AggregatePlan>(&plan.node);
  return aggregate != nullptr &&
         std::all_of(aggregate->aggregations.begin(), aggregate->aggregations.end(), MergesExactly);
}

// Marks what may run in several threads under `gatherer`, which gathers.
void MarkBelow(double least_rows, Plan* gatherer) {
  std::vector<Plan*> parts = {gatherer};  // from above to below
  double most_rows = 0;
  Plan* source = InputOf(*gatherer)->get();
  while (true) {
    most_rows = std::max(most_rows, source->estimated_rows);
    if (!Streams(*source) || CallsVolatile(*source)) break;
    parts.push_back(source);
    source = InputOf(*source)->get();
  }
  if (most_rows < least_rows) return;
  // Rows are given out where there are first enough of them for all threads.
  const double enough = std::min(least_rows, kWorthSharing);
  while (!parts.empty() && source->estimated_rows < enough) {
    source = parts.back();
    parts.pop_back();
  }
  // Sorting alone gains nothing.
  if (parts.size() < 2 && std::holds_alternative<SortPlan>(gatherer->node)) return;
  for (Plan* part : parts) part->parallel = true;
}

}  // namespace

void MarkParallel(double least_rows, Plan* root) {
  if (auto* all = std::get_if<UnionPlan>(&root->node)) {
    for (PlanPtr& input : all->inputs) MarkParallel(least_rows, input.get());
    return;
  }
  PlanPtr* input = InputOf(*root);
  if (input == nullptr) return;
  if (Gathers(*root)) MarkBelow(least_rows, root);
  MarkParallel(least_rows, input->get());
}

}  // namespace entente::query
