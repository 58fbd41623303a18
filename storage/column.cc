#include "storage/column.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <vector>

#include "storage/check.h"

namespace entente::storage {
namespace {

// Room for an offset of 64 bits at any bit of a byte.
__extension__ using Window = unsigned __int128;

constexpr uint8_t kNoneCoded = 0x80;
constexpr uint8_t kAllUsual = 0xff;  // as a width
constexpr size_t kBitsAByte = 8;

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

// Of the first n.
size_t CountBits(absl::string_view bits, size_t n) {
  size_t count = 0;
  size_t byte = 0;
  for (; (byte + sizeof(uint64_t)) * kBitsAByte <= n; byte += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, bits.data() + byte, sizeof(word));
    count += std::popcount(word);
  }
  for (; byte * kBitsAByte < n; ++byte) {
    const size_t left = std::min(n - byte * kBitsAByte, kBitsAByte);
    count += std::popcount(static_cast<uint8_t>(bits[byte] & ((1 << left) - 1)));
  }
  return count;
}

void AppendSparse(ColumnType type, absl::Span<const uint64_t> values, std::string* headers,
                  std::string* packed) {
  std::vector<uint64_t> own;
  std::string bits((values.size() + kBitsAByte - 1) / kBitsAByte, '\0');
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] == type.usual) continue;
    own.push_back(values[i]);
    bits[i / kBitsAByte] = static_cast<char>(bits[i / kBitsAByte] | 1 << i % kBitsAByte);
  }
  if (own.empty()) {
    headers->push_back(static_cast<char>(kAllUsual));
    return;
  }
  *packed += bits;
  type.sparse = false;
  Column::Append(type, own, headers, packed);
}

}  // namespace

void Column::Append(const ColumnType& type, absl::Span<const uint64_t> values, std::string* headers,
                    std::string* packed) {
  if (type.sparse) return AppendSparse(type, values, headers, packed);
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
  is_sparse_ = type.sparse;
  usual_ = type.usual;
  uint8_t width;
  int64_t base;
  if (!bytes->Fixed(&width)) return false;
  all_usual_ = is_sparse_ && width == kAllUsual;
  if (all_usual_) return true;
  if (!bytes->Signed(&base)) return false;
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
  if (n > ~uint32_t{0}) return false;
  if (is_sparse_) {
    if (all_usual_) return true;
    if (!bytes->Bytes((n + kBitsAByte - 1) / kBitsAByte, &own_)) return false;
    n = CountBits(own_, n);
  }
  absl::string_view packed;
  if (!bytes->Bytes((n * numbers_.width + 7) / 8, &packed)) return false;
  numbers_.bytes = reinterpret_cast<const uint8_t*>(packed.data());
  numbers_.size = packed.size();
  return true;
}

size_t Column::OwnBefore(size_t i) const { return CountBits(own_, i); }

uint64_t Column::SparseAt(size_t i) const {
  return !all_usual_ && HasOwn(i) ? numbers_.At(OwnBefore(i)) : usual_;
}

}  // namespace entente::storage
