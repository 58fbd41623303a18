// entente import: files into a database.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/exit_code.h"

namespace CLI {
class App;
}

namespace entente {
class Database;
}

namespace entente::tools {

struct ImportOptions {
  std::string format;              // "claims", "icews", "tables"; "" guesses file by file
  std::vector<std::string> files;  // paths, or which of the tables a path is: "facts=PATH"
  std::string rejects;             // where bad rows are listed; "" standard error, the first few
  bool strict = false;
  uint64_t memory_bytes = 0;  // of rows; 0: the loader's choice
};

// Tells `parser` of the options and files; parsing fills `*options`.
void AddImportOptions(CLI::App* parser, ImportOptions* options);

// Opens or creates the database at `path` and imports. Messages go to standard error. Ctrl-C ends
// the import with kInterrupted and leaves the database as it was.
ExitCode RunImport(const std::string& path, const ImportOptions& options);

// The same into an open database, for the shell.
ExitCode ImportInto(Database& database, const ImportOptions& options);

}  // namespace entente::tools
