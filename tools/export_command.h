// entente export: a database as files of the tables format.
#pragma once

#include <string>

#include "tools/exit_code.h"

namespace entente::tools {

// Writes entities.csv, articles.csv, facts.csv and evidence.csv of the database at `path` into the
// folder `directory`, which is made, or must be empty. Equal databases give equal bytes. What the
// format cannot hold is counted on standard error.
ExitCode RunExport(const std::string& path, const std::string& directory);

}  // namespace entente::tools
