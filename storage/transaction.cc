#include "storage/transaction.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "rocksdb/iterator.h"
#include "rocksdb/perf_level.h"
#include "rocksdb/utilities/write_batch_with_index.h"
#include "storage/check.h"
#include "storage/fact_sealing.h"
#include "storage/merge.h"
#include "storage/read_cache.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/table_load.h"

namespace entente::storage {
namespace {

// Rows to be merged into one key.
struct Growing {
  Family family;
  std::string rows;
  int64_t net = 0;
};

std::string GrowingKey(Family family, absl::string_view key) {
  std::string result(1, static_cast<char>(family));
  result.append(key.data(), key.size());
  return result;
}

}  // namespace

struct Transaction::State {
  State() : batch(rocksdb::BytewiseComparator(), 0, /*overwrite_key=*/true) {}

  // Where a Growing stood before one Append.
  struct Step {
    Growing* growing;
    size_t bytes;
    int64_t net;
  };
  struct Savepoint {
    size_t steps;
    absl::flat_hash_map<std::string, uint64_t> counters;
    std::vector<FactId>::size_type loose_facts;
  };

  rocksdb::WriteBatchWithIndex batch;                   // Put and Delete
  absl::node_hash_map<std::string, Growing> growing;    // Append, by family and key
  std::vector<Step> steps;                              // all Appends since the first savepoint
  absl::flat_hash_map<std::string, uint64_t> counters;  // those that changed
  std::vector<FactId> loose_facts;
  std::vector<CacheKey> cached;  // what of the cache Puts and Deletes change
  bool changed[kFamilyCount] = {};
  uint64_t bytes = 0;
  std::vector<Savepoint> savepoints;
  bool open = true;
};

Transaction::Transaction(StoreImpl* store) : View(store), state_(std::make_unique<State>()) {}

Transaction::~Transaction() { Rollback(); }

absl::StatusOr<bool> Transaction::Get(Family family, absl::string_view key,
                                      rocksdb::PinnableSlice* value) const {
  value->Reset();
  const auto growing = state_->growing.empty() ? state_->growing.end()
                                               : state_->growing.find(GrowingKey(family, key));
  const bool grows = growing != state_->growing.end() && !growing->second.rows.empty();
  const rocksdb::Status status = state_->batch.GetFromBatchAndDB(
      store_->db.get(), rocksdb::ReadOptions(), store_->handle(family), ToSlice(key), value);
  if (!status.IsNotFound()) RETURN_IF_ERROR(ToStatus(status));
  if (!grows) return status.ok();
  std::string grown(status.ok() ? ToView(*value) : EmptyValue(family));
  grown += growing->second.rows;
  value->Reset();
  *value->GetSelf() = std::move(grown);
  value->PinSelf();
  return true;
}

absl::Status Transaction::MultiGet(Family family, absl::Span<const std::string> keys,
                                   std::vector<rocksdb::PinnableSlice>* values,
                                   std::vector<bool>* found) const {
  values->clear();
  values->resize(keys.size());
  found->assign(keys.size(), false);
  for (size_t i = 0; i < keys.size(); ++i) {
    ASSIGN_OR_RETURN((*found)[i], Get(family, keys[i], &(*values)[i]));
  }
  return absl::OkStatus();
}

Cursor Transaction::Scan(Family family, absl::string_view prefix) const {
  ENTENTE_CHECK(family != Family::kAdjacency);
  if (family == Family::kProvenance) {
    const char kind = prefix.empty() ? '\0' : prefix[0];
    ENTENTE_CHECK(kind != '\0' && kind != static_cast<char>(ProvenanceKey::kArticleFacts) &&
                  kind != static_cast<char>(ProvenanceKey::kTrigramEntities));
  }
  rocksdb::ColumnFamilyHandle* handle = store_->handle(family);
  rocksdb::Iterator* base = store_->db->NewIterator(rocksdb::ReadOptions(), handle);
  return Cursor(std::unique_ptr<rocksdb::Iterator>(state_->batch.NewIteratorWithBase(handle, base)),
                prefix);
}

absl::StatusOr<uint64_t> Transaction::Counter(absl::string_view name) const {
  const auto changed = state_->counters.find(name);
  if (changed != state_->counters.end()) return changed->second;
  const std::optional<uint64_t> known = store_->counters.Find(name, sequence());
  if (known.has_value()) return *known;
  rocksdb::PinnableSlice bytes;
  ASSIGN_OR_RETURN(bool found,
                   Get(Family::kCatalogue, KeyWriter(CatalogueKey::kCounter).Raw(name), &bytes));
  ASSIGN_OR_RETURN(const uint64_t value, DecodeCounter(found, ToView(bytes)));
  store_->counters.Learn(name, sequence(), value);
  return value;
}

uint64_t Transaction::sequence() const { return store_->db->GetLatestSequenceNumber(); }

ReadCache* Transaction::CacheOf(Family family) const {
  // Chunk directories stand in the catalogue; whoever changes one changes the page as well.
  return state_->changed[static_cast<size_t>(family)] ? nullptr : &store_->cache;
}

void Transaction::NoteChange(Family family, absl::string_view key) {
  // Beside the key: an entry of the batch's index, and what of the cache changes.
  constexpr uint64_t kEntry = 128;
  state_->bytes += kEntry + key.size();
  state_->changed[static_cast<size_t>(family)] = true;
  AppendCacheKeys(family, key, geometry(), &state_->cached);
}

void Transaction::Put(Family family, absl::string_view key, absl::string_view value) {
  NoteChange(family, key);
  state_->bytes += value.size();
  state_->batch.Put(store_->handle(family), ToSlice(key), ToSlice(value));
}

void Transaction::Delete(Family family, absl::string_view key) {
  NoteChange(family, key);
  state_->batch.Delete(store_->handle(family), ToSlice(key));
}

void Transaction::Append(Family family, absl::string_view key, absl::string_view rows, int net) {
  constexpr uint64_t kNode = 128;
  const auto [found, is_new] = state_->growing.try_emplace(GrowingKey(family, key));
  Growing& growing = found->second;
  if (is_new) state_->bytes += kNode + key.size();
  growing.family = family;
  state_->changed[static_cast<size_t>(family)] = true;
  if (!state_->savepoints.empty()) {
    state_->steps.push_back({&growing, growing.rows.size(), growing.net});
    state_->bytes += sizeof(State::Step);
  }
  state_->bytes += rows.size();
  growing.rows.append(rows.data(), rows.size());
  growing.net += net;
}

int64_t Transaction::Growth(Family family, absl::string_view key) const {
  const auto growing = state_->growing.find(GrowingKey(family, key));
  return growing == state_->growing.end() ? 0 : growing->second.net;
}

absl::StatusOr<uint64_t> Transaction::Next(absl::string_view counter, uint64_t count) {
  ASSIGN_OR_RETURN(const uint64_t id, Counter(counter));
  state_->counters[counter] = id + count;
  return id;
}

absl::StatusOr<NodeId> Transaction::NewEntity() { return NewEntities(1); }
absl::StatusOr<NodeId> Transaction::NewArticle() { return NewArticles(1); }
absl::StatusOr<FactId> Transaction::NewFact() { return Next(kNextFact, 1); }

absl::StatusOr<NodeId> Transaction::NewEntities(uint64_t count) {
  ASSIGN_OR_RETURN(const uint64_t id, Next(kNextEntity, count));
  if (id + count > kFirstArticle) return absl::ResourceExhaustedError("no entity ids are left");
  return id;
}

absl::StatusOr<NodeId> Transaction::NewArticles(uint64_t count) {
  ASSIGN_OR_RETURN(const uint64_t offset, Next(kNextArticle, count));
  return kFirstArticle + offset;
}

absl::StatusOr<uint64_t> Transaction::NextOfBlocks(absl::string_view counter, uint64_t block,
                                                   uint64_t count) {
  ASSIGN_OR_RETURN(const uint64_t next, Counter(counter));
  RETURN_IF_ERROR(Next(counter, (block - next % block) % block + count).status());
  return (next + block - 1) / block * block;
}

absl::StatusOr<NodeId> Transaction::NewArticlesOfBlocks(uint64_t count) {
  ASSIGN_OR_RETURN(const uint64_t offset,
                   NextOfBlocks(kNextArticle, geometry().block_articles, count));
  return kFirstArticle + offset;
}

absl::StatusOr<FactId> Transaction::NewFacts(uint64_t count) {
  return NextOfBlocks(kNextFact, geometry().block_facts, count);
}

absl::Status Transaction::Count(absl::string_view name, int64_t change) {
  if (change == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const uint64_t before, Counter(name));
  if (change < 0 && before < static_cast<uint64_t>(-change)) {
    return absl::DataLossError("a counter falls below zero");
  }
  state_->counters[name] = before + static_cast<uint64_t>(change);
  return absl::OkStatus();
}

void Transaction::SetSavepoint() {
  state_->batch.SetSavePoint();
  state_->savepoints.push_back(
      {state_->steps.size(), state_->counters, state_->loose_facts.size()});
}

void Transaction::RollbackToSavepoint() {
  ENTENTE_CHECK(!state_->savepoints.empty());
  ENTENTE_CHECK(state_->batch.RollbackToSavePoint().ok());
  State::Savepoint& savepoint = state_->savepoints.back();
  for (; state_->steps.size() > savepoint.steps; state_->steps.pop_back()) {
    const State::Step& step = state_->steps.back();
    step.growing->rows.resize(step.bytes);
    step.growing->net = step.net;
  }
  state_->counters = std::move(savepoint.counters);
  state_->loose_facts.resize(savepoint.loose_facts);
  state_->savepoints.pop_back();
}

void Transaction::ReleaseSavepoint() {
  ENTENTE_CHECK(!state_->savepoints.empty());
  ENTENTE_CHECK(state_->batch.PopSavePoint().ok());
  state_->savepoints.pop_back();
  if (state_->savepoints.empty()) state_->steps.clear();
}

uint64_t Transaction::bytes() const { return state_->bytes; }

bool Transaction::has_writes() const {
  return state_->batch.GetWriteBatch()->Count() > 0 || !state_->growing.empty() ||
         !state_->counters.empty();
}

absl::Status Transaction::Write(bool sync) {
  if (!has_writes()) return absl::OkStatus();
  PutCounters();
  rocksdb::WriteBatch* batch = state_->batch.GetWriteBatch();
  // In the order of keys, which RocksDB inserts faster.
  std::vector<const std::pair<const std::string, Growing>*> merges;
  for (const auto& entry : state_->growing) {
    if (!entry.second.rows.empty()) merges.push_back(&entry);
  }
  std::sort(merges.begin(), merges.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* merge : merges) {
    const auto& [key, growing] = *merge;
    batch->Merge(store_->handle(growing.family), rocksdb::Slice(key.data() + 1, key.size() - 1),
                 growing.rows);
  }
  for (const auto* merge : merges) {
    AppendCacheKeys(merge->second.family, absl::string_view(merge->first).substr(1), geometry(),
                    &state_->cached);
  }
  rocksdb::WriteOptions options;
  options.sync = sync;
  // So many keys are most of what is cached.
  constexpr size_t kMostKeys = 1 << 18;
  const bool all = state_->cached.size() > kMostKeys;
  store_->loose_facts.Add(state_->loose_facts, geometry().block_facts);
  all ? store_->cache.BeginChangeOfAll() : store_->cache.BeginChange(state_->cached);
  // Nobody asks for RocksDB's counts of a commit, which are a tenth of its work.
  const rocksdb::PerfLevel counting = rocksdb::GetPerfLevel();
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  const rocksdb::Status written = store_->db->Write(options, batch);
  rocksdb::SetPerfLevel(counting);
  const uint64_t sequence = store_->db->GetLatestSequenceNumber();
  all ? store_->cache.EndChangeOfAll(sequence) : store_->cache.EndChange(state_->cached, sequence);
  RETURN_IF_ERROR(ToStatus(written));
  store_->counters.Change(state_->counters, sequence);
  store_->wrote = true;
  for (const auto& [key, growing] : state_->growing) {
    if (growing.family != Family::kAdjacency || growing.net == 0) continue;
    const auto known = store_->page_edges.find(absl::string_view(key).substr(1));
    if (known != store_->page_edges.end()) known->second += static_cast<int32_t>(growing.net);
  }
  state_ = std::make_unique<State>();
  return absl::OkStatus();
}

void Transaction::PutCounters() {
  for (const auto& [name, value] : state_->counters) {
    Put(Family::kCatalogue, KeyWriter(CatalogueKey::kCounter).Raw(name), KeyWriter().U64(value));
  }
}

absl::Status Transaction::WriteTable(Family family, TableLoad& load) {
  std::vector<const std::pair<const std::string, Growing>*> merges;
  for (const auto& entry : state_->growing) {
    if (entry.second.family == family && !entry.second.rows.empty()) merges.push_back(&entry);
  }
  std::sort(merges.begin(), merges.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  TableStream stream = load.NewStream(family);
  auto merge = merges.begin();
  const auto append_until = [&](std::optional<rocksdb::Slice> end) -> absl::Status {
    for (; merge != merges.end(); ++merge) {
      const absl::string_view key = absl::string_view((*merge)->first).substr(1);
      if (end.has_value() && ToSlice(key).compare(*end) > 0) break;
      RETURN_IF_ERROR(stream.Append(key, (*merge)->second.rows, 0));
    }
    return absl::OkStatus();
  };
  const std::unique_ptr<rocksdb::WBWIIterator> own(
      state_->batch.NewIterator(store_->handle(family)));
  for (own->SeekToFirst(); own->Valid(); own->Next()) {
    const rocksdb::WriteEntry entry = own->Entry();
    RETURN_IF_ERROR(append_until(entry.key));
    RETURN_IF_ERROR(entry.type == rocksdb::kDeleteRecord
                        ? stream.Delete(ToView(entry.key))
                        : stream.Put(ToView(entry.key), ToView(entry.value)));
  }
  RETURN_IF_ERROR(ToStatus(own->status()));
  RETURN_IF_ERROR(append_until(std::nullopt));
  return stream.Finish();
}

absl::Status Transaction::WriteTables(TableLoad& load) {
  PutCounters();
  for (int i = 0; i < kFamilyCount; ++i) {
    RETURN_IF_ERROR(WriteTable(static_cast<Family>(i), load));
  }
  store_->loose_facts.Add(state_->loose_facts, geometry().block_facts);
  store_->cache.BeginChangeOfAll();
  const absl::Status ingested = load.Ingest();
  store_->cache.EndChangeOfAll(store_->db->GetLatestSequenceNumber());
  RETURN_IF_ERROR(ingested);
  store_->counters.Change(state_->counters, store_->db->GetLatestSequenceNumber());
  store_->wrote = true;
  store_->page_edges.clear();
  state_ = std::make_unique<State>();
  return absl::OkStatus();
}

absl::Status Transaction::Commit(TableLoad& load, bool sync) {
  ENTENTE_CHECK(state_->open);
  if (!load.has_files()) return Commit(sync);
  const absl::Status status = WriteTables(load);
  Rollback();
  return status;
}

absl::Status Transaction::Commit(bool sync) {
  ENTENTE_CHECK(state_->open);
  const absl::Status status = Write(sync);
  // The commit stands whether or not sealing succeeds; what stays loose is sealed another time.
  if (status.ok() && store_->loose_facts.facts().size() >= geometry().loose_facts) {
    SealLooseFacts(SealScope::kFullBlocks).IgnoreError();
  }
  Rollback();
  return status;
}

absl::Status Transaction::SealLooseFacts(SealScope scope) {
  // Groups that a batch can carry, each atomic by itself.
  constexpr size_t kFactsPerBatch = 1 << 16;
  while (true) {
    std::vector<FactId> sealed;
    ASSIGN_OR_RETURN(const uint64_t next_fact, Counter(kNextFact));
    const FactId end = scope == SealScope::kAll
                           ? next_fact
                           : next_fact / geometry().block_facts * geometry().block_facts;
    for (FactId fact : store_->loose_facts.facts()) {
      if (fact >= end) break;
      const bool same_block = !sealed.empty() && sealed.back() / geometry().block_facts ==
                                                     fact / geometry().block_facts;
      if (sealed.size() >= kFactsPerBatch && !same_block) break;
      sealed.push_back(fact);
    }
    if (sealed.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(SealFactBlocks(*this, sealed));
    RETURN_IF_ERROR(Write(/*sync=*/false));
    store_->loose_facts.Remove(sealed, geometry().block_facts,
                               store_->db->GetLatestSequenceNumber());
  }
}

void Transaction::Rollback() {
  if (!state_->open) return;
  state_ = std::make_unique<State>();
  state_->open = false;
  store_->EndWriting();
}

void Transaction::NoteSeveralChunks(Direction direction, NodeId node) {
  store_->NoteSeveralChunks(direction, node);
}

bool Transaction::CommittedEdges(absl::string_view page_key, uint32_t* edges) const {
  const auto known = store_->page_edges.find(page_key);
  if (known == store_->page_edges.end()) return false;
  *edges = known->second;
  return true;
}

void Transaction::RememberEdges(absl::string_view page_key, uint32_t edges) {
  constexpr size_t kMostPages = 1 << 19;
  if (store_->page_edges.size() >= kMostPages) store_->page_edges.clear();
  store_->page_edges[page_key] = edges;
}

void Transaction::NoteLooseFact(FactId fact) { state_->loose_facts.push_back(fact); }

}  // namespace entente::storage
