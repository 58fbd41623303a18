// Arithmetic with durations, and the duration between two instants. What leaves the range of the
// temporal types is ArgumentError NumberOutOfRange, of durations ArithmeticError IntegerOverflow.
#pragma once

#include "absl/status/statusor.h"
#include "engine/temporal.h"
#include "engine/value.h"

namespace entente {

// `temporal`, one of the five instants' types, later by `duration`: its months first, where a day
// that the month lacks becomes its last, then its days, then its seconds. A date takes whole days
// of the seconds, times of the day wrap around at midnight. In a named zone months and days go by
// the clock, seconds by real time.
absl::StatusOr<Value> AddDuration(const Value& temporal, const Duration& duration);

absl::StatusOr<Duration> Negate(const Duration& v);
absl::StatusOr<Duration> Plus(const Duration& a, const Duration& b);
// `factor` and `divisor` are numbers. Fractions carry on into smaller units.
absl::StatusOr<Duration> Times(const Duration& v, const Value& factor);
absl::StatusOr<Duration> DividedBy(const Duration& v, const Value& divisor);

enum class DurationSpan {
  kAll,      // duration.between: months, then days, then the rest
  kMonths,   // duration.inMonths: whole months
  kDays,     // duration.inDays: whole days
  kSeconds,  // duration.inSeconds: all in seconds
};

// From `from` to `to`, each of one of the five instants' types. What one of them lacks it borrows:
// the date and the zone from the other one, the time of the day is midnight. Months and days are
// counted only when both have a date, by the clock of `from`.
absl::StatusOr<Duration> DurationBetween(const Value& from, const Value& to, DurationSpan span);

}  // namespace entente
