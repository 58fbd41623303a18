#include "bench/sqlite_load.h"

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "bench/peer_files.h"
#include "bench/sqlite_statement.h"
#include "bench/world.h"
#include "engine/status.h"
#include "tools/csv_row.h"
#include "tools/input_file.h"

namespace entente::bench {
namespace {

using Ids = absl::flat_hash_map<std::string, int64_t>;

class Loader {
 public:
  Loader(sqlite3* database, const std::string& tables) : database_(database), tables_(tables) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(const std::string schema, ReadBenchFile("models/sqlite_schema.sql"));
    ASSIGN_OR_RETURN(const std::string finish, ReadBenchFile("models/sqlite_finish.sql"));
    RETURN_IF_ERROR(ExecuteSqlite(
        database_,
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
        "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -262144; PRAGMA threads = 2;"));
    RETURN_IF_ERROR(ExecuteSqlite(database_, "BEGIN"));
    RETURN_IF_ERROR(ExecuteSqlite(database_, schema));
    RETURN_IF_ERROR(LoadRelations());
    RETURN_IF_ERROR(LoadEntities());
    RETURN_IF_ERROR(LoadArticles());
    RETURN_IF_ERROR(LoadFacts());
    RETURN_IF_ERROR(LoadEvidence());
    RETURN_IF_ERROR(ExecuteSqlite(database_, finish));
    return ExecuteSqlite(database_, "COMMIT");
  }

 private:
  // One row: the fields go to the statement's places by Bind, then Step.
  class Insert {
   public:
    static absl::StatusOr<Insert> Make(sqlite3* database, const std::string& text) {
      ASSIGN_OR_RETURN(std::unique_ptr<SqliteStatement> statement,
                       SqliteStatement::Make(database, text));
      return Insert(database, std::move(statement));
    }
    // Empty text is null.
    void Bind(int place, absl::string_view text) {
      if (text.empty()) {
        sqlite3_bind_null(statement_->get(), place);
      } else {
        sqlite3_bind_text(statement_->get(), place, text.data(), static_cast<int>(text.size()),
                          SQLITE_STATIC);
      }
    }
    void Bind(int place, int64_t number) { sqlite3_bind_int64(statement_->get(), place, number); }
    void BindId(int place, const Ids& ids, absl::string_view key) {
      const auto known = ids.find(key);
      if (known == ids.end()) {
        sqlite3_bind_null(statement_->get(), place);
      } else {
        Bind(place, known->second);
      }
    }
    absl::Status Step() {
      const int code = sqlite3_step(statement_->get());
      sqlite3_reset(statement_->get());
      return code == SQLITE_DONE ? absl::OkStatus() : SqliteError(database_);
    }

   private:
    Insert(sqlite3* database, std::unique_ptr<SqliteStatement> statement)
        : database_(database), statement_(std::move(statement)) {}

    sqlite3* database_;
    std::unique_ptr<SqliteStatement> statement_;
  };

  // Hands over the rows of a table, whose columns are in the generator's order.
  template <typename Take>
  absl::Status EachRow(const std::string& table, Take take) {
    ASSIGN_OR_RETURN(const std::unique_ptr<tools::InputFile> file,
                     tools::InputFile::Open(absl::StrCat(tables_, "/", table, ".csv")));
    absl::string_view line;
    tools::CsvRow row;
    while (true) {
      ASSIGN_OR_RETURN(const bool more, file->NextLine(&line));
      if (!more) return absl::OkStatus();
      if (file->line_number() == 1) continue;
      if (row.Parse(line) != tools::CsvRow::Outcome::kWhole) {
        return absl::DataLossError(absl::StrCat(file->name(), ": ", file->line_number()));
      }
      RETURN_IF_ERROR(take(row));
    }
  }

  absl::Status LoadRelations() {
    ASSIGN_OR_RETURN(Insert insert, Insert::Make(database_, "INSERT INTO relation VALUES (?, ?)"));
    for (const RelationShare& relation : Relations()) {
      const auto id = static_cast<int64_t>(relations_.size()) + 1;
      relations_.emplace(relation.name, id);
      insert.Bind(1, id);
      insert.Bind(2, relation.name);
      RETURN_IF_ERROR(insert.Step());
    }
    return absl::OkStatus();
  }

  absl::Status LoadEntities() {
    ASSIGN_OR_RETURN(Insert insert,
                     Insert::Make(database_, "INSERT INTO entity VALUES (?, ?, ?, ?, ?)"));
    return EachRow("entities", [&](const tools::CsvRow& row) {
      const auto id = static_cast<int64_t>(entities_.size()) + 1;
      entities_.emplace(row[0], id);
      insert.Bind(1, id);
      for (int i = 0; i < 4; ++i) insert.Bind(2 + i, row[static_cast<size_t>(i)]);
      return insert.Step();
    });
  }

  // key,publisher,language,published,url,title,copy_of
  absl::Status LoadArticles() {
    ASSIGN_OR_RETURN(
        Insert insert,
        Insert::Make(database_,
                     "INSERT INTO article VALUES (?, ?, ?, ?, ?, unixepoch(?), ?, ?, ?)"));
    std::vector<int64_t> publishers;
    return EachRow("articles", [&](const tools::CsvRow& row) {
      const auto id = static_cast<int64_t>(articles_.size()) + 1;
      articles_.emplace(row[0], id);
      publishers.push_back(entities_[row[1]]);
      // A reprint comes after its original, whose publisher it counts as.
      const auto original = articles_.find(row[6]);
      const bool is_copy = original != articles_.end();
      insert.Bind(1, id);
      insert.Bind(2, row[0]);
      insert.Bind(3, publishers.back());
      insert.Bind(4, publishers[static_cast<size_t>(is_copy ? original->second : id) - 1]);
      insert.Bind(5, row[2]);
      insert.Bind(6, row[3]);
      insert.Bind(7, row[4]);
      insert.Bind(8, row[5]);
      insert.BindId(9, articles_, row[6]);
      return insert.Step();
    });
  }

  // id,subject,type,object,valid_from,valid_to
  absl::Status LoadFacts() {
    ASSIGN_OR_RETURN(Insert insert,
                     Insert::Make(database_,
                                  "INSERT INTO staged VALUES (?, ?, ?, ?, unixepoch(?) / 86400, "
                                  "unixepoch(?) / 86400)"));
    return EachRow("facts", [&](const tools::CsvRow& row) {
      insert.Bind(1, row[0]);
      insert.BindId(2, entities_, row[1]);
      insert.BindId(3, relations_, row[2]);
      insert.BindId(4, entities_, row[3]);
      insert.Bind(5, row[4]);
      insert.Bind(6, row[5]);
      return insert.Step();
    });
  }

  // fact,article,stance,confidence,asserted_by,sentence,span_start,span_end,quote
  absl::Status LoadEvidence() {
    ASSIGN_OR_RETURN(
        Insert insert,
        Insert::Make(database_, "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    const Ids stances = {{"reports", 0}, {"affirms", 1}, {"denies", 2}};
    std::string fact;
    int64_t number = 0;  // within its fact, whose evidence stands together
    return EachRow("evidence", [&](const tools::CsvRow& row) {
      number = row[0] == fact ? number + 1 : 0;
      fact = std::string(row[0]);
      insert.Bind(1, row[0]);
      insert.Bind(2, number);
      insert.BindId(3, articles_, row[1]);
      insert.BindId(4, stances, row[2]);
      insert.Bind(5, row[3]);
      insert.BindId(6, entities_, row[4]);
      for (int i = 5; i < 9; ++i) insert.Bind(2 + i, row[static_cast<size_t>(i)]);
      return insert.Step();
    });
  }

  sqlite3* const database_;
  const std::string tables_;
  Ids relations_;
  Ids entities_;
  Ids articles_;
};

}  // namespace

absl::Status LoadSqlite(const std::string& tables, const std::string& path) {
  ASSIGN_OR_RETURN(sqlite3* const database, OpenSqlite(path, /*read_only=*/false));
  const absl::Status loaded = Loader(database, tables).Run();
  sqlite3_close_v2(database);
  return loaded;
}

}  // namespace entente::bench
