// entente import: files into a database.
#pragma once

#include <string>
#include <vector>

#include "tools/exit_code.h"

namespace entente {
class Database;
}

namespace entente::tools {

struct ImportOptions {
  std::string format;  // "claims", "icews", "tables"; "" guesses by the first bytes of each file
  std::vector<std::string> files;  // paths, or which of the tables a path is: "facts=PATH"
  std::string rejects;             // where bad rows are listed; "" standard error, the first few
  bool strict = false;
};

// Opens or creates the database at `path` and imports. Messages go to standard error.
ExitCode RunImport(const std::string& path, const ImportOptions& options);

// The same into an open database, for the shell.
ExitCode ImportInto(Database& database, const ImportOptions& options);

}  // namespace entente::tools
