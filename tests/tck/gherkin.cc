#include "tests/tck/gherkin.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/status_macros.h"

namespace entente::tck {
namespace {

// One example of an outline: "<name>" → value.
using Substitution = std::vector<std::pair<std::string, std::string>>;

struct Outline {
  Scenario scenario;  // names and steps as written
  std::vector<Table> examples;
};

absl::StatusOr<std::vector<std::string>> ParseRow(absl::string_view line) {
  std::vector<std::string> cells;
  std::string cell;
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      const char next = line[i + 1];
      if (next == '|' || next == '\\' || next == 'n') {
        cell.push_back(next == 'n' ? '\n' : next);
        ++i;
        continue;
      }
    }
    if (line[i] == '|') {
      cells.emplace_back(absl::StripAsciiWhitespace(cell));
      cell.clear();
    } else {
      cell.push_back(line[i]);
    }
  }
  if (!absl::StripAsciiWhitespace(cell).empty()) {
    return absl::InvalidArgumentError("a table row does not end with |");
  }
  return cells;
}

std::string Substituted(absl::string_view text, const Substitution& values) {
  return absl::StrReplaceAll(text, values);
}

Step Substituted(const Step& step, const Substitution& values) {
  Step result{Substituted(step.text, values), Substituted(step.doc_string, values), step.table,
              step.line};
  for (std::vector<std::string>& row : result.table) {
    for (std::string& cell : row) cell = Substituted(cell, values);
  }
  return result;
}

class Parser {
 public:
  explicit Parser(absl::string_view text) : lines_(absl::StrSplit(text, '\n')) {}

  absl::StatusOr<Feature> Parse() {
    while (Advance()) {
      if (absl::Status status = ParseLine(); !status.ok()) {
        return absl::InvalidArgumentError(absl::StrCat("line ", next_, ": ", status.message()));
      }
    }
    if (!in_feature_) return absl::InvalidArgumentError("no feature in this file");
    FinishOutline();
    return std::move(feature_);
  }

 private:
  // Moves to the next line that says something; `line_` is it, stripped.
  bool Advance() {
    while (next_ < lines_.size()) {
      line_ = absl::StripAsciiWhitespace(lines_[next_++]);
      if (!line_.empty() && line_[0] != '#') return true;
    }
    return false;
  }

  // Whether the line is "<keyword>: rest"; then `*rest` is set.
  bool Heading(absl::string_view keyword, absl::string_view* rest) const {
    absl::string_view line = line_;
    if (!absl::ConsumePrefix(&line, keyword) || !absl::ConsumePrefix(&line, ":")) return false;
    *rest = absl::StripAsciiWhitespace(line);
    return true;
  }

  absl::Status ParseLine() {
    absl::string_view rest;
    if (line_[0] == '@') return ParseTags();
    if (Heading("Feature", &rest)) {
      if (in_feature_) return absl::InvalidArgumentError("a second feature");
      in_feature_ = true;
      feature_.name = std::string(rest);
      feature_tags_ = std::exchange(tags_, {});
      return absl::OkStatus();
    }
    if (!in_feature_) return absl::InvalidArgumentError("expected 'Feature:'");
    if (Heading("Background", &rest)) {
      FinishOutline();
      steps_ = &background_;
      return absl::OkStatus();
    }
    if (Heading("Scenario Outline", &rest) || Heading("Scenario Template", &rest) ||
        Heading("Scenario", &rest) || Heading("Example", &rest)) {
      return StartScenario(rest);
    }
    if (Heading("Examples", &rest) || Heading("Scenarios", &rest)) return StartExamples();
    if (line_[0] == '|') return ParseTableRow();
    if (absl::StartsWith(line_, "\"\"\"") || absl::StartsWith(line_, "```")) {
      return ParseDocString();
    }
    return ParseStep();
  }

  absl::Status ParseTags() {
    for (absl::string_view tag : absl::StrSplit(line_, absl::ByAnyChar(" \t"), absl::SkipEmpty())) {
      if (tag[0] == '#') break;
      if (tag[0] != '@') return absl::InvalidArgumentError("expected a tag");
      tags_.emplace_back(tag);
    }
    return absl::OkStatus();
  }

  absl::Status StartScenario(absl::string_view name) {
    FinishOutline();
    outline_.emplace();
    outline_->scenario.name = std::string(name);
    outline_->scenario.tags = feature_tags_;
    for (std::string& tag : std::exchange(tags_, {})) {
      outline_->scenario.tags.push_back(std::move(tag));
    }
    steps_ = &outline_->scenario.steps;
    return absl::OkStatus();
  }

  absl::Status StartExamples() {
    if (!outline_.has_value()) return absl::InvalidArgumentError("examples without a scenario");
    tags_.clear();
    outline_->examples.emplace_back();
    steps_ = nullptr;
    return absl::OkStatus();
  }

  absl::Status ParseTableRow() {
    ASSIGN_OR_RETURN(std::vector<std::string> row, ParseRow(line_));
    Table* table = nullptr;
    if (steps_ != nullptr && !steps_->empty()) {
      table = &steps_->back().table;
    } else if (steps_ == nullptr && outline_.has_value() && !outline_->examples.empty()) {
      table = &outline_->examples.back();
    }
    if (table == nullptr) return absl::InvalidArgumentError("a table row outside a step");
    if (!table->empty() && table->front().size() != row.size()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a table row of ", row.size(), " cells under one of ", table->front().size()));
    }
    table->push_back(std::move(row));
    return absl::OkStatus();
  }

  absl::Status ParseDocString() {
    if (steps_ == nullptr || steps_->empty()) {
      return absl::InvalidArgumentError("a doc string outside a step");
    }
    const std::string quotes(line_.substr(0, 3));
    const size_t indentation = lines_[next_ - 1].find(quotes);
    std::vector<std::string> content;
    for (; next_ < lines_.size(); ++next_) {
      absl::string_view line = absl::StripSuffix(lines_[next_], "\r");
      if (absl::StripAsciiWhitespace(line) == quotes) {
        ++next_;
        steps_->back().doc_string = absl::StrJoin(content, "\n");
        return absl::OkStatus();
      }
      size_t blanks = 0;
      while (blanks < indentation && blanks < line.size() && absl::ascii_isspace(line[blanks])) {
        ++blanks;
      }
      content.push_back(absl::StrReplaceAll(line.substr(blanks), {{"\\\"\\\"\\\"", "\"\"\""}}));
    }
    return absl::InvalidArgumentError("a doc string without an end");
  }

  absl::Status ParseStep() {
    if (steps_ == nullptr) {
      // Free text may describe a feature or a table of examples.
      if (!outline_.has_value() || !outline_->examples.empty()) return absl::OkStatus();
      return absl::InvalidArgumentError("a step outside a scenario");
    }
    absl::string_view text = line_;
    for (absl::string_view keyword : {"Given ", "When ", "Then ", "And ", "But ", "* "}) {
      if (absl::ConsumePrefix(&text, keyword)) {
        Step step;
        step.text = std::string(absl::StripAsciiWhitespace(text));
        step.line = static_cast<int>(next_);
        steps_->push_back(std::move(step));
        return absl::OkStatus();
      }
    }
    if (steps_->empty()) return absl::OkStatus();  // free text under a scenario's heading
    return absl::InvalidArgumentError(absl::StrCat("expected a step: ", line_));
  }

  void AddScenario(const Substitution& values, int example) {
    Scenario scenario;
    scenario.name = Substituted(outline_->scenario.name, values);
    scenario.example = example;
    scenario.tags = outline_->scenario.tags;
    scenario.steps = background_;
    for (const Step& step : outline_->scenario.steps) {
      scenario.steps.push_back(Substituted(step, values));
    }
    feature_.scenarios.push_back(std::move(scenario));
  }

  // Turns what stands in `outline_` into scenarios: one, or one for each row of its examples.
  void FinishOutline() {
    if (!outline_.has_value()) return;
    if (outline_->examples.empty()) AddScenario({}, 0);
    int example = 0;
    for (const Table& table : outline_->examples) {
      for (size_t row = 1; row < table.size(); ++row) {
        Substitution values;
        for (size_t column = 0; column < table[0].size(); ++column) {
          values.emplace_back(absl::StrCat("<", table[0][column], ">"), table[row][column]);
        }
        AddScenario(values, ++example);
      }
    }
    outline_.reset();
    steps_ = nullptr;
  }

  std::vector<std::string> lines_;
  size_t next_ = 0;  // the line after `line_`
  absl::string_view line_;

  Feature feature_;
  bool in_feature_ = false;
  std::vector<std::string> feature_tags_;
  std::vector<std::string> tags_;  // waiting for what they tag
  std::vector<Step> background_;
  std::optional<Outline> outline_;
  std::vector<Step>* steps_ = nullptr;  // where the next step goes; null in examples and headers
};

}  // namespace

absl::StatusOr<Feature> ParseFeature(absl::string_view text) { return Parser(text).Parse(); }

}  // namespace entente::tck
