#include "query/operators/row_table.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "engine/value_order.h"

namespace entente::query {
namespace {

// Nulls are marked by bits of one word.
constexpr size_t kMostPacked = 64;

Value::Type KindOf(const Column& column) {
  if (column.nodes() != nullptr) return Value::Type::kNode;
  if (column.scalars() != nullptr) return column.scalars()->type;
  return Value::Type::kNull;
}

uint64_t TagOf(uint64_t bucket_or_hash) { return bucket_or_hash >> 32; }
uint32_t RowOf(uint64_t bucket) { return static_cast<uint32_t>(bucket) - 1; }
uint64_t BucketOf(size_t row_plus_one, size_t hash) {
  return TagOf(hash) << 32 | static_cast<uint32_t>(row_plus_one);
}

uint64_t MixWords(const uint64_t* words, size_t count) {
  uint64_t hash = 0;
  for (size_t i = 0; i < count; ++i) {
    hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace

bool RowTable::Packs(absl::Span<const Column* const> columns) {
  if (!packed_ || width_ > kMostPacked) return false;
  std::vector<Kind> kinds;
  for (const Column* column : columns) kinds.push_back(KindOf(*column));
  if (std::find(kinds.begin(), kinds.end(), Kind::kNull) != kinds.end()) return false;
  if (size() == 0) kinds_ = kinds;
  return kinds == kinds_;
}

void RowTable::FindOrAdd(absl::Span<const Column* const> columns, size_t rows,
                         std::vector<uint32_t>* numbers) {
  numbers->resize(rows);
  if (!Packs(columns)) {
    Unpack();
    for (size_t row = 0; row < rows; ++row) (*numbers)[row] = FindOrAddValues(columns, row);
    return;
  }
  std::vector<uint64_t> packed(rows * words_per_row_, 0);
  for (size_t i = 0; i < width_; ++i) {
    const auto put = [&](size_t row, uint64_t word, bool null) {
      uint64_t* words = &packed[row * words_per_row_];
      words[i] = null ? 0 : word;
      words[width_] |= uint64_t{null ? 1u : 0u} << i;
    };
    if (const auto* nodes = columns[i]->nodes()) {
      for (size_t row = 0; row < rows; ++row) put(row, (*nodes)[row], (*nodes)[row] == kNoId);
    } else {
      const Scalars& scalars = *columns[i]->scalars();
      for (size_t row = 0; row < rows; ++row) {
        put(row, static_cast<uint64_t>(scalars.numbers[row]), scalars.IsNull(row));
      }
    }
  }
  // The buckets are on their way into the cache before they are looked at.
  Grow(rows);
  std::vector<size_t> hashes(rows);
  for (size_t row = 0; row < rows; ++row) {
    hashes[row] = MixWords(&packed[row * words_per_row_], words_per_row_);
    __builtin_prefetch(&buckets_[hashes[row] & (buckets_.size() - 1)]);
  }
  for (size_t row = 0; row < rows; ++row) {
    (*numbers)[row] = FindOrAddPacked(&packed[row * words_per_row_], hashes[row]);
  }
}

void RowTable::FindOrAddRows(const RowTable& other, size_t begin, size_t end,
                             std::vector<uint32_t>* numbers) {
  if (size() == 0 && packed_ && other.packed_) kinds_ = other.kinds_;
  if (!packed_ || !other.packed_ || kinds_ != other.kinds_) {
    std::vector<Column> columns;
    std::vector<const Column*> addresses;
    for (size_t i = 0; i < width_; ++i) columns.push_back(other.ColumnAt(i, begin, end));
    for (const Column& column : columns) addresses.push_back(&column);
    std::vector<uint32_t> found;
    FindOrAdd(addresses, end - begin, &found);
    numbers->insert(numbers->end(), found.begin(), found.end());
    return;
  }
  Grow(end - begin);
  for (size_t row = begin; row < end; ++row) {
    __builtin_prefetch(&buckets_[other.hashes_[row] & (buckets_.size() - 1)]);
  }
  for (size_t row = begin; row < end; ++row) {
    numbers->push_back(FindOrAddPacked(&other.words_[row * words_per_row_], other.hashes_[row]));
  }
}

void RowTable::AddRows(const RowTable& other, size_t begin, size_t end,
                       std::vector<uint32_t>* numbers) {
  if (size() == 0 && packed_ && other.packed_) kinds_ = other.kinds_;
  if (!packed_ || !other.packed_ || kinds_ != other.kinds_) {
    return FindOrAddRows(other, begin, end, numbers);
  }
  for (size_t row = begin; row < end; ++row) {
    numbers->push_back(static_cast<uint32_t>(size() + row - begin));
  }
  words_.insert(words_.end(), other.words_.begin() + begin * words_per_row_,
                other.words_.begin() + end * words_per_row_);
  hashes_.insert(hashes_.end(), other.hashes_.begin() + begin, other.hashes_.begin() + end);
}

void RowTable::Reserve(size_t rows) {
  Grow(rows);
  hashes_.reserve(size() + rows);
  if (packed_) words_.reserve((size() + rows) * words_per_row_);
}

uint32_t RowTable::FindOrAddPacked(const uint64_t* words, size_t hash) {
  const size_t mask = buckets_.size() - 1;
  size_t bucket = hash & mask;
  for (; buckets_[bucket] != 0; bucket = (bucket + 1) & mask) {
    if (TagOf(buckets_[bucket]) != TagOf(hash)) continue;
    const uint32_t candidate = RowOf(buckets_[bucket]);
    if (std::equal(words, words + words_per_row_, &words_[candidate * words_per_row_])) {
      return candidate;
    }
  }
  words_.insert(words_.end(), words, words + words_per_row_);
  return Insert(bucket, hash);
}

uint32_t RowTable::FindOrAddValues(absl::Span<const Column* const> columns, size_t row) {
  Grow(1);
  scratch_.resize(width_);
  size_t hash = 0;
  for (size_t i = 0; i < width_; ++i) {
    scratch_[i] = columns[i]->ValueAt(row);
    hash = absl::HashOf(hash, HashOf(scratch_[i]));
  }
  const size_t mask = buckets_.size() - 1;
  size_t bucket = hash & mask;
  for (; buckets_[bucket] != 0; bucket = (bucket + 1) & mask) {
    if (TagOf(buckets_[bucket]) != TagOf(hash)) continue;
    const uint32_t candidate = RowOf(buckets_[bucket]);
    bool same = true;
    for (size_t i = 0; i < width_ && same; ++i) {
      same = Equivalent(values_[candidate * width_ + i], scratch_[i]);
    }
    if (same) return candidate;
  }
  for (Value& value : scratch_) {
    value_bytes_ += value.HeapBytes();
    values_.push_back(std::move(value));
  }
  return Insert(bucket, hash);
}

uint32_t RowTable::Insert(size_t bucket, size_t hash) {
  hashes_.push_back(hash);
  buckets_[bucket] = BucketOf(size(), hash);
  placed_ = size();
  return static_cast<uint32_t>(size() - 1);
}

void RowTable::Grow(size_t rows) {
  // Half full at most.
  size_t buckets = std::max<size_t>(buckets_.size(), 16);
  while ((size() + rows) * 2 > buckets) buckets *= 2;
  if (buckets > buckets_.size() || placed_ < size()) PlaceAll(buckets);
}

void RowTable::PlaceAll(size_t buckets) {
  buckets_.assign(buckets, 0);
  for (size_t row = 0; row < size(); ++row) {
    size_t bucket = hashes_[row] & (buckets - 1);
    while (buckets_[bucket] != 0) bucket = (bucket + 1) & (buckets - 1);
    buckets_[bucket] = BucketOf(row + 1, hashes_[row]);
  }
  placed_ = size();
}

Value RowTable::ValueAt(size_t row, size_t column) const {
  if (!packed_) return values_[row * width_ + column];
  const uint64_t* words = &words_[row * words_per_row_];
  if ((words[width_] >> column & 1) != 0) return Value::Null();
  if (kinds_[column] == Kind::kNode) return Value::Node(words[column]);
  return Scalars{kinds_[column], {static_cast<int64_t>(words[column])}, {}}.At(0);
}

void RowTable::Unpack() {
  if (!packed_) return;
  std::vector<Value> values;
  std::vector<size_t> hashes;
  for (size_t row = 0; row < size(); ++row) {
    size_t hash = 0;
    for (size_t i = 0; i < width_; ++i) {
      values.push_back(ValueAt(row, i));
      hash = absl::HashOf(hash, HashOf(values.back()));
    }
    hashes.push_back(hash);
  }
  packed_ = false;
  words_ = {};
  values_ = std::move(values);
  hashes_ = std::move(hashes);
  placed_ = 0;
  Grow(0);
}

Column RowTable::ColumnAt(size_t column, size_t begin, size_t end) const {
  if (!packed_) {
    std::vector<Value> values;
    for (size_t row = begin; row < end; ++row) values.push_back(values_[row * width_ + column]);
    return Column(std::move(values));
  }
  const auto is_null = [&](size_t row) {
    return (words_[row * words_per_row_ + width_] >> column & 1) != 0;
  };
  if (kinds_[column] == Kind::kNode) {
    Column::Nodes nodes;
    for (size_t row = begin; row < end; ++row) {
      nodes.push_back(is_null(row) ? kNoId : words_[row * words_per_row_ + column]);
    }
    return Column(std::move(nodes));
  }
  Scalars scalars{kinds_[column], {}, {}};
  for (size_t row = begin; row < end; ++row) {
    if (is_null(row)) {
      scalars.AddNull();
    } else {
      scalars.Add(static_cast<int64_t>(words_[row * words_per_row_ + column]));
    }
  }
  return Column(std::move(scalars));
}

uint64_t RowTable::bytes() const {
  return words_.size() * sizeof(uint64_t) + values_.size() * sizeof(Value) + value_bytes_ +
         hashes_.size() * sizeof(size_t) + buckets_.size() * sizeof(uint64_t);
}

void RowTable::Clear() {
  packed_ = true;
  kinds_.clear();
  words_.clear();
  values_.clear();
  hashes_.clear();
  buckets_.clear();
  placed_ = 0;
  value_bytes_ = 0;
}

}  // namespace entente::query
