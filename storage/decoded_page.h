// Adjacency, unpacked: relation by relation, edges in columns that lie in memory. Either one page,
// or a segment: the edges of some hundred consecutive nodes in one direction, as scans of the whole
// graph want them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "storage/adjacency.h"
#include "storage/chunk_summary.h"
#include "storage/ids.h"
#include "storage/read_cache.h"

namespace entente::storage {

class PageValue;

// Edges side by side. Columns that nobody asked for are null.
struct EdgeSpan {
  uint32_t size = 0;
  const NodeId* other = nullptr;
  const FactId* fact = nullptr;
  const int32_t* valid_from = nullptr;
  const int32_t* valid_to = nullptr;
  const int32_t* first_reported = nullptr;
  const uint16_t* confidence = nullptr;
  const uint8_t* flags = nullptr;
  const uint8_t* near =
      nullptr;  // of a segment: the near end, counted from the segment's first node

  // Edges [begin, end) of them.
  EdgeSpan Part(uint32_t begin, uint32_t end) const;
};

class DecodedPage final : public ReadCache::Entry {
 public:
  // `columns` (EdgeColumn) besides the relation, which is always told. `page` may be null: no
  // edges. `alone`: the node has no other chunks.
  static std::unique_ptr<DecodedPage> Make(const PageValue* page, bool alone, uint32_t columns);
  // A segment. `edges` are those of its nodes in ascending order, page by page, with the relation
  // and `columns`; `near` tells whose each is.
  static std::unique_ptr<DecodedPage> MakeSegment(const EdgeColumns& edges,
                                                  const std::vector<uint8_t>& near,
                                                  uint32_t columns);

  bool alone() const { return alone_; }
  // Fetches what is read first into the processor's cache.
  void Prefetch() const { __builtin_prefetch(slices()); }
  // Whether it has all of `columns`.
  bool Has(uint32_t columns) const { return (columns & ~columns_) == 0; }
  uint32_t columns() const { return columns_; }

  // Where a walk over the relations stands.
  struct Position {
    uint32_t slice = 0;
    uint32_t wanted = 0;  // of the filter's list
  };
  // The next relation that `filter` admits, ascending; nullptr when there are no more.
  const RelationSlice* Next(const RelationFilter& filter, Position* position) const;
  // All edges, relation by relation; within one they are sorted by (other, fact), in a segment by
  // the near end first, and then chunk by chunk.
  EdgeSpan edges() const;
  Degree Count(const RelationFilter& filter) const;

 private:
  friend ReadCache::Entry;
  // Columns in the order in which they are stored behind the slices, the widest first.
  enum Index {
    kOther,
    kFact,
    kValidFrom,
    kValidTo,
    kFirstReported,
    kConfidence,
    kFlags,
    kNear,
    kIndexes
  };

  DecodedPage() = default;
  static std::unique_ptr<DecodedPage> Arrange(const std::vector<RelationSlice>& slices,
                                              const EdgeColumns& edges,
                                              const std::vector<uint8_t>& near, uint32_t columns);
  size_t bytes() const override;
  // What stands behind the page in memory: the slices, then the columns.
  const uint64_t* data() const { return reinterpret_cast<const uint64_t*>(this + 1); }
  const RelationSlice* slices() const { return reinterpret_cast<const RelationSlice*>(data()); }
  template <typename T>
  const T* At(Index index) const;

  uint32_t slice_count_ = 0;
  uint32_t edge_count_ = 0;
  uint32_t columns_ = 0;
  uint32_t offsets_[kIndexes] = {};  // into data(), in words of eight bytes; 0: not there
  uint32_t words_ = 0;
  bool alone_ = false;
};

// The chunks of a node that has several.
class ChunkDirectory final : public ReadCache::Entry {
 public:
  explicit ChunkDirectory(std::vector<ChunkSummary> chunks) : chunks_(std::move(chunks)) {}
  const std::vector<ChunkSummary>& chunks() const { return chunks_; }

 private:
  size_t bytes() const override;
  const std::vector<ChunkSummary> chunks_;
};

}  // namespace entente::storage
