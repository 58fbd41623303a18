// Files that are read in parts hold what they hold when they are read as one.
#include "tools/input_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/bulk_loader.h"
#include "engine/bulk_reader.h"
#include "engine/database.h"
#include "engine/value_json.h"
#include "tests/tools/program.h"

namespace entente::tools {
namespace {

constexpr uint64_t kWhole = uint64_t{1} << 40;

using Files = std::map<std::string, std::string>;  // by name

class InputReadingTest : public ::testing::Test {
 protected:
  std::string PathOf(const std::string& name) const { return scratch_.root() + "/" + name; }

  std::unique_ptr<InputFile> Open(const std::string& content) {
    WriteWhole(PathOf("file"), content);
    return *InputFile::Open(PathOf("file"));
  }

  // A line for each record of the database that the files make, and for each rejection.
  std::vector<std::string> Load(const Files& files, uint64_t part_bytes) {
    std::vector<std::string> lines;
    const std::unique_ptr<Database> database = *Database::Open(":memory:");
    const std::atomic<bool> cancelled{false};
    BulkLoader::Options options;
    const InputReading* places = nullptr;
    options.on_reject = [&](const Rejection& rejection) {
      const InputPlace place = places->PlaceInSource(rejection.place);
      lines.push_back(
          absl::StrCat(place.file, ":", place.line, ":", place.column, " ", rejection.reason));
    };
    BulkLoader loader(*database, std::move(options));
    std::vector<InputReading::Source> sources;
    for (const auto& [name, content] : files) {
      WriteWhole(PathOf(name), content);
      sources.push_back({*InputFile::Open(PathOf(name)), "", ""});
    }
    InputReading reading(loader, std::move(sources), cancelled, part_bytes);
    places = &reading;
    EXPECT_TRUE(reading.Read([](uint64_t) {}).ok());
    EXPECT_TRUE(loader.TellRejections().ok());
    reading.EachUnknownField([&](uint32_t file, const std::string& field, uint64_t times) {
      lines.push_back(absl::StrCat(file, " ", field, " ", times));
    });
    EXPECT_TRUE(loader.Finish().ok());
    const std::unique_ptr<BulkReader> reader = *BulkReader::Open(*database);
    EXPECT_TRUE(reader
                    ->EachArticle([&](const ArticleInput& article) {
                      lines.push_back(
                          absl::StrCat(article.key, " ", article.publisher, " ", article.title));
                      return absl::OkStatus();
                    })
                    .ok());
    EXPECT_TRUE(reader
                    ->EachFact([&](const ClaimInput& fact, const std::vector<ClaimInput>& pieces) {
                      lines.push_back(absl::StrCat(fact.subject, " ", fact.type, " ", fact.object));
                      for (const ClaimInput& piece : pieces) {
                        lines.push_back(absl::StrCat("  ", piece.article, " ",
                                                     piece.evidence.confidence, " ",
                                                     piece.evidence.quote));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return lines;
  }

  storage::ScratchDirectory scratch_;
};

std::vector<std::string> LinesOf(InputFile& file) {
  std::vector<std::string> lines;
  absl::string_view line;
  while (*file.NextLine(&line)) lines.push_back(absl::StrCat(file.line_number(), " ", line));
  return lines;
}

TEST_F(InputReadingTest, AFileIsCutBehindALineAndLinesCountAnew) {
  const std::unique_ptr<InputFile> file = Open("one\ntwo\nthree\nfour\n");
  const std::unique_ptr<InputFile> rest = *file->Cut(5);
  ASSERT_NE(rest, nullptr);
  EXPECT_THAT(LinesOf(*file), testing::ElementsAre("1 one", "2 two"));
  EXPECT_THAT(LinesOf(*rest), testing::ElementsAre("1 three", "2 four"));
  rest->Rewind();
  EXPECT_THAT(LinesOf(*rest), testing::ElementsAre("1 three", "2 four"));
}

TEST_F(InputReadingTest, AFileIsCutBehindLinesThatWereTaken) {
  const std::unique_ptr<InputFile> file = Open("one\ntwo\nthree\nfour\n");
  absl::string_view line;
  ASSERT_TRUE(*file->NextLine(&line));
  ASSERT_TRUE(*file->NextLine(&line));
  EXPECT_EQ(*file->Cut(0), nullptr);
  const std::unique_ptr<InputFile> rest = *file->Cut(9);
  ASSERT_NE(rest, nullptr);
  EXPECT_THAT(LinesOf(*file), testing::ElementsAre("3 three"));
  EXPECT_THAT(LinesOf(*rest), testing::ElementsAre("1 four"));
}

TEST_F(InputReadingTest, AFileIsNotCutAtItsEndNorInFrontOfACut) {
  const std::unique_ptr<InputFile> file = Open("one\ntwo\n");
  const std::unique_ptr<InputFile> rest = *file->Cut(2);
  ASSERT_NE(rest, nullptr);
  EXPECT_THAT(LinesOf(*rest), testing::ElementsAre("1 two"));
  EXPECT_EQ(*rest->Cut(0), nullptr);
  EXPECT_EQ(*Open("one\ntwo")->Cut(4), nullptr);
}

// Some titles go over several lines, some rows are bad, one column is unknown.
Files Tables(absl::string_view title) {
  std::string articles = "key,publisher,title\n";
  std::string facts = "id,subject,type,object\n";
  std::string evidence = "fact,article,confidence,quote,colour\n";
  for (int i = 0; i < 60; ++i) {
    absl::StrAppend(&articles, "a", i, ",Paper ", i % 3, ",", i % 7 == 0 ? title : "plain", "\n");
    absl::StrAppend(&facts, i, ",s", i % 5, ",R,o", i, "\n");
    absl::StrAppend(&evidence, i, ",a", i * 7 % 60, ",", i % 11 == 0 ? "high" : "0.5", ",\"q\n", i,
                    "\",red\n");
  }
  return {{"articles.csv", articles}, {"evidence.csv", evidence}, {"facts.csv", facts}};
}

TEST_F(InputReadingTest, TablesInPartsAreTheTables) {
  const Files tables = Tables("\"two\nlines, \"\"quoted\"\"\"");
  const std::vector<std::string> whole = Load(tables, kWhole);
  EXPECT_GT(whole.size(), 150u);
  for (const uint64_t part : {40, 150, 400}) EXPECT_EQ(Load(tables, part), whole) << part;
}

TEST_F(InputReadingTest, ACutInTheMiddleOfARowIsMended) {
  const Files tables = Tables("five\" long");
  Files with_lines = tables;
  with_lines["articles.csv"] += "b1,Paper,\"three\nmore\nlines\"\nb2,Paper,\"two\nlines\"\n";
  const std::vector<std::string> whole = Load(with_lines, kWhole);
  for (uint64_t part = 20; part < 200; part += 9) EXPECT_EQ(Load(with_lines, part), whole) << part;
}

TEST_F(InputReadingTest, ClaimsInPartsAreTheClaims) {
  std::string lines;
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&lines, R"({"article":{"key":"a)", i, R"(","publisher":"P","title":"\"odd"},)",
                    R"("claims":[{"subject":"s)", i % 4, R"(","type":"R","object":"o","x":1}]})",
                    i % 9 == 0 ? "}" : "", "\n");
  }
  const Files files = {{"claims.jsonl", lines}};
  const std::vector<std::string> whole = Load(files, kWhole);
  EXPECT_GT(whole.size(), 40u);
  EXPECT_EQ(Load(files, 300), whole);
}

TEST_F(InputReadingTest, EventsInPartsAreTheEvents) {
  std::string lines = "Event ID\tEvent Date\tSource Name\tEvent Text\tTarget Name\tStory ID\tHue\n";
  for (int i = 0; i < 50; ++i) {
    absl::StrAppend(&lines, i, "\t2018-06-0", i % 10, "\tA", i % 3, "\tMake \"a visit\tB\t", i,
                    "\tred\n");
  }
  const Files files = {{"events.tab", lines}};
  const std::vector<std::string> whole = Load(files, kWhole);
  EXPECT_GT(whole.size(), 50u);
  EXPECT_EQ(Load(files, 200), whole);
}

}  // namespace
}  // namespace entente::tools
