// TableLoad: what a bulk load writes beside its transaction: streams of keys in ascending order,
// which become table files and are taken into the database together with the transaction's own
// writes in one step that RocksDB records atomically. Until Transaction::Commit nothing is seen; a
// killed process leaves nothing (spill.h).
//
// A small load is not worth files of its own: its streams write into the transaction.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "storage/keys.h"
#include "storage/spill.h"

namespace entente::storage {

class Snapshot;
class StoreImpl;
class TableLoad;
class Transaction;

// Keys of one family. The ranges of two streams of one load must not overlap. Used by one thread.
class TableStream {
 public:
  ~TableStream();

  // In ascending order of key, each once.
  absl::Status Put(absl::string_view key, absl::string_view value);
  // Adds rows to the end of what stands there; see Transaction::Append. `net` rows.
  absl::Status Append(absl::string_view key, absl::string_view rows, int net);
  // For values that are packed as it is: files do not compress what is put from now on. Before the
  // first key.
  void LeaveUncompressed() { compresses_ = false; }
  // Ends the stream.
  absl::Status Finish();

 private:
  friend class TableLoad;
  friend class Transaction;
  struct File;

  TableStream(TableLoad& load, Family family);
  // Makes a file ready for the next key.
  absl::Status Open();
  absl::Status Delete(absl::string_view key);

  TableLoad& load_;
  const Family family_;
  bool compresses_ = true;
  std::unique_ptr<File> file_;  // null: none is open, or the load needs none
};

class TableLoad {
 public:
  // Both must outlive the load. Without `files` everything goes into the transaction.
  TableLoad(Transaction& transaction, SpillSpace& space, bool files);
  ~TableLoad();

  // Whether streams can be written by threads of their own.
  bool has_files() const { return files_; }
  TableStream NewStream(Family family);
  Transaction& transaction() { return transaction_; }
  // To be held by streams that several threads write, while they use the transaction.
  absl::Mutex& transaction_mutex() { return transaction_mutex_; }
  // The database before the load; for threads that the transaction does not belong to.
  std::unique_ptr<Snapshot> Before() const;

 private:
  friend class TableStream;
  friend class Transaction;

  // Takes all finished files into the database, at once.
  absl::Status Ingest();

  Transaction& transaction_;
  StoreImpl& store_;
  SpillSpace& space_;
  const bool files_;
  absl::Mutex transaction_mutex_;
  absl::Mutex mutex_;
  std::array<std::vector<std::string>, kFamilyCount> finished_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace entente::storage
