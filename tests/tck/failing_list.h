// The list of scenarios that are known to fail. It only shrinks: a listed scenario that passes, or
// that no longer exists, is an error, too.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/tck/gherkin.h"

namespace entente::tck {

// "expressions/string/String9 : [1] Finding a suffix (example 2)", without the example when the
// scenario is not from an outline. `feature` is the path under features/, without its extension.
std::string ScenarioId(absl::string_view feature, const Scenario& scenario);

// Scenario id → reason. One a line, as "id # reason"; empty lines and lines that begin with # say
// nothing. A line without a reason, or an id twice, is InvalidArgumentError.
absl::StatusOr<std::map<std::string, std::string>> ParseFailingList(absl::string_view text);

}  // namespace entente::tck
