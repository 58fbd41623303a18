// SQLite, through its C interface.
#include <sqlite3.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bench/engine.h"
#include "bench/sqlite_load.h"
#include "bench/sqlite_path_search.h"
#include "bench/sqlite_statement.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

class SqliteConnection : public Connection {
 public:
  explicit SqliteConnection(sqlite3* database) : database_(database) {}
  ~SqliteConnection() override { sqlite3_close_v2(database_); }

  absl::StatusOr<std::unique_ptr<Statement>> Prepare(const std::string& text) override {
    if (absl::StartsWith(text, "program: bidirectional search\n")) {
      return SqlitePathSearch::Make(database_, text);
    }
    return SqliteStatement::Make(database_, text);
  }
  absl::Status Begin() override { return ExecuteSqlite(database_, "BEGIN IMMEDIATE"); }
  absl::Status Commit() override { return ExecuteSqlite(database_, "COMMIT"); }
  void Interrupt() override { sqlite3_interrupt(database_); }

 private:
  sqlite3* const database_;
};

class Sqlite : public LocalEngine {
 public:
  absl::string_view name() const override { return "sqlite"; }
  RelationNotation notation() const override { return RelationNotation::kNumbers; }
  std::string version() override { return sqlite3_libversion(); }

  absl::Status Load(const std::string& tables, const std::string& path) override {
    return LoadSqlite(tables, path);
  }
  absl::Status Open(const std::string& path, const OpenOptions& options) override {
    path_ = path;
    options_ = options;
    return absl::OkStatus();
  }
  void Close() override {}

  // One database handle for each connection, as SQLite wants it for several threads.
  absl::StatusOr<std::unique_ptr<Connection>> Connect() override {
    ASSIGN_OR_RETURN(sqlite3* const database, OpenSqlite(path_, options_.read_only));
    auto connection = std::make_unique<SqliteConnection>(database);
    RETURN_IF_ERROR(ExecuteSqlite(database,
                                  "PRAGMA cache_size = -262144; "
                                  "PRAGMA mmap_size = 8589934592;"));
    if (!options_.read_only) {
      RETURN_IF_ERROR(
          ExecuteSqlite(database, absl::StrCat("PRAGMA journal_mode = WAL; PRAGMA synchronous = ",
                                               options_.sync_commits ? "FULL" : "OFF")));
    }
    return connection;
  }

 private:
  std::string path_;
  OpenOptions options_;
};

}  // namespace

std::unique_ptr<Engine> NewSqlite() { return std::make_unique<Sqlite>(); }

}  // namespace entente::bench
