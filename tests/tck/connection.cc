#include "tests/tck/connection.h"

#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/status_macros.h"

namespace entente::tck {

// A thread that interrupts the connection's statement when it takes too long.
class Watchdog {
 public:
  explicit Watchdog(entente_connection* connection)
      : connection_(connection), thread_([this] { Watch(); }) {}

  ~Watchdog() {
    Set(State::kEnding);
    thread_.join();
  }

  // A statement begins or ends.
  void Arm() { Set(State::kArmed); }
  void Disarm() { Set(State::kIdle); }

 private:
  enum class State { kIdle, kArmed, kEnding };

  void Set(State state) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      state_ = state;
    }
    changed_.notify_one();
  }

  void Watch() {
    constexpr std::chrono::seconds kPatience(10);
    constexpr std::chrono::seconds kGrace(5);
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return state_ != State::kIdle; });
      if (state_ == State::kEnding) return;
      const auto done = [this] { return state_ != State::kArmed; };
      if (changed_.wait_for(lock, kPatience, done)) continue;
      entente_interrupt(connection_);
      if (!changed_.wait_for(lock, kGrace, done)) _exit(Connection::kHungExitCode);
    }
  }

  entente_connection* connection_;
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kIdle;
  std::thread thread_;
};

namespace {

struct ResultDeleter {
  void operator()(entente_result* result) const { entente_result_free(result); }
};

// Splits "SyntaxError: UndefinedVariable: Variable `x` is not defined".
absl::StatusOr<std::optional<QueryError>> ErrorOf(entente_result* result) {
  const char* text = entente_result_error(result);
  if (text == nullptr) return std::nullopt;
  const char* phase = entente_result_error_phase(result);
  if (phase == nullptr) {
    return absl::InternalError(absl::StrCat("an error without a phase: ", text));
  }
  const std::vector<std::string> parts =
      absl::StrSplit(text, absl::MaxSplits(absl::ByString(": "), 2));
  if (parts.size() < 2) {
    return absl::InternalError(absl::StrCat("an error without type and detail: ", text));
  }
  return QueryError{parts[0], parts[1], phase, text};
}

absl::StatusOr<TckRow> RowOf(entente_result* result, size_t columns) {
  TckRow row;
  for (size_t column = 0; column < columns; ++column) {
    const char* text = entente_result_text(result, column);
    if (text == nullptr) return absl::InternalError("a value without text");
    ASSIGN_OR_RETURN(TckValue value, ParseTckValue(text));
    row.push_back(std::move(value));
  }
  return row;
}

absl::StatusOr<QueryResult> ReadAll(entente_result* result) {
  QueryResult all;
  ASSIGN_OR_RETURN(all.error, ErrorOf(result));
  if (all.error.has_value()) return all;
  const size_t columns = entente_result_column_count(result);
  for (size_t column = 0; column < columns; ++column) {
    all.columns.emplace_back(entente_result_column_name(result, column));
  }
  while (entente_result_next(result) == 1) {
    ASSIGN_OR_RETURN(TckRow row, RowOf(result, columns));
    all.rows.push_back(std::move(row));
  }
  ASSIGN_OR_RETURN(all.error, ErrorOf(result));
  return all;
}

}  // namespace

Connection::Connection(const ConnectionOptions& options) : options_(options) {}

std::string Connection::path() const {
  return options_.folder.empty() ? ":memory:" : absl::StrCat(options_.folder, "/database");
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  std::unique_ptr<Connection> connection(new Connection(options));
  if (!options.folder.empty()) std::filesystem::remove_all(connection->path());
  RETURN_IF_ERROR(connection->OpenDatabase());
  return connection;
}

absl::Status Connection::OpenDatabase() {
  if (entente_open_with_options(path().c_str(), options_.json.c_str(), &database_) != 0 ||
      entente_connect(database_, &connection_) != 0) {
    return absl::InternalError(absl::StrCat("cannot open a database: ", entente_last_error()));
  }
  for (const auto& [signature, rows] : tables_) {
    if (entente_register_table(database_, signature.c_str(), rows.c_str()) != 0) {
      return absl::InternalError(absl::StrCat("cannot register: ", entente_last_error()));
    }
  }
  watchdog_ = std::make_unique<Watchdog>(connection_);
  return absl::OkStatus();
}

void Connection::CloseDatabase() {
  watchdog_.reset();
  entente_disconnect(std::exchange(connection_, nullptr));
  entente_close(std::exchange(database_, nullptr));
}

Connection::~Connection() {
  CloseDatabase();
  if (!options_.folder.empty()) std::filesystem::remove_all(path());
}

absl::StatusOr<QueryResult> Connection::Query(absl::string_view statement,
                                              const std::optional<std::string>& parameters_json) {
  const char* parameters = parameters_json.has_value() ? parameters_json->c_str() : nullptr;
  watchdog_->Arm();
  entente_result* raw = nullptr;
  entente_query(connection_, std::string(statement).c_str(), parameters, &raw);
  std::unique_ptr<entente_result, ResultDeleter> result(raw);
  absl::StatusOr<QueryResult> all =
      raw == nullptr ? absl::InternalError("a query without a result") : ReadAll(raw);
  watchdog_->Disarm();
  if (options_.folder.empty()) return all;
  result.reset();
  CloseDatabase();
  RETURN_IF_ERROR(OpenDatabase());
  return all;
}

absl::Status Connection::RegisterTable(absl::string_view signature, absl::string_view rows_json) {
  if (entente_register_table(database_, std::string(signature).c_str(),
                             std::string(rows_json).c_str()) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot register ", signature, ": ", entente_last_error()));
  }
  tables_.emplace_back(signature, rows_json);
  return absl::OkStatus();
}

}  // namespace entente::tck
