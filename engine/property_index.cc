#include "engine/property_index.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/status.h"
#include "engine/temporal.h"
#include "engine/value_codec.h"
#include "storage/keys.h"
#include "storage/nodes.h"

namespace entente {
namespace {

using storage::KeyWriter;
using Type = Value::Type;

constexpr size_t kStringBytes = 256;

// In the order of Value::Type, with room between them.
enum class Kind : uint8_t {
  kList = 0x10,
  kDateTime = 0x20,
  kLocalDateTime = 0x21,
  kDate = 0x22,
  kTime = 0x23,
  kLocalTime = 0x24,
  kDuration = 0x30,
  kString = 0x40,
  kBoolean = 0x50,
  kNumber = 0x60,
};

constexpr uint64_t kSignBit = uint64_t{1} << 63;

uint64_t Sortable(int64_t v) { return static_cast<uint64_t>(v) ^ kSignBit; }

uint64_t Sortable(double v) {
  if (v == 0) v = 0;  // −0 is 0
  uint64_t bits;
  std::memcpy(&bits, &v, sizeof(bits));
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

// nullopt for what no property can be.
std::optional<Kind> KindOf(const Value& value) {
  switch (value.type()) {
    case Type::kList:
      return Kind::kList;
    case Type::kDateTime:
      return Kind::kDateTime;
    case Type::kLocalDateTime:
      return Kind::kLocalDateTime;
    case Type::kDate:
      return Kind::kDate;
    case Type::kTime:
      return Kind::kTime;
    case Type::kLocalTime:
      return Kind::kLocalTime;
    case Type::kDuration:
      return Kind::kDuration;
    case Type::kString:
      return Kind::kString;
    case Type::kBoolean:
      return Kind::kBoolean;
    case Type::kInteger:
    case Type::kFloat:
      return Kind::kNumber;
    default:
      return std::nullopt;
  }
}

// What conditions can be true of: no NaN, no null, no map.
std::optional<Kind> ComparableKindOf(const Value& value) {
  if (value.is_float() && std::isnan(value.floating())) return std::nullopt;
  return KindOf(value);
}

// The least bytes that are above all that begin with `prefix`, which has a byte below 0xff.
std::string Above(std::string prefix) {
  while (prefix.back() == '\xff') prefix.pop_back();
  ++prefix.back();
  return prefix;
}

IndexRange RangeUnder(std::string prefix) {
  IndexRange range{prefix, ""};
  range.below = Above(std::move(prefix));
  return range;
}

}  // namespace

std::string IndexValue(const Value& value) {
  const std::optional<Kind> kind = KindOf(value);
  ENTENTE_CHECK(kind.has_value());
  KeyWriter bytes(*kind);
  switch (*kind) {
    case Kind::kList:
    case Kind::kDuration:
      break;
    case Kind::kDateTime:
      bytes.U64(Sortable(value.date_time().seconds))
          .U32(static_cast<uint32_t>(value.date_time().nanoseconds));
      break;
    case Kind::kLocalDateTime:
      bytes.U64(Sortable(value.local_date_time().seconds))
          .U32(static_cast<uint32_t>(value.local_date_time().nanoseconds));
      break;
    case Kind::kDate:
      bytes.U64(Sortable(value.date().days));
      break;
    case Kind::kTime:
      bytes.U64(Sortable(value.time().nanoseconds - value.time().offset_seconds * kNanosPerSecond));
      break;
    case Kind::kLocalTime:
      bytes.U64(Sortable(value.local_time().nanoseconds));
      break;
    case Kind::kString:
      bytes.Escaped(value.string().substr(0, kStringBytes));
      break;
    case Kind::kBoolean:
      bytes.U8(value.boolean() ? 1 : 0);
      break;
    case Kind::kNumber:
      bytes.U64(Sortable(value.number()));
      break;
  }
  return bytes.bytes();
}

std::optional<IndexRange> RangeOfEqual(const Value& value) {
  if (!ComparableKindOf(value).has_value()) return std::nullopt;
  return RangeUnder(IndexValue(value));
}

std::optional<IndexRange> RangeOfPrefix(const Value& prefix) {
  if (!prefix.is_string()) return std::nullopt;
  return RangeUnder(
      KeyWriter(Kind::kString).EscapedPrefix(prefix.string().substr(0, kStringBytes)).bytes());
}

std::optional<IndexRange> RangeBetween(const Value* least, const Value* greatest) {
  const std::optional<Kind> kind = ComparableKindOf(least != nullptr ? *least : *greatest);
  if (!kind.has_value()) return std::nullopt;
  IndexRange range = RangeUnder(KeyWriter(*kind).bytes());
  if (least != nullptr) range.from = IndexValue(*least);
  if (greatest == nullptr) return range;
  if (ComparableKindOf(*greatest) != kind) return std::nullopt;
  range.below = Above(IndexValue(*greatest));
  if (range.from >= range.below) return std::nullopt;
  return range;
}

std::vector<IndexRange> RangesOfAny(const Value& list) {
  std::vector<IndexRange> ranges;
  for (const Value& value : list.list()) {
    std::optional<IndexRange> range = RangeOfEqual(value);
    if (range.has_value()) ranges.push_back(*std::move(range));
  }
  // Two of them are the same or apart.
  std::sort(ranges.begin(), ranges.end(),
            [](const IndexRange& a, const IndexRange& b) { return a.from < b.from; });
  ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
  return ranges;
}

absl::StatusOr<std::vector<IndexEntry>> IndexEntriesOf(const Catalogue& catalogue,
                                                       const storage::NodeRecord& record) {
  std::vector<IndexEntry> entries;
  for (const PropertyIndex& index : catalogue.indexes()) {
    const std::vector<LabelId>& covered = catalogue.DescendantLabels(index.label);
    const bool bears = std::any_of(record.labels.begin(), record.labels.end(), [&](LabelId label) {
      return std::binary_search(covered.begin(), covered.end(), label);
    });
    if (!bears) continue;
    ASSIGN_OR_RETURN(const Value value, FindProperty(record.properties, index.property));
    if (!value.is_null()) entries.push_back({index.id, IndexValue(value)});
  }
  return entries;
}

}  // namespace entente
