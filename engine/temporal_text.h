// ISO 8601 texts of the temporal types, both ways. Parsing takes the extended and the basic forms
// (2015-07-21, 20150721) of calendar, week, quarter and ordinal dates, shortened ones too; what is
// left out is the least it can be. Errors are ArgumentError InvalidArgumentValue.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/temporal.h"

namespace entente {

// 2015-07-21 2015-07 2015 2015-W30-2 2015-W30 2015-Q3-21 2015-Q3 2015-202, the same without dashes;
// years of other than four digits need a sign and dashes: +12015-07-21.
absl::StatusOr<Date> ParseDate(absl::string_view text);
// 21:40:32.142 21:40:32 21:40 21, the same without colons.
absl::StatusOr<LocalTime> ParseLocalTime(absl::string_view text);
// A local time with Z, +01, +01:00, +0100, +01:00:30 or nothing, which is Z.
absl::StatusOr<Time> ParseTime(absl::string_view text);
// A date, then T and a local time or nothing, which is midnight.
absl::StatusOr<LocalDateTime> ParseLocalDateTime(absl::string_view text);
// A local date-time with an offset as above, or a zone ([Europe/Berlin]), or both when they agree.
absl::StatusOr<DateTime> ParseDateTime(absl::string_view text);
// P1Y2M3W4DT5H6M7.8S, each part with its own sign and fraction, or P2015-07-21T21:40:32.142.
// A fraction carries on into smaller units: half a month is 15 days and 5:14:33.
absl::StatusOr<Duration> ParseDuration(absl::string_view text);
// "2024", "2024-06" or "2024-06-18", exactly.
absl::StatusOr<PartialDate> ParsePartialDate(absl::string_view text);

// A zone's name, or an offset when `zone` is null.
struct ZoneOrOffset {
  const NamedZone* zone = nullptr;
  int32_t offset_seconds = 0;
};
// "Europe/Berlin", "+01:00", "Z".
absl::StatusOr<ZoneOrOffset> ParseZone(absl::string_view text);

// The extended calendar form, with as many digits of a fraction as it has. Seconds are left out
// when they are zero, as is the offset's; a named zone follows its offset in brackets.
std::string FormatDate(Date v);
std::string FormatLocalTime(LocalTime v);
std::string FormatTime(const Time& v);
std::string FormatLocalDateTime(const LocalDateTime& v);
std::string FormatDateTime(const DateTime& v);
std::string FormatOffset(int32_t offset_seconds);  // "Z", "+01:00", "+00:53:28"
std::string FormatDuration(const Duration& v);     // "P1Y2M3DT4H5M6.7S", "PT0S"
std::string FormatPartialDate(const PartialDate& v);

}  // namespace entente
