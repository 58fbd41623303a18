// Where a lens may stand and what it may name: every hop and function reads through it, whatever
// its sources are expressions of, and a session's lens works as one before each statement.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "query/prepare.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// a → b → c → d, each SUPPORTS; Tass (owned by Russia) reports the first two facts, Yonhap the last
// two, Tass denies the last one; the second was valid in 2023 alone.
constexpr absl::string_view kWorld[] = {
    "CREATE (:Publisher {name: 'Tass'})-[:OWNED_BY]->(:Country {key: 'iso:RUS', name: 'Russia'}), "
    "(:Publisher {name: 'Yonhap'})",
    "CREATE (:Article {key: '1', publisher: 'Tass', published: '2024-01-01'}), "
    "(:Article {key: '2', publisher: 'Yonhap', published: '2024-02-01'}), "
    "(:Article {key: '3', publisher: 'Tass', published: '2024-03-01'})",
    "CREATE (a:N {name: 'a'})-[:SUPPORTS {n: 1}]->(b:N {name: 'b'})-[:SUPPORTS {n: 2, valid_from: "
    "date('2023-01-01'), valid_to: date('2024-01-01')}]->(c:N {name: 'c'})-[:SUPPORTS {n: 3}]->"
    "(d:N {name: 'd'})",
    "UNWIND [[1, '1'], [2, '1'], [2, '2'], [3, '2']] AS said "
    "MATCH ()-[r {n: said[0]}]->() MATCH (x:Article {key: said[1]}) "
    "CALL entente.cite(r, x, {confidence: 0.6}) YIELD added RETURN count(*)",
    "MATCH ()-[r {n: 3}]->() MATCH (x:Article {key: '3'}) "
    "CALL entente.cite(r, x, {stance: 'denies', confidence: 0.5, asserted_by: 'Russia'}) "
    "YIELD added RETURN added",
};

class LensPlaceTest : public ::testing::TestWithParam<bool> {
 protected:
  LensPlaceTest() : query_(OptionsOf(GetParam())) {
    for (absl::string_view statement : kWorld) query_.Rows(statement);
  }

  static SessionOptions OptionsOf(bool optimizer) {
    SessionOptions options;
    if (!optimizer) options.disabled_passes = OptimizerPasses();
    options.batch_size = optimizer ? 1024 : 1;
    return options;
  }

  std::vector<std::string> Hops(absl::string_view before, absl::string_view behind = "") {
    return query_.Rows(
        absl::StrCat(before, " MATCH (a:N)-[r]->(b) ", behind, " RETURN r.n ORDER BY r.n"));
  }

  QuerySession query_;
};

INSTANTIATE_TEST_SUITE_P(Optimizer, LensPlaceTest, ::testing::Bool());

TEST_P(LensPlaceTest, SourcesAreWhateverAnExpressionYields) {
  EXPECT_THAT(Hops("ACCORDING TO 'Tass'"), ElementsAre("1", "2"));
  EXPECT_THAT(
      Hops("MATCH (p:Publisher)-[:OWNED_BY]->(:Country {key: 'iso:RUS'})", "ACCORDING TO p"),
      ElementsAre("1", "2"));
  EXPECT_THAT(Hops("MATCH (p:Publisher) WITH collect(p) AS all", "ACCORDING TO all"),
              ElementsAre("1", "2", "3"));
  EXPECT_THAT(Hops("MATCH (p:Publisher)-[:OWNED_BY]->(:Country {key: 'iso:RUS'})", "EXCEPT p"),
              ElementsAre("2", "3"));
  EXPECT_THAT(Hops("MATCH (c:Country)", "DENIED BY c.name"), ElementsAre("3"));
  // Each row has its own lens.
  EXPECT_THAT(query_.SortedRows("MATCH (p:Publisher) MATCH (:N)-[r]->() ACCORDING TO p "
                                "RETURN p.name, r.n, sources(r)"),
              ElementsAre("'Tass' | 1 | ['Tass']", "'Tass' | 2 | ['Tass']",
                          "'Yonhap' | 2 | ['Yonhap']", "'Yonhap' | 3 | ['Yonhap']"));
}

TEST_P(LensPlaceTest, PatternsInALensAreReadThroughTheLensesAroundIt) {
  const std::string owned = "[(p:Publisher)-[:OWNED_BY]->(:Country {key: 'iso:RUS'}) | p]";
  EXPECT_THAT(Hops("ACCORDING TO " + owned), ElementsAre("1", "2"));
  EXPECT_THAT(Hops("", "ACCORDING TO " + owned), ElementsAre("1", "2"));
  EXPECT_THAT(Hops("ACCORDING TO " + owned + " MATCH (x:Article {key: '1'})"),
              ElementsAre("1", "2"));
  // OWNED_BY has no evidence, so that it is not seen through a known time.
  EXPECT_THAT(Hops("FOR KNOWN_TIME AS OF date('2025')", "ACCORDING TO " + owned), IsEmpty());
}

TEST_P(LensPlaceTest, EveryHopIsReadThroughIt) {
  const std::string tass = "ACCORDING TO 'Tass' ";
  EXPECT_THAT(query_.SortedRows(tass + "MATCH (:N {name: 'a'})-[*]->(x) RETURN x.name"),
              ElementsAre("'b'", "'c'"));
  EXPECT_THAT(query_.Rows(tass + "MATCH (x {name: 'a'}), (y {name: 'd'}), "
                                 "p = shortestPath((x)-[*]->(y)) RETURN p"),
              IsEmpty());
  EXPECT_THAT(query_.Rows(tass + "MATCH (x {name: 'a'}), (y {name: 'c'}), "
                                 "p = shortestPath((x)-[*]->(y)) "
                                 "RETURN [r IN relationships(p) | [r.n, confidence(r)]]"),
              ElementsAre("[[1, 0.6], [2, 0.6]]"));
  EXPECT_THAT(query_.Rows(tass + "MATCH p = allShortestPaths(({name: 'a'})-[*]->({name: 'd'})) "
                                 "RETURN p"),
              IsEmpty());
  EXPECT_THAT(query_.Rows(tass + "MATCH (x:N) WHERE (x)-->() RETURN x.name ORDER BY x.name"),
              ElementsAre("'a'", "'b'"));
  EXPECT_THAT(query_.Rows(tass + "MATCH (x:N) RETURN x.name, size([(x)-->(y) | y]), "
                                 "exists { (x)-->() }, count { MATCH (x)-->() RETURN 1 } "
                                 "ORDER BY x.name"),
              ElementsAre("'a' | 1 | true | 1", "'b' | 1 | true | 1", "'c' | 0 | false | 0",
                          "'d' | 0 | false | 0"));
  EXPECT_THAT(query_.Rows(tass + "MATCH (x:N) OPTIONAL MATCH (x)-[r]->() RETURN x.name, "
                                 "confidence(r), reported_by(r, 'Tass') ORDER BY x.name"),
              ElementsAre("'a' | 0.6 | true", "'b' | 0.6 | true", "'c' | null | null",
                          "'d' | null | null"));
  EXPECT_THAT(query_.Rows(tass + "MATCH (x:N) CALL { WITH x MATCH (x)-[r]->() RETURN r } "
                                 "RETURN x.name, sources(r) ORDER BY x.name"),
              ElementsAre("'a' | ['Tass']", "'b' | ['Tass']"));
  EXPECT_THAT(query_.Rows(tass + "MATCH ()-[r {n: 2}]->() RETURN r.n UNION "
                                 "MATCH ()-[r {n: 3}]->() RETURN r.n"),
              ElementsAre("2"));
}

TEST_P(LensPlaceTest, TheInnermostSettingOfEachDimensionWins) {
  EXPECT_THAT(Hops("ACCORDING TO 'Tass' FOR VALID_TIME AS OF date('2024-06-01')"),
              ElementsAre("1"));
  EXPECT_THAT(
      Hops("ACCORDING TO 'Tass' FOR VALID_TIME AS OF date('2024-06-01')", "ACCORDING TO 'Yonhap'"),
      ElementsAre("3"));
  EXPECT_THAT(
      Hops("ACCORDING TO 'Tass' FOR VALID_TIME AS OF date('2024-06-01')", "FOR VALID_TIME ALL"),
      ElementsAre("1", "2"));
  // Two lenses side by side.
  EXPECT_THAT(query_.Rows("MATCH ()-[r {n: 2}]->() ACCORDING TO 'Tass' "
                          "MATCH ()-[s {n: 2}]->() ACCORDING TO 'Yonhap' "
                          "RETURN sources(r), sources(s), r = s"),
              ElementsAre("['Tass'] | ['Yonhap'] | true"));
  // And the lens goes along with the value.
  EXPECT_THAT(query_.Rows("MATCH ()-[r {n: 2}]->() ACCORDING TO 'Tass' WITH collect(r) AS all "
                          "UNWIND all AS one WITH one AS again RETURN sources(again)"),
              ElementsAre("['Tass']"));
}

TEST_P(LensPlaceTest, FactsOfAnArticleAreThoseOnWhichItsWordCounts) {
  const auto facts = [&](absl::string_view lens, absl::string_view key) {
    return query_.Rows(absl::StrCat(lens, " MATCH (x:Article {key: '", key,
                                    "'}) UNWIND facts(x) AS r RETURN r.n, sources(r) ORDER BY "
                                    "r.n"));
  };
  EXPECT_THAT(facts("", "1"), ElementsAre("1 | ['Tass']", "2 | ['Tass', 'Yonhap']"));
  EXPECT_THAT(facts("", "3"), ElementsAre("3 | ['Yonhap']"));
  EXPECT_THAT(facts("ACCORDING TO 'Tass'", "1"), ElementsAre("1 | ['Tass']", "2 | ['Tass']"));
  EXPECT_THAT(facts("EXCEPT 'Tass'", "1"), IsEmpty());
  EXPECT_THAT(facts("FOR VALID_TIME AS OF date('2024-06-01')", "1"), ElementsAre("1 | ['Tass']"));
  EXPECT_THAT(facts("FOR KNOWN_TIME AS OF date('2023-12-31')", "1"), IsEmpty());
  EXPECT_THAT(facts("DENIED BY 'Russia'", "3"), ElementsAre("3 | []"));
  EXPECT_THAT(query_.Rows("MATCH (p:Publisher) MATCH (x:Article {key: '1'}) EXCEPT p "
                          "WHERE size(facts(x)) = 0 RETURN p.name"),
              ElementsAre("'Tass'"));
  query_.Rows(
      "MATCH ()-[r {n: 1}]->(), (x {key: '1'}) CALL entente.retract(r, x, {at: '2024-06-01'}) "
      "YIELD retracted RETURN retracted");
  EXPECT_THAT(facts("", "1"), ElementsAre("2 | ['Tass', 'Yonhap']"));
  EXPECT_THAT(facts("FOR KNOWN_TIME AS OF date('2024-05-01')", "1"), SizeIs(2));
}

TEST_P(LensPlaceTest, IncludingShowsWhatALensWouldHide) {
  query_.Rows(
      "MATCH (a:N {name: 'a'}), (d:N {name: 'd'}), (x:Article {key: '3'}), (y:Article {key: '2'}) "
      "CREATE (a)-[r:SUPPORTS {n: 4}]->(d), (d)-[s:SUPPORTS {n: 5}]->(a) WITH * "
      "CALL entente.cite(r, x, {stance: 'denies'}) YIELD added AS one "
      "CALL entente.cite(s, y) YIELD added AS two "
      "CALL entente.retract(s, y) YIELD retracted RETURN retracted");
  EXPECT_THAT(Hops(""), ElementsAre("1", "2", "3"));
  EXPECT_THAT(Hops("INCLUDING DENIED"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(Hops("ACCORDING TO 'Tass' INCLUDING DENIED"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(Hops("INCLUDING ALL"), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_THAT(Hops("FOR VALID_TIME AS OF date('1990') ACCORDING TO 'Yonhap'", "INCLUDING ALL"),
              ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_THAT(query_.Rows("MATCH (:N)-[r]->() ACCORDING TO 'Tass' INCLUDING ALL "
                          "RETURN r.n, sources(r), size(evidence(r)) ORDER BY r.n"),
              ElementsAre("1 | ['Tass'] | 1", "2 | ['Tass'] | 1", "3 | [] | 1", "4 | [] | 1",
                          "5 | [] | 0"));
  // MERGE finds what nobody sees.
  query_.Rows("MATCH (a:N {name: 'a'}), (d:N {name: 'd'}) MERGE (d)-[r:SUPPORTS]->(a) SET r.m = 1");
  EXPECT_THAT(Hops("INCLUDING ALL"), SizeIs(5));
}

TEST_P(LensPlaceTest, ASessionsLensIsLikeOneBeforeEachStatement) {
  const std::vector<std::string> lenses = {
      "ACCORDING TO 'Tass'",
      "EXCEPT 'Tass'",
      "FOR VALID_TIME AS OF date('2024-06-01')",
      "FOR KNOWN_TIME AS OF date('2024-02-15') CONFIDENCE >= 0.6",
      "DENIED BY 'Russia'",
      "CONFIDENCE >= 0.5",
      "INCLUDING ALL ACCORDING TO 'Yonhap'",
  };
  const std::vector<std::string> queries = {
      "MATCH (a:N)-[r]->(b) RETURN r.n, confidence(r), contested(r), sources(r) ORDER BY r.n",
      "MATCH (a:N)-[r]->(b) WHERE contested(r) RETURN r.n",
      "MATCH (a:N)-->(b) RETURN a.name, count(*) ORDER BY a.name",
      "MATCH (a:N)-->()-->(c) RETURN a.name, count(*) ORDER BY a.name",
      "MATCH (a:N)-[*]->(b) RETURN DISTINCT a.name, b.name ORDER BY a.name, b.name",
      "MATCH (a:N), (b:N) WHERE a <> b MATCH p = shortestPath((a)-[*]->(b)) "
      "RETURN a.name, b.name, length(p) ORDER BY a.name, b.name",
      "MATCH (a:N) WHERE NOT (a)-->() RETURN a.name ORDER BY a.name",
      "MATCH (a:N)-[r]->(b)-[s]->(c) WHERE (a)--(b) RETURN count(*)",
      "MATCH (x:Article) UNWIND facts(x) AS r RETURN x.key, r.n, confidence(r) ORDER BY x.key, r.n",
      "MATCH (a:N)-[r]->(b) FOR VALID_TIME ALL RETURN r.n, support(r) ORDER BY r.n",
      "WHO SUPPORTS WHOM?",
      "WHY 'c' SUPPORTS 'd'?",
      "WHAT CHANGED SINCE 2023?",
  };
  for (const std::string& lens : lenses) {
    for (const std::string& query : queries) {
      const bool question = query[0] == 'W';
      const std::string explicitly =
          question ? absl::StrCat(query.substr(0, query.size() - 1), " ", lens, "?")
                   : absl::StrCat(lens, " ", query);
      query_.Rows("RESET LENS");
      // A question gives INCLUDING and knows of no second one.
      if (question && lens.find("INCLUDING") != std::string::npos) continue;
      const std::vector<std::string> wanted = query_.Rows(explicitly);
      EXPECT_THAT(query_.Rows("SET LENS " + lens), IsEmpty());
      EXPECT_EQ(query_.Rows(query), wanted) << lens << " " << query;
    }
  }
}

TEST_P(LensPlaceTest, ASessionsLensIsReplacedDimensionByDimension) {
  query_.Rows("SET LENS ACCORDING TO 'Tass' FOR VALID_TIME AS OF date('2024-06-01')");
  EXPECT_EQ(query_.session().lens(), "FOR VALID_TIME AS OF date('2024-06-01') ACCORDING TO 'Tass'");
  EXPECT_THAT(Hops(""), ElementsAre("1"));
  EXPECT_THAT(Hops("FOR VALID_TIME ALL"), ElementsAre("1", "2"));
  EXPECT_THAT(Hops("", "ACCORDING TO 'Yonhap'"), ElementsAre("3"));
  // Setting one again replaces all of it.
  query_.Rows("SET LENS ACCORDING TO $who", {{"who", Value::List({Value::String("Yonhap")})}});
  EXPECT_THAT(query_.Rows("SHOW LENS"), ElementsAre("'ACCORDING TO $who'"));
  EXPECT_THAT(Hops(""), ElementsAre("2", "3"));
  query_.Rows("RESET LENS");
  EXPECT_EQ(query_.session().lens(), "");
  EXPECT_THAT(query_.Rows("SHOW LENS"), ElementsAre("null"));
  EXPECT_THAT(Hops(""), ElementsAre("1", "2", "3"));
}

TEST_P(LensPlaceTest, AMistakeInAClauseIsToldAlsoWhereAnInnerOneReplacesIt) {
  for (const char* clause : {"ACCORDING TO", "EXCEPT", "DENIED BY"}) {
    EXPECT_THAT(query_.Rows(absl::StrCat(clause, " 'Nobody' MATCH ()-[r]->() ", clause,
                                         " 'Tass' RETURN count(*)")),
                ElementsAre("SemanticError: UnknownName"));
  }
  EXPECT_THAT(query_.Rows("CONFIDENCE >= 2 MATCH ()-[r]->() CONFIDENCE >= 0 RETURN count(*)"),
              ElementsAre("ArgumentError: NumberOutOfRange"));
  EXPECT_THAT(query_.Rows("FOR KNOWN_TIME AS OF 1 MATCH ()-[r]->() FOR KNOWN_TIME ALL RETURN 1"),
              ElementsAre("TypeError: InvalidArgumentType"));
}

TEST_P(LensPlaceTest, ABadLensLeavesTheSessionsAsItWas) {
  query_.Rows("SET LENS ACCORDING TO 'Tass'");
  EXPECT_THAT(query_.Rows("SET LENS ACCORDING TO 'Nobody'"),
              ElementsAre("SemanticError: UnknownName"));
  EXPECT_THAT(query_.Rows("SET LENS ACCORDING TO p"),
              ElementsAre("SyntaxError: UndefinedVariable"));
  EXPECT_THAT(query_.Rows("SET LENS CONFIDENCE >= 2"),
              ElementsAre("ArgumentError: NumberOutOfRange"));
  EXPECT_THAT(query_.Rows("SET LENS ACCORDING TO $who"),
              ElementsAre("ParameterMissing: MissingParameter"));
  EXPECT_THAT(Hops(""), ElementsAre("1", "2"));
  EXPECT_FALSE(query_.session().Writes("SET LENS CONFIDENCE >= 0.5").value());
  EXPECT_THAT(query_.Rows("SET LENS ACCORDING TO [(p)-[:OWNED_BY]->() INCLUDING ALL | p]"),
              IsEmpty());
  EXPECT_THAT(Hops(""), ElementsAre("1", "2"));
}

TEST_P(LensPlaceTest, UpdatesUnderASessionsLensFindWhatTheyMade) {
  query_.Rows("SET LENS ACCORDING TO 'Yonhap'");
  query_.Rows("MATCH (a:N {name: 'a'}), (b:N {name: 'b'}) MERGE (a)-[r:SUPPORTS]->(b) SET r.m = 1");
  EXPECT_THAT(query_.Rows("CREATE (:M)-[r:KNOWS]->(:M) RETURN confidence(r)"), ElementsAre("null"));
  query_.Rows("RESET LENS");
  EXPECT_THAT(query_.Rows("MATCH (:N)-[r:SUPPORTS {m: 1}]->() RETURN r.n"), ElementsAre("1"));
  EXPECT_THAT(Hops(""), SizeIs(3));
}

}  // namespace
}  // namespace entente::query
