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
// The widest offset that one eight-byte load at any bit of a byte covers.
constexpr uint8_t kOneLoad = 57;

void Pack(absl::Span<const uint64_t> offsets, uint8_t width, std::string* out) {
  if (width == 0) return;
  const size_t start = out->size();
  out->resize(start + (offsets.size() * width + 7) / 8);
  uint8_t* bytes = reinterpret_cast<uint8_t*>(out->data()) + start;
  Window pending = 0;
  int bits = 0;
  for (uint64_t offset : offsets) {
    pending |= static_cast<Window>(offset) << bits;
    for (bits += width; bits >= 8; bits -= 8) {
      *bytes++ = static_cast<uint8_t>(pending);
      pending >>= 8;
    }
  }
  if (bits > 0) *bytes = static_cast<uint8_t>(pending);
}

uint64_t Mask(uint8_t width) { return width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1; }

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
  uint64_t scale = 0;
  if (type.scaled) {
    for (uint64_t value : values) {
      if (!(type.has_none && value == type.none)) scale = std::gcd(scale, value - base);
    }
  }
  if (scale == 0) scale = 1;
  const uint64_t range = (static_cast<uint64_t>(greatest) - base) / scale;
  ENTENTE_CHECK(!none || range != ~uint64_t{0});
  const uint8_t width = static_cast<uint8_t>(std::bit_width(none && any ? range + 1 : range));

  headers->push_back(static_cast<char>(none ? width | kNoneCoded : width));
  AppendVarint(ZigZag(least), headers);
  if (type.scaled) AppendVarint(scale, headers);
  std::vector<uint64_t> offsets;
  offsets.reserve(values.size());
  for (uint64_t value : values) {
    if (type.has_none && value == type.none) {
      offsets.push_back(0);
    } else {
      offsets.push_back((value - base) / scale + (none ? 1 : 0));
    }
  }
  Pack(offsets, width, packed);
}

bool Column::ReadHeader(const ColumnType& type, ByteReader* bytes) {
  uint8_t width;
  int64_t base;
  if (!bytes->Fixed(&width) || !bytes->Signed(&base)) return false;
  none_coded_ = (width & kNoneCoded) != 0;
  if (none_coded_ && !type.has_none) return false;
  width_ = width & ~kNoneCoded;
  if (width_ > 64) return false;
  base_ = static_cast<uint64_t>(base);
  none_ = type.none;
  scale_ = 1;
  return !type.scaled || bytes->Varint(&scale_);
}

bool Column::ReadPacked(size_t n, ByteReader* bytes) {
  return n <= ~uint32_t{0} && bytes->Bytes((n * width_ + 7) / 8, &packed_);
}

uint64_t Column::Offset(size_t i) const {
  const size_t bit = i * width_;
  const size_t first = bit / 8;
  uint8_t window[16] = {};
  std::memcpy(window, packed_.data() + first, std::min<size_t>(9, packed_.size() - first));
  Window bits;
  std::memcpy(&bits, window, sizeof(bits));
  return static_cast<uint64_t>(bits >> (bit % 8)) & Mask(width_);
}

uint64_t Column::At(size_t i) const { return Value(width_ == 0 ? 0 : Offset(i)); }

template <typename T>
void Column::Unpack(size_t begin, size_t end, T* out) const {
  if (width_ == 0) {
    std::fill(out, out + (end - begin), static_cast<T>(Value(0)));
    return;
  }
  size_t i = begin;
  if (width_ <= kOneLoad && packed_.size() >= 8) {
    // Up to the last value whose load ends within the packed bytes.
    const size_t last_bit = (packed_.size() - 8) * 8 + 7;
    const size_t safe = std::min(end, last_bit / width_ + 1);
    const uint64_t mask = Mask(width_);
    for (; i < safe; ++i) {
      const size_t bit = i * width_;
      uint64_t window;
      std::memcpy(&window, packed_.data() + bit / 8, sizeof(window));
      *out++ = static_cast<T>(Value((window >> (bit % 8)) & mask));
    }
  }
  for (; i < end; ++i) *out++ = static_cast<T>(Value(Offset(i)));
}

template void Column::Unpack(size_t, size_t, uint64_t*) const;
template void Column::Unpack(size_t, size_t, int64_t*) const;
template void Column::Unpack(size_t, size_t, uint32_t*) const;
template void Column::Unpack(size_t, size_t, int32_t*) const;
template void Column::Unpack(size_t, size_t, uint16_t*) const;
template void Column::Unpack(size_t, size_t, uint8_t*) const;

}  // namespace entente::storage
