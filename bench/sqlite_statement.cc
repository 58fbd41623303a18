#include "bench/sqlite_statement.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"

namespace entente::bench {

absl::StatusOr<sqlite3*> OpenSqlite(const std::string& path, bool read_only) {
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (sqlite3_open_v2(path.c_str(), &database, flags, nullptr) == SQLITE_OK) {
    // A connection that opens while another one writes may find the log locked for a moment.
    constexpr int kPatienceMs = 5000;
    sqlite3_busy_timeout(database, kPatienceMs);
    return database;
  }
  const absl::Status status = SqliteError(database);
  sqlite3_close_v2(database);
  return status;
}

absl::Status ExecuteSqlite(sqlite3* database, const std::string& text) {
  const int code = sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : SqliteError(database);
}

absl::Status SqliteError(sqlite3* database) {
  return absl::InternalError(absl::StrCat("sqlite: ", sqlite3_errmsg(database)));
}

absl::StatusOr<std::unique_ptr<SqliteStatement>> SqliteStatement::Make(sqlite3* database,
                                                                       const std::string& text) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database, text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK) {
    return SqliteError(database);
  }
  return std::unique_ptr<SqliteStatement>(new SqliteStatement(database, statement));
}

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

void BindSqlite(sqlite3_stmt* statement, const ParameterSet& parameters) {
  for (const auto& [name, value] : parameters) {
    const int index = sqlite3_bind_parameter_index(statement, absl::StrCat("$", name).c_str());
    if (index == 0) continue;
    sqlite3_bind_text(statement, index, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
  }
}

absl::Status SqliteStatement::Run(const ParameterSet& parameters, Answer* answer) {
  BindSqlite(statement_, parameters);
  const int columns = sqlite3_column_count(statement_);
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement_)) == SQLITE_ROW) {
    for (int column = 0; column < columns; ++column) {
      switch (sqlite3_column_type(statement_, column)) {
        case SQLITE_INTEGER:
          answer->Integer(sqlite3_column_int64(statement_, column));
          break;
        case SQLITE_FLOAT:
          answer->Real(sqlite3_column_double(statement_, column));
          break;
        case SQLITE_NULL:
          answer->Null();
          break;
        default: {
          const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
          answer->Text({text, static_cast<size_t>(sqlite3_column_bytes(statement_, column))});
        }
      }
    }
    answer->EndRow();
  }
  const absl::Status status = code == SQLITE_DONE ? absl::OkStatus() : SqliteError(database_);
  sqlite3_reset(statement_);
  return status;
}

}  // namespace entente::bench
