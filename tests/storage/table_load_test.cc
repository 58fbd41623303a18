// Table files of a load come into the database with the transaction, all at once or not at all.
#include "storage/table_load.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/slice.h"
#include "storage/adjacency.h"
#include "storage/consistency.h"
#include "storage/dictionary.h"
#include "storage/fact_load.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/store.h"
#include "storage/transaction.h"
#include "storage/vocabularies.h"
#include "tests/storage/scratch_directory.h"

namespace entente::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Geometry kTiny{.chunk_edges = 4,
                         .block_facts = 3,
                         .inline_evidence = 2,
                         .evidence_page = 2,
                         .loose_facts = 5,
                         .block_articles = 4};

std::optional<std::string> Find(const View& view, Family family, absl::string_view key) {
  rocksdb::PinnableSlice value;
  const absl::StatusOr<bool> found = view.Get(family, key, &value);
  EXPECT_TRUE(found.ok());
  return *found ? std::optional<std::string>(value.ToString()) : std::nullopt;
}

class TableLoadTest : public ::testing::TestWithParam<bool> {
 protected:
  TableLoadTest() { Open(); }

  void Open() {
    store_.reset();
    store_ = *Store::Open(GetParam() ? ":memory:" : directory_.path(),
                          {.create_if_missing = true, .geometry = kTiny});
  }
  // Folders in the database's directory.
  int64_t Folders() const {
    if (GetParam()) return 0;
    return std::count_if(fs::directory_iterator(directory_.path()), fs::directory_iterator(),
                         [](const fs::directory_entry& entry) { return entry.is_directory(); });
  }

  ScratchDirectory directory_;
  std::unique_ptr<Store> store_;
};

TEST_P(TableLoadTest, FilesAndTheTransactionAreSeenTogether) {
  const std::unique_ptr<Snapshot> before = store_->TakeSnapshot();
  {
    std::unique_ptr<Transaction> transaction = *store_->Begin();
    SpillSpace space(*store_, 0);
    TableLoad load(*transaction, space, /*files=*/true);
    TableStream names = load.NewStream(Family::kNames);
    TableStream keys = load.NewStream(Family::kDictionary);
    for (const char* key : {"a", "c", "e"}) {
      ASSERT_TRUE(names.Put(key, "file").ok());
      ASSERT_TRUE(keys.Put(key, "file").ok());
    }
    ASSERT_TRUE(names.Finish().ok());
    ASSERT_TRUE(keys.Finish().ok());
    // Between and over what the file has.
    transaction->Put(Family::kNames, "b", "own");
    transaction->Put(Family::kNames, "c", "own");
    transaction->Delete(Family::kNames, "e");
    EXPECT_EQ(Find(*store_->TakeSnapshot(), Family::kNames, "a"), std::nullopt);
    ASSERT_TRUE(transaction->Commit(load).ok());
  }
  const std::unique_ptr<Snapshot> after = store_->TakeSnapshot();
  EXPECT_EQ(Find(*after, Family::kNames, "a"), "file");
  EXPECT_EQ(Find(*after, Family::kNames, "b"), "own");
  EXPECT_EQ(Find(*after, Family::kNames, "c"), "own");
  EXPECT_EQ(Find(*after, Family::kNames, "e"), std::nullopt);
  EXPECT_EQ(Find(*after, Family::kDictionary, "e"), "file");
  EXPECT_EQ(Find(*before, Family::kNames, "a"), std::nullopt);
  EXPECT_EQ(Find(*before, Family::kDictionary, "a"), std::nullopt);
  EXPECT_EQ(Folders(), 0);
}

TEST_P(TableLoadTest, WhatIsNotCommittedLeavesNothing) {
  {
    std::unique_ptr<Transaction> transaction = *store_->Begin();
    SpillSpace space(*store_, 0);
    TableLoad load(*transaction, space, /*files=*/true);
    TableStream names = load.NewStream(Family::kNames);
    ASSERT_TRUE(names.Put("a", "file").ok());
    ASSERT_TRUE(names.Finish().ok());
    transaction->Put(Family::kNames, "b", "own");
    EXPECT_EQ(Folders(), GetParam() ? 0 : 1);
  }
  EXPECT_EQ(Folders(), 0);
  EXPECT_EQ(Find(*store_->TakeSnapshot(), Family::kNames, "a"), std::nullopt);
}

TEST_P(TableLoadTest, FoldersOfAKilledLoadGoWhenTheDatabaseIsOpened) {
  if (GetParam()) GTEST_SKIP() << "nothing outlives a database in memory";
  fs::create_directory(directory_.path() + "/load-7");
  std::ofstream(directory_.path() + "/load-7/1") << "part of a table";
  store_.reset();
  { const auto reader = *Store::Open(directory_.path(), {.read_only = true}); }
  EXPECT_EQ(Folders(), 1);
  Open();
  EXPECT_EQ(Folders(), 0);
}

FactRecord RandomFact(std::mt19937& random, NodeId subject, RelationId relation, NodeId object) {
  FactRecord fact;
  fact.subject = subject;
  fact.relation = relation;
  fact.object = object;
  fact.valid_from = random() % 3 == 0 ? kOpenStart : static_cast<int32_t>(random() % 1000);
  fact.valid_to = random() % 3 == 0 ? kOpenEnd : 2000;
  fact.flags = kHasEvidence | (random() % 4 == 0 ? kDenied : kVisible);
  fact.confidence = fact.support = static_cast<uint16_t>(random() % 10'000);
  if (random() % 2 == 0) fact.first_reported = fact.last_reported = random() % 1'000'000'000'000;
  const int pieces = random() % 5 == 0 ? 9 : static_cast<int>(random() % 4);
  for (int i = 0; i < pieces; ++i) {
    Evidence& piece = fact.evidence.emplace_back();
    piece.article = kFirstArticle + random() % 6;
    piece.sentence = i;
    piece.confidence = random() % 2 == 0 ? 0.25 : 1.0 / 3;
    if (random() % 3 == 0) piece.quote = "quote";
  }
  return fact;
}

// Facts that two loads add, by (subject, relation, object), one hub among the subjects and objects.
std::vector<FactRecord> RandomFacts(uint32_t seed, int count) {
  std::mt19937 random(seed);
  std::vector<FactRecord> facts;
  for (int i = 0; i < count; ++i) {
    const NodeId subject = random() % 3 == 0 ? 1 : random() % 8;
    const NodeId object = random() % 3 == 0 ? 2 : random() % 8;
    facts.push_back(RandomFact(random, subject, static_cast<RelationId>(random() % 3), object));
  }
  std::stable_sort(facts.begin(), facts.end(), [](const FactRecord& a, const FactRecord& b) {
    return std::tie(a.subject, a.relation, a.object) < std::tie(b.subject, b.relation, b.object);
  });
  return facts;
}

void WriteNodes(Transaction& transaction) {
  for (int i = 0; i < 8; ++i) {
    const NodeId entity = *transaction.NewEntity();
    const NodeId article = *transaction.NewArticle();
    for (NodeId node : {entity, article}) {
      ASSERT_TRUE(WriteNode(transaction, node, nullptr, NodeRecord()).ok());
    }
  }
}

TEST_P(TableLoadTest, LoadedFactsAreThoseThatWereInserted) {
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    store_.reset();
    fs::remove_all(directory_.path());
    Open();
    const std::unique_ptr<Store> inserted =
        *Store::Open(":memory:", {.create_if_missing = true, .geometry = kTiny});
    {
      std::unique_ptr<Transaction> transaction = *inserted->Begin();
      WriteNodes(*transaction);
      ASSERT_TRUE(transaction->Commit().ok());
    }
    std::vector<FactRecord> all;
    for (const int round : {0, 1, 2}) {
      const std::vector<FactRecord> facts = RandomFacts(seed * 10 + round, 60);
      {
        std::unique_ptr<Transaction> transaction = *store_->Begin();
        SpillSpace space(*store_, 1000);
        TableLoad load(*transaction, space, /*files=*/true);
        FactLoad::Options options;
        if (round == 0) {
          WriteNodes(*transaction);
          options.new_nodes = {0, 8, kFirstArticle};
        }
        options.first = *transaction->NewFacts(facts.size());
        options.run_bytes = 0;
        EXPECT_EQ(options.first % kTiny.block_facts, 0u);
        FactLoad loading(load, space, options);
        for (const FactRecord& fact : facts) {
          loading.Next() = fact;
          ASSERT_TRUE(loading.Add().ok());
        }
        ASSERT_TRUE(loading.FinishFacts().ok());
        ASSERT_TRUE(loading.WriteInEdges(FactLoad::Half::kSecond).ok());
        ASSERT_TRUE(loading.WriteInEdges(FactLoad::Half::kFirst).ok());
        ASSERT_TRUE(loading.WriteArticleFacts().ok());
        ASSERT_TRUE(transaction->Commit(load).ok());
      }
      std::unique_ptr<Transaction> transaction = *inserted->Begin();
      for (const FactRecord& fact : facts) ASSERT_TRUE(InsertFact(*transaction, fact).ok());
      ASSERT_TRUE(transaction->Commit().ok());
    }
    std::vector<std::vector<FactRecord>> contents;
    for (const Store* store : {store_.get(), inserted.get()}) {
      const std::unique_ptr<Snapshot> snapshot = store->TakeSnapshot();
      const auto report = VerifyConsistency(*snapshot);
      ASSERT_TRUE(report.ok());
      EXPECT_THAT(report->problems, IsEmpty());
      std::vector<FactRecord>& records = contents.emplace_back();
      FactCursor cursor(*snapshot);
      FactId fact;
      FactRecord record;
      while (cursor.Next(&fact, &record)) records.push_back(record);
      EXPECT_EQ(*snapshot->Counter(kFactCount), records.size());
    }
    EXPECT_TRUE(contents[0] == contents[1]);
  }
}

TEST_P(TableLoadTest, FactsOfArticlesOfALoadCanBeErased) {
  const std::vector<FactRecord> facts = RandomFacts(5, 90);
  {
    std::unique_ptr<Transaction> transaction = *store_->Begin();
    SpillSpace space(*store_, 1000);
    TableLoad load(*transaction, space, /*files=*/true);
    WriteNodes(*transaction);
    FactLoad loading(load, space,
                     {.first = *transaction->NewFacts(facts.size()),
                      .new_nodes = {0, 8, kFirstArticle},
                      .run_bytes = 0});
    for (const FactRecord& fact : facts) {
      loading.Next() = fact;
      ASSERT_TRUE(loading.Add().ok());
    }
    ASSERT_TRUE(loading.FinishFacts().ok());
    ASSERT_TRUE(loading.WriteInEdges(FactLoad::Half::kSecond).ok());
    ASSERT_TRUE(loading.WriteInEdges(FactLoad::Half::kFirst).ok());
    ASSERT_TRUE(loading.WriteArticleFacts().ok());
    ASSERT_TRUE(transaction->Commit(load).ok());
  }
  const auto expect_sound = [&](size_t count) {
    const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
    EXPECT_THAT(VerifyConsistency(*snapshot)->problems, IsEmpty());
    std::vector<FactId> of_article;
    FactCursor cursor(*snapshot);
    FactId fact;
    FactRecord record;
    size_t left = 0;
    for (; cursor.Next(&fact, &record); ++left) {
      const auto bears = [](const Evidence& piece) { return piece.article == kFirstArticle + 1; };
      if (std::any_of(record.evidence.begin(), record.evidence.end(), bears)) {
        of_article.push_back(fact);
      }
    }
    EXPECT_EQ(left, count);
    EXPECT_EQ(*FactsOfArticle(*snapshot, kFirstArticle + 1), of_article);
  };
  expect_sound(90);
  for (const FactId first : {0, 1}) {
    for (FactId fact = first; fact < 90; fact += 3) {  // each in a commit of its own
      std::unique_ptr<Transaction> transaction = *store_->Begin();
      ASSERT_TRUE(EraseFact(*transaction, fact, **ReadFact(*transaction, fact)).ok());
      ASSERT_TRUE(transaction->Commit(false).ok());
    }
    expect_sound(first == 0 ? 60 : 30);
    ASSERT_TRUE(store_->Flush().ok());
    if (!GetParam()) Open();
    expect_sound(first == 0 ? 60 : 30);
  }
  std::unique_ptr<Transaction> transaction = *store_->Begin();
  ASSERT_TRUE(InsertFact(*transaction, facts[0]).ok());
  ASSERT_TRUE(transaction->Commit(false).ok());
  expect_sound(31);
}

TEST_P(TableLoadTest, QuotesOfALoadAreReadWithItsVocabulary) {
  std::vector<FactRecord> facts = RandomFacts(8, 90);
  VocabularySample sample;
  for (size_t i = 0; i < facts.size(); ++i) {
    for (Evidence& piece : facts[i].evidence) {
      piece.quote = absl::StrCat("the minister said for the ", i, "th time that talks would go on");
      sample.Add(piece.quote);
    }
  }
  {
    std::unique_ptr<Transaction> transaction = *store_->Begin();
    SpillSpace space(*store_, 1000);
    TableLoad load(*transaction, space, /*files=*/true);
    WriteNodes(*transaction);
    FactLoad loading(load, space,
                     {.first = *transaction->NewFacts(facts.size()),
                      .new_nodes = {0, 8, kFirstArticle},
                      .run_bytes = 0});
    ASSERT_TRUE(loading.LearnQuotes(sample, 1).ok());
    for (const FactRecord& fact : facts) {
      loading.Next() = fact;
      ASSERT_TRUE(loading.Add().ok());
    }
    ASSERT_TRUE(loading.FinishFacts().ok());
    ASSERT_TRUE(loading.WriteInEdges(FactLoad::Half::kSecond).ok());
    ASSERT_TRUE(loading.WriteInEdges(FactLoad::Half::kFirst).ok());
    ASSERT_TRUE(loading.WriteArticleFacts().ok());
    ASSERT_TRUE(transaction->Commit(load).ok());
  }
  EXPECT_EQ(*NewestVocabulary(*store_->TakeSnapshot(), kQuotes), 1);
  const auto expect_sound = [&]() {
    const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
    EXPECT_THAT(VerifyConsistency(*snapshot)->problems, IsEmpty());
    for (FactId fact = 0; fact < facts.size(); ++fact) {
      EXPECT_TRUE(**ReadFact(*snapshot, fact) == facts[fact]);
    }
  };
  expect_sound();
  {
    std::unique_ptr<Transaction> transaction = *store_->Begin();
    const FactRecord before = facts[4];
    facts[4].properties = "p";
    ASSERT_TRUE(UpdateFact(*transaction, 4, before, facts[4]).ok());
    ASSERT_TRUE(transaction->Commit(false).ok());
  }
  expect_sound();
  ASSERT_TRUE(store_->SealFacts().ok());
  expect_sound();
  {
    std::unique_ptr<Transaction> transaction = *store_->Begin();
    transaction->Delete(Family::kArticles, VocabularyKey(kQuotes, 1));
    ASSERT_TRUE(transaction->Commit(false).ok());
  }
  if (GetParam()) return;  // still remembered
  Open();
  const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
  EXPECT_TRUE(absl::IsDataLoss(ReadFact(*snapshot, 60).status()));
  EXPECT_THAT(VerifyConsistency(*snapshot)->problems,
              ::testing::Contains(::testing::HasSubstr("a vocabulary is lost")));
}

TEST_P(TableLoadTest, ABrokenListOfFactsIsFound) {
  std::unique_ptr<Transaction> transaction = *store_->Begin();
  transaction->Put(Family::kProvenance, BlockFactsKey(0), "no lists");
  ASSERT_TRUE(transaction->Commit(false).ok());
  const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
  EXPECT_TRUE(absl::IsDataLoss(FactsOfArticle(*snapshot, kFirstArticle).status()));
  EXPECT_THAT(VerifyConsistency(*snapshot)->problems,
              ::testing::Contains(::testing::HasSubstr("broken lists of facts")));
}

INSTANTIATE_TEST_SUITE_P(Where, TableLoadTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "InMemory" : "OnDisk"; });

}  // namespace
}  // namespace entente::storage
