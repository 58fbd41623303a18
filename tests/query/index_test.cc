// Statements about property indexes, the plans that use them, and that these answer as scans do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "query/prepare.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(IndexStatementTest, IndexesAreCreatedShownAndDropped) {
  QuerySession session;
  session.Rows("UNWIND [1, 1, 2] AS x CREATE (:L {x: x, y: x})");
  EXPECT_THAT(session.Rows("CREATE INDEX ON :L(x)"), IsEmpty());
  EXPECT_THAT(session.Rows("CREATE INDEX why FOR (n:L) ON (n.y)"), IsEmpty());
  EXPECT_THAT(session.Rows("SHOW INDEXES"),
              ElementsAre("'L_x' | 'L' | 'x' | 3 | 2", "'why' | 'L' | 'y' | 3 | 2"));
  EXPECT_THAT(session.Rows("CREATE INDEX ON :L(x)"),
              ElementsAre("SchemaError: IndexAlreadyExists"));
  EXPECT_THAT(session.Rows("CREATE INDEX why FOR (n:M) ON (n.x)"),
              ElementsAre("SchemaError: IndexAlreadyExists"));
  EXPECT_THAT(session.Rows("CREATE INDEX IF NOT EXISTS FOR (n:L) ON (n.x)"), IsEmpty());
  EXPECT_THAT(session.Rows("CREATE INDEX why IF NOT EXISTS FOR (n:M) ON (n.x)"), IsEmpty());
  EXPECT_THAT(session.Rows("DROP INDEX ON :L(x)"), IsEmpty());
  EXPECT_THAT(session.Rows("DROP INDEX ON :L(x)"), ElementsAre("SchemaError: IndexNotFound"));
  EXPECT_THAT(session.Rows("DROP INDEX why IF EXISTS"), IsEmpty());
  EXPECT_THAT(session.Rows("DROP INDEX why IF EXISTS"), IsEmpty());
  EXPECT_THAT(session.Rows("SHOW INDEXES"), IsEmpty());
}

TEST(IndexStatementTest, IndexesBelongToTheirTransaction) {
  QuerySession session;
  session.Rows("BEGIN");
  session.Rows("CREATE (:L {x: 1})");
  session.Rows("CREATE INDEX ON :L(x)");
  EXPECT_THAT(session.Rows("CREATE INDEX ON :L(x)"),
              ElementsAre("SchemaError: IndexAlreadyExists"));
  EXPECT_THAT(session.Rows("SHOW INDEXES"), ElementsAre("'L_x' | 'L' | 'x' | 1 | 1"));
  EXPECT_THAT(session.Rows("MATCH (n:L {x: 1}) RETURN n.x"), ElementsAre("1"));
  session.Rows("ROLLBACK");
  EXPECT_THAT(session.Rows("SHOW INDEXES"), IsEmpty());
  EXPECT_THAT(session.Rows("MATCH (n:L {x: 1}) RETURN n.x"), IsEmpty());
  EXPECT_TRUE(session.session().Writes("DROP INDEX a").value());
  EXPECT_FALSE(session.session().Writes("SHOW INDEXES").value());
}

// The line of the plan that finds the nodes, without its estimate.
std::string Leaf(QuerySession& session, absl::string_view statement) {
  const std::vector<std::string> lines = session.Rows(absl::StrCat("EXPLAIN ", statement));
  const std::string& line = lines[lines.size() - 2];
  return line.substr(1, line.rfind("  ~") - 1);
}

TEST(IndexPlanTest, ConditionsOnPropertiesUseIndexes) {
  QuerySession session;
  session.Rows("UNWIND range(0, 99) AS i CREATE (:L {x: i, y: i % 10, s: toString(i)})");
  for (const absl::string_view property : {"x", "y", "s"}) {
    session.Rows(absl::StrCat("CREATE INDEX ON :L(", property, ")"));
  }
  const auto leaf = [&](absl::string_view condition) {
    return Leaf(session, absl::StrCat("MATCH (n:L) WHERE ", condition, " RETURN n"));
  };
  EXPECT_EQ(leaf("n.x = $x"), "IndexSeek(n:L n.x = $x)");
  EXPECT_EQ(leaf("$x = n.x AND n.y = 1"), "IndexSeek(n:L n.x = $x)");
  EXPECT_EQ(leaf("n.x IN [1, 2]"), "IndexSeek(n:L n.x IN [1, 2])");
  EXPECT_EQ(leaf("n.x > 3"), "IndexSeek(n:L 3 <= n.x)");
  EXPECT_EQ(leaf("n.x < $b AND $a <= n.x"), "IndexSeek(n:L $a <= n.x <= $b)");
  EXPECT_EQ(leaf("1 < n.x < 5"), "IndexSeek(n:L 1 <= n.x <= 5)");
  EXPECT_EQ(leaf("n.s STARTS WITH 'x'"), "IndexSeek(n:L n.s STARTS WITH \\'x\\')");
  // No index helps.
  EXPECT_EQ(leaf("n.s ENDS WITH 'x'"), "NodeScan(n:L)");
  EXPECT_EQ(leaf("n.x <> 3"), "NodeScan(n:L)");
  EXPECT_EQ(leaf("n.x = n.y"), "NodeScan(n:L)");
  EXPECT_EQ(leaf("n.x = toInteger(10 * rand())"), "NodeScan(n:L)");
  EXPECT_EQ(Leaf(session, "MATCH (n) WHERE n.x = 1 RETURN n"), "NodeScan(n)");
  EXPECT_EQ(Leaf(session, "MATCH (n {key: 'k'}) WHERE n:L AND n.x = 1 RETURN n"),
            "NodeSeek(n.key = \\'k\\')");
  // A plan that is kept is made anew when its index goes.
  EXPECT_THAT(session.Rows("MATCH (n:L {x: 7}) RETURN n.y"), ElementsAre("7"));
  session.Rows("DROP INDEX ON :L(x)");
  EXPECT_THAT(session.Rows("MATCH (n:L {x: 7}) RETURN n.y"), ElementsAre("7"));
  EXPECT_EQ(leaf("n.x = $x"), "NodeScan(n:L)");
}

TEST(IndexPlanTest, PatternsBeginAtTheMoreSelectiveEnd) {
  QuerySession session;
  session.Rows("UNWIND range(0, 99) AS i CREATE (:L {x: i, y: i % 2})-[:T]->(:M {x: i % 2})");
  session.Rows("CREATE INDEX ON :L(x)");
  session.Rows("CREATE INDEX ON :L(y)");
  session.Rows("CREATE INDEX ON :M(x)");
  EXPECT_EQ(Leaf(session, "MATCH (a:L)-[:T]->(b:M) WHERE a.y = 1 AND b.x = 1 RETURN a"),
            "IndexSeek(a:L a.y = 1)");
  EXPECT_EQ(Leaf(session, "MATCH (b:M)<-[:T]-(a:L) WHERE a.x = 1 AND b.x = 1 RETURN a"),
            "IndexSeek(a:L a.x = 1)");
}

TEST(IndexPlanTest, EstimatesKnowWhichLabelsTypesLeadTo) {
  QuerySession session;
  session.Rows(
      "UNWIND range(0, 49) AS i CREATE (s:State)-[:RULES]->(c:Capital), (c)-[:SENDS]->(s), "
      "(s)-[:SENDS]->(c) WITH s UNWIND range(0, 19) AS k CREATE (s)-[:RULES]->(:Town)");
  const std::string top =
      session.Rows("EXPLAIN MATCH (a:State)-[:RULES]->(b:Capital)-[:SENDS]->(c) RETURN a, c")[0];
  // Fifty states rule fifty capitals, though they rule a thousand towns besides.
  const double rows = std::stod(top.substr(top.rfind('~') + 1));
  EXPECT_GT(rows, 15) << top;
  EXPECT_LT(rows, 150) << top;
}

TEST(IndexPlanTest, SeeksAnswerAsScansDo) {
  const std::string values =
      "[0, -1, 1.0, 0.5, 0.0/0.0, '', 'a', 'ab', true, false, [1], [null], "
      "date('2024-01-01'), datetime('2024-01-01T00:00Z'), datetime('2024-01-01T01:00+01:00'), "
      "localdatetime('2024-01-01T00:00'), time('12:00Z'), localtime('12:00'), duration('P1D'), "
      "null]";
  const std::string world = absl::StrCat(
      "WITH ", values,
      " AS vs UNWIND range(0, 19) AS i CREATE (n:L {i: i, v: vs[i]}), (:M {i: i + 100, "
      "v: vs[i]}), (:L:M {i: i + 200, v: vs[19 - i]})");
  std::vector<std::unique_ptr<QuerySession>> sessions;
  for (int kind = 0; kind < 4; ++kind) {  // plain, indexed, indexed one by one, indexed after
    SessionOptions options;
    options.batch_size = kind == 2 ? 1 : 3;
    if (kind == 0) options.disabled_passes = OptimizerPasses();
    sessions.push_back(std::make_unique<QuerySession>(options));
    if (kind == 3) sessions.back()->Rows(world);
    sessions.back()->Rows("CREATE INDEX ON :L(v)");
    if (kind != 3) sessions.back()->Rows(world);
  }
  const std::string given = absl::StrCat("UNWIND ", values, " AS v ");
  for (const absl::string_view condition :
       {"n.v = v", "n.v < v", "n.v <= v", "v < n.v", "n.v >= v", "n.v IN [v, 1, 'a', v]",
        "n.v STARTS WITH v", "0 <= n.v < v", "v < n.v AND n.v < 'b'", "n.v = v AND n.v > v",
        "n.v IN [] OR n.v = v"}) {
    for (const std::string& text : std::vector<std::string>{
             absl::StrCat(given, "MATCH (n:L) WHERE ", condition, " RETURN n.i, v"),
             absl::StrCat(given, "MATCH (n:M:L) WHERE ", condition, " RETURN n.i, v"),
             absl::StrCat(given, "OPTIONAL MATCH (n:L) WHERE ", condition, " RETURN n.i, v")}) {
      const std::vector<std::string> expected = sessions[0]->SortedRows(text);
      for (size_t i = 1; i < sessions.size(); ++i) {
        EXPECT_EQ(sessions[i]->SortedRows(text), expected) << i << " " << text;
      }
    }
  }
  // What is no list is an error only where there is a node to ask.
  for (auto& session : sessions) {
    EXPECT_THAT(session->Rows("MATCH (n:L) WHERE n.v IN $v RETURN n", {{"v", Value::Integer(1)}}),
                ElementsAre("TypeError: InvalidArgumentType"));
    EXPECT_THAT(
        session->Rows("MATCH (n:None) WHERE n.v IN $v RETURN n", {{"v", Value::Integer(1)}}),
        IsEmpty());
    EXPECT_THAT(session->Rows("MERGE (n:L {v: 'ab'}) RETURN n.i ORDER BY n.i"),
                ElementsAre("7", "212"));
  }
}

}  // namespace
}  // namespace entente::query
