// Temporal values from component maps, from texts and from one another: what stands behind the
// functions date(), localtime(), time(), localdatetime(), datetime(), their .truncate() and
// duration(). Null arguments give null. Wrong arguments are errors that engine/error.h makes.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/temporal.h"
#include "engine/value.h"

namespace entente {

// `type` is one of the five instants' types. `argument` is one of:
//   a string     ISO 8601, see engine/temporal_text.h;
//   a temporal   the parts that the type has are taken over, a missing zone is UTC;
//   a map        components, largest first without gaps (year; month, day | week, dayOfWeek |
//                quarter, dayOfQuarter | ordinalDay; hour; minute; second; millisecond,
//                microsecond, nanosecond), timezone, and `date`, `time` or `datetime`, temporals
//                whose components hold where the map has none. `timezone` moves an instant that
//                came with a zone of its own, and otherwise tells where the clock stands.
//                Or epochSeconds or epochMillis. A map of nothing but timezone is `now` there.
// The current date is thus MakeTemporal(kDate, Value::OfDateTime(now), now).
absl::StatusOr<Value> MakeTemporal(Value::Type type, const Value& argument, const DateTime& now);

// A `type` from `value` with all that is smaller than `unit` ("millennium" … "microsecond") set to
// its least, then the components of `fields`, a map or null, applied. `timezone` keeps the clock's
// time.
absl::StatusOr<Value> TruncateTemporal(Value::Type type, absl::string_view unit, const Value& value,
                                       const Value& fields, const DateTime& now);

// From a text, from a map of amounts (years, quarters, months, weeks, days, hours, minutes,
// seconds, milliseconds, microseconds, nanoseconds: integers or floats), or a duration itself.
absl::StatusOr<Value> MakeDuration(const Value& argument);

// UTC. `nanoseconds` may be of any size.
absl::StatusOr<Value> DateTimeFromEpoch(int64_t seconds, int64_t nanoseconds);
absl::StatusOr<Value> DateTimeFromEpochMillis(int64_t milliseconds);

}  // namespace entente
