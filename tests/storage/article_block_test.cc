// Blocks of articles: what is written is read again byte for byte, what a transaction writes stands
// over it, and no bytes whatever do worse than DataLoss.
#include "storage/article_block.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "storage/article_load.h"
#include "storage/article_segments.h"
#include "storage/articles.h"
#include "storage/consistency.h"
#include "storage/keys.h"
#include "storage/node_reader.h"
#include "storage/provenance.h"
#include "storage/publisher_articles.h"
#include "storage/spill.h"
#include "storage/store.h"
#include "storage/table_load.h"
#include "storage/time.h"
#include "storage/transaction.h"
#include "storage/vocabularies.h"

namespace entente::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr LabelId kLabel = 7;
constexpr PropertyId kTitle = 5;

std::string Packed(const std::vector<PackedProperty>& properties) {
  std::string packed;
  for (const PackedProperty& property : properties) AppendProperty(property, &packed);
  return packed;
}

NodeRecord Article(std::string properties) {
  NodeRecord record;
  record.labels = {kLabel};
  record.properties = std::move(properties);
  return record;
}

// Of all shapes that columns know, and of those that they must leave alone.
std::vector<NodeRecord> OddArticles() {
  const std::string binary("\x00\xff\x80 a\n", 6);
  const std::string long_text(3000, 'x');
  std::vector<NodeRecord> records;
  for (int i = 0; i < 40; ++i) {
    const std::string key = absl::StrCat("story:", 1000 + i);
    const std::string zeros = absl::StrCat("00", i);
    const std::string word = i % 3 == 0 ? "en" : "de";
    const std::string title = absl::StrCat("Title of ", i * i * 7919, ", told again");
    std::vector<PackedProperty> properties = {{1, 1, key}};
    if (i % 4 == 1) properties.push_back({2, 1, zeros});
    if (i % 10 == 3) properties.push_back({3, 2, key});
    properties.push_back({4, 1, word});
    if (i != 7) properties.push_back({5, 1, title});
    if (i == 8) properties.push_back({6, 0, binary});
    if (i == 9) properties.push_back({6, 3, long_text});
    if (i == 11) properties.push_back({9, 1, ""});
    if (i % 2 == 0) properties.push_back({300, 1, "999999999999999999"});
    if (i % 5 == 0) properties.push_back({301, 1, "12345678901234567890123"});
    NodeRecord record = Article(Packed(properties));
    if (i == 12) record.properties.clear();
    if (i % 6 != 0) record.publisher = i * 31;
    if (i % 7 != 0) record.published = int64_t{60'000'000} * i * i;
    if (i % 9 == 0) record.original = kFirstArticle + i;
    records.push_back(std::move(record));
  }
  return records;
}

absl::StatusOr<const Vocabulary*> NoVocabulary(PropertyId, uint32_t) {
  return absl::DataLossError("no vocabulary");
}

std::string BlockOf(const std::vector<NodeRecord>& records, const TextEncoders& encoders = {}) {
  ArticleBlockBuilder builder(kFirstArticle);
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_TRUE(builder.Add(kFirstArticle + i + i / 10, records[i]));
  }
  return builder.Finish(kNoId, encoders);
}

// Of the titles of OddArticles.
const Vocabulary& TitleWords() {
  static const auto* const vocabulary = [] {
    VocabularySample sample;
    for (int i = 0; i < 50; ++i) sample.Add(absl::StrCat("Title of ", i, ", told again"));
    return new Vocabulary(*Vocabulary::Parse(sample.Learn(1)));
  }();
  return *vocabulary;
}
absl::StatusOr<const Vocabulary*> FindTitleWords(PropertyId property, uint32_t number) {
  if (property != kTitle || number != 3) return absl::DataLossError("no such vocabulary");
  return &TitleWords();
}
TextEncoders TitleEncoders() {
  TextEncoders encoders;
  encoders[kTitle] = std::make_unique<TextEncoder>(
      TextEncoder{.number = 3, .encoder = VocabularyEncoder(TitleWords())});
  return encoders;
}

TEST(ArticleBlockTest, GivesBackEveryRecordByteForByte) {
  const std::vector<NodeRecord> records = OddArticles();
  const std::string bytes = BlockOf(records);
  absl::StatusOr<ArticleBlock> block = ArticleBlock::Parse(kFirstArticle, bytes);
  ASSERT_TRUE(block.ok());
  ASSERT_EQ(block->size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(block->Find(kFirstArticle + i + i / 10), i);
    const absl::StatusOr<NodeRecord> read = block->Read(i, NoVocabulary);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, records[i]) << i;
    EXPECT_EQ(block->row(i).publisher, records[i].publisher);
  }
  EXPECT_EQ(block->Find(kFirstArticle + 10), std::nullopt);
}

// Sixty articles with ids of their own, of their publishers and originals, and instants.
std::vector<NodeRecord> CountedArticles(bool in_step) {
  std::mt19937 random(1);
  const auto id = [&](uint64_t counted) {
    return in_step ? counted : std::uniform_int_distribution<uint64_t>(0, 1'000'000)(random);
  };
  std::vector<NodeRecord> records;
  for (uint64_t i = 0; i < 60; ++i) {
    const NodeId publisher = random() % 5000;
    std::vector<PackedProperty> properties;
    const std::string key = absl::StrCat("s", id(7'000'000 + 3 * (i + i / 10)));
    const std::string published_by = absl::StrCat("w", id(publisher + 300));
    const std::string copy_of = absl::StrCat("s", id(6'000'000 + 3 * i));
    properties.push_back({1, 1, key});
    properties.push_back({2, 1, published_by});
    if (i % 6 == 0) properties.push_back({3, 1, copy_of});
    NodeRecord record = Article(Packed(properties));
    record.publisher = publisher;
    record.published = int64_t{60'000'000} * (1000 + static_cast<int64_t>(id(4 * (i + i / 10))));
    if (i % 6 == 0) record.original = kFirstArticle - 1000 + i;
    records.push_back(std::move(record));
  }
  return records;
}

TEST(ArticleBlockTest, NumbersThatWereCountedUpTogetherTakeHardlyAnyRoom) {
  for (const bool in_step : {true, false}) {
    const std::vector<NodeRecord> records = CountedArticles(in_step);
    const std::string bytes = BlockOf(records);
    absl::StatusOr<ArticleBlock> block = ArticleBlock::Parse(kFirstArticle, bytes);
    ASSERT_TRUE(block.ok());
    for (size_t i = 0; i < records.size(); ++i) {
      EXPECT_EQ(*block->Read(i, NoVocabulary), records[i]) << i;
    }
    // The publishers themselves take 13 bits each.
    if (in_step) {
      EXPECT_LT(bytes.size(), 60 * 13 / 8 + 130);
    } else {
      EXPECT_GT(bytes.size(), 60 * (13 + 20 + 20 + 20) / 8);
    }
  }
}

TEST(ArticleBlockTest, InstantsAreKeptFromTheFirstToTheLast) {
  constexpr int64_t kFirst = std::numeric_limits<int64_t>::min() + 1;
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  constexpr int64_t kDays = 106'751'991 * kMicrosecondsPerDay;
  const std::vector<std::vector<int64_t>> cases = {{kFirst, kLast, 0, kNoTime},
                                                   {kNoTime, kLast, kFirst, -1, 1},
                                                   {kFirst, kFirst / 2, 0, kLast / 2, kLast},
                                                   {-kDays, 0, kDays, kNoTime},
                                                   {kNoTime, kNoTime},
                                                   {kFirst, kFirst + 1, kFirst + 2}};
  for (const std::vector<int64_t>& instants : cases) {
    std::vector<NodeRecord> records;
    for (const int64_t instant : instants) {
      records.push_back(Article(""));
      records.back().published = instant;
    }
    const std::string bytes = BlockOf(records);
    absl::StatusOr<ArticleBlock> block = ArticleBlock::Parse(kFirstArticle, bytes);
    ASSERT_TRUE(block.ok());
    for (size_t i = 0; i < records.size(); ++i) {
      EXPECT_EQ(block->row(i).published, instants[i]);
    }
  }
}

TEST(ArticleBlockTest, TextsTakeAVocabularyWhereThatIsSmaller) {
  std::vector<NodeRecord> records = OddArticles();
  TextEncoders encoders = TitleEncoders();
  const std::string bytes = BlockOf(records, encoders);
  EXPECT_TRUE(encoders[kTitle]->used);
  EXPECT_LT(bytes.size() + 400, BlockOf(records).size());
  absl::StatusOr<ArticleBlock> block = ArticleBlock::Parse(kFirstArticle, bytes);
  ASSERT_TRUE(block.ok());
  EXPECT_TRUE(absl::IsDataLoss(block->Read(0, NoVocabulary).status()));
  for (size_t i = 0; i < records.size(); ++i)
    EXPECT_EQ(*block->Read(i, FindTitleWords), records[i]);

  std::mt19937 random(1);
  for (NodeRecord& record : records) {
    std::string noise;
    for (int i = 0; i < 30; ++i) noise.push_back(static_cast<char>(random()));
    record.properties = Packed({{kTitle, 1, noise}});
  }
  encoders = TitleEncoders();
  EXPECT_EQ(BlockOf(records, encoders), BlockOf(records));
  EXPECT_FALSE(encoders[kTitle]->used);
}

TEST(ArticleBlockTest, DaysOfPublicationInTextsAreLeftOut) {
  constexpr int64_t kDay = 19'892;  // 2024-06-18
  const std::vector<std::pair<std::string, int64_t>> cases = {
      {"https://a.org/2024/06/18/x", kDay},
      {"https://a.org/2024/story-2024-06-18", kDay},
      {"https://a.org/2024-06-17/2024-06-18/2024-06-18", kDay},
      {"https://a.org/2024/06-18/x2024/06/1", kDay},
      {"https://a.org/2024/06/18/x", kDay + 1},
      {"2024/06/18", kDay},
      {"0001-01-01 and 9999/12/31", -719'162},
      {"no day", kDay}};
  for (const std::string& odd : {std::string("plain"), std::string("\x01 stands here")}) {
    std::vector<NodeRecord> records;
    VocabularySample sample;
    for (const auto& [text, day] : cases) {
      for (const bool has_instant : {true, false}) {
        NodeRecord record = Article(Packed({{kTitle, 1, text}}));
        if (has_instant) record.published = day * kMicrosecondsPerDay + 3'600'000'000;
        records.push_back(std::move(record));
        sample.Add(text);
      }
    }
    records.push_back(Article(Packed({{kTitle, 1, odd}})));
    const Vocabulary vocabulary = *Vocabulary::Parse(sample.Learn(1));
    TextEncoders encoders;
    encoders[kTitle] = std::make_unique<TextEncoder>(
        TextEncoder{.number = 3, .encoder = VocabularyEncoder(vocabulary)});
    const std::string bytes = BlockOf(records, encoders);
    absl::StatusOr<ArticleBlock> block = ArticleBlock::Parse(kFirstArticle, bytes);
    ASSERT_TRUE(block.ok());
    const auto find = [&](PropertyId, uint32_t) -> absl::StatusOr<const Vocabulary*> {
      return &vocabulary;
    };
    for (size_t i = 0; i < records.size(); ++i) {
      const absl::StatusOr<NodeRecord> read = block->Read(i, find);
      ASSERT_TRUE(read.ok()) << i;
      EXPECT_EQ(*read, records[i]) << i;
    }
  }
}

TEST(ArticleBlockTest, TextsThatTellWhenItWasPublishedAreLeftOut) {
  const auto block_size = [](const std::vector<std::string>& texts) {
    std::vector<NodeRecord> records;
    for (size_t i = 0; i < texts.size(); ++i) {
      records.push_back(Article(Packed({{1, 1, texts[i]}})));
      records.back().published = int64_t{1'718'720'000'000'000} + kMicrosecondsPerDay * i;
      if (texts[i].size() == 10) records.back().published -= int64_t{51'200'000'000};
    }
    const std::string bytes = BlockOf(records);
    absl::StatusOr<ArticleBlock> block = ArticleBlock::Parse(kFirstArticle, bytes);
    for (size_t i = 0; i < records.size(); ++i) {
      EXPECT_EQ(*block->Read(i, NoVocabulary), records[i]) << texts[i];
    }
    return bytes.size();
  };
  EXPECT_LT(block_size({"2024-06-18T14:13:20Z", "2024-06-19", "2024-06-20T14:13:20Z"}), 40);
  EXPECT_GT(block_size({"2024-06-18T14:13:20Z", "2024-06-19T14:13:21Z", "2024-06-20"}), 60);
  EXPECT_GT(block_size({"2024-06-18T14:13:20Z", "2024-06-19T14:13:20", "2024-06-20"}), 60);
}

TEST(ArticleBlockTest, LeavesOutWhatHasToStandByItself) {
  ArticleBlockBuilder builder(kFirstArticle);
  EXPECT_TRUE(builder.Add(kFirstArticle, Article("")));
  NodeRecord other = Article("");
  other.labels.push_back(8);
  EXPECT_FALSE(builder.Add(kFirstArticle + 1, other));
  NodeRecord named = Article("");
  named.names = {{"ja", "de", ""}};
  EXPECT_FALSE(builder.Add(kFirstArticle + 1, named));
  EXPECT_FALSE(builder.Add(kFirstArticle + 1, Article("no properties")));
  EXPECT_FALSE(builder.Add(kFirstArticle + 1, Article(Packed({{1, 1, std::string(9999, 'x')}}))));
  EXPECT_FALSE(builder.Add(kFirstArticle + 1, Article(Packed({{2, 1, "a"}, {1, 1, "b"}}))));
}

TEST(ArticleBlockTest, NoBytesDoWorseThanDataLoss) {
  const std::string bytes = BlockOf(OddArticles(), TitleEncoders());
  const auto read_all = [](const std::string& changed) {
    absl::StatusOr<ArticleBlock> block = ArticleBlock::Parse(kFirstArticle, changed);
    if (!block.ok()) {
      EXPECT_TRUE(absl::IsDataLoss(block.status()));
      return;
    }
    for (size_t i = 0; i < block->size(); ++i) {
      const absl::StatusOr<NodeRecord> read = block->Read(i, FindTitleWords);
      EXPECT_TRUE(read.ok() || absl::IsDataLoss(read.status()));
    }
  };
  for (size_t size = 0; size < bytes.size(); size += size < 600 ? 1 : 37) {
    read_all(bytes.substr(0, size));
  }
  std::mt19937 random(5);
  for (int round = 0; round < 4000; ++round) {
    std::string changed = bytes;
    for (int i = 0; i < 1 + round % 3; ++i) {
      changed[random() % (round % 2 == 0 ? 200 : bytes.size())] = static_cast<char>(random());
    }
    read_all(changed);
  }
}

constexpr Geometry kTiny{.block_articles = 8};

class ArticlesOfBlocksTest : public testing::Test {
 protected:
  ArticlesOfBlocksTest()
      : store_(*Store::Open(":memory:", {.create_if_missing = true, .geometry = kTiny})) {}

  // Loads articles through files; the first one's id.
  NodeId Load(const std::vector<NodeRecord>& records) {
    std::unique_ptr<Transaction> transaction = *store_->Begin();
    SpillSpace space(*store_, 0);
    TableLoad load(*transaction, space, /*files=*/true);
    const NodeId first = *transaction->NewArticlesOfBlocks(records.size());
    ArticleLoad articles(load);
    if (learns_) {
      for (const NodeRecord& record : records) articles.Sample(record.properties, record.published);
      EXPECT_TRUE(articles.Learn(1).ok());
    }
    std::set<std::pair<NodeId, NodeId>> published;
    for (size_t i = 0; i < records.size(); ++i) {
      EXPECT_TRUE(articles.Add(first + i, records[i]).ok());
      if (records[i].publisher != kNoId) published.insert({records[i].publisher, first + i});
    }
    EXPECT_TRUE(articles.Finish().ok());
    TableStream labels = load.NewStream(Family::kIndexes);
    EXPECT_TRUE(
        labels
            .Put(LabelRangeKey(kLabel, first + records.size() - 1), LabelRangeValue(records.size()))
            .ok());
    EXPECT_TRUE(labels.Finish().ok());
    PublisherStream publishers(load);
    for (const auto& [publisher, article] : published) {
      EXPECT_TRUE(publishers.Add(publisher, article).ok());
    }
    EXPECT_TRUE(publishers.Finish().ok());
    EXPECT_TRUE(transaction->Count(kArticleCount, static_cast<int64_t>(records.size())).ok());
    EXPECT_TRUE(transaction->Commit(load).ok());
    return first;
  }
  template <typename Write>
  void Commit(const Write& write) {
    std::unique_ptr<Transaction> transaction = *store_->Begin();
    ASSERT_TRUE(write(*transaction).ok());
    ASSERT_TRUE(transaction->Commit(false).ok());
  }
  std::optional<NodeRecord> Read(NodeId article) {
    const auto snapshot = store_->TakeSnapshot();
    NodeReader reader(*snapshot);
    for (int again = 0; again < 3; ++again) EXPECT_TRUE(reader.Load({article, kNoId}).ok());
    const std::optional<NodeRecord> read = *ReadNode(*snapshot, article);
    EXPECT_EQ(read.has_value(), reader.record(0) != nullptr);
    if (read.has_value() && reader.record(0) != nullptr) {
      EXPECT_EQ(*read, *reader.record(0));
    }
    return read;
  }
  std::vector<NodeId> Scan(NodeId from = kFirstArticle) {
    const auto snapshot = store_->TakeSnapshot();
    NodeCursor cursor = ScanArticles(*snapshot, from);
    std::vector<NodeId> articles;
    for (NodeId article; cursor.Next(&article);) articles.push_back(article);
    EXPECT_TRUE(cursor.status().ok());
    return articles;
  }
  std::vector<NodeId> Labelled(NodeId from = 0) {
    const auto snapshot = store_->TakeSnapshot();
    NodeCursor cursor = ScanLabel(*snapshot, kLabel, from);
    std::vector<NodeId> nodes;
    for (NodeId node; cursor.Next(&node);) nodes.push_back(node);
    EXPECT_TRUE(cursor.status().ok());
    for (NodeId node = kFirstArticle; node < kFirstArticle + 40; ++node) {
      if (from != 0) break;
      EXPECT_EQ(*HasLabel(*snapshot, kLabel, node), std::count(nodes.begin(), nodes.end(), node));
    }
    return nodes;
  }
  std::vector<NodeId> Published(NodeId publisher) {
    return *ArticlesOfPublisher(*store_->TakeSnapshot(), publisher);
  }
  NodeId PublisherInSegment(NodeId article) {
    const auto snapshot = store_->TakeSnapshot();
    ArticleSegments segments(*snapshot);
    segments.Begin();
    const ArticleRow* row = *segments.Find(article);
    return row == nullptr ? kNoId : row->publisher;
  }
  std::vector<std::string> Problems() {
    return VerifyConsistency(*store_->TakeSnapshot())->problems;
  }

  uint32_t Newest() { return *NewestVocabulary(*store_->TakeSnapshot(), kTitle); }

  std::unique_ptr<Store> store_;
  bool learns_ = false;
};

TEST_F(ArticlesOfBlocksTest, AreReadWhereTheyLie) {
  std::vector<NodeRecord> records = OddArticles();
  for (NodeRecord& record : records) record.publisher = record.original = kNoId;
  records[5].properties = Packed({{1, 1, std::string(5000, 'x')}});  // by itself
  const NodeId first = Load(records);
  for (size_t i = 0; i < records.size(); ++i) EXPECT_EQ(Read(first + i), records[i]);
  EXPECT_EQ(Read(first + records.size()), std::nullopt);
  EXPECT_EQ(Scan().size(), records.size());
  EXPECT_EQ(Scan(first + 37), (std::vector<NodeId>{first + 37, first + 38, first + 39}));
  EXPECT_THAT(Problems(), testing::IsEmpty());
}

TEST_F(ArticlesOfBlocksTest, GiveWayToWhatATransactionWrites) {
  const NodeRecord plain = Article(Packed({{1, 1, "story:1"}}));
  const NodeId first = Load(std::vector<NodeRecord>(11, plain));
  NodeRecord changed = plain;
  changed.publisher = 3;
  changed.properties.clear();
  Commit(
      [&](Transaction& transaction) { return WriteNode(transaction, first + 2, &plain, changed); });
  EXPECT_EQ(Read(first + 2), changed);
  EXPECT_EQ(Read(first + 3), plain);
  EXPECT_EQ(PublisherInSegment(first + 2), 3);
  Commit([&](Transaction& transaction) { return EraseNode(transaction, first + 2, changed); });
  Commit([&](Transaction& transaction) { return EraseNode(transaction, first + 10, plain); });
  EXPECT_EQ(Read(first + 2), std::nullopt);
  EXPECT_EQ(PublisherInSegment(first + 2), kNoId);
  EXPECT_THAT(Scan(first), ElementsAre(first, first + 1, first + 3, first + 4, first + 5, first + 6,
                                       first + 7, first + 8, first + 9));
  EXPECT_THAT(Problems(), testing::IsEmpty());
  Commit([&](Transaction& transaction) {
    return WriteNode(transaction, first + 2, nullptr, changed);
  });
  EXPECT_EQ(Read(first + 2), changed);
  EXPECT_EQ(Scan().size(), 10);
  EXPECT_THAT(Problems(), testing::IsEmpty());
}

TEST_F(ArticlesOfBlocksTest, OfALaterLoadBeginWithABlock) {
  Load(std::vector<NodeRecord>(3, Article("")));
  Commit([&](Transaction& transaction) {
    return WriteNode(transaction, *transaction.NewArticle(), nullptr, Article(""));
  });
  EXPECT_EQ(Load(std::vector<NodeRecord>(9, Article(""))), kFirstArticle + 8);
  EXPECT_EQ(Scan().size(), 13);
  EXPECT_THAT(Problems(), testing::IsEmpty());
}

TEST_F(ArticlesOfBlocksTest, HaveALabelUntilTheyLoseIt) {
  const NodeRecord plain = Article("");
  NodeRecord bare = plain;
  bare.labels.clear();
  const NodeId first = Load(std::vector<NodeRecord>(5, plain));
  const NodeId second = Load(std::vector<NodeRecord>(3, plain));
  Commit([&](Transaction& transaction) {
    return WriteNode(transaction, *transaction.NewEntity(), nullptr, plain);
  });
  std::vector<NodeId> all = {0};
  for (int i = 0; i < 5; ++i) all.push_back(first + i);
  for (int i = 0; i < 3; ++i) all.push_back(second + i);
  EXPECT_EQ(Labelled(), all);
  EXPECT_EQ(Labelled(first + 3), std::vector<NodeId>(all.begin() + 4, all.end()));
  Commit([&](Transaction& transaction) { return WriteNode(transaction, first, &plain, bare); });
  Commit([&](Transaction& transaction) { return EraseNode(transaction, second + 2, plain); });
  EXPECT_THAT(Problems(), testing::IsEmpty());
  all.erase(all.begin() + 1);
  all.pop_back();
  EXPECT_EQ(Labelled(), all);
  Commit([&](Transaction& transaction) { return WriteNode(transaction, first, &bare, plain); });
  all.insert(all.begin() + 1, first);
  EXPECT_EQ(Labelled(), all);
  EXPECT_THAT(Problems(), testing::IsEmpty());
  Commit([&](Transaction& transaction) {
    transaction.Put(Family::kIndexes, LabelRangeKey(kLabel, second + 2), "");
    return absl::OkStatus();
  });
  EXPECT_THAT(Problems(), testing::Contains(HasSubstr("broken range of a label")));
  EXPECT_TRUE(absl::IsDataLoss(HasLabel(*store_->TakeSnapshot(), kLabel, second).status()));
}

TEST_F(ArticlesOfBlocksTest, ArePublishedByTheirPublisherUntilThatChanges) {
  std::vector<NodeRecord> records(700, Article(""));
  std::vector<NodeId> of_three;
  for (size_t i = 0; i < records.size(); ++i) {
    records[i].publisher = i % 5 == 0 || i > 680 ? 3 : i == 2 ? 5 : 4;
    if (records[i].publisher == 3) of_three.push_back(kFirstArticle + i);
  }
  EXPECT_EQ(Load(records), kFirstArticle);
  EXPECT_EQ(Published(3), of_three);
  EXPECT_THAT(Published(5), ElementsAre(kFirstArticle + 2));
  EXPECT_EQ(Published(4).size(), 699 - of_three.size());
  EXPECT_THAT(Published(2), testing::IsEmpty());
  NodeRecord other = records[0];
  other.publisher = 2;
  Commit([&](Transaction& transaction) {
    return WriteNode(transaction, kFirstArticle, &records[0], other);
  });
  Commit([&](Transaction& transaction) {
    return EraseNode(transaction, kFirstArticle + 690, records[690]);
  });
  EXPECT_THAT(Published(2), ElementsAre(kFirstArticle));
  EXPECT_EQ(Published(3).front(), kFirstArticle + 5);
  EXPECT_EQ(Published(3).size(), of_three.size() - 2);
  EXPECT_THAT(Problems(), testing::IsEmpty());
  Commit([&](Transaction& transaction) {
    return WriteNode(transaction, kFirstArticle, &other, records[0]);
  });
  Commit([&](Transaction& transaction) {
    return WriteNode(transaction, kFirstArticle + 690, nullptr, records[690]);
  });
  EXPECT_EQ(Published(3), of_three);
  EXPECT_THAT(Published(2), testing::IsEmpty());
  EXPECT_THAT(Problems(), testing::IsEmpty());
}

TEST_F(ArticlesOfBlocksTest, BrokenListsOfAPublishersArticlesAreFound) {
  const std::vector<NodeId> articles = {kFirstArticle + 2, kFirstArticle + 3, kFirstArticle + 90};
  const std::string bytes = EncodePublisherList(articles);
  std::mt19937 random(9);
  std::vector<NodeId> read;
  for (int round = 0; round < 2000; ++round) {
    std::string changed = bytes.substr(0, random() % (bytes.size() + 1));
    if (!changed.empty()) changed[random() % changed.size()] = static_cast<char>(random());
    read.clear();
    const absl::Status status = DecodePublisherList(kFirstArticle + 90, changed, &read);
    EXPECT_TRUE(status.ok() ? std::is_sorted(read.begin(), read.end()) : absl::IsDataLoss(status));
  }
  Load(std::vector<NodeRecord>(3, Article("")));
  Commit([&](Transaction& transaction) {
    const std::string key =
        KeyWriter(ProvenanceKey::kPublisherList).U64(3).U64(kFirstArticle).bytes();
    transaction.Put(Family::kProvenance, key, "none");
    return absl::OkStatus();
  });
  EXPECT_THAT(Problems(), testing::Contains(HasSubstr("broken list of articles")));
  EXPECT_TRUE(absl::IsDataLoss(ArticlesOfPublisher(*store_->TakeSnapshot(), 3).status()));
}

std::vector<NodeRecord> Titled(absl::string_view words, int count) {
  std::vector<NodeRecord> records;
  for (int i = 0; i < count; ++i) {
    records.push_back(Article(Packed({{kTitle, 1, absl::StrCat(i * 7919, " ", words)}})));
  }
  return records;
}

TEST_F(ArticlesOfBlocksTest, HaveVocabulariesThatLoadsAddWhenTheyNeedThem) {
  learns_ = true;
  const std::vector<NodeRecord> some = Titled("ministers talk about talks", 200);
  const std::vector<NodeRecord> others = Titled("Erzählungen lauter kleiner Vögel", 200);
  std::vector<NodeId> firsts = {Load(some)};
  EXPECT_EQ(Newest(), 1);
  firsts.push_back(Load(some));
  EXPECT_EQ(Newest(), 1);
  firsts.push_back(Load(others));
  EXPECT_EQ(Newest(), 2);
  for (size_t i = 0; i < some.size(); ++i) {
    EXPECT_EQ(Read(firsts[0] + i), some[i]);
    EXPECT_EQ(Read(firsts[1] + i), some[i]);
    EXPECT_EQ(Read(firsts[2] + i), others[i]);
  }
  EXPECT_THAT(Problems(), testing::IsEmpty());
}

TEST_F(ArticlesOfBlocksTest, AreMissedWithoutTheirVocabulary) {
  learns_ = true;
  const NodeId first = Load(Titled("ministers talk about talks", 200));
  const auto damage = [&](const auto& write) {
    Commit([&](Transaction& transaction) {
      write(transaction);
      return absl::OkStatus();
    });
    EXPECT_TRUE(absl::IsDataLoss(ReadNode(*store_->TakeSnapshot(), first).status()));
  };
  damage([](Transaction& transaction) {
    transaction.Put(Family::kArticles, VocabularyKey(kTitle, 1), "none");
  });
  EXPECT_THAT(Problems(), testing::Contains(HasSubstr("broken vocabulary")));
  damage([](Transaction& transaction) {
    transaction.Delete(Family::kArticles, VocabularyKey(kTitle, 1));
  });
  EXPECT_THAT(Problems(), testing::Contains(HasSubstr("a vocabulary is lost")));
}

TEST_F(ArticlesOfBlocksTest, AreMissedWhenTheirBlockIsBroken) {
  const NodeId first = Load(std::vector<NodeRecord>(9, Article("")));
  Commit([&](Transaction& transaction) {
    transaction.Put(Family::kArticles, ArticleBlockKey(0), "no block");
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsDataLoss(ReadNode(*store_->TakeSnapshot(), first).status()));
  EXPECT_THAT(Problems(), testing::Contains(HasSubstr("broken block of articles")));
}

}  // namespace
}  // namespace entente::storage
