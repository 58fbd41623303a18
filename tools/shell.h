// entente shell: statements and dot commands, typed or piped.
#pragma once

#include <string>

#include "tools/exit_code.h"
#include "tools/statement_limits.h"

namespace entente::tools {

// `path` ":memory:" is a transient database. Typed in a terminal, errors leave the shell going and
// it ends with kOk; piped in, the first error's code is returned after the rest has run.
ExitCode RunShell(const std::string& path, const StatementLimits& limits);

}  // namespace entente::tools
