// The value of an adjacency key: one sorted, packed page, and rows that wait to be folded into it.
// Pure functions from rows to bytes and back, for transactions, merging and bulk loads alike.
//
//   value    0x01 | page length varint | page | pending rows
//   page     empty, or:
//            in bits, filled up to a whole byte (bits.h): relation count gamma, 1 if some edges are
//              hidden, then for each relation, ascending:
//              how many relation ids lie between it and the one before, + 1, gamma | edges gamma
//              | if some are hidden: hidden edges + 1 gamma
//            column headers, then packed columns (column.h), of:
//              other, fact^, valid_from*, days (valid_to − valid_from)*°, reported (first_reported
//              − valid_from)*°, confidence°, flags°
//              (* with a none code: kOpenStart, kOpenEnd, kNeverReported; ^ rising; ° may be
//              sparse, usually one day, 0, whole hundredths, and visible with evidence; after an
//              open start days are counted from 1970)
//   row      op u8 (1 insert, 2 update, 3 erase) | relation varint | other varint | fact varint
//            insert and update: valid_from | valid_to | first_reported (zigzag varints)
//                               | confidence varint | flags u8
//
// Rows of a page are sorted by (relation, other, fact), each once. Pending rows stand in the order
// in which they were written: the last one of an edge counts. A merge operand is a number of
// pending rows, so merging is appending, until FoldPending finds it worth rebuilding the page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/adjacency.h"
#include "storage/column.h"

namespace entente::storage {

enum class EdgeOp : uint8_t { kInsert = 1, kUpdate = 2, kErase = 3 };

// No page has more rows than this, whatever the geometry.
inline constexpr uint32_t kMaxPageEdges = 1 << 20;

void AppendPendingRow(EdgeOp op, const EdgeRow& row, std::string* rows);

// A value without pending rows. All columns of `edges` are set; its rows are sorted and distinct.
std::string EncodePageValue(const EdgeColumns& edges);
// The same of rows [begin, end) alone.
std::string EncodePageValue(const EdgeColumns& edges, size_t begin, size_t end);

// An empty value, to which pending rows may be appended.
absl::string_view EmptyPageValue();
bool IsEmptyPageValue(absl::string_view value);

// Rebuilds the page when the pending rows are many for its size. Leaves bytes that are not a value
// alone: whoever reads them will say so.
void FoldPending(std::string* value);

// A parsed value. Points into the bytes it was parsed from.
class PageValue {
 public:
  // DataLoss when the bytes are not a value.
  static absl::StatusOr<PageValue> Parse(absl::string_view value);

  // Appends the edges of the relations that `filter` admits, in order, pending rows applied.
  void Read(const RelationFilter& filter, uint32_t columns, EdgeColumns* out) const;
  // Only those to `other`.
  void Find(NodeId other, const RelationFilter& filter, uint32_t columns, EdgeColumns* out) const;
  Degree Count(const RelationFilter& filter) const;
  // Where Read would put each relation's edges among all, pending rows applied.
  void Slices(std::vector<RelationSlice>* slices) const;

 private:
  struct PendingRow {
    EdgeOp op;
    EdgeRow row;
  };
  // Columns of a page, in the order in which they are stored.
  enum ColumnIndex { kOther, kFact, kValidFrom, kDays, kReported, kConfidence, kFlags };
  static constexpr int kColumnCount = 7;
  static const ColumnType kColumnTypes[kColumnCount];
  friend std::string EncodePageValue(const EdgeColumns& edges, size_t begin, size_t end);

  absl::Status ParsePage(absl::string_view page);
  absl::Status ParsePending(absl::string_view rows);
  // The first row of [begin, end) that is not before (other, fact); all are of one relation.
  size_t LowerBound(size_t begin, size_t end, NodeId other, FactId fact) const;
  bool Holds(size_t position, size_t end, const EdgeRow& row) const;
  // Calls visit(slice, pending rows) for every admitted relation that has either.
  template <typename Visit>
  void ForEachRelation(const RelationFilter& filter, const Visit& visit) const;
  Degree CountOf(const RelationSlice& slice, absl::Span<const PendingRow> pending) const;
  // Page rows [begin, end) with pending rows applied, in order.
  void Merge(const RelationSlice& slice, size_t begin, size_t end,
             absl::Span<const PendingRow> pending, uint32_t columns, EdgeColumns* out) const;
  void AppendRows(RelationId relation, size_t begin, size_t end, uint32_t columns,
                  EdgeColumns* out) const;

  std::vector<RelationSlice> slices_;
  std::vector<PendingRow> pending_;  // sorted like rows, the last one of each edge
  Column columns_[kColumnCount];
};

// One row to the end of the wanted columns.
void AppendRow(const EdgeRow& row, uint32_t columns, EdgeColumns* out);
// The row at `i` of columns that are all set.
EdgeRow RowAt(const EdgeColumns& edges, size_t i);

}  // namespace entente::storage
