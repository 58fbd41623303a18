// Random transactions with savepoints, rollbacks, reopenings and old snapshots, against plain maps.
// Chunks, blocks and pages are tiny, so that every seam is crossed many times.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/adjacency.h"
#include "storage/adjacency_page.h"
#include "storage/consistency.h"
#include "storage/facts.h"
#include "storage/node_reader.h"
#include "storage/nodes.h"
#include "storage/page_reader.h"
#include "storage/provenance.h"
#include "storage/store.h"
#include "storage/transaction.h"
#include "tests/storage/scratch_directory.h"

namespace entente::storage {
namespace {

constexpr int kEntities = 6;
constexpr int kRelations = 3;
constexpr int kArticles = 8;
constexpr int kFleeting = 3;  // of each kind, which no fact speaks of

struct Model {
  std::map<FactId, FactRecord> facts;
  std::map<NodeId, NodeRecord> nodes;
};

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  int Below(int n) { return static_cast<int>(engine_() % n); }
  bool OneIn(int n) { return Below(n) == 0; }

 private:
  std::mt19937 engine_;
};

Evidence RandomEvidence(Random& random) {
  Evidence piece;
  piece.article = kFirstArticle + random.Below(kArticles);
  piece.stance = static_cast<Stance>(random.Below(3));
  piece.confidence = random.OneIn(3) ? 1.0 / (3 + random.Below(9)) : random.Below(10001) / 10000.0;
  if (random.OneIn(2)) piece.asserter = random.Below(kEntities);
  piece.sentence = random.Below(5) - 1;
  if (random.OneIn(2)) {
    piece.span_start = random.Below(1000);
    piece.span_end = piece.span_start + random.Below(100);
  }
  if (random.OneIn(3)) piece.quote = std::string(random.Below(20), 'q');
  if (random.OneIn(5)) piece.retracted_at = random.Below(1000) * kMicrosecondsPerDay + 17;
  return piece;
}

FactRecord RandomFact(Random& random) {
  FactRecord fact;
  // A hub: the first entity has most of the edges.
  fact.subject = random.OneIn(2) ? 0 : random.Below(kEntities);
  fact.relation = random.Below(kRelations) * 7;
  fact.object = random.OneIn(8) ? kFirstArticle + random.Below(kArticles) : random.Below(kEntities);
  if (!random.OneIn(3)) fact.valid_from = random.Below(20000) - 5000;
  if (!random.OneIn(3)) fact.valid_to = random.Below(20000) - 5000;
  fact.from_precision = static_cast<Precision>(random.Below(5));
  fact.to_precision = static_cast<Precision>(random.Below(5));
  fact.flags = static_cast<uint16_t>(random.Below(0x200));
  fact.support = static_cast<uint16_t>(random.Below(10001));
  fact.denial = static_cast<uint16_t>(random.Below(10001));
  fact.confidence = static_cast<uint16_t>(random.Below(10001));
  if (!random.OneIn(4)) fact.first_reported = (random.Below(9000) - 500) * kMicrosecondsPerDay;
  if (!random.OneIn(4)) fact.last_reported = random.Below(900000) * int64_t{1000001};
  if (random.OneIn(4)) fact.identity = std::string(random.Below(9), 'i');
  if (random.OneIn(2)) fact.properties = std::string(random.Below(30), 'p');
  const int pieces = random.OneIn(6) ? random.Below(12) : random.Below(3);
  for (int i = 0; i < pieces; ++i) fact.evidence.push_back(RandomEvidence(random));
  return fact;
}

NodeRecord RandomNode(Random& random, NodeId id) {
  NodeRecord node;
  for (LabelId label = 0; label < 4; ++label) {
    if (random.OneIn(2)) node.labels.push_back(label);
  }
  node.properties = std::string(random.Below(5), 'x');
  if (random.OneIn(2)) node.names.push_back({"Name", "de", "Latn", random.Below(10), kOpenEnd});
  if (IsArticle(id)) {
    if (random.OneIn(2)) node.publisher = random.Below(kEntities);
    if (random.OneIn(2)) node.published = random.Below(1000);
    if (random.OneIn(3)) node.original = kFirstArticle + random.Below(kArticles);
  }
  return node;
}

bool InOrder(const EdgeRow& a, const EdgeRow& b) {
  return std::tie(a.relation, a.other, a.fact) < std::tie(b.relation, b.other, b.fact);
}

std::vector<EdgeRow> SortedRows(const EdgeColumns& edges) {
  std::vector<EdgeRow> rows;
  for (size_t i = 0; i < edges.size; ++i) rows.push_back(RowAt(edges, i));
  std::sort(rows.begin(), rows.end(), InOrder);
  return rows;
}

// What the model's facts say of a node's edges.
std::vector<EdgeRow> Expected(const Model& model, Direction direction, NodeId node,
                              const RelationFilter& filter) {
  EdgeColumns edges;
  for (const auto& [id, fact] : model.facts) {
    const bool out = direction == Direction::kOut;
    if ((out ? fact.subject : fact.object) != node || !filter.Admits(fact.relation)) continue;
    const bool dated = fact.first_reported != kNoTime;
    AppendRow({fact.relation, out ? fact.object : fact.subject, id, fact.valid_from, fact.valid_to,
               dated ? DayOf(fact.first_reported) : kNeverReported, fact.confidence,
               static_cast<uint8_t>(fact.flags)},
              kAllColumns, &edges);
  }
  return SortedRows(edges);
}

void Append(const DecodedPage& page, const RelationFilter& filter, bool whole,
            std::vector<EdgeRow>* rows) {
  const EdgeSpan edges = page.edges();
  DecodedPage::Position position;
  while (const RelationSlice* slice = page.Next(filter, &position)) {
    uint32_t visible = 0;
    for (uint32_t i = slice->begin; i < slice->end; ++i) {
      visible += edges.flags[i] & kVisible;
      EdgeRow& row = rows->emplace_back();
      row.flags = edges.flags[i];
      row.relation = slice->relation;
      if (!whole) continue;
      row = {slice->relation,   edges.other[i],          edges.fact[i],       edges.valid_from[i],
             edges.valid_to[i], edges.first_reported[i], edges.confidence[i], edges.flags[i]};
    }
    EXPECT_EQ(slice->visible, visible);
  }
}

void CheckPages(const View& view, Direction direction, NodeId node, const RelationFilter& filter,
                uint32_t columns, const std::vector<EdgeRow>& expected) {
  const bool whole = columns == kAllColumns;
  PageReader reader(view, direction, columns);
  const NodeId nodes[] = {node, 4711, node};
  ASSERT_TRUE(reader.Load(nodes).ok());
  ASSERT_NE(reader.page(1), nullptr);
  EXPECT_EQ(reader.page(1)->Count(RelationFilter()).edges, 0u);
  std::vector<EdgeRow> rows;
  if (reader.page(0) != nullptr) {
    EXPECT_TRUE(reader.page(0)->alone());
    Append(*reader.page(2), filter, whole, &rows);
  } else {
    const auto directory = reader.LoadDirectory(node);
    ASSERT_TRUE(directory.ok());
    ASSERT_FALSE((*directory)->chunks().empty());
    for (uint32_t chunk = 0; chunk < (*directory)->chunks().size(); ++chunk) {
      const auto page = reader.LoadChunk(node, chunk);
      ASSERT_TRUE(page.ok());
      EXPECT_LE((*page)->Count(RelationFilter()).edges, view.geometry().chunk_edges);
      Append(**page, filter, whole, &rows);
    }
  }
  if (whole) {
    std::sort(rows.begin(), rows.end(), InOrder);
    EXPECT_EQ(rows, expected);
  } else {
    EXPECT_EQ(rows.size(), expected.size());
  }
}

void CheckEdges(const View& view, const Model& model, Direction direction, NodeId node,
                const RelationFilter& filter) {
  EdgeColumns edges;
  ASSERT_TRUE(ReadEdges(view, direction, node, filter, kAllColumns, &edges).ok());
  const std::vector<EdgeRow> expected = Expected(model, direction, node, filter);
  ASSERT_EQ(SortedRows(edges), expected);

  const absl::StatusOr<Degree> degree = ReadDegree(view, direction, node, filter);
  ASSERT_TRUE(degree.ok());
  uint64_t visible = 0;
  for (const EdgeRow& row : expected) visible += row.flags & kVisible;
  EXPECT_EQ(degree->edges, expected.size());
  EXPECT_EQ(degree->visible, visible);

  for (NodeId other : {NodeId{0}, NodeId{3}, kFirstArticle + 1}) {
    EdgeColumns found;
    ASSERT_TRUE(FindEdges(view, direction, node, other, filter, kAllColumns, &found).ok());
    std::vector<EdgeRow> wanted;
    for (const EdgeRow& row : expected) {
      if (row.other == other) wanted.push_back(row);
    }
    EXPECT_EQ(SortedRows(found), wanted);
  }

  // What the first reading leaves in the cache lacks columns that the second one wants; the third
  // one finds everything.
  for (uint32_t columns : {kFlagsColumn, kAllColumns, kAllColumns}) {
    ASSERT_NO_FATAL_FAILURE(CheckPages(view, direction, node, filter, columns, expected));
  }
}

void CheckNodes(const View& view, const Model& model) {
  std::vector<NodeId> walked;
  NodeId node;
  NodeCursor entities = ScanEntities(view);
  while (entities.Next(&node)) walked.push_back(node);
  NodeCursor articles = ScanArticles(view);
  while (articles.Next(&node)) walked.push_back(node);
  std::vector<NodeId> ids;
  for (const auto& [id, record] : model.nodes) ids.push_back(id);
  EXPECT_EQ(walked, ids);

  std::reverse(ids.begin(), ids.end());
  ids.push_back(999999);
  ids.push_back(ids.front());
  NodeReader many(view);
  ASSERT_TRUE(many.Load(ids).ok());
  NodeReader one(view);
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto known = model.nodes.find(ids[i]);
    const bool expected = known != model.nodes.end();
    ASSERT_EQ(many.record(i) != nullptr, expected);
    const auto record = one.Read(ids[i]);
    ASSERT_TRUE(record.ok());
    ASSERT_EQ(*record != nullptr, expected);
    if (expected) {
      EXPECT_EQ(*many.record(i), known->second);
      EXPECT_EQ(**record, known->second);
    }
  }
  for (LabelId label = 0; label < 4; ++label) {
    std::vector<NodeId> labelled;
    NodeCursor cursor = ScanLabel(view, label);
    while (cursor.Next(&node)) labelled.push_back(node);
    std::vector<NodeId> expected;
    for (const auto& [id, record] : model.nodes) {
      if (std::count(record.labels.begin(), record.labels.end(), label)) expected.push_back(id);
    }
    EXPECT_EQ(labelled, expected);
  }
  for (NodeId target = 0; target < kEntities; ++target) {
    std::vector<NodeId> published;
    std::vector<NodeId> copied;
    for (const auto& [id, record] : model.nodes) {
      if (record.publisher == target) published.push_back(id);
      if (record.original == kFirstArticle + target) copied.push_back(id);
    }
    EXPECT_EQ(*ArticlesOfPublisher(view, target), published);
    EXPECT_EQ(*CopiesOfOriginal(view, kFirstArticle + target), copied);
  }
}

void CheckBareEvidence(const View& view, const Model& model, absl::Span<const FactId> ids) {
  const auto bare = ReadBareEvidence(view, ids);
  ASSERT_TRUE(bare.ok()) << bare.status();
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto known = model.facts.find(ids[i]);
    const auto& range = bare->of_fact[i];
    ASSERT_EQ(range.has_value(), known != model.facts.end()) << ids[i];
    if (!range.has_value()) continue;
    EXPECT_EQ(range->flags, known->second.flags);
    const std::vector<Evidence>& evidence = known->second.evidence;
    ASSERT_EQ(range->end - range->begin, evidence.size());
    for (size_t k = 0; k < evidence.size(); ++k) {
      const BareEvidence& piece = bare->pieces[range->begin + k];
      EXPECT_EQ(piece.article, evidence[k].article);
      EXPECT_EQ(piece.asserter, evidence[k].asserter);
      EXPECT_EQ(piece.confidence, evidence[k].confidence);
      EXPECT_EQ(piece.retracted_at, evidence[k].retracted_at);
      EXPECT_EQ(piece.stance, evidence[k].stance);
    }
  }
}

void CheckFacts(const View& view, const Model& model) {
  FactId last = 0;
  std::vector<FactId> ids;
  FactCursor cursor(view);
  auto expected = model.facts.begin();
  FactId id;
  FactRecord record;
  while (cursor.Next(&id, &record)) {
    ASSERT_NE(expected, model.facts.end());
    ASSERT_EQ(id, expected->first);
    ASSERT_EQ(record, expected->second);
    ++expected;
    last = id;
  }
  ASSERT_TRUE(cursor.status().ok()) << cursor.status();
  ASSERT_EQ(expected, model.facts.end());

  for (FactId fact = 0; fact <= last + 3; fact += 2) ids.push_back(fact);
  const auto records = ReadFacts(view, ids);
  ASSERT_TRUE(records.ok()) << records.status();
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto known = model.facts.find(ids[i]);
    ASSERT_EQ((*records)[i].has_value(), known != model.facts.end()) << ids[i];
    if (known != model.facts.end()) {
      EXPECT_EQ(*(*records)[i], known->second);
    }
    const auto alone = ReadFact(view, ids[i]);
    ASSERT_TRUE(alone.ok());
    EXPECT_EQ(*alone, (*records)[i]);
  }
  // The third time out of the cache.
  for (int time = 0; time < 3; ++time) ASSERT_NO_FATAL_FAILURE(CheckBareEvidence(view, model, ids));
  for (NodeId article = kFirstArticle; article < kFirstArticle + kArticles; ++article) {
    std::vector<FactId> facts;
    for (const auto& [fact, content] : model.facts) {
      for (const Evidence& piece : content.evidence) {
        if (piece.article != article) continue;
        facts.push_back(fact);
        break;
      }
    }
    const auto found = FactsOfArticle(view, article);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(*found, facts);
  }
}

void CheckAll(const View& view, const Model& model) {
  ASSERT_NO_FATAL_FAILURE(CheckFacts(view, model));
  ASSERT_NO_FATAL_FAILURE(CheckNodes(view, model));
  const RelationId some[] = {0, 14};
  for (Direction direction : {Direction::kOut, Direction::kIn}) {
    for (NodeId node = 0; node <= kEntities; ++node) {
      ASSERT_NO_FATAL_FAILURE(CheckEdges(view, model, direction, node, RelationFilter()));
      ASSERT_NO_FATAL_FAILURE(CheckEdges(view, model, direction, node, RelationFilter(some)));
    }
    ASSERT_NO_FATAL_FAILURE(
        CheckEdges(view, model, direction, kFirstArticle + 1, RelationFilter()));
    const std::vector<NodeId> nodes = {3, 0, 1, 77, kFirstArticle + 1};
    std::vector<Degree> degrees;
    ASSERT_TRUE(ReadDegrees(view, direction, nodes, RelationFilter(), &degrees).ok());
    for (size_t i = 0; i < nodes.size(); ++i) {
      EXPECT_EQ(degrees[i].edges, Expected(model, direction, nodes[i], RelationFilter()).size());
    }
  }
  EXPECT_EQ(*view.Counter(kFactCount), model.facts.size());
  size_t evidence = 0;
  for (const auto& [id, fact] : model.facts) evidence += fact.evidence.size();
  EXPECT_EQ(*view.Counter(kEvidenceCount), evidence);
}

// Applies one random change to the transaction and the model.
void Change(Transaction& transaction, Model& model, Random& random) {
  const int kind = random.Below(10);
  auto fact = model.facts.begin();
  if (!model.facts.empty()) std::advance(fact, random.Below(static_cast<int>(model.facts.size())));
  if (kind < 5 || model.facts.empty()) {
    const FactRecord record = RandomFact(random);
    const absl::StatusOr<FactId> id = InsertFact(transaction, record);
    ASSERT_TRUE(id.ok()) << id.status();
    ASSERT_TRUE(model.facts.emplace(*id, record).second);
  } else if (kind < 7) {
    FactRecord record = random.OneIn(3) ? RandomFact(random) : fact->second;
    record.flags ^= kVisible;
    if (random.OneIn(2)) record.evidence.push_back(RandomEvidence(random));
    ASSERT_TRUE(UpdateFact(transaction, fact->first, fact->second, record).ok());
    fact->second = record;
  } else if (kind < 8) {
    ASSERT_TRUE(EraseFact(transaction, fact->first, fact->second).ok());
    model.facts.erase(fact);
  } else {
    // Nodes that facts speak of stay; the few behind them come and go.
    const bool article = random.OneIn(2);
    const int offset = random.Below((article ? kArticles : kEntities) + kFleeting);
    const NodeId id = (article ? kFirstArticle : 0) + offset;
    const bool fleeting = offset >= (article ? kArticles : kEntities);
    const auto known = model.nodes.find(id);
    if (known != model.nodes.end() && fleeting && random.OneIn(2)) {
      ASSERT_TRUE(EraseNode(transaction, id, known->second).ok());
      model.nodes.erase(known);
      return;
    }
    const NodeRecord record = RandomNode(random, id);
    ASSERT_TRUE(
        WriteNode(transaction, id, known == model.nodes.end() ? nullptr : &known->second, record)
            .ok());
    model.nodes[id] = record;
  }
}

void CreateNodes(Store& store, Model& model) {
  auto transaction = store.Begin();
  ASSERT_TRUE(transaction.ok());
  for (int i = 0; i < kEntities + kFleeting; ++i) {
    const NodeId id = (*transaction)->NewEntity().value();
    if (i < kEntities) {
      ASSERT_TRUE(WriteNode(**transaction, id, nullptr, model.nodes[id]).ok());
    }
  }
  for (int i = 0; i < kArticles + kFleeting; ++i) {
    const NodeId id = (*transaction)->NewArticle().value();
    if (i < kArticles) {
      ASSERT_TRUE(WriteNode(**transaction, id, nullptr, model.nodes[id]).ok());
    }
  }
  ASSERT_TRUE((*transaction)->Commit(false).ok());
}

class ModelTest : public testing::TestWithParam<Geometry> {};

TEST_P(ModelTest, RandomTransactionsAgreeWithPlainMaps) {
  ScratchDirectory scratch;
  OpenOptions options{.create_if_missing = true, .geometry = GetParam()};
  Random random(GetParam().chunk_edges);
  Model model;
  std::unique_ptr<Store> store;
  struct Kept {
    std::unique_ptr<Snapshot> snapshot;
    Model model;
  };
  std::vector<Kept> kept;
  for (int round = 0; round < 60; ++round) {
    if (store == nullptr || random.OneIn(10)) {
      kept.clear();
      store.reset();
      // Nothing, next to nothing, or everything is cached.
      options.cache_bytes = std::array<size_t, 3>{0, 1 << 14, 1 << 26}[random.Below(3)];
      auto opened = Store::Open(scratch.path(), options);
      ASSERT_TRUE(opened.ok()) << opened.status();
      store = *std::move(opened);
      if (model.nodes.empty()) {
        ASSERT_NO_FATAL_FAILURE(CreateNodes(*store, model));
      }
      EXPECT_EQ(store->geometry(), GetParam());
    }
    auto begun = store->Begin();
    ASSERT_TRUE(begun.ok());
    std::unique_ptr<Transaction> transaction = *std::move(begun);
    Model changed = model;
    for (int statement = random.Below(6); statement >= 0; --statement) {
      Model before = changed;
      transaction->SetSavepoint();
      for (int i = random.Below(10); i >= 0; --i) {
        ASSERT_NO_FATAL_FAILURE(Change(*transaction, changed, random));
      }
      if (random.OneIn(4)) {
        transaction->RollbackToSavepoint();
        changed = std::move(before);
      } else {
        transaction->ReleaseSavepoint();
      }
    }
    if (random.OneIn(3)) {
      ASSERT_NO_FATAL_FAILURE(CheckAll(*transaction, changed));
    }
    if (random.OneIn(5)) {
      transaction.reset();
    } else {
      ASSERT_TRUE(transaction->Commit(false).ok());
      model = std::move(changed);
    }
    transaction.reset();
    if (random.OneIn(6)) {
      ASSERT_TRUE(store->SealFacts().ok());
    }
    if (random.OneIn(6)) {
      ASSERT_TRUE(store->Flush().ok());
    }
    kept.push_back({store->TakeSnapshot(), model});
    const Kept& one = kept[random.Below(static_cast<int>(kept.size()))];
    ASSERT_NO_FATAL_FAILURE(CheckAll(*one.snapshot, one.model)) << "round " << round;
    if (random.OneIn(8)) {
      const auto report = VerifyConsistency(*kept.back().snapshot);
      ASSERT_TRUE(report.ok());
      EXPECT_THAT(report->problems, testing::IsEmpty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Geometries, ModelTest,
                         testing::Values(Geometry{.chunk_edges = 1,
                                                  .block_facts = 1,
                                                  .inline_evidence = 0,
                                                  .evidence_page = 1,
                                                  .loose_facts = 1},
                                         Geometry{.chunk_edges = 4,
                                                  .block_facts = 2,
                                                  .inline_evidence = 2,
                                                  .evidence_page = 3,
                                                  .loose_facts = 5},
                                         Geometry{.chunk_edges = 30,
                                                  .block_facts = 16,
                                                  .inline_evidence = 3,
                                                  .evidence_page = 2,
                                                  .loose_facts = 40},
                                         Geometry{}));

}  // namespace
}  // namespace entente::storage
