#include "engine/temporal_text.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "engine/temporal_calendar.h"

namespace entente {
namespace {

using Cases = std::initializer_list<std::pair<const char*, const char*>>;

template <typename Parse, typename Format>
void ExpectReadAs(const Cases& cases, Parse parse, Format format) {
  for (const auto& [text, expected] : cases) {
    const auto v = parse(text);
    ASSERT_TRUE(v.ok()) << text << ": " << v.status();
    EXPECT_EQ(format(*v), expected) << text;
    // What was written reads back as the same.
    const auto again = parse(expected);
    ASSERT_TRUE(again.ok()) << expected << ": " << again.status();
    EXPECT_EQ(*again, *v) << text;
  }
}

TEST(TemporalTextTest, ReadsDatesInAllForms) {
  ExpectReadAs(
      {
          {"2015-07-21", "2015-07-21"},
          {"20150721", "2015-07-21"},
          {"2015-07", "2015-07-01"},
          {"201507", "2015-07-01"},
          {"2015", "2015-01-01"},
          {"2015-W30-2", "2015-07-21"},
          {"2015W302", "2015-07-21"},
          {"2015-W30", "2015-07-20"},
          {"2015W30", "2015-07-20"},
          {"2015-Q2-60", "2015-05-30"},
          {"2015Q3", "2015-07-01"},
          {"2015-202", "2015-07-21"},
          {"2015202", "2015-07-21"},
          {"2016-366", "2016-12-31"},
          {"2020-W53-7", "2021-01-03"},
          {"0000-02-29", "0000-02-29"},
          {"-0044-03-15", "-0044-03-15"},
          {"0999-12-31", "0999-12-31"},
          {"1000-01-01", "1000-01-01"},
          {"9999-12-31", "9999-12-31"},
          {"+10000-01-01", "+10000-01-01"},
          {"+12345-06-07", "+12345-06-07"},
          {"-999999999-01-01", "-999999999-01-01"},
          {"+999999999-12-31", "+999999999-12-31"},
      },
      ParseDate, FormatDate);
}

TEST(TemporalTextTest, RejectsDatesThatDoNotExist) {
  for (const char* text : {"",
                           "15",
                           "2015-02-29",
                           "2015-13-01",
                           "2015-00-01",
                           "2015-07-00",
                           "2015-366",
                           "2015-000",
                           "2015-W54",
                           "2015-W00",
                           "2015-W30-8",
                           "2015-Q5",
                           "2015-Q1-91",
                           "2015-7-1",
                           "2015-07-21x",
                           "2015-0721",
                           "12345-01-01",
                           "+20150721-",
                           "+9999999999-01-01",
                           "2015-07-21T",
                           "T",
                           "-"}) {
    EXPECT_FALSE(ParseDate(text).ok()) << text;
  }
}

TEST(TemporalTextTest, ReadsTimesInAllForms) {
  ExpectReadAs({{"21:40:32.142", "21:40:32.142"},
                {"214032,142", "21:40:32.142"},
                {"21:40:32", "21:40:32"},
                {"2140", "21:40"},
                {"21", "21:00"},
                {"00:00:00.000000001", "00:00:00.000000001"}},
               ParseLocalTime, FormatLocalTime);
  ExpectReadAs({{"21:40:32.142+0100", "21:40:32.142+01:00"},
                {"214032.142Z", "21:40:32.142Z"},
                {"21:40", "21:40Z"},
                {"2140-00:00", "21:40Z"},
                {"2140-02", "21:40-02:00"},
                {"22+18:00", "22:00+18:00"},
                {"12:34:56-02:05:07", "12:34:56-02:05:07"}},
               ParseTime, FormatTime);
  for (const char* text : {"", "24", "12:60", "12:00:60", "1", "12:0", "12:00:00.", "12:0000"}) {
    EXPECT_FALSE(ParseLocalTime(text).ok()) << text;
  }
  for (const char* text : {"12:00+19:00", "12:00+", "12:00+1", "12:00[Europe/Berlin]", "12:00ZZ"}) {
    EXPECT_FALSE(ParseTime(text).ok()) << text;
  }
}

TEST(TemporalTextTest, ReadsDateTimesWithOffsetsAndZones) {
  ExpectReadAs({{"2015-W30-2T214032.142", "2015-07-21T21:40:32.142"},
                {"2015T2140", "2015-01-01T21:40"},
                {"2015-07-21", "2015-07-21T00:00"}},
               ParseLocalDateTime, FormatLocalDateTime);
  ExpectReadAs(
      {{"2015-07-21T21:40:32.142+0100", "2015-07-21T21:40:32.142+01:00"},
       {"2015-W30T2140-02", "2015-07-20T21:40-02:00"},
       {"2015-07-21", "2015-07-21T00:00Z"},
       {"2015-07-21T21:40[Europe/London]", "2015-07-21T21:40+01:00[Europe/London]"},
       {"2015-07-21T21:40-04[America/New_York]", "2015-07-21T21:40-04:00[America/New_York]"},
       {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"}},
      ParseDateTime, FormatDateTime);
  for (const char* text :
       {"2015-07-21T", "2015-07-21T25", "2015-07-21T12:00[Mars/Olympus]", "2015-07-21T12:00[",
        "2015-07-21T12:00[]", "2015-07-21T12:00[/etc/localtime]", "2015-07-21T12:00[../x]",
        "2015-07-21T12:00+03:00[Europe/Berlin]", "2015-07-21 12:00Z"}) {
    EXPECT_FALSE(ParseDateTime(text).ok()) << text;
  }
}

TEST(TemporalTextTest, KeepsToTheMergedRulesOfZonesBefore1970) {
  EXPECT_EQ(FormatDateTime(*ParseDateTime("1818-07-21T21:40:32.142[Europe/Stockholm]")),
            "1818-07-21T21:40:32.142+00:53:28[Europe/Stockholm]");
  EXPECT_EQ(FormatDateTime(*ParseDateTime("1800-01-01T00:00[Africa/Luanda]")),
            FormatDateTime(*ParseDateTime("1800-01-01T00:00+00:13:35[Africa/Luanda]")));
}

TEST(TemporalTextTest, ResolvesLocalTimesThatClocksSkipOrShowTwice) {
  EXPECT_EQ(FormatDateTime(*ParseDateTime("2017-03-26T02:30[Europe/Berlin]")),
            "2017-03-26T03:30+02:00[Europe/Berlin]");
  EXPECT_EQ(FormatDateTime(*ParseDateTime("2017-10-29T02:30[Europe/Berlin]")),
            "2017-10-29T02:30+02:00[Europe/Berlin]");
  EXPECT_EQ(FormatDateTime(*ParseDateTime("2017-10-29T02:30+01:00[Europe/Berlin]")),
            "2017-10-29T02:30+01:00[Europe/Berlin]");
}

TEST(TemporalTextTest, ReadsDurations) {
  ExpectReadAs({{"P14DT16H12M", "P14DT16H12M"},
                {"P5M1.5D", "P5M1DT12H"},
                {"P0.75M", "P22DT19H51M49.5S"},
                {"PT0.75M", "PT45S"},
                {"P2.5W", "P17DT12H"},
                {"P12Y5M14DT16H12M70S", "P12Y5M14DT16H13M10S"},
                {"P2012-02-02T14:37:21.545", "P2012Y2M2DT14H37M21.545S"},
                {"P20120202T143721", "P2012Y2M2DT14H37M21S"},
                {"P12Y5M-14DT16H", "P12Y5M-14DT16H"},
                {"PT-60.001S", "PT-1M-0.001S"},
                {"PT-1.999S", "PT-1.999S"},
                {"-P1Y2DT-3S", "P-1Y-2DT3S"},
                {"P1DT-0.001S", "P1DT-0.001S"},
                {"PT0S", "PT0S"}},
               ParseDuration, FormatDuration);
  for (const char* text : {"", "P", "PT", "P1", "1D", "P1H", "PT1D", "P1D1Y", "P1YT", "P1.D",
                           "P1D2D", "P2012-13-01", "P9999999999999999999D", "P1X"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(TemporalTextTest, ReadsPartialDatesWithTheirPrecision) {
  const std::pair<const char*, Precision> cases[] = {{"2024", Precision::kYear},
                                                     {"2024-06", Precision::kMonth},
                                                     {"2024-06-18", Precision::kDay},
                                                     {"-0044-03", Precision::kMonth}};
  for (const auto& [text, precision] : cases) {
    const absl::StatusOr<PartialDate> date = ParsePartialDate(text);
    ASSERT_TRUE(date.ok()) << text;
    EXPECT_EQ(date->precision, precision) << text;
    EXPECT_EQ(FormatPartialDate(*date), text);
  }
  EXPECT_EQ(ParsePartialDate("2024-06")->first_day, *ParseDate("2024-06-01"));
  for (const char* text : {"", "202406", "2024-W30", "2024-170", "2024-6", "24", "2024-06-31"}) {
    EXPECT_FALSE(ParsePartialDate(text).ok()) << text;
  }
}

TEST(TemporalCalendarTest, CountsDaysThroughLeapYearsAndWeeks) {
  // Every day of 800 years around the epoch, counted by hand.
  Date date = DateOf(CivilDate{1600, 1, 1});
  int64_t weekday = 6;  // 1 January 1600 was a Saturday
  for (int64_t year = 1600; year < 2400; ++year) {
    for (int64_t month = 1, ordinal = 1; month <= 12; ++month) {
      for (int64_t day = 1; day <= DaysInMonth(year, month); ++day, ++ordinal, ++date.days) {
        const CivilDate civil = CivilOf(date);
        ASSERT_TRUE(civil.year == year && civil.month == month && civil.day == day);
        ASSERT_EQ(DayOfYear(date), ordinal);
        ASSERT_EQ(DayOfWeek(date), weekday);
        ASSERT_EQ(DateOf(WeekDateOf(date)), date);
        weekday = weekday % 7 + 1;
      }
    }
  }
}

}  // namespace
}  // namespace entente
