// Several threads find what one finds, in the same order, on random graphs in tiny portions;
// limits, errors and profiles hold across them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SessionOptions InThreads(uint32_t threads) {
  SessionOptions options;
  options.threads = threads;
  options.parallel_rows = 2;
  options.batch_size = 7;
  return options;
}

// 700 nodes of two labels, so that their relationships lie in several segments, and 900
// relationships of two types, some valid in 2024 alone. Integers and floats among the numbers are
// equal.
void FillWorld(uint32_t seed, QuerySession* query) {
  query->Rows("CREATE INDEX ON :N(i)");
  query->Rows(
      "UNWIND range(0, 699) AS i CREATE (n:N {i: i, x: CASE i % 3 WHEN 0 THEN i % 5 "
      "ELSE toFloat(i % 5) END}) WITH n WHERE n.i % 4 = 0 SET n:A");
  const std::string ends =
      absl::StrCat("UNWIND range(0, 899) AS i WITH i, (i * i * 31 + i * 7 + ", seed,
                   ") % 700 AS s, (i * 131 + i * i * ", seed,
                   ") % 700 AS e MATCH (a:N {i: s}), (b:N {i: e}) WITH a, b, i ");
  query->Rows(absl::StrCat(ends, "WHERE i % 3 > 0 CREATE (a)-[:T {w: i % 4}]->(b)"));
  query->Rows(absl::StrCat(ends,
                           "WHERE i % 3 = 0 CREATE (a)-[:U {w: i % 4, valid_from: "
                           "date('2024-01-01'), valid_to: date('2025-01-01')}]->(b)"));
}

class ParallelTest : public testing::TestWithParam<uint32_t> {
 protected:
  ParallelTest() : alone_(InThreads(1)), many_(InThreads(4)) {
    FillWorld(GetParam(), &alone_);
    FillWorld(GetParam(), &many_);
  }

  std::string Plan(const std::string& statement) {
    return absl::StrJoin(many_.Rows(absl::StrCat("EXPLAIN ", statement)), "\n");
  }
  // The same rows in the same order, or the same error.
  void ExpectSame(const std::string& statement) {
    EXPECT_THAT(Plan(statement), HasSubstr(" parallel")) << statement;
    EXPECT_EQ(many_.Rows(statement), alone_.Rows(statement)) << statement;
  }

  QuerySession alone_;
  QuerySession many_;
};

TEST_P(ParallelTest, AggregatesAreTheSame) {
  for (const std::string match :
       {"MATCH (a:N) ", "MATCH (a)-[r]->(b) ", "MATCH (a:A)-[r]-(b) ",
        "MATCH (b)<-[r:T]-(a)<-[s]-(c) ", "MATCH (a)-[r]->(c)-[s]->(d)-[t]->(a) ",
        "MATCH (a:A)-[r*1..2]->(b) ", "MATCH (a:A), (b:N {i: a.i + 1}) ",
        "FOR VALID_TIME AS OF date('2023-06-01') MATCH (a)-[r]->(b) "}) {
    ExpectSame(match + "RETURN count(*)");
    ExpectSame(match + "RETURN a.i % 7, count(*)");
    ExpectSame(match + "RETURN a.x, count(*), count(DISTINCT a.i % 11)");
    ExpectSame(match + "RETURN min(a.x), max(a.x), min(labels(a)), sum(size(labels(a)))");
    ExpectSame(match + "WHERE a.i > 350 RETURN a, count(a.x), max(DISTINCT a.x)");
    ExpectSame(match + "WITH a, count(*) AS n WHERE n > 1 RETURN n, count(a), max(a.i)");
  }
  for (const std::string match : {"MATCH (a)-[r]->(b) ", "MATCH (a)<-[r:T]-(b) ",
                                  "MATCH (a)-[r:U]-(b) ", "MATCH (a)-[r]->(b) WHERE r.w < 2 "}) {
    ExpectSame(match + "RETURN a, count(*)");
    ExpectSame(match + "RETURN b, r.w, count(*), min(a.i)");
    ExpectSame(match + "RETURN r.w, a, b.x, labels(b), count(DISTINCT b.i), max(b.i)");
    ExpectSame(match + "WITH a AS c, count(*) AS n RETURN c.x, sum(n), count(*)");
  }
  ExpectSame("MATCH (a)-[r:T]->(b) RETURN type(r), r.w, sum(DISTINCT size(labels(b))), count(b.x)");
  ExpectSame("MATCH (a:N) WHERE a.i < 0 RETURN count(*), max(a.i), sum(size(labels(a)))");
  ExpectSame("MATCH (a:N) WHERE a.i < 0 RETURN a.x, count(*)");
  ExpectSame(
      "MATCH (a:N) RETURN a.i % 3 AS k, count(*) AS n "
      "UNION ALL MATCH (a)-[]->(b) RETURN 0 AS k, count(*) AS n");
}

TEST_P(ParallelTest, OrderedRowsAreTheSame) {
  for (const std::string match :
       {"MATCH (a)-[r]->(b) ", "MATCH (a:A)-[r]-(b) ", "MATCH (a)-[q]->(c)-[r]->(b) ",
        "MATCH (a:N) UNWIND [1, 2, 3] AS u MATCH (a)-[r:U]->(b) "}) {
    ExpectSame(match + "RETURN a.i, b.i, r.w ORDER BY r.w");
    ExpectSame(match + "RETURN a.i AS i, r.w AS w, b.x ORDER BY w DESC, i LIMIT 40");
    ExpectSame(match + "RETURN a.x AS x, b.i, id(r) ORDER BY x SKIP 5 LIMIT 20");
    ExpectSame(match + "WITH r, a ORDER BY a.x LIMIT 9 RETURN collect([id(r), a.i])");
  }
  // Relationships keep the lens that they were found through.
  ExpectSame(
      "FOR VALID_TIME AS OF date('2024-06-01') MATCH (a:A) "
      "MATCH (a)-[r]->(b) FOR VALID_TIME AS OF date('2024-01-01') + duration({days: a.i}) "
      "WITH r, a ORDER BY a.x RETURN r, size(evidence(r)), confidence(r)");
}

TEST_P(ParallelTest, TheErrorIsTheOneOfTheFirstRow) {
  ExpectSame("MATCH (a:N) RETURN max(size(labels(a)) / (a.i - 400))");
  ExpectSame("MATCH (a)-[r]->(b) RETURN a.i / (r.w - 2), count(*)");
  ExpectSame(
      "MATCH (a:N) WHERE a.i < 300 OR (CASE WHEN a.i > 500 THEN 'x' ELSE true END) "
      "RETURN date(CASE WHEN a.i > 400 THEN 'x' ELSE '2024' END), count(*)");
  ExpectSame("MATCH (a:N) RETURN sum(size(labels(a)) * 9223372036854775807)");
}

TEST_P(ParallelTest, WhatDependsOnAllRowsBeforeStaysWithOneThread) {
  for (const std::string statement :
       {"MATCH (a:N) RETURN collect(a.i)", "MATCH (a:N) RETURN sum(a.x)",
        "MATCH (a:N) RETURN avg(a.x), count(*)", "MATCH (a:N) WHERE rand() >= 0 RETURN a.i LIMIT 3",
        "MATCH (a:N) RETURN rand() > 2, count(*)", "MATCH (a:N) RETURN a.i, a.x",
        "MATCH (a:N) CREATE (b:M) RETURN count(*)", "UNWIND range(1, 1) AS x RETURN count(*)"}) {
    EXPECT_EQ(Plan(statement).find(" parallel"), std::string::npos) << statement;
  }
  // A transaction's own writes are seen.
  many_.Rows("BEGIN");
  many_.Rows("CREATE (:N {i: 1000})-[:T]->(:N {i: 1001})");
  EXPECT_THAT(many_.Rows("MATCH (a:N) RETURN count(*), max(a.i)"), ElementsAre("702 | 1001"));
  EXPECT_THAT(many_.Rows("MATCH (a {i: 1000})-[]->(b) RETURN max(b.i)"), ElementsAre("1001"));
  many_.Rows("ROLLBACK");
}

INSTANTIATE_TEST_SUITE_P(Seeds, ParallelTest, testing::Range(1u, 3u));

constexpr char kEndless[] =
    "MATCH (a:N) UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y "
    "WITH x WHERE x < 0 RETURN count(x)";

class ParallelLimitsTest : public testing::Test {
 protected:
  // The statement's error.
  static std::string Ask(SessionOptions options, const std::string& statement) {
    QuerySession filled(InThreads(4));
    filled.Rows("UNWIND range(0, 699) AS i CREATE (n:N {i: i})");
    EXPECT_THAT(absl::StrJoin(filled.Rows("EXPLAIN " + statement), "\n"), HasSubstr(" parallel"));
    const auto session = MakeSession(filled.core(), options);
    const auto result = session->Run(statement);
    if (!result.ok()) return QuerySession::ErrorName(result.status());
    Row row;
    return QuerySession::ErrorName((*result)->Next(&row).status());
  }
};

TEST_F(ParallelLimitsTest, InterruptEndsAllThreads) {
  QuerySession query(InThreads(4));
  query.Rows("UNWIND range(0, 699) AS i CREATE (n:N {i: i})");
  std::atomic<bool> done{false};
  std::thread interrupter([&] {
    while (!done) {
      query.session().Interrupt();
      std::this_thread::yield();
    }
  });
  EXPECT_THAT(query.Rows(kEndless), ElementsAre(HasSubstr("Interrupted")));
  done = true;
  interrupter.join();
  EXPECT_THAT(query.Rows("MATCH (n:N) RETURN count(*)"), ElementsAre("700"));
}

TEST_F(ParallelLimitsTest, TimeLimitEndsAllThreads) {
  SessionOptions options = InThreads(4);
  options.time_limit = std::chrono::milliseconds(20);
  EXPECT_THAT(Ask(options, kEndless), HasSubstr("time limit"));
}

TEST_F(ParallelLimitsTest, MemoryIsThatOfAllThreadsTogether) {
  SessionOptions options = InThreads(4);
  options.batch_size = 100;
  options.memory_limit = 8 << 20;
  for (const std::string wide :
       {"MATCH (a:N) UNWIND range(1, 400) AS x RETURN count(DISTINCT a.i * 400 + x)",
        "MATCH (a:N) UNWIND range(1, 400) AS x RETURN a.i * 400 + x, count(*)",
        "MATCH (a:N) UNWIND range(1, 400) AS x RETURN x ORDER BY toString(x)"}) {
    EXPECT_THAT(Ask(options, wide), HasSubstr("memory limit")) << wide;
  }
  // What is done is given back.
  QuerySession query(options);
  query.Rows("UNWIND range(0, 699) AS i CREATE (n:N {i: i})");
  EXPECT_THAT(query.Rows("UNWIND range(1, 40) AS k CALL { WITH k MATCH (a:N) RETURN k + a.i AS s } "
                         "WITH k, count(DISTINCT s) AS n RETURN sum(n)"),
              ElementsAre("28000"));
}

TEST_F(ParallelLimitsTest, AnErrorEndsTheThreadsThatWorkOnWhatComesBehind) {
  EXPECT_THAT(Ask(InThreads(4),
                  "MATCH (a:N) UNWIND CASE a.i WHEN 0 THEN [1 / a.i] ELSE range(1, 1000000) END "
                  "AS x UNWIND range(1, 1000000) AS y WITH x WHERE x < 0 RETURN count(x)"),
              HasSubstr("DivisionByZero"));
}

TEST_F(ParallelLimitsTest, ProfilesCountTheRowsOfAllThreads) {
  const std::string statement =
      "PROFILE MATCH (a:N) WHERE a.i % 2 = 0 UNWIND [1, 2] AS x RETURN a.i % 5, count(*)";
  std::vector<std::string> counted[2];
  for (const bool several : {false, true}) {
    QuerySession query(InThreads(several ? 4 : 1));
    query.Rows("UNWIND range(0, 699) AS i CREATE (n:N {i: i})");
    const auto result = query.session().Run(statement);
    ASSERT_TRUE(result.ok());
    Row row;
    while ((*result)->Next(&row).value()) {
      const std::string plan(row[0].string());
      counted[several].push_back(
          absl::StrCat(plan.substr(0, plan.find('(')), " ", row[1].integer()));
      EXPECT_GE(row[2].integer(), 0) << plan;
      EXPECT_GE(row[3].floating(), 0) << plan;
    }
  }
  EXPECT_EQ(counted[0], counted[1]);
}

}  // namespace
}  // namespace entente::query
