#include "engine/temporal_arithmetic.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/temporal_calendar.h"
#include "engine/temporal_duration.h"
#include "engine/temporal_text.h"
#include "engine/temporal_zone.h"

namespace entente {
namespace {

using Type = Value::Type;

absl::Status OutOfRange() {
  return MakeError(ErrorCode::kNumberOutOfRange, "The result is out of the range of dates");
}

absl::StatusOr<Date> PlusDate(Date date, const Duration& duration) {
  // More than the whole range of dates, and far from overflow.
  constexpr int64_t kManyMonths = 30'000'000'000;
  constexpr int64_t kManyDays = 1'000'000'000'000;
  if (duration.months > kManyMonths || duration.months < -kManyMonths ||
      duration.days > kManyDays || duration.days < -kManyDays) {
    return OutOfRange();
  }
  const Date result{PlusMonths(date, duration.months).days + duration.days};
  if (!IsInRange(result)) return OutOfRange();
  return result;
}

// The point `nanos` nanoseconds after one that is given as seconds and nanoseconds.
absl::StatusOr<LocalDateTime> PlusNanos(int64_t seconds, int32_t nanoseconds, absl::int128 nanos) {
  const absl::int128 total = absl::int128(seconds) * kNanosPerSecond + nanoseconds + nanos;
  const absl::int128 far = absl::int128(40'000'000'000'000'000) * kNanosPerSecond;
  if (total > far || total < -far) return OutOfRange();
  const Duration parts = DurationOfNanos(total);
  const LocalDateTime result{parts.seconds, parts.nanoseconds};
  if (!IsInRange(DateOf(result))) return OutOfRange();
  return result;
}

absl::StatusOr<LocalDateTime> PlusLocal(const LocalDateTime& local, const Duration& duration) {
  ASSIGN_OR_RETURN(const Date date, PlusDate(DateOf(local), duration));
  const LocalDateTime moved = Combine(date, TimeOf(local));
  return PlusNanos(moved.seconds, moved.nanoseconds, NanosOf(duration));
}

// `local` on the clocks of `like`.
DateTime OnClocksOf(const DateTime& like, const LocalDateTime& local) {
  return like.zone != nullptr ? InZone(local, *like.zone) : AtOffset(local, like.offset_seconds);
}

absl::StatusOr<DateTime> PlusInstant(const DateTime& instant, const Duration& duration) {
  DateTime moved = instant;
  const LocalDateTime local = LocalOf(instant);
  if (duration.months != 0 || duration.days != 0) {
    ASSIGN_OR_RETURN(const Date date, PlusDate(DateOf(local), duration));
    moved = OnClocksOf(instant, Combine(date, TimeOf(local)));
  }
  ASSIGN_OR_RETURN(const LocalDateTime utc,
                   PlusNanos(moved.seconds, moved.nanoseconds, NanosOf(duration)));
  return MoveTo(DateTime{utc.seconds, utc.nanoseconds}, instant.zone, instant.offset_seconds);
}

int64_t PlusOfDay(int64_t nanoseconds, const Duration& duration) {
  const auto moved =
      static_cast<int64_t>((NanosOf(duration) + nanoseconds) % absl::int128(kNanosPerDay));
  return FloorMod(moved, kNanosPerDay);
}

// `amount` times `factor` in billionths; the whole part and the fraction apart, so that whole
// amounts stay exact. A thousandth of a billionth is taken for an error of rounding.
absl::int128 Scale(int64_t amount, long double factor) {
  const long double product = static_cast<long double>(amount) * factor;
  const long double whole = std::trunc(product);
  const long double billionths = (product - whole) * 1e9L;
  return absl::int128(whole) * kBillion +
         static_cast<int64_t>(std::trunc(billionths + std::copysign(1e-3L, billionths)));
}

absl::StatusOr<Duration> Scale(const Duration& v, long double factor) {
  // Billionths of the products must fit into 128 bits.
  const long double longest = std::max({std::abs(static_cast<long double>(v.months)),
                                        std::abs(static_cast<long double>(v.days)),
                                        std::abs(static_cast<long double>(v.seconds)) + 1});
  if (!(longest * std::abs(factor) < 0x1p80L)) {
    return MakeError(ErrorCode::kRuntimeIntegerOverflow, "The duration is too long");
  }
  const absl::int128 nanos = Scale(v.nanoseconds, factor) / kBillion;
  return ToDuration(DurationAmounts{Scale(v.months, factor), Scale(v.days, factor),
                                    Scale(v.seconds, factor) + nanos});
}

absl::Status NotANumber(const Value& value) {
  return MakeError(
      ErrorCode::kRuntimeInvalidArgumentType,
      absl::StrCat("A duration is scaled by a number, not by a ", Value::TypeName(value.type())));
}

// An instant, of which some parts may be unknown.
struct Moment {
  std::optional<Date> date;
  LocalTime time;
  bool has_zone = false;
  const NamedZone* zone = nullptr;
  int32_t offset_seconds = 0;
};

absl::StatusOr<Moment> MomentOf(const Value& v) {
  Moment moment;
  switch (v.type()) {
    case Type::kDate:
      moment.date = v.date();
      return moment;
    case Type::kLocalTime:
      moment.time = v.local_time();
      return moment;
    case Type::kTime:
      moment.time = LocalTime{v.time().nanoseconds};
      moment.has_zone = true;
      moment.offset_seconds = v.time().offset_seconds;
      return moment;
    case Type::kLocalDateTime:
      moment.date = DateOf(v.local_date_time());
      moment.time = TimeOf(v.local_date_time());
      return moment;
    case Type::kDateTime: {
      const LocalDateTime local = LocalOf(v.date_time());
      moment.date = DateOf(local);
      moment.time = TimeOf(local);
      moment.has_zone = true;
      moment.zone = v.date_time().zone;
      moment.offset_seconds = v.date_time().offset_seconds;
      return moment;
    }
    default:
      return MakeError(
          ErrorCode::kRuntimeInvalidArgumentType,
          absl::StrCat("Durations lie between temporal values, not a ", Value::TypeName(v.type())));
  }
}

// The instant of `v`, whose missing parts come from `moment` and `other`.
DateTime Resolve(const Value& v, const Moment& moment, const Moment& other) {
  if (v.type() == Type::kDateTime) return v.date_time();
  const Date date = moment.date.value_or(other.date.value_or(Date{}));
  const Moment& clock = moment.has_zone ? moment : other;
  return OnClocksOf(DateTime{0, 0, clock.offset_seconds, clock.zone}, Combine(date, moment.time));
}

absl::int128 NanosBetween(const DateTime& from, const DateTime& to) {
  return (absl::int128(to.seconds) - from.seconds) * kNanosPerSecond +
         (to.nanoseconds - from.nanoseconds);
}

// Whole days, towards zero.
int64_t DaysBetween(const LocalDateTime& from, const LocalDateTime& to) {
  return static_cast<int64_t>(
      NanosBetween(DateTime{from.seconds, from.nanoseconds}, DateTime{to.seconds, to.nanoseconds}) /
      kNanosPerDay);
}

// Whole months, towards zero: as many as lie between the dates once the last day counts only when
// its time of the day has been reached.
int64_t MonthsBetween(const LocalDateTime& from, const LocalDateTime& to) {
  const Date start = DateOf(from);
  Date end = DateOf(to);
  const int64_t start_time = TimeOf(from).nanoseconds;
  const int64_t end_time = TimeOf(to).nanoseconds;
  if (end.days > start.days && end_time < start_time) --end.days;
  if (end.days < start.days && end_time > start_time) ++end.days;
  const CivilDate first = CivilOf(start);
  const CivilDate last = CivilOf(end);
  const int64_t months = (last.year - first.year) * 12 + last.month - first.month;
  if (months > 0 && last.day < first.day) return months - 1;
  if (months < 0 && last.day > first.day) return months + 1;
  return months;
}

}  // namespace

absl::StatusOr<Value> AddDuration(const Value& temporal, const Duration& duration) {
  switch (temporal.type()) {
    case Type::kDate: {
      ASSIGN_OR_RETURN(const Date date, PlusDate(temporal.date(), duration));
      const auto days = static_cast<int64_t>(NanosOf(duration) / kNanosPerDay);
      const Date result{date.days + days};
      if (!IsInRange(result)) return OutOfRange();
      return Value::OfDate(result);
    }
    case Type::kLocalTime:
      return Value::OfLocalTime(LocalTime{PlusOfDay(temporal.local_time().nanoseconds, duration)});
    case Type::kTime:
      return Value::OfTime(
          Time{PlusOfDay(temporal.time().nanoseconds, duration), temporal.time().offset_seconds});
    case Type::kLocalDateTime: {
      ASSIGN_OR_RETURN(const LocalDateTime v, PlusLocal(temporal.local_date_time(), duration));
      return Value::OfLocalDateTime(v);
    }
    case Type::kDateTime: {
      ASSIGN_OR_RETURN(const DateTime v, PlusInstant(temporal.date_time(), duration));
      return Value::OfDateTime(v);
    }
    default:
      return MakeError(
          ErrorCode::kRuntimeInvalidArgumentType,
          absl::StrCat("A duration cannot be added to a ", Value::TypeName(temporal.type())));
  }
}

absl::StatusOr<Duration> Negate(const Duration& v) {
  return ToDuration(DurationAmounts{-absl::int128(v.months) * kBillion,
                                    -absl::int128(v.days) * kBillion, -NanosOf(v)});
}

absl::StatusOr<Duration> Plus(const Duration& a, const Duration& b) {
  return ToDuration(DurationAmounts{(absl::int128(a.months) + b.months) * kBillion,
                                    (absl::int128(a.days) + b.days) * kBillion,
                                    NanosOf(a) + NanosOf(b)});
}

absl::StatusOr<Duration> Times(const Duration& v, const Value& factor) {
  if (!factor.is_number()) return NotANumber(factor);
  return Scale(v, factor.is_integer() ? static_cast<long double>(factor.integer())
                                      : static_cast<long double>(factor.floating()));
}

absl::StatusOr<Duration> DividedBy(const Duration& v, const Value& divisor) {
  if (!divisor.is_number()) return NotANumber(divisor);
  if (divisor.number() == 0) {
    return MakeError(ErrorCode::kDivisionByZero, "A duration cannot be divided by zero");
  }
  return Scale(v, 1.0L / (divisor.is_integer() ? static_cast<long double>(divisor.integer())
                                               : static_cast<long double>(divisor.floating())));
}

absl::StatusOr<Duration> DurationBetween(const Value& from, const Value& to, DurationSpan span) {
  ASSIGN_OR_RETURN(const Moment from_moment, MomentOf(from));
  ASSIGN_OR_RETURN(const Moment to_moment, MomentOf(to));
  DateTime start = Resolve(from, from_moment, to_moment);
  const DateTime end = Resolve(to, to_moment, from_moment);
  if (span == DurationSpan::kSeconds) return DurationOfNanos(NanosBetween(start, end));

  const LocalDateTime end_local = LocalOf(MoveTo(end, start.zone, start.offset_seconds));
  const bool dated = from_moment.date && to_moment.date;
  Duration result;
  if (dated && span != DurationSpan::kDays) {
    result.months = MonthsBetween(LocalOf(start), end_local);
    if (span == DurationSpan::kMonths) return result;
    ASSIGN_OR_RETURN(start, PlusInstant(start, Duration{result.months}));
  }
  if (dated) {
    result.days = DaysBetween(LocalOf(start), end_local);
    if (span == DurationSpan::kDays) return result;
    ASSIGN_OR_RETURN(start, PlusInstant(start, Duration{0, result.days}));
  }
  if (span != DurationSpan::kAll) return result;
  const Duration rest = DurationOfNanos(NanosBetween(start, end));
  result.seconds = rest.seconds;
  result.nanoseconds = rest.nanoseconds;
  return result;
}

}  // namespace entente
