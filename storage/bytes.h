// Writing and reading the bytes of values: little-endian numbers, variable-length numbers (seven
// bits a byte, the lowest first, the high bit means "more"), counted text.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::storage {

// What a varint takes at most.
inline constexpr size_t kMostVarintBytes = 10;

// Writes a varint and returns its size.
inline size_t PutVarint(uint64_t v, char* out) {
  size_t size = 0;
  for (; v >= 0x80; v >>= 7) out[size++] = static_cast<char>(v | 0x80);
  out[size++] = static_cast<char>(v);
  return size;
}

inline void AppendVarint(uint64_t v, std::string* out) {
  char bytes[kMostVarintBytes];
  out->append(bytes, PutVarint(v, bytes));
}

// Small numbers of either sign become small numbers: 0, −1, 1, −2 … to 0, 1, 2, 3 …
inline uint64_t ZigZag(int64_t v) {
  return (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63);
}
inline int64_t UnZigZag(uint64_t v) { return static_cast<int64_t>((v >> 1) ^ (~(v & 1) + 1)); }

template <typename T>
void AppendFixed(T v, std::string* out) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &v, sizeof(T));  // every machine we run on is little-endian
  out->append(bytes, sizeof(T));
}

// Takes bytes apart. Every read returns false, and takes nothing, when the bytes are not there.
class ByteReader {
 public:
  explicit ByteReader(absl::string_view bytes) : rest_(bytes) {}

  bool Varint(uint64_t* v) {
    uint64_t value = 0;
    for (size_t i = 0; i < rest_.size() && i < 10; ++i) {
      const uint64_t byte = static_cast<uint8_t>(rest_[i]);
      if (i == 9 && byte > 1) return false;
      value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        *v = value;
        return true;
      }
    }
    return false;
  }
  // A varint that fits `T`.
  template <typename T>
  bool Number(T* v) {
    uint64_t value;
    if (!Varint(&value) || value > static_cast<uint64_t>(static_cast<T>(~T{0}))) return false;
    *v = static_cast<T>(value);
    return true;
  }
  bool Signed(int64_t* v) {
    uint64_t value;
    if (!Varint(&value)) return false;
    *v = UnZigZag(value);
    return true;
  }
  template <typename T>
  bool Fixed(T* v) {
    if (rest_.size() < sizeof(T)) return false;
    std::memcpy(v, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
    return true;
  }
  bool Bytes(uint64_t n, absl::string_view* v) {
    if (n > rest_.size()) return false;
    *v = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return true;
  }
  absl::string_view rest() const { return rest_; }
  bool done() const { return rest_.empty(); }

 private:
  absl::string_view rest_;
};

}  // namespace entente::storage
