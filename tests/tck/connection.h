// A transient database and one connection to it, through the C interface alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/entente.h"
#include "tests/tck/tck_value.h"

namespace entente::tck {

struct QueryError {
  std::string type;    // "SyntaxError"
  std::string detail;  // "UndefinedVariable"
  std::string phase;   // "compile time", "runtime"
  std::string text;    // the whole message
};

struct QueryResult {
  std::vector<std::string> columns;
  std::vector<TckRow> rows;
  std::optional<QueryError> error;
};

class Watchdog;

// How the database is opened: hostile settings must change no answer.
struct ConnectionOptions {
  std::string json = "{}";  // as entente_open_with_options takes them
  // Empty: the database is in memory. Else it lies in this folder, which must be there, and is
  // closed and opened again after each statement.
  std::string folder;
};

class Connection {
 public:
  // Opens a fresh database that dies with the connection.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options = {});
  ~Connection();

  // Runs one statement to its last row. What openCypher calls an error is in the result; an error
  // status means that the interface itself misbehaved, such as a value that is not in the TCK's
  // notation. A statement is interrupted after ten seconds; one that does not obey within five
  // more ends the process with exit code kHungExitCode.
  absl::StatusOr<QueryResult> Query(absl::string_view statement,
                                    const std::optional<std::string>& parameters_json);

  absl::Status RegisterTable(absl::string_view signature, absl::string_view rows_json);

  static constexpr int kHungExitCode = 124;

 private:
  explicit Connection(const ConnectionOptions& options);

  std::string path() const;
  absl::Status OpenDatabase();
  void CloseDatabase();

  const ConnectionOptions options_;
  std::vector<std::pair<std::string, std::string>> tables_;  // as registered
  entente_database* database_ = nullptr;
  entente_connection* connection_ = nullptr;
  std::unique_ptr<Watchdog> watchdog_;
};

}  // namespace entente::tck
