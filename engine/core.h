// Core: what an open database consists of, shared by Database and its sessions: the store, the
// published catalogue, the registered procedures. Sees to it that one writer works at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/catalogue.h"
#include "engine/database.h"
#include "engine/fact_sample.h"
#include "engine/graph.h"
#include "engine/graph_writer.h"
#include "engine/procedure.h"

namespace entente {

namespace storage {
class Store;
class TableLoad;
}  // namespace storage

// A consistent picture to read from.
class ReadTransaction {
 public:
  virtual ~ReadTransaction() = default;
  virtual const Graph& graph() const = 0;
};

// The one writer. Rolled back when destroyed without Commit.
class WriteTransaction {
 public:
  virtual ~WriteTransaction() = default;
  virtual GraphWriter& graph() = 0;
  // Atomic; on an error nothing was written.
  virtual absl::Status Commit() = 0;
  // The same with the table files of a load.
  virtual absl::Status Commit(storage::TableLoad& tables) = 0;
};

class Core {
 public:
  static absl::StatusOr<std::shared_ptr<Core>> Open(absl::string_view path,
                                                    const DatabaseOptions& options);
  ~Core();

  // A picture of the latest commit, and the catalogue that goes with it. Who begins to read over
  // and over keeps the one that it had last: while there was no commit since, it is taken again
  // without waiting for anybody.
  class Picture;
  absl::StatusOr<std::unique_ptr<ReadTransaction>> BeginRead(std::weak_ptr<const Picture>* last);
  absl::StatusOr<std::unique_ptr<ReadTransaction>> BeginRead();
  // Waits until the present writer is done, but no longer than the options say, nor than
  // `most_wait`, after which it is kDatabaseBusy. kReadOnly on a read-only database. `cancelled`
  // may be null; when it turns true the wait ends with kInterrupted.
  absl::StatusOr<std::unique_ptr<WriteTransaction>> BeginWrite(
      const std::atomic<bool>* cancelled, absl::Duration most_wait = absl::InfiniteDuration());

  absl::Status RegisterTable(absl::string_view signature, std::vector<std::vector<Value>> rows);
  // nullptr when there is none; stays valid as long as the pointer is held.
  std::shared_ptr<const TableProcedure> FindTable(absl::string_view name) const;

  // For the planner; nullptr where there are too few facts to take a sample of, and when one cannot
  // be read. Taken from `graph`, which is one of this database's, unless there is one already of
  // when the database was about as large.
  std::shared_ptr<const FactSample> SampleOf(const Graph& graph);

  bool read_only() const { return options_.read_only; }
  const DatabaseOptions& options() const { return options_; }
  storage::Store& store() { return *store_; }

 private:
  class Reading;
  class Writing;
  Core(std::unique_ptr<storage::Store> store, const DatabaseOptions& options);

  DatabaseOptions options_;
  std::unique_ptr<storage::Store> store_;
  mutable absl::Mutex mutex_;
  // Of the latest commit, for all who begin to read before the next one; null when there was one.
  std::shared_ptr<const Picture> latest_ ABSL_GUARDED_BY(mutex_);
  // Swapped whole by a commit, together with the moment from which snapshots see that commit.
  std::shared_ptr<const Catalogue> catalogue_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::shared_ptr<const TableProcedure>> tables_
      ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const FactSample> sample_ ABSL_GUARDED_BY(mutex_);
  int sample_size_ ABSL_GUARDED_BY(mutex_) = 0;  // of the database then, as a power of two
};

}  // namespace entente
