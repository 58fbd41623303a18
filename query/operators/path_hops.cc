#include "query/operators/path_hops.h"

#include "engine/status.h"

namespace entente::query {
namespace {

// Relationships read at once. Paths of some length hold as many portions.
constexpr size_t kPortion = 256;
constexpr size_t kEndsPortion = 4096;

}  // namespace

PathHops::PathHops(Execution& execution, const VariableExpandPlan& node, Heading heading,
                   const RelationSet& types, const OtherRelationships& others, Evaluator* evaluator,
                   const Lens& lens, Wanted wanted)
    : execution_(execution),
      node_(node),
      others_(others),
      evaluator_(evaluator),
      ends_alone_(wanted == Wanted::kEnds && node.predicate == nullptr &&
                  node.distinct_from.empty()),
      expansion_(*execution.graph, heading, types, lens, ends_alone_ ? 0 : kIdentityFields) {}

void PathHops::Start(const PathOrigin& origin, absl::Span<const NodeId> nodes) {
  origin_ = origin;
  if (!ends_alone_) nodes_.assign(nodes.begin(), nodes.end());
  relationships_.clear();
  ends_.clear();
  expansion_.Start(nodes);
}

absl::StatusOr<bool> PathHops::Next() {
  RETURN_IF_ERROR(execution_.CheckInterrupted());
  edges_.Clear();
  relationships_.clear();
  ends_.clear();
  const size_t portion = ends_alone_ ? kEndsPortion : kPortion;
  ASSIGN_OR_RETURN(const bool more, expansion_.Next(portion, &edges_));
  if (!more) return false;
  if (ends_alone_) {
    ends_.swap(edges_.other);
    return true;
  }
  for (size_t i = 0; i < edges_.size(); ++i) {
    if (others_.Contains(origin_.row, edges_.fact[i])) continue;
    const NodeId near = nodes_[edges_.row[i]];
    const NodeId far = edges_.other[i];
    const bool incoming = edges_.incoming[i] != 0;
    relationships_.push_back({.id = edges_.fact[i],
                              .start = incoming ? far : near,
                              .end = incoming ? near : far,
                              .relation = edges_.relation[i],
                              .lens = origin_.mark});
    ends_.push_back(far);
  }
  if (node_.predicate != nullptr && !ends_.empty()) {
    RETURN_IF_ERROR(TestPredicate());
  }
  return true;
}

absl::Status PathHops::TestPredicate() {
  const std::vector<uint32_t> rows(ends_.size(), origin_.row);
  Batch batch = origin_.rows->Gather(rows, node_.predicate->reads);
  batch.column(node_.each) = Column(relationships_);
  ASSIGN_OR_RETURN(const std::vector<uint32_t> kept, evaluator_->Select(*node_.predicate, batch));
  for (size_t i = 0; i < kept.size(); ++i) {
    relationships_[i] = relationships_[kept[i]];
    ends_[i] = ends_[kept[i]];
  }
  relationships_.resize(kept.size());
  ends_.resize(kept.size());
  return absl::OkStatus();
}

}  // namespace entente::query
