#include "engine/published.h"

#include "absl/status/statusor.h"
#include "engine/temporal_calendar.h"
#include "engine/temporal_text.h"
#include "engine/valid_time.h"

namespace entente {
namespace {

// "2024-06-18T12:00:00Z", which nearly every source writes, without the detour of all other forms.
std::optional<Instant> PlainInstant(absl::string_view text) {
  constexpr size_t kDate = 10;
  if (text.size() != kDate + 10 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != 'Z') {
    return std::nullopt;
  }
  const auto number = [&](size_t at) {
    const int high = text[at] - '0';
    const int low = text[at + 1] - '0';
    return high < 0 || high > 9 || low < 0 || low > 9 ? 99 : high * 10 + low;
  };
  CivilDate civil;
  const int hour = number(11);
  const int minute = number(14);
  const int second = number(17);
  if (!ReadPlainDate(text.substr(0, kDate), &civil) || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const int64_t seconds = DateOf(civil).days * kSecondsPerDay + hour * 3600 + minute * 60 + second;
  return seconds * 1'000'000;
}

}  // namespace

std::optional<Instant> PublishedInstant(const Value& value) {
  if (value.is_string()) return PublishedInstant(value.string());
  const std::optional<ValidEnd> point = ValidEndOf(value);
  if (!point.has_value() || point->value.is_null()) return std::nullopt;
  const Instant instant = InstantOfFrom(*point);
  if (instant == kEarliest || instant == kLatest) return std::nullopt;
  return instant;
}

std::optional<Instant> PublishedInstant(absl::string_view text) {
  const std::optional<Instant> plain = PlainInstant(text);
  if (plain.has_value()) return plain;
  const absl::StatusOr<DateTime> parsed = ParseDateTime(text);
  return parsed.ok() ? PublishedInstant(Value::OfDateTime(*parsed)) : std::nullopt;
}

}  // namespace entente
