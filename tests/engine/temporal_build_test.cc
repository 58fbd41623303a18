#include "engine/temporal_build.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/temporal_fields.h"
#include "engine/temporal_text.h"
#include "engine/value_json.h"
#include "engine/value_text.h"

namespace entente {
namespace {

using Type = Value::Type;

const DateTime kNow = *ParseDateTime("2024-11-01T22:30:00Z");

std::string Text(const absl::StatusOr<Value>& value) {
  return value.ok() ? ValueText(*value) : "error";
}

Value Temporal(Type type, absl::string_view text) {
  return *MakeTemporal(type, Value::String(text), kNow);
}

// The components as JSON, and temporal values beside them.
Value Map(absl::string_view json, std::vector<MapEntry> more = {}) {
  const Value map = *ParseJson(json);
  more.insert(more.end(), map.map().begin(), map.map().end());
  return Value::Map(std::move(more));
}

std::string Make(Type type, absl::string_view json, std::vector<MapEntry> more = {}) {
  return Text(MakeTemporal(type, Map(json, std::move(more)), kNow));
}

TEST(MakeTemporalTest, BuildsDatesFromEachKindOfComponents) {
  const auto make = [](absl::string_view json) { return Make(Type::kDate, json); };
  EXPECT_EQ(make(R"({"year":1984,"month":10,"day":11})"), "'1984-10-11'");
  EXPECT_EQ(make(R"({"year":1984})"), "'1984-01-01'");
  EXPECT_EQ(make(R"({"year":1817,"week":1})"), "'1816-12-30'");
  EXPECT_EQ(make(R"({"year":1818,"week":53,"dayOfWeek":4})"), "'1818-12-31'");
  EXPECT_EQ(make(R"({"year":1984,"ordinalDay":202})"), "'1984-07-20'");
  EXPECT_EQ(make(R"({"year":1984,"quarter":3,"dayOfQuarter":45})"), "'1984-08-14'");
}

TEST(MakeTemporalTest, RejectsComponentsThatDoNotMakeAValue) {
  for (const char* json :
       {R"({})", R"({"month":1})", R"({"year":1984,"day":3})", R"({"year":1984,"dayOfWeek":3})",
        R"({"year":1984,"month":13})", R"({"year":1983,"month":2,"day":29})",
        R"({"year":1984,"week":53})", R"({"year":1983,"ordinalDay":366})",
        R"({"year":1984,"quarter":1,"dayOfQuarter":92})", R"({"year":1984,"week":1,"month":1})",
        R"({"year":"1984"})", R"({"year":1984.0})", R"({"year":null})", R"({"year":1984,"hour":1})",
        R"({"year":1984,"era":1})", R"({"year":1000000000})", R"({"date":"1984-01-01"})"}) {
    EXPECT_EQ(Make(Type::kDate, json), "error") << json;
  }
  EXPECT_EQ(Make(Type::kLocalTime, "{}"), "error");
  EXPECT_EQ(Make(Type::kLocalTime, R"({"hour":1,"second":1})"), "error");
  EXPECT_EQ(Make(Type::kLocalTime, R"({"hour":24})"), "error");
  EXPECT_EQ(Make(Type::kTime, R"({"hour":1,"timezone":"+25:00"})"), "error");
  EXPECT_EQ(Make(Type::kDateTime, R"({"year":1984,"timezone":"Mars/Olympus"})"), "error");
  EXPECT_EQ(Text(MakeTemporal(Type::kDate, Value::Integer(1984), kNow)), "error");
}

TEST(MakeTemporalTest, AddsUpThePartsOfASecond) {
  const auto make = [](absl::string_view json) { return Make(Type::kLocalTime, json); };
  EXPECT_EQ(make(R"({"hour":12,"minute":31,"second":14,"nanosecond":789,"millisecond":123,
                     "microsecond":456})"),
            "'12:31:14.123456789'");
  EXPECT_EQ(make(R"({"hour":12,"minute":31,"second":14,"microsecond":645876})"),
            "'12:31:14.645876'");
  EXPECT_EQ(make(R"({"hour":1,"minute":1,"second":1,"millisecond":1,"microsecond":1000})"),
            "error");
}

TEST(MakeTemporalTest, TakesPartsFromOtherTemporals) {
  const Value date = Temporal(Type::kDate, "1984-11-11");
  const Value december = Temporal(Type::kDate, "1816-12-30");
  EXPECT_EQ(Make(Type::kDate, R"({"year":28})", {{"date", date}}), "'0028-11-11'");
  EXPECT_EQ(Make(Type::kDate, R"({"week":1})", {{"date", date}}), "'1984-01-08'");
  EXPECT_EQ(Make(Type::kDate, R"({"quarter":3})", {{"date", date}}), "'1984-08-11'");
  EXPECT_EQ(Make(Type::kDate, R"({"week":2,"dayOfWeek":3})", {{"date", december}}), "'1817-01-08'");
  EXPECT_EQ(Make(Type::kDate, R"({"month":2})", {{"date", Temporal(Type::kDate, "2015-01-31")}}),
            "'2015-02-28'");
  EXPECT_EQ(Make(Type::kLocalDateTime, R"({"second":42})",
                 {{"date", date}, {"time", Temporal(Type::kTime, "12:31:14.5+01:00")}}),
            "'1984-11-11T12:31:42.5'");
}

TEST(MakeTemporalTest, MovesToAnotherZoneOnlyWhatHadOne) {
  const Value stockholm = Temporal(Type::kDateTime, "1984-10-11T12:00[Europe/Stockholm]");
  const Value local = Temporal(Type::kLocalDateTime, "1984-10-11T12:00");
  EXPECT_EQ(Make(Type::kDateTime, R"({"timezone":"+05:00"})", {{"datetime", stockholm}}),
            "'1984-10-11T16:00+05:00'");
  EXPECT_EQ(Make(Type::kDateTime, R"({"timezone":"+05:00"})", {{"datetime", local}}),
            "'1984-10-11T12:00+05:00'");
  EXPECT_EQ(Make(Type::kDateTime, R"({"month":3,"day":28})", {{"datetime", stockholm}}),
            "'1984-03-28T12:00+02:00[Europe/Stockholm]'");
  EXPECT_EQ(Make(Type::kTime, R"({"timezone":"+05:00"})", {{"time", stockholm}}), "'16:00+05:00'");
  EXPECT_EQ(Text(MakeTemporal(Type::kTime, stockholm, kNow)), "'12:00+01:00'");
  EXPECT_EQ(Text(MakeTemporal(Type::kDateTime, Temporal(Type::kDate, "1984-10-11"), kNow)),
            "'1984-10-11T00:00Z'");
  EXPECT_EQ(Text(MakeTemporal(Type::kDate, Temporal(Type::kTime, "12:00"), kNow)), "error");
}

TEST(MakeTemporalTest, TellsTheCurrentTimeInAZone) {
  EXPECT_EQ(Make(Type::kDate, R"({"timezone":"Asia/Pyongyang"})"), "'2024-11-02'");
  EXPECT_EQ(Make(Type::kTime, R"({"timezone":"Asia/Pyongyang"})"), "'07:30+09:00'");
  EXPECT_EQ(Text(MakeTemporal(Type::kLocalTime, Value::OfDateTime(kNow), kNow)), "'22:30'");
}

TEST(MakeTemporalTest, ReadsInstantsSinceTheEpoch) {
  EXPECT_EQ(Text(DateTimeFromEpoch(416779, 999999999)), "'1970-01-05T19:46:19.999999999Z'");
  EXPECT_EQ(Text(DateTimeFromEpoch(0, -1)), "'1969-12-31T23:59:59.999999999Z'");
  EXPECT_EQ(Text(DateTimeFromEpochMillis(237821673987)), "'1977-07-15T13:34:33.987Z'");
  EXPECT_EQ(Make(Type::kDateTime, R"({"epochMillis":-1,"timezone":"+01:00"})"),
            "'1970-01-01T00:59:59.999+01:00'");
  EXPECT_EQ(Text(DateTimeFromEpoch(INT64_MAX, INT64_MAX)), "error");
}

TEST(TruncateTemporalTest, SetsWhatIsSmallerToItsLeast) {
  const Value instant = Temporal(Type::kDateTime, "1984-11-11T12:31:14.645876123-01:00");
  const std::pair<const char*, const char*> cases[] = {
      {"millennium", "'1000-01-01T00:00-01:00'"},
      {"century", "'1900-01-01T00:00-01:00'"},
      {"decade", "'1980-01-01T00:00-01:00'"},
      {"year", "'1984-01-01T00:00-01:00'"},
      {"weekYear", "'1984-01-02T00:00-01:00'"},
      {"quarter", "'1984-10-01T00:00-01:00'"},
      {"month", "'1984-11-01T00:00-01:00'"},
      {"week", "'1984-11-05T00:00-01:00'"},
      {"day", "'1984-11-11T00:00-01:00'"},
      {"hour", "'1984-11-11T12:00-01:00'"},
      {"minute", "'1984-11-11T12:31-01:00'"},
      {"second", "'1984-11-11T12:31:14-01:00'"},
      {"millisecond", "'1984-11-11T12:31:14.645-01:00'"},
      {"microsecond", "'1984-11-11T12:31:14.645876-01:00'"},
  };
  for (const auto& [unit, expected] : cases) {
    EXPECT_EQ(Text(TruncateTemporal(Type::kDateTime, unit, instant, Value(), kNow)), expected);
  }
}

TEST(TruncateTemporalTest, AppliesComponentsAfterwards) {
  const Value instant = Temporal(Type::kDateTime, "1984-01-01T12:31:14.645876123-01:00");
  const auto truncate = [&](Type type, absl::string_view unit, absl::string_view json) {
    return Text(TruncateTemporal(type, unit, instant, Map(json), kNow));
  };
  EXPECT_EQ(truncate(Type::kDate, "weekYear", R"({"day":5})"), "'1983-01-05'");
  EXPECT_EQ(truncate(Type::kDate, "week", R"({"dayOfWeek":2})"), "'1983-12-27'");
  EXPECT_EQ(truncate(Type::kLocalTime, "millisecond", R"({"nanosecond":2})"),
            "'12:31:14.645000002'");
  EXPECT_EQ(truncate(Type::kLocalTime, "microsecond", R"({"nanosecond":2})"),
            "'12:31:14.645876002'");
  EXPECT_EQ(truncate(Type::kTime, "hour", R"({"timezone":"+01:00"})"), "'12:00+01:00'");
  EXPECT_EQ(truncate(Type::kDateTime, "hour", R"({"timezone":"Europe/Stockholm"})"),
            "'1984-01-01T12:00+01:00[Europe/Stockholm]'");
  EXPECT_EQ(truncate(Type::kDate, "hour", "{}"), "error");
  EXPECT_EQ(truncate(Type::kTime, "month", "{}"), "error");
  EXPECT_EQ(truncate(Type::kDate, "fortnight", "{}"), "error");
}

TEST(MakeDurationTest, CarriesFractionsIntoSmallerUnits) {
  const auto make = [](absl::string_view json) { return Text(MakeDuration(*ParseJson(json))); };
  EXPECT_EQ(make(R"({"months":5,"days":1.5})"), "'P5M1DT12H'");
  EXPECT_EQ(make(R"({"months":0.75})"), "'P22DT19H51M49.5S'");
  EXPECT_EQ(make(R"({"weeks":2.5})"), "'P17DT12H'");
  EXPECT_EQ(make(R"({"quarters":1,"minutes":1.5,"seconds":1})"), "'P3MT1M31S'");
  EXPECT_EQ(make(R"({"seconds":2,"milliseconds":-1})"), "'PT1.999S'");
  EXPECT_EQ(make(R"({"seconds":-2,"milliseconds":1})"), "'PT-1.999S'");
  EXPECT_EQ(make(R"({"days":14,"seconds":70,"nanoseconds":1})"), "'P14DT1M10.000000001S'");
  EXPECT_EQ(make(R"({"years":9223372036854775807})"), "error");
  EXPECT_EQ(make(R"({"days":1e300})"), "error");
  EXPECT_EQ(make(R"({"days":"1"})"), "error");
  EXPECT_EQ(make(R"({"fortnights":1})"), "error");
  EXPECT_EQ(Text(MakeDuration(Value())), "null");
}

std::string Component(const Value& value, absl::string_view name) {
  const std::optional<Value> component = TemporalComponent(value, name);
  return component ? ValueText(*component) : "none";
}

TEST(TemporalComponentTest, TellsEachPartOfAnInstant) {
  const Value v = Temporal(Type::kDateTime, "1984-01-01T12:31:14.645876123[Europe/Stockholm]");
  const std::pair<const char*, const char*> cases[] = {
      {"year", "1984"},
      {"quarter", "1"},
      {"month", "1"},
      {"week", "52"},
      {"weekYear", "1983"},
      {"day", "1"},
      {"ordinalDay", "1"},
      {"weekDay", "7"},
      {"dayOfQuarter", "1"},
      {"hour", "12"},
      {"minute", "31"},
      {"second", "14"},
      {"millisecond", "645"},
      {"microsecond", "645876"},
      {"nanosecond", "645876123"},
      {"timezone", "'Europe/Stockholm'"},
      {"offset", "'+01:00'"},
      {"offsetMinutes", "60"},
      {"offsetSeconds", "3600"},
      {"epochSeconds", "441804674"},
      {"epochMillis", "441804674645"},
      {"era", "none"},
  };
  for (const auto& [name, expected] : cases) EXPECT_EQ(Component(v, name), expected) << name;
  EXPECT_EQ(Component(Temporal(Type::kDate, "1984-11-11"), "hour"), "none");
  EXPECT_EQ(Component(Temporal(Type::kLocalTime, "12:00"), "year"), "none");
  EXPECT_EQ(Component(Temporal(Type::kTime, "12:00Z"), "timezone"), "'Z'");
}

TEST(TemporalComponentTest, TellsWholeAmountsAndRestsOfADuration) {
  const Value v = Value::OfDuration(*ParseDuration("P1Y4M10DT1H1M1.111111111S"));
  const std::pair<const char*, const char*> cases[] = {
      {"years", "1"},
      {"quarters", "5"},
      {"months", "16"},
      {"weeks", "1"},
      {"days", "10"},
      {"hours", "1"},
      {"minutes", "61"},
      {"seconds", "3661"},
      {"milliseconds", "3661111"},
      {"nanoseconds", "3661111111111"},
      {"quartersOfYear", "1"},
      {"monthsOfQuarter", "1"},
      {"monthsOfYear", "4"},
      {"daysOfWeek", "3"},
      {"minutesOfHour", "1"},
      {"secondsOfMinute", "1"},
      {"millisecondsOfSecond", "111"},
      {"nanosecondsOfSecond", "111111111"},
  };
  for (const auto& [name, expected] : cases) EXPECT_EQ(Component(v, name), expected) << name;
  const Value long_one = Value::OfDuration(*ParseDuration("PT99999999999999S"));
  EXPECT_EQ(Component(long_one, "nanoseconds"), "null");
}

}  // namespace
}  // namespace entente
