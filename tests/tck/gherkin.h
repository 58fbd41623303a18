// Gherkin as feature files of the openCypher TCK use it: one feature a file, an optional
// background, scenarios, scenario outlines with examples, doc strings, data tables, tags, comments.
// Outlines are expanded and backgrounds prepended here, so a reader sees plain scenarios only.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::tck {

// Rows of cells, trimmed and unescaped (\| \\ \n). Every row is as wide as the first.
using Table = std::vector<std::vector<std::string>>;

struct Step {
  std::string text;        // without its keyword (Given, When, Then, And, But, *)
  std::string doc_string;  // without the indentation of its opening quotes
  Table table;
  int line = 0;
};

struct Scenario {
  std::string name;  // with the values of its example, when it comes from an outline
  int example = 0;   // 1, 2, … within its outline, over all its tables; 0 for a plain scenario
  std::vector<std::string> tags;  // "@name", the feature's first
  std::vector<Step> steps;        // the background's first
};

struct Feature {
  std::string name;
  std::vector<Scenario> scenarios;
};

// Parses the text of one feature file. A text that is not such a file is InvalidArgumentError with
// the line.
absl::StatusOr<Feature> ParseFeature(absl::string_view text);

}  // namespace entente::tck
