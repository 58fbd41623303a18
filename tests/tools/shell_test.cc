// `entente shell`, in a terminal and from a pipe.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/program.h"
#include "tests/tools/terminal.h"

namespace entente::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kInterruptKey[] = "\x03";
constexpr char kUpKey[] = "\033[A";
// Runs for ages unless it is stopped.
constexpr char kEndless[] =
    "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b % 7) AS endless;";

class ShellTest : public ProgramTest {
 protected:
  std::vector<std::string> Arguments() const { return {"shell", database()}; }

  // Presses Ctrl-C until the prompt is back: before the statement has begun there is nothing to
  // stop. Returns what came between.
  static std::string Interrupt(Terminal& terminal) {
    constexpr int kMostPresses = 600;
    for (int press = 0; press < kMostPresses && !terminal.Shows("entente> ", 100); ++press) {
      terminal.Type(kInterruptKey);
    }
    return terminal.Await("entente> ");
  }
};

TEST_F(ShellTest, RunsStatementsOverSeveralLines) {
  Terminal terminal(Arguments(), directory_.root());
  EXPECT_THAT(terminal.Await("entente> "), HasSubstr(database()));
  terminal.Type("RETURN 20 +\r");
  terminal.Await("...> ");
  terminal.Type("  22 AS answer\r");
  terminal.Await("...> ");
  const std::string seen = terminal.Say(";");
  EXPECT_THAT(seen, AllOf(HasSubstr("answer\r\n"), HasSubstr("    42\r\n"), HasSubstr("1 row, ")));
  // The mark ends a question; several statements may stand on a line.
  EXPECT_THAT(terminal.Say("RETURN 1 AS a; RETURN 2 AS b;"),
              AllOf(HasSubstr("a\r\n"), HasSubstr("b\r\n")));
  terminal.Say("CREATE ({name: 'A'})-[:LIKES]->({name: 'B'});");
  EXPECT_THAT(terminal.Say("WHO LIKES WHOM?"), AllOf(HasSubstr("subject"), HasSubstr("LIKES")));
  terminal.Type(".quit\r");
  EXPECT_EQ(terminal.End(), 0);
  EXPECT_EQ(Query("MATCH ()-[r]->() RETURN type(r) AS t", "csv"), "t\r\nLIKES\r\n");
}

TEST_F(ShellTest, ErrorsShowACaretAndLeaveTheShellGoing) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  EXPECT_THAT(terminal.Say("RETURN '북한' + x;"),
              AllOf(HasSubstr("UndefinedVariable"),
                    HasSubstr("\r\nRETURN '북한' + x\r\n                ^\r\n")));
  EXPECT_THAT(terminal.Say("RETURN 7 AS seven;"), HasSubstr("seven\r\n"));
  EXPECT_EQ(terminal.PressEnd(), 0);
}

TEST_F(ShellTest, TabCompletesKeywordsFunctionsLabelsAndTypes) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  terminal.Say("CREATE (:Quokka {x: 1})-[:ZIGZAGS]->(:Quokka);");
  EXPECT_THAT(terminal.Say("MAT\t(n:Quo\t)-[:ZIG\t]->() RETURN elem\t(n) IS NULL AS none;"),
              HasSubstr("none\r\n─────\r\nfalse\r\n"));
}

TEST_F(ShellTest, HistorySurvivesTheSession) {
  {
    Terminal terminal(Arguments(), directory_.root());
    terminal.Await("entente> ");
    terminal.Type("RETURN 'first'\r");
    terminal.Await("...> ");
    terminal.Say("AS x;");
    terminal.Type(".quit\r");
    EXPECT_EQ(terminal.End(), 0);
  }
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  EXPECT_THAT(terminal.Say(std::string(kUpKey) + kUpKey), HasSubstr("\r\nfirst\r\n1 row"));
  const auto mode = std::filesystem::status(PathOf(".entente_history")).permissions();
  EXPECT_EQ(mode & std::filesystem::perms::others_read, std::filesystem::perms::none);
}

TEST_F(ShellTest, TabCompletesByWhatStandsBefore) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  terminal.Say("CREATE (:Country {x: 1})-[:COUNTERS]->(:Country);");
  EXPECT_THAT(terminal.Say("MATCH (북:Cou\t) RETURN coun\t(*) AS countries;"),
              HasSubstr("countries\r\n─────────\r\n        2\r\n"));
  terminal.Type("MATCH (n\r");
  terminal.Await("...> ");
  EXPECT_THAT(terminal.Say(":Cou\t)-[r:Cou\t]->() RETURN type(r) AS t;"),
              HasSubstr("COUNTERS\r\n1 row"));
  EXPECT_THAT(terminal.Say("WHO COUNTE\t WHOM?"), HasSubstr("1 row"));
}

TEST_F(ShellTest, TheHistoryOutlivesInterrupts) {
  {
    Terminal terminal(Arguments(), directory_.root());
    terminal.Await("entente> ");
    terminal.Say("RETURN 'old' AS x;");
    terminal.PressEnd();
  }
  {
    Terminal terminal(Arguments(), directory_.root());
    terminal.Await("entente> ");
    terminal.Type("RETURN 'drop");
    terminal.Await("drop");
    terminal.Type(kInterruptKey);
    terminal.Await("entente> ");
    EXPECT_THAT(terminal.Say(kUpKey), HasSubstr("\r\nold\r\n1 row"));
    terminal.Say("RETURN 'new' AS x;");
    terminal.PressEnd();
  }
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  const std::string up = kUpKey;
  EXPECT_THAT(terminal.Say(up), HasSubstr("\r\nnew\r\n1 row"));
  EXPECT_THAT(terminal.Say(up + up + up), HasSubstr("\r\nold\r\n1 row"));
}

TEST_F(ShellTest, TwoShellsKeepOneHistory) {
  {
    Terminal one({"shell"}, directory_.root());
    Terminal other({"shell"}, directory_.root());
    one.Await("entente> ");
    other.Await("entente> ");
    one.Say("RETURN 1 AS a;");
    other.Say("RETURN 2 AS b;");
    one.Say("RETURN 3 AS c;");
  }
  EXPECT_EQ(ReadWhole(PathOf(".entente_history")),
            "RETURN 1 AS a;\nRETURN 2 AS b;\nRETURN 3 AS c;\n");
}

TEST_F(ShellTest, AStatementOfSeveralLinesComesBackAsItWas) {
  {
    Terminal terminal(Arguments(), directory_.root());
    terminal.Await("entente> ");
    terminal.Type("RETURN 'x\r");
    terminal.Await("...> ");
    EXPECT_THAT(terminal.Say("y' CONTAINS ' ' OR size('\\\\') > 1 AS changed; // whole"),
                HasSubstr("\r\nfalse\r\n"));
    EXPECT_THAT(terminal.Say(kUpKey), HasSubstr("\r\nfalse\r\n"));
  }
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  EXPECT_THAT(terminal.Say(kUpKey), HasSubstr("\r\nfalse\r\n"));
}

TEST_F(ShellTest, ReadsAHistoryThatLibeditWrote) {
  Write(".entente_history", "_HiStOrY_V2_\nRETURN\\040'a\\\\\\\\b'\\040AS\\040x;\n");
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  EXPECT_THAT(terminal.Say(kUpKey), HasSubstr("\r\na\\b\r\n1 row"));
}

TEST_F(ShellTest, InterruptAtThePromptDropsTheLine) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  for (int round = 0; round < 3; ++round) {
    terminal.Type("RETURN 'drop");
    terminal.Await("drop");
    terminal.Type(kInterruptKey);
    terminal.Await("entente> ");
    terminal.Type("RETURN\r");
    terminal.Await("...> ");
    terminal.Type("'more");
    terminal.Await("more");
    terminal.Type(kInterruptKey);
    terminal.Await("entente> ");
    EXPECT_THAT(terminal.Say("RETURN 5 AS five;"), HasSubstr("1 row"));
  }
  // Editing still works, so the terminal is in order.
  EXPECT_THAT(terminal.Say("RETURN 11\x7f"
                           "0 AS ten;"),
              HasSubstr("10\r\n"));
}

TEST_F(ShellTest, InterruptStopsTheStatementAndNotTheShell) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  for (int round = 0; round < 3; ++round) {
    terminal.Type(std::string(kEndless) + "\r");
    terminal.Await("endless;");
    EXPECT_THAT(Interrupt(terminal), HasSubstr("Interrupted"));
    EXPECT_THAT(terminal.Say("RETURN 5 AS five;"), HasSubstr("1 row"));
  }
  EXPECT_EQ(terminal.PressEnd(), 0);
}

TEST_F(ShellTest, TablesAlignWideCharacters) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  terminal.Type("UNWIND ['북한', 'Peru'] AS name\r");
  terminal.Await("...> ");
  terminal.Type("RETURN name, 1 AS n;\r");
  EXPECT_THAT(terminal.Await("2 rows"), HasSubstr("name  n\r\n────  ─\r\n북한  1\r\nPeru  1\r\n"));
}

TEST_F(ShellTest, WideTablesAreCutToTheTerminal) {
  const std::string script = Write("script",
                                   "UNWIND range(1, 30) AS x WITH collect('북한' + x) AS l "
                                   "RETURN l AS long, 'short' AS short, l AS again;");
  Terminal terminal(Arguments(), directory_.root(), 40);
  terminal.Await("entente> ");
  terminal.Type(".read " + script + "\r");
  terminal.Await("long");
  std::istringstream lines(terminal.Await("1 row"));
  std::string line;
  std::getline(lines, line);
  EXPECT_THAT(line, HasSubstr("short"));
  int count = 0;
  while (std::getline(lines, line) && line.find("1 row") == std::string::npos) {
    ++count;
    // Every character beyond ASCII but the rule and the ellipsis is two columns wide.
    size_t width = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      if ((line[i] & 0xC0) == 0x80 || line[i] == '\r') continue;
      const bool hangul =
          (line[i] & 0xF0) == 0xE0 && line.compare(i, 3, "─") != 0 && line.compare(i, 3, "…") != 0;
      width += hangul ? 2 : 1;
    }
    EXPECT_LE(width, 40) << line;
  }
  EXPECT_EQ(count, 2);
}

TEST_F(ShellTest, TextIsCutForDatesAndNumbers) {
  Terminal terminal(Arguments(), directory_.root(), 70);
  terminal.Await("entente> ");
  EXPECT_THAT(terminal.Say("RETURN 'a long text that is cut' AS s, date('2024-06-18') AS d, "
                           "'another text that is cut' AS t, 1234567890 AS n;"),
              AllOf(HasSubstr("  2024-06-18  "), HasSubstr("  1234567890\r\n"), HasSubstr("…")));
}

TEST_F(ShellTest, ATableGivesWayWhereItIsWidestAndKeepsNamesAndDatesWhole) {
  Terminal terminal(Arguments(), directory_.root(), 80);
  terminal.Await("entente> ");
  const std::string script = Write(
      "script",
      "RETURN 'Democratic Republic' AS subject, '2024-06' AS since, null AS until, 0.9 AS c, "
      "datetime('2024-11-02T00:00Z') AS reported, ['an-article', 'another-article'] AS list;");
  terminal.Type(".read " + script + "\r");
  terminal.Await(script);
  EXPECT_THAT(
      terminal.Await("1 row"),
      HasSubstr("subject              since    until  c    reported           list\r\n"
                "───────────────────  ───────  ─────  ───  ─────────────────  ───────────────"
                "────\r\n"
                "Democratic Republic  2024-06         0.9  2024-11-02T00:00Z  "
                "['an-article', 'an…\r\n"));
}

TEST_F(ShellTest, RowsTooWideForATableStandUpright) {
  ASSERT_EQ(Import(R"({"article":{"key":"the-key-of-an-article","published":"2024-11-02"},)"
                   R"("claims":[{"subject":"North Korea","type":"PROVIDE_MILITARY_AID",)"
                   R"("object":"Russia","valid_from":"2024-06","confidence":0.9},)"
                   R"({"subject":"United States","type":"SUPPORTS","object":"Ukraine"}]})")
                .code,
            0);
  Terminal terminal(Arguments(), directory_.root(), 80);
  terminal.Await("entente> ");
  EXPECT_THAT(terminal.Say("WHO SUPPORTS WHOM?"),
              AllOf(HasSubstr("subject       | North Korea\r\n"
                              "relation      | PROVIDE_MILITARY_AID\r\n"
                              "object        | Russia\r\n"
                              "since         | 2024-06\r\n"
                              "until         |\r\n"
                              "confidence    | 0.9\r\n"
                              "sources       | ['the-key-of-an-article']\r\n"
                              "contested     | false\r\n"
                              "last_reported | 2024-11-02T00:00Z\r\n"
                              "\r\n"
                              "subject       | United States\r\n"),
                    Not(HasSubstr("…"))));
}

TEST_F(ShellTest, HelpAndQuitNeedNoDot) {
  const Program::Outcome outcome = Run(Arguments(), "help\nquit;\nRETURN x;\n");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(".schema"));
}

TEST_F(ShellTest, HelpListsEveryCommand) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  EXPECT_THAT(
      terminal.Say(".help"),
      AllOf(HasSubstr(".schema"), HasSubstr(".mode"), HasSubstr(".import"), HasSubstr(".read"),
            HasSubstr(".timer"), HasSubstr(".quit"), HasSubstr("WHO SUPPORTS WHOM?")));
  EXPECT_THAT(terminal.Say(".nonsense"), HasSubstr(".help"));
}

TEST_F(ShellTest, ImportsReadsAndShowsTheSchema) {
  const std::string claims =
      Write("claims", R"({"article":{"key":"a"},"entities":[{"key":"A","labels":["Quokka"]}],)"
                      R"("claims":[{"subject":"A","type":"SUPPORTS","object":"B"}]})");
  const std::string script = Write("script", "CREATE (:Wombat);\nRETURN 'from the script'\nAS x");
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  EXPECT_THAT(terminal.Say(".import " + claims), HasSubstr("1 claim read"));
  EXPECT_THAT(terminal.Say("WHO SUPPORTS WHOM?"), HasSubstr("1 row"));
  EXPECT_THAT(terminal.Say(".read " + script), HasSubstr("from the script"));
  EXPECT_THAT(terminal.Say(".schema"),
              AllOf(HasSubstr("Quokka"), HasSubstr("Wombat"), HasSubstr("SUPPORTS")));
  EXPECT_THAT(terminal.Say(".read " + PathOf("missing")), HasSubstr("cannot read"));
  EXPECT_THAT(terminal.Say(".import " + PathOf("missing")), HasSubstr("cannot open"));
  terminal.Type("BEGIN;\r");
  terminal.Await("entente*> ");
  terminal.Type(".import " + claims + "\r");
  EXPECT_THAT(terminal.Await("entente*> "), HasSubstr("COMMIT or ROLLBACK"));
}

TEST_F(ShellTest, QuotesHoldBlanksInThePathsOfCommands) {
  Write("two words.csv", "key,name\na,A\n");
  Write("its script", "RETURN 'read' AS word;");
  const Program::Outcome outcome =
      Run(Arguments(), ".import --format tables '" + PathOf("two words.csv") + "'\n.read \"" +
                           PathOf("its script") + "\"\n.mode csv\nMATCH (n) RETURN n.key AS k;\n");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("1 entity"));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("read\n"), HasSubstr("k\r\na\r\n")));
  const Program::Outcome open = Run(Arguments(), ".read 'x\n");
  EXPECT_EQ(open.code, 2);
  EXPECT_THAT(open.err, HasSubstr("a quote is not closed"));
}

TEST_F(ShellTest, ThePromptAndTheEndTellOfAnOpenTransaction) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  terminal.Type("BEGIN;\r");
  terminal.Await("entente*> ");
  terminal.Type("CREATE (:X);\r");
  terminal.Await("entente*> ");
  terminal.Type("ROLLBACK;\r");
  terminal.Await("entente> ");
  const Program::Outcome piped = Run({"shell"}, "BEGIN;\nCREATE (:X);\n");
  EXPECT_EQ(piped.code, 3);
  EXPECT_THAT(piped.err, HasSubstr("inside a transaction"));
  const std::string script = Write("script", "BEGIN; CREATE (:X);");
  const Program::Outcome read = Run({"shell"}, ".read " + script + "\n");
  EXPECT_EQ(read.code, 3);
  EXPECT_THAT(read.err, HasSubstr("inside a transaction"));
}

TEST_F(ShellTest, ErrorsInScriptsNameTheFileAndThePlaceInIt) {
  const std::string script =
      Write("script",
            "RETURN 1;\n.timer off\nRETURN 2; RETURN\n  nord;\n\nRETURN date('x');\n"
            "MATCH (a) DELETE a; COMMIT");
  const Program::Outcome read = Run({"shell"}, "\n.read " + script + "\nRETURN 1,\n sued;\n");
  EXPECT_THAT(read.err, HasSubstr("(" + script + ", line 4, column 3)\n  nord\n  ^^^^\n"));
  EXPECT_THAT(read.err, HasSubstr("(" + script + ", line 6, column 8)\n"));
  EXPECT_THAT(read.err, HasSubstr("(" + script + ", line 7, column 21)\n"));
  EXPECT_THAT(read.err, HasSubstr("(line 4, column 2)\n sued\n ^^^^\n"));
}

TEST_F(ShellTest, ThePromptShowsTheLensThatIsSet) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  terminal.Type("SET LENS confidence >= 0.5;\r");
  terminal.Await("entente [CONFIDENCE >= 0.5]> ");
  terminal.Type("BEGIN;\r");
  terminal.Await("entente* [CONFIDENCE >= 0.5]> ");
  terminal.Type("RESET LENS;\r");
  terminal.Await("entente*> ");
}

TEST_F(ShellTest, ModeAndTimerChangeWhatIsShown) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  EXPECT_THAT(terminal.Say("RETURN 1 AS x;"), HasSubstr(" ms"));
  terminal.Say(".timer off");
  EXPECT_THAT(terminal.Say("RETURN 1 AS x;"), AllOf(HasSubstr("1 row\r\n"), Not(HasSubstr(" ms"))));
  terminal.Say(".mode jsonl");
  EXPECT_THAT(terminal.Say("RETURN 1 AS x;"), HasSubstr("{\"x\":1}\r\n"));
  terminal.Say(".mode csv");
  EXPECT_THAT(terminal.Say("RETURN 1 AS x;"), HasSubstr("x\r\r\n1\r\r\n"));
  EXPECT_THAT(terminal.Say(".mode xml"), HasSubstr("table|csv|json|jsonl"));
}

TEST_F(ShellTest, OthersReadBesideAShellThatHoldsTheDatabase) {
  Terminal terminal(Arguments(), directory_.root());
  terminal.Await("entente> ");
  terminal.Say("CREATE (:X {n: 1});");
  EXPECT_EQ(Query("MATCH (x:X) RETURN x.n AS n", "csv"), "n\r\n1\r\n");
  EXPECT_EQ(Run({"stats", database()}).code, 0);
  ExpectClean(database());
  const Program::Outcome writing = Run({"query", database(), "CREATE (:X)"});
  EXPECT_EQ(writing.code, 4);
  EXPECT_THAT(writing.err, HasSubstr("open for writing elsewhere"));
  EXPECT_EQ(Run({"import", database(), Write("input", "{\"article\":{\"key\":\"a\"}}")}).code, 4);
  terminal.Say("CREATE (:X {n: 2});");
  EXPECT_EQ(Query("MATCH (x:X) RETURN sum(x.n) AS n", "csv"), "n\r\n3\r\n");
}

TEST_F(ShellTest, WithoutADatabaseItWorksInMemory) {
  Terminal terminal({"shell"}, directory_.root());
  EXPECT_THAT(terminal.Await("entente> "), HasSubstr(":memory:"));
  terminal.Say("CREATE (:X);");
  EXPECT_THAT(terminal.Say("MATCH (x:X) RETURN count(x) AS n;"), HasSubstr("1 row"));
}

TEST_F(ShellTest, CommentsOfSeveralLinesLeaveNothingBehind) {
  const Program::Outcome commands =
      Run({"shell"}, "\xEF\xBB\xBF/* one\nof several\nlines */\n.mode csv\nRETURN\n1 AS a;\n");
  EXPECT_EQ(commands.code, 0) << commands.err;
  EXPECT_EQ(commands.out, "a\r\n1\r\n");
  const Program::Outcome last = Run({"shell"}, "CREATE ();\n/* the\n\nend */\n");
  EXPECT_EQ(last.code, 0) << last.err;
  const Program::Outcome begun = Run({"shell"}, "\xEF\xBB\xBF.mode csv\nRETURN x;\n");
  EXPECT_THAT(begun.err, HasSubstr("line 2, column 8"));
  const Program::Outcome query = Run({"query", ":memory:"}, "\xEF\xBB\xBFRETURN x;\n");
  EXPECT_THAT(query.err, HasSubstr("line 1, column 8"));
}

TEST_F(ShellTest, FromAPipeItShowsRowsAndReturnsTheFirstErrorsCode) {
  const Program::Outcome fine = Run(Arguments(), ".mode csv\nRETURN 1 AS a;\nRETURN 2\nAS b");
  EXPECT_EQ(fine.code, 0) << fine.err;
  EXPECT_EQ(fine.out, "a\r\n1\r\nb\r\n2\r\n");
  EXPECT_EQ(fine.err, "");
  const Program::Outcome failed = Run(Arguments(), ".mode csv\nRETURN x;\nRETURN 2 AS b;\n");
  EXPECT_EQ(failed.code, 3);
  EXPECT_EQ(failed.out, "b\r\n2\r\n");
  EXPECT_EQ(Run(Arguments(), ".quit\nRETURN x;").code, 0);
}

}  // namespace
}  // namespace entente::tools
