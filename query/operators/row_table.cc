#include "query/operators/row_table.h"

#include "absl/hash/hash.h"
#include "engine/value_order.h"

namespace entente::query {

size_t RowTable::FindOrAdd(absl::Span<const Column* const> columns, size_t row, bool* added) {
  // Three quarters full at most.
  if ((size() + 1) * 4 > buckets_.size() * 3) Grow();
  size_t hash = 0;
  for (size_t i = 0; i < width_; ++i) {
    scratch_[i] = columns[i]->ValueAt(row);
    hash = absl::HashOf(hash, HashOf(scratch_[i]));
  }
  const size_t mask = buckets_.size() - 1;
  size_t bucket = hash & mask;
  for (; buckets_[bucket] != 0; bucket = (bucket + 1) & mask) {
    const size_t candidate = buckets_[bucket] - 1;
    if (hashes_[candidate] != hash) continue;
    bool same = true;
    for (size_t i = 0; i < width_ && same; ++i) same = Equivalent(at(candidate, i), scratch_[i]);
    if (!same) continue;
    *added = false;
    return candidate;
  }
  *added = true;
  hashes_.push_back(hash);
  bytes_ += 2 * sizeof(size_t);
  for (Value& value : scratch_) {
    bytes_ += sizeof(Value) + value.HeapBytes();
    values_.push_back(std::move(value));
  }
  buckets_[bucket] = static_cast<uint32_t>(size());
  return size() - 1;
}

void RowTable::Grow() {
  const size_t buckets = buckets_.empty() ? 16 : buckets_.size() * 2;
  buckets_.assign(buckets, 0);
  for (size_t row = 0; row < size(); ++row) {
    size_t bucket = hashes_[row] & (buckets - 1);
    while (buckets_[bucket] != 0) bucket = (bucket + 1) & (buckets - 1);
    buckets_[bucket] = static_cast<uint32_t>(row + 1);
  }
}

void RowTable::Clear() {
  values_.clear();
  hashes_.clear();
  buckets_.clear();
  bytes_ = 0;
}

}  // namespace entente::query
