// Adjacency: the edges of a node, read in columns. Edges are written by facts.h, which keeps them
// in step with their facts.
//
// The edges of a node in one direction stand in one page, or in several chunks when there are more
// than Geometry::chunk_edges. Within a chunk they are sorted by (relation, other end, fact); chunks
// follow the order of insertion, so their ranges may overlap. A node with one page is read with one
// Get. One that has, or had, several has a summary for each chunk in the catalogue, and its name in
// a set in memory, which may name too many but never too few, so that snapshots stay right.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/ids.h"
#include "storage/view.h"

namespace entente::storage {

class Transaction;

struct EdgeRow {
  RelationId relation = kNoSymbol;
  NodeId other = kNoId;  // the other end
  FactId fact = kNoId;
  int32_t valid_from = 0;      // day, or kOpenStart
  int32_t valid_to = 0;        // day, or kOpenEnd
  int32_t first_reported = 0;  // day, or kNeverReported
  uint16_t confidence = 0;     // ten-thousandths, default lens
  uint8_t flags = 0;           // FactFlag, the low eight
  friend bool operator==(const EdgeRow&, const EdgeRow&) = default;
};

// Which columns a reader wants; others stay empty.
enum EdgeColumn : uint32_t {
  kRelationColumn = 0x01,
  kOtherColumn = 0x02,
  kFactColumn = 0x04,
  kValidFromColumn = 0x08,
  kValidToColumn = 0x10,
  kFirstReportedColumn = 0x20,
  kConfidenceColumn = 0x40,
  kFlagsColumn = 0x80,
  kAllColumns = 0xff,
};

struct EdgeColumns {
  std::vector<RelationId> relation;
  std::vector<NodeId> other;
  std::vector<FactId> fact;
  std::vector<int32_t> valid_from;
  std::vector<int32_t> valid_to;
  std::vector<int32_t> first_reported;
  std::vector<uint16_t> confidence;
  std::vector<uint8_t> flags;
  size_t size = 0;  // of every wanted column

  void Clear();  // keeps the memory
};

// The relations a reader wants: any, or those of a sorted list, which must outlive the filter.
class RelationFilter {
 public:
  RelationFilter() = default;  // any
  explicit RelationFilter(absl::Span<const RelationId> sorted) : any_(false), list_(sorted) {}

  bool any() const { return any_; }
  absl::Span<const RelationId> list() const { return list_; }
  bool Admits(RelationId relation) const;

 private:
  bool any_ = true;
  absl::Span<const RelationId> list_;
};

// All edges of a node, appended to `*out`, chunk after chunk. An unknown node has none. Reads the
// database; PageReader (page_reader.h) reads many nodes, and those that were read lately at once.
absl::Status ReadEdges(const View& view, Direction direction, NodeId node,
                       const RelationFilter& filter, uint32_t columns, EdgeColumns* out);

// Only the edges to one other end. Reads no more chunks than may hold it.
absl::Status FindEdges(const View& view, Direction direction, NodeId node, NodeId other,
                       const RelationFilter& filter, uint32_t columns, EdgeColumns* out);
// The edges from one node to another, out of the pages of either end: what is in the cache, else
// what is less to read. `fact` and the columns of the fact are the same from both.
absl::Status FindEdgesBetween(const View& view, NodeId from, NodeId to,
                              const RelationFilter& filter, uint32_t columns, EdgeColumns* out);

// Edges of one relation within a page.
struct RelationSlice {
  RelationId relation = kNoSymbol;
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t visible = 0;  // under the default lens
};

struct Degree {
  uint64_t edges = 0;
  uint64_t visible = 0;  // under the default lens
};
// Answered from page headers, pending rows and chunk summaries.
absl::StatusOr<Degree> ReadDegree(const View& view, Direction direction, NodeId node,
                                  const RelationFilter& filter);
// The same of many nodes, in any order; `*degrees` gets one for each.
absl::Status ReadDegrees(const View& view, Direction direction, absl::Span<const NodeId> nodes,
                         const RelationFilter& filter, std::vector<Degree>* degrees);

// Appends up to `limit` nodes that have pages, ascending from `from` on; the pages may be empty and
// their nodes deleted. `view` must be a Snapshot.
absl::Status NodesWithEdges(const View& view, Direction direction, NodeId from, size_t limit,
                            std::vector<NodeId>* nodes);

// Called by facts.h alone. `old` is the edge as stored now; other end, relation and fact of both
// must be equal.
absl::Status InsertEdge(Transaction& transaction, Direction direction, NodeId node,
                        const EdgeRow& row);
absl::Status UpdateEdge(Transaction& transaction, Direction direction, NodeId node,
                        const EdgeRow& old, const EdgeRow& row);
absl::Status EraseEdge(Transaction& transaction, Direction direction, NodeId node,
                       const EdgeRow& old);

}  // namespace entente::storage
