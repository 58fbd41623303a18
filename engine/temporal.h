// The six temporal types of openCypher and partial dates, as plain structs in the proleptic
// Gregorian calendar. Years run from -999999999 to 999999999. What can be done with them stands in
// engine/temporal_text.h (ISO 8601), temporal_build.h (construction and truncation),
// temporal_fields.h (components) and temporal_arithmetic.h (durations and comparison).
#pragma once

#include <cstdint>

namespace entente {

inline constexpr int64_t kMinYear = -999'999'999;
inline constexpr int64_t kMaxYear = 999'999'999;
inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr int64_t kSecondsPerDay = 86'400;
inline constexpr int64_t kNanosPerDay = kNanosPerSecond * kSecondsPerDay;
// Offsets from UTC reach eighteen hours to either side.
inline constexpr int32_t kMaxOffsetSeconds = 18 * 3600;

struct Date {
  int64_t days = 0;  // since 1970-01-01
  friend bool operator==(const Date&, const Date&) = default;
};

struct LocalTime {
  int64_t nanoseconds = 0;  // of the day, below kNanosPerDay
  friend bool operator==(const LocalTime&, const LocalTime&) = default;
};

struct Time {
  int64_t nanoseconds = 0;     // of the local day, below kNanosPerDay
  int32_t offset_seconds = 0;  // local minus UTC
  friend bool operator==(const Time&, const Time&) = default;
};

struct LocalDateTime {
  int64_t seconds = 0;      // since 1970-01-01T00:00 on the local clock
  int32_t nanoseconds = 0;  // 0 … 999999999, also before 1970
  friend bool operator==(const LocalDateTime&, const LocalDateTime&) = default;
};

// A named time zone, opened once and kept for the life of the process, so that equal names have
// equal addresses (see FindZone in engine/temporal_zone.h).
struct NamedZone;

struct DateTime {
  int64_t seconds = 0;              // since 1970-01-01T00:00Z
  int32_t nanoseconds = 0;          // 0 … 999999999
  int32_t offset_seconds = 0;       // local minus UTC at that instant
  const NamedZone* zone = nullptr;  // nullptr: only the offset is known
  friend bool operator==(const DateTime&, const DateTime&) = default;
};

// Months, days and seconds are kept apart, since their lengths vary; seconds and nanoseconds
// together are one amount: seconds + nanoseconds / 10^9.
struct Duration {
  int64_t months = 0;
  int64_t days = 0;
  int64_t seconds = 0;
  int32_t nanoseconds = 0;  // 0 … 999999999, also in negative durations
  friend bool operator==(const Duration&, const Duration&) = default;
};

// How much of a date was written down.
enum class Precision : uint8_t { kDay, kMonth, kYear };

// "2024", "2024-06" or "2024-06-18".
struct PartialDate {
  Date first_day;
  Precision precision = Precision::kDay;
  friend bool operator==(const PartialDate&, const PartialDate&) = default;
};

}  // namespace entente
