// The steps of a pattern, taken out of a plan so that they can be put back in another order: a run
// of scans, expansions and filters above some plan, its base.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/graph.h"
#include "query/plan.h"
#include "query/tree_walk.h"

namespace entente::query {

// A node that a scan or an expansion of the run binds.
struct StepNode {
  Slot slot = 0;
  std::vector<std::string> labels;
  bool exact = false;
  bool labels_from_scan = false;  // else they are checked by a condition
};

// An expansion without its input; `from` and `to` as it was written.
struct StepEdge {
  PlanPtr plan;
  Slot from = 0;
  Slot to = 0;
  Slot relationship = 0;
  bool relationship_bound = false;
  bool needs_both_ends = false;  // a shortest path
  std::vector<Slot> reads;       // of its conditions and its lens
  bool placed = false;
};

// Conditions in the order in which they are written.
struct StepCondition {
  ExpressionPtr expression;
  bool can_raise = false;
};

class PatternSteps {
 public:
  // Takes the run of steps off `plan` and leaves its base there. Empty if there is no scan and no
  // expansion.
  static PatternSteps Take(PlanPtr* plan);

  bool empty() const { return steps.empty(); }

  // In the order in which they were written.
  struct Step {
    bool is_edge = false;
    size_t index = 0;  // in nodes or edges
  };
  std::vector<Step> steps;
  std::vector<StepNode> nodes;  // those that scans bind
  std::vector<StepEdge> edges;
  std::vector<StepCondition> conditions;
  // Relationships that must differ from this one, some perhaps more than once.
  absl::flat_hash_map<Slot, std::vector<Slot>> distinct;
};

// Whether evaluating it can be a runtime error, so that it must not be moved before other
// conditions.
bool CanRaise(const Expression& expression);

// How many rows a step makes of one row, guessed from the counts of the database.
class StepEstimates {
 public:
  // `graph` may be null.
  explicit StepEstimates(const Graph* graph) : graph_(graph) {}

  double Nodes() const;
  double NodesWith(const std::vector<std::string>& labels) const;
  // The label that the fewest nodes bear.
  size_t RarestLabel(const std::vector<std::string>& labels) const;
  // The share of nodes that bear the labels.
  double ShareWith(const std::vector<std::string>& labels) const;
  // Relationships of these types at a node.
  double Degree(const std::vector<std::string>& types, Heading heading) const;
  double Degree(const Plan& expand) const;
  // The share of rows that a condition lets through.
  static double ShareOf(const Expression& condition);
  // How many elements a list has.
  static double ElementsOf(const Expression& list);

 private:
  const Graph* graph_;
};

}  // namespace entente::query
