// A shortest path over SQLite, as an application has to do it: breadth first from both ends, with a
// statement for each direction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/engine.h"
#include "bench/sqlite_statement.h"

namespace entente::bench {

// Answers with one row, the number of steps, or none.
class SqlitePathSearch : public Statement {
 public:
  // `text` has the lines "ends: SQL" (both ids), "out: SQL" and "in: SQL" (neighbours of $node).
  static absl::StatusOr<std::unique_ptr<SqlitePathSearch>> Make(sqlite3* database,
                                                                const std::string& text);

  absl::Status Run(const ParameterSet& parameters, Answer* answer) override;

 private:
  struct Side {
    std::unique_ptr<SqliteStatement> neighbours;
    absl::flat_hash_set<int64_t> seen;
    std::vector<int64_t> frontier;
  };

  explicit SqlitePathSearch(sqlite3* database) : database_(database) {}

  // One step further; true when the sides meet.
  absl::StatusOr<bool> Advance(Side& side, const Side& other);

  sqlite3* const database_;
  std::unique_ptr<SqliteStatement> ends_;
  Side from_;
  Side to_;
};

}  // namespace entente::bench
