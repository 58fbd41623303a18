// RowSorter: sorts any number of rows in bounded memory: runs that fit are sorted in memory and
// spilled (spill.h), and merged when they are read.
//
// `Order` tells the order twice: Order::Major(row) is a number by which rows are spread into
// buckets, Order::Less(a, b) decides within a bucket. Less must agree with Major. Rows of which
// neither is less stay in the order they were added in.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/large_vector.h"
#include "storage/spill.h"
#include "storage/status_macros.h"

namespace entente::storage {

// Sorts `rows`, or leaves them sorted in `other`, which is as much memory: rows are spread into
// buckets by Order::Major, and within each bucket again, until few are left or all are alike.
template <typename Row, typename Order>
void SpreadRows(absl::Span<Row> rows, Row* other, bool to_other) {
  constexpr size_t kFewRows = 16;
  constexpr int kMostBits = 12;
  uint64_t least = ~uint64_t{0};
  uint64_t greatest = 0;
  if (rows.size() > kFewRows) {
    for (const Row& row : rows) {
      const uint64_t major = Order::Major(row);
      least = std::min(least, major);
      greatest = std::max(greatest, major);
    }
  }
  if (least >= greatest) {
    const auto less = [](const Row& a, const Row& b) { return Order::Less(a, b); };
    Row* const begin = to_other ? other : rows.data();
    if (to_other) std::copy(rows.begin(), rows.end(), other);
    if (rows.size() <= kFewRows) {
      for (size_t i = 1; i < rows.size(); ++i) {
        Row* const at = std::upper_bound(begin, begin + i, begin[i], less);
        if (at != begin + i) std::rotate(at, begin + i, begin + i + 1);
      }
    } else if (!std::is_sorted(begin, begin + rows.size(), less)) {
      // Spreading keeps the order of rows, so those of one bucket often stand as they should.
      std::stable_sort(begin, begin + rows.size(), less);
    }
    return;
  }
  const int bits = std::min(static_cast<int>(std::bit_width(rows.size() / 4)), kMostBits);
  const int shift = std::max(static_cast<int>(std::bit_width(greatest - least)) - bits, 0);
  const size_t buckets = ((greatest - least) >> shift) + 1;
  std::array<size_t, (size_t{1} << kMostBits)> ends;
  std::fill_n(ends.begin(), buckets, 0);
  for (const Row& row : rows) ++ends[(Order::Major(row) - least) >> shift];
  size_t sum = 0;
  for (size_t i = 0; i < buckets; ++i) ends[i] = std::exchange(sum, sum + ends[i]);
  for (const Row& row : rows) other[ends[(Order::Major(row) - least) >> shift]++] = row;
  size_t begin = 0;
  for (size_t i = 0; i < buckets; begin = ends[i++]) {
    SpreadRows<Row, Order>(absl::MakeSpan(other + begin, ends[i] - begin), rows.data() + begin,
                           !to_other);
  }
}

// With as much memory again, and as much once more when most rows have one Major.
template <typename Row, typename Order>
void SortRows(absl::Span<Row> rows) {
  static_assert(std::is_trivially_copyable_v<Row>);
  LargeVector<char> other(rows.size() * sizeof(Row));
  SpreadRows<Row, Order>(rows, reinterpret_cast<Row*>(other.data()), false);
}

template <typename Row, typename Order>
class RowSorter {
  static_assert(std::is_trivially_copyable_v<Row>);

 public:
  // `run_bytes`: of rows sorted at once in memory.
  RowSorter(SpillSpace& space, uint64_t run_bytes)
      : run_rows_(std::max<size_t>(run_bytes / sizeof(Row), kLeastRun)), blocks_(space) {}

  // The row is put together where it will stand: a copy of what was written just before has to wait
  // for the writing.
  ABSL_ATTRIBUTE_ALWAYS_INLINE absl::Status Add(const Row& row) {
    if (rows_.size() == rows_.capacity()) RETURN_IF_ERROR(MakeRoom());
    rows_.emplace_back() = row;
    ++size_;
    return absl::OkStatus();
  }
  uint64_t size() const { return size_; }

  // Ends the adding.
  absl::Status Sort() {
    if (runs_.empty()) {
      SortRows<Row, Order>(absl::MakeSpan(rows_));
      return absl::OkStatus();
    }
    if (!rows_.empty()) RETURN_IF_ERROR(SpillRun());
    LargeVector<Row>().swap(rows_);
    LargeVector<char>().swap(scratch_);
    for (Run& run : runs_) {
      RETURN_IF_ERROR(Advance(&run));
      heap_.push_back(HeadOf(&run));
    }
    std::make_heap(heap_.begin(), heap_.end(), After);
    return absl::OkStatus();
  }

  // The next row in order; false at the end or after an error, which status() tells apart.
  bool Next(Row* row) {
    if (runs_.empty()) {
      if (next_ == rows_.size()) {
        LargeVector<Row>().swap(rows_);
        next_ = 0;
        return false;
      }
      *row = rows_[next_++];
      return true;
    }
    if (heap_.empty() || !status_.ok()) return false;
    Run* const run = heap_.front().run;
    *row = run->rows[run->at++];
    if (run->at == run->rows.size()) {
      status_ = Advance(run);
      if (!status_.ok()) return false;
    }
    if (run->at < run->rows.size()) {
      heap_.front() = HeadOf(run);
    } else {
      heap_.front() = heap_.back();
      heap_.pop_back();
    }
    SinkFirst();
    return true;
  }
  const absl::Status& status() const { return status_; }

 private:
  // Blocks [block, end), as far as they are not read yet.
  struct Run {
    size_t begin;
    size_t block;
    size_t end;
    std::string scratch;
    absl::Span<const Row> rows;
    size_t at = 0;
  };

  // Makes the run's next block ready; no rows are left at the end.
  absl::Status Advance(Run* run) {
    run->at = 0;
    run->rows = {};
    if (run->block > run->begin) blocks_.Drop(run->block - 1);
    if (run->block == run->end) return absl::OkStatus();
    ASSIGN_OR_RETURN(const absl::string_view bytes, blocks_.Read(run->block++, &run->scratch));
    run->rows =
        absl::MakeConstSpan(reinterpret_cast<const Row*>(bytes.data()), bytes.size() / sizeof(Row));
    return absl::OkStatus();
  }

  // The next row of a run, by what mostly decides which run is next.
  struct Head {
    uint64_t major;
    Run* run;
  };
  static Head HeadOf(Run* run) { return {Order::Major(run->rows[run->at]), run}; }
  static bool After(const Head& a, const Head& b) {
    if (a.major != b.major) return a.major > b.major;
    const Row& row = a.run->rows[a.run->at];
    const Row& other = b.run->rows[b.run->at];
    return Order::Less(other, row) || (b.run < a.run && !Order::Less(row, other));
  }

  // Brings the first of the heap to where it belongs.
  void SinkFirst() {
    if (heap_.empty()) return;
    const Head first = heap_.front();
    size_t at = 0;
    for (size_t next = 1; next < heap_.size(); next = 2 * at + 1) {
      if (next + 1 < heap_.size() && After(heap_[next], heap_[next + 1])) ++next;
      if (!After(first, heap_[next])) break;
      heap_[at] = heap_[next];
      at = next;
    }
    heap_[at] = first;
  }

  absl::Status MakeRoom() {
    if (rows_.size() == run_rows_) return SpillRun();
    // A run's memory is no more than what it was said to take. It grows in great steps, since what
    // nobody touches costs nothing and copying does.
    rows_.reserve(std::min(run_rows_, std::max(8 * rows_.size(), kLeastRun)));
    return absl::OkStatus();
  }

  absl::Status SpillRun() {
    // One of each run is in memory while runs are merged.
    constexpr size_t kBlockRows = std::max<size_t>((size_t{64} << 10) / sizeof(Row), 1);
    scratch_.resize(run_rows_ * sizeof(Row));
    SpreadRows<Row, Order>(absl::MakeSpan(rows_), reinterpret_cast<Row*>(scratch_.data()), false);
    const size_t begin_block = blocks_.size();
    for (size_t begin = 0; begin < rows_.size(); begin += kBlockRows) {
      const size_t count = std::min(kBlockRows, rows_.size() - begin);
      RETURN_IF_ERROR(blocks_.Add(absl::string_view(
          reinterpret_cast<const char*>(rows_.data() + begin), count * sizeof(Row))));
    }
    runs_.push_back({begin_block, begin_block, blocks_.size(), {}, {}, 0});
    rows_.clear();
    return absl::OkStatus();
  }

  // Shorter runs would be too many to be merged.
  static constexpr size_t kLeastRun = 64;

  const size_t run_rows_;
  SpillBlocks blocks_;     // of all runs
  LargeVector<Row> rows_;  // of the run that grows; all of them when nothing was spilled
  // For sorting runs: memory that is used again need not be made ready by the system.
  LargeVector<char> scratch_;
  size_t next_ = 0;
  std::vector<Run> runs_;
  std::vector<Head> heap_;  // of those that have rows left, the least first
  uint64_t size_ = 0;
  absl::Status status_;
};

}  // namespace entente::storage
