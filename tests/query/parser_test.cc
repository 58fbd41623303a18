#include "query/parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/error.h"
#include "engine/statement_text.h"
#include "query/ast_printer.h"

namespace entente::query {
namespace {

std::string Repeat(absl::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) absl::StrAppend(&text, piece);
  return text;
}

// The statement's tree as text on one line, or its error.
std::string Printed(absl::string_view source) {
  const absl::StatusOr<ast::Statement> statement = Parse(source);
  if (!statement.ok()) return ErrorText(statement.status());
  return absl::StrReplaceAll(PrintStatement(*statement), {{"\n", " "}});
}

struct PrintedRow {
  std::string source;
  std::string printed;  // empty: as the source
};

void ExpectPrinted(const std::vector<PrintedRow>& rows, absl::string_view prefix = "") {
  for (const PrintedRow& row : rows) {
    const std::string source = absl::StrCat(prefix, row.source);
    const std::string wanted = row.printed.empty() ? source : absl::StrCat(prefix, row.printed);
    EXPECT_EQ(Printed(source), wanted) << source;
    EXPECT_EQ(Printed(wanted), wanted) << "printed again";
  }
}

TEST(ParserTest, OperatorsBindAsOpenCypherSays) {
  ExpectPrinted(
      {
          {"a OR b XOR c AND NOT d = e"},
          {"((a OR b) XOR c) AND (NOT d) = e", "((a OR b) XOR c) AND (NOT d) = e"},
          {"a or (b or c)", "a OR b OR c"},
          {"1 < 2 <= 3 <> 4"},
          {"(1 < 2) < 3"},
          {"[1]+2 IN [3]+4", "[1] + 2 IN [3] + 4"},
          {"[1]+(2 IN [3])+4", "[1] + (2 IN [3]) + 4"},
          {"a = b IN c", "a = b IN c"},
          {"NOT a IS NULL"},
          {"(NOT a) IS NULL"},
          {"a IS NOT NULL AND b =~ 'x.*'"},
          {"x STARTS WITH 'a' OR x ENDS WITH 'b' OR x CONTAINS 'c'"},
          {"1 - (2 - 3)"},
          {"(1 - 2) - 3", "1 - 2 - 3"},
          {"-3 ^ 2"},
          {"-(3 ^ 2)"},
          {"2 ^ 3 ^ 4"},
          {"2 ^ (3 ^ 4)"},
          {"a * b / c % d"},
          {"-a.b[0]"},
          {"--1", "-(-1)"},
          {"a[1][2..3].b[..x][y..][..]"},
          {"n:A:B AND n.x:C"},
          {"(n:A).x"},
      },
      "RETURN ");
}

TEST(ParserTest, IndexesAreCreatedDroppedAndShown) {
  ExpectPrinted({
      {"CREATE INDEX ON :Country(iso)"},
      {"create index for (c:Country) on (c.iso)", "CREATE INDEX ON :Country(iso)"},
      {"CREATE INDEX iso IF NOT EXISTS FOR (c:Country) ON (c.iso)",
       "CREATE INDEX iso IF NOT EXISTS FOR (n:Country) ON (n.iso)"},
      {"CREATE INDEX IF NOT EXISTS FOR (n:`A b`) ON (n.`c d`);",
       "CREATE INDEX IF NOT EXISTS FOR (n:`A b`) ON (n.`c d`)"},
      {"CREATE INDEX for FOR (for:on) ON (for.index)", "CREATE INDEX for FOR (n:on) ON (n.index)"},
      {"DROP INDEX ON :Country(iso)"},
      {"DROP INDEX iso IF EXISTS"},
      {"SHOW INDEX", "SHOW INDEXES"},
      // The words are names, too.
      {"CREATE index = (drop:show)", "CREATE index = (drop:show)"},
      {"MATCH (index:INDEX {on: 1}) RETURN index.drop AS show"},
  });
  EXPECT_EQ(Printed("CREATE INDEX FOR (n:A) ON (m.b)"),
            "SyntaxError: UndefinedVariable: Variable `m` is not defined");
  EXPECT_EQ(
      Printed("CREATE INDEX FOR (n:A) ON (n.b, n.c)"),
      "SyntaxError: UnexpectedSyntax: Expected \")\" behind the one property, but found \",\"");
}

TEST(ParserTest, RelationTypesAndLabelsAreCreatedDroppedAndShown) {
  ExpectPrinted({
      {"CREATE RELATION TYPE SHELLS"},
      {"create relation type SHELLS under ATTACKS, `Acts of war` "
       "{weight: -9.5, sign: -1, code: '194', plover: 'ASSAULT', gdelt: '194'};",
       "CREATE RELATION TYPE SHELLS UNDER ATTACKS, `Acts of war` "
       "{sign: -1, code: '194', plover: 'ASSAULT', gdelt: '194', weight: -9.5}"},
      {"CREATE LABEL City UNDER Place"},
      {"DROP RELATION TYPE SHELLS UNDER ATTACKS"},
      {"DROP LABEL City"},
      {"SHOW RELATION TYPES"},
      {"show labels", "SHOW LABELS"},
      // The words are names, too.
      {"CREATE label = (relation:type)", "CREATE label = (relation:type)"},
      {"CREATE relation = (label:LABEL)", "CREATE relation = (label:LABEL)"},
  });
  for (const char* attributes : {"{sign: 2}", "{weight: 11}", "{weight: 'x'}", "{code: 72}",
                                 "{colour: 'red'}", "{weight: 1 + 1}", "{sign: 1}.sign"}) {
    EXPECT_EQ(Printed(absl::StrCat("CREATE RELATION TYPE X ", attributes)).substr(0, 29),
              "SyntaxError: UnexpectedSyntax")
        << attributes;
  }
}

TEST(ParserTest, TheLensOfASessionIsSetResetAndShown) {
  ExpectPrinted({
      {"SET LENS FOR VALID_TIME AS OF date('2024') ACCORDING TO 'NATO', $x INCLUDING DENIED"},
      {"set lens including all;", "SET LENS INCLUDING ALL"},
      {"RESET LENS"},
      {"SHOW LENS"},
      {"MATCH (lens) SET lens.x = 1, lens:A, lens += {}"},
  });
  EXPECT_EQ(Printed("SET LENS"),
            "SyntaxError: UnexpectedSyntax: Expected a lens clause such as ACCORDING TO, but found "
            "the end of the statement");
}

TEST(ParserTest, LiteralsOfEveryBaseAndKind) {
  ExpectPrinted(
      {
          {"0x1F + 0o17 + 10", "31 + 15 + 10"},
          {"-9223372036854775808"},
          {"-0x8000000000000000", "-9223372036854775808"},
          {"9223372036854775807"},
          {".5e-3", "5e-04"},
          {"1e9", "1e+09"},
          {"-0.0"},
          {"1.0"},
          {"TRUE AND fAlSe OR Null", "true AND false OR null"},
          {R"("it's")", R"('it\'s')"},
          {R"('\t\n\\\"\u00e9\U0001F600\uD83D\uDE00')", "'\\t\\n\\\\\"é😀😀'"},
          {"[1, 'a', [], {}, {`a b`: 1, null: 2}]"},
          {"$a + $0 + $`x y` + $``"},
      },
      "RETURN ");
}

TEST(ParserTest, ExpressionsOfEveryForm) {
  ExpectPrinted(
      {
          {"case x when 1 then 'a' else 'b' end", "CASE x WHEN 1 THEN 'a' ELSE 'b' END"},
          {"CASE WHEN x > 1 THEN 'a' WHEN (n)-->() THEN 'c' END"},
          {"[x IN list]"},
          {"[x IN list WHERE x > 1 | x + 1]"},
          {"[(x IN list), 2]"},
          {"all(x IN l WHERE x) AND any(x IN l WHERE x)"},
          {"none(x IN l WHERE x) OR single(x IN l WHERE x)"},
          {"reduce(sum = 0, x IN l | sum + x)"},
          {"n {.name, .*, other, key: 1 + 2}"},
          {"[(a)-[:T]->(b) WHERE b.x | b.name]"},
          {"[p = (a)-->(b) FOR KNOWN_TIME ALL WHERE true | p]"},
          {"exists((a)-->(b)), exists(a.x)"},
          {"exists { (a)-->(b) WHERE a.x = 1 }", "exists { MATCH (a)-->(b) WHERE a.x = 1 }"},
          {"count { MATCH (a) RETURN a UNION ALL MATCH (b) RETURN b }"},
          {"count(*), count(DISTINCT x), count(distinct), date.truncate('day', d)",
           "count(*), count(DISTINCT x), count(`distinct`), date.truncate('day', d)"},
          {"shortestPath((a)-[:T*..6]->(b)), allShortestPaths((a)-[*]-(b))"},
          {"a - - b", "a - -b"},
          {"(a) - [x IN l | x][0]", "a - [x IN l | x][0]"},
      },
      "RETURN ");
}

TEST(ParserTest, PatternsOfEveryForm) {
  ExpectPrinted({
      {"MATCH (n:A:B {x: 1})-[r:T|:U|V*1..5 {y: 2}]->(m)<--()--()<-->(z) RETURN n",
       "MATCH (n:A:B {x: 1})-[r:T|U|V*1..5 {y: 2}]->(m)<--()--()--(z) RETURN n"},
      {"MATCH ()-[*]-()-[*2]-()-[*2..]-()-[*..3]-()-[]-() RETURN 1",
       "MATCH ()-[*]-()-[*2]-()-[*2..]-()-[*..3]-()--() RETURN 1"},
      {"MATCH p = ((a)-->(b)), q = shortestPath((a)-[*]->(b)) RETURN p",
       "MATCH p = (a)-->(b), q = shortestPath((a)-[*]->(b)) RETURN p"},
      {"MATCH (a)−[:T]—〉(b) RETURN a", "MATCH (a)-[:T]->(b) RETURN a"},
      {"MATCH (n) WHERE (n)-[:T]->() AND NOT ((n)--(m) OR n.x) RETURN n",
       "MATCH (n) WHERE (n)-[:T]->() AND NOT ((n)--(m) OR n.x) RETURN n"},
      {"CREATE (n $props)-[:T]->({a: $b})"},
  });
}

TEST(ParserTest, ClausesOfEveryForm) {
  ExpectPrinted({
      {"OPTIONAL MATCH (a), (b) WHERE a.x = b.x RETURN DISTINCT *, a.x AS y ORDER BY y DESC, a.z "
       "SKIP 1 LIMIT $n"},
      {"return 1 order by 1 ascending, 2 descending", "RETURN 1 ORDER BY 1, 2 DESC"},
      {"UNWIND [1, 2] AS x WITH x, x * 2 AS y WHERE y > 2 RETURN *"},
      {"CREATE (a:X {n: 1})-[:T]->(b), (c)"},
      {"MERGE (a:X) ON CREATE SET a.x = 1, a:Y:Z ON MATCH SET a += {y: 2}, a = $p"},
      {"MATCH (n) SET (n).x.y = 1 REMOVE n.x, n:A:B", "MATCH (n) SET n.x.y = 1 REMOVE n.x, n:A:B"},
      {"MATCH (n) DETACH DELETE n, n.x"},
      {"CALL a.b.c"},
      {"CALL a.b(1, x) YIELD c AS d, e WHERE d > 1 RETURN d"},
      {"CALL a.b() YIELD -"},
      {"CALL a.b() YIELD *"},
      {"MATCH (n) CALL { WITH n RETURN n.x AS x } RETURN x"},
      {"RETURN 1 UNION RETURN 2 UNION RETURN 3"},
      {"RETURN 1 /* a; b */ ; // the end", "RETURN 1"},
  });
}

TEST(ParserTest, LensClausesStandBeforeQueriesAndBehindPatterns) {
  ExpectPrinted({
      {"FOR VALID_TIME AS OF date('2024-10-15') MATCH (a) RETURN a"},
      {"for system_time from $a + 1 to $b RETURN 1", "FOR KNOWN_TIME FROM $a + 1 TO $b RETURN 1"},
      {"FOR VALID_TIME BETWEEN a AND b FOR KNOWN_TIME ALL ACCORDING TO 'Reuters', $x EXCEPT 'KCNA' "
       "DENIED BY p CONFIDENCE >= 0.7 MATCH (a) RETURN a"},
      {"MATCH (p) MATCH (a)-->(b) FOR KNOWN_TIME AS OF t ACCORDING TO p WHERE a.x RETURN a"},
      {"RETURN exists { FOR VALID_TIME ALL MATCH (a) } AS x"},
  });
}

TEST(ParserTest, TransactionsAndExplanations) {
  ExpectPrinted({
      {"begin transaction;", "BEGIN"},
      {"COMMIT"},
      {"Rollback Transaction", "ROLLBACK"},
      {"EXPLAIN RETURN 1"},
      {"profile FOR VALID_TIME ALL RETURN 1", "PROFILE FOR VALID_TIME ALL RETURN 1"},
  });
}

TEST(ParserTest, KeywordsAreNamesWhereNamesStand) {
  ExpectPrinted({
      {"MATCH (match:Match {where: 1})-[:ORDER|UNION]->(end) RETURN match.return, end AS limit",
       "MATCH (`match`:Match {where: 1})-[:ORDER|UNION]->(`end`) RETURN `match`.return, `end` AS "
       "`limit`"},
      {"MATCH (start)-->(end) RETURN DISTINCT end ORDER BY end",
       "MATCH (start)-->(`end`) RETURN DISTINCT `end` ORDER BY `end`"},
      {"WITH 1 AS since, 2 AS confidence, 3 AS who RETURN since, confidence, who"},
      {"MATCH (confidence) FOR VALID_TIME ALL WHERE confidence.except = according RETURN *"},
      {"RETURN case, count, exists, all.x", "RETURN `case`, count, `exists`, all.x"},
      {"MATCH (ünïcode_1 {`a``b`: 1}) RETURN `a b`", "MATCH (ünïcode_1 {`a``b`: 1}) RETURN `a b`"},
  });
}

TEST(ParserTest, ColumnsAreNamedAsWritten) {
  const absl::StatusOr<ast::Statement> statement = Parse("RETURN  (a . b)+1 , `x y`, count( * )");
  ASSERT_TRUE(statement.ok()) << statement.status();
  const auto& query = std::get<ast::QueryStatement>(statement->node).query;
  const auto& items = std::get<ast::Return>(query.parts[0].clauses[0].node).projection.items;
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].text, "(a . b)+1");
  EXPECT_EQ(items[1].text, "x y");
  EXPECT_EQ(items[2].text, "count( * )");
}

struct ErrorRow {
  std::string source;  // the place of the error stands between « and »
  std::string detail;
};

TEST(ParserTest, ErrorsNameTheDetailAndThePlace) {
  const std::vector<ErrorRow> rows = {
      {"RETURN 1 «2»", "UnexpectedSyntax"},
      {"RETURN«»", "UnexpectedSyntax"},
      {"«»", "UnexpectedSyntax"},
      {"MATCH (n) WHERE «RETURN» n", "UnexpectedSyntax"},
      {"MATCH (n «]» RETURN n", "UnexpectedSyntax"},
      {"RETURN {«1»}", "UnexpectedSyntax"},
      {"RETURN [«,»]", "UnexpectedSyntax"},
      {"RETURN a «!=» b", "UnexpectedSyntax"},
      {"RETURN «'»abc", "UnexpectedSyntax"},
      {"RETURN «`»abc", "UnexpectedSyntax"},
      {"RETURN 1 «/*» abc", "UnexpectedSyntax"},
      {"RETURN '«\\q»'", "UnexpectedSyntax"},
      {"RETURN 1 = «NOT» true", "UnexpectedSyntax"},
      {"MATCH (n) RETURN «(n)-[]->()»", "UnexpectedSyntax"},
      {"MATCH (n) WITH «(n)-[]->()» AS x RETURN x", "UnexpectedSyntax"},
      {"MATCH (n) RETURN size(«(n)-->()»)", "UnexpectedSyntax"},
      {"MATCH (n) SET «n[0]» = 1", "UnexpectedSyntax"},
      {"MATCH (n) REMOVE «n»", "UnexpectedSyntax"},
      {"CREATE «shortestPath»((a)-[:T]->(b))", "UnexpectedSyntax"},
      {"MATCH «shortestPath((a)-->(b)-->(c))» RETURN 1", "UnexpectedSyntax"},
      {"MATCH shortestPath((a)«-[*2..]->»(b)) RETURN 1", "UnexpectedSyntax"},
      {"MATCH allShortestPaths((a)«-[*3]->»(b)) RETURN 1", "UnexpectedSyntax"},
      {"CALL { «(»a)-->(b) } RETURN 1", "UnexpectedSyntax"},
      {"FOR «X» ALL RETURN 1", "UnexpectedSyntax"},
      {"EXCEPT 'a' «EXCEPT» 'b' RETURN 1", "UnexpectedSyntax"},
      {"CONFIDENCE «>» 0.5 RETURN 1", "UnexpectedSyntax"},
      {"FOR KNOWN_TIME AS OF «2024-11» RETURN 1", "UnexpectedSyntax"},
      {"FOR VALID_TIME FROM «2024-11-09» TO 2024-12-01 RETURN 1", "UnexpectedSyntax"},
      {"BEGIN «RETURN» 1", "UnexpectedSyntax"},
      {"RETURN «0x»", "InvalidNumberLiteral"},
      {"RETURN «0x1G2»", "InvalidNumberLiteral"},
      {"RETURN «12ab»", "InvalidNumberLiteral"},
      {"RETURN «012»", "InvalidNumberLiteral"},
      {"RETURN 12«#»3", "UnexpectedSyntax"},
      {"RETURN «1e»", "InvalidNumberLiteral"},
      {"RETURN «9223372036854775808»", "IntegerOverflow"},
      {"RETURN «-9223372036854775809»", "IntegerOverflow"},
      {"RETURN «0x8000000000000000»", "IntegerOverflow"},
      {"RETURN «1.5e999»", "FloatingPointOverflow"},
      {"RETURN '«\\u»H'", "InvalidUnicodeLiteral"},
      {"RETURN '«\\uD800»'", "InvalidUnicodeLiteral"},
      {"RETURN 42 «—» 41", "InvalidUnicodeCharacter"},
      {"RETURN «“»x", "InvalidUnicodeCharacter"},
      {"RETURN '«\xFF»'", "InvalidUnicodeCharacter"},
      {"MATCH (a)-[:T«..»]->(b) RETURN a", "InvalidRelationshipPattern"},
      {"MATCH (a)-[:T*«-»2]->(b) RETURN a", "InvalidRelationshipPattern"},
  };
  for (const ErrorRow& row : rows) {
    const size_t begin = row.source.find("«");
    const size_t end = row.source.find("»") - 2;
    const std::string source = absl::StrReplaceAll(row.source, {{"«", ""}, {"»", ""}});
    const absl::StatusOr<ast::Statement> statement = Parse(source);
    ASSERT_FALSE(statement.ok()) << row.source;
    const ErrorInfo info = ErrorInfoOf(statement.status());
    EXPECT_EQ(info.type, "SyntaxError") << row.source;
    EXPECT_EQ(info.detail, row.detail) << row.source << statement.status();
    EXPECT_EQ(info.phase, Phase::kCompileTime) << row.source;
    ASSERT_TRUE(info.span.has_value()) << row.source;
    EXPECT_EQ(info.span->begin, begin) << row.source << statement.status();
    EXPECT_EQ(info.span->end, end) << row.source << statement.status();
  }
}

TEST(ParserTest, ErrorsSayWhatWasExpectedAndFound) {
  EXPECT_EQ(Printed("MATCH (n) RETURN n n"),
            "SyntaxError: UnexpectedSyntax: Expected another clause or the end of the statement, "
            "but found \"n\"");
  EXPECT_EQ(Printed("UNWIND [1] x"), "SyntaxError: UnexpectedSyntax: Expected AS, but found \"x\"");
  EXPECT_EQ(Printed("MATCH"),
            "SyntaxError: UnexpectedSyntax: Expected a node in parentheses, but found the end of "
            "the statement");
}

TEST(ParserTest, DeepNestingIsAnErrorAndNotACrash) {
  const std::vector<std::string> sources = {
      absl::StrCat("RETURN ", Repeat("(", 100'000), "1", Repeat(")", 100'000)),
      absl::StrCat("RETURN ", Repeat("[", 100'000)),
      absl::StrCat("RETURN ", Repeat("{a: ", 100'000)),
      absl::StrCat("RETURN ", Repeat("NOT ", 100'000), "true"),
      absl::StrCat("RETURN ", Repeat("-", 100'000), "x"),
      absl::StrCat("RETURN ", Repeat("f(", 100'000)),
      absl::StrCat("RETURN ", Repeat("CASE WHEN ", 100'000)),
      absl::StrCat("RETURN 1", Repeat(" + 1", 100'000)),
      absl::StrCat("RETURN a", Repeat(".b", 100'000)),
      absl::StrCat("RETURN a", Repeat("[0]", 100'000)),
      absl::StrCat("RETURN a", Repeat(" IS NULL", 100'000)),
      // Neither nested nor chained too much in any one place, but in all.
      absl::StrCat("RETURN ", Repeat("(", 400), "1",
                   Repeat(absl::StrCat(Repeat(" + 1", 400), ")"), 400)),
      absl::StrCat("RETURN ", Repeat("exists { MATCH (a) WHERE ", 100'000)),
      absl::StrCat("MATCH ", Repeat("(", 100'000), "a"),
      absl::StrCat("MATCH ", Repeat("({a: [", 100'000)),
      Repeat("CALL { ", 100'000),
  };
  for (const std::string& source : sources) {
    const absl::StatusOr<ast::Statement> statement = Parse(source);
    ASSERT_FALSE(statement.ok()) << source.substr(0, 40);
    EXPECT_EQ(ErrorInfoOf(statement.status()).detail, "UnexpectedSyntax");
  }
}

TEST(ParserTest, WhatIsLongButNotDeepParses) {
  EXPECT_TRUE(Parse(absl::StrCat("RETURN ", Repeat("(", 400), "1", Repeat(")", 400))).ok());
  EXPECT_TRUE(Parse(absl::StrCat("RETURN a", Repeat(" OR a AND b", 20'000))).ok());
  EXPECT_TRUE(Parse(absl::StrCat("RETURN [1", Repeat(", [1, {a: -1}]", 20'000), "]")).ok());
  EXPECT_TRUE(Parse(absl::StrCat("CREATE (a)", Repeat("-[:T]->({x: [1]})", 20'000))).ok());
  EXPECT_TRUE(Parse(absl::StrCat("MATCH (n) SET n.a.b = 1", Repeat(", n.a.b = 1", 20'000))).ok());
  EXPECT_TRUE(Parse(Repeat("MATCH (n) ", 400)).ok());
}

TEST(ParserTest, TooLongStatementsAreRefused) {
  const std::string source = absl::StrCat("RETURN 1", std::string(kMaxStatementBytes, ' '));
  EXPECT_EQ(ErrorInfoOf(Parse(source).status()).detail, "UnexpectedSyntax");
}

using Texts = std::vector<absl::string_view>;

TEST(SplitStatementsTest, SemicolonsEndStatementsOutsideOfQuotesAndComments) {
  const SplitText split = SplitStatements(
      " RETURN ';' ; // one; two\n RETURN \";\", `;` /* ; */ ;; ; MATCH (n) // more\n RETURN n ");
  EXPECT_EQ(split.statements, (Texts{"RETURN ';'", "RETURN \";\", `;`"}));
  EXPECT_EQ(split.rest, "MATCH (n) // more\n RETURN n");
}

TEST(SplitStatementsTest, QuestionsEndWithAQuestionMark) {
  const SplitText split = SplitStatements(
      "WHO SUPPORTS WHOM? 'A?' SUPPORTS WHOM ?; explain why 'a' X 'b'; RETURN 1 ? 2; who X");
  EXPECT_EQ(split.statements, (Texts{"WHO SUPPORTS WHOM?", "'A?' SUPPORTS WHOM ?",
                                     "explain why 'a' X 'b'", "RETURN 1 ? 2"}));
  EXPECT_EQ(split.rest, "who X");
}

TEST(SplitStatementsTest, WhatHasNotEndedIsTheRest) {
  EXPECT_EQ(SplitStatements("RETURN 1; RETURN 'a;").rest, "RETURN 'a;");
  EXPECT_EQ(SplitStatements("RETURN 1; /* a;").rest, "/* a;");
  EXPECT_EQ(SplitStatements("RETURN 1; -- ").rest, "--");
  EXPECT_EQ(SplitStatements("RETURN 1; // over").rest, "");
  EXPECT_EQ(SplitStatements("RETURN '\\';").rest, "RETURN '\\';");
  EXPECT_EQ(SplitStatements("").rest, "");
}

}  // namespace
}  // namespace entente::query
