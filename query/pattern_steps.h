// The steps of a pattern, taken out of a plan so that they can be put back in another order: a run
// of scans, expansions and filters above some plan, its base.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/fact_sample.h"
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

// What a hop makes of one row.
struct HopEstimate {
  double rows = 1.0;
  double far_share = 1.0;  // of these rows, whose far end bears the labels that it has to
  double crowding = 1.0;   // by how much more rows there are where a hop led to the start
};

// How many rows a step makes of one row, guessed from the counts of the database and a sample.
class StepEstimates {
 public:
  // Either may be null, and must outlive this.
  StepEstimates(const Graph* graph, const FactSample* sample) : graph_(graph), sample_(sample) {}

  double Nodes() const;
  double NodesWith(const std::vector<std::string>& labels) const;
  // The label that the fewest nodes bear.
  size_t RarestLabel(const std::vector<std::string>& labels) const;
  // The share of nodes that bear the labels.
  double ShareWith(const std::vector<std::string>& labels) const;
  // Of an expansion from a node that bears the labels `near` to nodes of which the labels `far` are
  // asked. `flipped`: from its `to` to its `from`.
  HopEstimate Hop(const Plan& expand, const std::vector<std::string>& near,
                  const std::vector<std::string>& far, bool flipped = false) const;
  // The share of rows that a condition lets through.
  double ShareOf(const Expression& condition) const;
  // Whether there are indexes; whether one covers the label's nodes by this property.
  bool HasIndexes() const;
  bool HasIndex(const std::string& label, const std::string& property) const;
  // The nodes that a seek finds for one row. There must be such an index.
  double IndexRows(const IndexSeekPlan& seek) const;
  // How many elements a list has.
  static double ElementsOf(const Expression& list);

 private:
  const PropertyIndex* FindIndex(const std::string& label, const std::string& property) const;
  // The share of nodes with one value of the property.
  double ShareOfValue(const Expression& property) const;
  double RelationshipsOf(const RelationSet& types) const;
  // Those that the hop lets pass, as far as they are known before it runs.
  RelationSet TypesOf(const ExpandPlan& expand) const;
  double PathRows(const VariableExpandPlan& paths) const;
  // The nodes that the sample takes for bearing all labels, by the label that the fewest nodes
  // bear.
  std::vector<LabelId> RarestSet(const std::vector<std::string>& labels) const;

  const Graph* graph_;
  const FactSample* sample_;
};

}  // namespace entente::query
