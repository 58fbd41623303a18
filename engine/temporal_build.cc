#include "engine/temporal_build.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/temporal_calendar.h"
#include "engine/temporal_components.h"
#include "engine/temporal_duration.h"
#include "engine/temporal_text.h"
#include "engine/temporal_zone.h"

namespace entente {
namespace {

using Type = Value::Type;

absl::Status WrongArgument(Type wanted, const Value& argument) {
  return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                   absl::StrCat("A ", Value::TypeName(wanted), " cannot be made from a ",
                                Value::TypeName(argument.type())));
}

std::optional<Date> DatePartOf(const Value& v) {
  switch (v.type()) {
    case Type::kDate:
      return v.date();
    case Type::kLocalDateTime:
      return DateOf(v.local_date_time());
    case Type::kDateTime:
      return DateOf(LocalOf(v.date_time()));
    default:
      return std::nullopt;
  }
}

std::optional<LocalTime> TimePartOf(const Value& v) {
  switch (v.type()) {
    case Type::kLocalTime:
      return v.local_time();
    case Type::kTime:
      return LocalTime{v.time().nanoseconds};
    case Type::kLocalDateTime:
      return TimeOf(v.local_date_time());
    case Type::kDateTime:
      return TimeOf(LocalOf(v.date_time()));
    default:
      return std::nullopt;
  }
}

std::optional<ZoneOrOffset> ZonePartOf(const Value& v) {
  if (v.type() == Type::kTime) return ZoneOrOffset{nullptr, v.time().offset_seconds};
  if (v.type() == Type::kDateTime) {
    return ZoneOrOffset{v.date_time().zone, v.date_time().offset_seconds};
  }
  return std::nullopt;
}

DateTime Place(const LocalDateTime& local, const ZoneOrOffset& zone) {
  return zone.zone != nullptr ? InZone(local, *zone.zone) : AtOffset(local, zone.offset_seconds);
}

// A time of the day knows no date, so a named zone stands for its offset at `now`.
int32_t OffsetOf(const ZoneOrOffset& zone, const DateTime& now) {
  return zone.zone != nullptr ? OffsetAt(*zone.zone, now.seconds) : zone.offset_seconds;
}

// What a value of any of the five types is put together from.
struct Parts {
  Date date;
  LocalTime time;
  // The zone in which date and time are told, if any, and the zone in which the result is wanted.
  std::optional<ZoneOrOffset> told;
  std::optional<ZoneOrOffset> wanted;
};

Value Assemble(Type type, const Parts& parts, const DateTime& now) {
  const ZoneOrOffset utc;
  switch (type) {
    case Type::kDate:
      return Value::OfDate(parts.date);
    case Type::kLocalTime:
      return Value::OfLocalTime(parts.time);
    case Type::kLocalDateTime:
      return Value::OfLocalDateTime(Combine(parts.date, parts.time));
    case Type::kTime: {
      const int32_t wanted = OffsetOf(parts.wanted.value_or(parts.told.value_or(utc)), now);
      const int32_t told = parts.told ? parts.told->offset_seconds : wanted;
      return Value::OfTime(
          Time{FloorMod(parts.time.nanoseconds + (wanted - told) * kNanosPerSecond, kNanosPerDay),
               wanted});
    }
    default: {
      const LocalDateTime local = Combine(parts.date, parts.time);
      const ZoneOrOffset wanted = parts.wanted.value_or(parts.told.value_or(utc));
      if (!parts.told) return Value::OfDateTime(Place(local, wanted));
      return Value::OfDateTime(
          MoveTo(Place(local, *parts.told), wanted.zone, wanted.offset_seconds));
    }
  }
}

absl::StatusOr<Value> FromText(Type type, absl::string_view text) {
  switch (type) {
    case Type::kDate: {
      ASSIGN_OR_RETURN(const Date v, ParseDate(text));
      return Value::OfDate(v);
    }
    case Type::kLocalTime: {
      ASSIGN_OR_RETURN(const LocalTime v, ParseLocalTime(text));
      return Value::OfLocalTime(v);
    }
    case Type::kTime: {
      ASSIGN_OR_RETURN(const Time v, ParseTime(text));
      return Value::OfTime(v);
    }
    case Type::kLocalDateTime: {
      ASSIGN_OR_RETURN(const LocalDateTime v, ParseLocalDateTime(text));
      return Value::OfLocalDateTime(v);
    }
    default: {
      ASSIGN_OR_RETURN(const DateTime v, ParseDateTime(text));
      return Value::OfDateTime(v);
    }
  }
}

absl::StatusOr<Value> FromTemporal(Type type, const Value& v, const DateTime& now) {
  const std::optional<Date> date = DatePartOf(v);
  const std::optional<LocalTime> time = TimePartOf(v);
  if (HasDate(type) ? !date : !time) return WrongArgument(type, v);
  return Assemble(
      type, Parts{date.value_or(Date{}), time.value_or(LocalTime{}), ZonePartOf(v), std::nullopt},
      now);
}

absl::StatusOr<Value> FromEpoch(const TemporalComponents& c) {
  const int64_t nanosecond = c.nanosecond.value_or(0);
  absl::StatusOr<Value> made =
      c.epoch_seconds
          ? DateTimeFromEpoch(*c.epoch_seconds, nanosecond)
          : DateTimeFromEpoch(FloorDiv(*c.epoch_millis, 1'000),
                              FloorMod(*c.epoch_millis, 1'000) * 1'000'000 + nanosecond);
  if (!made.ok() || !c.zone) return made;
  return Value::OfDateTime(MoveTo(made->date_time(), c.zone->zone, c.zone->offset_seconds));
}

absl::StatusOr<Value> FromMap(Type type, const Value& map, const DateTime& now) {
  ASSIGN_OR_RETURN(const TemporalComponents c, ReadComponents(type, map));
  if (c.zone && map.map().size() == 1) {
    return FromTemporal(type, Value::OfDateTime(MoveTo(now, c.zone->zone, c.zone->offset_seconds)),
                        now);
  }
  if (c.epoch_seconds || c.epoch_millis) return FromEpoch(c);
  if (!HasDate(type) && c.time_source.is_null() && !c.hour) {
    return BadComponent("'hour' is missing");
  }
  Parts parts;
  if (HasDate(type)) {
    ASSIGN_OR_RETURN(parts.date, BuildDate(c, DatePartOf(c.date_source)));
  }
  if (HasTime(type)) {
    ASSIGN_OR_RETURN(parts.time, BuildTime(c, TimePartOf(c.time_source)));
  }
  parts.told = ZonePartOf(c.time_source);
  parts.wanted = c.zone;
  return Assemble(type, parts, now);
}

enum class Unit {
  kMillennium,
  kCentury,
  kDecade,
  kYear,
  kWeekYear,
  kQuarter,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
  kMicrosecond,
};
constexpr absl::string_view kUnitNames[] = {
    "millennium", "century", "decade", "year",   "weekYear", "quarter",     "month",
    "week",       "day",     "hour",   "minute", "second",   "millisecond", "microsecond"};

Date FirstDay(Unit unit, Date date) {
  const CivilDate civil = CivilOf(date);
  const auto first_of_years = [&](int64_t count) {
    return DateOf(CivilDate{FloorDiv(civil.year, count) * count, 1, 1});
  };
  switch (unit) {
    case Unit::kMillennium:
      return first_of_years(1000);
    case Unit::kCentury:
      return first_of_years(100);
    case Unit::kDecade:
      return first_of_years(10);
    case Unit::kYear:
      return first_of_years(1);
    case Unit::kWeekYear:
      return DateOf(WeekDate{WeekDateOf(date).year, 1, 1});
    case Unit::kQuarter:
      return DateOf(CivilDate{civil.year, (civil.month - 1) / 3 * 3 + 1, 1});
    case Unit::kMonth:
      return DateOf(CivilDate{civil.year, civil.month, 1});
    case Unit::kWeek:
      return Date{date.days - (DayOfWeek(date) - 1)};
    default:
      return date;
  }
}

LocalTime FirstNanosecond(Unit unit, LocalTime time) {
  const auto down_to = [&](int64_t nanoseconds) {
    return LocalTime{time.nanoseconds - time.nanoseconds % nanoseconds};
  };
  switch (unit) {
    case Unit::kHour:
      return down_to(3600 * kNanosPerSecond);
    case Unit::kMinute:
      return down_to(60 * kNanosPerSecond);
    case Unit::kSecond:
      return down_to(kNanosPerSecond);
    case Unit::kMillisecond:
      return down_to(1'000'000);
    case Unit::kMicrosecond:
      return down_to(1'000);
    default:
      return LocalTime{0};
  }
}

// What truncation left of the second stays when smaller parts of it are set.
void KeepSubsecond(Unit unit, LocalTime truncated, TemporalComponents* c) {
  if (!c->HasSubsecond()) return;
  const int64_t micros = truncated.nanoseconds / 1'000 % 1'000'000;
  if (unit == Unit::kMillisecond && !c->millisecond) c->millisecond = micros / 1'000;
  if (unit == Unit::kMicrosecond && !c->microsecond) {
    if (!c->millisecond) c->millisecond = micros / 1'000;
    c->microsecond = micros % 1'000;
  }
}

absl::StatusOr<Unit> FindUnit(Type type, absl::string_view name) {
  const auto* found = std::find(std::begin(kUnitNames), std::end(kUnitNames), name);
  const auto unit = static_cast<Unit>(found - std::begin(kUnitNames));
  if (found == std::end(kUnitNames) || (!HasTime(type) && unit > Unit::kDay) ||
      (!HasDate(type) && unit < Unit::kDay)) {
    return BadComponent(
        absl::StrCat("A ", Value::TypeName(type), " cannot be truncated to '", name, "'"));
  }
  return unit;
}

struct DurationComponent {
  absl::string_view name;
  absl::int128 DurationAmounts::*amount;
  int64_t factor;
  int64_t divisor;
};
constexpr DurationComponent kDurationComponents[] = {
    {"years", &DurationAmounts::months, 12, 1},
    {"quarters", &DurationAmounts::months, 3, 1},
    {"months", &DurationAmounts::months, 1, 1},
    {"weeks", &DurationAmounts::days, 7, 1},
    {"days", &DurationAmounts::days, 1, 1},
    {"hours", &DurationAmounts::seconds, 3600, 1},
    {"minutes", &DurationAmounts::seconds, 60, 1},
    {"seconds", &DurationAmounts::seconds, 1, 1},
    {"milliseconds", &DurationAmounts::seconds, 1, 1'000},
    {"microseconds", &DurationAmounts::seconds, 1, 1'000'000},
    {"nanoseconds", &DurationAmounts::seconds, 1, 1'000'000'000},
};

absl::StatusOr<absl::int128> Billionths(absl::string_view name, const Value& value) {
  if (value.is_integer()) return absl::int128(value.integer()) * kBillion;
  if (!value.is_float()) {
    return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                     absl::StrCat("'", name, "' must be a number"));
  }
  const double v = value.floating();
  if (!(std::abs(v) < 0x1p63)) {
    return BadComponent(absl::StrCat("'", name, "' is out of range"));
  }
  const double whole = std::trunc(v);
  return absl::int128(static_cast<int64_t>(whole)) * kBillion + std::llround((v - whole) * 1e9);
}

absl::StatusOr<Duration> DurationFromMap(const Value& map) {
  DurationAmounts amounts;
  for (const auto& [name, value] : map.map()) {
    const absl::string_view key = name;
    const auto* component =
        std::find_if(std::begin(kDurationComponents), std::end(kDurationComponents),
                     [&](const DurationComponent& c) { return c.name == key; });
    if (component == std::end(kDurationComponents)) {
      return BadComponent(absl::StrCat("No duration has a component '", key, "'"));
    }
    ASSIGN_OR_RETURN(const absl::int128 billionths, Billionths(key, value));
    amounts.*(component->amount) += billionths * component->factor / component->divisor;
  }
  return ToDuration(amounts);
}

}  // namespace

absl::StatusOr<Value> MakeTemporal(Type type, const Value& argument, const DateTime& now) {
  if (argument.is_null()) return Value::Null();
  if (argument.is_string()) return FromText(type, argument.string());
  if (argument.is_map()) return FromMap(type, argument, now);
  if (argument.is_temporal()) return FromTemporal(type, argument, now);
  return WrongArgument(type, argument);
}

absl::StatusOr<Value> TruncateTemporal(Type type, absl::string_view unit_name, const Value& value,
                                       const Value& fields, const DateTime& now) {
  if (value.is_null()) return Value::Null();
  const std::optional<Date> date = DatePartOf(value);
  const std::optional<LocalTime> time = TimePartOf(value);
  if (HasDate(type) ? !date : !time) return WrongArgument(type, value);
  ASSIGN_OR_RETURN(const Unit unit, FindUnit(type, unit_name));

  Parts parts;
  parts.wanted = ZonePartOf(value);
  TemporalComponents c;
  if (fields.is_map()) {
    ASSIGN_OR_RETURN(c, ReadComponents(type, fields));
    if (!c.date_source.is_null() || !c.time_source.is_null() || c.epoch_seconds || c.epoch_millis) {
      return BadComponent("Truncation takes single components only");
    }
  } else if (!fields.is_null()) {
    return WrongArgument(type, fields);
  }
  if (c.zone) parts.wanted = c.zone;
  if (HasDate(type)) {
    ASSIGN_OR_RETURN(parts.date, BuildDate(c, FirstDay(unit, *date)));
  }
  if (HasTime(type)) {
    const LocalTime truncated = FirstNanosecond(unit, time.value_or(LocalTime{}));
    KeepSubsecond(unit, truncated, &c);
    ASSIGN_OR_RETURN(parts.time, BuildTime(c, truncated));
  }
  return Assemble(type, parts, now);
}

absl::StatusOr<Value> MakeDuration(const Value& argument) {
  if (argument.is_null() || argument.is_duration()) return argument;
  absl::StatusOr<Duration> made = WrongArgument(Type::kDuration, argument);
  if (argument.is_string()) made = ParseDuration(argument.string());
  if (argument.is_map()) made = DurationFromMap(argument);
  if (!made.ok()) return std::move(made).status();
  return Value::OfDuration(*made);
}

absl::StatusOr<Value> DateTimeFromEpoch(int64_t seconds, int64_t nanoseconds) {
  const int64_t carried = FloorDiv(nanoseconds, kNanosPerSecond);
  int64_t total = 0;
  if (__builtin_add_overflow(seconds, carried, &total) ||
      !IsInRange(Date{FloorDiv(total, kSecondsPerDay)})) {
    return BadComponent("The instant is out of range");
  }
  return Value::OfDateTime(
      DateTime{total, static_cast<int32_t>(FloorMod(nanoseconds, kNanosPerSecond)), 0, nullptr});
}

absl::StatusOr<Value> DateTimeFromEpochMillis(int64_t milliseconds) {
  return DateTimeFromEpoch(FloorDiv(milliseconds, 1'000),
                           FloorMod(milliseconds, 1'000) * 1'000'000);
}

}  // namespace entente
