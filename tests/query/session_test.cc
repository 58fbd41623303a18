// Sessions: when writes are done, what is undone, how long results live.
#include "engine/session.h"

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kCountNodes = "MATCH (n) RETURN count(*)";

TEST(SessionTest, WritesAreDoneWhenRunReturns) {
  QuerySession query;
  {
    const auto result = query.session().Run("UNWIND range(1, 3) AS i CREATE (n {i: i}) RETURN n.i");
    ASSERT_TRUE(result.ok());
    EXPECT_EQ((*result)->changes().nodes_created, 3);
    EXPECT_EQ((*result)->changes().properties_set, 3);
  }
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("3"));
}

TEST(SessionTest, AStatementThatFailsLeavesNothing) {
  QuerySession query;
  EXPECT_THAT(query.Rows("UNWIND [1, 0] AS i CREATE ({v: 1 / i})"),
              ElementsAre("ArithmeticError: DivisionByZero"));
  EXPECT_THAT(query.Rows("UNWIND [1, 0] AS i CREATE ({v: i}) RETURN 1 / i"),
              ElementsAre("ArithmeticError: DivisionByZero"));
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("0"));
}

TEST(SessionTest, TransactionsCommitAndRollBack) {
  QuerySession query;
  auto other = MakeSession(query.core(), {});
  const auto count_elsewhere = [&] {
    auto result = other->Run(kCountNodes).value();
    Row row;
    EXPECT_TRUE(result->Next(&row).value());
    return row[0].integer();
  };
  EXPECT_THAT(query.Rows("BEGIN"), IsEmpty());
  EXPECT_TRUE(query.session().in_transaction());
  query.Rows("CREATE ()");
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("1"));
  EXPECT_EQ(count_elsewhere(), 0);
  // One that fails is undone alone.
  EXPECT_THAT(query.Rows("CREATE () WITH 1 AS x UNWIND [1 / 0] AS y RETURN y"),
              ElementsAre("ArithmeticError: DivisionByZero"));
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("1"));
  query.Rows("COMMIT");
  EXPECT_FALSE(query.session().in_transaction());
  EXPECT_EQ(count_elsewhere(), 1);

  query.Rows("BEGIN");
  query.Rows("MATCH (n) DELETE n");
  query.Rows("ROLLBACK");
  EXPECT_EQ(count_elsewhere(), 1);
}

TEST(SessionTest, TransactionStatementsKnowTheirOrder) {
  QuerySession query;
  EXPECT_THAT(query.Rows("COMMIT"), ElementsAre("TransactionError: InvalidTransactionState"));
  EXPECT_THAT(query.Rows("ROLLBACK"), ElementsAre("TransactionError: InvalidTransactionState"));
  query.Rows("BEGIN");
  EXPECT_THAT(query.Rows("BEGIN"), ElementsAre("TransactionError: InvalidTransactionState"));
}

TEST(SessionTest, AnUnfinishedTransactionEndsWithItsSession) {
  QuerySession query;
  {
    auto other = MakeSession(query.core(), {});
    ASSERT_TRUE(other->Run("BEGIN").ok());
    ASSERT_TRUE(other->Run("CREATE ()").ok());
  }
  query.Rows("CREATE ()");
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("1"));
}

TEST(SessionTest, ReadsKeepTheirSnapshot) {
  QuerySession query(SessionOptions{.batch_size = 1});
  query.Rows("UNWIND range(1, 5) AS i CREATE (:N {i: i})");
  auto other = MakeSession(query.core(), {});
  auto result = query.session().Run("MATCH (n:N) RETURN n.i").value();
  Row row;
  ASSERT_TRUE(result->Next(&row).value());
  ASSERT_TRUE(other->Run("MATCH (n:N) DELETE n").ok());
  int rows = 1;
  while (result->Next(&row).value()) ++rows;
  EXPECT_EQ(rows, 5);
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("0"));
}

TEST(SessionTest, AnOldResultEndsWithAnErrorAndNotWithACrash) {
  QuerySession query;
  query.Rows("CREATE (), ()");
  Row row;
  auto result = query.session().Run("MATCH (n) RETURN n").value();
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("2"));
  EXPECT_FALSE(result->Next(&row).ok());

  std::unique_ptr<Result> orphan;
  {
    auto database = Database::Open(":memory:").value();
    auto session = database->Connect();
    ASSERT_TRUE(session->Run("CREATE ()").ok());
    orphan = session->Run("MATCH (n) RETURN n").value();
    ASSERT_TRUE(orphan->Next(&row).value());
  }
  EXPECT_FALSE(orphan->Next(&row).ok());
  // Values outlive all of it.
  EXPECT_EQ(ValueText(row[0]), "()");
}

TEST(SessionTest, RepeatedStatementsTakeNewParametersAndSeeNewNames) {
  QuerySession query;
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(query.Rows("RETURN $x + 1", {{"x", Value::Integer(i)}}),
                ElementsAre(std::to_string(i + 1)));
  }
  EXPECT_THAT(query.Rows("RETURN $x + 1"), ElementsAre("ParameterMissing: MissingParameter"));
  EXPECT_THAT(query.Rows("MATCH (n:Late)-[:LATE]->() RETURN count(*)"), ElementsAre("0"));
  query.Rows("CREATE (:Late)-[:LATE]->()");
  EXPECT_THAT(query.Rows("MATCH (n:Late)-[:LATE]->() RETURN count(*)"), ElementsAre("1"));
}

TEST(SessionTest, WritesTellsWithoutRunning) {
  QuerySession query;
  EXPECT_TRUE(query.session().Writes("CREATE ()").value());
  EXPECT_FALSE(query.session().Writes("MATCH (n) RETURN n").value());
  EXPECT_FALSE(query.session().Writes("EXPLAIN CREATE ()").value());
  EXPECT_FALSE(query.session().Writes("BEGIN").value());
  EXPECT_FALSE(query.session().Writes("CREATE (").ok());
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("0"));
}

TEST(SessionTest, ExplainShowsThePlanAndRunsNothing) {
  QuerySession query;
  const std::vector<std::string> lines = query.Rows("EXPLAIN CREATE (n:N) RETURN n");
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("Create")));
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("0"));
}

TEST(SessionTest, ProfileRunsAndCounts) {
  QuerySession query;
  query.Rows("UNWIND range(1, 5) AS i CREATE (:N {i: i})");
  const auto result = query.session().Run("PROFILE MATCH (n:N) WHERE n.i > 2 RETURN n.i");
  ASSERT_TRUE(result.ok());
  EXPECT_THAT((*result)->columns(), ElementsAre("plan", "rows", "pages", "ms"));
  std::vector<std::string> rows;
  Row row;
  int64_t pages = 0;
  while ((*result)->Next(&row).value()) {
    const std::string plan(row[0].string());
    rows.push_back(absl::StrCat(plan.substr(0, plan.find('(')), " ", row[1].integer()));
    pages += row[2].integer();
    EXPECT_GE(row[3].floating(), 0);
  }
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0], "Project 3");
  EXPECT_EQ(rows[1], "Filter 3");
  EXPECT_EQ(rows[2], "NodeScan 5");
  EXPECT_GT(pages, 0);
  // A statement that writes does so.
  query.Rows("PROFILE CREATE (:N)");
  EXPECT_THAT(query.Rows(kCountNodes), ElementsAre("6"));
}

TEST(SessionTest, InterruptEndsAStatement) {
  QuerySession query;
  std::atomic<bool> done{false};
  std::thread interrupter([&] {
    while (!done) {
      query.session().Interrupt();
      std::this_thread::yield();
    }
  });
  EXPECT_THAT(query.Rows("UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y "
                         "WITH x WHERE x < 0 RETURN count(x)"),
              ElementsAre(HasSubstr("Interrupted")));
  done = true;
  interrupter.join();
  EXPECT_THAT(query.Rows("RETURN 1"), ElementsAre("1"));
}

TEST(SessionTest, MemoryHasALimit) {
  QuerySession query(SessionOptions{.memory_limit = 1 << 20});
  EXPECT_THAT(query.Rows("UNWIND range(1, 1000000) AS x RETURN DISTINCT x ORDER BY x"),
              ElementsAre(HasSubstr("LimitExceeded")));
  EXPECT_THAT(query.Rows("UNWIND range(1, 1000) AS x RETURN max(x)"), ElementsAre("1000"));
}

TEST(SessionTest, WorkHasATimeLimitAndIsToldSo) {
  QuerySession query(SessionOptions{.time_limit = std::chrono::milliseconds(1)});
  for (const char* text :
       {"UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y WITH x WHERE x < 0 RETURN x",
        "UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y CREATE ()"}) {
    EXPECT_THAT(query.Rows(text), ElementsAre(AllOf(HasSubstr("LimitExceeded"), HasSubstr("1ms"),
                                                    HasSubstr("time limit"))));
  }
  EXPECT_THAT(query.Rows("MATCH (n) RETURN count(n)"), ElementsAre("0"));
}

TEST(SessionTest, DeletingAndIndexingHaveLimits) {
  QuerySession query;
  ASSERT_THAT(query.Rows("UNWIND range(1, 30000) AS i CREATE (:N {i: i, t: toString(i) + 'th'})"),
              IsEmpty());
  ASSERT_THAT(query.Rows("CREATE INDEX FOR (n:N) ON (n.i)"), IsEmpty());
  const std::vector<std::pair<SessionOptions, std::string>> limits = {
      {{.time_limit = std::chrono::milliseconds(1)}, "time limit"},
      {{.memory_limit = 1 << 20}, "memory limit"}};
  for (const auto& [options, limit] : limits) {
    const std::unique_ptr<Session> session = MakeSession(query.core(), options);
    for (const char* text : {"MATCH (n:N) DELETE n", "MATCH (n:N) SET n.t = n.t + n.t",
                             "UNWIND range(1, 1000000) AS i CREATE (:N {i: i})",
                             "CREATE INDEX FOR (n:N) ON (n.t)", "DROP INDEX ON :N(i)"}) {
      const absl::Status status = session->Run(text).status();
      EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("needs more"), HasSubstr(limit)))
          << text;
    }
  }
  EXPECT_THAT(query.Rows("MATCH (n:N) RETURN count(n), sum(size(n.t))"),
              ElementsAre("30000 | 198894"));
  EXPECT_EQ(query.Rows("SHOW INDEXES").size(), 1u);
}

TEST(SessionTest, WhatALimitEndsIsUndoneWithinATransaction) {
  QuerySession query;
  query.Rows("UNWIND range(1, 30000) AS i CREATE (:N {i: i})");
  const std::unique_ptr<Session> session =
      MakeSession(query.core(), SessionOptions{.memory_limit = 3 << 20});
  const auto run = [&](const char* text) { return session->Run(text).status(); };
  ASSERT_TRUE(run("BEGIN").ok());
  ASSERT_TRUE(run("CREATE (:N {i: 0})").ok());
  EXPECT_FALSE(run("CREATE INDEX of_i FOR (n:N) ON (n.i)").ok());
  EXPECT_FALSE(run("UNWIND range(1, 1000000) AS i CREATE (:N {i: i})").ok());
  // What one statement wrote does not count against the next.
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(run("UNWIND range(1, 3000) AS i CREATE (:M {i: i})").ok()) << i;
  }
  ASSERT_TRUE(run("COMMIT").ok());
  EXPECT_THAT(query.Rows("MATCH (n:N) RETURN count(n)"), ElementsAre("30001"));
  EXPECT_THAT(query.Rows("MATCH (n:M) RETURN count(n)"), ElementsAre("9000"));
  EXPECT_THAT(query.Rows("SHOW INDEXES"), IsEmpty());
  EXPECT_THAT(query.Rows("CREATE INDEX of_i FOR (n:N) ON (n.i)"), IsEmpty());
  EXPECT_THAT(query.Rows("MATCH (n:N {i: 0}) RETURN count(n)"), ElementsAre("1"));
}

TEST(SessionTest, RowsMayWaitToBeAskedForLongerThanTheTimeLimit) {
  QuerySession query(SessionOptions{.batch_size = 1, .time_limit = std::chrono::milliseconds(50)});
  auto result = query.session().Run("UNWIND range(1, 3) AS x RETURN x");
  ASSERT_TRUE(result.ok());
  Row row;
  ASSERT_TRUE(*(*result)->Next(&row));
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  ASSERT_TRUE(*(*result)->Next(&row));
  EXPECT_EQ(row[0].integer(), 2);
}

TEST(SessionTest, WaitingForAWriterCountsAgainstTheTimeLimit) {
  QuerySession query(SessionOptions{.time_limit = std::chrono::milliseconds(1)});
  const auto other = query.core()->BeginWrite(nullptr);
  ASSERT_TRUE(other.ok());
  EXPECT_THAT(query.Rows("CREATE ()"), ElementsAre(HasSubstr("LimitExceeded")));
}

TEST(SessionTest, ListsThatAreTheSameForAllRowsAreMadeOnce) {
  // 1,000 of these would take a gigabyte.
  QuerySession query(SessionOptions{.memory_limit = 16 << 20});
  const std::string list = "[x IN range(1, 50000) | x * $factor]";
  for (const auto& [factor, count] : {std::pair(2, "500"), std::pair(3, "333")}) {
    EXPECT_THAT(query.Rows(absl::StrCat("UNWIND range(1, 1000) AS i WITH i WHERE i IN ", list,
                                        " RETURN count(*)"),
                           {{"factor", Value::Integer(factor)}}),
                ElementsAre(count));
  }
  EXPECT_THAT(query.Rows("UNWIND range(1, 50) AS i "
                         "WITH [x IN [1] | rand()] AS numbers RETURN count(DISTINCT numbers) > 1"),
              ElementsAre("true"));
  // No row, no error.
  EXPECT_THAT(query.Rows("UNWIND [] AS i RETURN i, [x IN [1] | x / 0]"), IsEmpty());
  // What a statement writes it may read.
  EXPECT_THAT(query.Rows("UNWIND range(1, 3) AS i CREATE (:N) WITH i "
                         "RETURN [x IN [1] | COUNT { MATCH (n:N) }] AS counts"),
              ElementsAre("[3]", "[3]", "[3]"));
}

TEST(SessionTest, WhateverGrowsCountsAgainstTheLimit) {
  QuerySession query(SessionOptions{.memory_limit = 8 << 20});
  for (const char* text :
       {"RETURN size(range(1, 1000000000))", "RETURN size(range(1, 5000000))",
        "UNWIND range(1, 1000) AS x RETURN size(range(1, x * 1000))",
        "RETURN size(reduce(s = 'x', i IN range(1, 40) | s + s))",
        "RETURN size(reduce(l = [1], i IN range(1, 40) | l + l))",
        "RETURN size(reduce(l = [1], i IN range(1, 40) | [l, l]))",
        "UNWIND range(1, 1000) AS x UNWIND range(1, 1000) AS y RETURN size(collect(x + y))",
        "UNWIND range(1, 400) AS x UNWIND range(1, 1000) AS y RETURN count(DISTINCT x * 1000 + y)",
        "UNWIND range(1, 1000) AS x UNWIND range(1, 1000) AS y RETURN x ORDER BY toString(y)",
        "UNWIND range(1, 800) AS x WITH collect(range(1, 1000)) AS l RETURN size(l)",
        "RETURN size([x IN range(1, 200000) | toString(x) + ' is the number of this one'])"}) {
    EXPECT_THAT(query.Rows(text), ElementsAre(HasSubstr("LimitExceeded"))) << text;
  }
}

TEST(SessionTest, EndlesslyNestedListsMeetALimit) {
  QuerySession query;
  for (const char* text :
       {"RETURN size(reduce(l = [], x IN range(1, 300000) | [l]))",
        "RETURN size(reduce(l = [], x IN range(1, 300000) | {k: l}))",
        "RETURN size(reduce(l = [1], x IN range(1, 300000) | [y IN [l] | y]))"}) {
    EXPECT_THAT(query.Rows(text), ElementsAre(HasSubstr("LimitExceeded"))) << text;
  }
  EXPECT_THAT(
      query.Rows("WITH reduce(l = [], x IN range(1, 60) | [l, l]) AS l ORDER BY l RETURN 1"),
      ElementsAre(HasSubstr("LimitExceeded")));
}

TEST(SessionTest, AReadOnlyDatabaseReadsInTransactionsToo) {
  const std::string path = ::testing::TempDir() + "/read_only_session";
  std::filesystem::remove_all(path);
  ASSERT_TRUE(Database::Open(path).value()->Connect()->Run("CREATE (:N)").ok());
  auto database = Database::Open(path, DatabaseOptions{.read_only = true}).value();
  auto session = database->Connect();
  EXPECT_THAT(ErrorText(session->Run("CREATE ()").status()), HasSubstr("ReadOnly"));
  ASSERT_TRUE(session->Run("BEGIN").ok());
  auto result = session->Run(kCountNodes).value();
  Row row;
  ASSERT_TRUE(result->Next(&row).value());
  EXPECT_FALSE(session->Run("CREATE ()").ok());
  EXPECT_TRUE(session->Run("COMMIT").ok());
}

}  // namespace
}  // namespace entente::query
