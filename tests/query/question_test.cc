#include "query/question.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/error.h"
#include "engine/statement_text.h"
#include "query/ast_printer.h"
#include "query/parser.h"

namespace entente::query {
namespace {

constexpr absl::string_view kFactColumns =
    "RETURN a.name AS subject, type(r) AS relation, b.name AS object, since(r) AS since, "
    "until(r) AS until, confidence(r) AS confidence, sources(r) AS sources, "
    "contested(r) AS contested, last_reported(r) AS last_reported";
constexpr absl::string_view kFactOrder =
    "confidence IS NULL, confidence DESC, last_reported IS NULL, last_reported DESC, subject, "
    "relation, object";

std::string Printed(absl::string_view source) {
  const absl::StatusOr<ast::Statement> statement = Parse(source);
  return statement.ok() ? PrintStatement(*statement) : ErrorText(statement.status());
}

// The question's rewrite without the columns and the default order of facts.
std::string Pattern(absl::string_view question) {
  std::string printed = Printed(question);
  const std::string tail = absl::StrCat("\n", kFactColumns, " ORDER BY ", kFactOrder);
  const size_t at = printed.find(tail);
  if (at != std::string::npos) printed.erase(at, tail.size());
  return printed;
}

TEST(QuestionTest, WhoAsksForFacts) {
  EXPECT_EQ(Printed("WHO SUPPORTS WHOM?"),
            absl::StrCat("MATCH (a)-[r:SUPPORTS]->(b)\n", kFactColumns, " ORDER BY ", kFactOrder));
  EXPECT_EQ(Pattern("who SUPPORTS|`a b` 'Russia'"),
            "WITH entente.named_entity('Russia') AS b\nMATCH (a)-[r:SUPPORTS|`a b`]->(b)");
  EXPECT_EQ(Pattern("\"North Korea\" SUPPORTS whom;"),
            "WITH entente.named_entity('North Korea') AS a\nMATCH (a)-[r:SUPPORTS]->(b)");
  EXPECT_EQ(Pattern("$a SUPPORTS 'b'?"),
            "WITH entente.named_entity($a) AS a, entente.named_entity('b') AS b\n"
            "MATCH (a)-[r:SUPPORTS]->(b)");
  EXPECT_EQ(Pattern("EXPLAIN WHO X WHOM?;"), "EXPLAIN MATCH (a)-[r:X]->(b)");
}

TEST(QuestionTest, NamesAreNeverReadAsQueryText) {
  EXPECT_EQ(Pattern(R"(WHO X 'a\') MATCH (n) DELETE n //'?)"),
            "WITH entente.named_entity('a\\') MATCH (n) DELETE n //') AS b\n"
            "MATCH (a)-[r:X]->(b)");
}

TEST(QuestionTest, WhyAsksForEvidence) {
  EXPECT_EQ(Printed("WHY 'North Korea' SUPPORTS 'Russia'?"),
            "INCLUDING DENIED\nWITH entente.named_entity('North Korea') AS a, "
            "entente.named_entity('Russia') AS b\n"
            "MATCH (a)-[r:SUPPORTS]->(b)\n"
            "UNWIND evidence(r) AS e\n"
            "RETURN e.stance AS stance, e.asserted_by.name AS asserted_by, "
            "e.publisher.name AS publisher, e.published AS published, "
            "coalesce(e.article.title, e.article.key) AS article, e.confidence AS confidence, "
            "e.sentence AS sentence, e.span AS span, e.quote AS quote, e.article.url AS url "
            "ORDER BY confidence IS NULL, confidence DESC, published IS NULL, published DESC, "
            "publisher, article, sentence, stance, asserted_by");
}

TEST(QuestionTest, TypesMustExist) {
  for (const std::string text : {"WHO X 'b'?", "WHY 'a' X 'b'?"}) {
    const absl::StatusOr<ast::Statement> statement = Parse(text);
    ASSERT_TRUE(statement.ok()) << statement.status();
    const auto& query = std::get<ast::QueryStatement>(statement->node);
    EXPECT_TRUE(query.question);
    const auto& match = std::get<ast::Match>(query.query.parts[0].clauses[1].node);
    EXPECT_TRUE(match.patterns[0].relationships[0].must_exist);
  }
}

TEST(QuestionTest, LensAndTimesComeInAnyOrder) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"ACCORDING TO 'NATO' SINCE 2024-06",
       "FOR VALID_TIME FROM date('2024-06') TO null ACCORDING TO 'NATO'"},
      {"until 2024 since 2023-01-15", "FOR VALID_TIME FROM date('2023-01-15') TO date('2024')"},
      {"UNTIL date('2024') + duration('P1D')",
       "FOR VALID_TIME FROM null TO date('2024') + duration('P1D')"},
      {"AS OF 2024-11-01", "FOR KNOWN_TIME AS OF date('2024-11-01')"},
      {"KNOWN AS OF '2024-11-01T12:00Z' VALID AS OF '2024'",
       "FOR VALID_TIME AS OF date('2024') FOR KNOWN_TIME AS OF datetime('2024-11-01T12:00Z')"},
      {"BETWEEN 2023 AND 2024-02", "FOR VALID_TIME BETWEEN date('2023') AND date('2024-02')"},
      {"FROM 2023 TO $t", "FOR VALID_TIME FROM date('2023') TO $t"},
      {"FOR KNOWN_TIME ALL EXCEPT 'KCNA', $x DENIED BY 'Seoul' CONFIDENCE >= 0.5",
       "FOR KNOWN_TIME ALL EXCEPT 'KCNA', $x DENIED BY 'Seoul' CONFIDENCE >= 0.5"},
  };
  for (const auto& [modifiers, lens] : rows) {
    EXPECT_EQ(Pattern(absl::StrCat("WHO X WHOM ", modifiers, "?")),
              absl::StrCat(lens, "\nMATCH (a)-[r:X]->(b)"));
  }
}

TEST(QuestionTest, AmongLimitsWhoeverIsNotNamed) {
  EXPECT_EQ(Pattern("WHO X WHOM AMONG Country SINCE 2024?"),
            "FOR VALID_TIME FROM date('2024') TO null\nMATCH (a:Country)-[r:X]->(b:Country)");
  EXPECT_EQ(Pattern("WHO X 'b' among `Some Label`?"),
            "WITH entente.named_entity('b') AS b\nMATCH (a:`Some Label`)-[r:X]->(b)");
  EXPECT_EQ(Pattern("WHO X WHOM AMONG 'c', $d?"),
            "WITH [entente.named_entity('c'), entente.named_entity($d)] AS among\n"
            "MATCH (a)-[r:X]->(b) WHERE a IN among AND b IN among");
  EXPECT_EQ(Pattern("WHO X WHOM AMONG ['c', $d]?"), Pattern("WHO X WHOM AMONG 'c', $d?"));
  EXPECT_EQ(Printed("WHO X WHOM AMONG ['c'?").substr(0, 29), "SyntaxError: UnexpectedSyntax");
  EXPECT_EQ(Pattern("'a' X WHOM AMONG $names LIMIT 3?"),
            "WITH entente.named_entity('a') AS a, [name IN $names | entente.named_entity(name)] AS "
            "among\nMATCH (a)-[r:X]->(b) WHERE b IN among LIMIT 3");
  EXPECT_EQ(Printed("'a' X 'b' AMONG Country?").substr(0, 29), "SyntaxError: UnexpectedSyntax");
  EXPECT_EQ(Printed("WHO X WHOM AMONG A AMONG B?"),
            "SyntaxError: UnexpectedSyntax: AMONG stands once in a question");
}

constexpr absl::string_view kChangeColumns =
    "\nRETURN c.date AS date, c.change AS change, startNode(r).name AS subject, type(r) AS "
    "relation, endNode(r).name AS object, confidence(r) AS confidence, sources(r) AS sources "
    "ORDER BY c.at, subject, relation, object, change";

TEST(QuestionTest, WhatChangedAsksForChanges) {
  EXPECT_EQ(Printed("WHAT CHANGED BETWEEN 2024-06 AND 2024-07?"),
            absl::StrCat("INCLUDING ALL\nMATCH (a)-[r]->(b)\n"
                         "UNWIND changes(r, date('2024-06'), date('2024-07')) AS c",
                         kChangeColumns));
  EXPECT_EQ(Printed("what changed about X|Y for 'Iran' since '2024-06-18T12:00Z' except 'KCNA' "
                    "limit 5?"),
            absl::StrCat("EXCEPT 'KCNA' INCLUDING ALL\nWITH entente.named_entity('Iran') AS e\n"
                         "MATCH (e)-[r:X|Y]-(b)\n"
                         "UNWIND changes(r, datetime('2024-06-18T12:00Z'), null) AS c",
                         kChangeColumns, " LIMIT 5"));
  EXPECT_EQ(
      Printed("WHAT CHANGED FOR 'Iran'?"),
      "SyntaxError: UnexpectedSyntax: Expected BETWEEN or SINCE, and a date, but found \"?\"");
}

TEST(QuestionTest, WhoDisputesAsksForDenials) {
  const std::string rest =
      "\nUNWIND evidence(r) AS e\nWITH e AS e WHERE e.stance = 'denies'\n"
      "RETURN coalesce(e.asserted_by.name, e.publisher.name) AS who, e.asserted_by.name AS "
      "asserted_by, e.publisher.name AS publisher, e.published AS published, "
      "coalesce(e.article.title, e.article.key) AS article, e.confidence AS confidence, "
      "e.sentence AS sentence, e.span AS span, e.quote AS quote, e.article.url AS url "
      "ORDER BY confidence IS NULL, confidence DESC, published IS NULL, published DESC, who, "
      "article, sentence, publisher";
  EXPECT_EQ(Printed("WHO DISPUTES 'a' X|Y 'b'?"),
            absl::StrCat("INCLUDING DENIED\nWITH entente.named_entity('a') AS a, "
                         "entente.named_entity('b') AS b\nMATCH (a)-[r:X|Y]->(b)",
                         rest));
  // Also a relation type.
  EXPECT_EQ(Pattern("WHO DISPUTES WHOM?"), "MATCH (a)-[r:DISPUTES]->(b)");
  EXPECT_EQ(Pattern("WHO DISPUTES 'b' EXCEPT 'KCNA'?"),
            "EXCEPT 'KCNA'\nWITH entente.named_entity('b') AS b\nMATCH (a)-[r:DISPUTES]->(b)");
}

TEST(QuestionTest, OrderGoesBeforeTheDefaultAndLimitCuts) {
  EXPECT_EQ(Printed("WHO X WHOM LIMIT 3 ORDER BY since DESC, object?"),
            absl::StrCat("MATCH (a)-[r:X]->(b)\n", kFactColumns, " ORDER BY since DESC, object, ",
                         kFactOrder, " LIMIT 3"));
}

TEST(QuestionTest, BareDatesAreForQuestionsOnly) {
  EXPECT_EQ(ErrorInfoOf(Parse("FOR VALID_TIME AS OF 2024-06 RETURN 1").status()).detail,
            "UnexpectedSyntax");
}

TEST(QuestionTest, ErrorsSayWhatAQuestionTakes) {
  EXPECT_EQ(Printed("WHO SUPPORTS Russia?"),
            "SyntaxError: UnexpectedSyntax: Expected WHOM or a name in quotes, but found "
            "\"Russia\"");
  EXPECT_EQ(Printed("WHO?"),
            "SyntaxError: UnexpectedSyntax: Expected a relation type such as SUPPORTS, but found "
            "\"?\"");
  EXPECT_EQ(Printed("WHY 'a' X WHOM?"),
            "SyntaxError: UnexpectedSyntax: Expected a name in quotes, but found \"WHOM\"");
  EXPECT_EQ(Printed("WHO X WHOM SINCE 2024 VALID AS OF 2023?"),
            "SyntaxError: UnexpectedSyntax: This time is set already; a question has one valid and "
            "one known time");
  EXPECT_EQ(Printed("WHO X WHOM? RETURN 1"),
            "SyntaxError: UnexpectedSyntax: Expected another clause or the end of the statement, "
            "but found \"RETURN\"");
}

TEST(QuestionTest, QuestionsAreToldByTheirFirstWord) {
  EXPECT_TRUE(IsQuestion("who SUPPORTS WHOM"));
  EXPECT_TRUE(IsQuestion(" /* x */ EXPLAIN Why 'a' X 'b'"));
  EXPECT_TRUE(IsQuestion("'a' X WHOM?"));
  EXPECT_TRUE(IsQuestion("what changed since 2024"));
  EXPECT_FALSE(IsQuestion("MATCH (who) RETURN who"));
  EXPECT_FALSE(IsQuestion(""));
}

}  // namespace
}  // namespace entente::query
