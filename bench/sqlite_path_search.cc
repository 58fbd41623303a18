#include "bench/sqlite_path_search.h"

#include <sqlite3.h>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

constexpr int kLongest = 6;

}  // namespace

absl::StatusOr<std::unique_ptr<SqlitePathSearch>> SqlitePathSearch::Make(sqlite3* database,
                                                                         const std::string& text) {
  std::unique_ptr<SqlitePathSearch> search(new SqlitePathSearch(database));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    std::unique_ptr<SqliteStatement>* target = nullptr;
    if (absl::ConsumePrefix(&line, "ends: ")) target = &search->ends_;
    if (absl::ConsumePrefix(&line, "out: ")) target = &search->from_.neighbours;
    if (absl::ConsumePrefix(&line, "in: ")) target = &search->to_.neighbours;
    if (target == nullptr) continue;
    ASSIGN_OR_RETURN(*target, SqliteStatement::Make(database, std::string(line)));
  }
  return search;
}

absl::Status SqlitePathSearch::Run(const ParameterSet& parameters, Answer* answer) {
  BindSqlite(ends_->get(), parameters);
  if (sqlite3_step(ends_->get()) != SQLITE_ROW) return SqliteError(database_);
  int column = 0;
  for (Side* side : {&from_, &to_}) {
    side->frontier = {sqlite3_column_int64(ends_->get(), column++)};
    side->seen = {side->frontier[0]};
  }
  sqlite3_reset(ends_->get());
  for (int length = 1; length <= kLongest; ++length) {
    if (from_.frontier.empty() || to_.frontier.empty()) return absl::OkStatus();
    const bool forward = from_.frontier.size() <= to_.frontier.size();
    ASSIGN_OR_RETURN(const bool met, forward ? Advance(from_, to_) : Advance(to_, from_));
    if (!met) continue;
    answer->Integer(length);
    answer->EndRow();
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> SqlitePathSearch::Advance(Side& side, const Side& other) {
  sqlite3_stmt* const statement = side.neighbours->get();
  std::vector<int64_t> next;
  for (const int64_t node : side.frontier) {
    sqlite3_bind_int64(statement, 1, node);
    int code = SQLITE_ROW;
    bool met = false;
    while (!met && (code = sqlite3_step(statement)) == SQLITE_ROW) {
      const int64_t neighbour = sqlite3_column_int64(statement, 0);
      met = other.seen.contains(neighbour);
      if (side.seen.insert(neighbour).second) next.push_back(neighbour);
    }
    sqlite3_reset(statement);
    if (met) return true;
    if (code != SQLITE_DONE) return SqliteError(database_);
  }
  side.frontier = std::move(next);
  return false;
}

}  // namespace entente::bench
