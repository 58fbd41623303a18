#include "storage/unpack.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace entente::storage {
namespace {

// Room for an offset of 64 bits at any bit of a byte.
__extension__ using Window = unsigned __int128;

// Values are taken in groups of eight, which begin and end at a byte whatever the width.
constexpr size_t kGroup = 8;

uint64_t Mask(uint8_t width) { return width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1; }

uint64_t OffsetAt(const PackedNumbers& numbers, size_t i) {
  const size_t bit = i * numbers.width;
  const size_t first = bit / 8;
  uint8_t window[16] = {};
  std::memcpy(window, numbers.bytes + first, std::min<size_t>(9, numbers.size - first));
  Window bits;
  std::memcpy(&bits, window, sizeof(bits));
  return static_cast<uint64_t>(bits >> (bit % 8)) & Mask(numbers.width);
}

template <typename T>
void UnpackScalar(const PackedNumbers& numbers, size_t begin, size_t end, T* out) {
  size_t i = begin;
  if (numbers.width <= kOneLoad && numbers.size >= 8) {
    // Up to the last value whose load ends within the packed bytes.
    const size_t last_bit = (size_t{numbers.size} - 8) * 8 + 7;
    const size_t safe = std::min(end, last_bit / numbers.width + 1);
    const uint64_t mask = Mask(numbers.width);
    for (; i < safe; ++i) {
      const size_t bit = i * numbers.width;
      uint64_t window;
      std::memcpy(&window, numbers.bytes + bit / 8, sizeof(window));
      *out++ = static_cast<T>(numbers.Value((window >> (bit % 8)) & mask));
    }
  }
  for (; i < end; ++i) *out++ = static_cast<T>(numbers.Value(OffsetAt(numbers, i)));
}

#if defined(__x86_64__)

// For each width, where the eight values of a group lie: byte k of lane n is the byte of the group
// that holds bits 8 k … 8 k + 7 of the window of value n; then it is shifted down by the rest.
struct alignas(64) Layout {
  uint8_t bytes[kGroup][8];
  // The same in pairs of values, counted from the first byte of the pair, for 16-byte shuffles.
  uint8_t pair_bytes[kGroup / 2][16];
  uint64_t shifts[kGroup];
  uint8_t pair_begin[kGroup / 2];
};

struct Layouts {
  constexpr Layouts() {
    for (size_t width = 1; width <= kOneLoad; ++width) {
      Layout& layout = of[width];
      for (size_t value = 0; value < kGroup; ++value) {
        const size_t bit = value * width;
        const size_t first = bit / 8;
        const size_t pair_first = (value & ~size_t{1}) * width / 8;
        layout.shifts[value] = bit % 8;
        layout.pair_begin[value / 2] = static_cast<uint8_t>(pair_first);
        for (size_t k = 0; k < 8; ++k) {
          layout.bytes[value][k] = static_cast<uint8_t>(first + k);
          layout.pair_bytes[value / 2][value % 2 * 8 + k] =
              static_cast<uint8_t>(first - pair_first + k);
        }
      }
    }
  }
  Layout of[kOneLoad + 1] = {};
};

constexpr Layouts kLayouts;

#define ENTENTE_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")))
#define ENTENTE_AVX2 __attribute__((target("avx2")))

template <typename T>
ENTENTE_AVX512 inline void Store(__m512i values, T* out) {
  if constexpr (sizeof(T) == 8) {
    _mm512_storeu_si512(out, values);
  } else if constexpr (sizeof(T) == 4) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_cvtepi64_epi32(values));
  } else if constexpr (sizeof(T) == 2) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm512_cvtepi64_epi16(values));
  } else {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm512_cvtepi64_epi8(values));
  }
}

// Whole groups [begin, end).
template <typename T>
ENTENTE_AVX512 void UnpackGroups512(const PackedNumbers& numbers, size_t begin, size_t end,
                                    T* out) {
  const Layout& layout = kLayouts.of[numbers.width];
  const __m512i bytes = _mm512_load_si512(layout.bytes);
  const __m512i shifts = _mm512_loadu_si512(layout.shifts);
  const __m512i mask = _mm512_set1_epi64(static_cast<int64_t>(Mask(numbers.width)));
  const __m512i base = _mm512_set1_epi64(static_cast<int64_t>(numbers.base));
  const __m512i scale = _mm512_set1_epi64(static_cast<int64_t>(numbers.scale));
  const __m512i none = _mm512_set1_epi64(static_cast<int64_t>(numbers.none));
  const __m512i one = _mm512_set1_epi64(1);
  // A group is as many bytes as a value has bits; no others are touched.
  const __mmask64 group_bytes = (uint64_t{1} << numbers.width) - 1;
  const uint8_t* from = numbers.bytes + begin * numbers.width;
  for (size_t group = begin; group < end; ++group, from += numbers.width, out += kGroup) {
    const __m512i packed = _mm512_maskz_loadu_epi8(group_bytes, from);
    const __m512i windows = _mm512_permutexvar_epi8(bytes, packed);
    __m512i values = _mm512_and_si512(_mm512_srlv_epi64(windows, shifts), mask);
    __mmask8 nones = 0;
    if (numbers.none_coded) {
      nones = _mm512_testn_epi64_mask(values, values);
      values = _mm512_sub_epi64(values, one);
    }
    if (numbers.scale != 1) values = _mm512_mullo_epi64(values, scale);
    values = _mm512_mask_mov_epi64(_mm512_add_epi64(values, base), nones, none);
    Store(values, out);
  }
}

template <typename T>
ENTENTE_AVX2 void UnpackGroups2(const PackedNumbers& numbers, size_t begin, size_t end, T* out) {
  const Layout& layout = kLayouts.of[numbers.width];
  const __m256i mask = _mm256_set1_epi64x(static_cast<int64_t>(Mask(numbers.width)));
  const __m256i base = _mm256_set1_epi64x(static_cast<int64_t>(numbers.base));
  const bool plain = !numbers.none_coded && numbers.scale == 1;
  const uint8_t* from = numbers.bytes + begin * numbers.width;
  for (size_t group = begin; group < end; ++group, from += numbers.width, out += kGroup) {
    alignas(32) uint64_t offsets[kGroup];
    for (size_t half = 0; half < 2; ++half) {
      const uint8_t* low = from + layout.pair_begin[half * 2];
      const uint8_t* high = from + layout.pair_begin[half * 2 + 1];
      const __m256i packed = _mm256_loadu2_m128i(reinterpret_cast<const __m128i*>(high),
                                                 reinterpret_cast<const __m128i*>(low));
      const __m256i bytes =
          _mm256_load_si256(reinterpret_cast<const __m256i*>(layout.pair_bytes[half * 2]));
      const __m256i shifts =
          _mm256_load_si256(reinterpret_cast<const __m256i*>(layout.shifts + half * 4));
      __m256i values = _mm256_shuffle_epi8(packed, bytes);
      values = _mm256_and_si256(_mm256_srlv_epi64(values, shifts), mask);
      if (plain) values = _mm256_add_epi64(values, base);
      _mm256_store_si256(reinterpret_cast<__m256i*>(offsets + half * 4), values);
    }
    for (size_t i = 0; i < kGroup; ++i) {
      out[i] = static_cast<T>(plain ? offsets[i] : numbers.Value(offsets[i]));
    }
  }
}

// Values before the first whole group and behind the last one are unpacked one by one.
template <typename T>
void UnpackInGroups(Unpacker unpacker, const PackedNumbers& numbers, size_t begin, size_t end,
                    T* out) {
  const size_t first = (begin + kGroup - 1) / kGroup;
  size_t last = end / kGroup;
  if (unpacker == Unpacker::kAvx2) {
    // The last load of a group begins below `width` bytes into it and takes 16.
    const size_t beyond = kLayouts.of[numbers.width].pair_begin[kGroup / 2 - 1] + 16;
    const size_t safe = numbers.size < beyond ? 0 : (numbers.size - beyond) / numbers.width + 1;
    last = std::min(last, safe);
  }
  if (first >= last) return UnpackScalar(numbers, begin, end, out);
  UnpackScalar(numbers, begin, first * kGroup, out);
  T* const groups = out + (first * kGroup - begin);
  if (unpacker == Unpacker::kAvx512) {
    UnpackGroups512(numbers, first, last, groups);
  } else {
    UnpackGroups2(numbers, first, last, groups);
  }
  UnpackScalar(numbers, last * kGroup, end, out + (last * kGroup - begin));
}

#endif

}  // namespace

uint64_t PackedNumbers::AtEnd(size_t i) const { return Value(OffsetAt(*this, i)); }

bool Runs(Unpacker unpacker) {
  switch (unpacker) {
    case Unpacker::kScalar:
      return true;
#if defined(__x86_64__)
    case Unpacker::kAvx2:
      return __builtin_cpu_supports("avx2") != 0;
    case Unpacker::kAvx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512vbmi");
#endif
    default:
      return false;
  }
}

Unpacker BestUnpacker() {
  static const Unpacker best = Runs(Unpacker::kAvx512) ? Unpacker::kAvx512
                               : Runs(Unpacker::kAvx2) ? Unpacker::kAvx2
                                                       : Unpacker::kScalar;
  return best;
}

template <typename T>
void Unpack(Unpacker unpacker, const PackedNumbers& numbers, size_t begin, size_t end, T* out) {
  if (numbers.width == 0) {
    std::fill(out, out + (end - begin), static_cast<T>(numbers.Value(0)));
    return;
  }
#if defined(__x86_64__)
  if (unpacker != Unpacker::kScalar && numbers.width <= kOneLoad) {
    return UnpackInGroups(unpacker, numbers, begin, end, out);
  }
#endif
  UnpackScalar(numbers, begin, end, out);
}

template void Unpack(Unpacker, const PackedNumbers&, size_t, size_t, uint64_t*);
template void Unpack(Unpacker, const PackedNumbers&, size_t, size_t, int64_t*);
template void Unpack(Unpacker, const PackedNumbers&, size_t, size_t, uint32_t*);
template void Unpack(Unpacker, const PackedNumbers&, size_t, size_t, int32_t*);
template void Unpack(Unpacker, const PackedNumbers&, size_t, size_t, uint16_t*);
template void Unpack(Unpacker, const PackedNumbers&, size_t, size_t, uint8_t*);

}  // namespace entente::storage
