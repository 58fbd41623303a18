// LatestCounters: the counters as of the latest commit, so that neither a commit nor whoever reads
// the latest state has to look for them in the database. Internal to storage/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace entente::storage {

class LatestCounters {
 public:
  using Values = absl::flat_hash_map<std::string, uint64_t>;

  // nullopt when it does not know the counter as of `sequence`.
  std::optional<uint64_t> Find(absl::string_view name, uint64_t sequence) const {
    absl::ReaderMutexLock lock(&mutex_);
    if (sequence != sequence_) return std::nullopt;
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }
  // What was read in the database as of `sequence`.
  void Learn(absl::string_view name, uint64_t sequence, uint64_t value) {
    absl::MutexLock lock(&mutex_);
    if (sequence < sequence_) return;
    if (sequence > sequence_) values_.clear();
    sequence_ = sequence;
    values_[name] = value;
  }
  // After a commit, which made `sequence` the latest one: what it changed.
  void Change(const Values& changed, uint64_t sequence) {
    absl::MutexLock lock(&mutex_);
    sequence_ = sequence;
    for (const auto& [name, value] : changed) values_[name] = value;
  }

 private:
  mutable absl::Mutex mutex_;
  uint64_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  Values values_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace entente::storage
