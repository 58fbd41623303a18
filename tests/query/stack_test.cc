// Statements that go deep, on threads with small stacks: they run or are refused, and never crash.
#include <pthread.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "query/stack_room.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Runs `work` on a thread with that many bytes of stack.
void RunWithStack(size_t bytes, const std::function<void()>& work) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, bytes), 0);
  pthread_t thread;
  const auto body = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, body, const_cast<std::function<void()>*>(&work)),
            0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

std::string Repeat(absl::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) absl::StrAppend(&all, text);
  return all;
}

// `inner` inside `count` pairs of `open` and `close`.
std::string Nest(absl::string_view open, absl::string_view inner, absl::string_view close,
                 int count) {
  return absl::StrCat(Repeat(open, count), inner, Repeat(close, count));
}

std::string Numbered(absl::string_view before, absl::string_view after, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) absl::StrAppend(&all, before, i, after);
  return all;
}

// "ok", or the error as text.
std::string Outcome(const std::string& statement) {
  QuerySession query;
  const auto result = query.session().Run(statement, {});
  if (!result.ok()) return ErrorText(result.status());
  Row row;
  while (true) {
    const auto more = (*result)->Next(&row);
    if (!more.ok()) return ErrorText(more.status());
    if (!*more) return "ok";
  }
}

// As deep as the parser allows, give or take.
std::vector<std::string> DeepStatements(int levels, int clauses) {
  const std::string values = "UNWIND [1] AS x RETURN ";
  const int half = levels / 2;
  return {
      absl::StrCat(values, Nest("(", "x", ")", levels)),
      absl::StrCat(values, Nest("NOT ", "true", "", levels)),
      absl::StrCat(values, Nest("- ", "x", "", levels)),
      absl::StrCat(values, "x", Repeat(" + x", levels)),
      absl::StrCat(values, "{a: x}", Repeat(".a", levels)),
      absl::StrCat(values, Nest("abs(", "x", ")", levels)),
      absl::StrCat(values, Nest("CASE WHEN true THEN ", "x", " END", levels)),
      absl::StrCat(values, Nest("[y IN [1] WHERE ", "true", " | y] = [", half), Repeat("]", half)),
      absl::StrCat(values, Nest("reduce(a = 0, y IN [1] | ", "x", ")", levels)),
      absl::StrCat("MATCH (n) WHERE ", Nest("exists { MATCH (n) WHERE ", "n.x = 1", "}", half),
                   " RETURN n"),
      absl::StrCat("MATCH (n) RETURN ", Nest("[(n)-->(m) | ", "m", "]", half)),
      Nest("CALL { ", "RETURN 1 AS x", " } RETURN 1 AS x", half),
      Numbered("CREATE (:N {i: ", "}) ", clauses),
      absl::StrCat("CREATE (a) ", Numbered("SET a.x = ", " ", clauses)),
      absl::StrCat("WITH 1 AS x ", Repeat("WITH x ", clauses), "RETURN x"),
      absl::StrCat("EXPLAIN ", Numbered("CREATE (:N {i: ", "}) ", clauses)),
      absl::StrCat("MATCH (a)", Repeat("-->()", clauses / 4), " RETURN a"),
      absl::StrCat("RETURN 1 AS x", Repeat(" UNION RETURN 1 AS x", clauses / 4)),
  };
}

TEST(StackTest, DeepStatementsRunOrAreRefusedOnSmallStacks) {
  for (const size_t kilobytes : {256, 512, 1024}) {
    for (const std::string& statement : DeepStatements(480, 2000)) {
      RunWithStack(kilobytes << 10, [&] {
        EXPECT_THAT(Outcome(statement), AnyOf(StartsWith("ok"), HasSubstr("stack"),
                                              HasSubstr("nested deeper"), HasSubstr("SyntaxError")))
            << statement.substr(0, 80);
      });
    }
  }
}

TEST(StackTest, LongStatementsRunOrAreRefusedWithAPlace) {
  QuerySession query;
  for (const std::string& statement :
       {Numbered("CREATE (:N {i: ", "}) ", 12000),
        absl::StrCat("CREATE (a) ", Numbered("SET a.x = ", " ", 12000))}) {
    const auto result = query.session().Run(statement, {});
    if (result.ok()) continue;
    EXPECT_THAT(ErrorText(result.status()), HasSubstr("stack"));
    EXPECT_TRUE(ErrorInfoOf(result.status()).span.has_value());
  }
}

TEST(StackTest, LongChainsAreFlat) {
  QuerySession query;
  const std::string start = "UNWIND [1] AS x RETURN ";
  EXPECT_THAT(query.Rows(absl::StrCat(start, "x", Repeat(" = x", 8000))),
              ::testing::ElementsAre("true"));
  EXPECT_THAT(query.Rows(absl::StrCat(start, "x = 1", Repeat(" AND x = 1", 8000))),
              ::testing::ElementsAre("true"));
  EXPECT_THAT(query.Rows(absl::StrCat("CREATE (:N)", Repeat(", (:N)", 8000))),
              ::testing::IsEmpty());
}

// Only brackets and their like are nesting.
TEST(StackTest, LongChainsOfArithmeticAreAsLongAsTheStackHasRoomFor) {
  const std::string sum = absl::StrCat("UNWIND [1] AS x RETURN x", Repeat(" + x", 3000));
  RunWithStack(64 << 20,
               [&] { EXPECT_THAT(QuerySession().Rows(sum), ::testing::ElementsAre("3001")); });
  RunWithStack(256 << 10, [&] { EXPECT_THAT(Outcome(sum), HasSubstr("stack")); });
}

TEST(StackTest, LongChainsOfWithRun) {
  const std::string sums =
      absl::StrCat("WITH 1 AS x ", Repeat("WITH x + 1 AS x ", 2000), "RETURN x");
  RunWithStack(64 << 20,
               [&] { EXPECT_THAT(QuerySession().Rows(sums), ::testing::ElementsAre("2001")); });
  QuerySession query;
  EXPECT_THAT(query.Rows(absl::StrCat("WITH 1 AS x ", Repeat("WITH x ", 8000), "RETURN x")),
              ::testing::ElementsAre("1"));
}

// Their columns stand beside one another, so that memory and time must not grow with their square.
TEST(StackTest, ThousandsOfPartsOfAUnionRun) {
  QuerySession query;
  EXPECT_EQ(
      query.Rows(absl::StrCat("RETURN 1 AS x", Repeat(" UNION ALL RETURN 1 AS x", 5999))).size(),
      6000u);
}

TEST(StackTest, EverydayStatementsNeedLittle) {
  RunWithStack(1 << 20, [] {
    EXPECT_EQ(Outcome("MATCH (a:A)-[r:T]->(b {x: 1 + 2}) WHERE a.x > 1 AND NOT b.y = a.y "
                      "WITH a, count(r) AS c ORDER BY c LIMIT 10 RETURN a, c"),
              "ok");
  });
}

TEST(StackTest, TellsWhatIsLeft) {
  RunWithStack(512 << 10, [] {
    EXPECT_GT(StackLeft(), 256u << 10);
    EXPECT_LT(StackLeft(), 512u << 10);
    EXPECT_TRUE(CheckStack(1 << 10).ok());
    EXPECT_FALSE(CheckStack(512 << 10).ok());
  });
}

}  // namespace
}  // namespace entente::query
