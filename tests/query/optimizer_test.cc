// What the passes make of plans, and that statements answer the same without them.
#include "query/optimizer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/query/plan_text.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

// With these passes alone.
std::string With(const std::vector<std::string>& passes, absl::string_view text) {
  PrepareContext context;
  for (const std::string& pass : OptimizerPasses()) {
    if (std::find(passes.begin(), passes.end(), pass) == passes.end()) {
      context.disabled_passes.push_back(pass);
    }
  }
  return PlanText(text, context);
}

TEST(OptimizerTest, PlansLongPatternsUnlessItIsInterrupted) {
  std::string text = "MATCH (n0)";
  for (int i = 1; i <= 250; ++i) absl::StrAppend(&text, "-[:T]->(n", i, ":L {x: ", i, "})");
  absl::StrAppend(&text, " WHERE id(n250) = 1 RETURN n0");
  PrepareContext context;
  const std::string plan = PlanText(text, context);
  const std::string end = "NodeSeek(id(n250) = 1)\nUnit\n";
  ASSERT_GT(plan.size(), end.size());
  EXPECT_EQ(plan.substr(plan.size() - end.size()), end);
  const std::atomic<bool> interrupted{true};
  const StopSignal stop(&interrupted, std::chrono::milliseconds(0));
  context.stop = &stop;
  EXPECT_EQ(PlanText(text, context), "Interrupted");
}

TEST(OptimizerTest, FoldsConstants) {
  EXPECT_EQ(With({"fold_constants"}, "RETURN [1 + 2, toUpper('a')] AS x"),
            "Project(x = [3, 'A'])\nUnit\n");
  // What fails or changes is left to each run.
  EXPECT_EQ(With({"fold_constants"}, "RETURN 1 / 0 AS x, rand() AS y"),
            "Project(x = 1 / 0, y = rand())\nUnit\n");
}

TEST(OptimizerTest, ChecksConditionsAsSoonAsTheirSlotsAreThere) {
  EXPECT_EQ(With({"filters"},
                 "MATCH (a)-->(b)-->(c) WHERE b.x = a.x AND c.y = 1 AND a.z = 2 "
                 "RETURN a"),
            "Filter(c.y = 1)\n"
            "Expand((b)-[#3]->(c))\n"
            "Filter(b.x = a.x)\n"
            "Expand((a)-[#1]->(b))\n"
            "Filter(a.z = 2)\n"
            "NodeScan(a)\n"
            "Unit\n");
}

TEST(OptimizerTest, ConditionsThatCanFailKeepTheirPlace) {
  EXPECT_EQ(With({"filters"}, "MATCH (a)-->(b) WHERE b.safe = 1 AND 1 / a.x > 0 RETURN a"),
            "Filter(b.safe = 1, (1 / a.x) > 0)\n"
            "Expand((a)-[#1]->(b))\n"
            "NodeScan(a)\n"
            "Unit\n");
}

TEST(OptimizerTest, SeeksNodesByIdAndByValue) {
  EXPECT_EQ(With({"seeks"}, "MATCH (a:A) WHERE id(a) = 7 RETURN a"),
            "Filter(a:A)\nNodeSeek(id(a) = 7)\nUnit\n");
  EXPECT_EQ(With({"seeks", "order"}, "MATCH (a)-[r:T]->(b) WHERE b = entity('X') RETURN a"),
            "Expand((b)<-[r:T]-(a))\nNodeSeek(b = entity('X'))\nUnit\n");
  EXPECT_EQ(With({"seeks", "order"},
                 "MATCH (a)-[r:T]->(b) WHERE a = entity('X') AND b = entity('Y') RETURN r"),
            "ExpandInto((a)-[r:T]->(b))\n"
            "NodeSeek(b = entity('Y'))\n"
            "NodeSeek(a = entity('X'))\n"
            "Unit\n");
  // The ends of a relationship that is there already.
  EXPECT_EQ(With({"seeks", "order"}, "MATCH ()-[r]->() MATCH (a)-[r]->(b) RETURN a"),
            With({"seeks", "order"}, "MATCH ()-[r]->() WITH r MATCH (a)-[r]->(b) RETURN a"));
}

TEST(OptimizerTest, SeeksNodesByKey) {
  EXPECT_EQ(With({"seeks", "order"}, "MATCH (a {key: $k})-[r:T]->(b:B) RETURN b"),
            "Filter(b:B)\nExpand((a)-[r:T]->(b))\nNodeSeek(a.key = $k)\nUnit\n");
  EXPECT_EQ(With({"seeks", "order"}, "MATCH (a)-[r:T]->(b:B) WHERE 'x' = b.key RETURN a"),
            "Expand((b)<-[r:T]-(a))\nFilter(b:B)\nNodeSeek(b.key = 'x')\nUnit\n");
  EXPECT_EQ(With({"seeks"}, "MATCH (a:A) WHERE a.key IN $keys RETURN a"),
            "Filter(a.key IN $keys)\nFilter(a:A)\nNodeSeek(a.key IN $keys)\nUnit\n");
  EXPECT_EQ(With({"seeks"}, "UNWIND $rows AS row MATCH (a {key: row.key}) RETURN a"),
            "NodeSeek(a.key = row.key)\nUnwind(row IN $rows)\nUnit\n");
  // What is new at every evaluation is asked of each node.
  EXPECT_EQ(With({"seeks"}, "MATCH (a) WHERE a.key IN [toString(rand())] RETURN a"),
            "Filter(a.key IN [toString(rand())])\nNodeScan(a)\nUnit\n");
}

TEST(OptimizerTest, BeginsPatternsWhereThereIsLeastToRead) {
  EXPECT_EQ(With({"order"}, "MATCH (a)-[:T*2]->(b)<-[s]-(c:L) RETURN a"),
            "ExpandPaths((b)<-[#1:T*2..2]-(a))\n"
            "Expand((c)-[s]->(b))\n"
            "NodeScan(c:L)\n"
            "Unit\n");
}

TEST(OptimizerTest, SortsOnlyWhatLimitKeeps) {
  EXPECT_EQ(With({"top"}, "UNWIND [3, 1, 2] AS x RETURN x ORDER BY x DESC SKIP 1 LIMIT 2"),
            "Skip(1)\nTop(x DESC LIMIT 3)\nUnwind(x IN [3, 1, 2])\nUnit\n");
}

TEST(OptimizerTest, TakesShorterWays) {
  EXPECT_EQ(With({"order", "intersect", "counts"},
                 "MATCH (a)-[:T]->(b)-[:T]->(c)-[:T]->(a) RETURN count(*) AS n"),
            "Aggregate(n = sum(#7))\n"
            "CountIntersect((b)-[#3:T]->(c), (a)<-[#5:T]-(c))\n"
            "Expand((a)-[#1:T]->(b))\n"
            "NodeScan(a)\n"
            "Unit\n");
  EXPECT_EQ(With({"counts"}, "MATCH (a)-[:T]->(b)-[s]-(c) RETURN a.x AS x, count(s) AS n"),
            "Aggregate(x = a.x, n = sum(#7))\n"
            "CountExpand((b)-[s]-(c))\n"
            "Expand((a)-[#1:T]->(b))\n"
            "NodeScan(a)\n"
            "Unit\n");
  EXPECT_EQ(With({"reach", "sources"}, "MATCH (a)-[:T*..3]->(b)<-[]-(c) RETURN DISTINCT c"),
            "Distinct(c)\n"
            "Expand((b)<-[#3]-(c))\n"
            "ExpandPaths((a)-[#1:T*1..3]->(b))\n"
            "NodeScan(a)\n"
            "Unit\n");
}

TEST(OptimizerTest, DropsDeadColumns) {
  const absl::StatusOr<ast::Statement> statement =
      Parse("MATCH (a)-[r]->(b) WITH a, b.x AS x, b.y AS dead RETURN x");
  const auto plan = Prepare(std::get<ast::QueryStatement>(statement->node), {});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(PlanText("MATCH (a)-[r]->(b) WITH a, b.x AS x, b.y AS dead RETURN x", {}),
            "Project(x = b.x)\nExpand((a)-[r]->(b))\nNodeScan((a)-[]->())\nUnit\n");
  EXPECT_EQ((*plan)->root->live, (*plan)->column_slots);
}

// ---- The same rows without each pass

// Sessions over the same database: with all passes, without any of them, with one row a batch.
std::vector<std::unique_ptr<QuerySession>> SessionsOver(absl::string_view world) {
  std::vector<std::unique_ptr<QuerySession>> sessions;
  for (const bool passes : {false, true, true}) {
    SessionOptions options;
    if (!passes) options.disabled_passes = OptimizerPasses();
    options.batch_size = sessions.size() == 2 ? 1 : 3;
    sessions.push_back(std::make_unique<QuerySession>(options));
    sessions.back()->Rows(world);
  }
  return sessions;
}

TEST(OptimizerTest, KeysOfEveryKindAreFound) {
  const auto sessions = SessionsOver(
      "WITH ['a', 'b', 'a', '', 1, 1.0, true, [1], ['a'], null, date('2024-01-01')] AS keys "
      "UNWIND range(0, 10) AS i "
      "CREATE (:N {i: i, key: keys[i]}), (:M {i: i + 100, key: keys[i], m: 1})");
  const std::vector<Value> values = {
      Value::String("a"),
      Value::String("none"),
      Value::String(""),
      Value::Integer(1),
      Value::Float(1.0),
      Value::Boolean(true),
      Value::Null(),
      Value::OfDate(Date{19723}),
      Value::Map({}),
      Value::List({}),
      Value::List({Value::Integer(1)}),
      Value::List({Value::String("a"), Value::String("a"), Value::Null(), Value::String("b")}),
      Value::List({Value::String("b"), Value::String("")}),
      Value::List({Value::List({Value::String("a")})})};
  for (const absl::string_view text :
       {"MATCH (n:N {key: $v}) RETURN n.i", "MATCH (n) WHERE n.key IN $v RETURN n.i",
        "MATCH (n:M) WHERE n.m = 2 AND n.key IN $v RETURN n.i",
        "UNWIND $v AS v MATCH (n) WHERE v = n.key RETURN v, n.i",
        "UNWIND [$v, ['a']] AS v MATCH (n) WHERE n.key IN v RETURN n.i",
        "UNWIND ['a', $v] AS v OPTIONAL MATCH (n:M {key: v}) RETURN v, n.i"}) {
    for (const Value& value : values) {
      const Parameters parameters = {{"v", value}};
      const std::vector<std::string> expected = sessions[0]->SortedRows(text, parameters);
      for (size_t i = 1; i < sessions.size(); ++i) {
        EXPECT_EQ(sessions[i]->SortedRows(text, parameters), expected)
            << text << " with " << ValueText(value);
      }
    }
  }
}

TEST(OptimizerTest, KeysAreFoundAmongAStatementsOwnWrites) {
  QuerySession session;
  EXPECT_EQ(session.Rows("CREATE (a {key: 'a'}) WITH a MATCH (n {key: 'a'}) SET n.key = 'b' "
                         "WITH n MATCH (m {key: 'b'}) RETURN m = n"),
            std::vector<std::string>{"true"});
  EXPECT_EQ(
      session.Rows("UNWIND ['b', 'c', 'c'] AS key MERGE (n {key: key}) RETURN count(DISTINCT n)"),
      std::vector<std::string>{"2"});
  EXPECT_EQ(session.Rows("MATCH (n {key: 'c'}) DELETE n WITH 1 AS x MATCH (m {key: 'c'}) RETURN m"),
            std::vector<std::string>{});
}

constexpr absl::string_view kWorld =
    "UNWIND range(0, 11) AS i "
    "CREATE (n:N {i: i, m: i % 3}) "
    "WITH collect(n) AS ns UNWIND range(0, 11) AS i "
    "WITH ns[i] AS a, ns[(i * 5 + 1) % 12] AS b, ns[(i * i) % 12] AS c, i "
    "SET a:A "
    "CREATE (a)-[:T {w: i % 4}]->(b), (b)-[:U {w: i % 2}]->(c)";

// Random statements over kWorld that read in a deterministic way.
class StatementMaker {
 public:
  explicit StatementMaker(uint32_t seed) : random_(seed) {}

  std::string Statement() {
    std::string text = absl::StrCat("MATCH ", Pattern(), Where());
    if (Choose(2) == 0) {
      absl::StrAppend(&text, Choose(2) == 0 ? " OPTIONAL MATCH " : " MATCH ", Pattern(), Where());
    }
    switch (Choose(4)) {
      case 0:
        return absl::StrCat(text, " RETURN a.i AS x, b.i AS y, count(*) AS c");
      case 1:
        return absl::StrCat(text,
                            " RETURN DISTINCT a.i AS x, b.m AS y ORDER BY x, y SKIP 1 LIMIT 7");
      case 2:
        return absl::StrCat(text, " WITH a, b WHERE a.m <= b.i RETURN a.i, b.i, 1 + 2 * 3");
      default:
        return absl::StrCat(text, " RETURN a.i, b.i");
    }
  }

 private:
  uint32_t Choose(uint32_t count) { return random_() % count; }
  std::string Node(absl::string_view name) {
    const std::vector<std::string> more = {"", ":A", ":N", " {m: 1}", ":A:N {m: 2}"};
    return absl::StrCat("(", name, more[Choose(more.size())], ")");
  }
  std::string Relationship() {
    const std::vector<std::string> inside = {"",          ":T",    ":U",     ":T|U",
                                             ":T {w: 1}", "*1..2", ":T*0..2"};
    const std::string middle = absl::StrCat("-[", inside[Choose(inside.size())], "]-");
    const uint32_t arrow = Choose(3);
    return absl::StrCat(arrow == 0 ? "<" : "", middle, arrow == 1 ? ">" : "");
  }
  std::string Pattern() {
    switch (Choose(4)) {
      case 0:
        return absl::StrCat(Node("a"), Relationship(), Node("b"));
      case 1:
        return absl::StrCat(Node("a"), Relationship(), "()", Relationship(), Node("b"));
      case 2:
        return absl::StrCat(Node("b"), Relationship(), Node("a"), ", ", Node("a"), Relationship(),
                            "(:N)");
      default:
        return absl::StrCat(Node("a"), ", ", Node("b"));
    }
  }
  std::string Where() {
    const std::vector<std::string> conditions = {"",
                                                 " WHERE a.i = 3",
                                                 " WHERE a.i < b.i AND b.m = 1",
                                                 " WHERE id(a) = id(b)",
                                                 " WHERE a = b OR a.m = b.m",
                                                 " WHERE (a)-[:T]->(b)",
                                                 " WHERE b.m > 0 AND 6 / b.m > 3"};
    return conditions[Choose(conditions.size())];
  }

  std::mt19937 random_;
};

TEST(OptimizerTest, StatementsAnswerTheSameWithoutEachPass) {
  std::vector<std::vector<std::string>> settings = {{}, OptimizerPasses()};
  for (const std::string& pass : OptimizerPasses()) settings.push_back({pass});
  std::vector<std::unique_ptr<QuerySession>> sessions;
  for (const auto& disabled : settings) {
    SessionOptions options;
    options.disabled_passes = disabled;
    options.batch_size = 3;
    sessions.push_back(std::make_unique<QuerySession>(options));
    sessions.back()->Rows(kWorld);
  }
  StatementMaker maker(20241101);
  for (int i = 0; i < 150; ++i) {
    const std::string statement = maker.Statement();
    const std::vector<std::string> expected = sessions.front()->SortedRows(statement);
    for (size_t s = 1; s < sessions.size(); ++s) {
      EXPECT_EQ(sessions[s]->SortedRows(statement), expected)
          << statement << "\nwithout " << (settings[s].size() == 1 ? settings[s][0] : "any");
    }
  }
}

}  // namespace
}  // namespace entente::query
