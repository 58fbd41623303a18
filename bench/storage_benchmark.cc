// The bytes of storage/, by themselves: adjacency pages, pending rows, blocks of facts, unpacking,
// and reading edges through RocksDB and the cache. Arguments are edges of a node unless said
// otherwise.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "bench/csr.h"
#include "bench/sampling.h"
#include "storage/adjacency.h"
#include "storage/adjacency_page.h"
#include "storage/check.h"
#include "storage/fact_block.h"
#include "storage/facts.h"
#include "storage/page_reader.h"
#include "storage/store.h"
#include "storage/transaction.h"
#include "storage/unpack.h"

namespace entente::storage {
namespace {

using bench::Random;

constexpr uint32_t kRelations = 20;
constexpr uint64_t kNodes = 100'000;
constexpr uint32_t kInlineEvidence = 32;
constexpr uint32_t kTraversed = kOtherColumn | kFlagsColumn;
constexpr uint32_t kAnswered = kOtherColumn | kConfidenceColumn | kFlagsColumn;

// Sorted, as a page holds them; facts follow the order, as after a bulk load.
EdgeColumns MakeEdges(int64_t count) {
  Random random(/*stream=*/1, static_cast<uint64_t>(count));
  std::vector<EdgeRow> rows(static_cast<size_t>(count));
  for (EdgeRow& row : rows) {
    row.relation = static_cast<RelationId>(random.Below(kRelations));
    row.other = random.Below(kNodes);
    row.valid_from = 16'000 + static_cast<int32_t>(random.Below(3652));
    row.valid_to = row.valid_from + 1;
    row.first_reported = row.valid_from;
    row.confidence = static_cast<uint16_t>(random.Below(10'000));
    row.flags = kVisible | kHasEvidence;
  }
  std::sort(rows.begin(), rows.end(), [](const EdgeRow& a, const EdgeRow& b) {
    return std::pair(a.relation, a.other) < std::pair(b.relation, b.other);
  });
  EdgeColumns edges;
  FactId fact = 1'000'000;
  for (EdgeRow& row : rows) {
    row.fact = fact++;
    AppendRow(row, kAllColumns, &edges);
  }
  return edges;
}

void SetEdges(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void EncodePage(benchmark::State& state) {
  const EdgeColumns edges = MakeEdges(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(EncodePageValue(edges));
  SetEdges(state);
  state.counters["bytes/edge"] =
      static_cast<double>(EncodePageValue(edges).size()) / static_cast<double>(state.range(0));
}
BENCHMARK(EncodePage)->Arg(20)->Arg(8192);

// All relations, or one of them.
void DecodePage(benchmark::State& state, uint32_t columns, bool one_relation) {
  const std::string value = EncodePageValue(MakeEdges(state.range(0)));
  const std::vector<RelationId> wanted = {7};
  const RelationFilter filter = one_relation ? RelationFilter(wanted) : RelationFilter();
  EdgeColumns edges;
  size_t read = 0;
  for (auto _ : state) {
    edges.Clear();
    const absl::StatusOr<PageValue> page = PageValue::Parse(value);
    ENTENTE_CHECK(page.ok());
    page->Read(filter, columns, &edges);
    benchmark::DoNotOptimize(edges.other.data());
    read += edges.size;
  }
  state.SetItemsProcessed(static_cast<int64_t>(read));
}
BENCHMARK_CAPTURE(DecodePage, traversed, kTraversed, false)->Arg(20)->Arg(8192);
BENCHMARK_CAPTURE(DecodePage, answered_one_relation, kAnswered, true)->Arg(20)->Arg(8192);
BENCHMARK_CAPTURE(DecodePage, all_columns, kAllColumns, false)->Arg(20)->Arg(8192);

// Nothing but unpacking a column of 8192 values: argument is their width in bits.
void UnpackColumn(benchmark::State& state, Unpacker unpacker) {
  if (!Runs(unpacker)) {
    state.SkipWithError("this machine has no such instructions");
    return;
  }
  constexpr size_t kValues = 8192;
  const uint8_t width = static_cast<uint8_t>(state.range(0));
  const std::vector<uint8_t> bytes(kValues * width / 8, 0x5a);
  const PackedNumbers numbers{.bytes = bytes.data(),
                              .size = static_cast<uint32_t>(bytes.size()),
                              .width = width,
                              .base = 1'000'000};
  std::vector<uint64_t> values(kValues);
  for (auto _ : state) {
    Unpack(unpacker, numbers, 0, kValues, values.data());
    benchmark::DoNotOptimize(values.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kValues));
}
BENCHMARK_CAPTURE(UnpackColumn, scalar, Unpacker::kScalar)->Arg(13)->Arg(17)->Arg(40);
BENCHMARK_CAPTURE(UnpackColumn, avx2, Unpacker::kAvx2)->Arg(13)->Arg(17)->Arg(40);
BENCHMARK_CAPTURE(UnpackColumn, avx512, Unpacker::kAvx512)->Arg(13)->Arg(17)->Arg(40);

void CountFromPage(benchmark::State& state) {
  const std::string value = EncodePageValue(MakeEdges(state.range(0)));
  const std::vector<RelationId> wanted = {7};
  for (auto _ : state) {
    const absl::StatusOr<PageValue> page = PageValue::Parse(value);
    ENTENTE_CHECK(page.ok());
    benchmark::DoNotOptimize(page->Count(RelationFilter(wanted)));
  }
}
BENCHMARK(CountFromPage)->Arg(20)->Arg(8192);

// A page with rows that wait: reading it, and folding them in.
std::string PageWithPending(int64_t edges, int64_t pending) {
  std::string value = EncodePageValue(MakeEdges(edges));
  const EdgeColumns added = MakeEdges(pending);
  for (size_t i = 0; i < added.size; ++i) {
    EdgeRow row = RowAt(added, i);
    row.fact += 5'000'000;
    AppendPendingRow(EdgeOp::kInsert, row, &value);
  }
  return value;
}

void ReadPending(benchmark::State& state) {
  const std::string value = PageWithPending(state.range(0), state.range(1));
  EdgeColumns edges;
  for (auto _ : state) {
    edges.Clear();
    const absl::StatusOr<PageValue> page = PageValue::Parse(value);
    ENTENTE_CHECK(page.ok());
    page->Read(RelationFilter(), kTraversed, &edges);
    benchmark::DoNotOptimize(edges.other.data());
  }
  SetEdges(state);
}
BENCHMARK(ReadPending)->Args({1000, 10})->Args({1000, 100});

void FoldPendingRows(benchmark::State& state) {
  const std::string value = PageWithPending(state.range(0), state.range(1));
  for (auto _ : state) {
    std::string folded = value;
    FoldPending(&folded);
    benchmark::DoNotOptimize(folded.data());
  }
}
BENCHMARK(FoldPendingRows)->Args({1000, 10})->Args({1000, 1000});

std::vector<StoredFact> MakeFacts(size_t count) {
  std::vector<StoredFact> facts(count);
  Random random(/*stream=*/2, count);
  for (size_t i = 0; i < count; ++i) {
    facts[i].id = i;
    FactRecord& record = facts[i].record;
    record.subject = 4711;
    record.relation = static_cast<RelationId>(random.Below(kRelations));
    record.object = random.Below(kNodes);
    record.valid_from = 16'000 + static_cast<int32_t>(random.Below(3652));
    record.valid_to = record.valid_from + 1;
    record.from_precision = record.to_precision = Precision::kDay;
    record.flags = kVisible | kHasEvidence | kIdentified;
    record.support = record.confidence = static_cast<uint16_t>(random.Below(10'000));
    record.evidence.resize(2);
    for (Evidence& piece : record.evidence) {
      piece.article = kFirstArticle + random.Below(1'000'000);
      piece.confidence = static_cast<double>(30 + random.Below(70)) / 100;
      piece.sentence = static_cast<int32_t>(random.Below(30));
      piece.span_start = static_cast<int32_t>(random.Below(4000));
      piece.span_end = piece.span_start + 80;
    }
    facts[i].evidence_total = record.evidence.size();
  }
  return facts;
}

void EncodeBlock(benchmark::State& state) {
  const std::vector<StoredFact> facts = MakeFacts(128);
  for (auto _ : state) benchmark::DoNotOptimize(EncodeFactBlock(0, facts));
  state.counters["bytes/fact"] = static_cast<double>(EncodeFactBlock(0, facts).size()) / 128;
}
BENCHMARK(EncodeBlock);

// One fact with its evidence out of a block.
void ReadFactOfBlock(benchmark::State& state) {
  const std::string bytes = EncodeFactBlock(0, MakeFacts(128));
  size_t next = 0;
  for (auto _ : state) {
    const absl::StatusOr<FactBlock> block = FactBlock::Parse(0, kInlineEvidence, bytes);
    ENTENTE_CHECK(block.ok());
    benchmark::DoNotOptimize(block->Read(next++ % block->size()));
  }
}
BENCHMARK(ReadFactOfBlock);

// A store in memory whose node 0 has that many edges.
class NodeStore {
 public:
  explicit NodeStore(int64_t edges) {
    auto store = Store::Open(":memory:", {.create_if_missing = true});
    ENTENTE_CHECK(store.ok());
    store_ = *std::move(store);
    auto transaction = store_->Begin();
    ENTENTE_CHECK(transaction.ok());
    const EdgeColumns columns = MakeEdges(edges);
    for (size_t i = 0; i < columns.size; ++i) {
      ENTENTE_CHECK(InsertEdge(**transaction, Direction::kOut, 0, RowAt(columns, i)).ok());
    }
    ENTENTE_CHECK((*transaction)->Commit().ok());
    transaction->reset();
    ENTENTE_CHECK(store_->Flush().ok());
  }

  Store& store() { return *store_; }

 private:
  std::unique_ptr<Store> store_;
};

void ReadEdgesOfNode(benchmark::State& state) {
  NodeStore nodes(state.range(0));
  const std::unique_ptr<Snapshot> snapshot = nodes.store().TakeSnapshot();
  EdgeColumns edges;
  for (auto _ : state) {
    edges.Clear();
    ENTENTE_CHECK(
        ReadEdges(*snapshot, Direction::kOut, 0, RelationFilter(), kTraversed, &edges).ok());
    benchmark::DoNotOptimize(edges.other.data());
  }
  SetEdges(state);
}
BENCHMARK(ReadEdgesOfNode)->Arg(20)->Arg(2816)->Arg(20'000);

void ReadDegreeOfNode(benchmark::State& state) {
  NodeStore nodes(state.range(0));
  const std::unique_ptr<Snapshot> snapshot = nodes.store().TakeSnapshot();
  const std::vector<RelationId> wanted = {7};
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ReadDegree(*snapshot, Direction::kOut, 0, RelationFilter(wanted)).ok());
  }
}
BENCHMARK(ReadDegreeOfNode)->Arg(20)->Arg(2816)->Arg(20'000);

// A graph of nodes with 20 edges each on average, a few with very many.
class Neighbourhood {
 public:
  static constexpr uint64_t kNodeCount = 20'000;
  static constexpr int64_t kEdgeCount = 400'000;

  Neighbourhood() {
    auto store = Store::Open(":memory:", {.create_if_missing = true});
    ENTENTE_CHECK(store.ok());
    store_ = *std::move(store);
    Random random(/*stream=*/4, 0);
    std::vector<bench::Csr::Edge> csr_edges;
    FactId fact = 0;
    for (int64_t done = 0; done < kEdgeCount;) {
      auto transaction = store_->Begin();
      ENTENTE_CHECK(transaction.ok());
      const NodeId from = next_++ % kNodeCount;
      const int64_t edges = from % 1000 == 0 ? 2000 : 18;
      for (int64_t i = 0; i < edges; ++i, ++done) {
        EdgeRow row;
        row.relation = static_cast<RelationId>(random.Below(kRelations));
        row.other = random.Below(kNodeCount);
        row.fact = fact++;
        row.flags = kVisible | kHasEvidence;
        ENTENTE_CHECK(InsertEdge(**transaction, Direction::kOut, from, row).ok());
        csr_edges.push_back({row.relation, static_cast<uint32_t>(from),
                             static_cast<uint32_t>(row.other), row.confidence});
      }
      ENTENTE_CHECK((*transaction)->Commit(/*sync=*/false).ok());
    }
    ENTENTE_CHECK(store_->Flush().ok());
    for (int i = 0; i < 4096; ++i) sources_.push_back(random.Below(kNodeCount));
    csr_ = bench::Csr(std::move(csr_edges), kRelations, kNodeCount);
  }

  static Neighbourhood& Get() {
    static Neighbourhood* const neighbourhood = new Neighbourhood();
    return *neighbourhood;
  }

  Store& store() { return *store_; }
  absl::Span<const NodeId> sources() const { return sources_; }
  const bench::Csr& csr() const { return csr_; }

 private:
  std::unique_ptr<Store> store_;
  bench::Csr csr_;
  std::vector<NodeId> sources_;
  uint64_t next_ = 0;
};

// The relations of a traversal: one of them, or all.
std::vector<RelationId> Wanted(const benchmark::State& state) {
  std::vector<RelationId> wanted;
  for (RelationId relation = 0; relation < state.range(0); ++relation) wanted.push_back(relation);
  return wanted;
}

void SetTraversed(benchmark::State& state, uint64_t edges) {
  state.SetItemsProcessed(static_cast<int64_t>(edges));
  const auto nodes =
      static_cast<double>(state.iterations() * Neighbourhood::Get().sources().size());
  state.counters["time/node"] =
      benchmark::Counter(nodes, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// The neighbours of 4096 nodes over so many relations, in groups of 256, added up; cold: nothing is
// decoded yet, blocks are cached. ReadArrays is the limit of both.
void ReadPages(benchmark::State& state, bool cold) {
  Neighbourhood& neighbourhood = Neighbourhood::Get();
  const std::unique_ptr<Snapshot> snapshot = neighbourhood.store().TakeSnapshot();
  const std::vector<RelationId> wanted = Wanted(state);
  const RelationFilter filter(wanted);
  uint64_t edges = 0;
  for (auto _ : state) {
    if (cold) {
      state.PauseTiming();
      neighbourhood.store().DropDecoded();
      state.ResumeTiming();
    }
    PageReader reader(*snapshot, Direction::kOut, kTraversed);
    uint64_t sum = 0;
    for (size_t begin = 0; begin < neighbourhood.sources().size(); begin += 256) {
      const absl::Span<const NodeId> part = neighbourhood.sources().subspan(begin, 256);
      ENTENTE_CHECK(reader.Load(part).ok());
      for (size_t i = 0; i < part.size(); ++i) {
        const DecodedPage& page = *reader.page(i);
        const EdgeSpan span = page.edges();
        DecodedPage::Position position;
        while (const RelationSlice* slice = page.Next(filter, &position)) {
          for (uint32_t k = slice->begin; k < slice->end; ++k) sum += span.other[k];
          edges += slice->end - slice->begin;
        }
      }
    }
    benchmark::DoNotOptimize(sum);
  }
  SetTraversed(state, edges);
}
BENCHMARK_CAPTURE(ReadPages, cold, true)->Arg(1)->Arg(kRelations);
BENCHMARK_CAPTURE(ReadPages, warm, false)->Arg(1)->Arg(kRelations);

void ReadArrays(benchmark::State& state) {
  const Neighbourhood& neighbourhood = Neighbourhood::Get();
  const std::vector<RelationId> wanted = Wanted(state);
  uint64_t edges = 0;
  for (auto _ : state) {
    uint64_t sum = 0;
    for (const NodeId node : neighbourhood.sources()) {
      for (const RelationId relation : wanted) {
        const absl::Span<const uint32_t> neighbours =
            neighbourhood.csr().Neighbours(relation, static_cast<uint32_t>(node));
        for (const uint32_t neighbour : neighbours) sum += neighbour;
        edges += neighbours.size();
      }
    }
    benchmark::DoNotOptimize(sum);
  }
  SetTraversed(state, edges);
}
BENCHMARK(ReadArrays)->Arg(1)->Arg(kRelations);

// Degrees in one relation of 4096 nodes.
void ReadManyDegrees(benchmark::State& state, bool cold) {
  Neighbourhood& neighbourhood = Neighbourhood::Get();
  const std::unique_ptr<Snapshot> snapshot = neighbourhood.store().TakeSnapshot();
  const std::vector<RelationId> wanted = {7};
  std::vector<Degree> degrees;
  for (auto _ : state) {
    if (cold) {
      state.PauseTiming();
      neighbourhood.store().DropDecoded();
      state.ResumeTiming();
    }
    ENTENTE_CHECK(ReadDegrees(*snapshot, Direction::kOut, neighbourhood.sources(),
                              RelationFilter(wanted), &degrees)
                      .ok());
    benchmark::DoNotOptimize(degrees.data());
  }
  state.counters["time/node"] =
      benchmark::Counter(static_cast<double>(state.iterations() * neighbourhood.sources().size()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(ReadManyDegrees, cold, true);
BENCHMARK_CAPTURE(ReadManyDegrees, warm, false);

// A transaction of one edge, not waiting for the disk.
void CommitOneEdge(benchmark::State& state) {
  NodeStore nodes(state.range(0));
  Random random(/*stream=*/3, 0);
  FactId fact = 10'000'000;
  for (auto _ : state) {
    auto transaction = nodes.store().Begin();
    ENTENTE_CHECK(transaction.ok());
    EdgeRow row = RowAt(MakeEdges(1), 0);
    row.other = random.Below(kNodes);
    row.fact = fact++;
    ENTENTE_CHECK(InsertEdge(**transaction, Direction::kOut, 0, row).ok());
    ENTENTE_CHECK((*transaction)->Commit(/*sync=*/false).ok());
  }
}
BENCHMARK(CommitOneEdge)->Arg(20)->Arg(2816);

}  // namespace
}  // namespace entente::storage

BENCHMARK_MAIN();
