// Bytes of keys, pages, blocks: what is written is read again, and no bytes whatever do
// worse than DataLoss.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/adjacency_page.h"
#include "storage/article_facts.h"
#include "storage/chunk_summary.h"
#include "storage/fact_block.h"
#include "storage/keys.h"
#include "storage/merges.h"
#include "storage/nodes.h"
#include "storage/provenance.h"

namespace entente::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();

TEST(KeysTest, OrderOfBytesIsOrderOfFields) {
  const std::vector<std::string> texts = {"",
                                          std::string("\0", 1),
                                          std::string("\0a", 2),
                                          "a",
                                          std::string("a\0", 2),
                                          std::string("a\0b", 3),
                                          "aa",
                                          "b",
                                          "\xff"};
  std::string before;
  for (const std::string& text : texts) {
    for (uint64_t node : {uint64_t{0}, uint64_t{255}, uint64_t{256}, kAll}) {
      const std::string key = KeyWriter().Escaped(text).U64(node).bytes();
      EXPECT_LT(before, key);
      before = key;
      KeyReader reader(key);
      std::string read;
      uint64_t id;
      ASSERT_TRUE(reader.Escaped(&read));
      ASSERT_TRUE(reader.U64(&id));
      EXPECT_TRUE(reader.done());
      EXPECT_EQ(read, text);
      EXPECT_EQ(id, node);
    }
  }
  EXPECT_LT(AdjacencyKey(Direction::kOut, kAll, 0), AdjacencyKey(Direction::kIn, 0, 0));
  EXPECT_LT(AdjacencyKey(Direction::kIn, 5, 255), AdjacencyKey(Direction::kIn, 5, 256));
}

std::vector<EdgeRow> Rows(const EdgeColumns& edges) {
  std::vector<EdgeRow> rows;
  for (size_t i = 0; i < edges.size; ++i) rows.push_back(RowAt(edges, i));
  return rows;
}

EdgeRow RandomRow(std::mt19937& random) {
  return {.relation = static_cast<RelationId>(random() % 3),
          .other = random() % 5,
          .fact = random() % 20,
          .valid_from = random() % 3 == 0 ? kOpenStart : static_cast<int32_t>(random() % 9000),
          .valid_to = random() % 3 == 0 ? kOpenEnd : static_cast<int32_t>(random() % 9000),
          .first_reported = static_cast<int32_t>(random() % 9000),
          .confidence = static_cast<uint16_t>(random() % 10001),
          .flags = static_cast<uint8_t>(random() % 8)};
}

TEST(AdjacencyPageTest, PendingRowsReadTheSameBeforeAndAfterFolding) {
  std::mt19937 random(3);
  const auto order = [](const EdgeRow& row) {
    return std::make_tuple(row.relation, row.other, row.fact);
  };
  for (int round = 0; round < 200; ++round) {
    std::string value(EmptyPageValue());
    std::vector<EdgeRow> model;
    for (int i = random() % 150; i > 0; --i) {
      const EdgeRow row = RandomRow(random);
      auto at = std::find_if(model.begin(), model.end(),
                             [&](const EdgeRow& other) { return order(other) == order(row); });
      if (at == model.end()) {
        AppendPendingRow(EdgeOp::kInsert, row, &value);
        model.push_back(row);
      } else if (random() % 2 == 0) {
        AppendPendingRow(EdgeOp::kUpdate, row, &value);
        *at = row;
      } else {
        AppendPendingRow(EdgeOp::kErase, row, &value);
        model.erase(at);
      }
      if (random() % 4 == 0) FoldPending(&value);
    }
    std::sort(model.begin(), model.end(),
              [&](const EdgeRow& a, const EdgeRow& b) { return order(a) < order(b); });
    const auto page = PageValue::Parse(value);
    ASSERT_TRUE(page.ok()) << page.status();
    EdgeColumns edges;
    page->Read(RelationFilter(), kAllColumns, &edges);
    EXPECT_EQ(Rows(edges), model);
    const std::string folded = EncodePageValue(edges);
    const auto rebuilt = PageValue::Parse(folded);
    ASSERT_TRUE(rebuilt.ok());
    EdgeColumns again;
    rebuilt->Read(RelationFilter(), kAllColumns, &again);
    EXPECT_EQ(Rows(again), model);
    EXPECT_EQ(page->Count(RelationFilter()).edges, model.size());
    EXPECT_EQ(page->Count(RelationFilter()).visible, rebuilt->Count(RelationFilter()).visible);
  }
}

TEST(AdjacencyPageTest, ManyPendingRowsAreFoldedAndFewAreNot) {
  std::string value(EmptyPageValue());
  EdgeRow row;
  row.relation = 1;
  row.other = 2;
  for (FactId fact = 0; fact < 5; ++fact) {
    row.fact = fact;
    AppendPendingRow(EdgeOp::kInsert, row, &value);
  }
  std::string folded = value;
  FoldPending(&folded);
  EXPECT_EQ(folded, value);
  for (FactId fact = 5; fact < 500; ++fact) {
    row.fact = fact;
    AppendPendingRow(EdgeOp::kInsert, row, &value);
  }
  folded = value;
  FoldPending(&folded);
  EXPECT_LT(folded.size(), value.size() / 5);
}

TEST(AdjacencyPageTest, WantedColumnsAloneAreFilled) {
  EdgeColumns edges;
  std::mt19937 random(5);
  AppendRow(RandomRow(random), kAllColumns, &edges);
  const std::string value = EncodePageValue(edges);
  const auto page = PageValue::Parse(value);
  ASSERT_TRUE(page.ok());
  EdgeColumns some;
  page->Read(RelationFilter(), kOtherColumn | kFlagsColumn, &some);
  EXPECT_EQ(some.size, 1);
  EXPECT_EQ(some.other, edges.other);
  EXPECT_EQ(some.flags, edges.flags);
  EXPECT_THAT(some.fact, IsEmpty());
  EXPECT_THAT(some.relation, IsEmpty());
}

std::vector<StoredFact> RandomFacts(std::mt19937& random, FactId first) {
  std::vector<StoredFact> facts;
  for (FactId id = first; id < first + 20; ++id) {
    if (random() % 4 == 0) continue;
    StoredFact& fact = facts.emplace_back();
    fact.id = id;
    fact.record.subject = random() % 9;
    fact.record.relation = random() % 5;
    fact.record.object = random() % 1000;
    if (random() % 2) fact.record.valid_from = static_cast<int32_t>(random());
    if (random() % 2) fact.record.valid_to = static_cast<int32_t>(random());
    fact.record.flags = static_cast<uint16_t>(random());
    fact.record.support = static_cast<uint16_t>(random() % 10001);
    fact.record.confidence = static_cast<uint16_t>(random() % 10001);
    if (random() % 2) fact.record.first_reported = static_cast<int64_t>(random()) << 20;
    if (random() % 2) fact.record.last_reported = -static_cast<int64_t>(random());
    fact.record.properties = std::string(random() % 9, 'p');
    fact.record.identity = std::string(random() % 3, 'i');
    for (int i = random() % 4; i > 0; --i) {
      fact.record.evidence.push_back({.article = kFirstArticle + random() % 9,
                                      .stance = static_cast<Stance>(random() % 3),
                                      .confidence = (random() % 1000) / 999.0,
                                      .quote = std::string(random() % 5, 'q')});
    }
    fact.evidence_total = fact.record.evidence.size();
  }
  return facts;
}

TEST(FactBlockTest, ConfidencesAreKeptToTheBit) {
  std::vector<Evidence> evidence;
  for (double confidence : {0.0, -0.0, 1.0, 0.5, 0.9, 0.1 + 0.2, 1.0 / 3, 0.12345, 1e-300}) {
    evidence.push_back({.article = kFirstArticle, .confidence = confidence, .quote = "q"});
  }
  const auto decoded = DecodeEvidencePage(EncodeEvidencePage(evidence));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, evidence);
  EXPECT_TRUE(std::signbit((*decoded)[1].confidence));
}

TEST(FactBlockTest, FactsComeBack) {
  std::mt19937 random(11);
  for (int round = 0; round < 100; ++round) {
    const FactId first = uint64_t{random()} * 128;
    const std::vector<StoredFact> facts = RandomFacts(random, first);
    if (facts.empty()) continue;
    const std::string bytes = EncodeFactBlock(first, facts);
    const auto block = FactBlock::Parse(first, 4, bytes);
    ASSERT_TRUE(block.ok()) << block.status();
    ASSERT_EQ(block->size(), facts.size());
    for (size_t i = 0; i < facts.size(); ++i) {
      ASSERT_EQ(block->Find(facts[i].id), i);
      EXPECT_EQ(block->Read(i)->record, facts[i].record);
    }
    EXPECT_FALSE(block->Find(first + 20).has_value());
  }
}

const Vocabulary& QuoteWords() {
  static const auto* const vocabulary = [] {
    VocabularySample sample;
    for (int i = 0; i < 50; ++i) sample.Add("the minister said that talks would go on");
    return new Vocabulary(*Vocabulary::Parse(sample.Learn(1)));
  }();
  return *vocabulary;
}

std::vector<StoredFact> QuotedFacts() {
  std::vector<StoredFact> facts(20);
  for (size_t i = 0; i < facts.size(); ++i) {
    facts[i].id = 256 + i;
    for (size_t k = 0; k < i % 3; ++k) {
      Evidence& piece = facts[i].record.evidence.emplace_back();
      piece.article = kFirstArticle + i;
      if (i % 4 != 0) piece.quote = i == 5 ? "Unheard-of" : "that talks would go on";
    }
    facts[i].evidence_total = facts[i].record.evidence.size();
  }
  return facts;
}

TEST(FactBlockTest, QuotesTakeAVocabularyWhereThatIsSmaller) {
  std::vector<StoredFact> facts = QuotedFacts();
  TextEncoder encoder{.number = 9, .encoder = VocabularyEncoder(QuoteWords())};
  const std::string bytes = EncodeFactBlock(256, facts, &encoder);
  EXPECT_TRUE(encoder.used);
  EXPECT_LT(bytes.size() + 150, EncodeFactBlock(256, facts).size());
  auto block = FactBlock::Parse(256, 4, bytes);
  ASSERT_TRUE(block.ok());
  EXPECT_EQ(block->vocabulary(), 9);
  EXPECT_FALSE(block->QuotesAreSound());
  EXPECT_TRUE(absl::IsDataLoss(block->Read(1).status()));
  block->SetVocabulary(&QuoteWords());
  EXPECT_TRUE(block->QuotesAreSound());
  for (size_t i = 0; i < facts.size(); ++i) EXPECT_EQ(block->Read(i)->record, facts[i].record);

  for (StoredFact& fact : facts) {
    for (Evidence& piece : fact.record.evidence) piece.quote = "\x01\x02\x03\x04\x05\x06";
  }
  encoder.used = false;
  EXPECT_EQ(EncodeFactBlock(256, facts, &encoder), EncodeFactBlock(256, facts));
  EXPECT_FALSE(encoder.used);
}

TEST(FactBlockTest, ArticlesAndPlacesComeBackFromTheirTrends) {
  std::mt19937 random(29);
  std::vector<StoredFact> facts(40);
  for (size_t i = 0; i < facts.size(); ++i) {
    facts[i].id = 256 + i;
    FactRecord& fact = facts[i].record;
    fact.valid_from = i == 9 ? kOpenStart : static_cast<int32_t>(random() % 4000);
    for (int k = random() % 4; k > 0; --k) {
      const int32_t sentence = static_cast<int32_t>(random() % 40) - 1;
      fact.evidence.push_back({.article = kFirstArticle + fact.valid_from % 4001 * 300 + 1'200'000,
                               .confidence = random() % 100 / 100.0,
                               .sentence = sentence,
                               .span_start = sentence * 80,
                               .span_end = sentence * 80 + 9});
    }
    fact.support = static_cast<uint16_t>(random() % 10'000);
    facts[i].evidence_total = fact.evidence.size();
  }
  const std::string bytes = EncodeFactBlock(256, facts);
  const auto block = FactBlock::Parse(256, 4, bytes);
  ASSERT_TRUE(block.ok());
  for (size_t i = 0; i < facts.size(); ++i) {
    EXPECT_EQ(block->Read(i)->record, facts[i].record);
    std::vector<BareEvidence> bare;
    block->ReadBareEvidence(i, &bare);
    ASSERT_EQ(bare.size(), facts[i].record.evidence.size());
    for (size_t k = 0; k < bare.size(); ++k) {
      EXPECT_EQ(bare[k].article, facts[i].record.evidence[k].article);
    }
  }
}

TEST(FactListTest, ErasedFactsAreGoneFoldedOrNot) {
  std::string bytes;
  for (FactId fact : {9, 3, 9, 5}) AppendListEntry(fact, false, &bytes);
  EXPECT_THAT(*DecodeList(bytes), ElementsAre(3, 5, 9));
  AppendListEntry(3, true, &bytes);
  AppendListEntry(5, true, &bytes);
  AppendListEntry(5, false, &bytes);
  EXPECT_THAT(*DecodeList(bytes), ElementsAre(5, 9));
  std::string kept = bytes;
  FoldList(/*keep_erased=*/true, &kept);
  EXPECT_EQ(kept.size(), 3);
  EXPECT_THAT(*DecodeList(kept), ElementsAre(5, 9));
  EXPECT_THAT(*DecodeList(kept, {3, 4}), ElementsAre(4, 5, 9));
  FoldList(/*keep_erased=*/false, &bytes);
  EXPECT_EQ(bytes.size(), 2);
  EXPECT_THAT(*DecodeList(bytes), ElementsAre(5, 9));
}

TEST(ArticleFactsTest, EachArticleHasItsFacts) {
  std::map<size_t, std::vector<FactId>> expected;
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) expected[random() % 60].push_back(i * 1000 + random() % 1000);
  ArticleFactsBuilder builder;
  EXPECT_TRUE(builder.empty());
  for (const auto& [place, facts] : expected) {
    for (const FactId fact : facts) builder.Add(place, fact);
  }
  const std::string bytes = builder.Finish();
  EXPECT_TRUE(builder.empty());
  EXPECT_LT(bytes.size(), 300 * 3);
  const auto block = ArticleFactsBlock::Parse(bytes);
  ASSERT_TRUE(block.ok());
  for (size_t place = 0; place < 70; ++place) {
    EXPECT_EQ(*block->FactsAt(place), expected[place]) << place;
  }
  for (int round = 0; round < 3000; ++round) {
    std::string changed = bytes.substr(0, round % 7 == 0 ? random() % bytes.size() : bytes.size());
    for (int i = 0; i < 2 && !changed.empty(); ++i) {
      changed[random() % (round % 2 == 0 ? std::min<size_t>(30, changed.size()) : changed.size())] =
          static_cast<char>(random());
    }
    const auto broken = ArticleFactsBlock::Parse(changed);
    for (size_t place = 0; broken.ok() && place < broken->size(); ++place) {
      broken->FactsAt(place).IgnoreError();
    }
  }
}

TEST(MergeCodecTest, FactsBeforeMergesKeepAllTheirEvidence) {
  std::mt19937 random(17);
  FactBefore before;
  before.merged = 4;
  before.survivor = 9;
  before.record = RandomFacts(random, 256)[0].record;
  for (int i = 0; i < 300; ++i) {
    before.record.evidence.push_back({.article = kFirstArticle + i, .quote = "q"});
  }
  EXPECT_EQ(*DecodeFactBefore(300, EncodeFactBefore(300, before)), before);
}

// Everything that reads bytes, on `bytes`.
void ReadAsAnything(absl::string_view bytes) {
  if (const auto page = PageValue::Parse(bytes); page.ok()) {
    EdgeColumns edges;
    page->Read(RelationFilter(), kAllColumns, &edges);
    edges.Clear();
    page->Find(3, RelationFilter(), kAllColumns, &edges);
    page->Count(RelationFilter());
  }
  std::string value(bytes);
  FoldPending(&value);
  value = std::string(bytes);
  FoldList(/*keep_erased=*/true, &value);
  if (const auto lists = ArticleFactsBlock::Parse(bytes); lists.ok()) {
    for (size_t i = 0; i < lists->size(); ++i) lists->FactsAt(i).IgnoreError();
  }
  if (auto block = FactBlock::Parse(256, 4, bytes); block.ok()) {
    block->QuotesAreSound();
    for (size_t i = 0; i < block->size(); ++i) block->Read(i).status().IgnoreError();
    block->SetVocabulary(&QuoteWords());
    block->QuotesAreSound();
    for (size_t i = 0; i < block->size(); ++i) block->Read(i).status().IgnoreError();
  }
  DecodeEvidencePage(bytes).IgnoreError();
  DecodeSummary(bytes).IgnoreError();
  DecodeList(bytes).IgnoreError();
  DecodeNode(bytes).IgnoreError();
  DecodeMerge(bytes).IgnoreError();
  DecodeFactBefore(256, bytes).IgnoreError();
}

TEST(CorruptionTest, NoBytesDoWorseThanDataLoss) {
  std::mt19937 random(13);
  std::vector<std::string> seeds;
  EdgeColumns edges;
  for (FactId fact = 0; fact < 40; ++fact) {
    EdgeRow row = RandomRow(random);
    row.relation = static_cast<RelationId>(fact / 20);
    row.other = fact;
    row.fact = fact;
    AppendRow(row, kAllColumns, &edges);
  }
  seeds.push_back(EncodePageValue(edges));
  AppendPendingRow(EdgeOp::kInsert, RandomRow(random), &seeds.back());
  AppendPendingRow(EdgeOp::kErase, RandomRow(random), &seeds.back());
  const std::vector<StoredFact> facts = RandomFacts(random, 256);
  seeds.push_back(EncodeFactBlock(256, facts));
  TextEncoder quotes{.number = 9, .encoder = VocabularyEncoder(QuoteWords())};
  seeds.push_back(EncodeFactBlock(256, QuotedFacts(), &quotes));
  for (const StoredFact& fact : facts) {
    if (!fact.record.evidence.empty()) seeds.push_back(EncodeEvidencePage(fact.record.evidence));
  }
  ChunkSummary summary;
  for (size_t i = 0; i < edges.size; ++i) summary.Add(RowAt(edges, i));
  seeds.push_back(EncodeSummary(summary));
  seeds.push_back(EncodeNode({.labels = {1, 2}, .properties = "xyz", .names = {{"N", "de", ""}}}));
  seeds.push_back(EncodeMerge({.into_before = {.labels = {1}}, .articles = {5}, .facts = {1, 9}}));
  seeds.push_back(EncodeFactBefore(256, {.merged = 4, .survivor = 9, .record = facts[0].record}));
  for (const std::string& seed : seeds) {
    for (size_t length = 0; length <= seed.size(); ++length) {
      ReadAsAnything(absl::string_view(seed).substr(0, length));
    }
    for (int round = 0; round < 3000; ++round) {
      std::string bytes = seed;
      for (int i = random() % 4; i >= 0; --i) bytes[random() % bytes.size()] = random();
      if (random() % 8 == 0) bytes.resize(random() % bytes.size() + 1);
      ReadAsAnything(bytes);
    }
  }
}

}  // namespace
}  // namespace entente::storage
