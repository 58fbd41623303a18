#include "tests/pages/page.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace entente {
namespace {

constexpr absl::string_view kRule = "─";
constexpr absl::string_view kMore = "…";

using Cells = std::vector<std::string>;

struct Table {
  Cells columns;
  std::vector<Cells> rows;
  bool goes_on = false;
};

std::vector<std::string> CodePoints(absl::string_view text) {
  std::vector<std::string> points;
  for (const char c : text) {
    if ((c & 0xC0) != 0x80) points.emplace_back();
    points.back() += c;
  }
  return points;
}

// The parts of a line that stand over or under the parts of the rule; the last one is as long as it
// likes.
Cells CellsUnder(const std::vector<std::string>& rule, absl::string_view line) {
  const std::vector<std::string> points = CodePoints(line);
  Cells cells;
  for (size_t at = 0; at < rule.size();) {
    size_t end = at;
    while (end < rule.size() && rule[end] == kRule) ++end;
    const size_t stop = end == rule.size() ? points.size() : std::min(end, points.size());
    std::string cell;
    for (size_t i = at; i < stop; ++i) cell += points[i];
    cells.push_back(std::string(absl::StripAsciiWhitespace(cell)));
    at = end;
    while (at < rule.size() && rule[at] != kRule) ++at;
  }
  return cells;
}

// A table has a rule on its second line.
Table ReadTable(const std::vector<absl::string_view>& lines) {
  const std::vector<std::string> rule = CodePoints(lines[1]);
  Table table;
  table.columns = CellsUnder(rule, lines[0]);
  for (size_t i = 2; i < lines.size(); ++i) {
    if (lines[i] == kMore) {
      table.goes_on = true;
    } else if (!lines[i].empty()) {
      table.rows.push_back(CellsUnder(rule, lines[i]));
    }
  }
  return table;
}

bool IsTable(const std::vector<absl::string_view>& lines) {
  return lines.size() > 1 && absl::StartsWith(lines[1], kRule);
}

bool Ends(absl::string_view statement) {
  return absl::EndsWith(statement, ";") || absl::EndsWith(statement, "?");
}

// The statements of one block.
void ReadBlock(const std::vector<absl::string_view>& lines, int first,
               std::vector<PageStep>* steps) {
  bool begun = false;
  for (size_t i = 0; i < lines.size(); ++i) {
    absl::string_view line = lines[i];
    if (absl::ConsumePrefix(&line, "> ")) {
      if (!begun)
        steps->push_back({PageStep::Kind::kStatement, first + static_cast<int>(i), "", ""});
      absl::StrAppend(&steps->back().text, line, "\n");
      begun = !Ends(line);
    } else if (!steps->empty()) {
      absl::StrAppend(&steps->back().expected, line, "\n");
    }
  }
}

}  // namespace

std::vector<PageStep> ReadPage(absl::string_view markdown) {
  std::vector<PageStep> steps;
  const std::vector<absl::string_view> lines = absl::StrSplit(markdown, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    absl::string_view line = lines[i];
    if (absl::ConsumePrefix(&line, "<!-- database:") && absl::ConsumeSuffix(&line, "-->")) {
      steps.push_back(
          {PageStep::Kind::kDatabase, number, std::string(absl::StripAsciiWhitespace(line)), ""});
    }
    if (!absl::ConsumePrefix(&line, "```")) continue;
    std::vector<absl::string_view> block;
    while (++i < lines.size() && lines[i] != "```") block.push_back(lines[i]);
    if (line == "json") {
      steps.push_back({PageStep::Kind::kClaims, number, absl::StrJoin(block, "\n"), ""});
    } else if (line.empty() && !block.empty() && absl::StartsWith(block[0], "> ")) {
      ReadBlock(block, number + 1, &steps);
    }
  }
  return steps;
}

std::string TableDifference(absl::string_view expected, absl::string_view given) {
  const auto lines_of = [](absl::string_view text) {
    return std::vector<absl::string_view>(
        absl::StrSplit(absl::StripTrailingAsciiWhitespace(text), '\n'));
  };
  const std::vector<absl::string_view> expected_lines = lines_of(expected);
  const std::vector<absl::string_view> given_lines = lines_of(given);
  const std::string all = absl::StrCat("there is\n", given);
  if (!IsTable(expected_lines) || !IsTable(given_lines)) {
    return expected_lines == given_lines ? "" : all;
  }
  const Table shown = ReadTable(expected_lines);
  const Table whole = ReadTable(given_lines);
  std::vector<size_t> places;
  for (const std::string& column : shown.columns) {
    const auto place = std::find(whole.columns.begin(), whole.columns.end(), column);
    if (place == whole.columns.end()) return all;
    places.push_back(static_cast<size_t>(place - whole.columns.begin()));
  }
  const bool long_enough = shown.goes_on ? whole.rows.size() > shown.rows.size()
                                         : whole.rows.size() == shown.rows.size();
  if (!long_enough) return all;
  for (size_t i = 0; i < shown.rows.size(); ++i) {
    for (size_t j = 0; j < places.size(); ++j) {
      if (shown.rows[i][j] != whole.rows[i][places[j]]) return all;
    }
  }
  return "";
}

}  // namespace entente
