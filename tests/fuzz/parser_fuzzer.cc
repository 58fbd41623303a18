// Whatever text comes, the parser ends with a tree or with an error whose place lies in the text; a
// tree prints as text that parses to a tree which prints the same; and cutting text into statements
// loses nothing of it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/error.h"
#include "engine/statement_text.h"
#include "query/ast_printer.h"
#include "query/parser.h"
#include "storage/check.h"

namespace entente::query {
namespace {

void CheckCuts(absl::string_view text) {
  const SplitText split = SplitStatements(text);
  const char* end = text.data();
  const auto follows = [&](absl::string_view part) {
    ENTENTE_CHECK(part.data() >= end && part.data() + part.size() <= text.data() + text.size());
    end = part.data() + part.size();
  };
  for (const absl::string_view statement : split.statements) {
    ENTENTE_CHECK(!statement.empty());
    follows(statement);
  }
  if (!split.rest.empty()) follows(split.rest);
}

void CheckParser(absl::string_view text) {
  const absl::StatusOr<ast::Statement> statement = Parse(text);
  if (!statement.ok()) {
    const ErrorInfo error = ErrorInfoOf(statement.status());
    ENTENTE_CHECK(error.type == "SyntaxError");
    ENTENTE_CHECK(error.span.has_value());
    ENTENTE_CHECK(error.span->begin <= error.span->end && error.span->end <= text.size());
    return;
  }
  const std::string printed = PrintStatement(*statement);
  const absl::StatusOr<ast::Statement> again = Parse(printed);
  ENTENTE_CHECK(again.ok());
  ENTENTE_CHECK(PrintStatement(*again) == printed);
}

}  // namespace
}  // namespace entente::query

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  entente::query::CheckCuts(text);
  entente::query::CheckParser(text);
  return 0;
}
