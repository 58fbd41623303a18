// How every subcommand ends.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace entente::tools {

enum ExitCode : int {
  kOk = 0,
  kRowsRejected = 1,
  kUsage = 2,
  kStatementError = 3,
  kDatabaseError = 4,
  kInterrupted = 130,  // as shells tell that Ctrl-C ended a program
};

// What a failed statement, or a failed call on an open database, means: what is wrong with the
// statement is kStatementError, all else (input and output, damage, locks) kDatabaseError.
ExitCode ExitCodeOf(const absl::Status& status);

// Writes `message` and a line break to standard error and returns `code`.
ExitCode Fail(const std::string& message, ExitCode code);
ExitCode FailDatabase(const absl::Status& status);

}  // namespace entente::tools
