// Maintenance: what `entente stats` and `entente check` show, for those who see only engine/.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace entente {

class Database;

struct DatabaseStatistics {
  uint32_t format_version = 0;
  std::string library_version;
  uint64_t entities = 0;
  uint64_t articles = 0;
  uint64_t facts = 0;
  uint64_t evidence = 0;
  std::vector<std::pair<std::string, uint64_t>> labels;     // nodes that bear each, by name
  std::vector<std::pair<std::string, uint64_t>> relations;  // facts of exactly each type, by name

  struct Family {
    std::string name;
    uint64_t file_bytes = 0;
    uint64_t memory_bytes = 0;
    uint64_t keys = 0;  // an estimate
  };
  std::vector<Family> families;
};
absl::StatusOr<DatabaseStatistics> ReadStatistics(Database& database);

struct CheckReport {
  uint64_t keys = 0;                  // looked at
  uint64_t problem_count = 0;         // found
  std::vector<std::string> problems;  // in words, the first hundred
};

// Reads the whole database as of now: every key decodes, both directions of adjacency agree, counts
// and checksums hold, names, keys and indexes lead to their nodes, stored corroboration is what the
// evidence amounts to. `progress`, when set, is called now and then with the number of keys so far.
// Fails only when reading does; damage is a problem reported.
absl::StatusOr<CheckReport> CheckDatabase(Database& database,
                                          const std::function<void(uint64_t)>& progress = nullptr);

}  // namespace entente
