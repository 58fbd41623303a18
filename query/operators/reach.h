// Reach: the nodes at the ends of paths of variable length, each once, found level by level without
// going through the paths.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/operators/node_set.h"
#include "query/operators/operators.h"
#include "query/operators/path_hops.h"

namespace entente::query {

class Reach {
 public:
  Reach(Execution& execution, const VariableExpandPlan& node, const RelationSet& types,
        const OtherRelationships& others);

  // Forgets what it keeps between searches: `types` have changed.
  void Clear() {
    hops_ = nullptr;
    whole_hops_ = nullptr;
  }
  // See Operator::Rewind.
  void Forget() {
    Clear();
    evaluator_.Forget();
    hold_.Release();
    visited_.Clear();
    GiveUpIfLarge(execution_.batch_size, &ends_);
  }
  // Finds the ends of all paths from the origin with `least`, which is 0 or 1, to `most`
  // relationships, none of them twice in a path.
  absl::Status Search(const PathOrigin& origin, uint64_t least, uint64_t most);
  // Whether a path of 1 to `most` relationships leads from the origin back to it.
  absl::StatusOr<bool> ReturnsToOrigin(const PathOrigin& origin, uint64_t most);

  const std::vector<NodeId>& ends() const { return ends_; }

 private:
  void Prepare(const PathOrigin& origin);
  absl::StatusOr<bool> ReturnsAgainstArrows(const PathOrigin& origin, uint64_t most);

  Execution& execution_;
  const VariableExpandPlan& node_;
  const RelationSet& types_;
  const OtherRelationships& others_;
  Evaluator evaluator_;
  std::unique_ptr<PathHops> hops_;  // for their ends
  std::unique_ptr<PathHops> whole_hops_;
  const Lens* lens_ = nullptr;  // of both
  NodeSet visited_;
  std::vector<NodeId> ends_;
  MemoryHold hold_;
};

}  // namespace entente::query
