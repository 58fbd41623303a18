// SegmentReader: all edges of one direction, segment by segment as they lie in memory, out of the
// cache where it has them, else out of the database, in one walk over the keys, and offered to the
// cache.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/adjacency.h"
#include "storage/cached_reads.h"
#include "storage/decoded_page.h"
#include "storage/view.h"

namespace entente::storage {

// Segments [first, end): number n has the edges of the nodes from n · kSegmentNodes on.
struct SegmentRange {
  uint64_t first = 0;
  uint64_t end = 0;
};

// All segments in which there may be edges. `view` must be a Snapshot, here and below.
absl::StatusOr<std::vector<SegmentRange>> SegmentsWithEdges(const View& view, Direction direction);

class SegmentReader {
 public:
  // `columns` (EdgeColumn) is what the segments will have at least. The view must outlive the
  // reader.
  SegmentReader(const View& view, Direction direction, uint32_t columns);

  // The segment's edges, none if there are none, until the next Load. Segments are best read in
  // ascending order.
  absl::StatusOr<const DecodedPage*> Load(uint64_t segment);

 private:
  absl::StatusOr<std::unique_ptr<DecodedPage>> Read(uint64_t segment, uint32_t columns);

  const View& view_;
  const Direction direction_;
  const uint32_t columns_;
  CachedReads reads_;
  std::unique_ptr<ReadCache::Entry> own_;  // what the cache did not admit
  // Stands behind the last segment that was read from the database.
  std::optional<Cursor> cursor_;
  std::optional<uint64_t> next_;  // that segment's successor
  EdgeColumns edges_;
  std::vector<uint8_t> near_;
};

}  // namespace entente::storage
