#include "tests/tck/gherkin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entente::tck {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Feature Parsed(absl::string_view text) {
  absl::StatusOr<Feature> feature = ParseFeature(text);
  EXPECT_TRUE(feature.ok()) << feature.status();
  return feature.ok() ? *feature : Feature{};
}

std::string ErrorOf(absl::string_view text) {
  return std::string(ParseFeature(text).status().message());
}

TEST(GherkinTest, ReadsScenariosWithStepsDocStringsAndTables) {
  const Feature feature = Parsed(R"(
# a comment
Feature: Rivers - how they are counted

  Scenario: [1] Counting one
    Given an empty graph
    # another comment
    When executing query:
      """
      MATCH (r:River)
        RETURN count(r) AS n   # not a comment

      """
    Then the result should be, in any order:
      | n  | name |
      | 1  | 'Po' |

  Scenario: [2] Counting none
    Given any graph
)");
  EXPECT_EQ(feature.name, "Rivers - how they are counted");
  ASSERT_EQ(feature.scenarios.size(), 2);
  const Scenario& first = feature.scenarios[0];
  EXPECT_EQ(first.name, "[1] Counting one");
  EXPECT_EQ(first.example, 0);
  ASSERT_EQ(first.steps.size(), 3);
  EXPECT_EQ(first.steps[0].text, "an empty graph");
  EXPECT_EQ(first.steps[0].line, 6);
  EXPECT_EQ(first.steps[1].doc_string,
            "MATCH (r:River)\n  RETURN count(r) AS n   # not a comment\n");
  EXPECT_THAT(first.steps[2].table,
              ElementsAre(ElementsAre("n", "name"), ElementsAre("1", "'Po'")));
  EXPECT_EQ(feature.scenarios[1].steps.size(), 1);
}

TEST(GherkinTest, ExpandsAnOutlineForEachRowOfEachTable) {
  const Feature feature = Parsed(R"(
Feature: Outlines
  Scenario Outline: [1] Adding <a> to <b>
    When executing query:
      """
      RETURN <a> + <b> AS <a>
      """
    Then the result should be, in any order:
      | sum   |
      | <sum> |

    Examples:
      | a | b | sum |
      | 1 | 2 | 3   |
    Examples:
      | a   | b   | sum |
      | <b> | <a> | 0   |
)");
  ASSERT_EQ(feature.scenarios.size(), 2);
  EXPECT_EQ(feature.scenarios[0].name, "[1] Adding 1 to 2");
  EXPECT_EQ(feature.scenarios[0].example, 1);
  EXPECT_EQ(feature.scenarios[0].steps[0].doc_string, "RETURN 1 + 2 AS 1");
  EXPECT_EQ(feature.scenarios[0].steps[1].table[1][0], "3");
  EXPECT_EQ(feature.scenarios[1].example, 2);
  // A value is not substituted again.
  EXPECT_EQ(feature.scenarios[1].steps[0].doc_string, "RETURN <b> + <a> AS <b>");
}

TEST(GherkinTest, PutsTheBackgroundBeforeEachScenario) {
  const Feature feature = Parsed(R"(
Feature: Backgrounds
  Background:
    Given an empty graph
    And having executed:
      """
      CREATE ()
      """
  Scenario: one
    When executing query:
  Scenario Outline: two
    When <x>
    Examples:
      | x |
      | y |
)");
  ASSERT_EQ(feature.scenarios.size(), 2);
  for (const Scenario& scenario : feature.scenarios) {
    ASSERT_EQ(scenario.steps.size(), 3);
    EXPECT_EQ(scenario.steps[1].doc_string, "CREATE ()");
  }
  EXPECT_EQ(feature.scenarios[1].steps[2].text, "y");
}

TEST(GherkinTest, CollectsTagsOfFeatureAndScenario) {
  const Feature feature = Parsed(R"(
@all
Feature: Tags
  @slow @wide
  @odd
  Scenario: one
    Given any graph
  Scenario: two
    Given any graph
)");
  ASSERT_EQ(feature.scenarios.size(), 2);
  EXPECT_THAT(feature.scenarios[0].tags, ElementsAre("@all", "@slow", "@wide", "@odd"));
  EXPECT_THAT(feature.scenarios[1].tags, ElementsAre("@all"));
}

TEST(GherkinTest, UnescapesTableCells) {
  const Feature feature = Parsed(R"(
Feature: Escapes
  Scenario: one
    Then the result should be:
      | a \| b | \\n | x\ny | '\'' |  |
)");
  EXPECT_THAT(feature.scenarios[0].steps[0].table,
              ElementsAre(ElementsAre("a | b", "\\n", "x\ny", "'\\''", "")));
}

TEST(GherkinTest, LeavesOutScenariosThatAreCommentedOut) {
  const Feature feature = Parsed(R"(
Feature: Comments
#  Scenario: gone
#    When executing query:
#      """
#      RETURN 1
#      """
  Scenario: here
    Given any graph
)");
  ASSERT_EQ(feature.scenarios.size(), 1);
  EXPECT_EQ(feature.scenarios[0].name, "here");
  EXPECT_THAT(feature.scenarios[0].tags, IsEmpty());
}

TEST(GherkinTest, SaysWhereATextIsWrong) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("no feature"));
  EXPECT_THAT(ErrorOf("Scenario: x"), HasSubstr("line 1"));
  EXPECT_THAT(ErrorOf("Feature: a\nScenario: b\nGiven c\nNonsense d"), HasSubstr("line 4"));
  EXPECT_THAT(ErrorOf("Feature: a\nScenario: b\nGiven c\n\"\"\"\nopen"),
              HasSubstr("without an end"));
  EXPECT_THAT(ErrorOf("Feature: a\nScenario: b\nGiven c\n|1|2|\n|1|"), HasSubstr("1 cells"));
  EXPECT_THAT(ErrorOf("Feature: a\nScenario: b\nGiven c\n|1|2"), HasSubstr("does not end"));
  EXPECT_THAT(ErrorOf("Feature: a\nExamples:\n|1|"), HasSubstr("examples without"));
}

}  // namespace
}  // namespace entente::tck
