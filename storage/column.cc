#include "storage/column.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "storage/check.h"

namespace entente::storage {
namespace {

// Room for an offset of 64 bits at any bit of a byte.
__extension__ using Window = unsigned __int128;

constexpr uint8_t kNoneCoded = 0x80;

// Appends offset_of(value) of each value.
template <typename OffsetOf>
void Pack(absl::Span<const uint64_t> values, uint8_t width, const OffsetOf& offset_of,
          std::string* out) {
  if (width == 0) return;
  const size_t start = out->size();
  out->resize(start + (values.size() * width + 7) / 8);
  char* bytes = out->data() + start;
  if (width <= 32) {
    uint64_t pending = 0;
    int bits = 0;
    for (uint64_t value : values) {
      pending |= offset_of(value) << bits;
      bits += width;
      if (bits < 32) continue;
      const uint32_t word = static_cast<uint32_t>(pending);
      std::memcpy(bytes, &word, sizeof(word));
      bytes += sizeof(word);
      pending >>= 32;
      bits -= 32;
    }
    for (; bits > 0; bits -= 8, pending >>= 8) *bytes++ = static_cast<char>(pending);
    return;
  }
  Window pending = 0;
  int bits = 0;
  for (uint64_t value : values) {
    pending |= static_cast<Window>(offset_of(value)) << bits;
    for (bits += width; bits >= 8; bits -= 8) {
      *bytes++ = static_cast<char>(pending);
      pending >>= 8;
    }
  }
  if (bits > 0) *bytes = static_cast<char>(pending);
}

// What all differences to `base` are multiples of.
uint64_t CommonScale(const ColumnType& type, absl::Span<const uint64_t> values, uint64_t base) {
  uint64_t scale = 0;
  for (uint64_t value : values) {
    if (type.has_none && value == type.none) continue;
    const uint64_t difference = value - base;
    // Nearly always a multiple of what was found before.
    if (scale != 0 && difference % scale == 0) continue;
    scale = std::gcd(scale, difference);
    if (scale == 1) break;
  }
  return scale == 0 ? 1 : scale;
}

}  // namespace

void Column::Append(const ColumnType& type, absl::Span<const uint64_t> values, std::string* headers,
                    std::string* packed) {
  bool any = false;
  bool none = false;
  int64_t least = 0;
  int64_t greatest = 0;
  for (uint64_t value : values) {
    if (type.has_none && value == type.none) {
      none = true;
      continue;
    }
    const int64_t v = static_cast<int64_t>(value);
    least = any ? std::min(least, v) : v;
    greatest = any ? std::max(greatest, v) : v;
    any = true;
  }
  const uint64_t base = static_cast<uint64_t>(least);
  const uint64_t scale = type.scaled ? CommonScale(type, values, base) : 1;
  const uint64_t range = (static_cast<uint64_t>(greatest) - base) / scale;
  ENTENTE_CHECK(!none || range != ~uint64_t{0});
  const uint8_t width = static_cast<uint8_t>(std::bit_width(none && any ? range + 1 : range));

  headers->push_back(static_cast<char>(none ? width | kNoneCoded : width));
  AppendVarint(ZigZag(least), headers);
  if (type.scaled) AppendVarint(scale, headers);
  const uint64_t first = none ? 1 : 0;
  if (scale == 1 && !none) {
    Pack(
        values, width, [base](uint64_t value) { return value - base; }, packed);
  } else {
    Pack(
        values, width,
        [&](uint64_t value) {
          return none && value == type.none ? 0 : (value - base) / scale + first;
        },
        packed);
  }
}

bool Column::ReadHeader(const ColumnType& type, ByteReader* bytes) {
  uint8_t width;
  int64_t base;
  if (!bytes->Fixed(&width) || !bytes->Signed(&base)) return false;
  numbers_.none_coded = (width & kNoneCoded) != 0;
  if (numbers_.none_coded && !type.has_none) return false;
  numbers_.width = width & ~kNoneCoded;
  if (numbers_.width > 64) return false;
  numbers_.base = static_cast<uint64_t>(base);
  numbers_.none = type.none;
  numbers_.scale = 1;
  return !type.scaled || bytes->Varint(&numbers_.scale);
}

bool Column::ReadPacked(size_t n, ByteReader* bytes) {
  absl::string_view packed;
  if (n > ~uint32_t{0} || !bytes->Bytes((n * numbers_.width + 7) / 8, &packed)) return false;
  numbers_.bytes = reinterpret_cast<const uint8_t*>(packed.data());
  numbers_.size = packed.size();
  return true;
}

}  // namespace entente::storage
