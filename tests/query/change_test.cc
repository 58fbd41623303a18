// WHAT CHANGED, WHO DISPUTES and AMONG: what they answer, by histories worked out by hand.
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
using ::testing::SizeIs;

class ChangeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    query_.Rows(
        "CREATE (:Country {name: 'A'})-[:SUPPORTS {valid_from: date('2024-02-01'), valid_to: "
        "date('2024-08-01')}]->(:Country {name: 'B'}), (:Country {name: 'C'}), (:Person {name: "
        "'P'}), (:Article {key: '1', publisher: 'X', published: '2024-01-10'}), "
        "(:Article {key: '2', publisher: 'Y', published: '2024-03-01'}), "
        "(:Article {key: '3', publisher: 'Z', published: '2024-04-01'})");
  }

  void Call(const std::string& call) {
    query_.Rows(
        absl::StrCat("MATCH (:Country)-[r:SUPPORTS]->() INCLUDING ALL "
                     "MATCH (one {key: '1'}), (two {key: '2'}), (three {key: '3'}) CALL ",
                     call, " YIELD ", call[8] == 'c' ? "added" : "retracted", " AS x RETURN x"));
  }
  // Date and kind alone.
  std::vector<std::string> Changes(const std::string& ends) {
    return query_.Rows(absl::StrCat("MATCH ()-[r:SUPPORTS]->() INCLUDING ALL UNWIND changes(r, ",
                                    ends, ") AS c RETURN c.date, c.change ORDER BY c.at"));
  }

  QuerySession query_;
};

TEST_F(ChangeTest, AFactBecomesKnownDeniedContestedAndRetracted) {
  EXPECT_THAT(Changes("null, null"),
              ElementsAre("'2024-02-01' | 'began'", "'2024-08-01' | 'ended'"));
  Call("entente.cite(r, one, {confidence: 0.6})");
  Call("entente.cite(r, two, {stance: 'denies', confidence: 0.3})");
  Call("entente.cite(r, three, {stance: 'denies', confidence: 0.5})");
  EXPECT_THAT(Changes("null, null"),
              ElementsAre("'2024-01-10T00:00Z' | 'known'", "'2024-02-01' | 'began'",
                          "'2024-03-01T00:00Z' | 'denied'", "'2024-04-01T00:00Z' | 'contested'",
                          "'2024-08-01' | 'ended'"));
  EXPECT_THAT(Changes("date('2024-03-01'), date('2024-04-01')"),
              ElementsAre("'2024-03-01T00:00Z' | 'denied'", "'2024-04-01T00:00Z' | 'contested'"));
  EXPECT_THAT(Changes("date('2024-03-02'), date('2024-03-31')"), IsEmpty());
  Call("entente.retract(r, one, {at: '2024-05-01'})");
  // What nobody says any more neither begins nor ends.
  EXPECT_THAT(
      Changes("null, null"),
      ElementsAre("'2024-01-10T00:00Z' | 'known'", "'2024-03-01T00:00Z' | 'denied'",
                  "'2024-04-01T00:00Z' | 'contested'", "'2024-05-01T00:00Z' | 'retracted'"));
}

TEST_F(ChangeTest, AFactMayBecomeKnownAgain) {
  Call("entente.cite(r, one)");
  Call("entente.retract(r, one, {at: '2024-02-01'})");
  Call("entente.cite(r, two)");
  EXPECT_THAT(Changes("null, date('2024-07-01')"),
              ElementsAre("'2024-01-10T00:00Z' | 'known'", "'2024-02-01T00:00Z' | 'retracted'",
                          "'2024-02-01' | 'began'", "'2024-03-01T00:00Z' | 'known'"));
}

TEST_F(ChangeTest, ValidTimeHasThePrecisionThatWasWritten) {
  query_.Rows("MATCH ()-[r:SUPPORTS]->() CALL entente.valid(r, '2024-06', '2025')");
  EXPECT_THAT(Changes("date('2024-06-01'), date('2025-01-01')"),
              ElementsAre("'2024-06' | 'began'", "'2025' | 'ended'"));
}

TEST_F(ChangeTest, TheLensDecidesWhatIsKnown) {
  Call("entente.cite(r, one, {confidence: 0.6})");
  Call("entente.cite(r, two, {confidence: 0.6})");
  const auto known = [&](const std::string& lens) {
    return query_.Rows(absl::StrCat("MATCH ()-[r:SUPPORTS]->() ", lens,
                                    " INCLUDING ALL UNWIND changes(r, null, null) AS c WITH c "
                                    "WHERE c.change = 'known' RETURN c.date"));
  };
  EXPECT_THAT(known(""), ElementsAre("'2024-01-10T00:00Z'"));
  EXPECT_THAT(known("ACCORDING TO 'Y'"), ElementsAre("'2024-03-01T00:00Z'"));
  EXPECT_THAT(known("CONFIDENCE >= 0.7"), ElementsAre("'2024-03-01T00:00Z'"));
  EXPECT_THAT(known("EXCEPT 'X' FOR KNOWN_TIME AS OF date('2024-02-01')"), IsEmpty());
  EXPECT_THAT(known("FOR VALID_TIME AS OF date('2030-01-01')"), IsEmpty());
}

TEST_F(ChangeTest, WhatChangedListsFactsAndKinds) {
  query_.Rows(
      "MATCH (b {name: 'B'}), (c {name: 'C'}), (x {key: '3'}) CREATE (b)-[r:AIDS]->(c) "
      "WITH r, x CALL entente.cite(r, x) YIELD added RETURN added");
  Call("entente.cite(r, one)");
  Call("entente.cite(r, two, {stance: 'denies', confidence: 0.7})");
  EXPECT_THAT(query_.Rows("WHAT CHANGED BETWEEN 2024-01 AND 2024-04?"),
              ElementsAre("'2024-01-10T00:00Z' | 'known' | 'A' | 'SUPPORTS' | 'B' | 0.15 | ['X']",
                          "'2024-02-01' | 'began' | 'A' | 'SUPPORTS' | 'B' | 0.15 | ['X']",
                          "'2024-03-01T00:00Z' | 'contested' | 'A' | 'SUPPORTS' | 'B' | 0.15 | "
                          "['X']",
                          "'2024-03-01T00:00Z' | 'denied' | 'A' | 'SUPPORTS' | 'B' | 0.15 | ['X']",
                          "'2024-04-01T00:00Z' | 'known' | 'B' | 'AIDS' | 'C' | 0.5 | ['Z']"));
  EXPECT_THAT(query_.Rows("WHAT CHANGED BETWEEN 2024-01 AND 2024-04 ABOUT aids?"), SizeIs(1));
  EXPECT_THAT(query_.Rows("WHAT CHANGED SINCE 2024-03-02?"),
              ElementsAre("'2024-04-01T00:00Z' | 'known' | 'B' | 'AIDS' | 'C' | 0.5 | ['Z']",
                          "'2024-08-01' | 'ended' | 'A' | 'SUPPORTS' | 'B' | 0.15 | ['X']"));
  EXPECT_THAT(query_.Rows("WHAT CHANGED SINCE 2024 FOR 'C'?"), SizeIs(1));
  EXPECT_THAT(query_.Rows("WHAT CHANGED SINCE 2024 FOR 'B' LIMIT 3?"), SizeIs(3));
  EXPECT_THAT(query_.Rows("WHAT CHANGED SINCE 2024 FOR 'P'?"), IsEmpty());
  EXPECT_THAT(query_.Rows("WHAT CHANGED SINCE 2024 FOR 'Q'?"),
              ElementsAre("SemanticError: UnknownName"));
  EXPECT_THAT(query_.Rows("WHAT CHANGED SINCE 2024 ABOUT FEEDS?"),
              ElementsAre("SyntaxError: UnknownRelationType"));
}

TEST_F(ChangeTest, AQuestionAndItsExplanationAnswerTheSame) {
  Call("entente.cite(r, one)");
  Call("entente.cite(r, two, {stance: 'denies', asserted_by: 'A'})");
  query_.Rows(
      "MATCH (a {name: 'A'}), (c {name: 'C'}), (x {key: '3'}) CREATE (a)-[r:SUPPORTS]->(c) "
      "WITH r, x CALL entente.cite(r, x, {stance: 'denies'}) YIELD added RETURN added");
  for (const char* question :
       {"WHAT CHANGED BETWEEN 2023 AND 2025 FOR 'A' ABOUT SUPPORTS EXCEPT 'Z'?",
        "who disputes 'A' supports 'B'?", "WHY 'A' SUPPORTS 'C'?",
        "WHO SUPPORTS WHOM AMONG 'A', 'B' KNOWN AS OF 2024-06 VALID AS OF 2024-05?",
        "WHO SUPPORTS WHOM AMONG Country SINCE 2024?"}) {
    const std::vector<std::string> answer = query_.Rows(question);
    EXPECT_THAT(answer, ::testing::Not(IsEmpty())) << question;
    std::string plain;
    for (const std::string& line : query_.Rows(absl::StrCat("EXPLAIN ", question))) {
      // A text of one line each; the rewritten query comes first and ends with its ORDER BY.
      std::string text = line.substr(1, line.size() - 2);
      for (size_t at = 0; (at = text.find("\\'", at)) != std::string::npos; ++at) text.erase(at, 1);
      absl::StrAppend(&plain, text, "\n");
      if (text.find(" ORDER BY ") != std::string::npos) break;
    }
    EXPECT_EQ(query_.Rows(plain), answer) << plain;
  }
}

TEST_F(ChangeTest, WhoDisputesTellsWhoDenies) {
  Call("entente.cite(r, one)");
  Call("entente.cite(r, two, {stance: 'denies', confidence: 0.4, asserted_by: 'A', quote: 'no'})");
  Call("entente.cite(r, three, {stance: 'denies', confidence: 0.6})");
  EXPECT_THAT(
      query_.Rows("WHO DISPUTES 'A' SUPPORTS 'B'?"),
      ElementsAre("'Z' | null | 'Z' | '2024-04-01T00:00Z' | '3' | 0.6 | null | null | null | "
                  "null",
                  "'A' | 'A' | 'Y' | '2024-03-01T00:00Z' | '2' | 0.4 | null | null | 'no' | "
                  "null"));
  EXPECT_THAT(query_.Rows("WHO DISPUTES 'A' SUPPORTS 'B' AS OF 2024-03-15?"), SizeIs(1));
  EXPECT_THAT(query_.Rows("WHO DISPUTES 'A' SUPPORTS 'C'?"), IsEmpty());
}

TEST_F(ChangeTest, AmongTakesALabelOrNames) {
  query_.Rows(
      "MATCH (a {name: 'A'}), (c {name: 'C'}), (p {name: 'P'}) "
      "CREATE (a)-[:SUPPORTS]->(p), (p)-[:SUPPORTS]->(c), (c)-[:SUPPORTS]->(a)");
  const auto pairs = [&](const std::string& question, const Parameters& parameters = {}) {
    std::vector<std::string> rows;
    for (const std::string& row : query_.SortedRows(question, parameters)) {
      rows.push_back(absl::StrCat(row.substr(1, 1), row.substr(20, 1)));
    }
    return rows;
  };
  EXPECT_THAT(pairs("WHO SUPPORTS WHOM?"), ElementsAre("AB", "AP", "CA", "PC"));
  EXPECT_THAT(pairs("WHO SUPPORTS WHOM AMONG Country?"), ElementsAre("AB", "CA"));
  EXPECT_THAT(pairs("WHO SUPPORTS WHOM AMONG 'A', 'P'?"), ElementsAre("AP"));
  const Value names = Value::List({Value::String("A"), Value::String("C")});
  EXPECT_THAT(pairs("WHO SUPPORTS WHOM AMONG $names?", {{"names", names}}), ElementsAre("CA"));
  EXPECT_THAT(pairs("'A' SUPPORTS WHOM AMONG Country?"), ElementsAre("AB"));
  EXPECT_THAT(query_.Rows("WHO SUPPORTS WHOM AMONG Contry?"),
              ElementsAre("SyntaxError: UnknownLabel"));
  EXPECT_THAT(query_.Rows("WHO SUPPORTS WHOM AMONG 'A', 'Q'?"),
              ElementsAre("SemanticError: UnknownName"));
  query_.Rows("CREATE LABEL Country UNDER State");
  query_.Rows("CREATE LABEL State");
  query_.Rows("CREATE LABEL Country UNDER State");
  EXPECT_THAT(pairs("WHO SUPPORTS WHOM AMONG State?"), ElementsAre("AB", "CA"));
}

}  // namespace
}  // namespace entente::query
