#include "tests/tck/failing_list.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace entente::tck {

std::string ScenarioId(absl::string_view feature, const Scenario& scenario) {
  std::string id = absl::StrCat(feature, " : ", scenario.name);
  if (scenario.example > 0) absl::StrAppend(&id, " (example ", scenario.example, ")");
  return id;
}

absl::StatusOr<std::map<std::string, std::string>> ParseFailingList(absl::string_view text) {
  std::map<std::string, std::string> failing;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const size_t mark = line.rfind(" # ");
    if (mark == absl::string_view::npos) {
      return absl::InvalidArgumentError(absl::StrCat("no reason (\" # …\") in: ", line));
    }
    if (!failing.emplace(absl::StripAsciiWhitespace(line.substr(0, mark)), line.substr(mark + 3))
             .second) {
      return absl::InvalidArgumentError(absl::StrCat("listed twice: ", line));
    }
  }
  return failing;
}

}  // namespace entente::tck
