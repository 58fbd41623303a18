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

class RowTable {
 public:
  explicit RowTable(size_t width) : width_(width), scratch_(width) {}

  // The number of the row that `columns` have at `row`: 0, 1, 2 … in the order in which rows were
  // first seen. `added` tells whether that was now. There are as many columns as the table is wide.
  size_t FindOrAdd(absl::Span<const Column* const> columns, size_t row, bool* added);

  size_t size() const { return hashes_.size(); }
  const Value& at(size_t row, size_t column) const { return values_[row * width_ + column]; }
  // Approximate bytes in use.
  uint64_t bytes() const { return bytes_; }
  void Clear();

 private:
  void Grow();

  size_t width_;
  std::vector<Value> values_;  // row by row
  std::vector<size_t> hashes_;
  // Open addressing; a power of two. 0 is free, else the row's number plus one.
  std::vector<uint32_t> buckets_;
  std::vector<Value> scratch_;
  uint64_t bytes_ = 0;
};

}  // namespace entente::query
