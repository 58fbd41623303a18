// Statements that are run again and again: whatever became of the run before, and whatever has
// changed since, each run answers as if it were the first.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RepetitionTest : public ::testing::TestWithParam<size_t> {
 protected:
  RepetitionTest() : query_(SessionOptions{.batch_size = GetParam()}) {
    query_.Rows(
        "CREATE (a:P {key: 'a', v: 1}), (b:P {key: 'b', v: 2}), (c:P {key: 'c', v: 3}), "
        "(a)-[:R {w: 12}]->(b), (b)-[:R {w: 23}]->(c), (c)-[:S {w: 31}]->(a), "
        "(a)-[:S {w: 13}]->(c)");
  }

  QuerySession query_;
};

INSTANTIATE_TEST_SUITE_P(BatchSizes, RepetitionTest, ::testing::Values(1, 1024));

TEST_P(RepetitionTest, ParametersMayBeOfOtherTypes) {
  const std::string hops =
      "MATCH (a {key: $key})-[r]->(b) WHERE type(r) = $type RETURN b.key ORDER BY b.key";
  const auto ask = [&](Value key, Value type) {
    return query_.Rows(hops, {{"key", std::move(key)}, {"type", std::move(type)}});
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(ask(Value::String("a"), Value::String("R")), ElementsAre("'b'"));
    EXPECT_THAT(ask(Value::String("a"), Value::String("S")), ElementsAre("'c'"));
    EXPECT_THAT(ask(Value::String("a"), Value::Null()), IsEmpty());
    EXPECT_THAT(ask(Value::Integer(1), Value::String("R")), IsEmpty());
    EXPECT_THAT(ask(Value::Null(), Value::String("R")), IsEmpty());
  }
  const std::string keys = "MATCH (n) WHERE n.key IN $keys RETURN n.v ORDER BY n.v";
  const Value both = Value::List({Value::String("a"), Value::String("c")});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(query_.Rows(keys, {{"keys", both}}), ElementsAre("1", "3"));
    EXPECT_THAT(query_.Rows(keys, {{"keys", Value::List({Value::String("b")})}}), ElementsAre("2"));
    EXPECT_THAT(query_.Rows(keys, {{"keys", Value::Null()}}), IsEmpty());
  }
}

TEST_P(RepetitionTest, NumbersOfRowsAreReadAnew) {
  const std::string rows = "MATCH (n) RETURN n.v ORDER BY n.v SKIP $skip LIMIT $limit";
  const auto ask = [&](int64_t skip, int64_t limit) {
    return query_.Rows(rows, {{"skip", Value::Integer(skip)}, {"limit", Value::Integer(limit)}});
  };
  EXPECT_THAT(ask(0, 1), ElementsAre("1"));
  EXPECT_THAT(ask(1, 2), ElementsAre("2", "3"));
  EXPECT_THAT(ask(0, 0), IsEmpty());
  EXPECT_THAT(ask(0, -1), ElementsAre("SyntaxError: NegativeIntegerArgument"));
  EXPECT_THAT(ask(2, 9), ElementsAre("3"));
}

TEST_P(RepetitionTest, AnErrorInTheMiddleLeavesNothing) {
  const std::string fails = "MATCH (a)-[r]->(b) WHERE r.w / $by > 0 RETURN b.v ORDER BY b.v";
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(query_.Rows(fails, {{"by", Value::Integer(1)}}), ElementsAre("1", "2", "3", "3"));
    EXPECT_THAT(query_.Rows(fails, {{"by", Value::Integer(0)}}),
                ElementsAre("ArithmeticError: DivisionByZero"));
  }
  const std::string late = "MATCH (a) UNWIND [1, $by] AS d RETURN a.v / d";
  EXPECT_THAT(query_.Rows(late, {{"by", Value::Integer(0)}}),
              ElementsAre("ArithmeticError: DivisionByZero"));
  EXPECT_THAT(query_.SortedRows(late, {{"by", Value::Integer(1)}}),
              ElementsAre("1", "1", "2", "2", "3", "3"));
}

TEST_P(RepetitionTest, PathsAreSearchedAnew) {
  const std::string ends = "MATCH (a {key: $key})-[:R*1..3]->(b) RETURN count(DISTINCT b)";
  const std::string every = "MATCH (a {key: $key})-[r:R*1..3]->(b) RETURN count(r)";
  const std::string shortest =
      "MATCH p = shortestPath((a {key: $key})-[:R*..3]->(b {key: 'c'})) RETURN length(p)";
  const auto ask = [&](const std::string& statement, const char* key) {
    return query_.Rows(statement, {{"key", Value::String(key)}});
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(ask(ends, "a"), ElementsAre("2"));
    EXPECT_THAT(ask(ends, "b"), ElementsAre("1"));
    EXPECT_THAT(ask(every, "a"), ElementsAre("2"));
    EXPECT_THAT(ask(shortest, "a"), ElementsAre("2"));
    EXPECT_THAT(ask(shortest, "c"), IsEmpty());
  }
  query_.Rows("MATCH (a {key: 'a'}), (c {key: 'c'}) CREATE (a)-[:R]->(c), (c)-[:R]->(:P)");
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(ask(ends, "a"), ElementsAre("3"));
    EXPECT_THAT(ask(ends, "b"), ElementsAre("2"));
    EXPECT_THAT(ask(every, "a"), ElementsAre("5"));
    EXPECT_THAT(ask(shortest, "a"), ElementsAre("1"));
  }
}

TEST_P(RepetitionTest, ARunMayBeAbandonedAnywhere) {
  const std::vector<std::string> statements = {
      "MATCH (a)-[r]->(b) RETURN a.v, b.v",
      "MATCH (a)-[r]->(b), (b)-[s]->(a) RETURN r.w, s.w",
      "MATCH (a {key: 'a'})-[r]->(b) UNWIND [1, 2] AS i RETURN b.v, i",
      "MATCH (a)-[r]->(b) RETURN b.v, count(*)",
      "MATCH (a)-[r]->(b) RETURN b.v ORDER BY b.v DESC LIMIT 3",
      "MATCH (a) WHERE EXISTS { (a)-[:R]->() } RETURN a.v",
      "MATCH (a) OPTIONAL MATCH (a)-[:R]->(b) RETURN a.v, b.v",
      "MATCH p = shortestPath((a {key: 'a'})-[*..3]->(b {key: 'c'})) RETURN length(p)",
      "MATCH p = allShortestPaths((a {key: 'b'})-[*..3]-(b {key: 'a'})) RETURN [r IN "
      "relationships(p) | r.w]",
      "MATCH (a {key: 'a'})-[*1..3]->(b) RETURN b.v",
      "MATCH (a)-[*1..2]->(b) RETURN DISTINCT a.v, b.v",
  };
  for (const std::string& statement : statements) {
    const std::vector<std::string> expected = query_.Rows(statement);
    for (size_t read = 0; read <= expected.size(); ++read) {
      auto result = query_.session().Run(statement).value();
      Row row;
      for (size_t i = 0; i < read; ++i) ASSERT_TRUE(result->Next(&row).value());
      // One that was dropped, one from which the session went on.
      if (read % 2 == 0) result = nullptr;
      EXPECT_EQ(query_.Rows(statement), expected) << statement << ", after rows: " << read;
    }
  }
}

TEST_P(RepetitionTest, TheSecondOfTwoAtOnceIsWhole) {
  const std::string statement = "MATCH (n) RETURN n.v ORDER BY n.v";
  Row row;
  auto first = query_.session().Run(statement).value();
  ASSERT_TRUE(first->Next(&row).value());
  auto second = query_.session().Run(statement).value();
  EXPECT_FALSE(first->Next(&row).ok());
  first = nullptr;
  for (int64_t v = 1; v <= 3; ++v) {
    ASSERT_TRUE(second->Next(&row).value());
    EXPECT_EQ(row[0].integer(), v);
  }
  EXPECT_FALSE(second->Next(&row).value());

  // Sessions have nothing in common.
  auto other = MakeSession(query_.core(), {.batch_size = GetParam()});
  auto here = query_.session().Run(statement).value();
  auto there = other->Run(statement).value();
  for (int64_t v = 1; v <= 3; ++v) {
    for (Result* result : {here.get(), there.get()}) {
      ASSERT_TRUE(result->Next(&row).value());
      EXPECT_EQ(row[0].integer(), v);
    }
  }
}

TEST_P(RepetitionTest, CommitsOfOthersAreSeen) {
  auto writer = MakeSession(query_.core(), {});
  const std::string hops = "MATCH (a {key: 'a'})-[r]->(b) RETURN b.key, r.w ORDER BY r.w";
  EXPECT_THAT(query_.Rows(hops), ElementsAre("'b' | 12", "'c' | 13"));
  ASSERT_TRUE(writer->Run("MATCH (a {key: 'a'})-[r:R]->() SET r.w = 99").ok());
  EXPECT_THAT(query_.Rows(hops), ElementsAre("'c' | 13", "'b' | 99"));
  ASSERT_TRUE(writer->Run("MATCH (a {key: 'a'}), (b {key: 'b'}) CREATE (a)-[:T {w: 1}]->(b)").ok());
  EXPECT_THAT(query_.Rows(hops), ElementsAre("'b' | 1", "'c' | 13", "'b' | 99"));
  ASSERT_TRUE(writer->Run("MATCH (b {key: 'b'}) DETACH DELETE b").ok());
  EXPECT_THAT(query_.Rows(hops), ElementsAre("'c' | 13"));
}

TEST_P(RepetitionTest, NewLabelsTypesAndIndexesAreSeen) {
  const std::string late = "MATCH (a:Late {v: $v})-[:LATE]->(b) RETURN b.v";
  const Parameters one = {{"v", Value::Integer(1)}};
  EXPECT_THAT(query_.Rows(late, one), IsEmpty());
  query_.Rows("MATCH (a {key: 'a'}), (b {key: 'b'}) SET a:Late CREATE (a)-[:LATE]->(b)");
  EXPECT_THAT(query_.Rows(late, one), ElementsAre("2"));
  query_.Rows("CREATE INDEX late FOR (n:Late) ON (n.v)");
  EXPECT_THAT(query_.Rows(late, one), ElementsAre("2"));
  EXPECT_THAT(query_.Rows(late, one), ElementsAre("2"));
  query_.Rows("DROP INDEX late");
  EXPECT_THAT(query_.Rows(late, one), ElementsAre("2"));
}

TEST_P(RepetitionTest, TransactionsSeeTheirOwnWritesAndNobodyElseDoes) {
  const std::string hops = "MATCH (a {key: 'a'})-[r]->(b) RETURN r.w ORDER BY r.w";
  EXPECT_THAT(query_.Rows(hops), ElementsAre("12", "13"));
  query_.Rows("BEGIN");
  EXPECT_THAT(query_.Rows(hops), ElementsAre("12", "13"));
  query_.Rows("MATCH (a {key: 'a'}), (b {key: 'b'}) CREATE (a)-[:R {w: 1}]->(b)");
  for (int i = 0; i < 2; ++i) EXPECT_THAT(query_.Rows(hops), ElementsAre("1", "12", "13"));
  query_.Rows("ROLLBACK");
  for (int i = 0; i < 2; ++i) EXPECT_THAT(query_.Rows(hops), ElementsAre("12", "13"));
}

TEST_P(RepetitionTest, LensesMayChange) {
  query_.Rows("MATCH (a {key: 'a'})-[r:R]->() SET r.valid_from = date('2020-01-01')");
  const std::string hops = "MATCH (a {key: 'a'})-[r]->(b) RETURN r.w ORDER BY r.w";
  const std::string at =
      "FOR VALID_TIME AS OF date($day) MATCH (a {key: 'a'})-[r]->(b) RETURN r.w ORDER BY r.w";
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(query_.Rows(hops), ElementsAre("12", "13"));
    query_.Rows("SET LENS FOR VALID_TIME AS OF date('2019-01-01')");
    EXPECT_THAT(query_.Rows(hops), ElementsAre("13"));
    query_.Rows("RESET LENS");
    EXPECT_THAT(query_.Rows(at, {{"day", Value::String("2019-01-01")}}), ElementsAre("13"));
    EXPECT_THAT(query_.Rows(at, {{"day", Value::String("2021-01-01")}}), ElementsAre("12", "13"));
  }
}

TEST_P(RepetitionTest, NoSnapshotIsKept) {
  auto writer = MakeSession(query_.core(), {});
  const std::string hops = "MATCH (a {key: 'a'})-[r]->(b) UNWIND [1, 2] AS i RETURN b.v, r.w, i";
  for (const bool to_its_end : {true, false}) {
    std::weak_ptr<const Core::Picture> picture;
    ASSERT_TRUE(query_.core()->BeginRead(&picture).ok());
    EXPECT_FALSE(picture.expired());
    if (to_its_end) {
      query_.Rows(hops);
    } else {
      Row row;
      ASSERT_TRUE(query_.session().Run(hops).value()->Next(&row).value());
    }
    ASSERT_TRUE(writer->Run("CREATE ()").ok());
    EXPECT_TRUE(picture.expired());
  }
}

TEST_P(RepetitionTest, WhatALastRunGaveOutStays) {
  auto result = query_.session().Run("MATCH (a {key: $key})-[r]->(b) RETURN a, r, b",
                                     {{"key", Value::String("b")}});
  Row kept;
  ASSERT_TRUE((*result)->Next(&kept).value());
  result = absl::CancelledError();
  query_.Rows("MATCH (a {key: $key})-[r]->(b) RETURN a, r, b", {{"key", Value::String("a")}});
  EXPECT_EQ(ValueText(kept[1]), "[:R {w: 23}]");
}

}  // namespace
}  // namespace entente::query
