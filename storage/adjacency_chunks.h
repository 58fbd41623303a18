// The chunk of a node that new edges go to, and the summaries of chunks, for those who write many
// edges at once. Internal to storage/.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/adjacency.h"
#include "storage/chunk_summary.h"

namespace entente::storage {

struct LastChunk {
  uint32_t number = 0;
  int64_t edges = 0;                    // as the transaction sees it
  std::optional<ChunkSummary> summary;  // of nodes that have several chunks
};

absl::StatusOr<LastChunk> FindLastChunk(Transaction& transaction, Direction direction, NodeId node);
// Sums up the chunk when that was not done before, and notes that the node has several.
absl::Status NeedSummary(Transaction& transaction, Direction direction, NodeId node,
                         LastChunk* last);
void PutSummary(Transaction& transaction, Direction direction, NodeId node, uint32_t chunk,
                const ChunkSummary& summary);

}  // namespace entente::storage
