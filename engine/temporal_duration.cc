#include "engine/temporal_duration.h"

#include <limits>

#include "engine/error.h"

namespace entente {
namespace {

bool Fits(absl::int128 v) {
  return v >= std::numeric_limits<int64_t>::min() && v <= std::numeric_limits<int64_t>::max();
}

}  // namespace

absl::int128 NanosOf(const Duration& v) {
  return absl::int128(v.seconds) * kNanosPerSecond + v.nanoseconds;
}

Duration DurationOfNanos(absl::int128 nanos) {
  absl::int128 seconds = nanos / kNanosPerSecond;
  int64_t rest = static_cast<int64_t>(nanos % kNanosPerSecond);
  if (rest < 0) {
    rest += kNanosPerSecond;
    seconds -= 1;
  }
  return Duration{0, 0, static_cast<int64_t>(seconds), static_cast<int32_t>(rest)};
}

absl::StatusOr<Duration> ToDuration(const DurationAmounts& amounts) {
  const absl::int128 months = amounts.months / kBillion;
  // Billionths of a month times its seconds are billionths of a second.
  const absl::int128 month_nanos = amounts.months % kBillion * kSecondsPerAverageMonth;
  const absl::int128 day_nanos = amounts.days % kBillion * kSecondsPerDay + month_nanos;
  const absl::int128 days = amounts.days / kBillion + day_nanos / kNanosPerDay;
  const absl::int128 nanos = amounts.seconds + day_nanos % kNanosPerDay;
  if (!Fits(months) || !Fits(days) || !Fits(nanos / kNanosPerSecond - 1) ||
      !Fits(nanos / kNanosPerSecond + 1)) {
    return MakeError(ErrorCode::kRuntimeIntegerOverflow, "The duration is too long");
  }
  Duration duration = DurationOfNanos(nanos);
  duration.months = static_cast<int64_t>(months);
  duration.days = static_cast<int64_t>(days);
  return duration;
}

}  // namespace entente
