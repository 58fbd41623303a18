// How every subcommand ends.
#pragma once

namespace entente::tools {

enum ExitCode : int {
  kOk = 0,
  kRowsRejected = 1,
  kUsage = 2,
  kStatementError = 3,
  kDatabaseError = 4,
};

}  // namespace entente::tools
