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
  const auto other = std::make_unique_for_overwrite<Row[]>(rows.size());
  SpreadRows<Row, Order>(rows, other.get(), false);
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
    std::vector<Row>().swap(rows_);
    scratch_.reset();
    return absl::OkStatus();
  }

  // About the Major of the row in the middle, once they are sorted.
  uint64_t MiddleMajor() const {
    if (runs_.empty()) return rows_.empty() ? 0 : Order::Major(rows_[rows_.size() / 2]);
    std::vector<uint64_t> majors = middle_majors_;
    const auto middle = majors.begin() + majors.size() / 2;
    std::nth_element(majors.begin(), middle, majors.end());
    return *middle;
  }

  // Reads sorted rows, once: what was spilled of them is given back. Readers of different rows may
  // be used by different threads, since none reads a block that has no row of its own.
  class Reader {
   public:
    // Of the rows with first <= Major <= last.
    explicit Reader(RowSorter& sorter, uint64_t first = 0, uint64_t last = ~uint64_t{0})
        : sorter_(sorter), last_(last) {
      const auto before = [](const Row& row, uint64_t major) { return Order::Major(row) < major; };
      const auto behind = [](uint64_t major, const Row& row) { return major < Order::Major(row); };
      const std::vector<Row>& rows = sorter.rows_;
      const auto begin = std::lower_bound(rows.begin(), rows.end(), first, before);
      const auto end = std::upper_bound(begin, rows.end(), last, behind);
      rows_ = absl::MakeConstSpan(rows).subspan(begin - rows.begin(), end - begin);
      runs_.reserve(sorter.runs_.size());
      for (const auto& [run_begin, run_end] : sorter.runs_) {
        const auto firsts = sorter.first_majors_.begin();
        const auto lasts = sorter.last_majors_.begin();
        const size_t end = std::upper_bound(firsts + run_begin, firsts + run_end, last) - firsts;
        const size_t block = std::min<size_t>(
            std::lower_bound(lasts + run_begin, lasts + run_end, first) - lasts, end);
        Run& run = runs_.emplace_back(Run{block, block, end, {}, {}, 0});
        status_.Update(Advance(&run));
        run.at =
            std::lower_bound(run.rows.begin(), run.rows.end(), first, before) - run.rows.begin();
        if (run.at > 0) ++run.own;
        if (IsInRange(run)) heap_.push_back(HeadOf(&run));
      }
      std::make_heap(heap_.begin(), heap_.end(), After);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // The next row in order; false at the end or after an error, which status() tells apart.
    bool Next(Row* row) {
      if (next_ < rows_.size()) {
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
      if (IsInRange(*run)) {
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
    // Blocks [block, end) of a run are not read yet. Those before `own` have rows that belong to
    // another reader.
    struct Run {
      size_t own;
      size_t block;
      size_t end;
      std::string scratch;
      absl::Span<const Row> rows;
      size_t at = 0;
    };

    bool IsInRange(const Run& run) const {
      return run.at < run.rows.size() && Order::Major(run.rows[run.at]) <= last_;
    }

    // Makes the run's next block ready; no rows are left at the end.
    absl::Status Advance(Run* run) {
      run->at = 0;
      run->rows = {};
      if (run->block > run->own) sorter_.blocks_.Drop(run->block - 1);
      if (run->block == run->end) return absl::OkStatus();
      ASSIGN_OR_RETURN(const absl::string_view bytes,
                       sorter_.blocks_.Read(run->block++, &run->scratch));
      run->rows = absl::MakeConstSpan(reinterpret_cast<const Row*>(bytes.data()),
                                      bytes.size() / sizeof(Row));
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

    RowSorter& sorter_;
    const uint64_t last_;
    absl::Span<const Row> rows_;  // when nothing was spilled
    size_t next_ = 0;
    std::vector<Run> runs_;
    std::vector<Head> heap_;  // of those that have rows left, the least first
    absl::Status status_;
  };

 private:
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
    if (scratch_ == nullptr) scratch_ = std::make_unique_for_overwrite<Row[]>(run_rows_);
    SpreadRows<Row, Order>(absl::MakeSpan(rows_), scratch_.get(), false);
    const size_t begin_block = blocks_.size();
    for (size_t begin = 0; begin < rows_.size(); begin += kBlockRows) {
      const size_t count = std::min(kBlockRows, rows_.size() - begin);
      first_majors_.push_back(Order::Major(rows_[begin]));
      last_majors_.push_back(Order::Major(rows_[begin + count - 1]));
      middle_majors_.push_back(Order::Major(rows_[begin + count / 2]));
      RETURN_IF_ERROR(blocks_.Add(absl::string_view(
          reinterpret_cast<const char*>(rows_.data() + begin), count * sizeof(Row))));
    }
    runs_.emplace_back(begin_block, blocks_.size());
    rows_.clear();
    return absl::OkStatus();
  }

  // Shorter runs would be too many to be merged.
  static constexpr size_t kLeastRun = 64;

  const size_t run_rows_;
  SpillBlocks blocks_;     // of all runs
  std::vector<Row> rows_;  // of the run that grows; all of them when nothing was spilled
  // For sorting runs: memory that is used again need not be made ready by the system.
  std::unique_ptr<Row[]> scratch_;
  std::vector<std::pair<size_t, size_t>> runs_;  // the blocks [first, second) of each
  std::vector<uint64_t> first_majors_;           // by block, of its first row
  std::vector<uint64_t> last_majors_;            // likewise
  std::vector<uint64_t> middle_majors_;          // likewise
  uint64_t size_ = 0;
};

}  // namespace entente::storage
