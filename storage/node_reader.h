// NodeReader: records of entities and articles where they lie in memory, out of the cache where it
// has them, else out of the database, with one sorted MultiGet, and offered to the cache.
#pragma once

#include <memory>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/cached_reads.h"
#include "storage/nodes.h"

namespace entente::storage {

class NodeReader {
 public:
  // The view must outlive the reader.
  explicit NodeReader(const View& view);

  // Reads the records of `nodes`, in any order, repeated or not; kNoId has none. What was read
  // before is gone.
  absl::Status Load(absl::Span<const NodeId> nodes);
  // The record of nodes[i] of the last Load; nullptr when there is no such node.
  const NodeRecord* record(size_t i) const { return records_[i]; }

  // One record, until the next Read or Load; nullptr when there is no such node.
  absl::StatusOr<const NodeRecord*> Read(NodeId node);

  // Lets go of what was read.
  void Release();

 private:
  class CachedNode;

  void Begin();
  absl::Status ReadMissingEntities(absl::Span<const std::pair<NodeId, size_t>> missing);
  absl::Status ReadMissingArticles(absl::Span<const std::pair<NodeId, size_t>> missing);
  const NodeRecord* Keep(NodeId node, NodeRecord record);

  const View& view_;
  CachedReads entities_;
  CachedReads articles_;
  absl::InlinedVector<const NodeRecord*, 8> records_;
  std::vector<std::pair<NodeId, size_t>> missing_;
  std::vector<std::unique_ptr<ReadCache::Entry>> own_;  // what the cache did not take
};

}  // namespace entente::storage
