#include "tests/tck/tck_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entente::tck {
namespace {

using ::testing::HasSubstr;

TckValue Parsed(absl::string_view text) {
  absl::StatusOr<TckValue> value = ParseTckValue(text);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *value : TckValue{};
}

bool SameTexts(absl::string_view a, absl::string_view b,
               ListOrder order = ListOrder::kSignificant) {
  return Same(Parsed(a), Parsed(b), order);
}

std::vector<TckRow> Rows(const std::vector<std::vector<absl::string_view>>& texts) {
  std::vector<TckRow> rows;
  for (const auto& line : texts) {
    TckRow row;
    for (const absl::string_view text : line) row.push_back(Parsed(text));
    rows.push_back(row);
  }
  return rows;
}

TEST(TckValueTest, WritesBackWhatItRead) {
  for (const absl::string_view text : {"null",
                                       "true",
                                       "false",
                                       "0",
                                       "-7",
                                       "9223372036854775807",
                                       "0.5",
                                       "-2.0",
                                       "NaN",
                                       "Inf",
                                       "-Inf",
                                       "''",
                                       "'Malmö'",
                                       "'it\\'s'",
                                       "'a\\\\b'",
                                       "[]",
                                       "[1, [2, null], 'x']",
                                       "{}",
                                       "{a: 1, b: {c: []}}",
                                       "()",
                                       "(:A)",
                                       "(:A:B {x: 1, y: 'z'})",
                                       "({x: 1})",
                                       "[:T]",
                                       "[:T {since: '2024-06-01'}]",
                                       "<()>",
                                       "<(:A)-[:T]->()<-[:R {x: 1}]-({y: 2})>"}) {
    EXPECT_EQ(ToText(Parsed(text)), text);
  }
}

TEST(TckValueTest, AllowsBlanksBacktickedNamesAndEscapes) {
  EXPECT_TRUE(SameTexts(" [ 1 ,2 ] ", "[1, 2]"));
  EXPECT_TRUE(SameTexts("{`a b`: 1}", "{`a b` :1}"));
  EXPECT_TRUE(SameTexts("(:`A`)", "(:A)"));
  EXPECT_TRUE(SameTexts("'\\u00e9\\t'", "'é\t'"));
  EXPECT_TRUE(SameTexts("1e2", "100.0"));
}

TEST(TckValueTest, RejectsWhatIsNoValue) {
  for (const absl::string_view text :
       {"", "1 2", "'open", "[1, 2", "[1 2]", "{a 1}", "{a: 1, a: 2}", "(:)", "[:T", "<()-[:T]-()>",
        "<()", "2015-07-21", "abc", "--1", "(:A", "`x`"}) {
    EXPECT_FALSE(ParseTckValue(text).ok()) << text;
  }
  EXPECT_THAT(std::string(ParseTckValue("[1, x]").status().message()), HasSubstr("offset 4"));
}

TEST(TckValueTest, TellsTypesApart) {
  EXPECT_FALSE(SameTexts("1", "1.0"));
  EXPECT_FALSE(SameTexts("1", "'1'"));
  EXPECT_FALSE(SameTexts("null", "'null'"));
  EXPECT_FALSE(SameTexts("{}", "()"));
  EXPECT_FALSE(SameTexts("[]", "null"));
  EXPECT_FALSE(SameTexts("(:A)", "<(:A)>"));
}

TEST(TckValueTest, ComparesNumbersNumericallyAndNullAndNanWithThemselves) {
  EXPECT_TRUE(SameTexts("1.0", "1.00"));
  EXPECT_TRUE(SameTexts("0.0", "-0.0"));
  EXPECT_TRUE(SameTexts("NaN", "NaN"));
  EXPECT_TRUE(SameTexts("null", "null"));
  EXPECT_FALSE(SameTexts("0.1", "0.2"));
}

TEST(TckValueTest, IgnoresTheOrderOfLabelsAndKeys) {
  EXPECT_TRUE(SameTexts("(:A:B {x: 1, y: 2})", "(:B:A {y: 2, x: 1})"));
  EXPECT_FALSE(SameTexts("(:A:B)", "(:A)"));
  EXPECT_FALSE(SameTexts("(:A {x: 1})", "(:A {x: 2})"));
  EXPECT_FALSE(SameTexts("(:A {x: 1})", "(:A)"));
}

TEST(TckValueTest, ComparesPathsByDirection) {
  EXPECT_TRUE(SameTexts("<(:A)-[:T]->(:B)>", "<(:A)-[:T]->(:B)>"));
  EXPECT_FALSE(SameTexts("<(:A)-[:T]->(:B)>", "<(:A)<-[:T]-(:B)>"));
  EXPECT_FALSE(SameTexts("<(:A)-[:T]->(:B)>", "<(:A)-[:T]->(:B)-[:T]->(:C)>"));
  EXPECT_FALSE(SameTexts("<(:A)-[:T]->(:B)>", "<(:A)-[:R]->(:B)>"));
}

TEST(TckValueTest, IgnoresTheOrderOfListsOnlyWhenAsked) {
  EXPECT_FALSE(SameTexts("[1, 2, 2]", "[2, 1, 2]"));
  EXPECT_TRUE(SameTexts("[1, 2, 2]", "[2, 1, 2]", ListOrder::kIgnored));
  EXPECT_TRUE(SameTexts("{a: [[1, 2], [3]]}", "{a: [[3], [2, 1]]}", ListOrder::kIgnored));
  EXPECT_FALSE(SameTexts("[1, 1, 2]", "[1, 2, 2]", ListOrder::kIgnored));
  EXPECT_FALSE(SameTexts("[1]", "[1, 1]", ListOrder::kIgnored));
}

TEST(TckValueTest, ComparesRowsInOrderOrAsBags) {
  const auto rows = Rows({{"1", "'a'"}, {"2", "'b'"}, {"2", "'b'"}});
  const auto shuffled = Rows({{"2", "'b'"}, {"1", "'a'"}, {"2", "'b'"}});
  const auto others = Rows({{"1", "'a'"}, {"1", "'a'"}, {"2", "'b'"}});
  EXPECT_TRUE(SameRows(rows, rows, ListOrder::kSignificant));
  EXPECT_FALSE(SameRows(rows, shuffled, ListOrder::kSignificant));
  EXPECT_TRUE(SameRowsInAnyOrder(rows, shuffled, ListOrder::kSignificant));
  EXPECT_FALSE(SameRowsInAnyOrder(rows, others, ListOrder::kSignificant));
  EXPECT_FALSE(SameRowsInAnyOrder(rows, Rows({{"1", "'a'"}}), ListOrder::kSignificant));
  EXPECT_TRUE(SameRows(Rows({{"[1, 2]"}}), Rows({{"[2, 1]"}}), ListOrder::kIgnored));
}

TEST(TckValueTest, WritesPlainValuesAsJson) {
  EXPECT_EQ(*ToJson(Parsed("{a: [1, 0.5, null, true], b: 'say \"no\"\\n'}")),
            "{\"a\":[1,0.5,null,true],\"b\":\"say \\\"no\\\"\\u000a\"}");
  EXPECT_FALSE(ToJson(Parsed("[NaN]")).ok());
  EXPECT_FALSE(ToJson(Parsed("(:A)")).ok());
}

}  // namespace
}  // namespace entente::tck
