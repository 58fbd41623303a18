// Durations from amounts with fractions.
#pragma once

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "engine/temporal.h"

namespace entente {

// Amounts in billionths, so that decimal fractions stay exact. A fraction of a month carries on
// into days by the average month of 30.436875 days, a fraction of a day into seconds.
struct DurationAmounts {
  absl::int128 months = 0;
  absl::int128 days = 0;
  absl::int128 seconds = 0;
};

inline constexpr int64_t kBillion = 1'000'000'000;
// The Gregorian calendar repeats after 4800 months of 146097 days.
inline constexpr int64_t kSecondsPerAverageMonth = 2'629'746;

// An error when an amount does not fit.
absl::StatusOr<Duration> ToDuration(const DurationAmounts& amounts);

// seconds + nanoseconds / 10^9 as one amount, and the way back. The latter requires that it fits.
absl::int128 NanosOf(const Duration& v);
Duration DurationOfNanos(absl::int128 nanos);

}  // namespace entente
