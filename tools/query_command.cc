#include "tools/query_command.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/statement_text.h"
#include "engine/status.h"
#include "engine/value_json.h"
#include "tools/row_format.h"
#include "tools/statement_runner.h"

namespace entente::tools {
namespace {

absl::StatusOr<Parameters> ParseParameters(const std::vector<std::string>& texts) {
  Parameters parameters;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(absl::StrCat("--param ", text, ": say name=json"));
    }
    absl::StatusOr<Value> value = ParseJson(absl::string_view(text).substr(equals + 1));
    if (!value.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--param ", text, ": ", std::string(value.status().message()),
                       " (a string stands in double quotes: name='\"Peru\"')"));
    }
    parameters.emplace_back(text.substr(0, equals), *std::move(value));
  }
  return parameters;
}

size_t OutputWidth() {
  winsize size;
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) return size.ws_col;
  return 0;
}

}  // namespace

ExitCode RunQuery(const std::string& path, const QueryOptions& options) {
  const absl::StatusOr<Parameters> parameters = ParseParameters(options.parameters);
  if (!parameters.ok()) {
    std::fprintf(stderr, "%s\n", std::string(parameters.status().message()).c_str());
    return kUsage;
  }
  std::string script = options.statement;
  if (script.empty()) {
    script.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  SplitText split = SplitStatements(script);
  if (!split.rest.empty()) split.statements.push_back(split.rest);

  DatabaseOptions opening;
  opening.create_if_missing = false;
  opening.read_only = true;
  absl::StatusOr<std::unique_ptr<Database>> database = Database::Open(path, opening);
  std::unique_ptr<Session> session = database.ok() ? (*database)->Connect() : nullptr;
  // A statement that does not even parse writes nothing; its error shows when its turn comes.
  const bool writes =
      database.ok() && std::any_of(split.statements.begin(), split.statements.end(),
                                   [&](absl::string_view statement) {
                                     return session->Writes(statement).value_or(false);
                                   });
  if (writes) {
    session.reset();
    database->reset();
    opening.read_only = false;
    database = Database::Open(path, opening);
    if (database.ok()) session = (*database)->Connect();
  }
  if (!database.ok()) {
    std::fprintf(stderr, "%s\n", std::string(database.status().message()).c_str());
    return kDatabaseError;
  }

  const std::unique_ptr<RowFormat> format = MakeRowFormat(options.format, std::cout, OutputWidth());
  for (const absl::string_view statement : split.statements) {
    const absl::StatusOr<StatementOutcome> outcome =
        RunStatement(*session, statement, *parameters, *format);
    std::cout.flush();
    if (!outcome.ok()) {
      std::fprintf(stderr, "%s\n", ErrorTextWithCaret(outcome.status(), statement).c_str());
      return absl::IsDataLoss(outcome.status()) ? kDatabaseError : kStatementError;
    }
    if (outcome->columns == 0) {
      std::fprintf(stderr, "%s\n", Describe(*outcome, /*timed=*/false).c_str());
    }
  }
  if (!std::cout.good()) {
    std::fprintf(stderr, "cannot write to standard output\n");
    return kDatabaseError;
  }
  return kOk;
}

}  // namespace entente::tools
