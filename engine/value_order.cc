#include "engine/value_order.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/hash/hash.h"
#include "absl/numeric/int128.h"
#include "engine/temporal_zone.h"

namespace entente {
namespace {

using Type = Value::Type;

template <typename T>
int Sign(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

// Neither may be NaN. Doubles hold not every integer, so the integer is compared with the double's
// whole part as an integer.
int CompareExactly(int64_t a, double b) {
  if (b >= 0x1p63) return -1;
  if (b < -0x1p63) return 1;
  const double whole = std::trunc(b);
  const int by_whole = Sign(a, static_cast<int64_t>(whole));
  return by_whole != 0 ? by_whole : Sign(whole, b);
}

int CompareNumbers(const Value& a, const Value& b) {
  if (a.is_integer()) {
    return b.is_integer() ? Sign(a.integer(), b.integer())
                          : CompareExactly(a.integer(), b.floating());
  }
  return b.is_integer() ? -CompareExactly(b.integer(), a.floating())
                        : Sign(a.floating(), b.floating());
}

bool IsNan(const Value& value) { return value.is_float() && std::isnan(value.floating()); }

absl::string_view ZoneName(const DateTime& v) {
  return v.zone != nullptr ? absl::string_view(v.zone->name) : absl::string_view();
}

// By instant; the same instant by offset, then by the zone's name.
int CompareTimes(const Time& a, const Time& b) {
  const int by_instant = Sign(a.nanoseconds - a.offset_seconds * kNanosPerSecond,
                              b.nanoseconds - b.offset_seconds * kNanosPerSecond);
  return by_instant != 0 ? by_instant : Sign(a.offset_seconds, b.offset_seconds);
}

int CompareDateTimes(const DateTime& a, const DateTime& b) {
  if (a.seconds != b.seconds) return Sign(a.seconds, b.seconds);
  if (a.nanoseconds != b.nanoseconds) return Sign(a.nanoseconds, b.nanoseconds);
  if (a.offset_seconds != b.offset_seconds) return Sign(a.offset_seconds, b.offset_seconds);
  return Sign(ZoneName(a), ZoneName(b));
}

// Both of one of the five temporal types.
int CompareTemporals(const Value& a, const Value& b) {
  switch (a.type()) {
    case Type::kDate:
      return Sign(a.date().days, b.date().days);
    case Type::kLocalTime:
      return Sign(a.local_time().nanoseconds, b.local_time().nanoseconds);
    case Type::kTime:
      return CompareTimes(a.time(), b.time());
    case Type::kLocalDateTime: {
      const LocalDateTime& x = a.local_date_time();
      const LocalDateTime& y = b.local_date_time();
      return x.seconds != y.seconds ? Sign(x.seconds, y.seconds)
                                    : Sign(x.nanoseconds, y.nanoseconds);
    }
    default:
      return CompareDateTimes(a.date_time(), b.date_time());
  }
}

// The length with months of 30.436875 days, a 4800th of the Gregorian calendar's cycle.
absl::int128 AverageNanos(const Duration& v) {
  constexpr int64_t kSecondsPerAverageMonth = 2'629'746;
  return (absl::int128(v.months) * kSecondsPerAverageMonth + absl::int128(v.days) * kSecondsPerDay +
          v.seconds) *
             kNanosPerSecond +
         v.nanoseconds;
}

int CompareDurations(const Duration& a, const Duration& b) {
  const int by_length = Sign(AverageNanos(a), AverageNanos(b));
  if (by_length != 0) return by_length;
  return a.months != b.months ? Sign(a.months, b.months) : Sign(a.days, b.days);
}

// What < and its kin can find out about two values.
enum class Comparison { kLess, kEqual, kGreater, kNan, kNull };

Comparison FromSign(int sign) {
  return sign < 0 ? Comparison::kLess : (sign > 0 ? Comparison::kGreater : Comparison::kEqual);
}

Comparison Compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    return IsNan(a) || IsNan(b) ? Comparison::kNan : FromSign(CompareNumbers(a, b));
  }
  if (a.type() != b.type()) return Comparison::kNull;
  if (a.is_temporal()) return FromSign(CompareTemporals(a, b));
  switch (a.type()) {
    case Type::kString:
      return FromSign(Sign(a.string(), b.string()));
    case Type::kBoolean:
      return FromSign(Sign(a.boolean(), b.boolean()));
    case Type::kList: {
      const size_t common = std::min(a.list().size(), b.list().size());
      for (size_t i = 0; i < common; ++i) {
        const Comparison element = Compare(a.list()[i], b.list()[i]);
        if (element != Comparison::kEqual) return element;
      }
      return FromSign(Sign(a.list().size(), b.list().size()));
    }
    default:
      return Comparison::kNull;
  }
}

std::optional<bool> And(std::optional<bool> a, std::optional<bool> b) {
  if ((a && !*a) || (b && !*b)) return false;
  if (!a || !b) return std::nullopt;
  return true;
}

std::optional<bool> ListsEqual(const std::vector<Value>& a, const std::vector<Value>& b) {
  if (a.size() != b.size()) return false;
  std::optional<bool> result = true;
  for (size_t i = 0; i < a.size() && result != std::optional<bool>(false); ++i) {
    result = And(result, Equals(a[i], b[i]));
  }
  return result;
}

std::optional<bool> MapsEqual(const std::vector<MapEntry>& a, const std::vector<MapEntry>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].first != b[i].first) return false;
  }
  std::optional<bool> result = true;
  for (size_t i = 0; i < a.size() && result != std::optional<bool>(false); ++i) {
    result = And(result, Equals(a[i].second, b[i].second));
  }
  return result;
}

template <typename Elements>
int OrderElements(const Elements& a, const Elements& b) {
  const size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    const int order = OrderOf(a[i], b[i]);
    if (order != 0) return order;
  }
  return Sign(a.size(), b.size());
}

int OrderMaps(const std::vector<MapEntry>& a, const std::vector<MapEntry>& b) {
  const size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    const int order = Sign(a[i].first, b[i].first);
    if (order != 0) return order;
  }
  if (a.size() != b.size()) return Sign(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    const int order = OrderOf(a[i].second, b[i].second);
    if (order != 0) return order;
  }
  return 0;
}

int OrderPaths(const PathContent& a, const PathContent& b) {
  const size_t common = std::min(a.nodes.size(), b.nodes.size());
  for (size_t i = 0; i < common; ++i) {
    if (i > 0) {
      const int by_relationship = OrderOf(a.relationships[i - 1], b.relationships[i - 1]);
      if (by_relationship != 0) return by_relationship;
    }
    const int by_node = OrderOf(a.nodes[i], b.nodes[i]);
    if (by_node != 0) return by_node;
  }
  return Sign(a.nodes.size(), b.nodes.size());
}

int OrderNumbers(const Value& a, const Value& b) {
  if (IsNan(a) || IsNan(b)) return Sign(IsNan(a), IsNan(b));
  return CompareNumbers(a, b);
}

int TypeRank(const Value& value) {
  return static_cast<int>(value.is_float() ? Type::kInteger : value.type());
}

template <typename... Parts>
size_t Hash(const Parts&... parts) {
  return absl::HashOf(parts...);
}

// A float that is a whole number hashes as the integer of that amount.
size_t HashFloat(double v) {
  if (std::isnan(v)) return Hash(-1);
  if (v == std::trunc(v) && v >= -0x1p63 && v < 0x1p63) return Hash(static_cast<int64_t>(v));
  return Hash(v);
}

template <typename Elements>
size_t HashElements(Type type, const Elements& elements) {
  size_t hash = Hash(static_cast<int>(type), elements.size());
  for (const Value& element : elements) hash = Hash(hash, HashOf(element));
  return hash;
}

size_t HashMap(const std::vector<MapEntry>& entries) {
  size_t hash = Hash(static_cast<int>(Type::kMap), entries.size());
  for (const auto& [key, value] : entries) hash = Hash(hash, key, HashOf(value));
  return hash;
}

size_t HashTemporal(const Value& value) {
  const int type = static_cast<int>(value.type());
  switch (value.type()) {
    case Type::kDate:
      return Hash(type, value.date().days);
    case Type::kLocalTime:
      return Hash(type, value.local_time().nanoseconds);
    case Type::kTime:
      return Hash(type, value.time().nanoseconds, value.time().offset_seconds);
    case Type::kLocalDateTime:
      return Hash(type, value.local_date_time().seconds, value.local_date_time().nanoseconds);
    case Type::kDateTime:
      return Hash(type, value.date_time().seconds, value.date_time().nanoseconds,
                  value.date_time().offset_seconds, value.date_time().zone);
    default: {
      const Duration& v = value.duration();
      return Hash(type, v.months, v.days, v.seconds, v.nanoseconds);
    }
  }
}

}  // namespace

std::optional<bool> Equals(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return std::nullopt;
  if (a.is_list() && b.is_list()) return ListsEqual(a.list(), b.list());
  if (a.is_map() && b.is_map()) return MapsEqual(a.map(), b.map());
  if (IsNan(a) || IsNan(b)) return false;
  return OrderOf(a, b) == 0;
}

std::optional<bool> Less(const Value& a, const Value& b) {
  const Comparison comparison = Compare(a, b);
  if (comparison == Comparison::kNull) return std::nullopt;
  return comparison == Comparison::kLess;
}

std::optional<bool> LessOrEqual(const Value& a, const Value& b) {
  const Comparison comparison = Compare(a, b);
  if (comparison == Comparison::kNull) return std::nullopt;
  return comparison == Comparison::kLess || comparison == Comparison::kEqual;
}

bool Equivalent(const Value& a, const Value& b) { return OrderOf(a, b) == 0; }

size_t HashOf(const Value& value) {
  const int type = static_cast<int>(value.type());
  switch (value.type()) {
    case Type::kNull:
      return Hash(type);
    case Type::kBoolean:
      return Hash(type, value.boolean());
    case Type::kInteger:
      return Hash(value.integer());
    case Type::kFloat:
      return HashFloat(value.floating());
    case Type::kString:
      return Hash(type, value.string());
    case Type::kList:
      return HashElements(value.type(), value.list());
    case Type::kMap:
      return HashMap(value.map());
    case Type::kNode:
      return Hash(type, value.node_id());
    case Type::kRelationship:
      return Hash(type, value.relationship().id);
    case Type::kPath:
      return Hash(HashElements(value.type(), value.path().nodes),
                  HashElements(value.type(), value.path().relationships));
    default:
      return HashTemporal(value);
  }
}

int OrderOf(const Value& a, const Value& b) {
  if (TypeRank(a) != TypeRank(b)) return Sign(TypeRank(a), TypeRank(b));
  if (a.is_number()) return OrderNumbers(a, b);
  if (a.is_temporal()) return CompareTemporals(a, b);
  switch (a.type()) {
    case Type::kBoolean:
      return Sign(a.boolean(), b.boolean());
    case Type::kString:
      return a.string().compare(b.string());
    case Type::kList:
      return OrderElements(a.list(), b.list());
    case Type::kMap:
      return OrderMaps(a.map(), b.map());
    case Type::kNode:
      return Sign(a.node_id(), b.node_id());
    case Type::kRelationship:
      return Sign(a.relationship().id, b.relationship().id);
    case Type::kPath:
      return OrderPaths(a.path(), b.path());
    case Type::kDuration:
      return CompareDurations(a.duration(), b.duration());
    default:
      return 0;
  }
}

}  // namespace entente
