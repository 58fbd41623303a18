// Named time zones from the system's IANA database.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/temporal.h"

namespace entente {

struct NamedZone {
  std::string name;
  absl::TimeZone rules;
};

// The zone called `name` ("Europe/Berlin"), which lives as long as the process and is the only one
// of that name; an error when there is none. Thread-safe.
//
// Zones which the IANA database has merged because they agree since 1970 ("Europe/Stockholm" with
// "Europe/Berlin") have the merged rules here also where the system still ships them apart, so that
// old instants read the same on every machine.
absl::StatusOr<const NamedZone*> FindZone(absl::string_view name);

// Local minus UTC, in seconds, at an instant.
int32_t OffsetAt(const NamedZone& zone, int64_t utc_seconds);

// The instant at which clocks in `zone` showed `local`. Of two such instants it is the earlier one;
// a time that clocks skipped is moved on by the length of the gap.
DateTime InZone(const LocalDateTime& local, const NamedZone& zone);

// Like the above, for a text that names offset and zone: an error when `zone` did not have
// `offset_seconds` at `local`.
absl::StatusOr<DateTime> InZone(const LocalDateTime& local, const NamedZone& zone,
                                int32_t offset_seconds);

DateTime AtOffset(const LocalDateTime& local, int32_t offset_seconds);

// The same instant on other clocks. `zone` may be null; then `offset_seconds` counts, which is
// otherwise ignored.
DateTime MoveTo(const DateTime& instant, const NamedZone* zone, int32_t offset_seconds);

// What clocks showed there.
LocalDateTime LocalOf(const DateTime& instant);

}  // namespace entente
