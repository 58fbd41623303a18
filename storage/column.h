// Packed columns: n numbers as a base and equally wide offsets ("frame of reference"), so that any
// slice decodes alone.
//
//   header   width u8           bits of an offset, 0 … 64; 65 more when the column is sparse;
//                               with 0x80 added, offset 0 means "none" and the others count from 1
//            base varint        zigzag of the least value, or 0 where the offsets from it are as
//                               narrow
//            scale varint       only in columns declared as scaled: values are base + scale ·
//                               offset
//   packed   ⌈n · width / 8⌉ bytes, the lowest bits first
//   packed of a sparse column: a bit a row, the lowest first, which says whether the row has a
//            number of its own, then the numbers of those that have. All others are the usual
//            value, or multiples of the usual unit, whose header and numbers follow. No row has a
//            number of its own when the header's first byte is 0xff.
//
// Headers of all columns of a page or block stand together before the packed parts. unpack.h holds
// all unpacking there is.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/bytes.h"
#include "storage/unpack.h"

namespace entente::storage {

// What both sides know of a column without its bytes.
struct ColumnType {
  bool scaled = false;
  bool has_none = false;  // may hold `none`, which costs no range
  uint64_t none = 0;
  bool may_be_sparse = false;  // is, when that is smaller: most values are `usual`
  uint64_t usual = 0;
  uint64_t usual_unit = 0;  // unless 0: may be sparse, most values are multiples of it
  bool rising = false;      // values grow with their rows: packed is value − row
};

class Column {
 public:
  // Values are 64-bit patterns; signed ones are given sign-extended.
  static void Append(const ColumnType& type, absl::Span<const uint64_t> values,
                     std::string* headers, std::string* packed);

  // Reads a header, then, after all headers, the packed part of `n` values. False when the bytes
  // are not a column.
  bool ReadHeader(const ColumnType& type, ByteReader* bytes);
  bool ReadPacked(size_t n, ByteReader* bytes);

  // The value at `i`, which must be below n.
  uint64_t At(size_t i) const {
    const uint64_t number = is_sparse_ ? SparseAt(i) : numbers_.At(i);
    return is_rising_ ? number + i : number;
  }
  // Values [begin, end) to `out`, cut to T. end must not be above n.
  template <typename T>
  void Unpack(size_t begin, size_t end, T* out) const {
    if (is_sparse_) {
      UnpackSparse(begin, end, out);
    } else {
      storage::Unpack(BestUnpacker(), numbers_, begin, end, out);
    }
    if (!is_rising_) return;
    for (size_t i = begin; i < end; ++i) out[i - begin] = static_cast<T>(out[i - begin] + i);
  }

 private:
  static constexpr size_t kRowsAWord = 64;

  bool ReadNumbersHeader(const ColumnType& type, uint8_t width, ByteReader* bytes);
  bool ReadUsualHeader(const ColumnType& type, ByteReader* bytes);

  template <typename T>
  void UnpackSparse(size_t begin, size_t end, T* out) const {
    if (begin == end) return;
    if (all_usual_) return storage::Unpack(BestUnpacker(), usual_, begin, end, out);
    if (usual_.width == 0) std::fill(out, out + (end - begin), static_cast<T>(usual_.Value(0)));
    T own[kRowsAWord];
    size_t number = OwnBefore(begin);
    for (size_t first = begin / kRowsAWord * kRowsAWord; first < end; first += kRowsAWord) {
      const size_t from = std::max(first, begin);
      const size_t to = std::min(first + kRowsAWord, end);
      uint64_t rows = OwnOf(first) & (~uint64_t{0} << (from - first));
      if (to - first < kRowsAWord) rows &= (uint64_t{1} << (to - first)) - 1;
      if (usual_.width != 0) UnpackUsual(rows, from, to, number, out + (from - begin));
      const size_t count = static_cast<size_t>(std::popcount(rows));
      if (count == 0) continue;
      storage::Unpack(BestUnpacker(), numbers_, number, number + count, own);
      number += count;
      for (size_t i = 0; i < count; ++i, rows &= rows - 1) {
        out[first + static_cast<size_t>(std::countr_zero(rows)) - begin] = own[i];
      }
    }
  }
  // Usual numbers to the rows of [from, to) that have no bit in `own`; others get some number.
  // `own_before` is how many have one before those.
  template <typename T>
  void UnpackUsual(uint64_t own, size_t from, size_t to, size_t own_before, T* out) const {
    const size_t count = to - from - static_cast<size_t>(std::popcount(own));
    T usual[kRowsAWord + 1];
    usual[count] = 0;
    storage::Unpack(BestUnpacker(), usual_, from - own_before, from - own_before + count, usual);
    const T* next = usual;
    own >>= from % kRowsAWord;
    for (size_t i = 0; i < to - from; ++i, own >>= 1) {
      out[i] = *next;
      next += ~own & 1;
    }
  }
  // Whether row `i` has a number of its own, and how many rows before it have.
  bool HasOwn(size_t i) const { return own_[i / 8] >> i % 8 & 1; }
  size_t OwnBefore(size_t i) const;
  // The bits of rows from `first` on, a multiple of 64.
  uint64_t OwnOf(size_t first) const {
    uint64_t rows = 0;
    std::memcpy(&rows, own_ + first / 8, std::min(sizeof(rows), own_size_ - first / 8));
    return rows;
  }
  uint64_t SparseAt(size_t i) const;

  PackedNumbers numbers_;
  bool is_rising_ = false;
  bool is_sparse_ = false;
  bool all_usual_ = false;
  uint32_t own_size_ = 0;
  const uint8_t* own_ = nullptr;  // a bit a row: whether it has a number of its own
  PackedNumbers usual_;           // of the rows without numbers of their own
};

}  // namespace entente::storage
