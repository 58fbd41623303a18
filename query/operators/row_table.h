// RowTable: rows of values, each once, found again by equivalence: the groups of an aggregation,
// what DISTINCT has seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/value.h"
#include "query/batch.h"

namespace entente::query {

// As long as all columns are of nodes or scalars, and of the same kind as before, rows are packed
// into words. With the first that are not the table goes over to values.
class RowTable {
 public:
  explicit RowTable(size_t width) : width_(width), words_per_row_(width + 1) {}

  // For each of the first `rows` rows of `columns`, of which there are as many as the table is
  // wide, the number of the row that equals it: 0, 1, 2 … in the order in which rows were first
  // seen.
  void FindOrAdd(absl::Span<const Column* const> columns, size_t rows,
                 std::vector<uint32_t>* numbers);

  // The same for rows [begin, end) of another table, which is as wide; appends to `numbers`.
  void FindOrAddRows(const RowTable& other, size_t begin, size_t end,
                     std::vector<uint32_t>* numbers);
  // The same where all of those rows are known to be new, which spares looking for them.
  void AddRows(const RowTable& other, size_t begin, size_t end, std::vector<uint32_t>* numbers);
  // Makes room for so many rows more, so that none are moved as they are added.
  void Reserve(size_t rows);

  size_t size() const { return hashes_.size(); }
  // One column of rows [begin, end).
  Column ColumnAt(size_t column, size_t begin, size_t end) const;
  // Approximate bytes in use.
  uint64_t bytes() const;
  void Clear();

 private:
  // What the words of a packed column stand for: kNode, or a type of scalars; kNull: none known
  // yet.
  using Kind = Value::Type;

  // Whether the columns can be packed like the rows that are there.
  bool Packs(absl::Span<const Column* const> columns);
  uint32_t FindOrAddPacked(const uint64_t* words, size_t hash);
  uint32_t FindOrAddValues(absl::Span<const Column* const> columns, size_t row);
  Value ValueAt(size_t row, size_t column) const;
  // Goes over to values.
  void Unpack();
  uint32_t Insert(size_t bucket, size_t hash);
  void Grow(size_t rows);
  void PlaceAll(size_t buckets);

  const size_t width_;
  // A word for each column, and one whose bits tell which are null.
  const size_t words_per_row_;
  bool packed_ = true;
  std::vector<Kind> kinds_;
  std::vector<uint64_t> words_;  // row by row, while packed
  std::vector<Value> values_;    // row by row, later
  std::vector<size_t> hashes_;
  // Open addressing; a power of two. 0 is free, else the row's number plus one, with the upper half
  // of its hash above.
  std::vector<uint64_t> buckets_;
  size_t placed_ = 0;  // rows that have a bucket, the first ones
  std::vector<Value> scratch_;
  uint64_t value_bytes_ = 0;
};

}  // namespace entente::query
