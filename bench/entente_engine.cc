// Entente, through its C interface.
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/engine.h"
#include "bench/process.h"
#include "engine/entente.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

absl::Status LastError() { return absl::InternalError(entente_last_error()); }

void AddCell(entente_result* result, size_t column, Answer* answer) {
  switch (entente_result_type(result, column)) {
    case ENTENTE_NULL:
      return answer->Null();
    case ENTENTE_INTEGER: {
      int64_t number = 0;
      entente_result_integer(result, column, &number);
      return answer->Integer(number);
    }
    case ENTENTE_FLOAT: {
      double number = 0;
      entente_result_float(result, column, &number);
      return answer->Real(number);
    }
    case ENTENTE_STRING: {
      const char* text = nullptr;
      size_t length = 0;
      entente_result_string(result, column, &text, &length);
      return answer->Text({text, length});
    }
    default:
      return answer->Text(entente_result_text(result, column));
  }
}

class EntenteStatement : public Statement {
 public:
  explicit EntenteStatement(entente_statement* statement) : statement_(statement) {}
  ~EntenteStatement() override { entente_statement_free(statement_); }

  absl::Status Run(const ParameterSet& parameters, Answer* answer) override {
    for (const auto& [name, value] : parameters) {
      if (entente_bind_string(statement_, name.c_str(), value.data(), value.size()) != 0) {
        return LastError();
      }
    }
    entente_result* result = nullptr;
    entente_execute(statement_, &result);
    const size_t columns = entente_result_column_count(result);
    while (entente_result_next(result)) {
      for (size_t column = 0; column < columns; ++column) AddCell(result, column, answer);
      answer->EndRow();
    }
    const char* error = entente_result_error(result);
    absl::Status status = error == nullptr ? absl::OkStatus() : absl::InternalError(error);
    entente_result_free(result);
    return status;
  }

 private:
  entente_statement* const statement_;
};

class EntenteConnection : public Connection {
 public:
  explicit EntenteConnection(entente_connection* connection) : connection_(connection) {}
  ~EntenteConnection() override { entente_disconnect(connection_); }

  absl::StatusOr<std::unique_ptr<Statement>> Prepare(const std::string& text) override {
    entente_statement* statement = nullptr;
    if (entente_prepare(connection_, text.c_str(), &statement) != 0) return LastError();
    return std::make_unique<EntenteStatement>(statement);
  }
  absl::Status Begin() override { return Run("BEGIN"); }
  absl::Status Commit() override { return Run("COMMIT"); }
  void Interrupt() override { entente_interrupt(connection_); }

 private:
  absl::Status Run(const char* text) {
    ASSIGN_OR_RETURN(const std::unique_ptr<Statement> statement, Prepare(text));
    Answer ignored(/*keep=*/false);
    return statement->Run({}, &ignored);
  }

  entente_connection* const connection_;
};

class Entente : public LocalEngine {
 public:
  ~Entente() override { Close(); }

  absl::string_view name() const override { return "entente"; }
  RelationNotation notation() const override { return RelationNotation::kTaxonomy; }
  std::string version() override { return entente_version(); }

  std::vector<std::string> LoadCommand(const std::string& tables,
                                       const std::string& path) override {
    const std::filesystem::path folder(tables);
    return {absl::StrCat(ProgramFolder(), "/entente"),
            "import",
            path,
            absl::StrCat("entities=", (folder / "entities.csv").string()),
            absl::StrCat("articles=", (folder / "articles.csv").string()),
            absl::StrCat("facts=", (folder / "facts.csv").string()),
            absl::StrCat("evidence=", (folder / "evidence.csv").string())};
  }

  absl::Status Open(const std::string& path, const OpenOptions& options) override {
    const std::string settings =
        absl::StrCat("{\"read_only\": ", options.read_only ? "true" : "false",
                     ", \"sync\": ", options.sync_commits ? "true" : "false",
                     ", \"threads\": ", options.threads, "}");
    const int code = entente_open_with_options(path.c_str(), settings.c_str(), &database_);
    return code == 0 ? absl::OkStatus() : LastError();
  }
  void Close() override { entente_close(std::exchange(database_, nullptr)); }

  absl::StatusOr<std::unique_ptr<Connection>> Connect() override {
    entente_connection* connection = nullptr;
    if (entente_connect(database_, &connection) != 0) return LastError();
    return std::make_unique<EntenteConnection>(connection);
  }

 private:
  entente_database* database_ = nullptr;
};

}  // namespace

std::unique_ptr<Engine> NewEntente() { return std::make_unique<Entente>(); }

}  // namespace entente::bench
