// Runs scenarios in child processes, so that a crash or a hang costs its own scenario only.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/tck/connection.h"
#include "tests/tck/gherkin.h"

namespace entente::tck {

// One verdict a scenario, in their order: "" when it passed, else what went wrong. The caller must
// have no threads, since this forks.
std::vector<std::string> RunIsolated(const std::vector<Scenario>& scenarios, absl::string_view kit,
                                     const ConnectionOptions& options = {});

}  // namespace entente::tck
