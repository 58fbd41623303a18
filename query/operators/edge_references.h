// From edges, as the engine reads them beside one another, to relationships as they flow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "engine/graph.h"
#include "query/batch.h"
#include "query/evaluator.h"
#include "query/plan.h"

namespace entente::query {

// What a hop must have read of each edge (EdgeField) for ReferenceOf.
uint32_t FieldsOf(const ExpandPlan& hop);

// The edge at `i`, which was found at `near`, with what the hop is to read beside it. `mark` is the
// lens that it carries.
RelationshipReference ReferenceOf(const ExpandPlan& hop, const Edges& edges, size_t i, NodeId near,
                                  const Lens* mark);

// The property that the day of an edge tells; kNoDay where it does not.
inline int32_t KnownDay(int32_t day, bool inexact) {
  const bool open = day == INT32_MIN || day == INT32_MAX;
  return open || inexact ? RelationshipExtract::kNoDay : day;
}

// Of `types` those that conditions of the hop let pass (only_type, only_types); nullopt: all.
absl::StatusOr<std::optional<RelationSet>> NarrowTypes(const ExpandPlan& hop,
                                                       const RelationSet& types, const Graph& graph,
                                                       Evaluator& evaluator);

}  // namespace entente::query
