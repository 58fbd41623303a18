// The runner must fail what is wrong: each scenario here is run on the real engine, and most of
// them expect something that is not so.
#include "tests/tck/scenario_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/tck/isolation.h"

namespace entente::tck {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Feature Parsed(absl::string_view steps) {
  absl::StatusOr<Feature> feature = ParseFeature(absl::StrCat("Feature: f\nScenario: s\n", steps));
  EXPECT_TRUE(feature.ok()) << feature.status();
  return feature.ok() ? *feature : Feature{};
}

// What the runner says of a scenario with these steps; "" when it passes.
std::string Verdict(absl::string_view steps) {
  return std::string(RunScenario(Parsed(steps).scenarios.at(0), "").message());
}

std::string VerdictOfQuery(absl::string_view query, absl::string_view checks) {
  return Verdict(absl::StrCat("Given an empty graph\nWhen executing query:\n\"\"\"\n", query,
                              "\n\"\"\"\n", checks));
}

TEST(ScenarioRunnerTest, ComparesRowsAndColumns) {
  constexpr absl::string_view kQuery = "UNWIND [1, 2] AS x RETURN x, [x, 0] AS y";
  EXPECT_EQ(VerdictOfQuery(kQuery, R"(
    Then the result should be, in order:
      | x | y      |
      | 1 | [1, 0] |
      | 2 | [2, 0] |
    And no side effects)"),
            "");
  EXPECT_THAT(VerdictOfQuery(kQuery, R"(
    Then the result should be, in order:
      | x | y      |
      | 2 | [2, 0] |
      | 1 | [1, 0] |)"),
              HasSubstr("other rows"));
  EXPECT_EQ(VerdictOfQuery(kQuery, R"(
    Then the result should be, in any order (ignoring element order for lists):
      | x | y      |
      | 2 | [0, 2] |
      | 1 | [0, 1] |)"),
            "");
  EXPECT_THAT(VerdictOfQuery(kQuery, R"(
    Then the result should be, in any order:
      | x | z      |
      | 1 | [1, 0] |
      | 2 | [2, 0] |)"),
              HasSubstr("expected columns x, z, got x, y"));
  EXPECT_THAT(VerdictOfQuery(kQuery, "Then the result should be empty"),
              HasSubstr("expected no rows"));
}

TEST(ScenarioRunnerTest, ComparesErrorsByTypePhaseAndDetail) {
  constexpr absl::string_view kQuery = "RETURN nobody";
  EXPECT_EQ(VerdictOfQuery(
                kQuery, "Then a SyntaxError should be raised at compile time: UndefinedVariable"),
            "");
  EXPECT_EQ(VerdictOfQuery(kQuery, "Then a SyntaxError should be raised at any time: *"), "");
  EXPECT_THAT(
      VerdictOfQuery(kQuery, "Then a SyntaxError should be raised at runtime: UndefinedVariable"),
      HasSubstr("another error"));
  EXPECT_THAT(VerdictOfQuery(kQuery, "Then a TypeError should be raised at any time: *"),
              HasSubstr("another error"));
  EXPECT_THAT(VerdictOfQuery(kQuery, "Then a SyntaxError should be raised at compile time: Other"),
              HasSubstr("another error"));
  EXPECT_THAT(VerdictOfQuery("RETURN 1 AS x", "Then a TypeError should be raised at any time: *"),
              HasSubstr("expected an error"));
  EXPECT_THAT(VerdictOfQuery(kQuery, "Then the result should be empty"),
              HasSubstr("unexpected error"));
}

TEST(ScenarioRunnerTest, CountsSideEffectsAsTheKitDoes) {
  EXPECT_EQ(Verdict(R"(
    Given an empty graph
    And having executed:
      """
      CREATE (:A {x: 1, y: 2})-[:T {z: 3}]->(:A)
      """
    When executing query:
      """
      MATCH (n:A {x: 1}) SET n.x = 7, n.y = null, n:B CREATE (n)-[:U]->(:A)
      """
    Then the result should be empty
    And the side effects should be:
      | +nodes         | 1 |
      | +relationships | 1 |
      | +labels        | 1 |
      | +properties    | 1 |
      | -properties    | 2 |
    When executing control query:
      """
      MATCH (n) RETURN count(n) AS n
      """
    Then the result should be, in any order:
      | n |
      | 3 |)"),
            "");
  EXPECT_THAT(VerdictOfQuery("CREATE ()", "Then no side effects"),
              HasSubstr("expected side effects: none; got: +nodes 1"));
  EXPECT_THAT(VerdictOfQuery("RETURN 1 AS x", "Then the side effects should be:\n| +nodes | 1 |"),
              HasSubstr("got: none"));
}

TEST(ScenarioRunnerTest, PassesParametersAndProcedures) {
  EXPECT_EQ(Verdict(R"(
    Given any graph
    And there exists a procedure my.cities(country :: STRING?) :: (city :: STRING?):
      | country | city   |
      | 'IT'    | 'Rome' |
      | 'FR'    | 'Lyon' |
    And parameters are:
      | where | 'FR' |
    When executing query:
      """
      CALL my.cities($where) YIELD city RETURN city
      """
    Then the result should be, in any order:
      | city   |
      | 'Lyon' |)"),
            "");
}

TEST(ScenarioRunnerTest, FailsStepsItDoesNotKnow) {
  EXPECT_THAT(Verdict("Given a leap of faith"), HasSubstr("does not know"));
  EXPECT_THAT(VerdictOfQuery("RETURN 1 AS x", "Then the result should be, more or less:\n| x |"),
              HasSubstr("does not know"));
  EXPECT_THAT(Verdict("Given the no-such graph"), HasSubstr("cannot read"));
}

TEST(ScenarioRunnerTest, GivesOneVerdictAScenarioFromChildProcesses) {
  Feature feature = Parsed("Given an empty graph\nScenario: t\nGiven nonsense");
  EXPECT_THAT(RunIsolated(feature.scenarios, ""), ElementsAre(IsEmpty(), HasSubstr("not know")));
}

}  // namespace
}  // namespace entente::tck
