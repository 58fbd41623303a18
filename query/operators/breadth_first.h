// BreadthFirst: the shortest paths from one node, level by level.
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

class BreadthFirst {
 public:
  // With `all` every shortest path to a node, else one of them.
  BreadthFirst(Execution& execution, const VariableExpandPlan& node, const RelationSet& types,
               const OtherRelationships& others, bool all);

  // Forgets what it keeps between searches: `types` have changed.
  void Clear() { hops_ = nullptr; }
  // Searches up to `most` hops away; no further than `to`, unless that is kNoId. The paths that end
  // at `to`, or else at any node that was reached, the origin's by the empty path included, are
  // ready for Next then.
  absl::Status Search(const PathOrigin& origin, NodeId to, uint64_t most);
  // Goes on to the next path; false when there are no more.
  bool Next();

  const Column::Relationships& relationships() const { return path_; }
  NodeId end() const { return ends_[current_end_ - 1]; }

 private:
  // How a node is reached: by the last hop of each shortest path to it.
  struct Reached {
    uint64_t distance = 0;
    std::vector<RelationshipReference> last_hops;
  };

  absl::Status SearchLevel(uint64_t distance, const std::vector<NodeId>& frontier,
                           std::vector<NodeId>* reached);
  bool NextChoice();
  void FillPath();

  Execution& execution_;
  const VariableExpandPlan& node_;
  const RelationSet& types_;
  const OtherRelationships& others_;
  bool all_;
  Evaluator evaluator_;
  std::unique_ptr<PathHops> hops_;
  const Lens* lens_ = nullptr;  // of `hops_`
  PathOrigin origin_;
  absl::flat_hash_map<NodeId, Reached> reached_;
  std::vector<NodeId> ends_;
  size_t current_end_ = 0;  // one beyond the end that `path_` leads to
  // Which last hop is taken at each node of the path, from its end backwards.
  std::vector<size_t> choices_;
  Column::Relationships path_;
  MemoryHold hold_;
};

}  // namespace entente::query
