// Unpacking of columns (column.h), in a scalar form that is always there and in forms for wider
// registers that are chosen when the program starts. All give the same numbers, and none reads
// beyond the packed bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace entente::storage {

// The widest offset that one eight-byte load at any bit of a byte covers.
inline constexpr uint8_t kOneLoad = 57;

// Packed offsets and what they mean: base + scale · offset; with `none_coded` an offset of 0 is
// `none` and the others count from 1.
struct PackedNumbers {
  const uint8_t* bytes = nullptr;
  uint32_t size = 0;  // of the bytes
  uint8_t width = 0;
  bool none_coded = false;
  uint64_t base = 0;
  uint64_t scale = 1;
  uint64_t none = 0;

  uint64_t Value(uint64_t offset) const {
    if (none_coded) {
      if (offset == 0) return none;
      --offset;
    }
    return base + scale * offset;
  }
  // The value at `i`.
  uint64_t At(size_t i) const {
    if (width == 0) return Value(0);
    const size_t bit = i * width;
    if (width > kOneLoad || bit / 8 + sizeof(uint64_t) > size) return AtEnd(i);
    uint64_t window;
    std::memcpy(&window, bytes + bit / 8, sizeof(window));
    return Value(window >> bit % 8 & ((uint64_t{1} << width) - 1));
  }

 private:
  // The same where one load would not do.
  uint64_t AtEnd(size_t i) const;
};

enum class Unpacker : uint8_t { kScalar, kAvx2, kAvx512 };
// Whether this machine has it.
bool Runs(Unpacker unpacker);
// The fastest that it has.
Unpacker BestUnpacker();

// Values [begin, end) to `out`, cut to T: 64, 32, 16 or 8 bits, signed or not.
template <typename T>
void Unpack(Unpacker unpacker, const PackedNumbers& numbers, size_t begin, size_t end, T* out);

}  // namespace entente::storage
