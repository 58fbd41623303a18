// What the catalogue keeps of each chunk of a node that has several, so that a reader opens only
// chunks that matter.
//
//   value    0x01 | edges varint | least day zigzag | greatest day zigzag | relation count varint,
//            then for each relation, ascending: relation varint (difference to the one before)
//            | edges varint | visible varint | least other varint | greatest other − least varint
//
// Counts are exact. Days and other ends are bounds, which only widen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/adjacency.h"

namespace entente::storage {

struct RelationSummary {
  RelationId relation = kNoSymbol;
  uint64_t edges = 0;
  uint64_t visible = 0;
  NodeId least_other = kNoId;
  NodeId greatest_other = 0;
};

struct ChunkSummary {
  uint64_t edges = 0;
  int32_t least_day = INT32_MAX;           // of valid_from
  int32_t greatest_day = INT32_MIN;        // of valid_to
  std::vector<RelationSummary> relations;  // ascending

  // Counts a row in, or out again.
  void Add(const EdgeRow& row);
  void Remove(const EdgeRow& row);
  const RelationSummary* Find(RelationId relation) const;
  // Whether an edge that `filter` admits may lead to `other`.
  bool MayReach(NodeId other, const RelationFilter& filter) const;
  bool HasAny(const RelationFilter& filter) const;
  // Whether the counts equal those of `exact` and the bounds hold its own.
  bool Covers(const ChunkSummary& exact) const;
};

std::string EncodeSummary(const ChunkSummary& summary);
absl::StatusOr<ChunkSummary> DecodeSummary(absl::string_view bytes);

std::string SummaryPrefix(Direction direction, NodeId node);
std::string SummaryKey(Direction direction, NodeId node, uint32_t chunk);

}  // namespace entente::storage
