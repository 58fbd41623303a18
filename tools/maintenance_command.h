// entente stats and entente check.
#pragma once

#include <string>

#include "tools/exit_code.h"

namespace entente::tools {

// Counts, sizes and versions of the database at `path`, on standard output.
ExitCode RunStats(const std::string& path);

// Reads the whole database at `path`; what is wrong goes to standard output.
ExitCode RunCheck(const std::string& path);

}  // namespace entente::tools
