// Runs the openCypher TCK over the C interface:
//   tck_runner FOLDER [--feature F] [--scenario N] [--failing FILE] [--list] [--options JSON]
//              [--reopen]
// JSON goes to entente_open_with_options; with --reopen the database is on disk and opened anew
// after each statement. FOLDER is the kit, with features/ and graphs/ in it. Prints one line a
// feature, and for each scenario that fails its id and what went wrong. Exit code 0: every scenario
// passes or is listed in FILE, and no listed one passes; 1: not so; 2: usage, or a file that cannot
// be read.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/status_macros.h"
#include "tests/tck/failing_list.h"
#include "tests/tck/gherkin.h"
#include "tests/tck/isolation.h"

namespace entente::tck {
namespace {

struct Options {
  std::string kit;
  std::string feature;  // empty: all
  size_t scenario = 0;  // from 1; 0: all
  std::string failing;  // a file; empty: none is known to fail
  bool list = false;    // print the scenarios and run none
  bool reopen = false;
  ConnectionOptions connection;
};

struct Totals {
  size_t scenarios = 0;
  size_t passed = 0;
  size_t known = 0;       // failed, as listed
  size_t unexpected = 0;  // failed and not listed, or passed and listed
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!(text << file.rdbuf())) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return text.str();
}

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--list") {
      options.list = true;
    } else if (argument == "--reopen") {
      options.reopen = true;
    } else if (!absl::StartsWith(argument, "--") && options.kit.empty()) {
      options.kit = argument;
    } else if (i + 1 == arguments.size()) {
      return absl::InvalidArgumentError(absl::StrCat("unknown or incomplete: ", argument));
    } else if (argument == "--feature") {
      options.feature = arguments[++i];
    } else if (argument == "--failing") {
      options.failing = arguments[++i];
    } else if (argument == "--options") {
      options.connection.json = arguments[++i];
    } else if (argument != "--scenario" || !absl::SimpleAtoi(arguments[++i], &options.scenario)) {
      return absl::InvalidArgumentError(absl::StrCat("unknown or wrong: ", argument));
    }
  }
  if (options.kit.empty()) return absl::InvalidArgumentError("no folder given");
  return options;
}

// Names like "expressions/string/String9", sorted.
absl::StatusOr<std::vector<std::string>> FindFeatures(const Options& options) {
  if (!options.feature.empty()) return std::vector<std::string>{options.feature};
  const std::filesystem::path root = std::filesystem::path(options.kit) / "features";
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root, error)) {
    if (entry.path().extension() != ".feature") continue;
    names.push_back(entry.path().lexically_relative(root).replace_extension().generic_string());
  }
  if (names.empty()) return absl::NotFoundError(absl::StrCat("no features in ", root.string()));
  std::sort(names.begin(), names.end());
  return names;
}

std::string FirstLine(absl::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

// Prints what is to say of one scenario and counts it.
void Judge(const std::string& id, const std::string& verdict, bool listed, Totals* totals) {
  ++totals->scenarios;
  if (verdict.empty()) ++totals->passed;
  if (verdict.empty() == !listed) {
    if (listed) ++totals->known;
    return;
  }
  ++totals->unexpected;
  if (verdict.empty()) {
    std::cout << "PASSES THOUGH LISTED " << id << "\n";
  } else {
    std::cout << "FAILED " << id << " # " << FirstLine(verdict)
              << absl::StrReplaceAll(verdict.substr(FirstLine(verdict).size()), {{"\n", "\n  "}})
              << "\n";
  }
}

absl::Status RunFeature(const Options& options, const std::string& name,
                        const std::map<std::string, std::string>& failing,
                        std::set<std::string>* seen, Totals* totals) {
  ASSIGN_OR_RETURN(const std::string text,
                   ReadFile(absl::StrCat(options.kit, "/features/", name, ".feature")));
  absl::StatusOr<Feature> feature = ParseFeature(text);
  if (!feature.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": ", feature.status().message()));
  }
  std::vector<Scenario> scenarios = std::move(feature->scenarios);
  for (const Scenario& scenario : scenarios) seen->insert(ScenarioId(name, scenario));
  if (options.scenario > 0) {
    if (options.scenario > scenarios.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " has ", scenarios.size(), " scenarios"));
    }
    scenarios = {scenarios[options.scenario - 1]};
  }
  if (options.list) {
    for (const Scenario& scenario : scenarios) std::cout << ScenarioId(name, scenario) << "\n";
    totals->scenarios += scenarios.size();
    return absl::OkStatus();
  }
  const std::vector<std::string> verdicts = RunIsolated(scenarios, options.kit, options.connection);
  Totals own;
  for (size_t i = 0; i < scenarios.size(); ++i) {
    const std::string id = ScenarioId(name, scenarios[i]);
    Judge(id, verdicts[i], failing.count(id) > 0, &own);
  }
  std::cout << name << ": " << own.passed << " of " << own.scenarios << " passed" << std::endl;
  totals->scenarios += own.scenarios;
  totals->passed += own.passed;
  totals->known += own.known;
  totals->unexpected += own.unexpected;
  return absl::OkStatus();
}

// Listed ids of the features that ran which name no scenario.
size_t CountStale(const Options& options, const std::map<std::string, std::string>& failing,
                  const std::set<std::string>& seen) {
  size_t stale = 0;
  for (const auto& [id, reason] : failing) {
    const bool ran =
        options.feature.empty() || absl::StartsWith(id, absl::StrCat(options.feature, " : "));
    if (!ran || seen.count(id) > 0) continue;
    std::cout << "LISTED BUT UNKNOWN " << id << "\n";
    ++stale;
  }
  return stale;
}

absl::StatusOr<bool> Run(const Options& options) {
  std::map<std::string, std::string> failing;
  if (!options.failing.empty()) {
    ASSIGN_OR_RETURN(const std::string text, ReadFile(options.failing));
    ASSIGN_OR_RETURN(failing, ParseFailingList(text));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> features, FindFeatures(options));
  Totals totals;
  std::set<std::string> seen;
  for (const std::string& feature : features) {
    RETURN_IF_ERROR(RunFeature(options, feature, failing, &seen, &totals));
  }
  const size_t stale = CountStale(options, failing, seen);
  if (options.list) {
    std::cout << totals.scenarios << " scenarios\n";
  } else {
    std::cout << "TCK: " << totals.passed << " of " << totals.scenarios << " scenarios passed, "
              << totals.known << " failed as listed, " << totals.unexpected << " unexpected\n";
  }
  return totals.unexpected == 0 && stale == 0;
}

int Main(const std::vector<std::string>& arguments) {
  absl::StatusOr<Options> options = ParseOptions(arguments);
  if (!options.ok()) {
    std::cerr << options.status().message() << "\nusage: tck_runner FOLDER [--feature F] "
              << "[--scenario N] [--failing FILE] [--list] [--options JSON] [--reopen]\n";
    return 2;
  }
  if (options->reopen) {
    std::string folder = (std::filesystem::temp_directory_path() / "tck-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
      std::cerr << "cannot make a folder like " << folder << "\n";
      return 2;
    }
    options->connection.folder = folder;
  }
  const absl::StatusOr<bool> good = Run(*options);
  if (options->reopen) std::filesystem::remove_all(options->connection.folder);
  if (!good.ok()) {
    std::cerr << good.status().message() << "\n";
    return 2;
  }
  return *good ? 0 : 1;
}

}  // namespace
}  // namespace entente::tck

int main(int argc, char** argv) {
  return entente::tck::Main(std::vector<std::string>(argv + 1, argv + argc));
}
