#include "tests/tck/scenario_runner.h"

#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/status_macros.h"
#include "tests/tck/connection.h"
#include "tests/tck/graph_state.h"

namespace entente::tck {
namespace {

absl::Status Failure(absl::string_view why) { return absl::FailedPreconditionError(why); }

std::string RowsText(const std::vector<TckRow>& rows) {
  std::string text;
  for (const TckRow& row : rows) {
    absl::StrAppend(&text, "\n    | ",
                    absl::StrJoin(row, " | ",
                                  [](std::string* out, const TckValue& value) {
                                    absl::StrAppend(out, ToText(value));
                                  }),
                    " |");
  }
  return rows.empty() ? "\n    (no rows)" : text;
}

absl::StatusOr<std::vector<TckRow>> ParseRows(const Table& table, size_t first) {
  std::vector<TckRow> rows;
  for (size_t i = first; i < table.size(); ++i) {
    TckRow row;
    for (const std::string& cell : table[i]) {
      ASSIGN_OR_RETURN(TckValue value, ParseTckValue(cell));
      row.push_back(std::move(value));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string EffectsText(const SideEffects& effects) {
  if (effects.empty()) return "none";
  return absl::StrJoin(effects, ", ", absl::PairFormatter(" "));
}

class Run {
 public:
  Run(const Scenario& scenario, absl::string_view kit, const ConnectionOptions& options)
      : scenario_(scenario), kit_(kit), options_(options) {}

  absl::Status AllSteps() {
    ASSIGN_OR_RETURN(connection_, Connection::Open(options_));
    for (const Step& step : scenario_.steps) {
      if (absl::Status status = OneStep(step); !status.ok()) {
        return Failure(absl::StrCat(status.message(), "\n  at line ", step.line, ": ", step.text,
                                    query_.empty() ? "" : "\n  after: ", query_));
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status OneStep(const Step& step) {
    absl::string_view text = step.text;
    if (text == "an empty graph" || text == "any graph") return absl::OkStatus();
    if (text == "having executed:") return Prepare(step.doc_string);
    if (text == "parameters are:") return SetParameters(step.table);
    if (text == "executing query:" || text == "executing control query:") {
      return Execute(step.doc_string);
    }
    if (text == "no side effects") return CheckSideEffects({});
    if (text == "the side effects should be:") return CheckSideEffects(step.table);
    if (absl::ConsumePrefix(&text, "there exists a procedure ")) {
      return RegisterProcedure(absl::StripSuffix(text, ":"), step.table);
    }
    if (absl::ConsumePrefix(&text, "the result should be")) return CheckResult(text, step.table);
    if (absl::ConsumePrefix(&text, "the ") && absl::ConsumeSuffix(&text, " graph")) {
      return PrepareNamedGraph(text);
    }
    text = step.text;
    if (absl::StrContains(text, " should be raised at ") &&
        (absl::ConsumePrefix(&text, "a ") || absl::ConsumePrefix(&text, "an "))) {
      return CheckError(text);
    }
    return Failure("a step that the runner does not know");
  }

  absl::Status Prepare(absl::string_view statement) {
    ASSIGN_OR_RETURN(const QueryResult result, connection_->Query(statement, std::nullopt));
    if (result.error.has_value()) {
      return Failure(absl::StrCat("cannot prepare the graph: ", result.error->text));
    }
    return absl::OkStatus();
  }

  absl::Status PrepareNamedGraph(absl::string_view name) {
    const std::string path = absl::StrCat(kit_, "/graphs/", name, "/", name, ".cypher");
    std::ifstream file(path);
    std::stringstream text;
    if (!(text << file.rdbuf())) return Failure(absl::StrCat("cannot read ", path));
    return Prepare(text.str());
  }

  // Two columns, name and value, without a header.
  absl::Status SetParameters(const Table& table) {
    TckMap parameters;
    for (const std::vector<std::string>& row : table) {
      if (row.size() != 2) return Failure("a parameter is a name and a value");
      ASSIGN_OR_RETURN(parameters[row[0]], ParseTckValue(row[1]));
    }
    ASSIGN_OR_RETURN(parameters_, ToJson(TckValue{std::move(parameters)}));
    return absl::OkStatus();
  }

  // The table's header names the arguments, then the columns, in the order of the signature.
  absl::Status RegisterProcedure(absl::string_view signature, const Table& table) {
    ASSIGN_OR_RETURN(const std::vector<TckRow> rows, ParseRows(table, 1));
    TckList lists;
    for (const TckRow& row : rows) lists.push_back(TckValue{TckList(row)});
    ASSIGN_OR_RETURN(const std::string json, ToJson(TckValue{std::move(lists)}));
    return connection_->RegisterTable(signature, json);
  }

  absl::Status Execute(absl::string_view statement) {
    query_ = std::string(statement);
    ASSIGN_OR_RETURN(before_, ReadGraphState(*connection_));
    ASSIGN_OR_RETURN(result_, connection_->Query(statement, parameters_));
    return absl::OkStatus();
  }

  // `how` is what follows "the result should be".
  absl::Status CheckResult(absl::string_view how, const Table& table) {
    if (!result_.has_value()) return Failure("no query ran before its result");
    if (result_->error.has_value()) {
      return Failure(absl::StrCat("unexpected error: ", result_->error->text));
    }
    if (how == " empty") {
      if (result_->rows.empty()) return absl::OkStatus();
      return Failure(absl::StrCat("expected no rows, got:", RowsText(result_->rows)));
    }
    ListOrder list_order = ListOrder::kSignificant;
    if (!absl::ConsumeSuffix(&how, ":")) return Failure("a step that the runner does not know");
    if (absl::ConsumeSuffix(&how, " (ignoring element order for lists)")) {
      list_order = ListOrder::kIgnored;
    }
    const bool in_order = how == ", in order";
    if (!in_order && how != ", in any order" && !how.empty()) {
      return Failure("a step that the runner does not know");
    }
    return CheckRows(table, in_order, list_order);
  }

  absl::Status CheckRows(const Table& table, bool in_order, ListOrder list_order) {
    if (table.empty()) return Failure("a result without a header");
    if (table[0] != result_->columns) {
      return Failure(absl::StrCat("expected columns ", absl::StrJoin(table[0], ", "), ", got ",
                                  absl::StrJoin(result_->columns, ", ")));
    }
    ASSIGN_OR_RETURN(const std::vector<TckRow> expected, ParseRows(table, 1));
    const bool same = in_order ? SameRows(expected, result_->rows, list_order)
                               : SameRowsInAnyOrder(expected, result_->rows, list_order);
    if (same) return absl::OkStatus();
    return Failure(absl::StrCat("other rows than expected\n  expected:", RowsText(expected),
                                "\n  got:", RowsText(result_->rows)));
  }

  // `text` is "SyntaxError should be raised at compile time: UndefinedVariable".
  absl::Status CheckError(absl::string_view text) {
    if (!result_.has_value()) return Failure("no query ran before its error");
    const std::pair<absl::string_view, absl::string_view> type_rest =
        absl::StrSplit(text, absl::MaxSplits(absl::ByString(" should be raised at "), 1));
    const std::pair<absl::string_view, absl::string_view> phase_detail =
        absl::StrSplit(type_rest.second, absl::MaxSplits(absl::ByString(": "), 1));
    if (phase_detail.second.empty()) return Failure("a step that the runner does not know");
    if (!result_->error.has_value()) {
      return Failure(absl::StrCat("expected an error, got:", RowsText(result_->rows)));
    }
    const QueryError& error = *result_->error;
    if (error.type != type_rest.first ||
        (phase_detail.first != "any time" && phase_detail.first != error.phase) ||
        (phase_detail.second != "*" && phase_detail.second != error.detail)) {
      return Failure(
          absl::StrCat("another error than expected, at ", error.phase, ": ", error.text));
    }
    return absl::OkStatus();
  }

  // Two columns, effect and number, without a header.
  absl::Status CheckSideEffects(const Table& table) {
    SideEffects expected;
    for (const std::vector<std::string>& row : table) {
      int64_t count = 0;
      if (row.size() != 2 || !absl::SimpleAtoi(row[1], &count)) {
        return Failure("a side effect is a name and a number");
      }
      if (count != 0) expected[row[0]] = count;
    }
    ASSIGN_OR_RETURN(const GraphState after, ReadGraphState(*connection_));
    const SideEffects effects = Difference(before_, after);
    if (effects == expected) return absl::OkStatus();
    return Failure(absl::StrCat("expected side effects: ", EffectsText(expected),
                                "; got: ", EffectsText(effects)));
  }

  const Scenario& scenario_;
  const std::string kit_;
  const ConnectionOptions& options_;
  std::unique_ptr<Connection> connection_;
  std::optional<std::string> parameters_;
  std::string query_;  // the last one executed
  GraphState before_;  // just before it
  std::optional<QueryResult> result_;
};

}  // namespace

absl::Status RunScenario(const Scenario& scenario, absl::string_view kit,
                         const ConnectionOptions& options) {
  return Run(scenario, kit, options).AllSteps();
}

}  // namespace entente::tck
