// The C interface over Database and Session.
#include "engine/entente.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/session.h"
#include "engine/value_json.h"
#include "engine/value_text.h"
#include "engine/version.h"
#include "simdjson.h"

using entente::Database;
using entente::DatabaseOptions;
using entente::ErrorCode;
using entente::ErrorInfo;
using entente::MakeError;
using entente::Parameters;
using entente::Result;
using entente::Row;
using entente::Session;
using entente::Value;

struct entente_database {
  std::unique_ptr<Database> database;
};

struct entente_connection {
  std::unique_ptr<Session> session;
  entente_result* streaming = nullptr;  // the result whose rows the session still makes
  absl::flat_hash_set<entente_statement*> statements;  // prepared and not yet released
};

struct entente_statement {
  entente_connection* connection = nullptr;  // until that is closed
  std::string text;
  Parameters parameters;
};

struct entente_result {
  entente_connection* connection = nullptr;  // while it streams
  std::unique_ptr<Result> rows;              // likewise
  std::vector<std::string> columns;
  bool finished = false;
  std::optional<ErrorInfo> error;
  std::string error_text;
  bool out_of_memory = false;  // an error for which there is no memory left
  bool has_row = false;
  Row row;
  // What the getters made of this row, for each column; empty until one makes something.
  struct Texts {
    std::optional<std::string> text;
    std::optional<std::string> json;
    std::optional<std::string> time;
  };
  std::vector<Texts> texts;
};

namespace {

constexpr char kOutOfMemory[] = "DatabaseError: LimitExceeded: the memory ran out";

thread_local std::string last_error;
thread_local bool last_out_of_memory = false;

int Fail(const absl::Status& why) {
  last_out_of_memory = false;
  last_error = entente::ErrorText(why);
  return 1;
}

absl::Status InvalidCall(absl::string_view why) { return MakeError(ErrorCode::kInvalidCall, why); }

// Runs `body`; nothing that it throws (memory running out) gets past.
template <typename Body, typename Outcome>
Outcome Guarded(Body body, Outcome otherwise) noexcept {
  try {
    return body();
  } catch (...) {
    last_out_of_memory = true;
    return otherwise;
  }
}

void SetError(entente_result* result, const absl::Status& status) {
  result->error = entente::ErrorInfoOf(status);
  result->error_text = entente::ErrorText(status);
}

// Ends the stream; the row that stands ready stays.
void Detach(entente_result* result) {
  if (result->connection == nullptr) return;
  result->connection->streaming = nullptr;
  result->connection = nullptr;
  result->rows.reset();
}

int Open(const char* path, const absl::StatusOr<DatabaseOptions>& options, entente_database** out) {
  if (out == nullptr) return Fail(InvalidCall("out is NULL"));
  *out = nullptr;
  if (path == nullptr) return Fail(InvalidCall("path is NULL"));
  if (!options.ok()) return Fail(options.status());
  absl::StatusOr<std::unique_ptr<Database>> database = Database::Open(path, *options);
  if (!database.ok()) return Fail(database.status());
  *out = new entente_database{*std::move(database)};
  return 0;
}

absl::StatusOr<Parameters> ParseParameters(const char* json) {
  if (json == nullptr) return Parameters();
  absl::StatusOr<Value> value = entente::ParseJson(json);
  if (!value.ok()) {
    return MakeError(ErrorCode::kInvalidParameters,
                     absl::StrCat("parameters: ", std::string(value.status().message())));
  }
  if (!value->is_map()) {
    return MakeError(ErrorCode::kInvalidParameters, "parameters: not a JSON object");
  }
  return value->map();
}

void Run(entente_connection* connection, absl::string_view statement, const Parameters& parameters,
         entente_result* result) {
  if (connection->streaming != nullptr) Detach(connection->streaming);
  absl::StatusOr<std::unique_ptr<Result>> rows = connection->session->Run(statement, parameters);
  if (!rows.ok()) return SetError(result, rows.status());
  result->rows = *std::move(rows);
  result->columns = result->rows->columns();
  result->connection = connection;
  connection->streaming = result;
}

void Query(entente_connection* connection, const char* statement, const char* parameters_json,
           entente_result* result) {
  if (connection == nullptr) return SetError(result, InvalidCall("the connection is NULL"));
  if (statement == nullptr) return SetError(result, InvalidCall("the statement is NULL"));
  const absl::StatusOr<Parameters> parameters = ParseParameters(parameters_json);
  if (!parameters.ok()) return SetError(result, parameters.status());
  Run(connection, statement, *parameters, result);
}

void Execute(const entente_statement* statement, entente_result* result) {
  if (statement == nullptr) return SetError(result, InvalidCall("the statement is NULL"));
  if (statement->connection == nullptr) {
    return SetError(result, InvalidCall("the statement's connection is closed"));
  }
  Run(statement->connection, statement->text, statement->parameters, result);
}

// Makes a result and has `run` fill it.
template <typename RunInto>
int MakeResult(entente_result** out, RunInto run) {
  return Guarded(
      [&] {
        if (out == nullptr) return Fail(InvalidCall("out is NULL"));
        *out = nullptr;
        auto result = std::make_unique<entente_result>();
        run(result.get());
        *out = result.release();
        return (*out)->error.has_value() ? 1 : 0;
      },
      1);
}

int Prepare(entente_connection* connection, const char* text, entente_statement** out) {
  if (out == nullptr) return Fail(InvalidCall("out is NULL"));
  *out = nullptr;
  if (connection == nullptr) return Fail(InvalidCall("the connection is NULL"));
  if (text == nullptr) return Fail(InvalidCall("the statement is NULL"));
  const absl::StatusOr<bool> writes = connection->session->Writes(text);
  if (!writes.ok()) return Fail(writes.status());
  auto statement = std::make_unique<entente_statement>();
  statement->text = text;
  connection->statements.insert(statement.get());
  statement->connection = connection;
  *out = statement.release();
  return 0;
}

// Binds what `make`, which gives a value or an error, makes.
template <typename Make>
int Bind(entente_statement* statement, const char* name, Make make) {
  return Guarded(
      [&] {
        if (statement == nullptr) return Fail(InvalidCall("the statement is NULL"));
        if (name == nullptr) return Fail(InvalidCall("the name is NULL"));
        absl::StatusOr<Value> value = make();
        if (!value.ok()) return Fail(value.status());
        for (auto& [bound, old] : statement->parameters) {
          if (bound != name) continue;
          old = *std::move(value);
          return 0;
        }
        statement->parameters.emplace_back(name, *std::move(value));
        return 0;
      },
      1);
}

int Next(entente_result* result) {
  result->has_row = false;
  if (result->error.has_value() || result->out_of_memory || result->finished) return 0;
  if (result->rows == nullptr) {
    SetError(result, MakeError(ErrorCode::kResultClosed,
                               "the connection was closed or has run another statement since"));
    return 0;
  }
  const absl::StatusOr<bool> more = result->rows->Next(&result->row);
  if (more.ok() && *more) {
    result->texts.clear();
    result->has_row = true;
    return 1;
  }
  if (!more.ok()) SetError(result, more.status());
  result->finished = true;
  Detach(result);
  return 0;
}

const Value* ValueAt(const entente_result* result, size_t column) {
  if (result == nullptr || !result->has_row || column >= result->row.size()) return nullptr;
  return &result->row[column];
}

int RegisterTable(entente_database* database, const char* signature, const char* rows_json) {
  if (database == nullptr) return Fail(InvalidCall("database is NULL"));
  if (signature == nullptr || rows_json == nullptr) {
    return Fail(InvalidCall("signature or rows are NULL"));
  }
  const absl::StatusOr<Value> parsed = entente::ParseJson(rows_json);
  if (!parsed.ok()) {
    return Fail(InvalidCall(absl::StrCat("rows: ", std::string(parsed.status().message()))));
  }
  if (!parsed->is_list()) return Fail(InvalidCall("rows: not a JSON array"));
  std::vector<std::vector<Value>> rows;
  for (const Value& row : parsed->list()) {
    if (!row.is_list()) return Fail(InvalidCall("rows: a row is not a JSON array"));
    rows.push_back(row.list());
  }
  const absl::Status status = database->database->RegisterTable(signature, std::move(rows));
  return status.ok() ? 0 : Fail(status);
}

// What `write` makes of the current row's value, kept until the next row. nullptr when there is no
// such value.
template <typename Write>
const std::string* Kept(entente_result* result, size_t column,
                        std::optional<std::string> entente_result::Texts::*member, Write write) {
  const Value* value = ValueAt(result, column);
  if (value == nullptr) return nullptr;
  return Guarded(
      [&]() -> const std::string* {
        // At once for all columns: what was returned must stay where it is.
        if (result->texts.empty()) result->texts.resize(result->row.size());
        std::optional<std::string>& kept = result->texts[column].*member;
        if (!kept.has_value()) kept = write(*value);
        return &*kept;
      },
      static_cast<const std::string*>(nullptr));
}

const std::string* TextAt(entente_result* result, size_t column) {
  return Kept(result, column, &entente_result::Texts::text, entente::ValueText);
}

entente_type TypeOf(const Value& value) {
  switch (value.type()) {
    case Value::Type::kMap:
      return ENTENTE_MAP;
    case Value::Type::kNode:
      return ENTENTE_NODE;
    case Value::Type::kRelationship:
      return ENTENTE_RELATIONSHIP;
    case Value::Type::kList:
      return ENTENTE_LIST;
    case Value::Type::kPath:
      return ENTENTE_PATH;
    case Value::Type::kDateTime:
      return ENTENTE_DATE_TIME;
    case Value::Type::kLocalDateTime:
      return ENTENTE_LOCAL_DATE_TIME;
    case Value::Type::kDate:
      return ENTENTE_DATE;
    case Value::Type::kTime:
      return ENTENTE_TIME;
    case Value::Type::kLocalTime:
      return ENTENTE_LOCAL_TIME;
    case Value::Type::kDuration:
      return ENTENTE_DURATION;
    case Value::Type::kString:
      return ENTENTE_STRING;
    case Value::Type::kBoolean:
      return ENTENTE_BOOLEAN;
    case Value::Type::kInteger:
      return ENTENTE_INTEGER;
    case Value::Type::kFloat:
      return ENTENTE_FLOAT;
    case Value::Type::kNull:
      break;
  }
  return ENTENTE_NULL;
}

}  // namespace

extern "C" {

int entente_open(const char* path, entente_database** out) {
  return Guarded([&] { return Open(path, DatabaseOptions(), out); }, 1);
}

int entente_open_read_only(const char* path, entente_database** out) {
  DatabaseOptions options;
  options.read_only = true;
  return Guarded([&] { return Open(path, options, out); }, 1);
}

int entente_open_with_options(const char* path, const char* options_json, entente_database** out) {
  return Guarded(
      [&] {
        const char* json = options_json == nullptr ? "{}" : options_json;
        return Open(path, entente::ParseDatabaseOptions(json), out);
      },
      1);
}

void entente_close(entente_database* database) { delete database; }

int entente_connect(entente_database* database, entente_connection** out) {
  return Guarded(
      [&] {
        if (out == nullptr) return Fail(InvalidCall("out is NULL"));
        *out = nullptr;
        if (database == nullptr) return Fail(InvalidCall("database is NULL"));
        auto connection = std::make_unique<entente_connection>();
        connection->session = database->database->Connect();
        *out = connection.release();
        return 0;
      },
      1);
}

void entente_disconnect(entente_connection* connection) {
  if (connection == nullptr) return;
  if (connection->streaming != nullptr) Detach(connection->streaming);
  for (entente_statement* const statement : connection->statements) {
    statement->connection = nullptr;
  }
  delete connection;
}

const char* entente_last_error(void) {
  return last_out_of_memory ? kOutOfMemory : last_error.c_str();
}

int entente_query(entente_connection* connection, const char* statement,
                  const char* parameters_json, entente_result** out) {
  return MakeResult(
      out, [&](entente_result* result) { Query(connection, statement, parameters_json, result); });
}

int entente_prepare(entente_connection* connection, const char* statement,
                    entente_statement** out) {
  return Guarded([&] { return Prepare(connection, statement, out); }, 1);
}

int entente_bind_null(entente_statement* statement, const char* name) {
  return Bind(statement, name, [] { return Value::Null(); });
}

int entente_bind_boolean(entente_statement* statement, const char* name, int value) {
  return Bind(statement, name, [&] { return Value::Boolean(value != 0); });
}

int entente_bind_integer(entente_statement* statement, const char* name, int64_t value) {
  return Bind(statement, name, [&] { return Value::Integer(value); });
}

int entente_bind_float(entente_statement* statement, const char* name, double value) {
  return Bind(statement, name, [&] { return Value::Float(value); });
}

int entente_bind_string(entente_statement* statement, const char* name, const char* value,
                        size_t length) {
  return Bind(statement, name, [&]() -> absl::StatusOr<Value> {
    if (value == nullptr) return InvalidCall("the value is NULL");
    if (!simdjson::validate_utf8(value, length)) return InvalidCall("the value is not UTF-8");
    return Value::String(absl::string_view(value, length));
  });
}

int entente_bind_json(entente_statement* statement, const char* name, const char* json) {
  return Bind(statement, name, [&]() -> absl::StatusOr<Value> {
    if (json == nullptr) return InvalidCall("the value is NULL");
    absl::StatusOr<Value> value = entente::ParseJson(json);
    if (value.ok()) return value;
    return InvalidCall(absl::StrCat("the value: ", std::string(value.status().message())));
  });
}

int entente_execute(entente_statement* statement, entente_result** out) {
  return MakeResult(out, [&](entente_result* result) { Execute(statement, result); });
}

void entente_statement_free(entente_statement* statement) {
  if (statement == nullptr) return;
  if (statement->connection != nullptr) statement->connection->statements.erase(statement);
  delete statement;
}

void entente_interrupt(entente_connection* connection) {
  if (connection != nullptr) connection->session->Interrupt();
}

void entente_result_free(entente_result* result) {
  if (result == nullptr) return;
  Detach(result);
  delete result;
}

const char* entente_result_error(entente_result* result) {
  if (result == nullptr) return "ArgumentError: InvalidCall: the result is NULL";
  if (result->out_of_memory) return kOutOfMemory;
  return result->error.has_value() ? result->error_text.c_str() : nullptr;
}

const char* entente_result_error_phase(entente_result* result) {
  if (result != nullptr && result->out_of_memory) return "runtime";
  if (result == nullptr || !result->error.has_value()) return nullptr;
  return result->error->phase == entente::Phase::kCompileTime ? "compile time" : "runtime";
}

int entente_result_error_position(entente_result* result, size_t* offset, size_t* length) {
  if (result == nullptr || !result->error.has_value() || !result->error->span.has_value()) return 0;
  if (offset != nullptr) *offset = result->error->span->begin;
  if (length != nullptr) *length = result->error->span->end - result->error->span->begin;
  return 1;
}

size_t entente_result_column_count(entente_result* result) {
  return result == nullptr ? 0 : result->columns.size();
}

const char* entente_result_column_name(entente_result* result, size_t column) {
  if (result == nullptr || column >= result->columns.size()) return nullptr;
  return result->columns[column].c_str();
}

int entente_result_next(entente_result* result) {
  if (result == nullptr) return 0;
  const int outcome = Guarded([&] { return Next(result); }, -1);
  if (outcome >= 0) return outcome;
  result->has_row = false;
  result->out_of_memory = true;
  return 0;
}

const char* entente_result_text(entente_result* result, size_t column) {
  const std::string* text = TextAt(result, column);
  return text == nullptr ? nullptr : text->c_str();
}

size_t entente_result_text_length(entente_result* result, size_t column) {
  const std::string* text = TextAt(result, column);
  return text == nullptr ? 0 : text->size();
}

const char* entente_result_json(entente_result* result, size_t column) {
  const std::string* json = Kept(result, column, &entente_result::Texts::json,
                                 [](const Value& value) { return entente::ToJson(value); });
  return json == nullptr ? nullptr : json->c_str();
}

entente_type entente_result_type(entente_result* result, size_t column) {
  const Value* value = ValueAt(result, column);
  return value == nullptr ? ENTENTE_NULL : TypeOf(*value);
}

int entente_result_boolean(entente_result* result, size_t column, int* out) {
  const Value* value = ValueAt(result, column);
  if (value == nullptr || out == nullptr || !value->is_boolean()) return 0;
  *out = value->boolean() ? 1 : 0;
  return 1;
}

int entente_result_integer(entente_result* result, size_t column, int64_t* out) {
  const Value* value = ValueAt(result, column);
  if (value == nullptr || out == nullptr || !value->is_integer()) return 0;
  *out = value->integer();
  return 1;
}

int entente_result_float(entente_result* result, size_t column, double* out) {
  const Value* value = ValueAt(result, column);
  if (value == nullptr || out == nullptr || !value->is_number()) return 0;
  *out = value->number();
  return 1;
}

int entente_result_string(entente_result* result, size_t column, const char** out, size_t* length) {
  const Value* value = ValueAt(result, column);
  if (value == nullptr || out == nullptr) return 0;
  if (value->is_string()) {
    *out = value->string().data();
    if (length != nullptr) *length = value->string().size();
    return 1;
  }
  if (!value->is_temporal() && !value->is_duration()) return 0;
  const std::string* time =
      Kept(result, column, &entente_result::Texts::time, entente::TemporalText);
  if (time == nullptr) return 0;
  *out = time->c_str();
  if (length != nullptr) *length = time->size();
  return 1;
}

int entente_result_id(entente_result* result, size_t column, uint64_t* out) {
  const Value* value = ValueAt(result, column);
  if (value == nullptr || out == nullptr) return 0;
  if (value->is_node()) {
    *out = value->node_id();
    return 1;
  }
  if (!value->is_relationship()) return 0;
  *out = value->relationship().id;
  return 1;
}

int entente_register_table(entente_database* database, const char* signature,
                           const char* rows_json) {
  return Guarded([&] { return RegisterTable(database, signature, rows_json); }, 1);
}

const char* entente_version(void) { return entente::kLibraryVersion; }

}  // extern "C"
