// Trails: paths without repeated relationships from one node, found depth first with bounded
// memory, as variable-length patterns want them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/graph.h"
#include "query/batch.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"
#include "query/operators/path_hops.h"
#include "query/pattern.h"
#include "query/plan.h"

namespace entente::query {

class Trails {
 public:
  Trails(Execution& execution, const VariableExpandPlan& node, const RelationSet& types,
         const OtherRelationships& others);

  // Forgets what it keeps between starts: `types` have changed.
  void Clear();
  // See Operator::Rewind.
  void Forget() {
    Clear();
    evaluator_.Forget();
    hold_.Release();
    GiveUpIfLarge(execution_.batch_size, &path_);
  }
  // Begins with the origin; `most` bounds the length.
  void Start(const PathOrigin& origin, uint64_t most);
  // Goes on to the next trail, the empty one first; false when there are no more. Each trail comes
  // before those that continue it.
  absl::StatusOr<bool> Next();

  const Column::Relationships& relationships() const { return path_; }
  NodeId end() const { return end_; }

 private:
  // The hops from one node of the trail.
  struct Level {
    std::unique_ptr<PathHops> hops;
    size_t next = 0;  // of the present portion
  };

  absl::Status Descend();

  Execution& execution_;
  const VariableExpandPlan& node_;
  const RelationSet& types_;
  const OtherRelationships& others_;
  Evaluator evaluator_;
  MemoryHold hold_;

  PathOrigin origin_;
  uint64_t most_ = 0;
  // The first `depth_` are in use; the others keep their buffers for later.
  std::vector<Level> levels_;
  size_t depth_ = 0;
  Column::Relationships path_;
  NodeId end_ = kNoId;
  bool fresh_ = false;  // the empty trail is still to come
};

}  // namespace entente::query
