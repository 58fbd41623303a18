#include "storage/column.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "storage/check.h"

namespace entente::storage {
namespace {

// Room for an offset of 64 bits at any bit of a byte.
__extension__ using Window = unsigned __int128;

constexpr uint8_t kNoneCoded = 0x80;
constexpr uint8_t kSparse = 65;  // added to a width
constexpr uint8_t kWidestSparse = 61;
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

// Divides by a number without a division: Granlund, Montgomery, "Division by invariant integers
// using multiplication", 1994, section 9.
class Divisor {
 public:
  // Not 0.
  explicit Divisor(uint64_t number)
      : shift_(std::countr_zero(number)), most_(~uint64_t{0} / number) {
    const uint64_t odd = number >> shift_;
    inverse_ = odd;  // right in the last three bits, and in twice as many each time
    for (int bits = 3; bits < 64; bits *= 2) inverse_ *= 2 - odd * inverse_;
  }

  bool Divides(uint64_t value) const { return Quotient(value) <= most_; }
  // Of a multiple.
  uint64_t Quotient(uint64_t value) const { return std::rotr(value * inverse_, shift_); }

 private:
  int shift_;
  uint64_t most_;
  uint64_t inverse_;
};

// What all differences to `base` are multiples of.
uint64_t CommonScale(const ColumnType& type, absl::Span<const uint64_t> values, uint64_t base) {
  uint64_t scale = 0;
  Divisor divisor(1);
  for (uint64_t value : values) {
    if (type.has_none && value == type.none) continue;
    const uint64_t difference = value - base;
    // Nearly always a multiple of what was found before.
    if (scale != 0 && divisor.Divides(difference)) continue;
    scale = std::gcd(scale, difference);
    if (scale == 1) break;
    if (scale != 0) divisor = Divisor(scale);
  }
  return scale == 0 ? 1 : scale;
}

// The least and the greatest; false when there are only nones, of which `*none` tells.
bool FindRange(const ColumnType& type, absl::Span<const uint64_t> values, int64_t* least,
               int64_t* greatest, bool* none) {
  *least = std::numeric_limits<int64_t>::max();
  *greatest = std::numeric_limits<int64_t>::min();
  size_t nones = 0;
  if (type.has_none) {
    for (const uint64_t value : values) {
      const bool is_none = value == type.none;
      nones += is_none ? 1 : 0;
      const int64_t v = static_cast<int64_t>(value);
      *least = is_none ? *least : std::min(*least, v);
      *greatest = is_none ? *greatest : std::max(*greatest, v);
    }
  } else {
    for (const uint64_t value : values) {
      *least = std::min(*least, static_cast<int64_t>(value));
      *greatest = std::max(*greatest, static_cast<int64_t>(value));
    }
  }
  *none = nones > 0;
  return nones < values.size();
}

// Of the first n.
size_t CountBits(const uint8_t* bits, size_t size, size_t n) {
  constexpr size_t kBitsAWord = sizeof(uint64_t) * kBitsAByte;
  size_t count = 0;
  for (size_t first = 0; first < n; first += kBitsAWord) {
    const uint8_t* const begin = bits + first / kBitsAByte;
    const size_t rest = size - first / kBitsAByte;
    uint64_t word = 0;
    if (rest >= sizeof(word)) {
      std::memcpy(&word, begin, sizeof(word));
    } else {
      std::memcpy(&word, begin, rest);
    }
    if (n - first < kBitsAWord) word &= (uint64_t{1} << (n - first)) - 1;
    count += static_cast<size_t>(std::popcount(word));
  }
  return count;
}

// Base, scale and width that hold some values.
struct Packing {
  // `unit` is what differences are known to be multiples of; 0: they are looked at in scaled
  // columns.
  Packing(const ColumnType& type, absl::Span<const uint64_t> values, uint64_t unit = 0) {
    int64_t least;
    int64_t greatest;
    const bool any = FindRange(type, values, &least, &greatest, &none);
    if (!any) least = greatest = 0;
    base = static_cast<uint64_t>(least);
    scale = unit != 0 ? unit : type.scaled ? CommonScale(type, values, base) : 1;
    const uint64_t range = (static_cast<uint64_t>(greatest) - base) / scale;
    ENTENTE_CHECK(!none || range != ~uint64_t{0});
    const uint64_t first = none && any ? 1 : 0;
    width = static_cast<uint8_t>(std::bit_width(range + first));
    // A base of 0 takes the fewest bytes.
    const uint64_t whole = static_cast<uint64_t>(greatest) / scale + first;
    if (least > 0 && base % scale == 0 && std::bit_width(whole) == width) base = 0;
  }

  bool none = false;  // is among them
  uint64_t base;
  uint64_t scale;
  uint8_t width;
};

// `sparse` is added to the width.
void AppendHeader(const ColumnType& type, const Packing& packing, uint8_t sparse,
                  std::string* headers) {
  headers->push_back(static_cast<char>((packing.none ? kNoneCoded : 0) | (packing.width + sparse)));
  AppendVarint(ZigZag(static_cast<int64_t>(packing.base)), headers);
  if (type.scaled) AppendVarint(packing.scale, headers);
}

void AppendNumbers(const ColumnType& type, const Packing& packing,
                   absl::Span<const uint64_t> values, std::string* packed) {
  const uint64_t base = packing.base;
  if (packing.scale == 1 && !packing.none) {
    Pack(
        values, packing.width, [base](uint64_t value) { return value - base; }, packed);
    return;
  }
  const uint64_t first = packing.none ? 1 : 0;
  const Divisor scale(packing.scale);
  Pack(
      values, packing.width,
      [&, base](uint64_t value) {
        return packing.none && value == type.none ? 0 : scale.Quotient(value - base) + first;
      },
      packed);
}

bool IsUsual(const ColumnType& type, uint64_t value) {
  return type.usual_unit == 0 ? value == type.usual : value % type.usual_unit == 0;
}

// The rows of a column that may be sparse.
struct Rows {
  // `owns`: how many are not usual.
  Rows(const ColumnType& type, absl::Span<const uint64_t> values, size_t owns)
      : bits((values.size() + kBitsAByte - 1) / kBitsAByte, '\0') {
    own.reserve(owns);
    if (type.usual_unit != 0) usual.reserve(values.size() - owns);
    for (size_t i = 0; i < values.size(); ++i) {
      if (IsUsual(type, values[i])) {
        if (type.usual_unit != 0) usual.push_back(values[i]);
        continue;
      }
      own.push_back(values[i]);
      bits[i / kBitsAByte] = static_cast<char>(bits[i / kBitsAByte] | 1 << i % kBitsAByte);
    }
  }

  std::string bits;             // a bit a row: whether it has a number of its own
  std::vector<uint64_t> own;    // those
  std::vector<uint64_t> usual;  // the others, when they are multiples of a unit
};

// False, and nothing is done, when a bit a row would not pay.
bool AppendSparse(const ColumnType& type, absl::Span<const uint64_t> values, std::string* headers,
                  std::string* packed) {
  const size_t n = values.size();
  const size_t owns = static_cast<size_t>(std::count_if(
      values.begin(), values.end(), [&](uint64_t value) { return !IsUsual(type, value); }));
  if (owns == n && n > 0) return false;
  if (owns == 0 && type.usual_unit == 0) {
    headers->push_back(static_cast<char>(kAllUsual));
    return true;
  }
  const Rows rows(type, values, owns);
  const Packing own(type, rows.own);
  const Packing usual(type, rows.usual, std::max<uint64_t>(type.usual_unit, 1));
  if (own.width > kWidestSparse) return false;
  const bool all_usual = owns == 0;
  // Usual values among the others seldom make those narrower.
  const size_t bits = n + rows.own.size() * own.width + rows.usual.size() * usual.width;
  const bool may_lose = type.usual_unit != 0 || n * own.width < bits;
  if (!all_usual && may_lose && Packing(type, values).width * n <= bits) return false;
  if (all_usual) {
    headers->push_back(static_cast<char>(kAllUsual));
  } else {
    AppendHeader(type, own, kSparse, headers);
    *packed += rows.bits;
    AppendNumbers(type, own, rows.own, packed);
  }
  if (type.usual_unit == 0) return true;
  headers->push_back(static_cast<char>(usual.width));
  AppendVarint(ZigZag(static_cast<int64_t>(usual.base)), headers);
  AppendNumbers(type, usual, rows.usual, packed);
  return true;
}

bool ReadNumbers(size_t n, ByteReader* bytes, PackedNumbers* numbers) {
  absl::string_view packed;
  if (!bytes->Bytes((n * numbers->width + 7) / 8, &packed)) return false;
  if (packed.size() > std::numeric_limits<uint32_t>::max()) return false;
  numbers->bytes = reinterpret_cast<const uint8_t*>(packed.data());
  numbers->size = static_cast<uint32_t>(packed.size());
  return true;
}

}  // namespace

void Column::Append(const ColumnType& type, absl::Span<const uint64_t> values, std::string* headers,
                    std::string* packed) {
  if (type.rising) {
    std::vector<uint64_t> lowered(values.begin(), values.end());
    for (size_t i = 0; i < lowered.size(); ++i) lowered[i] -= i;
    ColumnType level = type;
    level.rising = false;
    return Append(level, lowered, headers, packed);
  }
  const bool may_be_sparse = type.may_be_sparse || type.usual_unit != 0;
  if (may_be_sparse && AppendSparse(type, values, headers, packed)) return;
  const Packing packing(type, values);
  AppendHeader(type, packing, /*sparse=*/0, headers);
  AppendNumbers(type, packing, values, packed);
}

bool Column::ReadHeader(const ColumnType& type, ByteReader* bytes) {
  is_rising_ = type.rising;
  uint8_t width;
  if (!bytes->Fixed(&width)) return false;
  all_usual_ = width == kAllUsual;
  is_sparse_ = (width & ~kNoneCoded) >= kSparse;
  if (is_sparse_ && !type.may_be_sparse && type.usual_unit == 0) return false;
  if (!all_usual_ && !ReadNumbersHeader(type, width, bytes)) return false;
  return !is_sparse_ || ReadUsualHeader(type, bytes);
}

bool Column::ReadNumbersHeader(const ColumnType& type, uint8_t width, ByteReader* bytes) {
  int64_t base;
  if (!bytes->Signed(&base)) return false;
  numbers_.none_coded = (width & kNoneCoded) != 0;
  if (numbers_.none_coded && !type.has_none) return false;
  numbers_.width = static_cast<uint8_t>((width & ~kNoneCoded) - (is_sparse_ ? kSparse : 0));
  if (is_sparse_ && numbers_.width > kWidestSparse) return false;
  numbers_.base = static_cast<uint64_t>(base);
  numbers_.none = type.none;
  numbers_.scale = 1;
  return !type.scaled || bytes->Varint(&numbers_.scale);
}

bool Column::ReadUsualHeader(const ColumnType& type, ByteReader* bytes) {
  usual_ = PackedNumbers();
  usual_.base = type.usual;
  if (type.usual_unit == 0) return true;
  int64_t base;
  if (!bytes->Fixed(&usual_.width) || usual_.width > 64 || !bytes->Signed(&base)) return false;
  usual_.base = static_cast<uint64_t>(base);
  usual_.scale = type.usual_unit;
  return true;
}

bool Column::ReadPacked(size_t n, ByteReader* bytes) {
  if (n > ~uint32_t{0}) return false;
  if (!is_sparse_) return ReadNumbers(n, bytes, &numbers_);
  size_t own = 0;
  if (!all_usual_) {
    absl::string_view bits;
    if (!bytes->Bytes((n + kBitsAByte - 1) / kBitsAByte, &bits)) return false;
    // So there are fewer than 2^32 of them.
    own_ = reinterpret_cast<const uint8_t*>(bits.data());
    own_size_ = static_cast<uint32_t>(bits.size());
    own = OwnBefore(n);
    if (!ReadNumbers(own, bytes, &numbers_)) return false;
  }
  return ReadNumbers(n - own, bytes, &usual_);
}

size_t Column::OwnBefore(size_t i) const { return CountBits(own_, own_size_, i); }

uint64_t Column::SparseAt(size_t i) const {
  if (all_usual_) return usual_.At(i);
  const bool has_own = HasOwn(i);
  // Counting takes longer than all else.
  if (!has_own && usual_.width == 0) return usual_.Value(0);
  const size_t before = OwnBefore(i);
  return has_own ? numbers_.At(before) : usual_.At(i - before);
}

}  // namespace entente::storage
