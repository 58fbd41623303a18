// The whole database against itself, for `entente check`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/view.h"

namespace entente::storage {

struct ConsistencyReport {
  uint64_t keys = 0;                  // looked at
  uint64_t problem_count = 0;         // found
  std::vector<std::string> problems;  // in words, the first hundred
};

// Every key of every family decodes; records and what is derived from them (labels, both directions
// of adjacency, summaries, the ways back, counts) agree. Reads everything and checks RocksDB's
// checksums; holds some bytes of memory a fact. `progress`, when set, is called now and then with
// the number of keys so far. Fails only when reading does (I/O); corruption is a problem reported.
absl::StatusOr<ConsistencyReport> VerifyConsistency(
    const Snapshot& snapshot, const std::function<void(uint64_t)>& progress = nullptr);

}  // namespace entente::storage
