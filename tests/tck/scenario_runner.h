// Runs one scenario: each of its steps against a fresh database.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tests/tck/connection.h"
#include "tests/tck/gherkin.h"

namespace entente::tck {

// OK when every step holds. Otherwise the message says which step does not, and its first line
// why. `kit` is the kit's folder, in which graphs/ holds the named graphs.
absl::Status RunScenario(const Scenario& scenario, absl::string_view kit,
                         const ConnectionOptions& options = {});

}  // namespace entente::tck
