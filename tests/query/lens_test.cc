// Lens clauses in statements: which times count, and what a mistake in one is.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/claim_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Facts that are reported on the first of January, February and March, one whose evidence has no
// date, and one without evidence.
class LensTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto write = query_.core()->BeginWrite(nullptr).value();
    ClaimWriter writer(write->graph());
    subject_ = writer.UpsertEntity({.key = "s", .name = "Subject"}).value().node;
    relation_ = write->graph().DefineRelation({.name = "SUPPORTS"}).value();
    Report(writer, "January", "2024-01-01", Stance::kReports);
    Report(writer, "February", "2024-02-01", Stance::kReports);
    Report(writer, "March", "2024-03-01", Stance::kReports);
    Report(writer, "Undated", "", Stance::kReports);
    Report(writer, "Denied", "2024-01-01", Stance::kDenies);
    ASSERT_TRUE(writer.Finish().ok());
    ASSERT_TRUE(write->Commit().ok());
    query_.Rows("MATCH (s {key: 's'}) CREATE (s)-[:SUPPORTS]->({name: 'Bare'})");
  }

  void Report(ClaimWriter& writer, const std::string& object, absl::string_view published,
              Stance stance) {
    FactInput fact;
    fact.subject = subject_;
    fact.relation = relation_;
    fact.object = writer.UpsertEntity({.key = object, .name = object}).value().node;
    ArticleInput article;
    article.key = absl::StrCat("article of ", object);
    article.publisher = absl::StrCat("publisher of ", object);
    if (!published.empty()) article.published = Value::String(published);
    EvidenceInput evidence;
    evidence.article = writer.UpsertArticle(article).value().node;
    evidence.stance = stance;
    ASSERT_TRUE(writer.Cite(writer.AddFact(fact).value().fact, {evidence}).ok());
  }

  std::vector<std::string> Seen(const std::string& lens) {
    return query_.Rows(
        absl::StrCat(lens, " MATCH (a)-[:SUPPORTS]->(b) RETURN b.name ORDER BY b.name"));
  }

  QuerySession query_;
  NodeId subject_ = kNoId;
  RelationId relation_ = kNoSymbol;
};

TEST_F(LensTest, KnownTimeAsOfCountsWhatWasPublishedByThen) {
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF date('2024-02-01')"),
              ElementsAre("'February'", "'January'"));
}

TEST_F(LensTest, KnownTimeFromToLeavesOutItsEnd) {
  EXPECT_THAT(Seen("FOR KNOWN_TIME FROM date('2024-01-01') TO date('2024-03-01')"),
              ElementsAre("'February'", "'January'"));
  EXPECT_THAT(Seen("FOR KNOWN_TIME FROM date('2024-02-01') TO null"),
              ElementsAre("'February'", "'March'"));
  EXPECT_THAT(Seen("FOR KNOWN_TIME FROM null TO date('2024-02-01')"), ElementsAre("'January'"));
}

TEST_F(LensTest, KnownTimeBetweenTakesBothEnds) {
  EXPECT_THAT(Seen("FOR KNOWN_TIME BETWEEN date('2024-02-01') AND date('2024-03-01')"),
              ElementsAre("'February'", "'March'"));
}

TEST_F(LensTest, KnownTimeAllLiftsAnOuterKnownTime) {
  const auto all = ElementsAre("'Bare'", "'February'", "'January'", "'March'", "'Undated'");
  EXPECT_THAT(Seen("FOR KNOWN_TIME ALL"), all);
  EXPECT_THAT(query_.Rows("FOR KNOWN_TIME AS OF date('2024-01-01') MATCH (a)-[:SUPPORTS]->(b) "
                          "FOR KNOWN_TIME ALL RETURN b.name ORDER BY b.name"),
              all);
}

TEST_F(LensTest, DenialsAreNotWhatWasReported) {
  EXPECT_THAT(query_.Rows("MATCH (a)-[r:SUPPORTS]->(b) DENIED BY 'publisher of Denied' "
                          "RETURN b.name, first_reported(r), last_reported(r), size(evidence(r))"),
              ElementsAre("'Denied' | null | null | 1"));
}

TEST(LensMistakeTest, IsAnErrorEvenWhereNoRowArrives) {
  QuerySession query;
  for (const char* lens : {"ACCORDING TO 'nobody'", "EXCEPT 'nobody'", "DENIED BY ['nobody']"}) {
    EXPECT_THAT(query.Rows(absl::StrCat(lens, " MATCH (a)-->(b) RETURN b")),
                ElementsAre(HasSubstr("UnknownName")))
        << lens;
  }
  EXPECT_THAT(query.Rows("MATCH (a)-->(b) ACCORDING TO $x RETURN b", {{"x", Value::String("?")}}),
              ElementsAre(HasSubstr("UnknownName")));
  EXPECT_THAT(query.Rows("FOR VALID_TIME AS OF 7 MATCH (a)-->(b) RETURN b"),
              ElementsAre(HasSubstr("InvalidArgumentType")));
  EXPECT_THAT(query.Rows("CONFIDENCE >= 2 MATCH (a)-->(b) RETURN b"),
              ElementsAre(HasSubstr("NumberOutOfRange")));
  EXPECT_THAT(query.Rows("OPTIONAL MATCH (a)-->(b) ACCORDING TO 'nobody' CREATE (:N)"),
              ElementsAre(HasSubstr("UnknownName")));
  // Nor where no pattern is read through it.
  EXPECT_THAT(query.Rows("ACCORDING TO 'nobody' RETURN 1"), ElementsAre(HasSubstr("UnknownName")));
  EXPECT_THAT(query.Rows("ACCORDING TO 'nobody' CREATE (:N)"),
              ElementsAre(HasSubstr("UnknownName")));
  EXPECT_THAT(query.Rows("MATCH (n) RETURN count(*)"), ElementsAre("0"));
}

TEST(LensMistakeTest, AStatementMayMakeWhatItsLensNames) {
  QuerySession query;
  EXPECT_THAT(query.Rows("CREATE (:P {key: 'p', name: 'Made'}) WITH 1 AS one "
                         "MATCH (a)-->(b) ACCORDING TO 'p' RETURN b"),
              IsEmpty());
}

// So many articles that they are no longer looked up one by one.
TEST(LensOverManyArticlesTest, SeesWhatTheEvidenceOfEachFactSays) {
  QuerySession query;
  query.Rows(
      "UNWIND range(0, 2599) AS i CREATE (n:Article {key: toString(i), publisher: 'P' + i % 7, "
      "published: date('2024-01-01') + duration({days: i % 300})}) "
      "WITH n, i WHERE i % 10 = 5 SET n.copy_of = toString(i - 3)");
  query.Rows(
      "UNWIND range(0, 1299) AS i CREATE (a:N {i: i})-[r:T]->(a) WITH r, i "
      "MATCH (one:Article {key: toString(2 * i)}), (two:Article {key: toString(2 * i + 1)}) "
      "CALL entente.cite(r, one) YIELD added "
      "CALL entente.cite(r, two, {stance: CASE i % 3 WHEN 0 THEN 'denies' ELSE 'reports' END, "
      "confidence: 0.8}) YIELD added AS too RETURN count(*)");
  const std::pair<std::string, std::string> lenses[] = {
      {"ACCORDING TO 'P3'", "e.publisher.name = 'P3' AND e.stance <> 'denies'"},
      {"EXCEPT ['P0', 'P1']", "NOT e.publisher.name IN ['P0', 'P1'] AND e.stance <> 'denies'"},
      {"DENIED BY 'P2'", "e.publisher.name = 'P2' AND e.stance = 'denies'"},
      {"FOR KNOWN_TIME BETWEEN date('2024-03-01') AND date('2024-03-09')",
       "e.stance <> 'denies' AND date('2024-03-01') <= date(e.published) <= date('2024-03-09')"}};
  for (const auto& [lens, condition] : lenses) {
    const std::vector<std::string> expected = query.Rows(
        "MATCH (a)-[r:T]->() WHERE any(e IN evidence(r) WHERE " + condition + ") RETURN count(*)");
    EXPECT_NE(expected[0], "0") << condition;
    for (int time = 0; time < 2; ++time) {
      EXPECT_EQ(query.Rows(lens + " MATCH (a)-[r:T]->() RETURN count(*)"), expected) << lens;
    }
  }
  EXPECT_EQ(
      query.Rows("ACCORDING TO 'P3' CONFIDENCE >= 0.8 MATCH (a)-[r:T]->() RETURN count(*)"),
      query.Rows("MATCH (a)-[r:T]->() WHERE any(e IN evidence(r) WHERE e.publisher.name = 'P3' "
                 "AND e.stance <> 'denies' AND e.confidence >= 0.8) RETURN count(*)"));
}

}  // namespace
}  // namespace entente::query
