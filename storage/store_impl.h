// What a Store, its snapshots and its transaction share. Internal to storage/.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/options.h"
#include "rocksdb/slice.h"
#include "storage/latest_counters.h"
#include "storage/loose_facts.h"
#include "storage/read_cache.h"
#include "storage/store.h"
#include "storage/vocabularies.h"

namespace entente::storage {

inline rocksdb::Slice ToSlice(absl::string_view v) { return rocksdb::Slice(v.data(), v.size()); }
inline absl::string_view ToView(const rocksdb::Slice& v) {
  return absl::string_view(v.data(), v.size());
}
// Corruption is DataLoss, a full disk ResourceExhausted, any other failure Internal.
absl::Status ToStatus(const rocksdb::Status& status);

class StoreImpl {
 public:
  explicit StoreImpl(size_t decoded_bytes) : cache(decoded_bytes) {}
  ~StoreImpl();

  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles[static_cast<size_t>(family)];
  }

  // The nodes that have, had, or were about to have several chunks.
  bool MayHaveSeveralChunks(Direction direction, NodeId node) const ABSL_LOCKS_EXCLUDED(hubs_mutex);
  void NoteSeveralChunks(Direction direction, NodeId node) ABSL_LOCKS_EXCLUDED(hubs_mutex);

  // The one writer's turn. False when `timeout` has passed.
  bool BeginWriting(absl::Duration timeout) ABSL_LOCKS_EXCLUDED(writer_mutex);
  void EndWriting() ABSL_LOCKS_EXCLUDED(writer_mutex);

  std::unique_ptr<rocksdb::Env> memory_env;  // of ":memory:"; outlives db
  rocksdb::Env* env = nullptr;               // of all files
  std::string path;                          // of the directory
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles = {};
  Geometry geometry;
  bool read_only = false;
  uint32_t format_version = 0;
  ReadCache cache;
  LooseFacts loose_facts;
  LatestCounters counters;
  Vocabularies vocabularies;
  std::atomic<int> views{0};  // open snapshots and transactions

  absl::Mutex writer_mutex;
  bool writing ABSL_GUARDED_BY(writer_mutex) = false;

  mutable absl::Mutex hubs_mutex;
  std::atomic<bool> any_hubs{false};
  absl::flat_hash_set<std::pair<Direction, NodeId>> hubs ABSL_GUARDED_BY(hubs_mutex);

  // Whose turn it is to write owns these.
  bool wrote = false;
  absl::flat_hash_map<std::string, uint32_t> page_edges;  // of some first chunks, by page key
};

}  // namespace entente::storage
