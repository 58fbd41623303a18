// FactSample: some hundred facts of a graph, taken at random, for the planner. It tells which
// labels stand at the ends of which types, and how many relationships the nodes have that a
// relationship leads to, which are far more than nodes have on average. Writes pay nothing for it:
// it is taken when a statement with several hops is planned, and kept until the database has
// doubled (Core::SampleOf).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/graph.h"
#include "engine/ids.h"

namespace entente {

class FactSample {
 public:
  // Always the same of the same graph.
  static absl::StatusOr<FactSample> Take(const Graph& graph);

  // Seen from the node that a hop starts at, as in Expansion. Label sets are sorted; a node bears
  // one of them, and an empty set takes every node.
  // Of the facts of these types, the share whose near end bears one of `near`.
  double NearShare(const RelationSet& types, Heading heading,
                   const std::vector<LabelId>& near) const;
  // Of those, the share whose far end bears one of `far`.
  double FarShare(const RelationSet& types, Heading heading, const std::vector<LabelId>& near,
                  const std::vector<LabelId>& far) const;
  // The mean number of relationships in direction `leaving` at the node that a hop leads to.
  double DegreeBehind(Heading arriving, Heading leaving) const;

  size_t size() const { return facts_.size(); }

 private:
  // Of a fact: the subject first, then the object.
  struct Fact {
    RelationId relation = kNoSymbol;
    std::vector<LabelId> labels[2];
  };
  struct Degrees {
    uint64_t out[2] = {};
    uint64_t in[2] = {};
  };

  // How many of the facts that `takes` accepts fit, for each way in which the heading looks at
  // them; `*all` is how many it accepts.
  template <typename Takes, typename Fits>
  double ShareAmong(Heading heading, Takes takes, Fits fits, size_t* all) const;

  std::vector<Fact> facts_;
  std::vector<Degrees> degrees_;  // of some of them
};

}  // namespace entente
