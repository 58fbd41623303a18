// PrefixCode: a canonical Huffman code. Symbols are told by their places in the order of codes: by
// rising length, and among equally long ones by rising code. How many codes of each length there
// are says everything about the code, as in Deflate; the first bits of codes come first.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "storage/bits.h"

namespace entente::storage {

class PrefixCode {
 public:
  static constexpr int kLongest = 24;  // bits of a code
  // By length, from 0, of which there are none.
  using Counts = std::array<uint32_t, kLongest + 1>;

  // Huffman's lengths for symbols that come so often; 0 for those that never do.
  static std::vector<uint8_t> LengthsFor(std::vector<uint64_t> counts);

  // False when there cannot be so many codes.
  bool Assign(const Counts& of_length);
  size_t size() const { return size_; }

  struct Code {
    uint32_t bits = 0;
    int length = 0;
  };
  Code At(uint32_t place) const;
  // Takes a code; false when what follows is none.
  bool Take(BitReader* bits, uint32_t* place) const {
    const uint32_t window = static_cast<uint32_t>(bits->Window() >> (64 - kLongest));
    const Entry entry = table_[window >> (kLongest - kTableBits)];
    int length = entry.length;
    if (length != 0) {
      *place = entry.place;
      return bits->Skip(length);
    }
    for (length = kTableBits + 1; length <= kLongest; ++length) {
      if (window >= limits_[length]) continue;
      *place = first_place_[length] + ((window - limits_[length - 1]) >> (kLongest - length));
      return bits->Skip(length);
    }
    return false;
  }

 private:
  static constexpr int kTableBits = 11;
  struct Entry {
    uint32_t place : 24;
    uint32_t length : 8;  // 0: longer than the table's bits, or no code
  };

  size_t size_ = 0;
  // What follows the codes that are no longer, as kLongest bits.
  std::array<uint32_t, kLongest + 1> limits_ = {};
  std::array<uint32_t, kLongest + 1> first_place_ = {};  // by length
  std::vector<Entry> table_;                             // by the next bits
};

}  // namespace entente::storage
