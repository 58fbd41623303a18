// Decodes every hex example of storage/FORMAT.md, so that the page stays true.
#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/slice.h"
#include "storage/adjacency_page.h"
#include "storage/article_block.h"
#include "storage/article_facts.h"
#include "storage/chunk_summary.h"
#include "storage/fact_block.h"
#include "storage/keys.h"
#include "storage/merges.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/publisher_articles.h"
#include "storage/store.h"
#include "storage/view.h"

namespace entente::storage {
namespace {

// The bytes of each example, by name.
std::map<std::string, std::string> Examples() {
  const std::string page = ENTENTE_SOURCE_DIR "/storage/FORMAT.md";
  std::ifstream file(page);
  EXPECT_TRUE(file.good()) << page;
  std::map<std::string, std::string> examples;
  std::string* example = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```hex ")) {
      example = &examples[line.substr(7)];
    } else if (line.starts_with("```")) {
      example = nullptr;
    } else if (example != nullptr) {
      std::istringstream bytes(line.substr(0, line.find(';')));
      for (std::string byte; bytes >> byte;) {
        example->push_back(static_cast<char>(std::stoi(byte, nullptr, 16)));
      }
    }
  }
  return examples;
}

std::string Example(const std::string& name) {
  static const std::map<std::string, std::string> examples = Examples();
  const auto found = examples.find(name);
  EXPECT_NE(found, examples.end()) << name;
  return found == examples.end() ? std::string() : found->second;
}

constexpr EdgeRow kFirst{5, 258, 300, 19875, 19876, 19876, 9000, 3};
constexpr EdgeRow kSecond{5, 260, 301, kOpenStart, kOpenEnd, kNeverReported, 5000, 1};
constexpr EdgeRow kThird{9, 1, 302, 19880, kOpenEnd, 19890, 0, 2};
constexpr EdgeRow kFourth{9, 1, 303, 19880, kOpenEnd, 19890, 0, 2};

std::vector<Evidence> ExampleEvidence() {
  return {{.article = kFirstArticle + 4,
           .stance = Stance::kAffirms,
           .confidence = 0.9,
           .asserter = 8,
           .sentence = 3,
           .span_start = 512,
           .span_end = 640,
           .quote = "ja"},
          {.article = kFirstArticle + 6, .confidence = 1.0 / 3}};
}

TEST(FormatTest, EveryExampleIsDecoded) {
  EXPECT_THAT(
      Examples(),
      testing::UnorderedElementsAre(
          testing::Key("key-loose-fact"), testing::Key("key-page"), testing::Key("key-name"),
          testing::Key("key-index"), testing::Key("format-record"), testing::Key("node"),
          testing::Key("page"), testing::Key("summary"), testing::Key("block"),
          testing::Key("articles"), testing::Key("articles-texts"), testing::Key("vocabulary"),
          testing::Key("evidence"), testing::Key("list"), testing::Key("lists"),
          testing::Key("publisher-list"), testing::Key("merge")));
}

TEST(FormatTest, Keys) {
  EXPECT_EQ(KeyWriter(FactKey::kLoose).U64(300).bytes(), Example("key-loose-fact"));
  EXPECT_EQ(AdjacencyKey(Direction::kIn, 258, 1), Example("key-page"));
  EXPECT_EQ(KeyWriter().Escaped("kim").U64(7).bytes(), Example("key-name"));
  const std::string kim = KeyWriter(IndexKey::kProperty).U32(2).U8(0x40).Escaped("kim").bytes();
  EXPECT_EQ(kim + NodeKey(7), Example("key-index"));
}

TEST(FormatTest, FormatRecord) {
  const auto store = Store::Open(":memory:", {});
  ASSERT_TRUE(store.ok());
  const auto snapshot = (*store)->TakeSnapshot();
  rocksdb::PinnableSlice value;
  ASSERT_TRUE(*snapshot->Get(Family::kCatalogue, KeyWriter(CatalogueKey::kFormat), &value));
  EXPECT_EQ(value.ToString(), Example("format-record"));
}

TEST(FormatTest, Node) {
  NodeRecord record;
  record.labels = {0};
  record.names = {{"ja", "de", ""}};
  record.publisher = 8;
  record.published = int64_t{1'718'720'000} * 1'000'000;
  record.properties = "p";
  const absl::StatusOr<NodeRecord> decoded = DecodeNode(Example("node"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, record);
  EXPECT_EQ(EncodeNode(record), Example("node"));
}

TEST(FormatTest, Page) {
  const std::string bytes = Example("page");
  const auto page = PageValue::Parse(bytes);
  ASSERT_TRUE(page.ok());
  EdgeColumns edges;
  page->Read(RelationFilter(), kAllColumns, &edges);
  ASSERT_EQ(edges.size, 3);
  EXPECT_EQ(RowAt(edges, 0), kFirst);
  EXPECT_EQ(RowAt(edges, 1), kThird);
  EXPECT_EQ(RowAt(edges, 2), kFourth);

  EdgeColumns written;
  for (const EdgeRow& row : {kFirst, kSecond, kThird}) AppendRow(row, kAllColumns, &written);
  std::string value = EncodePageValue(written);
  AppendPendingRow(EdgeOp::kErase, kSecond, &value);
  AppendPendingRow(EdgeOp::kInsert, kFourth, &value);
  EXPECT_EQ(value, bytes);
}

TEST(FormatTest, BlockOfArticles) {
  NodeRecord first;
  first.labels = {0};
  first.publisher = 8;
  first.published = int64_t{1'718'720'000} * 1'000'000;
  NodeRecord second = first;
  second.published += kMicrosecondsPerDay;
  AppendProperty({0, 1, "story:7"}, &first.properties);
  AppendProperty({5, 1, "ja"}, &first.properties);
  AppendProperty({0, 1, "story:10"}, &second.properties);
  AppendProperty({5, 1, "nein"}, &second.properties);
  ArticleBlockBuilder builder(kFirstArticle);
  ASSERT_TRUE(builder.Add(kFirstArticle, first));
  ASSERT_TRUE(builder.Add(kFirstArticle + 1, second));
  const std::string bytes = builder.Finish(kFirstArticle, {});
  EXPECT_EQ(bytes, Example("articles")) << absl::BytesToHexString(bytes);
  auto block = ArticleBlock::Parse(kFirstArticle, bytes);
  ASSERT_TRUE(block.ok());
  const auto none = [](PropertyId, uint32_t) -> absl::StatusOr<const Vocabulary*> {
    return absl::DataLossError("");
  };
  EXPECT_EQ(*block->Read(0, none), first);
  EXPECT_EQ(*block->Read(1, none), second);
}

TEST(FormatTest, VocabularyAndBlockOfArticlesWithTexts) {
  // All letters have codes of ten bits.
  const auto vocabulary = Vocabulary::Parse(Example("vocabulary") + std::string(257, '\x0a'));
  ASSERT_TRUE(vocabulary.ok());
  NodeRecord first;
  first.labels = {0};
  first.publisher = 8;
  first.published = int64_t{1'718'720'000} * 1'000'000;
  NodeRecord second = first;
  second.published += kMicrosecondsPerDay;
  AppendProperty({5, 1, "Ja"}, &first.properties);
  AppendProperty({6, 1, "2024-06-18T14:13:20Z"}, &first.properties);
  AppendProperty({5, 1, "nein"}, &second.properties);
  AppendProperty({6, 1, "2024-06-19T14:13:20Z"}, &second.properties);
  TextEncoders encoders;
  encoders[5] = std::make_unique<TextEncoder>(
      TextEncoder{.number = 1, .encoder = VocabularyEncoder(*vocabulary)});
  ArticleBlockBuilder builder(kFirstArticle);
  ASSERT_TRUE(builder.Add(kFirstArticle, first));
  ASSERT_TRUE(builder.Add(kFirstArticle + 1, second));
  const std::string bytes = builder.Finish(kFirstArticle, encoders);
  EXPECT_EQ(bytes, Example("articles-texts")) << absl::BytesToHexString(bytes);
  auto block = ArticleBlock::Parse(kFirstArticle, bytes);
  ASSERT_TRUE(block.ok());
  const auto find = [&](PropertyId, uint32_t) -> absl::StatusOr<const Vocabulary*> {
    return &*vocabulary;
  };
  EXPECT_EQ(*block->Read(0, find), first);
  EXPECT_EQ(*block->Read(1, find), second);
}

TEST(FormatTest, Summary) {
  const auto summary = DecodeSummary(Example("summary"));
  ASSERT_TRUE(summary.ok());
  ASSERT_EQ(summary->relations.size(), 2);
  EXPECT_EQ(summary->relations[0].greatest_other, 260);
  ChunkSummary written;
  for (const EdgeRow& row : {kFirst, kSecond, kThird}) written.Add(row);
  EXPECT_TRUE(summary->Covers(written));
  EXPECT_EQ(EncodeSummary(written), Example("summary"));
}

TEST(FormatTest, Block) {
  StoredFact first{.id = 300, .evidence_total = 2};
  FactRecord& fact = first.record;
  fact.subject = 7;
  fact.relation = 5;
  fact.object = 258;
  fact.valid_from = 19875;
  fact.valid_to = 19876;
  fact.from_precision = fact.to_precision = Precision::kDay;
  fact.flags = kVisible | kHasEvidence | kIdentified;
  fact.support = fact.confidence = 9500;
  fact.first_reported = 19876 * kMicrosecondsPerDay;
  fact.last_reported = 19878 * kMicrosecondsPerDay;
  fact.properties = std::string(1, 'p');
  fact.evidence = ExampleEvidence();
  StoredFact second{.id = 301, .evidence_total = 0};
  second.record.subject = 7;
  second.record.relation = 5;
  second.record.object = 258;
  second.record.valid_from = 19875;
  second.record.from_precision = Precision::kDay;
  second.record.flags = kVisible;

  const std::string bytes = Example("block");
  const auto block = FactBlock::Parse(256, Geometry().inline_evidence, bytes);
  ASSERT_TRUE(block.ok());
  ASSERT_EQ(block->size(), 2);
  EXPECT_EQ(block->Read(0)->record, first.record);
  EXPECT_EQ(block->Read(1)->record, second.record);
  EXPECT_EQ(EncodeFactBlock(256, {first, second}), bytes);
}

TEST(FormatTest, EvidencePage) {
  EXPECT_EQ(*DecodeEvidencePage(Example("evidence")), ExampleEvidence());
  EXPECT_EQ(EncodeEvidencePage(ExampleEvidence()), Example("evidence"));
}

TEST(FormatTest, Merge) {
  MergeRecord record;
  record.into = 3;
  record.number = 2;
  record.articles = {kFirstArticle + 4};
  record.facts = {300, 302};
  record.into_before.labels = {1};
  EXPECT_EQ(*DecodeMerge(Example("merge")), record);
  EXPECT_EQ(EncodeMerge(record), Example("merge"));
}

TEST(FormatTest, Lists) {
  ArticleFactsBuilder builder;
  builder.Add(0, 300);
  builder.Add(0, 301);
  builder.Add(2, 300);
  const std::string bytes = builder.Finish();
  EXPECT_EQ(bytes, Example("lists")) << absl::BytesToHexString(bytes);
  const auto lists = ArticleFactsBlock::Parse(bytes);
  ASSERT_TRUE(lists.ok());
  EXPECT_THAT(*lists->FactsAt(0), testing::ElementsAre(300, 301));
  EXPECT_THAT(*lists->FactsAt(1), testing::IsEmpty());
  EXPECT_THAT(*lists->FactsAt(2), testing::ElementsAre(300));
}

TEST(FormatTest, ListOfAPublishersArticles) {
  const NodeId last = kFirstArticle + 9;
  const std::vector<NodeId> articles = {last - 6, last - 5, last - 1, last};
  EXPECT_EQ(EncodePublisherList(articles), Example("publisher-list"));
  std::vector<NodeId> read;
  ASSERT_TRUE(DecodePublisherList(last, Example("publisher-list"), &read).ok());
  EXPECT_EQ(read, articles);
}

TEST(FormatTest, List) { EXPECT_THAT(*DecodeList(Example("list")), testing::ElementsAre(301)); }

}  // namespace
}  // namespace entente::storage
