// Packed columns: n numbers as a base and equally wide offsets ("frame of reference"), so that any
// slice decodes alone.
//
//   header   width u8           bits of an offset, 0 … 64; with 0x80 added, offset 0 means "none"
//                               and the others count from 1
//            base varint        zigzag of the least value
//            scale varint       only in columns declared as scaled: values are base + scale ·
//            offset
//   packed   ⌈n · width / 8⌉ bytes, the lowest bits first
//   packed of a column declared as sparse: a bit a row, the lowest first, which says whether the
//            row has a number of its own, then the numbers of those that have; all others are the
//            usual value. Both are left out when no row has one, which width 0xff says.
//
// Headers of all columns of a page or block stand together before the packed parts. unpack.h holds
// all unpacking there is.
#pragma once

#include <algorithm>
#include <cstdint>
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
  bool sparse = false;  // nearly all values are `usual`
  uint64_t usual = 0;
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
  uint64_t At(size_t i) const { return is_sparse_ ? SparseAt(i) : numbers_.At(i); }
  // Values [begin, end) to `out`, cut to T. end must not be above n.
  template <typename T>
  void Unpack(size_t begin, size_t end, T* out) const {
    if (!is_sparse_) return storage::Unpack(BestUnpacker(), numbers_, begin, end, out);
    std::fill(out, out + (end - begin), static_cast<T>(usual_));
    if (all_usual_) return;
    size_t number = OwnBefore(begin);
    for (size_t i = begin; i < end; ++i) {
      if (HasOwn(i)) out[i - begin] = static_cast<T>(numbers_.At(number++));
    }
  }

 private:
  // Whether row `i` has a number of its own, and how many rows before it have.
  bool HasOwn(size_t i) const { return static_cast<uint8_t>(own_[i / 8]) >> i % 8 & 1; }
  size_t OwnBefore(size_t i) const;
  uint64_t SparseAt(size_t i) const;

  PackedNumbers numbers_;
  bool is_sparse_ = false;
  uint64_t usual_ = 0;
  bool all_usual_ = false;
  absl::string_view own_;  // a bit a row: whether it has a number of its own
};

}  // namespace entente::storage
