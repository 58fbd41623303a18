// `entente export`: what it writes, imported again, is the same database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/shared_data.h"
#include "tests/tools/program.h"

namespace entente::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ExportCommandTest : public ProgramTest {
 public:
  // Everything that does not depend on ids.
  std::string Answers(const std::string& path) {
    std::string answers;
    for (const char* statement :
         {"MATCH (n) RETURN n.key AS k, labels(n) AS l, [p IN keys(n) | [p, n[p]]] AS p ORDER BY k",
          "MATCH (n) UNWIND names(n) AS name RETURN n.key AS k, name.language AS l, name.name AS "
          "t, "
          "name.script AS s, name.from AS f, name.to AS u ORDER BY k, l, t, f",
          "MATCH (s)-[r]->(o) RETURN s.key AS s, type(r) AS t, o.key AS o, "
          "[p IN keys(r) | [p, r[p]]] AS p, precision(r, 'valid_from') AS f, "
          "precision(r, 'valid_to') AS u, support(r) AS y, denial(r) AS n, confidence(r) AS c, "
          "contested(r) AS x, sources(r) AS q, first_reported(r) AS a, last_reported(r) AS z "
          "ORDER BY s, t, o, p",
          "MATCH (s)-[r]->(o) UNWIND evidence(r) AS e RETURN s.key AS s, type(r) AS t, o.key AS o, "
          "e.article.key AS a, e.stance AS st, e.confidence AS c, e.asserted_by.key AS by, "
          "e.sentence AS n, e.span AS sp, e.quote AS q, e.published AS d, e.publisher.key AS p "
          "ORDER BY s, t, o, a, st, by, n, sp, q"}) {
      answers += QueryOf(path, statement);
    }
    return answers;
  }

  // Exports, imports into a fresh database, and exports that.
  void ExpectRoundTrip() {
    const Program::Outcome first = Run({"export", database(), PathOf("first")});
    ASSERT_EQ(first.code, 0) << first.err;
    std::vector<std::string> arguments = {"import", PathOf("copy"), "--strict"};
    for (const char* table : {"entities", "articles", "facts", "evidence"}) {
      arguments.push_back(std::string(table) + "=" + PathOf("first") + "/" + table + ".csv");
    }
    const Program::Outcome loaded = Run(arguments);
    ASSERT_EQ(loaded.code, 0) << loaded.err;
    EXPECT_EQ(Answers(PathOf("copy")), Answers(database()));
    ExpectClean(PathOf("copy"));
    ASSERT_EQ(Run({"export", PathOf("copy"), PathOf("second")}).code, 0);
    for (const char* table : {"/entities.csv", "/articles.csv", "/facts.csv", "/evidence.csv"}) {
      EXPECT_EQ(ReadWhole(PathOf("second") + table), ReadWhole(PathOf("first") + table));
    }
  }
};

TEST_F(ExportCommandTest, TheSamplesComeBackAsTheyWere) {
  const std::string samples = std::string(ENTENTE_SOURCE_DIR) + "/tools/samples/";
  ASSERT_EQ(Run({"import", database(), samples + "north-korea-russia.claims.jsonl",
                 samples + "atlantis.claims.jsonl"})
                .code,
            0);
  ExpectRoundTrip();
}

class ExportSharedDataTest : public SharedDataTest {
 protected:
  struct Tool : ExportCommandTest {
    using ExportCommandTest::database;
    using ExportCommandTest::Run;
    void TestBody() override {}
  };
  Tool tool_;
};

TEST_F(ExportSharedDataTest, IcewsComesBackAsItWas) {
  const std::string events = SharedPath("data/icews/events.2018.sample.tab");
  ASSERT_EQ(tool_.Run({"import", tool_.database(), events}).code, 0);
  tool_.ExpectRoundTrip();
}

TEST_F(ExportCommandTest, ValuesOfEveryTypeComeBackAsTheyWere) {
  ASSERT_EQ(
      Import(
          R"({"article":{"key":"a","published":"2024-06-18T12:00:00Z","title":"two\nlines, \"q\"",)"
          R"("properties":{"words":12}},)"
          R"("entities":[{"key":"k","name":"K; [1]","labels":["A","B; c","[d]"],)"
          R"("names":{"de":["Ä","Ö",{"name":"Ö","from":"1948","to":"1989-06-18"}],"":"x",)"
          R"("ko":{"name":"북한","to":"2000"}},"properties":{"labels":"mine",)"
          R"("x:json":"y","code":"007","n":1,"mixed":[1,["a"],null]}}],)"
          R"("claims":[{"subject":"k","type":"T","object":"new one","valid_from":"2024",)"
          R"("valid_to":"2024-06-18T12:30:00+02:00","confidence":0.1,"quote":"a,\"b\"\nc",)"
          R"("properties":{"id":7,"empty":"","f":5.0,"b":true,"t":"true"}}]})")
          .code,
      0);
  Query(
      "MATCH (n {key: 'k'}) SET n.nan = 0.0 / 0.0, n.date = date('2024-06-18'), "
      "n.zoned = datetime('2024-06-18T12:00[Europe/Berlin]'), n.time = time('12:30+01:00'), "
      "n.span = duration('P1Y2M3DT4H5.5S'), n.local = [localtime('12:30'), "
      "localdatetime('2024-06-18T12:30')], n.carriage = 'a\\r\\nb', n.tiny = 5e-324, n.mixed = 1");
  ExpectRoundTrip();
}

TEST_F(ExportCommandTest, CarriageReturnsBeforeALineFeedGo) {
  ASSERT_EQ(Import(R"({"entities":[{"key":"k","name":"a\r\r\nb"}]})").code, 0);
  ASSERT_EQ(Run({"export", database(), PathOf("out")}).code, 0);
  EXPECT_THAT(ReadWhole(PathOf("out/entities.csv")), HasSubstr("k,\"a\nb\",,"));
}

TEST_F(ExportCommandTest, WhatNoImportMakesIsGivenAKeyOrCounted) {
  ASSERT_EQ(
      Import(R"({"article":{"key":"a"},"claims":[{"subject":"A","type":"T","object":"B"}]})").code,
      0);
  Query("CREATE (:X {n: 1})-[:T]->(:X {name: 5})");
  Query("MATCH (a:Article), (b {name: 'B'}) CREATE (a)-[:MENTIONS]->(b)");
  const Program::Outcome exported = Run({"export", database(), PathOf("out")});
  EXPECT_EQ(exported.code, 0) << exported.err;
  EXPECT_THAT(exported.err, AllOf(HasSubstr("node:ID: 2 nodes"), HasSubstr("left out: 1 fact"),
                                  HasSubstr("2 facts")));
  EXPECT_THAT(ReadWhole(PathOf("out/facts.csv")), Not(HasSubstr("MENTIONS")));
}

TEST_F(ExportCommandTest, IndexesComeBackThroughTheirStatements) {
  ASSERT_EQ(Import(R"({"entities":[{"key":"k","name":"K","labels":["Two words"]}]})").code, 0);
  Query("CREATE INDEX FOR (n:Country) ON (n.iso)");
  Query("CREATE INDEX `by `` tick` FOR (n:`Two words`) ON (n.`a b`)");
  Query("CREATE INDEX FOR (n:`a–b`) ON (n.`m²`)");
  Query("CREATE INDEX FOR (n:`no\u00a0break`) ON (n.`FOR`)");
  const Program::Outcome exported = Run({"export", database(), PathOf("out")});
  ASSERT_EQ(exported.code, 0) << exported.err;
  EXPECT_THAT(exported.err, HasSubstr("indexes.cypher, for entente query: 4 property indexes\n"));
  ASSERT_EQ(Run({"import", PathOf("copy"), PathOf("out/entities.csv")}).code, 0);
  const Program::Outcome made =
      Run({"query", PathOf("copy")}, ReadWhole(PathOf("out/indexes.cypher")));
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(QueryOf(PathOf("copy"), "SHOW INDEXES"), QueryOf(database(), "SHOW INDEXES"));
}

TEST_F(ExportCommandTest, AFullDiskLeavesNoFiles) {
  std::string text = "key,name\n";
  for (int i = 0; i < 100'000; ++i) text += "k" + std::to_string(i) + ",a name\n";
  ASSERT_EQ(Import(text).code, 0);
  for (const char* out : {"new", "old/folder"}) {
    const bool existed = out[0] == 'o';
    if (existed) std::filesystem::create_directories(PathOf(out));
    const Program::Outcome outcome =
        RunWithSmallFiles(500'000, {"export", database(), PathOf(out)});
    EXPECT_EQ(outcome.code, 4);
    EXPECT_THAT(outcome.err, HasSubstr("cannot write "));
    EXPECT_EQ(std::filesystem::exists(PathOf(out)), existed);
    EXPECT_TRUE(!existed || std::filesystem::is_empty(PathOf(out)));
  }
}

TEST_F(ExportCommandTest, NeverWritesOverWhatIsThere) {
  ASSERT_EQ(Import(R"({"article":{"key":"a"}})").code, 0);
  std::filesystem::create_directory(PathOf("full"));
  Write("full/facts.csv", "mine");
  EXPECT_EQ(Run({"export", database(), PathOf("full")}).code, 2);
  EXPECT_EQ(ReadWhole(PathOf("full/facts.csv")), "mine");
  EXPECT_EQ(Run({"export", database(), PathOf("full/facts.csv")}).code, 2);
  EXPECT_EQ(Run({"export", PathOf("missing"), PathOf("out")}).code, 4);
  EXPECT_FALSE(std::filesystem::exists(PathOf("out")));
}

}  // namespace
}  // namespace entente::tools
