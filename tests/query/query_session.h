// A session over a transient database, with settings that only tests use, and its answers as text.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/core.h"
#include "engine/error.h"
#include "engine/session.h"
#include "engine/value_text.h"
#include "query/session_options.h"

namespace entente::query {

class QuerySession {
 public:
  explicit QuerySession(SessionOptions options = {}) {
    DatabaseOptions small;
    small.edges_per_chunk = 4;
    small.facts_per_block = 2;
    core_ = Core::Open(":memory:", small).value();
    session_ = MakeSession(core_, std::move(options));
  }

  Session& session() { return *session_; }
  const std::shared_ptr<Core>& core() { return core_; }

  // One text a row, "1 | 'a'"; a failure is one text, "SyntaxError: UndefinedVariable".
  std::vector<std::string> Rows(absl::string_view statement, const Parameters& parameters = {}) {
    absl::StatusOr<std::unique_ptr<Result>> result = session_->Run(statement, parameters);
    if (!result.ok()) return {ErrorName(result.status())};
    std::vector<std::string> rows;
    Row row;
    while (true) {
      const absl::StatusOr<bool> more = (*result)->Next(&row);
      if (!more.ok()) return {ErrorName(more.status())};
      if (!*more) return rows;
      std::vector<std::string> texts;
      for (const Value& value : row) texts.push_back(ValueText(value));
      rows.push_back(absl::StrJoin(texts, " | "));
    }
  }
  // The same, sorted.
  std::vector<std::string> SortedRows(absl::string_view statement,
                                      const Parameters& parameters = {}) {
    std::vector<std::string> rows = Rows(statement, parameters);
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  static std::string ErrorName(const absl::Status& status) {
    const ErrorInfo info = ErrorInfoOf(status);
    if (info.type == "DatabaseError") return ErrorText(status);
    return absl::StrCat(info.type, ": ", info.detail);
  }

 private:
  std::shared_ptr<Core> core_;
  std::unique_ptr<Session> session_;
};

}  // namespace entente::query
