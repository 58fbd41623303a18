#include "tools/query_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/statement_text.h"
#include "engine/status.h"
#include "engine/value_json.h"
#include "tools/database_path.h"
#include "tools/row_format.h"
#include "tools/statement_runner.h"
#include "tools/terminal.h"
#include "tools/text_place.h"

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
    const std::string name = text.substr(0, equals);
    if (std::any_of(parameters.begin(), parameters.end(),
                    [&](const MapEntry& other) { return other.first == name; })) {
      return absl::InvalidArgumentError(absl::StrCat("--param ", name, " is given twice"));
    }
    parameters.emplace_back(name, *std::move(value));
  }
  return parameters;
}

// Opens the database for writing if one of the statements writes. One that does not even parse
// writes nothing; its error shows when its turn comes.
absl::StatusOr<std::unique_ptr<Database>> OpenFor(const std::string& path, const SplitText& script,
                                                  const DatabaseOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Database> database, OpenForReading(path, options));
  const std::unique_ptr<Session> session = database->Connect();
  const bool writes = std::any_of(
      script.statements.begin(), script.statements.end(),
      [&](absl::string_view statement) { return session->Writes(statement).value_or(false); });
  if (!writes || path == kTransientPath) return database;
  database.reset();
  return OpenForWriting(path, options);
}

}  // namespace

ExitCode RunQuery(const std::string& path, const QueryOptions& options) {
  const absl::StatusOr<Parameters> parameters = ParseParameters(options.parameters);
  if (!parameters.ok()) return Fail(std::string(parameters.status().message()), kUsage);
  std::string script = options.statement;
  if (script.empty()) {
    script.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  if (absl::StartsWith(script, kByteOrderMark)) script.erase(0, kByteOrderMark.size());
  SplitText split = SplitStatements(script);
  if (!split.rest.empty()) split.statements.push_back(split.rest);

  const absl::StatusOr<std::unique_ptr<Database>> database =
      OpenFor(path, split, OptionsWith(options.limits));
  if (!database.ok()) return FailDatabase(database.status());
  const std::unique_ptr<Session> session = (*database)->Connect();

  const size_t width = TerminalColumns(STDOUT_FILENO);
  for (const absl::string_view statement : split.statements) {
    const std::unique_ptr<RowFormat> format = MakeRowFormat(options.format, std::cout, width);
    const absl::StatusOr<StatementOutcome> outcome =
        RunStatement(*session, statement, *parameters, *format);
    std::cout.flush();
    if (!outcome.ok()) {
      const size_t offset = static_cast<size_t>(statement.data() - script.data());
      return Fail(ErrorTextWithCaret(outcome.status(), statement,
                                     {.file = "", .begin = LocateOffset(script, offset)}),
                  ExitCodeOf(outcome.status()));
    }
    if (outcome->columns == 0) {
      std::fprintf(stderr, "%s\n", Describe(*outcome, /*timed=*/false).c_str());
    }
  }
  if (session->in_transaction()) return Fail(kOpenTransaction, kStatementError);
  return kOk;
}

}  // namespace entente::tools
