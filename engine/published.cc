#include "engine/published.h"

#include "absl/status/statusor.h"
#include "engine/temporal_text.h"
#include "engine/valid_time.h"

namespace entente {

std::optional<Instant> PublishedInstant(const Value& value) {
  Value time = value;
  if (value.is_string()) {
    const absl::StatusOr<DateTime> parsed = ParseDateTime(value.string());
    if (!parsed.ok()) return std::nullopt;
    time = Value::OfDateTime(*parsed);
  }
  const std::optional<ValidEnd> point = ValidEndOf(time);
  if (!point.has_value() || point->value.is_null()) return std::nullopt;
  const Instant instant = InstantOfFrom(*point);
  if (instant == kEarliest || instant == kLatest) return std::nullopt;
  return instant;
}

}  // namespace entente
