#include "engine/value_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "engine/temporal_text.h"
#include "engine/value_text.h"

namespace entente {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const std::optional<bool> kNull;
const std::optional<bool> kYes = true;
const std::optional<bool> kNo = false;

Value I(int64_t v) { return Value::Integer(v); }
Value F(double v) { return Value::Float(v); }
Value S(absl::string_view v) { return Value::String(v); }
Value L(std::vector<Value> v) { return Value::List(std::move(v)); }
Value DateTimeValue(absl::string_view text) { return Value::OfDateTime(*ParseDateTime(text)); }
Value DurationValue(absl::string_view text) { return Value::OfDuration(*ParseDuration(text)); }

TEST(EqualsTest, IsNullWhereNullsDecide) {
  EXPECT_EQ(Equals(Value(), Value()), kNull);
  EXPECT_EQ(Equals(Value(), I(1)), kNull);
  EXPECT_EQ(Equals(L({Value()}), L({I(1)})), kNull);
  EXPECT_EQ(Equals(L({I(1), Value()}), L({I(2), Value()})), kNo);
  EXPECT_EQ(Equals(L({Value()}), L({Value(), Value()})), kNo);
  EXPECT_EQ(Equals(Value::Map({{"k", Value()}}), Value::Map({{"k", I(1)}})), kNull);
  EXPECT_EQ(Equals(Value::Map({{"k", Value()}}), Value::Map({{"l", Value()}})), kNo);
}

TEST(EqualsTest, ComparesNumbersByAmountAndTypesElse) {
  EXPECT_EQ(Equals(I(1), F(1)), kYes);
  EXPECT_EQ(Equals(L({I(1)}), L({F(1)})), kYes);
  EXPECT_EQ(Equals(I(1), S("1")), kNo);
  EXPECT_EQ(Equals(F(kNan), F(kNan)), kNo);
  EXPECT_EQ(Equals(L({F(kNan)}), L({F(kNan)})), kNo);
  EXPECT_EQ(Equals(DurationValue("P1D"), DurationValue("PT24H")), kNo);
  EXPECT_EQ(Equals(DurationValue("PT1M"), DurationValue("PT60S")), kYes);
}

TEST(EqualsTest, ComparesIntegersAndFloatsExactlyBeyondTwoToThe53) {
  constexpr int64_t kBig = (int64_t{1} << 53) + 1;
  EXPECT_EQ(Equals(I(kBig), F(0x1p53)), kNo);
  EXPECT_EQ(Less(F(0x1p53), I(kBig)), kYes);
  EXPECT_EQ(Less(I(std::numeric_limits<int64_t>::max()), F(0x1p63)), kYes);
  EXPECT_EQ(Equals(I(std::numeric_limits<int64_t>::min()), F(-0x1p63)), kYes);
  EXPECT_EQ(Less(I(-1), F(-0.5)), kYes);
  EXPECT_EQ(Less(I(5), F(-kInfinity)), kNo);
}

TEST(EqualsTest, ComparesNodesAndRelationshipsById) {
  EXPECT_EQ(Equals(Value::Node(1), Value::Node(NodeContent{1, {"A"}, {}})), kYes);
  EXPECT_EQ(Equals(Value::Node(1), Value::Node(2)), kNo);
  RelationshipContent bare{5, 1, 2, 3};
  RelationshipContent filled{5, 1, 2, 3, nullptr, true, "T", {}};
  EXPECT_EQ(Equals(Value::Relationship(bare), Value::Relationship(filled)), kYes);
}

TEST(LessTest, IsNullAcrossTypes) {
  EXPECT_EQ(Less(I(1), S("a")), kNull);
  EXPECT_EQ(Less(Value(), I(1)), kNull);
  EXPECT_EQ(Less(F(kNan), S("a")), kNull);
  EXPECT_EQ(Less(Value::Map({}), Value::Map({})), kNull);
  EXPECT_EQ(Less(Value::Node(1), Value::Node(2)), kNull);
  EXPECT_EQ(Less(DurationValue("P1D"), DurationValue("P2D")), kNull);
  EXPECT_EQ(LessOrEqual(Value::OfDate(Date{1}), DateTimeValue("2015-07-21T00:00Z")), kNull);
}

TEST(LessTest, IsFalseForNan) {
  for (const Value& other : {I(1), F(1), F(kNan)}) {
    EXPECT_EQ(Less(F(kNan), other), kNo);
    EXPECT_EQ(Less(other, F(kNan)), kNo);
    EXPECT_EQ(LessOrEqual(F(kNan), other), kNo);
  }
}

TEST(LessTest, ComparesListsByTheFirstDifference) {
  EXPECT_EQ(LessOrEqual(L({I(1)}), L({I(1), I(0)})), kYes);
  EXPECT_EQ(LessOrEqual(L({I(1)}), L({I(1), Value()})), kYes);
  EXPECT_EQ(LessOrEqual(L({I(1), Value()}), L({I(1), I(2)})), kNull);
  EXPECT_EQ(LessOrEqual(L({I(3), Value()}), L({I(1), I(2)})), kNo);
}

TEST(LessTest, ComparesInstantsBeforeOffsets) {
  EXPECT_EQ(Less(DateTimeValue("2015-07-21T12:00+02:00"), DateTimeValue("2015-07-21T11:00Z")),
            kYes);
  const Value berlin = DateTimeValue("2015-07-21T12:00+02:00[Europe/Berlin]");
  const Value utc = DateTimeValue("2015-07-21T10:00Z");
  EXPECT_EQ(Equals(berlin, utc), kNo);
  EXPECT_EQ(Less(utc, berlin), kYes);
}

TEST(EquivalentTest, TakesNullsAndNansAsTheSameAndHashesAlike) {
  const std::vector<std::pair<Value, Value>> same = {
      {Value(), Value()},
      {F(kNan), F(-kNan)},
      {I(1), F(1)},
      {F(0), F(-0.0)},
      {I(std::numeric_limits<int64_t>::min()), F(-0x1p63)},
      {L({I(1), Value()}), L({F(1), Value()})},
      {Value::Map({{"a", I(2)}}), Value::Map({{"a", F(2)}})},
      {Value::Node(1), Value::Node(NodeContent{1, {"A"}, {}})},
  };
  for (const auto& [a, b] : same) {
    EXPECT_TRUE(Equivalent(a, b)) << ValueText(a);
    EXPECT_EQ(HashOf(a), HashOf(b)) << ValueText(a);
  }
  EXPECT_FALSE(Equivalent(Value(), F(kNan)));
  EXPECT_FALSE(Equivalent(I(1), S("1")));
}

TEST(OrderOfTest, SortsAllTypesAsOpenCypherDoes) {
  const Value relationship =
      Value::Relationship(RelationshipContent{1, 1, 2, 0, nullptr, true, "T"});
  const std::vector<Value> sorted = {
      Value::Map({}),
      Value::Map({{"a", I(1)}}),
      Value::Map({{"a", I(2)}}),
      Value::Map({{"b", I(0)}}),
      Value::Node(1),
      Value::Node(2),
      relationship,
      L({}),
      L({S("a")}),
      L({S("a"), I(1)}),
      L({I(1)}),
      L({I(1), S("a")}),
      L({I(1), Value()}),
      L({Value(), I(1)}),
      Value::Path(PathContent{{Value::Node(1)}, {}}),
      Value::Path(PathContent{{Value::Node(1), Value::Node(2)}, {relationship}}),
      DateTimeValue("2015-07-21T12:00+02:00"),
      DateTimeValue("2015-07-21T11:00Z"),
      Value::OfLocalDateTime(LocalDateTime{0, 1}),
      Value::OfDate(Date{-1}),
      Value::OfDate(Date{1}),
      Value::OfTime(Time{0, 3600}),
      Value::OfTime(Time{0, 0}),
      Value::OfLocalTime(LocalTime{0}),
      DurationValue("P29D"),
      DurationValue("P1M"),
      DurationValue("P31D"),
      S(""),
      S("Z"),
      S("a"),
      S("é"),
      Value::Boolean(false),
      Value::Boolean(true),
      F(-kInfinity),
      I(-1),
      F(0.5),
      I(1),
      F(kInfinity),
      F(kNan),
      Value(),
  };
  for (size_t i = 0; i < sorted.size(); ++i) {
    for (size_t j = 0; j < sorted.size(); ++j) {
      const int expected = i < j ? -1 : (i > j ? 1 : 0);
      const int order = OrderOf(sorted[i], sorted[j]);
      EXPECT_EQ((order > 0) - (order < 0), expected)
          << ValueText(sorted[i]) << " and " << ValueText(sorted[j]);
    }
  }
}

}  // namespace
}  // namespace entente
