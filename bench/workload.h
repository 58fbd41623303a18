// Workloads: the questions that all engines answer, read from the text files in workloads/.
//
// A file begins with `title:` and, unless it is a plain question, `program:`; then comes in words
// what is asked. Sections follow under a line `[name]`: `[parameters]` for all cases, a
// `[case NAME]` for each case, `[columns]`, `[order]`, and the text for one or several engines. A
// case called "A, B" is also compared with the case A.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "bench/world.h"

namespace entente::bench {

enum class ColumnKind {
  kText,    // equal in all engines
  kNumber,  // equal to four decimals
  kOwn,     // each engine has its own, not compared
};

// Names and values; all of them are texts.
using ParameterSet = std::vector<std::pair<std::string, std::string>>;

// A case as one engine is asked it.
struct Question {
  std::string text;
  std::vector<ParameterSet> sets;
};

struct Case {
  std::string name;
  std::vector<std::pair<std::string, std::string>> rules;  // as "object", "rank 1% .. 5% by 64"
};

struct Workload {
  std::string name;  // of the file: "W1"
  std::string title;
  std::string program;  // "load", "open", "write", "mixed"; "" a question that is repeated
  std::vector<std::pair<std::string, ColumnKind>> columns;
  bool ordered = false;  // else the answers' order does not count
  std::vector<Case> cases;
  std::map<std::string, std::string> texts;  // by engine
};

absl::StatusOr<Workload> ReadWorkload(const std::string& path);

// How an engine writes relation types into its texts.
enum class RelationNotation {
  kTaxonomy,  // A|B, or the type that they lie under
  kPattern,   // A|B
  kQuoted,    // 'A', 'B'
  kNumbers,   // 1, 2: places in Relations(), from 1
};

// The texts with which `engine` is asked the case, for each `{NAME}` its relation types, and the
// parameters with keys of this world. NotFound when the workload has no text for the engine,
// InvalidArgument for a rule that is none.
absl::StatusOr<Question> BindQuestion(const Workload& workload, const Case& one,
                                      absl::string_view engine, RelationNotation notation,
                                      const World& world);

}  // namespace entente::bench
