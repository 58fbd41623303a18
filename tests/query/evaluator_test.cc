// Expressions over rows that differ, so that each is evaluated for some rows and not for others,
// with batches of every size.
#include "query/evaluator.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

struct Case {
  std::string statement;
  std::vector<std::string> rows;
};

class EvaluatorTest : public ::testing::TestWithParam<size_t> {
 protected:
  EvaluatorTest() : query_(SessionOptions{.batch_size = GetParam()}) {}

  void Expect(const std::vector<Case>& cases) {
    for (const Case& c : cases) {
      EXPECT_THAT(query_.Rows(c.statement), ElementsAreArray(c.rows)) << c.statement;
    }
  }

  QuerySession query_;
};

INSTANTIATE_TEST_SUITE_P(BatchSizes, EvaluatorTest, ::testing::Values(1, 2, 1024));

TEST_P(EvaluatorTest, ChainedComparisonsAreTheConjunctionOfNeighbours) {
  Expect({
      {"UNWIND [0, 1, 2, null] AS a RETURN 0 < a < 2 <> 3", {"false", "true", "false", "null"}},
      {"UNWIND [[3, null], [null, 1], [1, null]] AS a RETURN 2 < a[0] < a[1]",
       {"null", "null", "false"}},
      {"UNWIND [1, '1'] AS a RETURN 0 < a < 2, 0 < a = '1'", {"true | false", "null | null"}},
      // What the first comparison decides is not evaluated further.
      {"UNWIND [0, 2] AS a RETURN 1 < a < 4 / a", {"false", "false"}},
  });
}

TEST_P(EvaluatorTest, OperandsOfChainsAreEvaluatedOnce) {
  // Nothing is above a number and not above it.
  Expect({{"UNWIND range(1, 100) AS i WITH i WHERE 0.5 < rand() <= 0.5 RETURN count(i)", {"0"}}});
  std::string nested = "2";
  for (int i = 0; i < 60; ++i) nested = absl::StrCat("(1 < ", nested, " < 3)");
  Expect({{absl::StrCat("RETURN ", nested), {"null"}}});
}

TEST_P(EvaluatorTest, InLooksIntoLongLists) {
  Expect({
      {"UNWIND [1, 2.0, 21, '1', null, [1]] AS a RETURN a IN range(1, 20)",
       {"true", "true", "false", "false", "null", "false"}},
      {"WITH range(1, 20) + [null] AS l UNWIND [1, 21, null] AS a RETURN a IN l",
       {"true", "null", "null"}},
      {"UNWIND [1, 2, 3, 4, 5, 6] AS a RETURN [b IN [1, 3] WHERE b IN [a, 3]] = [1, 3]",
       {"true", "false", "false", "false", "false", "false"}},
  });
}

TEST_P(EvaluatorTest, LogicIsThreeValued) {
  Expect({
      {"UNWIND [true, false, null] AS a RETURN NOT a", {"false", "true", "null"}},
      {"UNWIND [true, false, null] AS a RETURN a AND true, a AND false, a AND null",
       {"true | false | null", "false | false | false", "null | false | null"}},
      {"UNWIND [true, false, null] AS a RETURN a OR true, a OR false, a OR null",
       {"true | true | true", "true | false | null", "true | null | null"}},
      {"UNWIND [true, false, null] AS a RETURN a XOR true, a XOR false, a XOR null",
       {"false | true | null", "true | false | null", "null | null | null"}},
      {"UNWIND [1, null] AS a RETURN a IS NULL, a IS NOT NULL", {"false | true", "true | false"}},
  });
}

TEST_P(EvaluatorTest, OpenRowsAloneAreEvaluated) {
  Expect({
      {"UNWIND [0, 1, 2] AS a RETURN a <> 0 AND 2 / a > 1", {"false", "true", "false"}},
      {"UNWIND [0, 1, 2] AS a RETURN a = 0 OR 2 / a > 1", {"true", "true", "false"}},
      {"UNWIND [0, 1, 2] AS a RETURN CASE WHEN a = 0 THEN -1 ELSE 2 / a END", {"-1", "2", "1"}},
      {"UNWIND [0, 1, 2] AS a RETURN CASE a WHEN 0 THEN 'none' WHEN 1 THEN 2 / a END",
       {"'none'", "2", "null"}},
      {"UNWIND [0, null, 2] AS a RETURN coalesce(a, 1 / 0)", {"ArithmeticError: DivisionByZero"}},
      {"UNWIND [0, 3, 2] AS a RETURN coalesce(a, 1 / 0)", {"0", "3", "2"}},
      {"UNWIND [null, 3, 2] AS a RETURN coalesce(null, a, 7)", {"7", "3", "2"}},
  });
}

TEST_P(EvaluatorTest, ComparisonsChainAndKeepNulls) {
  Expect({
      {"UNWIND [1, 2, 3] AS a RETURN 1 < a < 3", {"false", "true", "false"}},
      {"UNWIND [1, 1.0, '1', null] AS a RETURN a = 1, a <> 1, a < 2",
       {"true | false | true", "true | false | true", "false | true | null", "null | null | null"}},
      {"UNWIND [[1, 2], [1, null], [2]] AS a RETURN a = [1, 2]", {"true", "null", "false"}},
      {"RETURN 9007199254740993 > 9007199254740992.0", {"true"}},
  });
}

TEST_P(EvaluatorTest, ListsAreTakenApartAndRegrouped) {
  Expect({
      {"UNWIND [[1, 2, 3], [], null, [4]] AS l RETURN [x IN l WHERE x % 2 = 0 | x * 10]",
       {"[20]", "[]", "null", "[40]"}},
      {"UNWIND [2, 3] AS n RETURN [x IN [1, 2, 3] WHERE x >= n]", {"[2, 3]", "[3]"}},
      {"UNWIND [2, 3] AS n RETURN [x IN [1, 2] | [y IN [n] | x * y + n]]",
       {"[[4], [6]]", "[[6], [9]]"}},
      {"UNWIND [[1, 2], [3, null], []] AS l "
       "RETURN all(x IN l WHERE x > 1), any(x IN l WHERE x > 1), "
       "none(x IN l WHERE x > 1), single(x IN l WHERE x > 1)",
       {"false | true | false | true", "null | true | false | null",
        "true | false | true | false"}},
      {"UNWIND [[1, 2, 3], [], null] AS l RETURN reduce(s = 0, x IN l | s + x)",
       {"6", "0", "null"}},
      {"RETURN size([x IN range(1, 100000) WHERE x % 3 = 0])", {"33333"}},
      {"RETURN [x IN 1 | x]", {"SyntaxError: InvalidArgumentType"}},
  });
}

TEST_P(EvaluatorTest, MapsAndSubscripts) {
  Expect({
      {"UNWIND [{a: 1, b: [1, 2]}, {b: [3]}] AS m RETURN m.a, m.b[0], m['b'][-1], m.b[0..1]",
       {"1 | 1 | 2 | [1]", "null | 3 | 3 | [3]"}},
      {"UNWIND [{a: 1, b: 2}, null] AS m RETURN m {.a, c: 3}, m {.*}",
       {"{a: 1, c: 3} | {a: 1, b: 2}", "null | null"}},
  });
}

TEST_P(EvaluatorTest, SubqueriesAnswerForEachRow) {
  query_.Rows("CREATE (a:N {v: 1})-[:R]->(:N {v: 2})-[:R]->(:N {v: 3}), (a)-[:R]->(:N {v: 4})");
  EXPECT_THAT(query_.Rows("MATCH (n:N) RETURN n.v, exists { (n)-->() }, count { (n)-->() }, "
                          "size([(n)-->(m) | m.v]) AS s ORDER BY n.v"),
              ElementsAre("1 | true | 2 | 2", "2 | true | 1 | 1", "3 | false | 0 | 0",
                          "4 | false | 0 | 0"));
  EXPECT_THAT(query_.SortedRows("MATCH (n:N) WHERE NOT (n)-->(:N {v: 3}) AND (n)--() RETURN n.v"),
              ElementsAre("1", "3", "4"));
  EXPECT_THAT(query_.Rows("MATCH (n:N) WHERE exists { MATCH (n)-->(m) WITH count(m) AS c "
                          "WHERE c > 1 RETURN c } RETURN n.v"),
              ElementsAre("1"));
}

TEST_P(EvaluatorTest, PathsAreMadeOfTheirElements) {
  query_.Rows("CREATE (:A)-[:R {k: 1}]->(:B)-[:S]->(:C)");
  EXPECT_THAT(query_.Rows("MATCH p = (:A)-[*]->(:C) RETURN p, length(p)"),
              ElementsAre("<(:A)-[:R {k: 1}]->(:B)-[:S]->(:C)> | 2"));
  EXPECT_THAT(query_.Rows("MATCH p = (:C)<-[:S]-(:B)<--(a) RETURN p, nodes(p)[2] = a"),
              ElementsAre("<(:C)<-[:S]-(:B)<-[:R {k: 1}]-(:A)> | true"));
}

TEST_P(EvaluatorTest, ErrorsKnowTheirPlace) {
  const std::string statement = "UNWIND [1, 0] AS a RETURN 7 + 2 / a";
  const auto result = query_.session().Run(statement);
  ASSERT_TRUE(result.ok());
  Row row;
  absl::StatusOr<bool> more = true;
  while (more.ok() && *more) more = (*result)->Next(&row);
  ASSERT_FALSE(more.ok());
  const ErrorInfo info = ErrorInfoOf(more.status());
  ASSERT_TRUE(info.span.has_value());
  EXPECT_EQ(statement.substr(info.span->begin, info.span->end - info.span->begin), "2 / a");
  // After an error every call returns that error.
  EXPECT_EQ((*result)->Next(&row).status(), more.status());
}

}  // namespace
}  // namespace entente::query
