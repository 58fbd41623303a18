// `entente query`: formats, parameters, exit codes, and what it never does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/tools/program.h"

namespace entente::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class QueryCommandTest : public ProgramTest {
 protected:
  void SetUp() override { ASSERT_EQ(Import(R"({"article":{"key":"a"}})").code, 0); }
};

TEST_F(QueryCommandTest, WritesNodesRelationshipsAndPathsAsJsonLines) {
  Query(
      "CREATE (:Country {name: 'A', area: 1.5})-[:BORDERS {since: "
      "date('1990-10-03')}]->(:Country:EU)");
  EXPECT_EQ(
      Query("MATCH p = (a:Country)-[r]->(b) RETURN a, r, p"),
      R"({"a":{"id":0,"labels":["Country"],"properties":{"area":1.5,"name":"A"}},)"
      R"("r":{"id":0,"type":"BORDERS","start":0,"end":1,"properties":{"since":"1990-10-03"}},)"
      R"("p":[{"id":0,"labels":["Country"],"properties":{"area":1.5,"name":"A"}},)"
      R"({"id":0,"type":"BORDERS","start":0,"end":1,"properties":{"since":"1990-10-03"}},)"
      R"({"id":1,"labels":["Country","EU"],"properties":{}}]})"
      "\n");
}

TEST_F(QueryCommandTest, WritesTemporalValuesAsIsoStrings) {
  EXPECT_EQ(Query("RETURN date('2024-06-18') AS a, time('12:30:00+01:00') AS b, "
                  "localtime('12:30:00.5') AS c, datetime('2024-06-18T12:30:00Z') AS d, "
                  "localdatetime('2024-06-18T12:30:00') AS e, duration('P1Y2M3DT4H') AS f"),
            R"({"a":"2024-06-18","b":"12:30+01:00","c":"12:30:00.5","d":"2024-06-18T12:30Z",)"
            R"("e":"2024-06-18T12:30","f":"P1Y2M3DT4H"})"
            "\n");
}

TEST_F(QueryCommandTest, WritesCsvByRfc4180) {
  EXPECT_EQ(Query("UNWIND ['a,b', 'say \"hi\"', 'two\nlines', null] AS x RETURN x, [1, x] AS list",
                  "csv"),
            "x,list\r\n"
            "\"a,b\",\"[1,\"\"a,b\"\"]\"\r\n"
            "\"say \"\"hi\"\"\",\"[1,\"\"say \\\"\"hi\\\"\"\"\"]\"\r\n"
            "\"two\nlines\",\"[1,\"\"two\\nlines\"\"]\"\r\n"
            ",\"[1,null]\"\r\n");
}

TEST_F(QueryCommandTest, WritesJsonAsOneList) {
  EXPECT_EQ(Query("UNWIND [1, 2] AS x RETURN x", "json"), "[\n{\"x\":1},\n{\"x\":2}\n]\n");
  EXPECT_EQ(Query("UNWIND [] AS x RETURN x", "json"), "[]\n");
}

TEST_F(QueryCommandTest, AlignsWideCharactersInTables) {
  EXPECT_EQ(
      Query("UNWIND [['북한', 1], ['Peru', 22], [null, 3]] AS x RETURN x[0] AS name, x[1] AS n",
            "table"),
      "name  n\n"
      "────  ──\n"
      "북한   1\n"
      "Peru  22\n"
      "       3\n");
}

TEST_F(QueryCommandTest, EachStatementHasATableOfItsOwn) {
  constexpr char kStatements[] =
      "RETURN 'wide' AS a; RETURN 2 AS b, 3 AS c; UNWIND [] AS x RETURN x; RETURN 'd' AS d";
  EXPECT_EQ(Query(kStatements, "table"),
            "a\n────\nwide\n"
            "b  c\n─  ─\n2  3\n"
            "x\n─\n"
            "d\n─\nd\n");
  EXPECT_EQ(Query(kStatements, "csv"), "a\r\nwide\r\nb,c\r\n2,3\r\nx\r\nd\r\nd\r\n");
  EXPECT_EQ(Query(kStatements, "json"),
            "[\n{\"a\":\"wide\"}\n]\n[\n{\"b\":2,\"c\":3}\n]\n[]\n[\n{\"d\":\"d\"}\n]\n");
  EXPECT_EQ(Query(kStatements), "{\"a\":\"wide\"}\n{\"b\":2,\"c\":3}\n{\"d\":\"d\"}\n");
}

TEST_F(QueryCommandTest, TakesParametersAsJson) {
  const Program::Outcome outcome =
      Run({"query", database(), "RETURN $a AS a, $b AS b", "--param", "a=\"x=y\"", "--param",
           "b={\"list\":[1,2.5,null]}", "--format", "jsonl"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "{\"a\":\"x=y\",\"b\":{\"list\":[1,2.5,null]}}\n");
}

TEST_F(QueryCommandTest, WrongUsageIsTwo) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{},
        {"nonsense"},
        {"query"},
        {"query", database(), "RETURN 1", "--format", "xml"},
        {"query", database(), "RETURN 1", "--param", "a"},
        {"query", database(), "RETURN 1", "--param", "=1"},
        {"query", database(), "RETURN 1", "--param", "a=Peru"},
        {"query", database(), "RETURN 1", "--param", "a=1", "--param", "a=2"},
        {"query", database(), "RETURN 1", "RETURN 2"},
        {"query", database(), "RETURN 1", "--unknown"},
        {"import", database()},
        {"stats"},
        {"check"}}) {
    const Program::Outcome outcome = Run(arguments);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
  }
  EXPECT_EQ(Run({"--help"}).code, 0);
  EXPECT_EQ(Run({"query", "--help"}).code, 0);
  EXPECT_THAT(Run({"--version"}).out, ::testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(QueryCommandTest, LimitsAreSetAndNamedWhenTheyAreReached) {
  const std::string endless =
      "UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y WITH x WHERE x < 0 RETURN x";
  const std::string wide = "UNWIND range(1, 1000000) AS x RETURN DISTINCT x";
  const Program::Outcome late = Run({"query", database(), endless, "--timeout", "0.001"});
  EXPECT_EQ(late.code, 4);
  EXPECT_THAT(late.err, HasSubstr("LimitExceeded: The statement needs more than the 1ms of time"));
  const Program::Outcome large = Run({"query", database(), wide, "--memory", "1M"});
  EXPECT_EQ(large.code, 4);
  EXPECT_THAT(large.err, HasSubstr("more than the 1 MiB of memory"));
  EXPECT_EQ(Run({"query", database(), "RETURN 1", "--memory", "1K", "--timeout", "60"}).code, 0);
  for (const char* size : {"-1", "99999999999999999999", "much"}) {
    EXPECT_EQ(Run({"query", database(), "RETURN 1", "--memory", size}).code, 2) << size;
    EXPECT_EQ(Run({"import", database(), PathOf("none"), "--memory", size}).code, 2) << size;
  }
  EXPECT_EQ(Run({"query", database(), "RETURN 1", "--threads", "2"}).code, 0);
  const Program::Outcome typed = Run({"shell", "--timeout", "0.001"}, endless + ";");
  EXPECT_THAT(typed.err, HasSubstr("LimitExceeded"));
  for (const char* wrong :
       {"--timeout=-1", "--timeout=x", "--memory=0", "--memory=x", "--threads=-1", "--threads=x"}) {
    const Program::Outcome outcome = Run({"query", database(), "RETURN 1", wrong});
    EXPECT_EQ(outcome.code, 2) << wrong;
    EXPECT_LT(outcome.err.size(), 200) << outcome.err;
  }
}

TEST_F(QueryCommandTest, AnUnknownSubcommandIsNamed) {
  const Program::Outcome outcome = Run({"foo", "bar"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("'foo'"));
  EXPECT_THAT(Run({}).err, HasSubstr("subcommand is required"));
}

TEST_F(QueryCommandTest, ADatabaseWhoseParentIsMissingIsToldByItsPath) {
  const std::string path = PathOf("missing/world");
  const Program::Outcome outcome = Run({"shell", path});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_EQ(outcome.err,
            "cannot create " + path + ": the folder " + PathOf("missing") + " does not exist\n");
  const Program::Outcome trailing = Run({"shell", path + "/"});
  EXPECT_THAT(trailing.err, HasSubstr(PathOf("missing") + " does not exist"));
  EXPECT_EQ(Run({"shell", ""}).err, "a database needs a path\n");
  Write("file", "x");
  const Program::Outcome inside = Run({"shell", PathOf("file/world")});
  EXPECT_EQ(inside.err, "cannot create " + PathOf("file/world") + ": Not a directory\n");
}

TEST_F(QueryCommandTest, StatementErrorsAreThree) {
  const Program::Outcome compile = Run({"query", database(), "RETURN x"});
  EXPECT_EQ(compile.code, 3);
  EXPECT_EQ(compile.out, "");
  EXPECT_THAT(compile.err, StartsWith("SyntaxError: UndefinedVariable: "));
  const Program::Outcome runtime = Run({"query", database(), "RETURN 1 / 0"});
  EXPECT_EQ(runtime.code, 3);
  EXPECT_THAT(runtime.err, HasSubstr("DivisionByZero"));
  EXPECT_EQ(Run({"query", database(), "RETURN $missing"}).code, 3);
}

TEST_F(QueryCommandTest, AStatementThatFailsAtOnceWritesNoRows) {
  for (const char* format : {"table", "csv", "json", "jsonl"}) {
    const Program::Outcome outcome =
        Run({"query", database(), "UNWIND [1, 0] AS x RETURN 1 / x AS y", "--format", format});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.out, "") << format;
  }
}

TEST_F(QueryCommandTest, ADatabaseInMemoryTakesReadsAndWrites) {
  const Program::Outcome outcome = Run({"query", ":memory:", "--format", "csv"},
                                       "CREATE (:X {n: 7}); MATCH (x:X) RETURN x.n AS n;");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "n\r\n7\r\n");
  EXPECT_EQ(Run({"query", ":memory:", "RETURN 1"}).code, 0);
  EXPECT_EQ(Run({"stats", ":memory:"}).code, 0);
  EXPECT_EQ(Run({"import", ":memory:", Write("claims", "{\"article\":{\"key\":\"a\"}}")}).code, 0);
}

TEST_F(QueryCommandTest, AScriptThatEndsInsideATransactionIsAnError) {
  const Program::Outcome outcome = Run({"query", database()}, "BEGIN; CREATE (:X);");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("inside a transaction"));
  EXPECT_EQ(Query("MATCH (x:X) RETURN count(x) AS n", "csv"), "n\r\n0\r\n");
}

TEST_F(QueryCommandTest, ControlCharactersDoNotReachTheTerminal) {
  const std::string out = Query("RETURN 'a\\nb\\u001b[2Jc\\u009bd' AS `x\033[2J\x7f`", "table");
  EXPECT_EQ(out.find('\033'), std::string::npos) << out;
  EXPECT_EQ(out.find('\x7f'), std::string::npos) << out;
  EXPECT_EQ(out.find("\xC2\x9B"), std::string::npos) << out;
  EXPECT_THAT(out, HasSubstr("a↵b␛[2Jc�d"));
  EXPECT_THAT(out, HasSubstr("x␛[2J␡"));
}

TEST_F(QueryCommandTest, TheCaretStandsUnderThePlace) {
  const Program::Outcome outcome =
      Run({"query", database(), "RETURN 1 AS a,\n  '북한' + nord AS b,\n  2 AS c"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("(line 2, column 10)\n"
                                     "  '북한' + nord AS b,\n"
                                     "           ^"));
}

TEST_F(QueryCommandTest, AnErrorInAScriptHasItsPlaceInTheScript) {
  EXPECT_THAT(Run({"query", database()}, "RETURN 1;\n\n// two\nRETURN 2; RETURN\n  nord;\n").err,
              HasSubstr("(line 5, column 3)\n  nord\n  ^^^^\n"));
  EXPECT_THAT(Run({"query", database()}, "RETURN 1;\nRETURN 2; RETURN nord").err,
              HasSubstr("(line 2, column 18)\nRETURN nord\n       ^^^^\n"));
}

TEST_F(QueryCommandTest, WhatStandsBehindAQuestionIsToldItsPlace) {
  EXPECT_THAT(Run({"query", database(), "WHO SUPPORTS WHOM? LIMIT 3"}).err,
              HasSubstr("(what belongs to a question stands before its ?), but found \"LIMIT\" "
                        "(line 1, column 20)"));
}

TEST_F(QueryCommandTest, OfALongLineTheErrorShowsWhatLiesAboutThePlace) {
  const std::string ones(3000, '1');
  const Program::Outcome inside =
      Run({"query", database(), "RETURN '" + ones + "' + nord + '" + ones + "'"});
  EXPECT_THAT(inside.err, HasSubstr("\n…" + ones.substr(0, 56) + "' + nord + '" +
                                    ones.substr(0, 52) + "…\n" + std::string(61, ' ') + "^^^^\n"));
  const Program::Outcome wide = Run({"query", database(), "RETURN 0x" + std::string(3000, 'f')});
  EXPECT_THAT(wide.err, HasSubstr("\nRETURN 0x" + std::string(58, 'f') + "…\n       " +
                                  std::string(60, '^') + "\n"));
}

TEST_F(QueryCommandTest, TheLineUnderAnErrorHasNoControlCharacters) {
  const std::string err = Run({"query", database(), "RETURN '\x1B[2J\x7F\xC2\x9B' + nord"}).err;
  EXPECT_THAT(err, HasSubstr("\nRETURN ' [2J \xC2\xA0' + nord\n                  ^^^^\n"));
}

TEST_F(QueryCommandTest, RunsTheStatementsOnStandardInputUntilOneFails) {
  const Program::Outcome outcome =
      Run({"query", database(), "--format", "csv"},
          "RETURN ';' AS a; // a ; comment\nRETURN 2 AS b\n;\nRETURN x;\nRETURN 3 AS c;");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.out, "a\r\n;\r\nb\r\n2\r\n");
  EXPECT_THAT(outcome.err, HasSubstr("`x`"));
  EXPECT_EQ(Run({"query", database()}, "").code, 0);
}

TEST_F(QueryCommandTest, WritesWhenAStatementWrites) {
  const Program::Outcome outcome =
      Run({"query", database()}, "BEGIN; CREATE (:X {n: 1}); ROLLBACK; CREATE (:X {n: 2});");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("1 node created"));
  EXPECT_EQ(Query("MATCH (x:X) RETURN x.n AS n", "csv"), "n\r\n2\r\n");
}

TEST_F(QueryCommandTest, NeverCreatesADatabase) {
  for (const char* statement : {"RETURN 1", "CREATE (:X)"}) {
    const Program::Outcome outcome = Run({"query", PathOf("missing"), statement});
    EXPECT_EQ(outcome.code, 4);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("missing"));
    EXPECT_FALSE(std::filesystem::exists(PathOf("missing")));
  }
  std::filesystem::create_directory(PathOf("empty"));
  EXPECT_EQ(Run({"query", PathOf("empty"), "CREATE (:X)"}).code, 4);
  EXPECT_TRUE(std::filesystem::is_empty(PathOf("empty")));
  EXPECT_EQ(Run({"query", Write("file", "x"), "RETURN 1"}).code, 4);
}

TEST_F(QueryCommandTest, LeavesTheFilesOfADatabaseThatItReadsAlone) {
  const auto files = [&] {
    std::string listing;
    for (const auto& entry : std::filesystem::directory_iterator(database())) {
      listing += entry.path().filename().string() + " " + std::to_string(entry.file_size()) + "\n";
    }
    return listing;
  };
  const std::string before = files();
  Query("MATCH (n) RETURN n");
  EXPECT_EQ(files(), before);
}

TEST_F(QueryCommandTest, ResultsGoToStandardOutputAndAllElseToStandardError) {
  const Program::Outcome written = Run({"query", database(), "CREATE (:X)"});
  EXPECT_EQ(written.out, "");
  EXPECT_THAT(written.err, HasSubstr("1 node created"));
  const Program::Outcome read = Run({"query", database(), "RETURN 1 AS x", "--format", "csv"});
  EXPECT_EQ(read.out, "x\r\n1\r\n");
  EXPECT_EQ(read.err, "");
}

TEST_F(QueryCommandTest, TakesShortQuestionsEndedByAMark) {
  ASSERT_EQ(
      Import(R"({"article":{"key":"b"},"claims":[{"subject":"A","type":"SUPPORTS","object":"B"}]})")
          .code,
      0);
  EXPECT_THAT(Query("WHO SUPPORTS WHOM?", "csv"), HasSubstr("\r\nA,SUPPORTS,B,"));
  EXPECT_THAT(Query("WHY 'A' SUPPORTS 'B'?", "csv"), HasSubstr("\r\nreports,"));
  const Program::Outcome unknown = Run({"query", database(), "WHO SUPORTS WHOM?"});
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("SUPPORTS"));
}

TEST_F(QueryCommandTest, OutputThatDoesNotArriveIsAnError) {
  ASSERT_EQ(Import(R"({"article":{"key":"a"}})").code, 0);
  const std::string rows = "UNWIND range(1, 200000) AS n RETURN n;";
  for (const char* command : {"query", "shell"}) {
    const Program::Outcome outcome = RunWithSmallFiles(1 << 20, {command, database()}, rows);
    EXPECT_EQ(outcome.code, 4) << command;
    EXPECT_EQ(outcome.err, "cannot write to standard output\n") << command;
  }
}

TEST_F(QueryCommandTest, AFullDiskIsAnErrorAndChangesNothing) {
  ASSERT_EQ(Import(R"({"article":{"key":"a"}})").code, 0);
  for (const rlim_t most : {0, 300, 4'000, 20'000, 80'000}) {
    const Program::Outcome outcome = RunWithSmallFiles(
        most, {"query", database(), "UNWIND range(1, 2000) AS n CREATE ({a: range(1, 300)})"});
    EXPECT_EQ(outcome.code, 4) << most << outcome.err;
    ExpectClean(database());
    EXPECT_EQ(Query("MATCH (n) RETURN count(n) AS n", "csv"), "n\r\n1\r\n");
  }
}

}  // namespace
}  // namespace entente::tools
