// The ICEWS format, whole on the shared sample and in its quirks on small files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/shared_data.h"
#include "tests/tools/program.h"

namespace entente::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

constexpr char kHeader[] =
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\t"
    "Intensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\t"
    "City\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n";

std::vector<std::string> Split(const std::string& line, char separator) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, separator);) cells.push_back(cell);
  return cells;
}

class IcewsImportTest : public ProgramTest {};

// The numbers that the issue of the sample's import names, and what the file itself amounts to.
class IcewsSharedDataTest : public SharedDataTest {
 protected:
  struct Tool : ProgramTest {
    using ProgramTest::database;
    using ProgramTest::Dump;
    using ProgramTest::ExpectClean;
    using ProgramTest::Query;
    using ProgramTest::Run;
    void TestBody() override {}
  };
  Tool tool_;
};

TEST_F(IcewsSharedDataTest, LoadsTheSampleWhole) {
  const std::string sample = SharedPath("data/icews/events.2018.sample.tab");
  std::istringstream file(ReadWhole(sample));
  std::string line;
  std::getline(file, line);
  size_t events = 0;
  std::set<std::vector<std::string>> facts, evidence;
  std::set<std::string> actors, articles, publishers, either;
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::vector<std::string> cells = Split(line, '\t');
    ASSERT_GE(cells.size(), 14);
    ++events;
    // Date, subject, event text, object; then article and sentence.
    const std::vector<std::string> fact{cells[1], cells[2], cells[5], cells[8]};
    facts.insert(fact);
    evidence.insert({cells[1], cells[2], cells[5], cells[8], cells[11], cells[12]});
    actors.insert({cells[2], cells[8]});
    articles.insert(cells[11]);
    if (cells[13] != "NA") publishers.insert(cells[13]);
  }
  either.insert(actors.begin(), actors.end());
  either.insert(publishers.begin(), publishers.end());
  EXPECT_EQ(events, 3705);
  EXPECT_EQ(facts.size(), 2734);
  EXPECT_EQ(evidence.size(), 3705);
  EXPECT_EQ(articles.size(), 1876);
  EXPECT_EQ(publishers.size(), 107);
  EXPECT_EQ(actors.size(), 1397);
  EXPECT_EQ(actors.size() + publishers.size() - either.size(), 1);

  const Program::Outcome loaded = tool_.Run({"import", tool_.database(), sample});
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_EQ(loaded.out, "");
  EXPECT_THAT(loaded.err, HasSubstr("3,705 claims read"));
  EXPECT_THAT(loaded.err, HasSubstr("0 rows rejected"));
  const auto count = [&](const std::string& statement) {
    return std::stoul(Split(tool_.Query(statement, "csv"), '\n').at(1));
  };
  EXPECT_EQ(count("MATCH ()-[r]->() RETURN count(r)"), facts.size());
  EXPECT_EQ(count("MATCH ()-[r]->() RETURN sum(size(evidence(r)))"), evidence.size());
  EXPECT_EQ(count("MATCH (a:Article) RETURN count(a)"), articles.size());
  EXPECT_EQ(count("MATCH (a:Article) RETURN count(DISTINCT publisher(a))"), publishers.size());
  EXPECT_EQ(count("MATCH (n:Actor) RETURN count(n)"), actors.size());
  EXPECT_EQ(
      count("MATCH (a:Article) WITH DISTINCT publisher(a) AS p WHERE p:Actor RETURN count(p)"), 1);
  EXPECT_EQ(count("MATCH (n) WHERE NOT n:Article RETURN count(n)"), either.size());
  const std::string statistics = tool_.Run({"stats", tool_.database()}).out;
  EXPECT_THAT(statistics, HasSubstr("2,734  facts\n"));
  EXPECT_THAT(statistics, HasSubstr("3,705  pieces of evidence\n"));
  EXPECT_THAT(statistics, HasSubstr("1,876  articles\n"));
  tool_.ExpectClean(tool_.database());
}

TEST_F(IcewsSharedDataTest, LoadingTheSampleAgainChangesNothing) {
  const std::string sample = SharedPath("data/icews/events.2018.sample.tab");
  ASSERT_EQ(tool_.Run({"import", tool_.database(), sample}).code, 0);
  const std::string before = tool_.Dump(tool_.database());
  const Program::Outcome again = tool_.Run({"import", tool_.database(), sample});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.err, HasSubstr("new: 0 facts, 0 pieces of evidence, 0 articles, 0 entities\n"));
  EXPECT_EQ(again.err.find("changed:"), std::string::npos) << again.err;
  EXPECT_TRUE(tool_.Dump(tool_.database()) == before);
  tool_.ExpectClean(tool_.database());
}

TEST_F(IcewsSharedDataTest, AnswersWhoSupportsWhomAtOnce) {
  ASSERT_EQ(
      tool_.Run({"import", tool_.database(), SharedPath("data/icews/events.2018.sample.tab")}).code,
      0);
  const std::vector<std::string> rows = Split(tool_.Query("WHO SUPPORTS WHOM?", "csv"), '\n');
  EXPECT_EQ(rows.at(0),
            "subject,relation,object,since,until,confidence,sources,contested,last_reported\r");
  std::set<std::string> relations;
  for (const std::string& row :
       Split(tool_.Query("MATCH ()-[r:SUPPORTS]->() RETURN DISTINCT type(r)", "csv"), '\n')) {
    relations.insert(row.substr(0, row.find('\r')));
  }
  EXPECT_THAT(relations, IsSupersetOf({"PRAISE_OR_ENDORSE", "PROVIDE_HUMANITARIAN_AID"}));
  EXPECT_EQ(relations.count("MAKE_STATEMENT"), 0);
  EXPECT_EQ(rows.size(),
            1 + std::stoul(Split(tool_.Query("MATCH ()-[r:SUPPORTS]->() RETURN count(r)", "csv"),
                                 '\n')[1]));
}

TEST_F(IcewsImportTest, EachColumnGoesToItsPlace) {
  const Program::Outcome loaded =
      Import(std::string(kHeader) +
             "77\t2018-06-01\tMinistry of Japan\tGovernment,Foreign Ministry\tJapan\t"
             "Provide military aid\t072\t8.3\tVietnam\tNA\tVietnam\t4711\t5\tMainichi\tOsaka\t"
             "Osaka-shi\tOsaka-fu\tJapan\t34.6937\t135.502\n");
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_EQ(
      Query("MATCH (s:Actor)-[r:SUPPORTS]->(o:Actor) RETURN s.name AS s, s.sectors AS sectors, "
            "s.country AS country, type(r) AS type, properties(r) AS properties, o.name AS o, "
            "o.sectors AS none"),
      R"({"s":"Ministry of Japan","sectors":["Government","Foreign Ministry"],"country":"Japan",)"
      R"("type":"PROVIDE_MILITARY_AID","properties":{"cameo_code":"072","city":"Osaka",)"
      R"("country":"Japan","district":"Osaka-shi","event_id":"77","intensity":8.3,)"
      R"("latitude":34.6937,"longitude":135.502,"province":"Osaka-fu",)"
      R"("valid_from":"2018-06-01","valid_to":"2018-06-02"},"o":"Vietnam","none":null})"
      "\n");
  EXPECT_EQ(Query("MATCH ()-[r]->() UNWIND evidence(r) AS e RETURN e.article.key AS article, "
                  "e.publisher.name AS publisher, e.published AS published, e.sentence AS sentence,"
                  " e.confidence AS confidence, e.stance AS stance"),
            R"({"article":"icews:4711","publisher":"Mainichi","published":"2018-06-01T00:00Z",)"
            R"("sentence":5,"confidence":0.5,"stance":"reports"})"
            "\n");
}

TEST_F(IcewsImportTest, TakesMonthDayYearAndNullsAndQuotesAsTheyAre) {
  const Program::Outcome loaded =
      Import(std::string(kHeader) +
             "1\t6/1/2018\t\"A\" \"\tNA\tNA\tMake statement\t010\t0\tO'Neill\tNA\tNA\t1\tNA\tNA\t"
             "NA\tNA\tNA\tNA\tNA\tNA\n"
             "1\t12/31/2018\t\"A\" \"\tNA\tNA\tMake statement\t010\t0\tO'Neill\tNA\tNA\t2\t1\t"
             "The \"Daily\"\tNA\tNA\tNA\tNA\tNA\tNA\r\n");
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_EQ(Query("MATCH (s)-[r]->(o) UNWIND evidence(r) AS e RETURN s.name AS s, keys(s) AS keys, "
                  "o.name AS o, r.valid_from AS since, r.valid_to AS until, e.publisher.name AS p, "
                  "e.sentence AS n ORDER BY since"),
            R"({"s":"\"A\" \"","keys":["key","name"],"o":"O'Neill","since":"2018-06-01",)"
            R"("until":"2018-06-02","p":null,"n":null})"
            "\n"
            R"({"s":"\"A\" \"","keys":["key","name"],"o":"O'Neill","since":"2018-12-31",)"
            R"("until":"2019-01-01","p":"The \"Daily\"","n":1})"
            "\n");
}

TEST_F(IcewsImportTest, RejectsBadRowsWithTheirPlaceAndLoadsTheRest) {
  const std::string tail = "\tNA\tNA\t1\t1\tP\tNA\tNA\tNA\tNA\tNA\tNA\n";
  const Program::Outcome loaded =
      Import(std::string(kHeader) + "1\t13/1/2018\tÄ\tNA\tNA\tMake statement\t010\t0\tB" + tail +
                 "2\t2018-06-01\tÄ\tNA\tNA\tMake statement\t010\tmuch\tB" + tail +
                 "3\t2018-06-01\tNA\tNA\tNA\tMake statement\t010\t0\tB" + tail +
                 "4\t2018-06-01\tÄ\n"
                 "5\t2018-02-30\tÄ\tNA\tNA\tMake statement\t010\t0\tB" +
                 tail + "6\t2018-06-01\tÄ\tNA\tNA\tMake statement\t010\tnan\tB" + tail +
                 "7\t2018-06-01\tÄ\tNA\tNA\tMake statement\t010\t0\tB" + tail,
             {"--rejects", PathOf("rejects.csv")});
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr("1 claim read"));
  EXPECT_THAT(loaded.err, HasSubstr("6 rows rejected"));
  const std::string file = PathOf("input");
  EXPECT_EQ(ReadWhole(PathOf("rejects.csv")),
            "file,line,column,reason\n" + file +
                ",2,3,Event Date '13/1/2018' is no date (YYYY-MM-DD or M/D/YYYY)\n" + file +
                ",3,41,Intensity is not a number\n" + file + ",4,14,Source Name is missing\n" +
                file + ",5,15,the row has 3 columns where the header has 20\n" + file +
                ",6,3,Event Date '2018-02-30' is no date (YYYY-MM-DD or M/D/YYYY)\n" + file +
                ",7,41,Intensity is not a number\n");
}

TEST_F(IcewsImportTest, RowsOfOtherWidthUnknownCodesAndBrokenTextAreRejected) {
  const std::string head = "\t2018-06-01\tA\tNA\tNA\tMake statement\t";
  const std::string tail = "\tNA\tNA\t1\t1\tP\tNA\tNA\tNA\tNA\tNA\tNA";
  const Program::Outcome loaded = Import(
      std::string(kHeader) + "1" + head + "010\t0\tB" + tail + "\tmore\n2" + head +
          "010\t0\tB\tNA\n3" + head + "999\t0\tB" + tail + "\n4" + head + "01x\t0\tB" + tail +
          "\n5" + head + "010\t0\tB\xc3\x84\xff" + tail + "\n6" + head + "NA\t0\tB" + tail + "\n",
      {"--rejects", PathOf("rejects.csv")});
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr("1 claim read"));
  const std::string file = PathOf("input");
  EXPECT_EQ(ReadWhole(PathOf("rejects.csv")),
            "file,line,column,reason\n" + file +
                ",2,75,the row has 21 columns where the header has 20\n" + file +
                ",3,47,the row has 10 columns where the header has 20\n" + file +
                ",4,37,CAMEO Code '999' is not one of CAMEO's\n" + file +
                ",5,37,CAMEO Code '01x' is not one of CAMEO's\n" + file +
                ",6,45,the bytes are no valid UTF-8\n");
}

TEST_F(IcewsImportTest, AFileWithoutANeededColumnIsNotRead) {
  const Program::Outcome loaded = Import("Event ID\tEvent Date\tSource Name\n1\t2018-06-01\tA\n");
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr(":1: the header has no column 'Event Text'"));
}

}  // namespace
}  // namespace entente::tools
