#include "tools/statement_runner.h"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/status.h"
#include "tools/progress.h"
#include "tools/row_format.h"

namespace entente::tools {

absl::StatusOr<StatementOutcome> RunStatement(Session& session, absl::string_view statement,
                                              const Parameters& parameters, RowFormat& format) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  StatementOutcome outcome;
  ASSIGN_OR_RETURN(std::unique_ptr<Result> result, session.Run(statement, parameters));
  outcome.columns = result->columns().size();
  Row row;
  absl::StatusOr<bool> more = result->Next(&row);
  if (!more.ok()) return more.status();
  if (outcome.columns > 0) format.Begin(result->columns());
  for (; more.ok() && *more; more = result->Next(&row)) {
    format.Add(row);
    ++outcome.rows;
  }
  if (outcome.columns > 0) format.End();
  if (!more.ok()) return more.status();
  outcome.changes = result->changes();
  outcome.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return outcome;
}

std::string Describe(const StatementOutcome& outcome, bool timed) {
  std::vector<std::string> parts;
  const auto add = [&](uint64_t count, absl::string_view one, absl::string_view many) {
    parts.push_back(CountOf(count, one, many));
  };
  if (outcome.columns > 0) add(outcome.rows, "row", "rows");
  const Changes& changes = outcome.changes;
  const std::pair<uint64_t, std::pair<absl::string_view, absl::string_view>> counts[] = {
      {changes.nodes_created, {"node created", "nodes created"}},
      {changes.nodes_deleted, {"node deleted", "nodes deleted"}},
      {changes.relationships_created, {"relationship created", "relationships created"}},
      {changes.relationships_deleted, {"relationship deleted", "relationships deleted"}},
      {changes.properties_set, {"property set", "properties set"}},
      {changes.labels_added, {"label added", "labels added"}},
      {changes.labels_removed, {"label removed", "labels removed"}},
  };
  for (const auto& [count, words] : counts) {
    if (count > 0) add(count, words.first, words.second);
  }
  if (parts.empty()) parts.push_back("done");
  if (timed) {
    parts.push_back(outcome.seconds < 1 ? absl::StrFormat("%.1f ms", outcome.seconds * 1000)
                                        : FormatSeconds(outcome.seconds));
  }
  return absl::StrJoin(parts, ", ");
}

}  // namespace entente::tools
