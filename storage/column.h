// Packed columns: n numbers as a base and equally wide offsets ("frame of reference"), so that any
// slice decodes alone.
//
//   header   width u8           bits of an offset, 0 … 64; with 0x80 added, offset 0 means "none"
//                               and the others count from 1
//            base varint        zigzag of the least value
//            scale varint       only in columns declared as scaled: values are base + scale ·
//            offset
//   packed   ⌈n · width / 8⌉ bytes, the lowest bits first
//
// Headers of all columns of a page or block stand together before the packed parts. unpack.h holds
// all unpacking there is.
#pragma once

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
  uint64_t At(size_t i) const { return numbers_.At(i); }
  // Values [begin, end) to `out`, cut to T. end must not be above n.
  template <typename T>
  void Unpack(size_t begin, size_t end, T* out) const {
    storage::Unpack(BestUnpacker(), numbers_, begin, end, out);
  }

 private:
  PackedNumbers numbers_;
};

}  // namespace entente::storage
