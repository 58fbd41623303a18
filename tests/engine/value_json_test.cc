#include "engine/value_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "engine/temporal_text.h"
#include "engine/value_text.h"

namespace entente {
namespace {

using ::testing::HasSubstr;

std::string Read(absl::string_view json) {
  const absl::StatusOr<Value> value = ParseJson(json);
  return value.ok() ? ValueText(*value) : std::string(value.status().message());
}

TEST(ParseJsonTest, ReadsEveryKindOfValue) {
  EXPECT_EQ(Read("null"), "null");
  EXPECT_EQ(Read(" true "), "true");
  EXPECT_EQ(Read("-12"), "-12");
  EXPECT_EQ(Read("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(Read("12.0"), "12.0");
  EXPECT_EQ(Read("1e3"), "1000.0");
  EXPECT_EQ(Read("\"a\\u00e9\\n\""), "'aé\n'");
  EXPECT_EQ(Read("[]"), "[]");
  EXPECT_EQ(Read("{\"b\": [1, {\"c\": null}], \"a\": {}}"), "{a: {}, b: [1, {c: null}]}");
  EXPECT_EQ(Read("{\"a\": 1, \"a\": 2}"), "{a: 2}");
}

TEST(ParseJsonTest, RejectsWhatIsNotOneJsonText) {
  for (const char* text :
       {"", " ", "[1", "{\"a\"}", "{\"a\":}", "1 2", "1,2", "[1]]", "1]", "nul", "tru", "{'a':1}",
        "\"a", "01", "[1,]", "{\"a\":1,}", "\"\xff\"", "NaN"}) {
    EXPECT_FALSE(ParseJson(text).ok()) << text;
  }
}

TEST(ParseJsonTest, TellsThePlaceAndTheReason) {
  EXPECT_THAT(Read("{\"a\": 9223372036854775808}"), HasSubstr("does not fit into 64 bits"));
  EXPECT_THAT(Read("[99999999999999999999999]"), HasSubstr("too large"));
  EXPECT_THAT(Read("{\"a\": 1 \"b\": 2}"), HasSubstr("at byte "));
}

TEST(ParseJsonTest, LimitsTheDepth) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(ParseJson(nested(100)).ok());
  EXPECT_FALSE(ParseJson(nested(101)).ok());
  EXPECT_FALSE(ParseJson(nested(100'000)).ok());
}

TEST(ToJsonTest, WritesPlainValuesSoThatTheyReadBack) {
  for (const char* text : {"null", "true", "-12", "12.0", "1.0e300", "\"a\\\"\\\\\\n\\t\\u0001é\"",
                           "[]", "[1,[null]]", "{}", "{\"a\":{\"b\":[1]}}"}) {
    EXPECT_EQ(ToJson(*ParseJson(text)), text);
  }
}

TEST(ToJsonTest, WritesNumbersThatJsonLacksAndTemporalValuesAsStrings) {
  EXPECT_EQ(ToJson(Value::Float(std::numeric_limits<double>::quiet_NaN())), "\"NaN\"");
  EXPECT_EQ(ToJson(Value::Float(-std::numeric_limits<double>::infinity())), "\"-Infinity\"");
  EXPECT_EQ(ToJson(Value::OfDateTime(*ParseDateTime("2024-11-01T08:00:00Z"))),
            "\"2024-11-01T08:00Z\"");
  EXPECT_EQ(ToJson(Value::OfDuration(*ParseDuration("P1D"))), "\"P1D\"");
}

TEST(ToJsonTest, WritesGraphValuesAsObjects) {
  const Value node =
      Value::Node(NodeContent{1, {"Country"}, {{"name", Value::String("Freedonia")}}});
  const Value relationship =
      Value::Relationship(RelationshipContent{7, 1, 2, 0, nullptr, true, "SUPPORTS", {}});
  const std::string node_json =
      "{\"id\":1,\"labels\":[\"Country\"],\"properties\":{\"name\":\"Freedonia\"}}";
  const std::string relationship_json =
      "{\"id\":7,\"type\":\"SUPPORTS\",\"start\":1,\"end\":2,\"properties\":{}}";
  EXPECT_EQ(ToJson(node), node_json);
  EXPECT_EQ(ToJson(relationship), relationship_json);
  EXPECT_EQ(ToJson(Value::Path(PathContent{{node, node}, {relationship}})),
            "[" + node_json + "," + relationship_json + "," + node_json + "]");
}

}  // namespace
}  // namespace entente
