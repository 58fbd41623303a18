// Bytes of keys, columns, pages, blocks: what is written is read again, and no bytes whatever do
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
#include "storage/column.h"
#include "storage/fact_block.h"
#include "storage/keys.h"
#include "storage/merges.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/trend.h"

namespace entente::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();

uint64_t Pattern(int64_t v) { return static_cast<uint64_t>(v); }

// Writes and reads a column, whole, one by one and in slices.
void ExpectRoundTrip(const ColumnType& type, const std::vector<uint64_t>& values) {
  std::string bytes;
  std::string packed;
  Column::Append(type, values, &bytes, &packed);
  // Exactly as long as it must be, at the end of its own memory: reading past it is an error that
  // the sanitizer sees.
  const std::vector<char> exact = [&] {
    const std::string all = bytes + packed;
    return std::vector<char>(all.begin(), all.end());
  }();
  ByteReader reader(absl::string_view(exact.data(), exact.size()));
  Column column;
  ASSERT_TRUE(column.ReadHeader(type, &reader));
  ASSERT_TRUE(column.ReadPacked(values.size(), &reader));
  EXPECT_TRUE(reader.done());
  for (size_t i = 0; i < values.size(); ++i) ASSERT_EQ(column.At(i), values[i]);
  for (size_t begin : {size_t{0}, values.size() / 3, values.size()}) {
    for (size_t end : {begin, (begin + values.size()) / 2, values.size()}) {
      std::vector<uint64_t> slice(end - begin);
      column.Unpack(begin, end, slice.data());
      ASSERT_TRUE(std::equal(slice.begin(), slice.end(), values.begin() + begin));
    }
  }
}

TEST(ColumnTest, EveryWidthComesBack) {
  std::mt19937_64 random(7);
  for (int width = 0; width <= 64; ++width) {
    for (size_t n : {1, 2, 7, 8, 9, 63, 64, 200}) {
      const uint64_t mask = width == 64 ? kAll : (uint64_t{1} << width) - 1;
      std::vector<uint64_t> values(n);
      for (uint64_t& value : values) value = 1000 + (random() & mask);
      ExpectRoundTrip({}, values);
      for (uint64_t& value : values) value -= 5000;
      ExpectRoundTrip({}, values);
    }
  }
}

TEST(ColumnTest, NoneCostsNoRange) {
  const ColumnType type{.has_none = true, .none = Pattern(INT32_MIN)};
  ExpectRoundTrip(type, {Pattern(INT32_MIN)});
  ExpectRoundTrip(type, {Pattern(INT32_MIN), Pattern(INT32_MIN)});
  ExpectRoundTrip(type, {Pattern(-3), Pattern(INT32_MIN), Pattern(4)});
  ExpectRoundTrip(type, {7, 7, Pattern(INT32_MIN), 7});
  std::string header;
  std::string packed;
  Column::Append(type, std::vector<uint64_t>{7, 7, Pattern(INT32_MIN), 7}, &header, &packed);
  EXPECT_EQ(packed.size(), 1);
}

TEST(ColumnTest, SparseColumnsGiveBackUsualAndOtherValues) {
  constexpr ColumnType kType{.has_none = true, .none = 9, .may_be_sparse = true, .usual = 5};
  std::mt19937 random(3);
  for (const uint32_t share : {0u, 1u, 2u, 10u, 60u}) {
    for (const size_t n : {1, 7, 8, 64, 65, 200}) {
      std::vector<uint64_t> values;
      for (size_t i = 0; i < n; ++i) {
        const bool own = share > 0 && random() % share == 0;
        values.push_back(!own ? 5 : random() % 4 == 0 ? 9 : random() % 1000);
      }
      std::string headers;
      std::string packed;
      Column::Append(kType, values, &headers, &packed);
      EXPECT_EQ(headers.size() + packed.size() == 1,
                share == 0 || values == std::vector<uint64_t>(n, 5));
      const std::string bytes = headers + packed;
      ByteReader reader(bytes);
      Column column;
      ASSERT_TRUE(column.ReadHeader(kType, &reader) && column.ReadPacked(n, &reader));
      EXPECT_TRUE(reader.done());
      for (size_t i = 0; i < n; ++i) EXPECT_EQ(column.At(i), values[i]);
      const size_t begin = random() % n;
      std::vector<uint16_t> part(n - begin);
      column.Unpack(begin, n, part.data());
      for (size_t i = begin; i < n; ++i) EXPECT_EQ(part[i - begin], values[i]);
    }
  }
}

// Bytes of a column of `values`, headers and all.
size_t SizeOf(const ColumnType& type, const std::vector<uint64_t>& values) {
  std::string headers;
  std::string packed;
  Column::Append(type, values, &headers, &packed);
  return headers.size() + packed.size();
}

TEST(ColumnTest, ColumnsAreSparseOnlyWhenThatIsSmaller) {
  const ColumnType type{.may_be_sparse = true, .usual = 3};
  std::vector<uint64_t> values(64, 3);
  EXPECT_EQ(SizeOf(type, values), 1);
  values[7] = 1'000'000;
  EXPECT_LT(SizeOf(type, values), SizeOf({}, values));
  ExpectRoundTrip(type, values);
  for (size_t i = 0; i < values.size(); ++i) values[i] = i % 4;
  EXPECT_EQ(SizeOf(type, values), SizeOf({}, values));
  ExpectRoundTrip(type, values);
  ExpectRoundTrip(type, {Pattern(INT64_MIN), Pattern(INT64_MAX), 3});
}

TEST(ColumnTest, MultiplesOfTheUsualUnitArePackedByThemselves) {
  const ColumnType type{.usual_unit = 100};
  std::mt19937 random(5);
  for (const uint32_t share : {0u, 1u, 2u, 4u, 50u}) {
    for (const size_t n : {1, 7, 63, 64, 65, 300}) {
      std::vector<uint64_t> values;
      for (size_t i = 0; i < n; ++i) {
        const bool own = share > 0 && random() % share == 0;
        values.push_back(own ? random() % 10'000 : random() % 100 * 100);
      }
      ExpectRoundTrip(type, values);
      const size_t plain = SizeOf({}, values);
      EXPECT_LE(SizeOf(type, values), share == 4 && n == 300 ? plain * 8 / 10 : plain + 3);
    }
  }
}

TEST(ColumnTest, RisingColumnsDropTheNumberOfTheRow) {
  const ColumnType type{.rising = true};
  std::vector<uint64_t> values;
  for (uint64_t i = 0; i < 200; ++i) values.push_back(1'000'000 + i);
  ExpectRoundTrip(type, values);
  EXPECT_LE(SizeOf(type, values), 5);
  values[70] = 4;
  ExpectRoundTrip(type, values);
  ExpectRoundTrip(type, {kAll, 0, 5});
}

TEST(TrendTest, ALineTakesFewerBitsThanAConstantOrIsNotTaken) {
  std::vector<int64_t> days;
  std::vector<uint64_t> articles;
  std::mt19937 random(23);
  for (int i = 0; i < 200; ++i) {
    days.push_back(16'000 + random() % 3652);
    articles.push_back(kFirstArticle + static_cast<uint64_t>(days.back() - 16'000) * 378 +
                       random() % 1000);
  }
  const Trend trend = Trend::Through(days, articles);
  uint64_t least = kAll;
  uint64_t greatest = 0;
  for (size_t i = 0; i < days.size(); ++i) {
    least = std::min(least, articles[i] - trend.At(days[i]));
    greatest = std::max(greatest, articles[i] - trend.At(days[i]));
  }
  EXPECT_LT(greatest - least, 1100);
  for (uint64_t& article : articles) article = random();
  EXPECT_EQ(Trend::Through(days, articles).slope(), 0);
  EXPECT_EQ(Trend::Through({}, {}).slope(), 0);
  EXPECT_EQ(Trend::Through({3, 3}, {1, 9}).slope(), 0);
  EXPECT_EQ(Trend::Through({INT64_MIN, INT64_MAX}, {0, kAll}).slope(), 0);
}

TEST(ColumnTest, ScaledColumnsDropACommonFactor) {
  const ColumnType type{.scaled = true, .has_none = true, .none = Pattern(INT64_MIN)};
  const int64_t day = 86'400'000'000;
  const std::vector<uint64_t> values = {Pattern(19000 * day), Pattern(19003 * day),
                                        Pattern(INT64_MIN), Pattern(19001 * day)};
  ExpectRoundTrip(type, values);
  std::string header;
  std::string packed;
  Column::Append(type, values, &header, &packed);
  EXPECT_EQ(packed.size(), 2);
  ExpectRoundTrip(type, {Pattern(INT64_MAX), Pattern(INT64_MIN + 1), Pattern(INT64_MIN)});
  ExpectRoundTrip(type, {});
}

TEST(ColumnTest, AnyScaleIsFoundAndDividedBy) {
  const ColumnType type{.scaled = true, .has_none = true, .none = Pattern(INT64_MIN)};
  std::mt19937_64 random(6);
  for (int round = 0; round < 400; ++round) {
    const uint64_t scale = std::max<uint64_t>(random() >> random() % 64, 1);
    const uint64_t most = uint64_t{INT64_MAX} / scale;
    const uint64_t base = Pattern(-static_cast<int64_t>(random() >> 2));
    std::vector<uint64_t> values = {base};
    for (int i = 0; i < 20; ++i) {
      const uint64_t times = random() % (most + 1) >> random() % 60;
      values.push_back(i % 7 == 6 ? Pattern(INT64_MIN) : base + times * scale);
    }
    ExpectRoundTrip(type, values);
    std::string header;
    std::string packed;
    Column::Append(type, values, &header, &packed);
    ByteReader bytes(header);
    uint8_t width;
    int64_t stored_base;
    uint64_t stored_scale;
    ASSERT_TRUE(bytes.Fixed(&width) && bytes.Signed(&stored_base) && bytes.Varint(&stored_scale));
    const bool all_alike = std::all_of(values.begin(), values.end(), [&](uint64_t value) {
      return value == values[0] || value == type.none;
    });
    EXPECT_TRUE(all_alike || stored_scale % scale == 0) << scale;
  }
}

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
