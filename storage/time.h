// How storage writes times: whole days since 1970-01-01 (UTC) as int32, instants as microseconds
// since then as int64, with one value each for "none" and for an open end.
#pragma once

#include <cstdint>
#include <limits>

namespace entente::storage {

inline constexpr int32_t kOpenStart = std::numeric_limits<int32_t>::min();  // "since ever"
inline constexpr int32_t kOpenEnd = std::numeric_limits<int32_t>::max();    // "for good"
// The day on which something that has no dated report became known: after every other day.
inline constexpr int32_t kNeverReported = std::numeric_limits<int32_t>::max();

inline constexpr int64_t kNoTime = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kMicrosecondsPerDay = int64_t{86'400'000'000};

// The UTC day that an instant falls on.
inline constexpr int32_t DayOf(int64_t microseconds) {
  int64_t day = microseconds / kMicrosecondsPerDay;
  if (microseconds % kMicrosecondsPerDay < 0) --day;
  return static_cast<int32_t>(day);
}

}  // namespace entente::storage
