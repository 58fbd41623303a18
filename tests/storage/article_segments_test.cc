#include "storage/article_segments.h"

#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "storage/node_reader.h"
#include "storage/nodes.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

constexpr int kArticles = 2500;  // some segments

class ArticleSegmentsTest : public testing::Test {
 protected:
  static std::unique_ptr<Store> Make(size_t cache_bytes) {
    auto store =
        Store::Open(":memory:", {.create_if_missing = true, .cache_bytes = cache_bytes}).value();
    std::mt19937 random(3);
    auto transaction = store->Begin().value();
    for (int i = 0; i < kArticles; ++i) {
      const NodeId article = transaction->NewArticle().value();
      NodeRecord record;
      record.properties = "title";
      if (random() % 4 > 0) record.publisher = random() % 100;
      if (random() % 4 > 0) record.published = static_cast<int64_t>(random());
      if (random() % 4 == 0) record.original = kFirstArticle + random() % kArticles;
      if (random() % 5 == 0) continue;
      EXPECT_TRUE(WriteNode(*transaction, article, nullptr, record).ok());
    }
    EXPECT_TRUE(transaction->Commit(false).ok());
    return store;
  }

  // How many rows are told; each must be the record's.
  static int CheckRows(const Snapshot& view) {
    ArticleSegments segments(view);
    NodeReader nodes(view);
    segments.Begin();
    int told = 0;
    for (NodeId article = kFirstArticle; article < kFirstArticle + kArticles + 5; ++article) {
      const auto row = segments.Find(article);
      const auto record = nodes.Read(article);
      EXPECT_TRUE(row.ok() && record.ok());
      if (*row == nullptr) continue;
      ++told;
      EXPECT_EQ((*row)->publisher, (*record)->publisher);
      EXPECT_EQ((*row)->original, (*record)->original);
      EXPECT_EQ((*row)->published, (*record)->published);
    }
    return told;
  }
};

TEST_F(ArticleSegmentsTest, RowsAreWhatTheRecordsSay) {
  const auto store = Make(8 << 20);
  const auto snapshot = store->TakeSnapshot();
  const int told = CheckRows(*snapshot);
  EXPECT_GT(told, kArticles / 2);
  EXPECT_EQ(CheckRows(*snapshot), told);  // out of the cache
  ArticleSegments segments(*snapshot);
  segments.Begin();
  EXPECT_EQ(*segments.Find(7), nullptr);
  EXPECT_EQ(*segments.Find(kNoId), nullptr);
}

TEST_F(ArticleSegmentsTest, WithoutACacheNothingIsTold) {
  const auto store = Make(0);
  EXPECT_EQ(CheckRows(*store->TakeSnapshot()), 0);
}

TEST_F(ArticleSegmentsTest, AChangedArticleIsSeenByLaterSnapshotsAlone) {
  const auto store = Make(8 << 20);
  const auto before = store->TakeSnapshot();
  CheckRows(*before);
  const NodeId article = kFirstArticle + 1500;
  const auto old = ReadNode(*before, article).value();
  NodeRecord changed = old.value_or(NodeRecord());
  changed.publisher = 12345;
  auto transaction = store->Begin().value();
  ASSERT_TRUE(WriteNode(*transaction, article, old.has_value() ? &*old : nullptr, changed).ok());
  ASSERT_TRUE(transaction->Commit(false).ok());
  const auto after = store->TakeSnapshot();
  CheckRows(*before);
  CheckRows(*after);
  ArticleSegments segments(*after);
  segments.Begin();
  const auto row = segments.Find(article);
  ASSERT_TRUE(row.ok() && *row != nullptr);
  EXPECT_EQ((*row)->publisher, 12345);
}

}  // namespace
}  // namespace entente::storage
