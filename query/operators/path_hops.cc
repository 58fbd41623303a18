#include "query/operators/path_hops.h"

#include <utility>

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
  edges_.Clear();
  expansion_.Start(nodes);
}

absl::StatusOr<bool> PathHops::Next() {
  RETURN_IF_ERROR(execution_.CheckInterrupted());
  edges_.Clear();
  const size_t portion = ends_alone_ ? kEndsPortion : kPortion;
  ASSIGN_OR_RETURN(const bool more, expansion_.Next(portion, &edges_));
  if (!more || ends_alone_) return more;
  if (!node_.distinct_from.empty()) {
    std::vector<uint32_t> others;
    for (uint32_t i = 0; i < size(); ++i) {
      if (!others_.Contains(origin_.row, fact(i))) others.push_back(i);
    }
    Keep(others);
  }
  if (node_.predicate != nullptr && size() > 0) RETURN_IF_ERROR(TestPredicate());
  return true;
}

absl::Status PathHops::TestPredicate() {
  const std::vector<uint32_t> rows(size(), origin_.row);
  Batch batch = origin_.rows->Gather(rows, node_.predicate->reads);
  Column::Relationships relationships;
  for (size_t i = 0; i < size(); ++i) relationships.push_back(relationship(i));
  batch.column(node_.each) = Column(std::move(relationships));
  ASSIGN_OR_RETURN(const std::vector<uint32_t> kept, evaluator_->Select(*node_.predicate, batch));
  Keep(kept);
  return absl::OkStatus();
}

void PathHops::Keep(const std::vector<uint32_t>& hops) {
  if (hops.size() == size()) return;
  const auto keep = [&](auto& column) {
    for (size_t i = 0; i < hops.size(); ++i) column[i] = column[hops[i]];
    column.resize(hops.size());
  };
  keep(edges_.row);
  keep(edges_.other);
  keep(edges_.fact);
  keep(edges_.relation);
  keep(edges_.incoming);
}

}  // namespace entente::query
