#include "engine/temporal_components.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/temporal_calendar.h"

namespace entente {
namespace {

using Type = Value::Type;

enum class Part { kDate, kTime, kInstant };

struct Component {
  absl::string_view name;
  std::optional<int64_t> TemporalComponents::*member;
  Part part;
  int64_t least;
  int64_t greatest;
};

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

constexpr Component kComponents[] = {
    {"year", &TemporalComponents::year, Part::kDate, kMinYear, kMaxYear},
    {"quarter", &TemporalComponents::quarter, Part::kDate, 1, 4},
    {"month", &TemporalComponents::month, Part::kDate, 1, 12},
    {"week", &TemporalComponents::week, Part::kDate, 1, 53},
    {"day", &TemporalComponents::day, Part::kDate, 1, 31},
    {"ordinalDay", &TemporalComponents::ordinal_day, Part::kDate, 1, 366},
    {"dayOfWeek", &TemporalComponents::day_of_week, Part::kDate, 1, 7},
    {"dayOfQuarter", &TemporalComponents::day_of_quarter, Part::kDate, 1, 92},
    {"hour", &TemporalComponents::hour, Part::kTime, 0, 23},
    {"minute", &TemporalComponents::minute, Part::kTime, 0, 59},
    {"second", &TemporalComponents::second, Part::kTime, 0, 59},
    {"millisecond", &TemporalComponents::millisecond, Part::kTime, 0, 999},
    {"microsecond", &TemporalComponents::microsecond, Part::kTime, 0, 999'999},
    {"nanosecond", &TemporalComponents::nanosecond, Part::kTime, 0, 999'999'999},
    {"epochSeconds", &TemporalComponents::epoch_seconds, Part::kInstant, kLowest, kHighest},
    {"epochMillis", &TemporalComponents::epoch_millis, Part::kInstant, kLowest, kHighest},
};

absl::Status WrongType(absl::string_view name, absl::string_view wanted) {
  return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                   absl::StrCat("'", name, "' must be ", wanted));
}

bool TypeHas(Type type, Part part) {
  switch (part) {
    case Part::kDate:
      return HasDate(type);
    case Part::kTime:
      return HasTime(type);
    case Part::kInstant:
      return type == Type::kDateTime;
  }
  return false;
}

absl::Status ReadNumber(Type type, const Component& component, const Value& value,
                        TemporalComponents* components) {
  if (!TypeHas(type, component.part)) {
    return BadComponent(
        absl::StrCat("A ", Value::TypeName(type), " has no '", component.name, "'"));
  }
  if (!value.is_integer()) return WrongType(component.name, "an integer");
  if (value.integer() < component.least || value.integer() > component.greatest) {
    return BadComponent(absl::StrCat("'", component.name, "' must be between ", component.least,
                                     " and ", component.greatest));
  }
  components->*(component.member) = value.integer();
  return absl::OkStatus();
}

// `date`, `time` and `datetime`.
absl::Status ReadSource(Type type, absl::string_view name, const Value& value,
                        TemporalComponents* components) {
  const bool date = name != "time";
  const bool time = name != "date";
  if (!value.is_temporal() || (date && !HasDate(value.type())) ||
      (time && !HasTime(value.type()))) {
    return WrongType(name, "a temporal value that has one");
  }
  if (date && HasDate(type)) components->date_source = value;
  if (time && HasTime(type)) components->time_source = value;
  return absl::OkStatus();
}

absl::Status ReadZone(const Value& value, TemporalComponents* components) {
  if (!value.is_string()) return WrongType("timezone", "a string");
  ASSIGN_OR_RETURN(components->zone, ParseZone(value.string()));
  return absl::OkStatus();
}

absl::Status CheckDay(absl::string_view name, int64_t day, int64_t greatest) {
  if (day <= greatest) return absl::OkStatus();
  return BadComponent(
      absl::StrCat("There is no '", name, "' ", day, " here, the last is ", greatest));
}

absl::Status Missing(absl::string_view name) {
  return BadComponent(absl::StrCat("'", name, "' is missing"));
}

absl::StatusOr<Date> BuildWeekDate(const TemporalComponents& c, std::optional<Date> base) {
  if (!base && !c.week) return Missing("week");
  const WeekDate start = base ? WeekDateOf(*base) : WeekDate{};
  const WeekDate date{c.year.value_or(start.year), c.week.value_or(start.week),
                      c.day_of_week.value_or(start.day)};
  RETURN_IF_ERROR(CheckDay("week", date.week, WeeksInYear(date.year)));
  return DateOf(date);
}

absl::StatusOr<Date> BuildQuarterDate(const TemporalComponents& c, std::optional<Date> base) {
  if (!base && !c.quarter) return Missing("quarter");
  const CivilDate start = base ? CivilOf(*base) : CivilDate{};
  const int64_t year = c.year.value_or(start.year);
  const int64_t quarter = c.quarter.value_or((start.month + 2) / 3);
  RETURN_IF_ERROR(CheckDay("dayOfQuarter", *c.day_of_quarter, DaysInQuarter(year, quarter)));
  return DateOf(CivilDate{year, quarter * 3 - 2, *c.day_of_quarter});
}

absl::StatusOr<Date> BuildOrdinalDate(const TemporalComponents& c, std::optional<Date> base) {
  const int64_t year = c.year ? *c.year : CivilOf(*base).year;
  RETURN_IF_ERROR(CheckDay("ordinalDay", *c.ordinal_day, DaysInYear(year)));
  return DateOf(CivilDate{year, 1, *c.ordinal_day});
}

absl::StatusOr<Date> BuildCalendarDate(const TemporalComponents& c, std::optional<Date> base) {
  if (!base && c.day && !c.month) return Missing("month");
  CivilDate date = base ? CivilOf(*base) : CivilDate{};
  if (c.year) date.year = *c.year;
  // Another quarter keeps the place of the month within it.
  if (c.quarter) date.month = *c.quarter * 3 - 2 + (date.month - 1) % 3;
  if (c.month) date.month = *c.month;
  const int64_t last = DaysInMonth(date.year, date.month);
  if (c.day) {
    RETURN_IF_ERROR(CheckDay("day", *c.day, last));
    date.day = *c.day;
  }
  date.day = std::min(date.day, last);
  return DateOf(date);
}

}  // namespace

absl::Status BadComponent(absl::string_view message) {
  return MakeError(ErrorCode::kRuntimeInvalidArgumentValue, message);
}

bool HasDate(Type type) {
  return type == Type::kDate || type == Type::kLocalDateTime || type == Type::kDateTime;
}

bool HasTime(Type type) {
  return type == Type::kLocalTime || type == Type::kTime || type == Type::kLocalDateTime ||
         type == Type::kDateTime;
}

absl::StatusOr<TemporalComponents> ReadComponents(Type type, const Value& map) {
  TemporalComponents components;
  for (const auto& [name, value] : map.map()) {
    const absl::string_view key = name;
    const Component* component = std::find_if(std::begin(kComponents), std::end(kComponents),
                                              [&](const Component& c) { return c.name == key; });
    if (component != std::end(kComponents)) {
      RETURN_IF_ERROR(ReadNumber(type, *component, value, &components));
    } else if (key == "date" || key == "time" || key == "datetime") {
      RETURN_IF_ERROR(ReadSource(type, key, value, &components));
    } else if (key == "timezone") {
      RETURN_IF_ERROR(ReadZone(value, &components));
    } else {
      return BadComponent(absl::StrCat("No temporal value has a component '", key, "'"));
    }
  }
  return components;
}

absl::StatusOr<Date> BuildDate(const TemporalComponents& c, std::optional<Date> base) {
  if (!base && !c.year) return Missing("year");
  const bool by_week = c.week || c.day_of_week;
  const bool by_quarter = c.day_of_quarter.has_value();
  const bool by_month = c.month || c.day;
  const bool by_ordinal = c.ordinal_day.has_value();
  const bool quarter_clashes = c.quarter && (by_week || by_ordinal || c.month);
  if (by_week + by_quarter + by_month + by_ordinal > 1 || quarter_clashes) {
    return BadComponent("A date goes by month, by week, by quarter or by day of the year");
  }
  absl::StatusOr<Date> date = by_week      ? BuildWeekDate(c, base)
                              : by_quarter ? BuildQuarterDate(c, base)
                              : by_ordinal ? BuildOrdinalDate(c, base)
                                           : BuildCalendarDate(c, base);
  if (date.ok() && !IsInRange(*date)) return BadComponent("The date is out of range");
  return date;
}

absl::StatusOr<LocalTime> BuildTime(const TemporalComponents& c, std::optional<LocalTime> base) {
  if (!base) {
    if (c.minute && !c.hour) return Missing("hour");
    if (c.second && !c.minute) return Missing("minute");
    if (c.HasSubsecond() && !c.second) return Missing("second");
  }
  const int64_t nanos = base ? base->nanoseconds : 0;
  const int64_t seconds = nanos / kNanosPerSecond;
  const int64_t hour = c.hour.value_or(seconds / 3600);
  const int64_t minute = c.minute.value_or(seconds / 60 % 60);
  const int64_t second = c.second.value_or(seconds % 60);
  int64_t fraction = nanos % kNanosPerSecond;
  if (c.HasSubsecond()) {
    // Each of them counts what the larger ones leave.
    if ((c.millisecond && c.microsecond.value_or(0) > 999) ||
        (c.microsecond && c.nanosecond.value_or(0) > 999) ||
        (c.millisecond && c.nanosecond.value_or(0) > 999'999)) {
      return BadComponent("The parts of the second do not fit together");
    }
    fraction = c.millisecond.value_or(0) * 1'000'000 + c.microsecond.value_or(0) * 1'000 +
               c.nanosecond.value_or(0);
  }
  return LocalTime{((hour * 60 + minute) * 60 + second) * kNanosPerSecond + fraction};
}

}  // namespace entente
