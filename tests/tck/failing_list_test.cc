#include "tests/tck/failing_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entente::tck {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(FailingListTest, NamesScenariosByFeatureNameAndExample) {
  EXPECT_EQ(ScenarioId("clauses/match/Match1", {"[1] One # two", 0}),
            "clauses/match/Match1 : [1] One # two");
  EXPECT_EQ(ScenarioId("clauses/match/Match1", {"[2] Three", 4}),
            "clauses/match/Match1 : [2] Three (example 4)");
}

TEST(FailingListTest, ReadsIdsWithReasons) {
  const auto failing = ParseFailingList(R"(
# Only shrinks.
a/B1 : [1] One # two # no subqueries
a/B1 : [2] Three (example 4) # no time zones
)");
  ASSERT_TRUE(failing.ok());
  EXPECT_THAT(*failing, ElementsAre(Pair("a/B1 : [1] One # two", "no subqueries"),
                                    Pair("a/B1 : [2] Three (example 4)", "no time zones")));
}

TEST(FailingListTest, RejectsEntriesWithoutReasonOrGivenTwice) {
  EXPECT_FALSE(ParseFailingList("a : b").ok());
  EXPECT_FALSE(ParseFailingList("a : b # x\na : b # y").ok());
}

}  // namespace
}  // namespace entente::tck
