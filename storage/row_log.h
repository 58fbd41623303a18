// RowLog: rows of one kind in the order they were added, and ByteLog: texts of any length that are
// found again by the place they were added at. Both spill; see spill.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/spill.h"
#include "storage/status_macros.h"

namespace entente::storage {

// Added to by one thread. When it is complete, any number of readers may walk it at once.
template <typename Row>
class RowLog {
  static_assert(std::is_trivially_copyable_v<Row>);

 public:
  static constexpr size_t kBlockRows = (size_t{1} << 20) / sizeof(Row);

  explicit RowLog(SpillSpace& space) : blocks_(space) {}

  absl::Status Add(const Row& row) {
    if (open_.empty()) open_.reserve(kBlockRows);
    open_.push_back(row);
    ++size_;
    if (open_.size() < kBlockRows) return absl::OkStatus();
    const absl::Status status = blocks_.Add(
        absl::string_view(reinterpret_cast<const char*>(open_.data()), open_.size() * sizeof(Row)));
    open_.clear();
    return status;
  }
  uint64_t size() const { return size_; }
  absl::StatusOr<Row> Read(uint64_t i) const {
    const size_t block = i / kBlockRows;
    if (block == blocks_.size()) return open_[i % kBlockRows];
    std::string scratch;
    ASSIGN_OR_RETURN(const absl::string_view bytes,
                     blocks_.ReadPart(block, i % kBlockRows * sizeof(Row), sizeof(Row), &scratch));
    Row row;
    std::memcpy(&row, bytes.data(), sizeof(row));
    return row;
  }

  class Reader {
   public:
    // `drop`: nobody reads the rows after this reader, whose memory is given back as it goes.
    explicit Reader(RowLog& log, bool drop = false) : log_(log), drop_(drop) {}

    // False at the end or after an error, which status() tells apart.
    bool Next(Row* row) {
      if (at_ == rows_.size() && !Advance()) return false;
      *row = rows_[at_++];
      return true;
    }
    const absl::Status& status() const { return status_; }
    // The row that comes `n` rows after the next one, null when it is not in memory yet.
    const Row* Ahead(size_t n) const { return n < rows_.size() - at_ ? &rows_[at_ + n] : nullptr; }

   private:
    bool Advance() {
      if (drop_ && block_ > 0 && block_ <= log_.blocks_.size()) log_.blocks_.Drop(block_ - 1);
      at_ = 0;
      rows_ = {};
      if (block_ < log_.blocks_.size()) {
        const absl::StatusOr<absl::string_view> bytes = log_.blocks_.Read(block_++, &scratch_);
        if (!bytes.ok()) {
          status_ = bytes.status();
          return false;
        }
        rows_ = absl::MakeConstSpan(reinterpret_cast<const Row*>(bytes->data()),
                                    bytes->size() / sizeof(Row));
      } else if (block_ == log_.blocks_.size()) {
        ++block_;
        rows_ = log_.open_;
      }
      return !rows_.empty();
    }

    RowLog& log_;
    const bool drop_;
    absl::Span<const Row> rows_;
    size_t at_ = 0;
    size_t block_ = 0;  // the next one
    std::string scratch_;
    absl::Status status_;
  };

 private:
  SpillBlocks blocks_;
  std::vector<Row> open_;  // the last rows, not a block yet
  uint64_t size_ = 0;
};

class ByteLog {
 public:
  // Where a text stands and how long it is, so that one reading gets it; 0 is nowhere.
  using Place = uint64_t;

  // `access`: by what is mostly read, Reader (in order) or Read.
  ByteLog(SpillSpace& space, SpillAccess access) : blocks_(space, access) {}

  absl::StatusOr<Place> Add(absl::string_view text) {
    if (!open_.empty() && open_.size() + text.size() >= kBlockBytes) RETURN_IF_ERROR(Close());
    const uint64_t offset = open_.size();
    const uint64_t size = std::min<uint64_t>(text.size(), kLong);
    // What is long has its size before it.
    if (size == kLong) AppendSize(text.size());
    open_.append(text.data(), text.size());
    return (uint64_t{blocks_.size()} << (kOffsetBits + kSizeBits) | offset << kSizeBits | size) + 1;
  }

  // Valid until `*scratch` changes or a text is added.
  absl::StatusOr<absl::string_view> Read(Place place, std::string* scratch) const {
    Parts parts = Split(place);
    if (parts.block == blocks_.size()) return Cut(open_, parts);
    if (parts.size == kLong) {
      ASSIGN_OR_RETURN(const absl::string_view head,
                       blocks_.ReadPart(parts.block, parts.offset, sizeof(uint64_t), scratch));
      std::memcpy(&parts.size, head.data(), sizeof(uint64_t));
      parts.offset += sizeof(uint64_t);
    }
    return blocks_.ReadPart(parts.block, parts.offset, parts.size, scratch);
  }

  // Reads texts in the order in which they were added, block by block.
  class Reader {
   public:
    explicit Reader(const ByteLog& log) : log_(log) {}
    // Valid until the next call.
    absl::StatusOr<absl::string_view> Read(Place place) {
      const Parts parts = Split(place);
      if (parts.block == log_.blocks_.size()) return Cut(log_.open_, parts);
      if (parts.block != block_) {
        ASSIGN_OR_RETURN(bytes_, log_.blocks_.Read(parts.block, &scratch_));
        block_ = parts.block;
      }
      return Cut(bytes_, parts);
    }

   private:
    const ByteLog& log_;
    std::string scratch_;
    absl::string_view bytes_;
    uint64_t block_ = ~uint64_t{0};
  };

 private:
  static constexpr int kOffsetBits = 20;
  static constexpr int kSizeBits = 20;
  static constexpr size_t kBlockBytes = size_t{1} << kOffsetBits;
  static constexpr uint64_t kLong = (uint64_t{1} << kSizeBits) - 1;

  struct Parts {
    uint64_t block;
    uint64_t offset;
    uint64_t size;
  };
  static Parts Split(Place place) {
    const uint64_t rest = place - 1;
    return {rest >> (kOffsetBits + kSizeBits), rest >> kSizeBits & (kBlockBytes - 1), rest & kLong};
  }
  static absl::string_view Cut(absl::string_view block, Parts parts) {
    if (parts.size == kLong) {
      std::memcpy(&parts.size, block.data() + parts.offset, sizeof(uint64_t));
      parts.offset += sizeof(uint64_t);
    }
    return block.substr(parts.offset, parts.size);
  }
  void AppendSize(uint64_t size) {
    open_.append(reinterpret_cast<const char*>(&size), sizeof(size));
  }

  absl::Status Close() {
    const absl::Status status = blocks_.Add(open_);
    open_.clear();
    return status;
  }

  SpillBlocks blocks_;
  std::string open_;
};

}  // namespace entente::storage
