// Writing and reading values bit by bit, the highest bit of a byte first.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::storage {

// Appends bits.
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
  // Where the next bit stands.
  uint64_t at() const { return at_; }

 private:
  absl::string_view bytes_;
  uint64_t at_;
  const uint64_t end_;
};

// Elias's gamma code of a number from 1 on: as many zeros as its bits have followers, then its
// bits.
inline void AppendGamma(uint32_t number, BitWriter* out) {
  const int followers = std::bit_width(number) - 1;
  if (followers > 0) out->Put(0, followers);
  out->Put(number, followers + 1);
}
// False when what follows is none, or of a greater number.
inline bool ReadGamma(BitReader* bits, uint32_t* number) {
  const int followers = std::countl_zero(bits->Window());
  if (followers >= 32 || !bits->Skip(followers)) return false;
  *number = static_cast<uint32_t>(bits->Window() >> (63 - followers));
  return bits->Skip(followers + 1);
}

}  // namespace entente::storage
