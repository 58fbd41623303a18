#include "bench/workload.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "bench/wording.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

using Rules = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<Rules> ParseRules(absl::string_view body) {
  Rules rules;
  for (const absl::string_view line : absl::StrSplit(body, '\n', absl::SkipWhitespace())) {
    const std::vector<std::string> sides = absl::StrSplit(line, absl::MaxSplits(" = ", 1));
    if (sides.size() != 2) return absl::InvalidArgumentError(absl::StrCat("no rule: ", line));
    rules.emplace_back(sides[0], sides[1]);
  }
  return rules;
}

absl::Status ParseColumns(absl::string_view body, Workload* workload) {
  for (const absl::string_view line : absl::StrSplit(body, '\n', absl::SkipWhitespace())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    const std::string kind = words.size() == 2 ? words[1] : "";
    if (kind != "text" && kind != "number" && kind != "own") {
      return absl::InvalidArgumentError(absl::StrCat("no column: ", line));
    }
    workload->columns.emplace_back(words[0], kind == "text"     ? ColumnKind::kText
                                             : kind == "number" ? ColumnKind::kNumber
                                                                : ColumnKind::kOwn);
  }
  return absl::OkStatus();
}

absl::Status TakeSection(absl::string_view name, absl::string_view body, Rules* shared,
                         Workload* workload) {
  body = absl::StripAsciiWhitespace(body);
  if (name == "parameters") {
    ASSIGN_OR_RETURN(*shared, ParseRules(body));
  } else if (absl::ConsumePrefix(&name, "case ")) {
    ASSIGN_OR_RETURN(Rules rules, ParseRules(body));
    rules.insert(rules.begin(), shared->begin(), shared->end());
    workload->cases.push_back({std::string(name), std::move(rules)});
  } else if (name == "columns") {
    return ParseColumns(body, workload);
  } else if (name == "order") {
    workload->ordered = body == "given";
  } else {
    for (const absl::string_view engine : absl::StrSplit(name, ", ")) {
      workload->texts[std::string(engine)] = std::string(body);
    }
  }
  return absl::OkStatus();
}

// A rank, or a share of all: "12", "0.5%".
std::optional<uint64_t> ParsePlace(absl::string_view text, uint64_t count) {
  double number = 0;
  const bool share = absl::ConsumeSuffix(&text, "%");
  if (!absl::SimpleAtod(text, &number)) return std::nullopt;
  if (share) number = number / 100 * static_cast<double>(count);
  return std::clamp<uint64_t>(static_cast<uint64_t>(number), 1, count);
}

// "12" or "1% .. 5% by 64": places among `count`, spread evenly.
absl::StatusOr<std::vector<uint64_t>> ParsePlaces(absl::string_view text, uint64_t count) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  const std::optional<uint64_t> first = ParsePlace(words[0], count);
  if (words.size() == 1 && first.has_value()) return std::vector<uint64_t>{*first};
  uint64_t amount = 0;
  if (words.size() == 5 && words[1] == ".." && words[3] == "by" && first.has_value() &&
      absl::SimpleAtoi(words[4], &amount) && amount > 0) {
    const std::optional<uint64_t> last = ParsePlace(words[2], count);
    if (last.has_value()) {
      std::vector<uint64_t> places;
      for (uint64_t i = 0; i < amount; ++i) {
        const uint64_t width = std::max(*first, *last) - std::min(*first, *last);
        const uint64_t step = amount == 1 ? 0 : width * i / (amount - 1);
        places.push_back(*last >= *first ? *first + step : *first - step);
      }
      return places;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat("no places: ", text));
}

// "type A", "types A B", or "family PARENT A B".
std::string RelationsText(absl::string_view rule, RelationNotation notation) {
  std::vector<std::string> names = absl::StrSplit(rule, ' ');
  if (names[0] == "family") {
    if (notation == RelationNotation::kTaxonomy) return names[1];
    names.erase(names.begin());
  }
  names.erase(names.begin());
  if (notation == RelationNotation::kTaxonomy || notation == RelationNotation::kPattern) {
    return absl::StrJoin(names, "|");
  }
  if (notation == RelationNotation::kQuoted)
    return absl::StrCat("'", absl::StrJoin(names, "', '"), "'");
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) {
    const auto at = std::find_if(Relations().begin(), Relations().end(),
                                 [&](const RelationShare& row) { return row.name == name; });
    absl::StrAppend(out, at - Relations().begin() + 1);
  });
}

class Binder {
 public:
  Binder(const World& world, RelationNotation notation, Question* question)
      : world_(world), notation_(notation), question_(question) {}

  absl::Status Bind(const std::string& name, absl::string_view rule) {
    if (absl::StartsWith(rule, "type ") || absl::StartsWith(rule, "types ") ||
        absl::StartsWith(rule, "family ")) {
      absl::StrReplaceAll({{absl::StrCat("{", name, "}"), RelationsText(rule, notation_)}},
                          &question_->text);
      return absl::OkStatus();
    }
    if (absl::ConsumePrefix(&rule, "words")) {
      absl::StrReplaceAll({{absl::StrCat("{", name, "}"), absl::StripLeadingAsciiWhitespace(rule)}},
                          &question_->text);
      return absl::OkStatus();
    }
    if (absl::ConsumePrefix(&rule, "number ")) return Add(name, {std::string(rule)});
    if (absl::ConsumePrefix(&rule, "rank ")) {
      ASSIGN_OR_RETURN(const std::vector<uint64_t> ranks, ParsePlaces(rule, world_.entities()));
      std::vector<std::string> keys;
      for (const uint64_t rank : ranks) keys.push_back(EntityKey(world_.EntityOfRank(rank)));
      return Add(name, keys);
    }
    if (absl::ConsumePrefix(&rule, "fact ")) return AddFacts(rule);
    return absl::InvalidArgumentError(absl::StrCat("no rule for ", name, ": ", rule));
  }

 private:
  absl::Status Add(const std::string& name, const std::vector<std::string>& values) {
    std::vector<ParameterSet>& sets = question_->sets;
    if (sets.empty()) sets.resize(values.size());
    if (sets.size() == 1 && values.size() > 1) sets.resize(values.size(), sets[0]);
    if (values.size() != 1 && values.size() != sets.size()) {
      return absl::InvalidArgumentError(absl::StrCat(name, " has another number of values"));
    }
    for (size_t i = 0; i < sets.size(); ++i) {
      sets[i].emplace_back(name, values[values.size() == 1 ? 0 : i]);
    }
    return absl::OkStatus();
  }

  absl::Status AddFacts(absl::string_view places) {
    ASSIGN_OR_RETURN(const std::vector<uint64_t> wanted, ParsePlaces(places, world_.facts()));
    FactStream stream(world_);
    Fact fact;
    std::vector<std::string> subjects, types, objects, days;
    for (uint64_t id = 1; subjects.size() < wanted.size() && stream.Next(&fact); ++id) {
      if (id != wanted[subjects.size()]) continue;
      subjects.push_back(EntityKey(fact.subject));
      types.emplace_back(Relations()[fact.relation].name);
      objects.push_back(EntityKey(fact.object));
      days.push_back(DateText(fact.from));
    }
    RETURN_IF_ERROR(Add("subject", subjects));
    RETURN_IF_ERROR(Add("type", types));
    RETURN_IF_ERROR(Add("object", objects));
    return Add("valid_from", days);
  }

  const World& world_;
  const RelationNotation notation_;
  Question* const question_;
};

}  // namespace

absl::StatusOr<Workload> ReadWorkload(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  Workload workload;
  workload.name = std::filesystem::path(path).stem().string();
  Rules shared;
  std::string section, body, line;
  const auto take = [&]() -> absl::Status {
    if (section.empty()) return absl::OkStatus();
    const absl::Status taken = TakeSection(section, body, &shared, &workload);
    return taken.ok() ? taken
                      : absl::InvalidArgumentError(
                            absl::StrCat(path, ": [", section, "]: ", taken.message()));
  };
  while (std::getline(file, line)) {
    absl::string_view rest = line;
    if (section.empty() && absl::ConsumePrefix(&rest, "title: ")) {
      workload.title = std::string(rest);
    } else if (section.empty() && absl::ConsumePrefix(&rest, "program: ")) {
      workload.program = std::string(rest);
    } else if (absl::ConsumePrefix(&rest, "[") && absl::ConsumeSuffix(&rest, "]")) {
      RETURN_IF_ERROR(take());
      section = std::string(rest);
      body.clear();
    } else {
      absl::StrAppend(&body, line, "\n");
    }
  }
  RETURN_IF_ERROR(take());
  return workload;
}

absl::StatusOr<Question> BindQuestion(const Workload& workload, const Case& one,
                                      absl::string_view engine, RelationNotation notation,
                                      const World& world) {
  const auto text = workload.texts.find(std::string(engine));
  if (text == workload.texts.end()) {
    return absl::NotFoundError(absl::StrCat(workload.name, " has no text for ", engine));
  }
  Question question;
  question.text = text->second;
  Binder binder(world, notation, &question);
  for (const auto& [name, rule] : one.rules) RETURN_IF_ERROR(binder.Bind(name, rule));
  if (question.sets.empty()) question.sets.emplace_back();
  return question;
}

}  // namespace entente::bench
