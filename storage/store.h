// Store: one open database. It owns RocksDB, hands out snapshots and the one write transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/keys.h"

namespace rocksdb {
class Env;
}

namespace entente::storage {

class Snapshot;
class StoreImpl;
class Transaction;

// How many rows stand together. Fixed when a database is created and kept in its format record.
// Small numbers let tests reach every seam with little data.
struct Geometry {
  uint32_t chunk_edges = 8192;    // edges of one adjacency page at most
  uint32_t block_facts = 128;     // consecutive fact ids of one sealed block
  uint32_t inline_evidence = 32;  // pieces of evidence that stand with their fact
  uint32_t evidence_page = 64;    // pieces of evidence of one overflow page
  uint32_t loose_facts = 8192;    // loose facts after which a commit seals blocks
  uint32_t block_articles = 64;   // consecutive article ids of one block
  friend bool operator==(const Geometry&, const Geometry&) = default;
};

struct OpenOptions {
  bool create_if_missing = false;
  bool read_only = false;       // never creates, never writes, works beside a writing process
  Geometry geometry;            // of a database that is created now
  rocksdb::Env* env = nullptr;  // not owned; nullptr is the machine's own files
  // Memory for what was read: half for blocks of table files as they are stored, half for pages,
  // records and blocks of facts as readers want them. 0: next to nothing is kept.
  size_t cache_bytes = size_t{512} << 20;
};

struct FamilySize {
  Family family;
  uint64_t file_bytes = 0;    // in table files
  uint64_t memory_bytes = 0;  // written, not yet in a table file
  uint64_t keys = 0;          // an estimate
};

// The format that this code writes; FORMAT.md describes it.
inline constexpr uint32_t kFormatVersion = 1;

class Store {
 public:
  // `path` is a directory, or ":memory:" for a database that lives as long as the Store.
  //   NotFound            there is no database and create_if_missing is off
  //   FailedPrecondition  the directory (or file) holds something that is not Entente's
  //   Unimplemented       the database was written by a newer format; or, read-only, by an older
  //                       one that is to be opened for writing once
  //   Unavailable         another process, or this one, has it open for writing; or, read-only, its
  //                       files changed during every one of a dozen attempts
  //   DataLoss            it is ours, but broken
  //   InvalidArgument     ":memory:" is to be read-only, or the geometry is impossible
  //   Internal            the files could not be read or written
  // A creation that fails leaves a directory as it was.
  static absl::StatusOr<std::unique_ptr<Store>> Open(absl::string_view path,
                                                     const OpenOptions& options);

  // Every Snapshot and Transaction must be gone. Seals loose facts and flushes, so that the next
  // opening is fast.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The database as of now. Any number at once, from any thread.
  std::unique_ptr<Snapshot> TakeSnapshot() const;

  // The write transaction; waits until the one before has ended. FailedPrecondition when the store
  // is read-only. A thread that holds one and asks for another waits for ever.
  absl::StatusOr<std::unique_ptr<Transaction>> Begin();
  // As Begin, but DeadlineExceeded when the wait takes longer than `timeout`.
  absl::StatusOr<std::unique_ptr<Transaction>> TryBegin(absl::Duration timeout);

  // Grows with every commit, see View::sequence.
  uint64_t LatestSequence() const;

  bool read_only() const;
  uint32_t format_version() const;
  const Geometry& geometry() const;
  absl::StatusOr<std::vector<FamilySize>> Sizes() const;

  // Forgets what readers decoded (OpenOptions::cache_bytes); blocks of table files stay cached.
  void DropDecoded();

  // Moves everything written so far into table files.
  absl::Status Flush();
  // Seals every loose fact into its block; waits for the write transaction to end.
  absl::Status SealFacts();

 private:
  friend class SpillSpace;
  explicit Store(std::unique_ptr<StoreImpl> impl);

  std::unique_ptr<StoreImpl> impl_;
};

}  // namespace entente::storage
