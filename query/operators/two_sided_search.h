// TwoSidedSearch: the shortest paths between two nodes, sought level by level from both ends at
// once, from the side that has fewer nodes to go on from.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/operators/operators.h"
#include "query/operators/path_hops.h"

namespace entente::query {

class TwoSidedSearch {
 public:
  // With `all` every shortest path, else one of them.
  TwoSidedSearch(Execution& execution, const VariableExpandPlan& node, const RelationSet& types,
                 const OtherRelationships& others, bool all);

  // Forgets what it keeps between searches: `types` have changed.
  void Clear();
  // See Operator::Rewind.
  void Forget() {
    Clear();
    evaluator_.Forget();
    hold_.Release();
    for (Side* side : {&near_, &far_}) {
      side->reached.clear();
      GiveUpIfLarge(execution_.batch_size, &side->last_hops);
      GiveUpIfLarge(execution_.batch_size, &side->frontier);
    }
    GiveUpIfLarge(execution_.batch_size, &meetings_);
    GiveUpIfLarge(execution_.batch_size, &choices_);
    GiveUpIfLarge(execution_.batch_size, &path_);
  }
  // Finds the shortest paths from the origin to `to`, if they have up to `most` hops: they are
  // ready for Next then. From a node to itself that is the empty one.
  absl::Status Search(const PathOrigin& origin, NodeId to, uint64_t most);
  // Goes on to the next path; false when there are no more.
  bool Next();

  const Column::Relationships& relationships() const { return path_; }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // A way to step onto a node: the last hop of a shortest path from the side's own end.
  struct Hop {
    FactId fact = kNoId;
    NodeId before = kNoId;
    RelationId relation = kNoSymbol;
    uint32_t next = kNone;  // another last hop onto the same node
    bool incoming = false;  // it goes against the relationship
  };
  struct Reached {
    uint64_t distance = 0;
    uint32_t hop = kNone;  // the first one
  };
  struct Side {
    Heading heading = Heading::kEither;
    std::unique_ptr<PathHops> hops;
    absl::flat_hash_map<NodeId, Reached> reached;
    std::vector<Hop> last_hops;
    std::vector<NodeId> frontier;
    uint64_t distance = 0;
  };

  void Start(Side* side, NodeId node);
  // Takes all hops from the side's frontier, and notes where it meets the other.
  absl::Status Advance(Side* side, const Side& other);
  // Takes the first way from each node of the path from this step on.
  void ChooseFrom(size_t step);
  bool ChooseNext();
  void FillPath();
  // The node that the path's hop of this step leads onto.
  NodeId NodeAt(size_t step) const;
  void AppendToPath(const Side& side, size_t step);

  Execution& execution_;
  const VariableExpandPlan& node_;
  const RelationSet& types_;
  const OtherRelationships& others_;
  const bool all_;
  Evaluator evaluator_;
  const Lens* lens_ = nullptr;  // of the sides' hops
  PathOrigin origin_;
  Side near_;  // the origin's
  Side far_;
  // Nodes at which the sides meet: on every shortest path there is one of them, and but one.
  std::vector<NodeId> meetings_;
  size_t met_ = 0;  // one beyond the meeting that `path_` leads through
  // The hops of the path by their places: from the meeting to the origin, then from the meeting on.
  std::vector<uint32_t> choices_;
  Column::Relationships path_;
  MemoryHold hold_;
};

}  // namespace entente::query
