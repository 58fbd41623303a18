#include "engine/value_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/temporal_text.h"

namespace entente {
namespace {

TEST(FormatFloatTest, WritesTheShortestDigitsThatReadBack) {
  const std::pair<double, const char*> cases[] = {
      {1, "1.0"},
      {-0.0, "-0.0"},
      {0.1, "0.1"},
      {0.000001, "0.000001"},
      {-0.00001, "-0.00001"},
      {1e9, "1000000000.0"},
      {1.5e300, "1.5e300"},
      {1e300, "1.0e300"},
      {1e-9, "1.0e-9"},
      {5e-324, "5.0e-324"},
      {1.2635418652381264e305, "1.2635418652381264e305"},
      {123456789012345680.0, "1.2345678901234568e17"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN"},
      {std::numeric_limits<double>::infinity(), "Infinity"},
      {-std::numeric_limits<double>::infinity(), "-Infinity"},
  };
  for (const auto& [v, text] : cases) EXPECT_EQ(FormatFloat(v), text);
}

TEST(ValueTextTest, WritesScalarsAndCollections) {
  EXPECT_EQ(ValueText(Value()), "null");
  EXPECT_EQ(ValueText(Value::Boolean(false)), "false");
  EXPECT_EQ(ValueText(Value::Integer(-7)), "-7");
  EXPECT_EQ(ValueText(Value::String("it's a \\")), "'it\\'s a \\\\'");
  EXPECT_EQ(ValueText(Value::List({})), "[]");
  EXPECT_EQ(ValueText(Value::List({Value::Integer(1), Value::Float(2)})), "[1, 2.0]");
  EXPECT_EQ(ValueText(Value::Map({{"b c", Value()}, {"a", Value::String("x")}})),
            "{a: 'x', `b c`: null}");
}

TEST(ValueTextTest, QuotesTemporalValues) {
  EXPECT_EQ(ValueText(Value::OfDate(*ParseDate("1984-10-11"))), "'1984-10-11'");
  EXPECT_EQ(ValueText(Value::OfTime(*ParseTime("12:00+01:00"))), "'12:00+01:00'");
  EXPECT_EQ(ValueText(Value::OfDuration(*ParseDuration("P1D"))), "'P1D'");
}

TEST(ValueTextTest, WritesNodesRelationshipsAndPaths) {
  const Value korea =
      Value::Node(NodeContent{1, {"A", "Two Words"}, {{"name", Value::String("x")}}});
  const Value bare = Value::Node(NodeContent{2, {}, {}});
  const Value keyed = Value::Node(NodeContent{3, {}, {{"k", Value::Integer(1)}}});
  EXPECT_EQ(ValueText(korea), "(:A:`Two Words` {name: 'x'})");
  EXPECT_EQ(ValueText(bare), "()");
  EXPECT_EQ(ValueText(keyed), "({k: 1})");

  const Value there = Value::Relationship(
      RelationshipContent{5, 1, 2, 0, nullptr, true, "T", {{"k", Value::Integer(1)}}});
  const Value back = Value::Relationship(RelationshipContent{6, 3, 2, 0, nullptr, true, "S", {}});
  EXPECT_EQ(ValueText(there), "[:T {k: 1}]");
  EXPECT_EQ(ValueText(Value::Path(PathContent{{bare}, {}})), "<()>");
  EXPECT_EQ(ValueText(Value::Path(PathContent{{korea, bare, keyed}, {there, back}})),
            "<(:A:`Two Words` {name: 'x'})-[:T {k: 1}]->()<-[:S]-({k: 1})>");
}

}  // namespace
}  // namespace entente
