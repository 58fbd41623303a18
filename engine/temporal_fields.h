// What temporal values and durations tell of themselves: v.year, v.offset, d.minutesOfHour …
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "engine/value.h"

namespace entente {

// The component `name` of a temporal value or a duration, an integer or a string; std::nullopt when
// values of this type have none of that name. An amount that no integer can hold is null.
//   date part   year quarter month week weekYear day ordinalDay weekDay dayOfWeek dayOfQuarter
//   time part   hour minute second millisecond microsecond nanosecond (each the whole fraction)
//   offset      timezone offset offsetMinutes offsetSeconds
//   instant     epochSeconds epochMillis
//   duration    years quarters months weeks days hours minutes seconds milliseconds microseconds
//               nanoseconds (each the whole of its group), quartersOfYear monthsOfQuarter
//               monthsOfYear daysOfWeek minutesOfHour secondsOfMinute millisecondsOfSecond
//               microsecondsOfSecond nanosecondsOfSecond
std::optional<Value> TemporalComponent(const Value& value, absl::string_view name);

}  // namespace entente
