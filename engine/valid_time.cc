#include "engine/valid_time.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/status.h"
#include "engine/temporal_text.h"
#include "engine/value_codec.h"
#include "storage/facts.h"
#include "storage/keys.h"
#include "storage/time.h"

namespace entente {
namespace {

using storage::FactRecord;
using storage::kMicrosecondsPerDay;
using storage::kOpenEnd;
using storage::kOpenStart;

// Some three million years either way. An interval between them is shorter than kOpenEnd days, so
// that the store can keep its length instead of its end.
constexpr int64_t kLastDay = int64_t{kOpenEnd} / 2;
constexpr int64_t kFirstDay = -kLastDay;

storage::Precision StoredPrecision(Precision precision) {
  switch (precision) {
    case Precision::kYear:
      return storage::Precision::kYear;
    case Precision::kMonth:
      return storage::Precision::kMonth;
    case Precision::kDay:
      break;
  }
  return storage::Precision::kDay;
}

Precision EnginePrecision(storage::Precision precision) {
  switch (precision) {
    case storage::Precision::kYear:
      return Precision::kYear;
    case storage::Precision::kMonth:
      return Precision::kMonth;
    default:
      return Precision::kDay;
  }
}

// A point on the time line: seconds since 1970-01-01T00:00Z and nanoseconds.
struct Point {
  int64_t seconds = 0;
  int32_t nanoseconds = 0;
};

Point PointOf(const Value& value) {
  if (value.type() == Value::Type::kDateTime) {
    return {value.date_time().seconds, value.date_time().nanoseconds};
  }
  if (value.type() == Value::Type::kLocalDateTime) {
    return {value.local_date_time().seconds, value.local_date_time().nanoseconds};
  }
  return {value.date().days * kSecondsPerDay, 0};
}

Instant Clamped(const Point& point, bool up) {
  constexpr int64_t kMicrosPerSecond = 1'000'000;
  constexpr int64_t kFarthest = std::numeric_limits<int64_t>::max() / kMicrosPerSecond - 1;
  if (point.seconds > kFarthest) return kLatest;
  if (point.seconds < -kFarthest) return kEarliest;
  return point.seconds * kMicrosPerSecond + (point.nanoseconds + (up ? 999 : 0)) / 1000;
}

int64_t DaysOf(const Point& point, bool up) {
  int64_t days = point.seconds / kSecondsPerDay;
  const int64_t rest = point.seconds % kSecondsPerDay;
  if (rest < 0) --days;
  if (up && (rest != 0 || point.nanoseconds != 0)) ++days;
  return days;
}

struct StoredEnd {
  int32_t day = 0;
  storage::Precision precision = storage::Precision::kNone;
  bool complete = false;  // day and precision are the whole value
};

StoredEnd Store(const ValidEnd& end, bool up) {
  StoredEnd stored;
  if (end.value.is_null()) {
    stored.day = up ? kOpenEnd : kOpenStart;
    stored.complete = true;
    return stored;
  }
  const bool is_date = end.value.type() == Value::Type::kDate;
  const int64_t days = is_date ? end.value.date().days : DaysOf(PointOf(end.value), up);
  stored.day = static_cast<int32_t>(std::clamp(days, kFirstDay, kLastDay));
  stored.precision = is_date ? StoredPrecision(end.precision) : storage::Precision::kInstant;
  stored.complete = is_date && stored.day == days;
  return stored;
}

void SetFlag(uint16_t flag, bool on, FactRecord* record) {
  record->flags = static_cast<uint16_t>(on ? record->flags | flag : record->flags & ~flag);
}

Value StoredDate(int32_t day, storage::Precision precision) {
  if (precision == storage::Precision::kNone || precision == storage::Precision::kInstant) {
    return Value::Null();
  }
  return Value::OfDate(Date{day});
}

absl::StatusOr<ValidEnd> EndOf(const FactRecord& record, PropertyId property, Value stored,
                               storage::Precision precision) {
  ValidEnd end;
  end.precision = EnginePrecision(precision);
  // A day may stand in the column cut short, then the property has the whole value; a column with
  // no end may be one that a value of another type left open.
  if (precision == storage::Precision::kNone) return end;
  ASSIGN_OR_RETURN(const Value exact, FindProperty(record.properties, property));
  end.value = exact.is_null() ? std::move(stored) : exact;
  if (end.value.is_null() || !ValidEndOf(end.value).has_value()) {
    return absl::DataLossError("a fact lost an end of its valid time");
  }
  return end;
}

void AppendEnd(const ValidEnd& end, storage::KeyWriter& key) {
  if (end.value.is_null()) {
    key.U8(static_cast<uint8_t>(storage::Precision::kNone));
    return;
  }
  const bool is_date = end.value.type() == Value::Type::kDate;
  const Point point = PointOf(end.value);
  key.U8(static_cast<uint8_t>(is_date ? StoredPrecision(end.precision)
                                      : storage::Precision::kInstant));
  // Turning the sign bit makes big-endian order the order of numbers.
  constexpr uint64_t kSign = uint64_t{1} << 63;
  key.U64(static_cast<uint64_t>(point.seconds) ^ kSign);
  key.U32(static_cast<uint32_t>(point.nanoseconds));
}

}  // namespace

std::optional<ValidEnd> ValidEndOf(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
    case Value::Type::kDate:
    case Value::Type::kDateTime:
    case Value::Type::kLocalDateTime:
      return ValidEnd{value, Precision::kDay};
    default:
      return std::nullopt;
  }
}

ValidEnd ValidEndOf(const PartialDate& date) {
  return ValidEnd{Value::OfDate(date.first_day), date.precision};
}

absl::StatusOr<ValidEnd> ParseValidEnd(absl::string_view text) {
  const size_t date_end = std::min(text.find('T'), text.size());
  const absl::StatusOr<PartialDate> date = ParsePartialDate(text.substr(0, date_end));
  if (date.ok() && date_end == text.size()) return ValidEndOf(*date);
  // Weeks, quarters and days of a year have no precision of ours; a moment needs a whole day.
  if (date.ok() && date->precision == Precision::kDay) {
    const absl::StatusOr<DateTime> instant = ParseDateTime(text);
    if (instant.ok()) return ValidEnd{Value::OfDateTime(*instant)};
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", text, "' is not a date such as 2024, 2024-06, 2024-06-18 or 2024-06-18T12:00:00Z"));
}

bool StoreValidFrom(const ValidEnd& end, FactRecord* record) {
  const StoredEnd stored = Store(end, false);
  record->valid_from = stored.day;
  record->from_precision = stored.precision;
  SetFlag(storage::kInexactFrom, !stored.complete, record);
  return !stored.complete;
}

bool StoreValidTo(const ValidEnd& end, FactRecord* record) {
  const StoredEnd stored = Store(end, true);
  record->valid_to = stored.day;
  record->to_precision = stored.precision;
  SetFlag(storage::kInexactTo, !stored.complete, record);
  return !stored.complete;
}

Value StoredValidFrom(const FactRecord& record) {
  return StoredDate(record.valid_from, record.from_precision);
}

Value StoredValidTo(const FactRecord& record) {
  return StoredDate(record.valid_to, record.to_precision);
}

absl::string_view PrecisionName(const FactRecord& record, bool from) {
  switch (from ? record.from_precision : record.to_precision) {
    case storage::Precision::kYear:
      return "year";
    case storage::Precision::kMonth:
      return "month";
    case storage::Precision::kDay:
      return "day";
    case storage::Precision::kInstant:
      return "instant";
    case storage::Precision::kNone:
      break;
  }
  return "";
}

Instant InstantOfFrom(const ValidEnd& end) {
  return end.value.is_null() ? kEarliest : Clamped(PointOf(end.value), false);
}

Instant InstantOfTo(const ValidEnd& end) {
  return end.value.is_null() ? kLatest : Clamped(PointOf(end.value), true);
}

DayRange::DayRange(const ValidRange& range) : after_(kFarthest), until_(-kFarthest) {
  if (range.from >= range.to) return;
  after_ = std::clamp(storage::DayOf(range.from), -kFarthest, kFarthest - 1);
  until_ = std::clamp(storage::DayOf(range.to - 1) + 1, -kFarthest + 1, kFarthest);
}

absl::StatusOr<ValidEnd> ValidFromOf(const FactRecord& record) {
  return EndOf(record, kValidFromProperty, StoredValidFrom(record), record.from_precision);
}

absl::StatusOr<ValidEnd> ValidToOf(const FactRecord& record) {
  return EndOf(record, kValidToProperty, StoredValidTo(record), record.to_precision);
}

std::string FactIdentity(NodeId subject, RelationId relation, NodeId object, const ValidEnd& from,
                         const ValidEnd& to) {
  storage::KeyWriter key;
  key.U64(subject).U32(relation).U64(object);
  AppendEnd(from, key);
  AppendEnd(to, key);
  return key.bytes();
}

absl::StatusOr<std::string> IdentityOf(const FactRecord& record) {
  if ((record.flags & storage::kIdentified) == 0) return std::string();
  if (!record.identity.empty()) return record.identity;
  ASSIGN_OR_RETURN(const ValidEnd from, ValidFromOf(record));
  ASSIGN_OR_RETURN(const ValidEnd to, ValidToOf(record));
  return FactIdentity(record.subject, record.relation, record.object, from, to);
}

}  // namespace entente
