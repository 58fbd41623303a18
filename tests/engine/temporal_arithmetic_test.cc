#include "engine/temporal_arithmetic.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/error.h"
#include "engine/temporal_build.h"
#include "engine/temporal_text.h"
#include "engine/value_text.h"

namespace entente {
namespace {

using Type = Value::Type;

Value Temporal(Type type, absl::string_view text) {
  return *MakeTemporal(type, Value::String(text), DateTime{});
}

std::string Text(const absl::StatusOr<Duration>& v) {
  return v.ok() ? FormatDuration(*v) : "error";
}

std::string Sum(Type type, absl::string_view text, absl::string_view duration) {
  const absl::StatusOr<Value> sum = AddDuration(Temporal(type, text), *ParseDuration(duration));
  return sum.ok() ? TemporalText(*sum) : "error";
}

TEST(AddDurationTest, AddsMonthsThenDaysThenSeconds) {
  EXPECT_EQ(Sum(Type::kDate, "1984-10-11", "P12Y5M14DT16H13M10S"), "1997-03-25");
  EXPECT_EQ(Sum(Type::kDate, "1984-10-11", "P12Y11M29DT33H58M13.5S"), "1997-10-11");
  EXPECT_EQ(Sum(Type::kDate, "1984-10-11", "PT-23H"), "1984-10-11");
  EXPECT_EQ(Sum(Type::kDate, "2016-01-31", "P1M1D"), "2016-03-01");
  EXPECT_EQ(Sum(Type::kDate, "2016-02-29", "P1Y"), "2017-02-28");
  EXPECT_EQ(Sum(Type::kLocalTime, "12:31:14.000000001", "P1Y2DT16H13M10.000000002S"),
            "04:44:24.000000003");
  EXPECT_EQ(Sum(Type::kTime, "01:00+01:00", "PT-2H"), "23:00+01:00");
  EXPECT_EQ(Sum(Type::kLocalDateTime, "1984-10-11T12:31:14", "P1M-14DT15H49M10S"),
            "1984-10-29T04:20:24");
}

TEST(AddDurationTest, GoesByTheClockForDaysAndByRealTimeForHours) {
  const char* before = "2017-10-28T12:00[Europe/Berlin]";
  EXPECT_EQ(Sum(Type::kDateTime, before, "P1D"), "2017-10-29T12:00+01:00[Europe/Berlin]");
  EXPECT_EQ(Sum(Type::kDateTime, before, "PT24H"), "2017-10-29T11:00+01:00[Europe/Berlin]");
  EXPECT_EQ(Sum(Type::kDateTime, "2017-10-29T02:30+01:00[Europe/Berlin]", "PT1S"),
            "2017-10-29T02:30:01+01:00[Europe/Berlin]");
}

TEST(AddDurationTest, ReportsWhatLeavesTheRange) {
  EXPECT_EQ(Sum(Type::kDate, "+999999999-12-31", "P1D"), "error");
  EXPECT_EQ(Sum(Type::kDate, "-999999999-01-01", "PT-24H"), "error");
  EXPECT_EQ(Sum(Type::kDate, "2015-01-01", "P999999999999999Y"), "error");
  EXPECT_EQ(Sum(Type::kLocalDateTime, "2015-01-01", "PT99999999999999999S"), "error");
  EXPECT_EQ(Sum(Type::kDateTime, "+999999999-12-31T23:59Z", "PT1M"), "error");
}

TEST(DurationTest, AddsAndScalesWithoutLosingFractions) {
  const Duration a = *ParseDuration("P12Y5M14DT16H13M10.000000001S");
  const Duration b = *ParseDuration("P12Y11M29DT33H58M13.500000003S");
  EXPECT_EQ(Text(Plus(a, b)), "P25Y4M43DT50H11M23.500000004S");
  EXPECT_EQ(Text(Plus(a, *Negate(b))), "P-6M-15DT-17H-45M-3.500000002S");
  EXPECT_EQ(Text(Times(a, Value::Integer(2))), "P24Y10M28DT32H26M20.000000002S");
  EXPECT_EQ(Text(Times(a, Value::Float(0.5))), "P6Y2M22DT13H21M8S");
  EXPECT_EQ(Text(DividedBy(a, Value::Integer(2))), "P6Y2M22DT13H21M8S");
  EXPECT_EQ(Text(DividedBy(*ParseDuration("P9MT10S"), Value::Integer(3))), "P3MT3.333333333S");
  EXPECT_EQ(Text(Times(*ParseDuration("PT10S"), Value::Float(0.7))), "PT7S");
  EXPECT_EQ(Text(Times(Duration{INT64_MAX}, Value::Integer(1))), Text(Duration{INT64_MAX}));
}

TEST(DurationTest, ReportsOverflowAndDivisionByZero) {
  EXPECT_EQ(Text(Plus(Duration{INT64_MAX}, Duration{1})), "error");
  EXPECT_EQ(Text(Negate(Duration{0, INT64_MIN})), "error");
  EXPECT_EQ(Text(Times(Duration{0, INT64_MAX}, Value::Float(1e300))), "error");
  EXPECT_EQ(Text(Times(Duration{1}, Value::Float(0.0 / 0.0))), "error");
  EXPECT_EQ(ErrorInfoOf(DividedBy(Duration{1}, Value::Integer(0)).status()).detail,
            "DivisionByZero");
}

std::string Between(const Value& from, const Value& to, DurationSpan span = DurationSpan::kAll) {
  return Text(DurationBetween(from, to, span));
}

TEST(DurationBetweenTest, CountsMonthsThenDaysThenTheRest) {
  const Value date = Temporal(Type::kDate, "1984-10-11");
  const Value later = Temporal(Type::kLocalDateTime, "2016-07-21T21:45:22.142");
  EXPECT_EQ(Between(date, later), "P31Y9M10DT21H45M22.142S");
  EXPECT_EQ(Between(date, later, DurationSpan::kMonths), "P31Y9M");
  EXPECT_EQ(Between(date, later, DurationSpan::kDays), "P11606D");
  EXPECT_EQ(Between(date, later, DurationSpan::kSeconds), "PT278565H45M22.142S");
  EXPECT_EQ(Between(Temporal(Type::kLocalDateTime, "2015-07-21T21:40:32.142"),
                    Temporal(Type::kDate, "2015-06-24")),
            "P-27DT-21H-40M-32.142S");
  EXPECT_EQ(Between(Temporal(Type::kLocalDateTime, "2015-01-31T12:00"),
                    Temporal(Type::kLocalDateTime, "2015-03-01T00:00")),
            "P28DT12H");
  EXPECT_EQ(
      Between(Temporal(Type::kDate, "-999999999-01-01"), Temporal(Type::kDate, "+999999999-12-31")),
      "P1999999998Y11M30D");
}

TEST(DurationBetweenTest, BorrowsWhatOneSideLacks) {
  const Value date = Temporal(Type::kDate, "1984-10-11");
  const Value local_time = Temporal(Type::kLocalTime, "14:30");
  const Value time = Temporal(Type::kTime, "16:30+01:00");
  const Value instant = Temporal(Type::kDateTime, "2014-07-21T21:40:36.143+02:00");
  EXPECT_EQ(Between(date, time), "PT16H30M");
  EXPECT_EQ(Between(local_time, time), "PT2H");
  EXPECT_EQ(Between(instant, time), "PT-4H-10M-36.143S");
  EXPECT_EQ(Between(local_time, date, DurationSpan::kDays), "PT0S");
  EXPECT_EQ(Between(local_time, date, DurationSpan::kMonths), "PT0S");
  EXPECT_EQ(Text(DurationBetween(Value::Integer(1), date, DurationSpan::kAll)), "error");
}

TEST(DurationBetweenTest, KnowsTheLengthOfDaysWhenClocksChange) {
  const Value midnight = Temporal(Type::kDateTime, "2017-10-29T00:00[Europe/Berlin]");
  EXPECT_EQ(Between(midnight, Temporal(Type::kDate, "2017-10-30"), DurationSpan::kSeconds),
            "PT25H");
  EXPECT_EQ(Between(midnight, Temporal(Type::kLocalTime, "04:00"), DurationSpan::kSeconds), "PT5H");
  EXPECT_EQ(Between(midnight, Temporal(Type::kDate, "2017-10-30")), "P1D");
}

}  // namespace
}  // namespace entente
