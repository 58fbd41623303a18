#include "storage/segment_reader.h"

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "storage/adjacency.h"
#include "storage/facts.h"
#include "storage/nodes.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

constexpr int kEntities = 600;
constexpr int kArticles = 300;

using Edge = std::tuple<NodeId, RelationId, NodeId, FactId, int32_t, uint8_t>;

std::multiset<Edge> ByNodes(const Snapshot& view, Direction direction) {
  std::multiset<Edge> all;
  const auto add = [&](NodeId node) {
    EdgeColumns edges;
    ASSERT_TRUE(ReadEdges(view, direction, node, RelationFilter(), kAllColumns, &edges).ok());
    for (size_t i = 0; i < edges.size; ++i) {
      all.emplace(node, edges.relation[i], edges.other[i], edges.fact[i], edges.valid_from[i],
                  edges.flags[i]);
    }
  };
  for (NodeId node = 0; node < kEntities; ++node) add(node);
  for (NodeId node = 0; node < kArticles; ++node) add(kFirstArticle + node);
  return all;
}

std::multiset<Edge> BySegments(const Snapshot& view, Direction direction) {
  std::multiset<Edge> all;
  SegmentReader reader(view, direction, kOtherColumn | kFactColumn | kValidFromColumn);
  const auto ranges = SegmentsWithEdges(view, direction);
  EXPECT_TRUE(ranges.ok());
  for (const SegmentRange& range : *ranges) {
    for (uint64_t segment = range.first; segment < range.end; ++segment) {
      const auto page = reader.Load(segment);
      EXPECT_TRUE(page.ok());
      const EdgeSpan edges = (*page)->edges();
      DecodedPage::Position position;
      while (const RelationSlice* slice = (*page)->Next(RelationFilter(), &position)) {
        uint32_t visible = 0;
        for (uint32_t i = slice->begin; i < slice->end; ++i) {
          all.emplace(segment * kSegmentNodes + edges.near[i], slice->relation, edges.other[i],
                      edges.fact[i], edges.valid_from[i], edges.flags[i]);
          visible += edges.flags[i] & kVisible;
          EXPECT_LE(edges.near[std::max(i, slice->begin + 1) - 1], edges.near[i]);
        }
        EXPECT_EQ(visible, slice->visible);
      }
    }
  }
  return all;
}

class SegmentReaderTest : public testing::TestWithParam<size_t> {
 protected:
  SegmentReaderTest() {
    store_ = Store::Open(":memory:", {.create_if_missing = true,
                                      .geometry = {.chunk_edges = 8, .block_facts = 4},
                                      .cache_bytes = GetParam()})
                 .value();
    auto transaction = store_->Begin().value();
    for (int i = 0; i < kEntities; ++i) {
      EXPECT_TRUE(WriteNode(*transaction, transaction->NewEntity().value(), nullptr, {}).ok());
    }
    for (int i = 0; i < kArticles; ++i) {
      EXPECT_TRUE(WriteNode(*transaction, transaction->NewArticle().value(), nullptr, {}).ok());
    }
    EXPECT_TRUE(transaction->Commit(false).ok());
  }

  // A third of the facts hang on one node, so that it has several chunks.
  void Insert(int count, bool with_articles) {
    auto transaction = store_->Begin().value();
    for (int i = 0; i < count; ++i) {
      FactRecord record;
      record.subject = i % 3 == 0 ? 300 : random_() % kEntities;
      record.object = with_articles && i % 2 == 0 ? kFirstArticle + random_() % kArticles
                                                  : random_() % kEntities;
      record.relation = random_() % 3;
      record.valid_from = static_cast<int32_t>(random_() % 1000);
      record.flags = random_() % 2 == 0 ? kVisible : kContested;
      facts_.emplace_back(InsertFact(*transaction, record).value(), record);
    }
    EXPECT_TRUE(transaction->Commit(false).ok());
  }
  void Erase(int count) {
    auto transaction = store_->Begin().value();
    for (int i = 0; i < count; ++i) {
      const auto [fact, record] = facts_.back();
      facts_.pop_back();
      EXPECT_TRUE(EraseFact(*transaction, fact, record).ok());
    }
    EXPECT_TRUE(transaction->Commit(false).ok());
  }

  std::unique_ptr<Store> store_;
  std::mt19937 random_{7};
  std::vector<std::pair<FactId, FactRecord>> facts_;
};

TEST_P(SegmentReaderTest, SegmentsHoldWhatThePagesOfTheirNodesDo) {
  for (const bool with_articles : {false, true}) {
    Insert(300, with_articles);
    const auto before = store_->TakeSnapshot();
    for (const Direction direction : {Direction::kOut, Direction::kIn}) {
      const std::multiset<Edge> expected = ByNodes(*before, direction);
      EXPECT_EQ(expected.size(), facts_.size());
      // Until the cache has them.
      for (int time = 0; time < 4; ++time) EXPECT_EQ(BySegments(*before, direction), expected);
      Insert(5, with_articles);
      Erase(9);
      const auto after = store_->TakeSnapshot();
      EXPECT_EQ(BySegments(*after, direction), ByNodes(*after, direction));
      EXPECT_EQ(BySegments(*before, direction), expected) << "an earlier snapshot stands still";
      Insert(4, with_articles);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Caches, SegmentReaderTest, testing::Values(0, 1 << 14, 1 << 22));

}  // namespace
}  // namespace entente::storage
