// Unpacking of columns (column.h), in a scalar form that is always there and in forms for wider
// registers that are chosen when the program starts. All give the same numbers, and none reads
// beyond the packed bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace entente::storage {

// Packed offsets and what they mean: base + scale · offset; with `none_coded` an offset of 0 is
// `none` and the others count from 1.
struct PackedNumbers {
  const uint8_t* bytes = nullptr;
  size_t size = 0;  // of the bytes
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
  uint64_t At(size_t i) const;
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
