#include "engine/temporal_fields.h"

#include <cstdint>

#include "engine/temporal_calendar.h"
#include "engine/temporal_duration.h"
#include "engine/temporal_text.h"
#include "engine/temporal_zone.h"

namespace entente {
namespace {

using Type = Value::Type;

std::optional<int64_t> DateField(Date date, absl::string_view name) {
  const CivilDate civil = CivilOf(date);
  if (name == "year") return civil.year;
  if (name == "quarter") return (civil.month + 2) / 3;
  if (name == "month") return civil.month;
  if (name == "week") return WeekDateOf(date).week;
  if (name == "weekYear") return WeekDateOf(date).year;
  if (name == "day") return civil.day;
  if (name == "ordinalDay") return DayOfYear(date);
  if (name == "weekDay" || name == "dayOfWeek") return DayOfWeek(date);
  if (name == "dayOfQuarter") return DayOfQuarter(date);
  return std::nullopt;
}

std::optional<int64_t> TimeField(LocalTime time, absl::string_view name) {
  const int64_t seconds = time.nanoseconds / kNanosPerSecond;
  const int64_t fraction = time.nanoseconds % kNanosPerSecond;
  if (name == "hour") return seconds / 3600;
  if (name == "minute") return seconds / 60 % 60;
  if (name == "second") return seconds % 60;
  if (name == "millisecond") return fraction / 1'000'000;
  if (name == "microsecond") return fraction / 1'000;
  if (name == "nanosecond") return fraction;
  return std::nullopt;
}

std::optional<Value> OffsetField(int32_t offset_seconds, const NamedZone* zone,
                                 absl::string_view name) {
  if (name == "timezone" && zone != nullptr) return Value::String(zone->name);
  if (name == "timezone" || name == "offset") return Value::String(FormatOffset(offset_seconds));
  if (name == "offsetMinutes") return Value::Integer(offset_seconds / 60);
  if (name == "offsetSeconds") return Value::Integer(offset_seconds);
  return std::nullopt;
}

// Fractions are dropped towards zero, also in negative durations.
std::optional<absl::int128> DurationField(const Duration& v, absl::string_view name) {
  const absl::int128 nanos = NanosOf(v);
  const auto whole = [&](int64_t unit) { return nanos / unit; };
  const auto fraction = [&](int64_t unit) { return nanos % kNanosPerSecond / unit; };
  if (name == "years") return v.months / 12;
  if (name == "quarters") return v.months / 3;
  if (name == "months") return v.months;
  if (name == "weeks") return v.days / 7;
  if (name == "days") return v.days;
  if (name == "hours") return whole(3600 * kNanosPerSecond);
  if (name == "minutes") return whole(60 * kNanosPerSecond);
  if (name == "seconds") return whole(kNanosPerSecond);
  if (name == "milliseconds") return whole(1'000'000);
  if (name == "microseconds") return whole(1'000);
  if (name == "nanoseconds") return whole(1);
  if (name == "quartersOfYear") return v.months / 3 % 4;
  if (name == "monthsOfQuarter") return v.months % 3;
  if (name == "monthsOfYear") return v.months % 12;
  if (name == "daysOfWeek") return v.days % 7;
  if (name == "minutesOfHour") return whole(60 * kNanosPerSecond) % 60;
  if (name == "secondsOfMinute") return whole(kNanosPerSecond) % 60;
  if (name == "millisecondsOfSecond") return fraction(1'000'000);
  if (name == "microsecondsOfSecond") return fraction(1'000);
  if (name == "nanosecondsOfSecond") return fraction(1);
  return std::nullopt;
}

std::optional<Value> AsValue(std::optional<absl::int128> field) {
  if (!field) return std::nullopt;
  const auto number = static_cast<int64_t>(*field);
  return number == *field ? Value::Integer(number) : Value::Null();
}

std::optional<Value> LocalField(const LocalDateTime& local, absl::string_view name) {
  const std::optional<int64_t> field = DateField(DateOf(local), name);
  return AsValue(field ? field : TimeField(TimeOf(local), name));
}

std::optional<Value> InstantField(const DateTime& v, absl::string_view name) {
  if (name == "epochSeconds") return Value::Integer(v.seconds);
  if (name == "epochMillis") {
    return AsValue(absl::int128(v.seconds) * 1'000 + v.nanoseconds / 1'000'000);
  }
  std::optional<Value> field = OffsetField(v.offset_seconds, v.zone, name);
  return field ? field : LocalField(LocalOf(v), name);
}

}  // namespace

std::optional<Value> TemporalComponent(const Value& value, absl::string_view name) {
  switch (value.type()) {
    case Type::kDate:
      return AsValue(DateField(value.date(), name));
    case Type::kLocalTime:
      return AsValue(TimeField(value.local_time(), name));
    case Type::kTime: {
      std::optional<Value> field = OffsetField(value.time().offset_seconds, nullptr, name);
      return field ? field : AsValue(TimeField(LocalTime{value.time().nanoseconds}, name));
    }
    case Type::kLocalDateTime:
      return LocalField(value.local_date_time(), name);
    case Type::kDateTime:
      return InstantField(value.date_time(), name);
    case Type::kDuration:
      return AsValue(DurationField(value.duration(), name));
    default:
      return std::nullopt;
  }
}

}  // namespace entente
