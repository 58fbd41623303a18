// entente query: one statement, or those on standard input, and their rows.
#pragma once

#include <string>
#include <vector>

#include "tools/exit_code.h"
#include "tools/statement_limits.h"

namespace entente::tools {

struct QueryOptions {
  std::string statement;                // "": statements on standard input
  std::vector<std::string> parameters;  // "name=json"
  std::string format = "table";
  StatementLimits limits;
};

// Opens the database at `path`, which must exist, for reading only unless a statement writes. The
// first statement that fails is the last. Rows go to standard output, all else to standard error.
ExitCode RunQuery(const std::string& path, const QueryOptions& options);

}  // namespace entente::tools
