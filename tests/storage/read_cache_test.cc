#include "storage/read_cache.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "storage/adjacency.h"
#include "storage/facts.h"
#include "storage/nodes.h"
#include "storage/page_reader.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

constexpr size_t kEntryBytes = 1000;

class Number final : public ReadCache::Entry {
 public:
  explicit Number(int value, size_t bytes = kEntryBytes) : value(value), bytes_(bytes) { ++alive; }
  ~Number() override { --alive; }

  const int value;
  static inline int alive = 0;

 private:
  size_t bytes() const override { return bytes_; }

  const size_t bytes_;
};

const Number* Find(const ReadCache& cache, const ReadCache::Pin& pin, NodeId id,
                   uint64_t sequence) {
  return static_cast<const Number*>(cache.Find(pin, CacheKey::Node(id), sequence));
}

std::vector<const ReadCache::Entry*> FindMany(const ReadCache& cache, const ReadCache::Pin& pin,
                                              absl::Span<const CacheKey> keys, uint64_t sequence) {
  std::vector<const ReadCache::Entry*> found;
  cache.FindMany(
      pin, keys.size(), [&](size_t i) { return keys[i]; }, sequence,
      [&](size_t i, const ReadCache::Entry* entry) {
        EXPECT_EQ(i, found.size());
        found.push_back(entry);
      });
  return found;
}

bool Offer(ReadCache& cache, const ReadCache::Pin& pin, NodeId id, uint64_t sequence, int value,
           ReadCache::Worth worth = ReadCache::Worth::kAtOnce) {
  std::unique_ptr<ReadCache::Entry> entry = std::make_unique<Number>(value);
  cache.Offer(pin, CacheKey::Node(id), sequence, worth, &entry);
  return entry == nullptr;
}

TEST(ReadCacheTest, AnEntryIsFoundByReadersWhoseSnapshotItIsTrueOf) {
  ReadCache cache(100 * kEntryBytes);
  ReadCache::Pin pin(cache);
  const CacheKey keys[] = {CacheKey::Node(1)};
  EXPECT_EQ(Find(cache, pin, 1, 5), nullptr);
  ASSERT_TRUE(Offer(cache, pin, 1, 5, 50));
  ASSERT_NE(Find(cache, pin, 1, 5), nullptr);
  EXPECT_EQ(Find(cache, pin, 1, 4)->value, 50);  // nothing has changed since
  EXPECT_EQ(Find(cache, pin, 2, 5), nullptr);

  cache.BeginChange(keys);
  EXPECT_EQ(Find(cache, pin, 1, 5), nullptr);
  EXPECT_FALSE(Offer(cache, pin, 1, 5, 50));
  cache.EndChange(keys, 9);
  EXPECT_FALSE(Offer(cache, pin, 1, 8, 50)) << "read before the change";
  EXPECT_TRUE(Offer(cache, pin, 1, 12, 120));
  EXPECT_EQ(Find(cache, pin, 1, 9)->value, 120);
  EXPECT_EQ(Find(cache, pin, 1, 8), nullptr);

  cache.BeginChangeOfAll();
  EXPECT_FALSE(Offer(cache, pin, 7, 20, 7));
  cache.EndChangeOfAll(20);
  EXPECT_EQ(Find(cache, pin, 1, 20), nullptr);
  EXPECT_TRUE(Offer(cache, pin, 7, 20, 7));
}

// Of so many entries some stand behind others that are taken for them at first sight.
TEST(ReadCacheTest, ManyAreFoundAmongThoseLikeThem) {
  constexpr NodeId kEntries = 100'000;
  constexpr size_t kSmall = 250;
  ReadCache cache(kEntries * kSmall);
  ReadCache::Pin pin(cache);
  std::vector<CacheKey> keys;
  for (NodeId id = 0; id < kEntries; ++id) {
    keys.push_back(CacheKey::Node(id));
    std::unique_ptr<ReadCache::Entry> entry = std::make_unique<Number>(0, kSmall);
    cache.Offer(pin, keys.back(), 1, ReadCache::Worth::kAtOnce, &entry);
  }
  const auto found = FindMany(cache, pin, keys, 1);
  for (size_t i = 0; i < keys.size(); ++i) ASSERT_EQ(found[i], cache.Find(pin, keys[i], 1)) << i;
}

// Among so many keys some are taken for others at first sight.
TEST(ReadCacheTest, ManyAreFoundAsEachIs) {
  constexpr NodeId kEntries = 8;
  constexpr NodeId kKeys = 200'000;
  ReadCache cache(kEntries * kEntryBytes);
  ReadCache::Pin pin(cache);
  const CacheKey changed[] = {CacheKey::Node(3)};
  cache.BeginChange(changed);
  cache.EndChange(changed, 7);
  for (NodeId id = 0; id < kEntries; ++id) Offer(cache, pin, id, 8, static_cast<int>(id));
  std::vector<CacheKey> keys;
  for (NodeId id = 0; id < kKeys; ++id) {
    keys.push_back(CacheKey::Node(id));
    if (id % 1000 == 0) keys.push_back(CacheKey::Node(id % kEntries));
  }
  for (const uint64_t sequence : {6, 8}) {
    for (const size_t count : {size_t{1}, size_t{15}, size_t{16}, size_t{100}, keys.size()}) {
      const auto found = FindMany(cache, pin, absl::MakeConstSpan(keys).first(count), sequence);
      ASSERT_EQ(found.size(), count);
      size_t hits = 0;
      for (size_t i = 0; i < count; ++i) {
        ASSERT_EQ(found[i], cache.Find(pin, keys[i], sequence)) << i;
        hits += found[i] != nullptr;
      }
      EXPECT_GE(hits, 1u);
      if (count > 4) {
        EXPECT_EQ(found[4] != nullptr, sequence == 8) << "key 3, behind one that is there twice";
      }
    }
  }
}

TEST(ReadCacheTest, WhatAPinFoundStaysWhenItIsEvicted) {
  {
    ReadCache cache(10 * kEntryBytes);
    ReadCache::Pin reader(cache);
    for (int i = 0; i < 10; ++i) Offer(cache, reader, i, 1, i);
    const Number* found = Find(cache, reader, 3, 1);
    ASSERT_NE(found, nullptr);
    ReadCache::Pin other(cache);
    for (int i = 10; i < 200; ++i) {
      Offer(cache, other, i, 1, i);
      other.Renew();
      EXPECT_LE(cache.usage().bytes, 10 * kEntryBytes);
    }
    EXPECT_LE(cache.usage().waiting_bytes, 10 * kEntryBytes);
    EXPECT_EQ(found->value, 3);
    reader.Renew();
    EXPECT_GE(Number::alive, 1);
    for (int i = 200; i < 300; ++i) {
      Offer(cache, other, i, 1, i);
      other.Renew();
      reader.Renew();
    }
    EXPECT_EQ(Find(cache, reader, 3, 1), nullptr);
    EXPECT_LE(Number::alive, 15);
  }
  EXPECT_EQ(Number::alive, 0);
}

TEST(ReadCacheTest, AFullCacheTakesLesserEntriesOnTheirSecondOffer) {
  ReadCache cache(64 * kEntryBytes);
  ReadCache::Pin pin(cache);
  const auto lesser = ReadCache::Worth::kOnSecondOffer;
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    pin.Renew();
    if (Offer(cache, pin, i, 1, i, lesser)) continue;
    ++refused;
    pin.Renew();
    EXPECT_TRUE(Offer(cache, pin, i, 1, i, lesser)) << i;
    pin.Renew();
    EXPECT_NE(Find(cache, pin, i, 1), nullptr);
  }
  EXPECT_GT(refused, 0);
  EXPECT_TRUE(Offer(cache, pin, 1000, 1, 0));
}

TEST(ReadCacheTest, MorePinsThanPlacesReadNothingAndHarmNothing) {
  ReadCache cache(100 * kEntryBytes);
  std::vector<std::unique_ptr<ReadCache::Pin>> pins;
  for (int i = 0; i < 1000; ++i) pins.push_back(std::make_unique<ReadCache::Pin>(cache));
  EXPECT_TRUE(Offer(cache, *pins.front(), 1, 1, 1));
  EXPECT_NE(Find(cache, *pins.front(), 1, 1), nullptr);
  EXPECT_EQ(Find(cache, *pins.back(), 1, 1), nullptr);
  EXPECT_FALSE(Offer(cache, *pins.back(), 2, 1, 2));
  pins.resize(1);
  ReadCache::Pin pin(cache);
  EXPECT_NE(Find(cache, pin, 1, 1), nullptr);
}

TEST(ReadCacheTest, WithoutMemoryNothingIsKept) {
  ReadCache cache(0);
  ReadCache::Pin pin(cache);
  EXPECT_FALSE(Offer(cache, pin, 1, 1, 1));
  EXPECT_EQ(Find(cache, pin, 1, 1), nullptr);
}

// A writer moves facts from node to node while readers count them: each snapshot must have as many
// edges as facts, whatever of it comes out of the cache.
TEST(ReadCacheTest, ReadersBesideAWriterSeeWholeSnapshots) {
  constexpr int kNodes = 40;
  constexpr int kCommits = 300;
  auto opened = Store::Open(":memory:", {.create_if_missing = true,
                                         .geometry = {.chunk_edges = 8, .block_facts = 4},
                                         .cache_bytes = 1 << 16});
  ASSERT_TRUE(opened.ok());
  Store& store = **opened;
  {
    auto transaction = store.Begin();
    ASSERT_TRUE(transaction.ok());
    for (int i = 0; i < kNodes; ++i) {
      const NodeId id = (*transaction)->NewEntity().value();
      ASSERT_TRUE(WriteNode(**transaction, id, nullptr, {}).ok());
    }
    ASSERT_TRUE((*transaction)->Commit(false).ok());
  }
  std::atomic<bool> done{false};
  std::atomic<int> mismatches{0};
  const auto read = [&](NodeId first) {
    std::vector<NodeId> nodes;
    for (int i = 0; i < kNodes; ++i) nodes.push_back((first + i) % kNodes);
    while (!done) {
      const std::unique_ptr<Snapshot> snapshot = store.TakeSnapshot();
      const uint64_t facts = *snapshot->Counter(kFactCount);
      for (Direction direction : {Direction::kOut, Direction::kIn}) {
        std::vector<Degree> degrees;
        ASSERT_TRUE(ReadDegrees(*snapshot, direction, nodes, RelationFilter(), &degrees).ok());
        uint64_t edges = 0;
        for (const Degree& degree : degrees) edges += degree.edges;
        if (edges != facts) ++mismatches;

        PageReader reader(*snapshot, direction, kOtherColumn | kFactColumn);
        ASSERT_TRUE(reader.Load(nodes).ok());
        uint64_t sum = 0;
        for (size_t i = 0; i < nodes.size(); ++i) {
          if (reader.page(i) != nullptr) sum += reader.page(i)->Count(RelationFilter()).edges;
          EdgeColumns found;
          ASSERT_TRUE(
              FindEdges(*snapshot, direction, nodes[i], 0, RelationFilter(), kFactColumn, &found)
                  .ok());
          if (degrees[i].edges < found.size) ++mismatches;
        }
        if (sum > facts) ++mismatches;
      }
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(read, i);
  std::vector<std::pair<FactId, FactRecord>> facts;
  for (int commit = 0; commit < kCommits; ++commit) {
    auto transaction = store.Begin();
    ASSERT_TRUE(transaction.ok());
    FactRecord record;
    record.subject = static_cast<NodeId>(commit * 7 % kNodes);
    record.relation = static_cast<RelationId>(commit % 3);
    record.object = static_cast<NodeId>(commit * 5 % kNodes);
    record.flags = kVisible;
    facts.emplace_back(InsertFact(**transaction, record).value(), record);
    if (commit % 3 == 2) {
      const auto& [fact, old] = facts[static_cast<size_t>(commit / 2)];
      FactRecord moved = old;
      moved.subject = (old.subject + 1) % kNodes;
      ASSERT_TRUE(UpdateFact(**transaction, fact, old, moved).ok());
      facts[static_cast<size_t>(commit / 2)].second = moved;
    }
    ASSERT_TRUE((*transaction)->Commit(false).ok());
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(mismatches, 0);
}

}  // namespace
}  // namespace entente::storage
