// A prepared statement of SQLite.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/engine.h"

struct sqlite3;
struct sqlite3_stmt;

namespace entente::bench {

absl::StatusOr<sqlite3*> OpenSqlite(const std::string& path, bool read_only);

// Runs statements that give no rows of interest.
absl::Status ExecuteSqlite(sqlite3* database, const std::string& text);

// The database's last error.
absl::Status SqliteError(sqlite3* database);

class SqliteStatement : public Statement {
 public:
  static absl::StatusOr<std::unique_ptr<SqliteStatement>> Make(sqlite3* database,
                                                               const std::string& text);
  ~SqliteStatement() override;

  absl::Status Run(const ParameterSet& parameters, Answer* answer) override;

  sqlite3_stmt* get() { return statement_; }

 private:
  SqliteStatement(sqlite3* database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}

  sqlite3* const database_;
  sqlite3_stmt* const statement_;
};

// Binds those of the parameters that the statement names.
void BindSqlite(sqlite3_stmt* statement, const ParameterSet& parameters);

}  // namespace entente::bench
