// DuckDB, through its C interface.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "bench/duckdb_library.h"
#include "bench/engine.h"
#include "bench/peer_files.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

using Handle = DuckdbLibrary::Handle;

absl::Status DuckdbError(const char* message) {
  return absl::InternalError(absl::StrCat("duckdb: ", message == nullptr ? "failed" : message));
}

class DuckdbStatement : public Statement {
 public:
  DuckdbStatement(const DuckdbLibrary& library, Handle statement)
      : library_(library), statement_(statement) {}
  ~DuckdbStatement() override { library_.destroy_prepare(&statement_); }

  absl::Status Run(const ParameterSet& parameters, Answer* answer) override {
    for (const auto& [name, value] : parameters) {
      uint64_t index = 0;
      if (library_.bind_parameter_index(statement_, &index, name.c_str()) != 0) continue;
      library_.bind_varchar_length(statement_, index, value.data(), value.size());
    }
    DuckdbResult result{};
    absl::Status status;
    if (library_.execute_prepared(statement_, &result) != 0) {
      status = DuckdbError(library_.result_error(&result));
    } else {
      while (Handle chunk = library_.fetch_chunk(result)) {
        AddChunk(result, chunk, answer);
        library_.destroy_data_chunk(&chunk);
      }
    }
    library_.destroy_result(&result);
    return status;
  }

 private:
  struct Column {
    int type;
    const void* data;
    const uint64_t* validity;
  };

  void AddChunk(DuckdbResult& result, Handle chunk, Answer* answer) const {
    std::vector<Column> columns;
    for (uint64_t i = 0; i < library_.column_count(&result); ++i) {
      const Handle vector = library_.data_chunk_get_vector(chunk, i);
      columns.push_back({library_.column_type(&result, i), library_.vector_get_data(vector),
                         library_.vector_get_validity(vector)});
    }
    const uint64_t rows = library_.data_chunk_get_size(chunk);
    for (uint64_t row = 0; row < rows; ++row) {
      for (const Column& column : columns) AddCell(column, row, answer);
      answer->EndRow();
    }
  }

  static void AddCell(const Column& column, uint64_t row, Answer* answer) {
    if (column.validity != nullptr && (column.validity[row / 64] >> (row % 64) & 1) == 0) {
      return answer->Null();
    }
    switch (column.type) {
      case DuckdbLibrary::kBoolean:
        return answer->Integer(static_cast<const bool*>(column.data)[row]);
      case DuckdbLibrary::kInteger:
        return answer->Integer(static_cast<const int32_t*>(column.data)[row]);
      case DuckdbLibrary::kBigint:
        return answer->Integer(static_cast<const int64_t*>(column.data)[row]);
      case DuckdbLibrary::kDouble:
        return answer->Real(static_cast<const double*>(column.data)[row]);
      case DuckdbLibrary::kVarchar: {
        const DuckdbText& text = static_cast<const DuckdbText*>(column.data)[row];
        return answer->Text({text.length <= 12 ? text.start : text.pointer, text.length});
      }
      default:
        return answer->Text(absl::StrCat("type ", column.type));
    }
  }

  const DuckdbLibrary& library_;
  Handle statement_;
};

class DuckdbConnection : public Connection {
 public:
  DuckdbConnection(const DuckdbLibrary& library, Handle connection)
      : library_(library), connection_(connection) {}
  ~DuckdbConnection() override { library_.disconnect(&connection_); }

  absl::StatusOr<std::unique_ptr<Statement>> Prepare(const std::string& text) override {
    Handle statement = nullptr;
    if (library_.prepare(connection_, text.c_str(), &statement) != 0) {
      const absl::Status status = DuckdbError(library_.prepare_error(statement));
      library_.destroy_prepare(&statement);
      return status;
    }
    return std::make_unique<DuckdbStatement>(library_, statement);
  }
  absl::Status Begin() override { return Run("BEGIN"); }
  absl::Status Commit() override { return Run("COMMIT"); }
  void Interrupt() override { library_.interrupt(connection_); }

  // Any number of statements, whose rows are of no interest.
  absl::Status Run(const std::string& text) {
    DuckdbResult result{};
    const int state = library_.query(connection_, text.c_str(), &result);
    const absl::Status status =
        state == 0 ? absl::OkStatus() : DuckdbError(library_.result_error(&result));
    library_.destroy_result(&result);
    return status;
  }

 private:
  const DuckdbLibrary& library_;
  Handle connection_;
};

class Duckdb : public LocalEngine {
 public:
  ~Duckdb() override { Close(); }

  absl::string_view name() const override { return "duckdb"; }
  RelationNotation notation() const override { return RelationNotation::kQuoted; }
  std::string version() override {
    const absl::StatusOr<const DuckdbLibrary*> library = DuckdbLibrary::Get();
    return library.ok() ? (*library)->library_version() : "not installed";
  }

  absl::Status Load(const std::string& tables, const std::string& path) override {
    return RunDuckdb(path, {{"{TABLES}", tables}},
                     {"models/duckdb_tables.sql", "models/duckdb_indexes.sql"});
  }

  // DuckDB has no commits that do not wait for the disk.
  absl::Status Open(const std::string& path, const OpenOptions& options) override {
    ASSIGN_OR_RETURN(library_, DuckdbLibrary::Get());
    if (library_->open(path.c_str(), &database_) != 0) return DuckdbError("cannot open");
    ASSIGN_OR_RETURN(const std::unique_ptr<DuckdbConnection> connection, NewConnection());
    return connection->Run(absl::StrCat("SET threads = ", options.threads));
  }
  void Close() override {
    if (database_ != nullptr) library_->close(&database_);
    database_ = nullptr;
  }

  absl::StatusOr<std::unique_ptr<Connection>> Connect() override { return NewConnection(); }

 private:
  absl::StatusOr<std::unique_ptr<DuckdbConnection>> NewConnection() {
    Handle connection = nullptr;
    if (library_->connect(database_, &connection) != 0) return DuckdbError("cannot connect");
    return std::make_unique<DuckdbConnection>(*library_, connection);
  }

  const DuckdbLibrary* library_ = nullptr;
  Handle database_ = nullptr;
};

}  // namespace

absl::Status RunDuckdb(const std::string& path, const std::map<std::string, std::string>& words,
                       const std::vector<std::string>& scripts) {
  Duckdb duckdb;
  RETURN_IF_ERROR(duckdb.Open(path, {.read_only = false, .threads = 2}));
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, duckdb.Connect());
    for (const std::string& script : scripts) {
      ASSIGN_OR_RETURN(const std::string text, ReadBenchFile(script));
      RETURN_IF_ERROR(
          static_cast<DuckdbConnection&>(*connection).Run(absl::StrReplaceAll(text, words)));
    }
  }
  duckdb.Close();
  return absl::OkStatus();
}

std::unique_ptr<Engine> NewDuckdb() { return std::make_unique<Duckdb>(); }

}  // namespace entente::bench
