// PageReader: the edges of many nodes as they lie in memory, out of the cache where it has them,
// else out of the database, with one sorted MultiGet, and offered to the cache.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/cached_reads.h"
#include "storage/decoded_page.h"
#include "storage/view.h"

namespace entente::storage {

// The summaries of a node's chunks; empty when it has one chunk.
absl::StatusOr<std::vector<ChunkSummary>> ReadSummaries(const View& view, Direction direction,
                                                        NodeId node);

class PageReader {
 public:
  // `columns` (EdgeColumn) is what the pages will have at least. The view must outlive the reader.
  PageReader(const View& view, Direction direction, uint32_t columns);

  Direction direction() const { return direction_; }

  // Reads the pages of `nodes`, in any order, repeated or not. What an earlier Load or LoadChunk
  // gave is gone.
  absl::Status Load(absl::Span<const NodeId> nodes);
  // The page of nodes[i] of the last Load, empty when the node has no edges; nullptr when its edges
  // stand in several chunks.
  const DecodedPage* page(size_t i) const { return pages_[i]; }

  // Lets go of what was loaded and begins anew, as of what the view sees now.
  void Begin();
  // A chunk's page if the cache has it, else nullptr; and one just read, for the cache to take,
  // until the next Take, LoadChunk or Load. `alone`: the node has no other chunks.
  const DecodedPage* FindCached(NodeId node, uint32_t chunk, bool alone);
  const DecodedPage* Take(NodeId node, uint32_t chunk, bool alone, const PageValue& value);
  // Whether the cache takes pages without giving up others.
  bool HasRoom() const { return reads_.HasRoom(); }

  // Of a node with several chunks: what its chunks hold (of any other node: nothing), and one of
  // them. Each lasts until the next call of its kind or of Load.
  absl::StatusOr<const ChunkDirectory*> LoadDirectory(NodeId node);
  absl::StatusOr<const DecodedPage*> LoadChunk(NodeId node, uint32_t chunk);

  // Lets go of what was loaded.
  void Release();

 private:
  struct Missing {
    NodeId node;
    size_t row;
    uint32_t columns;  // that an entry has which lacks others
  };

  absl::Status ReadMissing();
  absl::StatusOr<bool> HasSeveralChunks(NodeId node);
  const DecodedPage* KeepPage(CacheKey key, std::unique_ptr<DecodedPage> page,
                              std::unique_ptr<ReadCache::Entry>* owner);

  const View& view_;
  const Direction direction_;
  const uint32_t columns_;
  CachedReads reads_;

  std::vector<const DecodedPage*> pages_;
  std::vector<Missing> missing_;
  // What the cache did not admit.
  std::vector<std::unique_ptr<ReadCache::Entry>> own_pages_;
  std::unique_ptr<ReadCache::Entry> own_chunk_;
  std::unique_ptr<ReadCache::Entry> own_directory_;
};

}  // namespace entente::storage
