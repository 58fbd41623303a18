// PrefixCode: a canonical Huffman code. Symbols are told by their places in the order of codes: by
// rising length, and among equally long ones by rising code. How many codes of each length there
// are says everything about the code, as in Deflate; the first bits of codes come first.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace entente::storage {

// Appends bits, the highest of a byte first.
class BitWriter {
 public:
  explicit BitWriter(std::string* out) : out_(out) {}

  // The lowest `length` bits of `bits`, which has no others; 32 at most.
  void Put(uint32_t bits, int length) {
    pending_ = pending_ << length | bits;
    count_ += length;
    size_ += static_cast<uint64_t>(length);
    if (count_ < 32) return;
    count_ -= 32;
    const uint32_t word = __builtin_bswap32(static_cast<uint32_t>(pending_ >> count_));
    char bytes[sizeof(word)];
    std::memcpy(bytes, &word, sizeof(word));
    out_->append(bytes, sizeof(bytes));
  }
  // Bits so far.
  uint64_t size() const { return size_; }
  // Fills up the last byte. Nothing is put after that.
  void Finish() {
    for (; count_ >= 8; count_ -= 8) out_->push_back(static_cast<char>(pending_ >> (count_ - 8)));
    if (count_ > 0) out_->push_back(static_cast<char>(pending_ << (8 - count_)));
    count_ = 0;
  }

 private:
  std::string* out_;
  uint64_t pending_ = 0;
  int count_ = 0;  // of bits that are pending, less than 32
  uint64_t size_ = 0;
};

// Takes bits [begin, end) of bytes that have so many.
class BitReader {
 public:
  BitReader(absl::string_view bytes, uint64_t begin, uint64_t end)
      : bytes_(bytes), at_(begin), end_(end) {}

  // The next bits, the first one highest; 57 of them at least, behind the end any.
  uint64_t Window() const {
    const size_t byte = static_cast<size_t>(at_ / 8);
    uint64_t word = 0;
    if (byte + sizeof(word) <= bytes_.size()) {
      std::memcpy(&word, bytes_.data() + byte, sizeof(word));
    } else if (byte < bytes_.size()) {
      std::memcpy(&word, bytes_.data() + byte, bytes_.size() - byte);
    }
    return __builtin_bswap64(word) << (at_ % 8);
  }
  // False, and takes nothing, when there are fewer.
  bool Skip(int bits) {
    if (static_cast<uint64_t>(bits) > end_ - at_) return false;
    at_ += static_cast<uint64_t>(bits);
    return true;
  }
  bool done() const { return at_ == end_; }

 private:
  absl::string_view bytes_;
  uint64_t at_;
  const uint64_t end_;
};

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
