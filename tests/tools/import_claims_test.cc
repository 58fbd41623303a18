// The claims format: every field, names, rejects, and loading again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/program.h"

namespace entente::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Of the issue that defines the format.
constexpr char kWhole[] =
    R"({"article":{"key":"kcna-1","url":"https://kcna.example/1","title":"T","publisher":"KCNA",)"
    R"("language":"de","published":"2024-11-01T08:00:00Z","copy_of":"original",)"
    R"("properties":{"section":"world"}},)"
    R"("entities":[{"key":"iso:PRK","name":"North Korea","labels":["Country","State"],)"
    R"("names":{"de":["Nordkorea","Demokratische Volksrepublik"],"ko":"북한"},)"
    R"("properties":{"population":26000000}},{"key":"iso:RUS","name":"Russia",)"
    R"("names":{"de":["Russland"]}}],)"
    R"("claims":[{"subject":"iso:PRK","type":"SUPPORTS","object":"Russland",)"
    R"("valid_from":"2024-06","valid_to":"2025","stance":"affirms","asserted_by":"NATO",)"
    R"("confidence":0.9,"sentence":3,"span":[512,640],"quote":"so \"sagt\" man",)"
    R"("properties":{"domain":"military"}}]})"
    "\n";

class ClaimsImportTest : public ProgramTest {
 protected:
  // The column, counted in characters, at which `part` begins in `line`.
  static std::string ColumnOf(const std::string& line, const std::string& part) {
    size_t column = 1;
    const size_t end = line.find(part);
    EXPECT_NE(end, std::string::npos) << part;
    for (size_t i = 0; i < end; ++i) column += (line[i] & 0xC0) != 0x80;
    return std::to_string(column);
  }
};

TEST_F(ClaimsImportTest, EveryFieldArrives) {
  const Program::Outcome loaded = Import(kWhole);
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_EQ(Query("MATCH (s:Country:State {key: 'iso:PRK'})-[r]->(o) RETURN s.name AS s, "
                  "s.population AS population, type(r) AS type, r.valid_from AS since, "
                  "precision(r, 'valid_from') AS p, r.valid_to AS until, precision(r, 'valid_to') "
                  "AS q, r.domain AS domain, o.key AS o"),
            R"({"s":"North Korea","population":26000000,"type":"SUPPORTS","since":"2024-06-01",)"
            R"("p":"month","until":"2025-01-01","q":"year","domain":"military","o":"iso:RUS"})"
            "\n");
  EXPECT_EQ(Query("MATCH ()-[r]->() UNWIND evidence(r) AS e RETURN e.stance AS stance, "
                  "e.asserted_by.name AS who, e.publisher.name AS publisher, e.published AS at, "
                  "e.confidence AS confidence, e.sentence AS sentence, e.span AS span, "
                  "e.quote AS quote"),
            R"({"stance":"affirms","who":"NATO","publisher":"KCNA","at":"2024-11-01T08:00Z",)"
            R"("confidence":0.9,"sentence":3,"span":[512,640],"quote":"so \"sagt\" man"})"
            "\n");
  EXPECT_EQ(Query("MATCH (a:Article) RETURN a.key AS key, a.url AS url, a.title AS title, "
                  "a.language AS language, a.copy_of AS copy_of, a.section AS section"),
            R"({"key":"kcna-1","url":"https://kcna.example/1","title":"T","language":"de",)"
            R"("copy_of":"original","section":"world"})"
            "\n");
  for (const char* name : {"North Korea", "iso:PRK", "nordkorea", "NORDKOREA", "북한",
                           "Demokratische   Volksrepublik"}) {
    EXPECT_EQ(Query("RETURN entity('" + std::string(name) + "').key AS key", "csv"),
              "key\r\niso:PRK\r\n")
        << name;
  }
}

TEST_F(ClaimsImportTest, NamesMayHaveDatesAndAScript) {
  const std::string text =
      R"({"entities":[{"key":"iso:MMR","name":"Myanmar","names":{"en":["Union of Burma",)"
      R"({"name":"Burma","from":"1948","to":"1989-06-18"}],)"
      R"("my":{"name":"မြန်မာ","script":"Mymr","from":"1989-06","later":1}}}]})";
  const Program::Outcome loaded = Import(text);
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_THAT(loaded.err, HasSubstr("name.later"));
  EXPECT_EQ(Query("MATCH (n {key: 'iso:MMR'}) UNWIND names(n) AS name RETURN name.name AS n, "
                  "name.language AS l, name.script AS s, name.from AS f, name.to AS t",
                  "csv"),
            "n,l,s,f,t\r\nMyanmar,,Latn,,\r\nUnion of Burma,en,Latn,,\r\n"
            "Burma,en,Latn,1948-01-01,1989-06-18\r\nမြန်မာ,my,Mymr,1989-06-01,\r\n");
  EXPECT_THAT(Import(text).err, Not(HasSubstr("changed")));
  ExpectClean(database());
}

TEST_F(ClaimsImportTest, LoadingAgainChangesNothing) {
  const std::string text = std::string(kWhole) +
                           R"({"article":{"key":"b"},"claims":[{"subject":"X","type":"T","object":)"
                           R"("Y","stance":"denies"},{"subject":"Nordkorea","type":"T","object":)"
                           R"("Y","valid_from":null,"valid_to":null}]})";
  ASSERT_EQ(Import(text).code, 0);
  const std::string before = Dump(database());
  const Program::Outcome again = Import(text);
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.err, AllOf(HasSubstr("new: 0 facts, 0 pieces of evidence, 0 articles, 0 ent"),
                               Not(HasSubstr("changed"))));
  EXPECT_EQ(Dump(database()), before);
  ExpectClean(database());
}

TEST_F(ClaimsImportTest, ClaimsMayComeBeforeTheEntitiesTheyName) {
  const std::string early =
      Write("early",
            R"({"article":{"key":"a"},"claims":[{"subject":"북한","type":"T","object":"x:1"}]})");
  const std::string late = Write(
      "late", R"({"entities":[{"key":"iso:PRK","names":{"ko":"북한"}},{"key":"x:1","name":"X"}]})");
  const Program::Outcome loaded = Run({"import", database(), early, late});
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_EQ(Query("MATCH (s)-[r]->(o) RETURN s.key AS s, o.key AS o", "csv"),
            "s,o\r\niso:PRK,x:1\r\n");
}

TEST_F(ClaimsImportTest, AnUnknownNameMakesAnEntityThatAKeyedOneTakesOver) {
  ASSERT_EQ(Import(R"({"article":{"key":"a"},"claims":[)"
                   R"({"subject":"Côte d’Ivoire","type":"T","object":"Togo"}]})")
                .code,
            0);
  EXPECT_EQ(Query("MATCH (n)-[]->() RETURN n.key AS key, n.name AS name", "csv"),
            "key,name\r\nname:cote d’ivoire,Côte d’Ivoire\r\n");
  ASSERT_EQ(Import(R"({"entities":[{"key":"iso:CIV","name":"COTE D’IVOIRE"}]})").code, 0);
  EXPECT_EQ(Query("MATCH (n)-[]->(o) RETURN n.key AS key, o.name AS o", "csv"),
            "key,o\r\niso:CIV,Togo\r\n");
  ExpectClean(database());
}

TEST_F(ClaimsImportTest, AnAmbiguousNameRejectsTheRowAndListsTheCandidates) {
  const std::string line =
      R"({"article":{"key":"ä"},"entities":[{"key":"iso:GEO","name":"Georgia"},{"key":"us:GA",)"
      R"("name":"Georgia"}],"claims":[{"subject":"B","type":"T","object":"Georgia"},)"
      R"({"subject":"iso:GEO","type":"T","object":"C"}]})";
  const Program::Outcome loaded = Import(line);
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, AllOf(HasSubstr("iso:GEO"), HasSubstr("us:GA"),
                                HasSubstr(":1:" + ColumnOf(line, R"({"subject":"B")") + ": "),
                                HasSubstr("1 claim read"), HasSubstr("1 row rejected")));
  EXPECT_EQ(Query("MATCH (s)-[r]->(o) RETURN s.key AS s, o.name AS o", "csv"),
            "s,o\r\niso:GEO,C\r\n");
  EXPECT_EQ(Query("MATCH (n) WHERE n.name = 'B' RETURN n", "csv"), "n\r\n");
}

TEST_F(ClaimsImportTest, DatesKeepTheirPrecision) {
  ASSERT_EQ(
      Import(R"({"article":{"key":"a"},"claims":[)"
             R"({"subject":"A","type":"T1","object":"B","valid_from":"2024"},)"
             R"({"subject":"A","type":"T2","object":"B","valid_from":"2024-06"},)"
             R"({"subject":"A","type":"T3","object":"B","valid_from":"2024-06-18"},)"
             R"({"subject":"A","type":"T4","object":"B","valid_from":"2024-06-18T12:30:00+02:00"},)"
             R"({"subject":"A","type":"T5","object":"B","valid_to":"2024-07"}]})")
          .code,
      0);
  EXPECT_EQ(Query("MATCH ()-[r]->() RETURN r.valid_from AS f, precision(r, 'valid_from') AS p, "
                  "r.valid_to AS t, precision(r, 'valid_to') AS q ORDER BY type(r)",
                  "csv"),
            "f,p,t,q\r\n"
            "2024-01-01,year,,\r\n"
            "2024-06-01,month,,\r\n"
            "2024-06-18,day,,\r\n"
            "2024-06-18T12:30+02:00,instant,,\r\n"
            ",,2024-07-01,month\r\n");
}

struct BadValue {
  const char* line;
  const char* at;      // where the line goes wrong
  const char* reason;  // part of it
};

TEST_F(ClaimsImportTest, WhatIsBadIsRejectedWithItsPlace) {
  const std::vector<BadValue> values = {
      {R"({"article":{"key":"ä","title":7}})", "7}", "'title' must be a string"},
      {R"({"article":{"key":"ä","published":"gestern"}})", "\"gestern\"", "'published' must be"},
      {R"({"article":{"key":"ä","published":"2024-02-30"}})", "\"2024-02", "'published' must be"},
      {R"({"article":["ä"]})", "[", "'article' must be an object"},
      {R"({"article":{"title":"ä"}})", "{\"title", "neither key nor url"},
      {R"({"claims":[{"subject":"A","type":"T","object":"B"}]})", "{\"subject", "names no article"},
      {R"({"entities":[{"labels":["Ä"]}]})", "{\"labels", "neither key nor name"},
      {R"({"entities":[{"key":"ä","labels":"X"}]})", "\"X\"", "'labels' must be a list"},
      {R"({"entities":[{"key":"ä","labels":[1]}]})", "1]", "each of 'labels' must be a string"},
      {R"({"entities":[{"key":"ä","names":["X"]}]})", "[\"X", "'names' must be an object"},
      {R"({"entities":[{"key":"ä","names":{"de":[2]}}]})", "2]",
       "each of 'names' must be a string"},
      {R"({"entities":[{"key":"ä","names":{"de":{"from":"1948"}}}]})", "{\"from",
       "each of 'names' must be a string or have a 'name'"},
      {R"({"entities":[{"key":"ä","names":{"de":{"name":"X","from":"1948","to":"1947"}}}]})",
       "{\"name", "is never in use"},
      {R"({"entities":[{"key":"ä","properties":5}]})", "5}", "'properties' must be an object"},
      {R"({"article":{"key":"ä"},"claims":5})", "5}", "'claims' must be a list"},
      {R"({"article":{"key":"ä"},"claims":["A"]})", "\"A", "each of 'claims' must be an object"},
      {R"({"article":{"key":"ä"},"claims":[{"type":"T","object":"B"}]})", "{\"type", "no subject"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"A","object":"B"}]})", "{\"sub", "no type"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"A","type":"T"}]})", "{\"sub", "no object"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":null,"type":"T","object":"B"}]})", "{\"sub",
       "no subject"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","confidence":1.5}]})", "1.5",
       "'confidence' must be a number from 0 to 1"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","confidence":-0.1}]})", "-0.1",
       "'confidence'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","confidence":"high"}]})", "\"high",
       "'confidence'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","stance":"doubts"}]})", "\"doubts",
       "'stance' must be affirms, reports or denies"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","valid_from":"2024-13"}]})", "\"2024-13",
       "'2024-13' is not a date"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","valid_to":20240101}]})", "20240101",
       "'valid_to' must be a string"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"A","type":"T","object":"B",)"
       R"("valid_from":"2024-06","valid_to":"2024-05"}]})",
       "{\"sub", "valid_to does not lie after valid_from"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","sentence":-1}]})", "-1", "'sentence'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","sentence":1.5}]})", "1.5", "'sentence'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","sentence":9999999999}]})", "9999999999",
       "'sentence'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","span":[9,3]}]})", "[9", "'span'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","span":[9]}]})", "[9",
       "'span' must be two whole numbers [begin, end)"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","span":[1,2,3]}]})", "[1", "'span'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","span":["1",2]}]})", "\"1", "'span'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","properties":{"p":nul}}]})", "nul",
       "not valid JSON"},
      {R"({"article":{"key":"ä"}} und)", "und", "not valid JSON"},
      {R"(["ä"])", "[", "must be an object"},
      {R"(7)", "7", "must be an object"},
      {R"(ä)", "ä", "must be an object"},
      {R"("ä")", "\"", "the line must be an object such as"},
      {R"(1e400)", "1e", "the line must be an object such as"},
      {R"({})", "{", "none of 'article', 'entities' and 'claims'"},
      {R"({"article":null,"mood":"ä"})", "{", "none of 'article', 'entities' and 'claims'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","confidence":1e400}]})", "1e400",
       "'confidence' must be a number from 0 to 1"},
      {R"({"article":{"key":"ä","properties":{"p":1e400}}})", "1e400", "the property 'p'"},
      {R"({"article":{"key":"ä"},"claims":[{"subject":"Ä","span":[1,1e400]}]})", "1e400",
       "each end of 'span' must be a whole number"},
      {R"({"article":{"key":"ä\"","title":"t}})", "\"t}", "not valid JSON"},
  };
  std::string text = R"({"article":{"key":"first"}})";
  for (const BadValue& value : values) text += "\n" + std::string(value.line);
  text +=
      "\n"
      R"({"article":{"key":"last"},"claims":[{"subject":"A","type":"T","object":"B"}]})";
  const Program::Outcome loaded = Import(text, {"--rejects", PathOf("rejects.csv")});
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr("1 claim read"));
  EXPECT_THAT(loaded.err, HasSubstr(std::to_string(values.size()) + " rows rejected"));
  const std::string rejects = ReadWhole(PathOf("rejects.csv"));
  std::istringstream rows(rejects);
  std::string row;
  std::getline(rows, row);
  EXPECT_EQ(row, "file,line,column,reason");
  for (size_t i = 0; i < values.size(); ++i) {
    std::getline(rows, row);
    const std::string place = PathOf("input") + "," + std::to_string(i + 2) + "," +
                              ColumnOf(values[i].line, values[i].at) + ",";
    EXPECT_EQ(row.substr(0, place.size()), place) << values[i].line << '\n' << row;
    EXPECT_THAT(row, HasSubstr(values[i].reason));
  }
  EXPECT_EQ(Query("MATCH (s)-[r]->(o) RETURN count(r) AS n", "csv"), "n\r\n1\r\n");
  ExpectClean(database());
}

TEST_F(ClaimsImportTest, GoodClaimsOfALineLoadBesideBadOnes) {
  const Program::Outcome loaded =
      Import(R"({"article":{"key":"a"},"claims":[{"subject":["x",{"y":[1]}],"type":"T"},)"
             R"({"subject":"A","type":"T","object":"B"},{"stance":1,"more":{"deep":[[]]}},)"
             R"({"subject":"A","type":"T","object":"C"}],"entities":[{"key":"B"}]})");
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr("2 claims read"));
  EXPECT_EQ(Query("MATCH (s)-[r]->(o) RETURN o.key AS o ORDER BY o", "csv"),
            "o\r\nB\r\nname:c\r\n");
}

TEST_F(ClaimsImportTest, ALineCutShortLeavesNothing) {
  const Program::Outcome loaded = Import(
      "{\"article\":{\"key\":\"a\"},\"claims\":[{\"subject\":\"A\",\"type\":\"T\",\"object\":"
      "\"B\"}");
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr("not valid JSON"));
  EXPECT_EQ(Query("MATCH (n) RETURN n", "csv"), "n\r\n");
}

TEST_F(ClaimsImportTest, UnknownFieldsArePassedOverAndNamed) {
  const Program::Outcome loaded = Import(
      R"({"article":{"key":"a","byline":"x"},"claims":[{"subject":"A","type":"T","object":"B",)"
      R"("mood":{"x":[1]}}],"version":2})");
  EXPECT_EQ(loaded.code, 0);
  EXPECT_THAT(loaded.err, AllOf(HasSubstr("'article.byline'"), HasSubstr("'claim.mood'"),
                                HasSubstr("'line.version'"), HasSubstr("1 claim read")));
}

TEST_F(ClaimsImportTest, AUrlServesAsKeyAndAReprintMayPrecedeItsOriginal) {
  ASSERT_EQ(Import(R"({"article":{"url":"u:2","publisher":"Q","copy_of":"u:1"},"claims":[)"
                   R"({"subject":"A","type":"T","object":"B"}]})"
                   "\n"
                   R"({"article":{"url":"u:1","publisher":"P"},"claims":[)"
                   R"({"subject":"A","type":"T","object":"B"}]})")
                .code,
            0);
  EXPECT_EQ(Query("MATCH ()-[r]->() RETURN sources(r) AS s, confidence(r) AS c"),
            "{\"s\":[\"P\"],\"c\":0.5}\n");
}

TEST_F(ClaimsImportTest, ACircleOfReprintsIsRejected) {
  const Program::Outcome loaded = Import(
      "{\"article\":{\"key\":\"a\",\"copy_of\":\"b\"}}\n{\"article\":{\"key\":\"b\",\"copy_of\":"
      "\"a\"}}");
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr("1 row rejected"));
  ExpectClean(database());
}

TEST_F(ClaimsImportTest, FirstValuesOfFactsStayAndLaterOnesOfEntitiesReplace) {
  const auto line = [](const std::string& article, const std::string& value) {
    return R"({"article":{"key":")" + article + R"("},"entities":[{"key":"A","properties":{"p":)" +
           value + R"(}}],"claims":[{"subject":"A","type":"T","object":"B","properties":{"q":)" +
           value + "}}]}\n";
  };
  ASSERT_EQ(Import(line("a", "1")).code, 0);
  const Program::Outcome second = Import(line("b", "2") + line("c", "null"));
  EXPECT_EQ(second.code, 0);
  EXPECT_THAT(second.err, HasSubstr("1 later value of facts' properties gave way"));
  EXPECT_EQ(Query("MATCH (a)-[r]->() RETURN a.p AS p, r.q AS q, size(evidence(r)) AS n", "csv"),
            "p,q,n\r\n2,1,3\r\n");
}

TEST_F(ClaimsImportTest, EntitiesKnownByNameAloneAreCountedWhenAKeyedOneTakesThemOver) {
  Import(R"({"article":{"key":"a"},"claims":[{"subject":"Foo","type":"R","object":"Bar"}]})");
  const Program::Outcome later =
      Import(R"({"article":{"key":"b"},"entities":[{"key":"k:foo","name":"Foo"}]})");
  EXPECT_EQ(later.code, 0);
  EXPECT_THAT(later.err, HasSubstr("1 entity known by name alone taken over by one with a key"));
}

TEST_F(ClaimsImportTest, BrokenTextIsRejectedWithItsColumn) {
  const Program::Outcome loaded =
      Import("{\"article\":{\"key\":\"a\"}}\n{\"article\":{\"key\":\"\xc3\x84\xff\"}}\n");
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr(":2:21: the bytes are no valid UTF-8"));
}

}  // namespace
}  // namespace entente::tools
