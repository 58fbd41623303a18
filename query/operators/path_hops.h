// PathHops: the single hops of paths of variable length, those that the pattern allows.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/graph.h"
#include "query/batch.h"
#include "query/evaluator.h"
#include "query/pattern.h"
#include "query/plan.h"

namespace entente::query {

// What all hops of one row's paths have in common. Everything must stay while hops are taken.
struct PathOrigin {
  const Batch* rows = nullptr;
  uint32_t row = 0;
  NodeId from = kNoId;
  const Lens* lens = nullptr;  // to read with
  const Lens* mark = nullptr;  // that relationships carry
};

class PathHops {
 public:
  // kEnds: only the nodes that hops lead to are of interest.
  enum class Wanted { kRelationships, kEnds };
  // `heading` is the pattern's, or its opposite for who searches from the other end. `others` has
  // been given the origin's rows. `evaluator` may be shared.
  PathHops(Execution& execution, const VariableExpandPlan& node, Heading heading,
           const RelationSet& types, const OtherRelationships& others, Evaluator* evaluator,
           const Lens& lens, Wanted wanted = Wanted::kRelationships);

  // Begins with the hops from these nodes, in turn. The origin's lens is that of the constructor.
  void Start(const PathOrigin& origin, absl::Span<const NodeId> nodes);
  // The next portion, which may be empty; false when there are no more.
  absl::StatusOr<bool> Next();

  size_t size() const { return edges_.size(); }
  NodeId end(size_t i) const { return edges_.other[i]; }
  // These are not of hops of which only the ends are wanted.
  RelationshipReference relationship(size_t i) const {
    return {.id = fact(i),
            .start = incoming(i) ? end(i) : near(i),
            .end = incoming(i) ? near(i) : end(i),
            .relation = relation(i),
            .lens = origin_.mark};
  }
  FactId fact(size_t i) const { return edges_.fact[i]; }
  RelationId relation(size_t i) const { return edges_.relation[i]; }
  // Whether the hop goes against the relationship.
  bool incoming(size_t i) const { return edges_.incoming[i] != 0; }
  // The node from which the hop was taken.
  NodeId near(size_t i) const { return nodes_[edges_.row[i]]; }

 private:
  absl::Status TestPredicate();
  // Drops the hops that are not among these, which ascend.
  void Keep(const std::vector<uint32_t>& hops);

  Execution& execution_;
  const VariableExpandPlan& node_;
  const OtherRelationships& others_;
  Evaluator* evaluator_;
  const bool ends_alone_;
  Expansion expansion_;
  PathOrigin origin_;
  std::vector<NodeId> nodes_;  // unless ends are all
  Edges edges_;
};

}  // namespace entente::query
