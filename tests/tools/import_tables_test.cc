// The tables format: four CSV files in any order, with their columns in any order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tools/program.h"

namespace entente::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEntities[] =
    "key,name,labels,population,code,note\n"
    "iso:PRK,North Korea,Country; State,26000000,007,\"says \"\"no\"\", twice\"\n"
    "iso:RUS,Russia,Country,146.5,\"12\",\"two\nlines\"\n"
    "kcna,KCNA,,,,\n";
constexpr char kArticles[] =
    "title,key,publisher,language,published,url,copy_of\n"
    "\"A title, quoted\",a1,KCNA,de,2024-11-01T08:00:00Z,https://a.example/1,\n"
    ",a2,Reuters,,2024-11-02,,a1\n";
constexpr char kFacts[] =
    "id,subject,type,object,valid_from,valid_to,domain\n"
    "7,iso:PRK,SUPPORTS,Russia,2024-06,2025,military\n"
    "8,iso:RUS,SUPPORTS,iso:PRK,,,\n";
constexpr char kEvidence[] =
    "article,fact,stance,confidence,asserted_by,sentence,span_start,span_end,quote\n"
    "a1,7,affirms,0.9,NATO,3,512,640,\"so \"\"sagt\"\" man\"\n"
    "a2,7,,,,,,,\n";

class TablesImportTest : public ProgramTest {
 protected:
  void WriteTables() {
    Write("people", kEntities);
    Write("articles", kArticles);
    Write("facts", kFacts);
    Write("evidence", kEvidence);
  }
  Program::Outcome ImportFiles(const std::vector<std::string>& files) {
    std::vector<std::string> arguments = {"import", database()};
    for (const std::string& file : files) arguments.push_back(PathOf(file));
    return Run(arguments);
  }
};

TEST_F(TablesImportTest, EveryColumnArrives) {
  WriteTables();
  const Program::Outcome loaded = ImportFiles({"people", "articles", "facts", "evidence"});
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_THAT(loaded.err, HasSubstr("new: 2 facts, 2 pieces of evidence, 2 articles"));
  EXPECT_EQ(Query("MATCH (s:Country:State)-[r]->(o) RETURN s.key AS s, s.name AS name, "
                  "s.population AS population, s.code AS code, s.note AS note, type(r) AS type, "
                  "precision(r, 'valid_from') AS p, r.valid_to AS until, r.domain AS domain, "
                  "o.key AS o, o.population AS size, o.code AS text, o.note AS lines"),
            R"({"s":"iso:PRK","name":"North Korea","population":26000000,"code":"007",)"
            R"("note":"says \"no\", twice","type":"SUPPORTS","p":"month","until":"2025-01-01",)"
            R"("domain":"military","o":"iso:RUS","size":146.5,"text":"12","lines":"two\nlines"})"
            "\n");
  EXPECT_EQ(Query("MATCH ()-[r {domain: 'military'}]->() UNWIND evidence(r) AS e "
                  "RETURN e.article.title AS title, e.stance AS stance, e.asserted_by.name AS who, "
                  "e.publisher.name AS publisher, e.published AS at, e.confidence AS confidence, "
                  "e.sentence AS sentence, e.span AS span, e.quote AS quote ORDER BY at"),
            R"({"title":"A title, quoted","stance":"affirms","who":"NATO","publisher":"KCNA",)"
            R"("at":"2024-11-01T08:00Z","confidence":0.9,"sentence":3,"span":[512,640],)"
            R"("quote":"so \"sagt\" man"})"
            "\n"
            R"({"title":null,"stance":"reports","who":null,"publisher":"Reuters",)"
            R"("at":"2024-11-02T00:00Z","confidence":0.5,"sentence":null,"span":null,)"
            R"("quote":null})"
            "\n");
  EXPECT_EQ(Query("MATCH ()-[r]->() RETURN keys(r) AS keys ORDER BY size(keys)"),
            "{\"keys\":[]}\n{\"keys\":[\"domain\",\"valid_from\",\"valid_to\"]}\n");
  EXPECT_EQ(Query("MATCH (a {key: 'a2'}) RETURN a.copy_of AS original"), "{\"original\":\"a1\"}\n");
}

TEST_F(TablesImportTest, FilesComeInAnyOrderAndAgain) {
  WriteTables();
  const Program::Outcome loaded = ImportFiles({"evidence", "facts", "articles", "people"});
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_THAT(loaded.err, HasSubstr("new: 2 facts, 2 pieces of evidence, 2 articles"));
  const Program::Outcome again = ImportFiles({"people", "articles", "facts", "evidence"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, AllOf(HasSubstr("new: 0 facts, 0 pieces of evidence, 0 articles, 0 ent"),
                               Not(HasSubstr("changed"))));
}

TEST_F(TablesImportTest, AFileMayBeNamed) {
  // A header that tells nothing by itself.
  Write("a", "labels\nCountry\n");
  EXPECT_THAT(ImportFiles({"a"}).err, HasSubstr("cannot guess the format"));
  Write("b", "key,name\nx,X\n");
  const Program::Outcome named = Run({"import", database(), "entities=" + PathOf("b")});
  EXPECT_EQ(named.code, 0) << named.err;
  EXPECT_EQ(Query("MATCH (n {key: 'x'}) RETURN n:Article AS article"), "{\"article\":false}\n");
  const Program::Outcome article = Run({"import", database(), "articles=" + PathOf("b")});
  EXPECT_EQ(article.code, 1) << article.err;
  EXPECT_THAT(Run({"import", database(), "facts=" + PathOf("missing")}).err,
              HasSubstr("cannot open " + PathOf("missing")));
}

TEST_F(TablesImportTest, ARowMayGoOnForManyLines) {
  std::string text = "key,name,note,more\nk,K,\"first\n";
  for (int i = 0; i < 20000; ++i) text += "a \"\"quoted\"\" line\n";
  text += "last\",\"x\ny\"\nl,L,,\n";
  Write("people", text);
  const Program::Outcome loaded = ImportFiles({"people"});
  EXPECT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_EQ(Query("MATCH (n {key: 'k'}) RETURN size(n.note) AS size, n.more AS more"),
            "{\"size\":320010,\"more\":\"x\\ny\"}\n");
  EXPECT_EQ(Query("MATCH (n) RETURN count(n) AS n", "csv"), "n\r\n2\r\n");
  Write("torn", "key,name,note\nk,K,\"never\n" + std::string(1 << 16, '\n'));
  EXPECT_THAT(ImportFiles({"torn"}).err,
              HasSubstr(":2:5: a quote is not closed before the end of the file; it took the "
                        "next 65536 lines\n"));
}

TEST_F(TablesImportTest, BrokenTextRejectsItsRow) {
  Write("people",
        "key,name,note\n"
        "a,\xc3\x84\xff,x\n"
        "b,B,\"two\nlines \xe2\x82\"\n"
        "c,C,\xed\xa0\x80\n"
        "d,D,fine\n");
  Write("articles", "key,url\xff\na,b\n");
  const Program::Outcome loaded = ImportFiles({"people", "articles"});
  EXPECT_EQ(loaded.code, 2) << loaded.err;
  const Program::Outcome people = ImportFiles({"people"});
  EXPECT_EQ(people.code, 1);
  for (const char* place : {":2:4: the bytes are no valid UTF-8", ":4:7: ", ":5:5: "}) {
    EXPECT_THAT(people.err, HasSubstr(PathOf("people") + place));
  }
  EXPECT_EQ(Query("MATCH (n) RETURN n.key AS key", "csv"), "key\r\nd\r\n");
  const Program::Outcome articles = Run({"import", database(), "articles=" + PathOf("articles")});
  EXPECT_EQ(articles.code, 1);
  EXPECT_THAT(articles.err, HasSubstr(PathOf("articles") + ":1:8: "));
}

TEST_F(TablesImportTest, PlacesInRowsOfSeveralLinesAreThoseOfTheirLines) {
  Write("evidence",
        "fact,article,quote,confidence\n"
        "1,a,\"two\nlines\",9\n"
        "1,a,\"two\nÄ\"x,9\n"
        "1,a,\"three\n5\"\" gun,\n\",5\" gun\n"
        "1,a,\"three\n\nlines\",\"never\n\nmore\n");
  const std::string err = ImportFiles({"evidence"}).err;
  for (const char* rejection :
       {":3:8: 'confidence' must", ":4:5: between a closing quote", ":8:3: 'confidence' must",
        ":11:8: a quote is not closed before the end of the file; it took the next 2 lines\n"}) {
    EXPECT_THAT(err, HasSubstr(PathOf("evidence") + rejection));
  }
}

TEST_F(TablesImportTest, ARowThatIsTooLongIsPassedOverToItsEnd) {
  std::string text = "key,name,note\nk,K,\"";
  const std::string line = "evil,row," + std::string(1000, 'x') + "\n";
  while (text.size() < 66 << 20) text += line;
  Write("people", text + "\",\nl,L,\n");
  const Program::Outcome loaded = ImportFiles({"people"});
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, AllOf(HasSubstr(":2:5: a quote is not closed within 64 MiB"),
                                HasSubstr("1 row rejected\n")));
  EXPECT_EQ(Query("MATCH (n) RETURN n.key AS key", "csv"), "key\r\nl\r\n");
}

TEST_F(TablesImportTest, AFileWithoutLineFeedsIsNotRead) {
  Write("people", "key,name,x\rk,K,5\r");
  const Program::Outcome loaded = ImportFiles({"people"});
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr(":1:10: the header holds a carriage return"));
}

TEST_F(TablesImportTest, NumbersThatLoseDigitsStayText) {
  Write("people", "key,name,a,b,c,d\nk,K,12345678901234567890,1e999,-9223372036854775808,1.5e3\n");
  ASSERT_EQ(ImportFiles({"people"}).code, 0);
  EXPECT_EQ(Query("MATCH (n) RETURN n.a AS a, n.b AS b, n.c AS c, n.d AS d"),
            "{\"a\":\"12345678901234567890\",\"b\":\"1e999\",\"c\":-9223372036854775808,"
            "\"d\":1500.0}\n");
}

TEST_F(TablesImportTest, BadRowsAreRejectedWithTheirPlace) {
  Write("facts",
        "id,subject,type,object,valid_from\n"
        "1,Ä,T,B,2024\n"
        "2,Ä,T,B,someday\n"
        "1,Ä,T,C,\n"
        "3,Ä,,C,\n"
        "4,\"Ä\"x,T,B,\n"
        "5,\"Ä,T,B,\n");
  Write("ended", "subject,type,object,valid_from,valid_to\nÄ,T,B,2024,2024-01-01\n");
  Write("articles", "key,url\na,\n");
  Write("dated", "key,published\nx,2024-13-01\n");
  Write("evidence",
        "fact,article,stance,confidence,sentence,span_start,span_end,mood\n"
        "1,a,doubts,,,,,x\n"
        "1,a,,1.5,,,,\n"
        "1,a,,high,,,,\n"
        "1,a,,,-1,,,\n"
        "1,a,,,,9,3,\n"
        ",a,,,,,,\n"
        "1,,,,,,,\n"
        "9,a,,,,,,\n"
        "1,b,,,,,,\n"
        "1,a,affirms,0.7,1,2,3,\n"
        "1,a,,,,9,,\n");
  const Program::Outcome loaded =
      Run({"import", database(), "--rejects", PathOf("rejects"), PathOf("facts"), PathOf("ended"),
           PathOf("articles"), PathOf("dated"), PathOf("evidence")});
  EXPECT_EQ(loaded.code, 1) << loaded.err;
  EXPECT_THAT(loaded.err, AllOf(HasSubstr("new: 1 fact, 1 piece of evidence, 1 article"),
                                HasSubstr("'evidence.mood'")));
  const std::string rejects = ReadWhole(PathOf("rejects"));
  const std::string facts = PathOf("facts");
  const std::string evidence = PathOf("evidence");
  for (const std::string& place :
       {facts + ",3,9,\"'valid_from' is wrong: 'someday'", facts + ",4,1,\"'id' is '1'",
        facts + ",5,5,'type' is missing", facts + ",6,3,",
        facts + ",7,3,a quote is not closed before the end of the file\n",
        evidence + ",2,5,\"'stance' must be", evidence + ",3,6,'confidence' must be",
        evidence + ",4,6,'confidence' must be", evidence + ",5,7,'sentence' must be",
        PathOf("ended") + ",2,12,'valid_to' does not lie after 'valid_from'",
        PathOf("dated") + ",2,3,'published' is wrong: '2024-13-01' is no date or time",
        evidence + ",6,10,'span_end' lies before 'span_start'",
        evidence + ",12,10,'span_end' is missing", evidence + ",7,1,'fact' is missing",
        evidence + ",8,3,'article' is missing",
        evidence + ",9,1,\"'fact' is '9', the id of no fact",
        evidence + ",10,0,there is no article with the key 'b'"}) {
    EXPECT_THAT(rejects, HasSubstr(place));
  }
}

TEST_F(TablesImportTest, TextBehindTheLastColumnRejectsItsRow) {
  Write("facts", "id,subject,type,object\n1,A,T,B\n2,A,T,B, and C\n3,A,T,C,,\n");
  const Program::Outcome loaded = ImportFiles({"facts"});
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, AllOf(HasSubstr(":3:9: the row has 5 fields, the header has 4 columns"),
                                HasSubstr("new: 2 facts"), HasSubstr("1 row rejected")));
}

TEST_F(TablesImportTest, APropertyOfTwoColumnsRejectsTheFile) {
  Write("people", "key,name,x,x:json\nk,K,1,2\n");
  EXPECT_THAT(ImportFiles({"people"}).err, HasSubstr(":1:12: the header has the column 'x' twice"));
}

TEST_F(TablesImportTest, AColumnThatIsThereTwiceRejectsTheFile) {
  Write("facts", "id,subject,type,object,object\n1,A,T,B,C\n");
  const Program::Outcome loaded = ImportFiles({"facts"});
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(
      loaded.err,
      HasSubstr(":1:24: the header has the column 'object' twice, so the file is not read"));
}

TEST_F(TablesImportTest, AHeaderMayHaveVeryManyColumns) {
  std::string text = "id,subject,type,object";
  for (int i = 0; i < 500'000; ++i) text += ",c" + std::to_string(i);
  Write("facts", text + "\n1,A,T,B,C\n");
  const Program::Outcome loaded = ImportFiles({"facts"});
  EXPECT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_THAT(loaded.err, HasSubstr("new: 1 fact"));
}

TEST_F(TablesImportTest, AHeaderWithoutANeededColumnRejectsTheFileOnce) {
  Write("facts", "id,subject,kind,object\n1,A,T,B\n2,A,T,C\n");
  Write("evidence", "fact,source\n1,a\n");
  const Program::Outcome loaded =
      Run({"import", database(), "--rejects", PathOf("rejects"), "facts=" + PathOf("facts"),
           "evidence=" + PathOf("evidence")});
  EXPECT_EQ(loaded.code, 1) << loaded.err;
  EXPECT_THAT(loaded.err, HasSubstr("2 rows rejected"));
  EXPECT_THAT(ReadWhole(PathOf("rejects")),
              AllOf(HasSubstr(PathOf("facts") + ",1,0,\"the header of facts has no column 'type'"),
                    HasSubstr(PathOf("evidence") +
                              ",1,0,\"the header of evidence has no column 'article'")));
}

}  // namespace
}  // namespace entente::tools
