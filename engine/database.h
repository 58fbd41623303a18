// Database: the public door of the C++ API.
//
//   ASSIGN_OR_RETURN(auto database, entente::Database::Open("facts.db"));
//   auto session = database->Connect();
//   ASSIGN_OR_RETURN(auto result, session->Run("WHO SUPPORTS WHOM?"));
//   entente::Row row;
//   while (true) { ASSIGN_OR_RETURN(bool more, result->Next(&row)); if (!more) break; … }
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/export.h"
#include "engine/session.h"
#include "engine/value.h"

namespace entente {

class Core;  // engine/core.h: the open store, the published catalogue, procedures

struct DatabaseOptions {
  bool create_if_missing = true;
  bool read_only = false;
  // A commit is on the disk before it returns. Without this, the last commits may be lost when the
  // machine (not just the program) stops suddenly, but never half of one.
  bool sync_commits = true;
  // How long a write waits for another writer before it is kDatabaseBusy.
  uint32_t busy_timeout_ms = 5000;
  // What a statement may use before it is kLimitExceeded: bytes that it holds, its writes
  // included, and time that it works (0: any), to which waiting for another writer counts.
  uint64_t memory_limit = uint64_t{4} << 30;
  uint32_t timeout_ms = 0;
  // Threads that may run one statement, the calling one included; 0: as many as there are cores.
  uint32_t threads = 0;
  // Memory that the database takes for what was read: half for the files' blocks, half for what was
  // decoded of them.
  uint64_t cache_bytes = uint64_t{512} << 20;
  // For tests: small pages and blocks, so that few facts exercise many of them. Used when a
  // database is created. 0: the default.
  uint32_t edges_per_chunk = 0;
  uint32_t facts_per_block = 0;
  // For tests: how statements are run. Answers do not depend on it.
  bool optimizer = true;
  uint32_t batch_size = 1024;  // rows, at least 1
};

// Reads options from a JSON object, whose keys are "create", "read_only", "sync",
// "busy_timeout_ms", "timeout_ms", "memory_limit", "threads", "cache_bytes", "chunk_edges",
// "block_facts", "optimizer" and "batch_size"; a key that is left out keeps its default.
// kInvalidCall for unknown keys and bad values.
ENTENTE_EXPORT absl::StatusOr<DatabaseOptions> ParseDatabaseOptions(absl::string_view json);

// An open database. Safe to use from several threads. Sessions keep what they need of it alive, so
// that destroying a Database before its sessions is safe: the files close with the last of them.
class ENTENTE_EXPORT Database {
 public:
  // `path` is a directory, or ":memory:" for a transient database. Errors: NotFound (missing and
  // not to be created), FailedPrecondition (not an Entente database, or of a newer format),
  // Unavailable (locked by another process), DataLoss.
  static absl::StatusOr<std::unique_ptr<Database>> Open(absl::string_view path,
                                                        const DatabaseOptions& options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  std::unique_ptr<Session> Connect();

  // Makes `CALL name(…) YIELD …` answer from a table: `signature` is
  // "name(argument :: TYPE?, …) :: (column :: TYPE?, …)", each row has the arguments' values first,
  // then the columns'; a call yields the columns of the rows whose arguments equal its own.
  // InvalidArgument when the signature or a row does not fit. An earlier procedure of the name is
  // replaced.
  absl::Status RegisterTable(absl::string_view signature, std::vector<std::vector<Value>> rows);

  Core& core() { return *core_; }

 private:
  explicit Database(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;  // shared with sessions, see above
};

}  // namespace entente
