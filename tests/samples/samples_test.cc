// The samples as files: what they claim about an article must be found in it, and none of it
// copied.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/shared_data.h"

namespace entente {
namespace {

using ::testing::Ge;
using ::testing::Le;

constexpr size_t kLongestCopiedRun = 5;  // words

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::u32string CodePoints(const std::string& utf8) {
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(utf8);
  std::u32string points;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    points.push_back(static_cast<char32_t>(text.char32At(i)));
  }
  return points;
}

bool IsLetter(char32_t c) { return u_isalnum(static_cast<UChar32>(c)) != 0; }

struct Range {
  size_t begin = 0;
  size_t end = 0;
};

// A sentence ends at its full stop or question mark before a blank, or at the end of its line.
std::vector<Range> Sentences(const std::u32string& text) {
  std::vector<Range> sentences;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const bool line_ends = i == text.size() || text[i] == U'\n';
    const bool stops =
        !line_ends && i > begin && text[i] == U' ' && (text[i - 1] == U'.' || text[i - 1] == U'?');
    if (!line_ends && !stops) continue;
    if (i > begin) sentences.push_back({begin, i});
    begin = i + 1;
  }
  return sentences;
}

// All runs of `length` words, each joined by single blanks.
std::set<std::u32string> WordRuns(const std::u32string& text, size_t length) {
  std::vector<std::u32string> words(1);
  for (const char32_t c : text) {
    if (IsLetter(c)) {
      words.back().push_back(c);
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  std::set<std::u32string> runs;
  for (size_t first = 0; first + length <= words.size(); ++first) {
    std::u32string run;
    for (size_t i = first; i < first + length; ++i) run += words[i] + U' ';
    runs.insert(run);
  }
  return runs;
}

// Every string in `element`, keys left out.
void CollectStrings(const simdjson::dom::element& element, std::vector<std::string>* strings) {
  if (element.is_string()) {
    strings->emplace_back(std::string_view(element));
  } else if (element.is_array()) {
    for (const auto child : simdjson::dom::array(element)) CollectStrings(child, strings);
  } else if (element.is_object()) {
    for (const auto field : simdjson::dom::object(element)) CollectStrings(field.value, strings);
  }
}

class SeedSampleSharedDataTest : public SharedDataTest {
 protected:
  void SetUp() override {
    SharedDataTest::SetUp();
    if (IsSkipped()) return;
    article_ = CodePoints(ReadFile(SharedPath("data/seed/article.de.txt")));
    ASSERT_FALSE(article_.empty());
    const simdjson::error_code error =
        parser_.load(ENTENTE_SOURCE_DIR "/tools/samples/north-korea-russia.claims.jsonl")
            .get(line_);
    ASSERT_EQ(error, simdjson::SUCCESS);
  }

  std::u32string article_;
  simdjson::dom::parser parser_;
  simdjson::dom::element line_;  // the sample is one article, one line
};

TEST_F(SeedSampleSharedDataTest, EverySpanHoldsWholeWordsOfItsSentence) {
  const std::vector<Range> sentences = Sentences(article_);
  size_t claims = 0;
  for (const simdjson::dom::element claim : simdjson::dom::array(line_["claims"])) {
    ++claims;
    const auto number = static_cast<size_t>(uint64_t(claim["sentence"]));
    const auto begin = static_cast<size_t>(uint64_t(claim["span"].at(0)));
    const auto end = static_cast<size_t>(uint64_t(claim["span"].at(1)));
    SCOPED_TRACE(simdjson::minify(claim));
    ASSERT_THAT(number, Ge(1));
    ASSERT_THAT(number, Le(sentences.size()));
    ASSERT_LT(begin, end);
    EXPECT_THAT(begin, Ge(sentences[number - 1].begin));
    EXPECT_THAT(end, Le(sentences[number - 1].end));
    EXPECT_FALSE(begin > 0 && IsLetter(article_[begin - 1]) && IsLetter(article_[begin]));
    EXPECT_FALSE(end < article_.size() && IsLetter(article_[end - 1]) && IsLetter(article_[end]));
    std::string_view quote;
    if (claim["quote"].get(quote) == simdjson::SUCCESS) {
      EXPECT_NE(article_.substr(begin, end - begin).find(CodePoints(std::string(quote))),
                std::u32string::npos);
    }
  }
  EXPECT_THAT(claims, Ge(25));
}

TEST_F(SeedSampleSharedDataTest, CopiesNoSentence) {
  const std::set<std::u32string> article = WordRuns(article_, kLongestCopiedRun + 1);
  std::vector<std::string> strings;
  CollectStrings(line_, &strings);
  for (const std::string& text : strings) {
    for (const std::u32string& run : WordRuns(CodePoints(text), kLongestCopiedRun + 1)) {
      EXPECT_EQ(article.count(run), 0) << text;
    }
  }
}

TEST(AtlantisSampleTest, MarksEverythingAsInvented) {
  simdjson::dom::parser parser;
  simdjson::dom::document_stream lines;
  ASSERT_EQ(parser.load_many(ENTENTE_SOURCE_DIR "/tools/samples/atlantis.claims.jsonl").get(lines),
            simdjson::SUCCESS);
  size_t articles = 0;
  std::set<std::string> languages;
  for (const simdjson::dom::element line : lines) {
    ++articles;
    const simdjson::dom::element article = line["article"];
    languages.emplace(std::string_view(article["language"]));
    EXPECT_EQ(std::string_view(article["key"]).rfind("invented:", 0), 0);
    const std::string_view title = article["title"];
    EXPECT_TRUE(title.rfind("Invented: ", 0) == 0 || title.rfind("Erfunden: ", 0) == 0) << title;
    simdjson::dom::array entities;
    if (line["entities"].get(entities) != simdjson::SUCCESS) continue;
    for (const simdjson::dom::element entity : entities) {
      std::vector<std::string> labels;
      CollectStrings(entity["labels"], &labels);
      EXPECT_THAT(labels, ::testing::Contains("Invented"));
    }
  }
  EXPECT_THAT(articles, Ge(12));
  EXPECT_EQ(languages, (std::set<std::string>{"de", "en"}));
}

}  // namespace
}  // namespace entente
