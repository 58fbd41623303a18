// Keeping claims from the language: entente.cite, entente.retract and entente.valid, and what
// changes corroboration when articles and publishers change.
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

// Two countries, one fact between them, and three articles, of which the third is a copy of the
// first.
class ClaimTest : public ::testing::Test {
 protected:
  void SetUp() override {
    query_.Rows(
        "CREATE (:Country {key: 'prk', name: 'North Korea'})-[:SUPPORTS]->"
        "(:Country {key: 'rus', name: 'Russia'}), "
        "(:Article {key: '1', publisher: 'Alpha', published: '2024-01-01'}), "
        "(:Article {key: '2', publisher: 'Beta', published: '2024-02-01'}), "
        "(:Article {key: '3', publisher: 'Gamma', published: '2024-03-01', copy_of: '1'})");
  }

  // Calls a procedure for the fact and the article with this key.
  std::vector<std::string> Call(absl::string_view procedure, absl::string_view article,
                                absl::string_view details = "{}") {
    return query_.Rows(absl::StrCat("MATCH (:Country)-[r]->(:Country) INCLUDING ALL ",
                                    "MATCH (a:Article {key: '", article, "'}) CALL entente.",
                                    procedure, "(r, a, ", details, ") YIELD ",
                                    procedure == "cite" ? "added" : "retracted", " AS x RETURN x"));
  }
  // What the stored values and a lens that lets everything pass tell of the fact, which agree.
  std::string Stored() {
    const std::string pattern = " MATCH (:Country)-[r:SUPPORTS]->(:Country) ";
    const std::string values =
        "RETURN confidence(r), support(r), denial(r), contested(r), sources(r), "
        "toString(first_reported(r)), toString(last_reported(r))";
    const std::vector<std::string> stored = query_.Rows(absl::StrCat(pattern, values));
    EXPECT_EQ(query_.Rows(absl::StrCat("EXCEPT 'Russia'", pattern, values)), stored);
    return stored.empty() ? "unseen" : stored.front();
  }
  std::vector<std::string> Seen(absl::string_view lens) {
    return query_.Rows(
        absl::StrCat(lens, " MATCH (:Country)-[r:SUPPORTS]->(:Country) RETURN confidence(r)"));
  }

  QuerySession query_;
};

TEST_F(ClaimTest, CitingAddsEvidenceOnceAndCorroborates) {
  EXPECT_THAT(Call("cite", "1", "{confidence: 0.8}"), ElementsAre("true"));
  EXPECT_THAT(Call("cite", "1", "{confidence: 0.9, quote: 'other words'}"), ElementsAre("false"));
  EXPECT_EQ(Stored(),
            "0.8 | 0.8 | 0.0 | false | ['Alpha'] | '2024-01-01T00:00Z' | '2024-01-01T00:00Z'");
  EXPECT_THAT(Call("cite", "2", "{stance: 'denies', confidence: 0.5}"), ElementsAre("true"));
  EXPECT_EQ(Stored(),
            "0.4 | 0.8 | 0.5 | true | ['Alpha'] | '2024-01-01T00:00Z' | '2024-01-01T00:00Z'");
}

TEST_F(ClaimTest, EvidenceKeepsAllThatWasCited) {
  EXPECT_THAT(Call("cite", "1",
                   "{stance: 'affirms', confidence: 1, asserted_by: 'North Korea', sentence: 3, "
                   "span: [10, 20], quote: 'we do'}"),
              ElementsAre("true"));
  EXPECT_THAT(query_.Rows("MATCH ()-[r:SUPPORTS]->() UNWIND evidence(r) AS e RETURN e.article.key, "
                          "e.publisher.name, e.stance, e.confidence, e.asserted_by.key, "
                          "e.sentence, e.span, e.quote"),
              ElementsAre("'1' | 'Alpha' | 'affirms' | 1.0 | 'prk' | 3 | [10, 20] | 'we do'"));
}

TEST_F(ClaimTest, OtherStanceAsserterSentenceOrSpanIsOtherEvidence) {
  for (const char* details : {"{}", "{stance: 'affirms'}", "{asserted_by: 'Russia'}",
                              "{sentence: 0}", "{sentence: 0, span: [0, 4]}"}) {
    EXPECT_THAT(Call("cite", "1", details), ElementsAre("true")) << details;
    EXPECT_THAT(Call("cite", "1", details), ElementsAre("false")) << details;
  }
  EXPECT_THAT(query_.Rows("MATCH ()-[r:SUPPORTS]->() RETURN size(evidence(r)), sources(r)"),
              ElementsAre("5 | ['Alpha']"));
}

TEST_F(ClaimTest, AnUnknownAsserterBecomesAnEntityAsInImports) {
  EXPECT_THAT(Call("cite", "1", "{asserted_by: 'A Spokesman'}"), ElementsAre("true"));
  EXPECT_THAT(query_.Rows("RETURN entity('a spokesman').key"), ElementsAre("'name:a spokesman'"));
}

TEST_F(ClaimTest, BadDetailsAreRefusedAndChangeNothing) {
  for (const char* details : {"{stance: 'doubts'}", "{confidence: 1.5}", "{confidence: '1'}",
                              "{sentence: -1}", "{span: [4, 2]}", "{span: [1]}", "{quote: 1}",
                              "{asserted_by: 1}", "{page: 1}", "{at: date()}"}) {
    EXPECT_THAT(Call("cite", "1", details), ElementsAre("ArgumentError: InvalidArgumentValue"))
        << details;
  }
  for (const char* details : {"{confidence: 0.5}", "{quote: 'x'}", "{at: 'soon'}"}) {
    EXPECT_THAT(Call("retract", "1", details), ElementsAre("ArgumentError: InvalidArgumentValue"))
        << details;
  }
  EXPECT_THAT(query_.Rows("MATCH (a)-[r]->(b) CALL entente.cite(r, b) YIELD added RETURN added"),
              ElementsAre("ArgumentError: InvalidArgumentValue"));
  EXPECT_THAT(query_.Rows("MATCH ()-[r:SUPPORTS]->() RETURN size(evidence(r))"), ElementsAre("0"));
}

TEST_F(ClaimTest, ARetractionIsRememberedWithItsTime) {
  Call("cite", "1", "{confidence: 0.8}");
  Call("cite", "2", "{confidence: 0.5}");
  EXPECT_THAT(Call("retract", "1", "{at: datetime('2024-06-01T00:00Z')}"), ElementsAre("1"));
  EXPECT_THAT(Call("retract", "1"), ElementsAre("0"));
  EXPECT_EQ(Stored(),
            "0.5 | 0.5 | 0.0 | false | ['Beta'] | '2024-02-01T00:00Z' | '2024-02-01T00:00Z'");
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF date('2024-05-31')"), ElementsAre("0.9"));
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF date('2024-06-01')"), ElementsAre("0.5"));
  // Citing the same again does not revive it.
  EXPECT_THAT(Call("cite", "1", "{confidence: 0.8}"), ElementsAre("false"));
  EXPECT_THAT(Seen(""), ElementsAre("0.5"));
}

TEST_F(ClaimTest, AFactWhoseLastEvidenceIsRetractedIsNotSeen) {
  Call("cite", "1");
  EXPECT_THAT(Call("retract", "1", "{at: '2024-06-01'}"), ElementsAre("1"));
  EXPECT_THAT(Seen(""), IsEmpty());
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF date('2024-03-01')"), ElementsAre("0.5"));
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF date('2024-07-01')"), IsEmpty());
}

TEST_F(ClaimTest, ARetractionWithoutATimeIsMadeNow) {
  Call("cite", "1");
  query_.Rows(
      "MATCH (:Country)-[r]->() MATCH (a {key: '1'}) CALL entente.retract(r, a) "
      "YIELD retracted RETURN retracted");
  EXPECT_THAT(Seen(""), IsEmpty());
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF datetime() - duration('PT1H')"), ElementsAre("0.5"));
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF datetime()"), IsEmpty());
}

TEST_F(ClaimTest, ARetractionMayBeOfOnePieceAlone) {
  Call("cite", "1", "{confidence: 0.8, sentence: 1}");
  Call("cite", "1", "{confidence: 0.6, sentence: 2, asserted_by: 'Russia'}");
  Call("cite", "1", "{stance: 'denies', confidence: 0.4}");
  EXPECT_THAT(Call("retract", "1", "{sentence: 7}"), ElementsAre("0"));
  EXPECT_THAT(Call("retract", "1", "{sentence: 1}"), ElementsAre("1"));
  EXPECT_THAT(Seen(""), ElementsAre("0.36"));
  EXPECT_THAT(Call("retract", "1", "{asserted_by: 'Nobody'}"),
              ElementsAre("SemanticError: UnknownName"));
  EXPECT_THAT(Call("retract", "1", "{asserted_by: 'Russia'}"), ElementsAre("1"));
  EXPECT_THAT(Call("retract", "1", "{stance: 'denies'}"), ElementsAre("1"));
}

TEST_F(ClaimTest, AnImportDoesNotReviveARetraction) {
  const auto import = [&] {
    auto write = query_.core()->BeginWrite(nullptr).value();
    ClaimWriter writer(write->graph());
    FactInput fact;
    fact.subject = writer.Resolve("prk").value();
    fact.object = writer.Resolve("rus").value();
    fact.relation = write->graph().NeedRelation("ATTACKS").value();
    EvidenceInput evidence;
    evidence.article = write->graph().FindKey("1").value();
    ASSERT_TRUE(writer.Cite(writer.AddFact(fact).value().fact, {evidence}).ok());
    ASSERT_TRUE(writer.Finish().ok());
    ASSERT_TRUE(write->Commit().ok());
  };
  import();
  EXPECT_THAT(query_.Rows("MATCH (:Country)-[r:ATTACKS]->() MATCH (a {key: '1'}) "
                          "CALL entente.retract(r, a) YIELD retracted RETURN retracted"),
              ElementsAre("1"));
  import();
  EXPECT_THAT(query_.Rows("MATCH (:Country)-[r:ATTACKS]->() RETURN r"), IsEmpty());
}

TEST_F(ClaimTest, ValidTimeKeepsThePrecisionThatIsWritten) {
  const auto valid = [&](absl::string_view ends) {
    query_.Rows(absl::StrCat("MATCH (:Country)-[r]->(:Country) CALL entente.valid(r, ", ends, ")"));
    return query_.Rows(
        "MATCH (:Country)-[r]->(:Country) RETURN toString(r.valid_from), precision(r, "
        "'valid_from'), since(r), toString(r.valid_to), precision(r, 'valid_to'), until(r)");
  };
  EXPECT_THAT(valid("'2024-06', null"),
              ElementsAre("'2024-06-01' | 'month' | '2024-06' | null | null | null"));
  EXPECT_THAT(valid("'2023', '2024-06-18'"),
              ElementsAre("'2023-01-01' | 'year' | '2023' | '2024-06-18' | 'day' | '2024-06-18'"));
  EXPECT_THAT(valid("date('2024-06-18'), datetime('2024-07-01T12:00Z')"),
              ElementsAre("'2024-06-18' | 'day' | '2024-06-18' | '2024-07-01T12:00Z' | 'instant' "
                          "| '2024-07-01T12:00Z'"));
  EXPECT_THAT(valid("'2024-06'"),
              ElementsAre("'2024-06-01' | 'month' | '2024-06' | null | null | null"));
  EXPECT_THAT(valid("null, null"), ElementsAre("null | null | null | null | null | null"));
  EXPECT_THAT(query_.Rows("MATCH (:Country)-[r]->() CALL entente.valid(r, 'soon', null)"),
              ElementsAre("ArgumentError: InvalidArgumentValue"));
  EXPECT_THAT(query_.Rows("MATCH (:Country)-[r]->() CALL entente.valid(r, 2024, null)"),
              ElementsAre("ArgumentError: InvalidArgumentValue"));
}

TEST_F(ClaimTest, APublisherThatIsSetOrRemovedCountsAtOnce) {
  Call("cite", "1", "{confidence: 0.6}");
  Call("cite", "2", "{confidence: 0.5}");
  EXPECT_THAT(Stored(), HasSubstr("0.8 | 0.8 | 0.0 | false | ['Alpha', 'Beta']"));
  query_.Rows("MATCH (a:Article {key: '2'}) SET a.publisher = 'Alpha'");
  EXPECT_THAT(Stored(), HasSubstr("0.6 | 0.6 | 0.0 | false | ['Alpha']"));
  query_.Rows("MATCH (a:Article {key: '2'}) REMOVE a.publisher");
  EXPECT_THAT(Stored(), HasSubstr("0.8 | 0.8 | 0.0 | false | ['2', 'Alpha']"));
}

TEST_F(ClaimTest, ADeletedPublisherLeavesItsArticlesOnTheirOwn) {
  Call("cite", "1", "{confidence: 0.6}");
  query_.Rows("MATCH (a:Article {key: '2'}) SET a.publisher = 'Alpha'");
  Call("cite", "2", "{confidence: 0.5}");
  EXPECT_THAT(Stored(), HasSubstr("0.6 | 0.6"));
  query_.Rows("MATCH (p {name: 'Alpha'}) DELETE p");
  EXPECT_THAT(Stored(), HasSubstr("0.8 | 0.8 | 0.0 | false | ['1', '2']"));
}

TEST_F(ClaimTest, ADeletedAsserterIsNobody) {
  Call("cite", "1", "{asserted_by: 'A Spokesman'}");
  query_.Rows("MATCH (n {name: 'A Spokesman'}) DELETE n");
  EXPECT_THAT(query_.Rows("MATCH ()-[r:SUPPORTS]->() RETURN [e IN evidence(r) | e.asserted_by]"),
              ElementsAre("[null]"));
}

TEST_F(ClaimTest, ACopyThatIsMadeOrUnmadeCountsAtOnce) {
  Call("cite", "1", "{confidence: 0.6}");
  Call("cite", "3", "{confidence: 0.5}");
  EXPECT_THAT(Stored(), HasSubstr("0.6 | 0.6 | 0.0 | false | ['Alpha']"));
  query_.Rows("MATCH (a:Article {key: '3'}) REMOVE a.copy_of");
  EXPECT_THAT(Stored(), HasSubstr("0.8 | 0.8 | 0.0 | false | ['Alpha', 'Gamma']"));
  query_.Rows("MATCH (a:Article {key: '3'}) SET a.copy_of = '2'");
  EXPECT_THAT(Stored(), HasSubstr("0.8 | 0.8 | 0.0 | false | ['Alpha', 'Beta']"));
  // The original becomes a copy itself, which its copies follow.
  query_.Rows("MATCH (a:Article {key: '2'}) SET a.copy_of = '1'");
  EXPECT_THAT(Stored(), HasSubstr("0.6 | 0.6 | 0.0 | false | ['Alpha']"));
  EXPECT_THAT(query_.Rows("MATCH (a:Article {key: '1'}) SET a.copy_of = '3'"),
              ElementsAre("ArgumentError: InvalidArgumentValue"));
  EXPECT_THAT(Stored(), HasSubstr("0.6 | 0.6 | 0.0 | false | ['Alpha']"));
}

TEST_F(ClaimTest, ADateOfPublicationThatChangesCountsAtOnce) {
  Call("cite", "1");
  query_.Rows("MATCH (a:Article {key: '1'}) SET a.published = date('2024-05-05')");
  EXPECT_THAT(Stored(), HasSubstr("'2024-05-05T00:00Z' | '2024-05-05T00:00Z'"));
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF date('2024-02-01')"), IsEmpty());
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF date('2024-05-05')"), ElementsAre("0.5"));
  query_.Rows("MATCH (a:Article {key: '1'}) REMOVE a.published");
  EXPECT_THAT(Stored(), HasSubstr("null | null"));
  EXPECT_THAT(Seen("FOR KNOWN_TIME AS OF date('2030-01-01')"), IsEmpty());
}

TEST_F(ClaimTest, ADeletedArticleTakesItsEvidenceAlong) {
  Call("cite", "1", "{confidence: 0.6}");
  Call("cite", "2", "{confidence: 0.5}");
  Call("cite", "3", "{confidence: 0.7}");
  EXPECT_THAT(Stored(), HasSubstr("0.85 | 0.85 | 0.0 | false | ['Alpha', 'Beta']"));
  // The copy waits for its original from now on.
  query_.Rows("MATCH (a:Article {key: '1'}) DELETE a");
  EXPECT_THAT(Stored(), HasSubstr("0.85 | 0.85 | 0.0 | false | ['Beta', 'Gamma']"));
  query_.Rows("MATCH (a:Article) DELETE a");
  EXPECT_EQ(Stored(), "unseen");
}

TEST_F(ClaimTest, WhatAStatementCitesItSees) {
  EXPECT_THAT(query_.Rows("MATCH (:Country)-[r]->(:Country) MATCH (a {key: '1'}) "
                          "CALL entente.cite(r, a, {confidence: 0.7}) YIELD added "
                          "RETURN added, confidence(r), contested(r)"),
              ElementsAre("true | 0.7 | false"));
}

TEST_F(ClaimTest, AStatementThatFailsHasCitedNothing) {
  EXPECT_THAT(query_.Rows("MATCH (:Country)-[r]->(:Country) MATCH (a:Article) "
                          "CALL entente.cite(r, a, {confidence: 0.3 * toInteger(a.key)}) "
                          "YIELD added MATCH (b) SET b.x = 1 / (size(labels(a)) - 1)"),
              ElementsAre("ArithmeticError: DivisionByZero"));
  EXPECT_THAT(query_.Rows("MATCH (:Country)-[r]->(:Country) RETURN size(evidence(r))"),
              ElementsAre("0"));
}

}  // namespace
}  // namespace entente::query
