// Statements to plans as text, without a database.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/error.h"
#include "query/explain.h"
#include "query/parser.h"
#include "query/prepare.h"

namespace entente::query {

// The plan's lines as EXPLAIN shows them, without estimates, each ended by a newline; for an error
// "UndefinedVariable at 7: foo", with the text that its span covers.
inline std::string PlanText(absl::string_view text, const PrepareContext& context) {
  const auto failure = [&](const absl::Status& status) {
    const ErrorInfo info = ErrorInfoOf(status);
    if (!info.span.has_value()) return info.detail;
    return absl::StrCat(info.detail, " at ", info.span->begin, ": ",
                        text.substr(info.span->begin, info.span->end - info.span->begin));
  };
  const absl::StatusOr<ast::Statement> statement = Parse(text);
  if (!statement.ok()) return failure(statement.status());
  const absl::StatusOr<std::unique_ptr<PreparedPlan>> plan =
      Prepare(std::get<ast::QueryStatement>(statement->node), context);
  if (!plan.ok()) return failure(plan.status());
  std::string lines;
  for (const std::string& line : ExplainPlan(**plan)) {
    absl::StrAppend(&lines, line.substr(0, line.rfind("  ~")), "\n");
  }
  return lines;
}

}  // namespace entente::query
