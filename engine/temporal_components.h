// The component maps of temporal functions, read and put together to dates and times. Only
// temporal_build.cc needs this.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/temporal.h"
#include "engine/temporal_text.h"
#include "engine/value.h"

namespace entente {

struct TemporalComponents {
  std::optional<int64_t> year, quarter, month, week, day, ordinal_day, day_of_week, day_of_quarter;
  std::optional<int64_t> hour, minute, second, millisecond, microsecond, nanosecond;
  std::optional<int64_t> epoch_seconds, epoch_millis;
  std::optional<ZoneOrOffset> zone;
  // Temporal values to take the date and the time from; null when the map has none.
  Value date_source;
  Value time_source;

  bool HasSubsecond() const { return millisecond || microsecond || nanosecond; }
};

bool HasDate(Value::Type type);
bool HasTime(Value::Type type);

// Reads `map`. Components that a `type` does not have, unknown names and wrong values are errors.
absl::StatusOr<TemporalComponents> ReadComponents(Value::Type type, const Value& map);

// The components over `base`, or over the least of all dates (times) when there is none; then the
// components must begin with the largest and leave no gap.
absl::StatusOr<Date> BuildDate(const TemporalComponents& components, std::optional<Date> base);
absl::StatusOr<LocalTime> BuildTime(const TemporalComponents& components,
                                    std::optional<LocalTime> base);

// ArgumentError InvalidArgumentValue.
absl::Status BadComponent(absl::string_view message);

}  // namespace entente
