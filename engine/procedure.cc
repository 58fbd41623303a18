#include "engine/procedure.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/status.h"

namespace entente {
namespace {

constexpr absl::string_view kTypes[] = {
    "ANY",  "BOOLEAN", "INTEGER", "FLOAT",         "NUMBER",   "STRING",    "MAP",
    "LIST", "DATE",    "TIME",    "LOCALDATETIME", "DATETIME", "LOCALTIME", "DURATION"};

absl::Status Malformed(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("The procedure signature '", text, "' does not fit: ", why));
}

// "name :: TYPE?"
std::optional<ProcedureField> ParseField(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits("::", 1));
  if (parts.size() != 2) return std::nullopt;
  ProcedureField field;
  field.name = std::string(absl::StripAsciiWhitespace(parts[0]));
  absl::string_view type = absl::StripAsciiWhitespace(parts[1]);
  field.nullable = absl::ConsumeSuffix(&type, "?");
  field.type = absl::AsciiStrToUpper(type);
  const bool known =
      std::find(std::begin(kTypes), std::end(kTypes), field.type) != std::end(kTypes);
  if (field.name.empty() || !known) return std::nullopt;
  return field;
}

// "(a :: TYPE, b :: TYPE?)", "()"
std::optional<std::vector<ProcedureField>> ParseFields(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (!absl::ConsumePrefix(&text, "(") || !absl::ConsumeSuffix(&text, ")")) return std::nullopt;
  std::vector<ProcedureField> fields;
  if (absl::StripAsciiWhitespace(text).empty()) return fields;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    std::optional<ProcedureField> field = ParseField(part);
    if (!field.has_value()) return std::nullopt;
    const bool repeated = std::any_of(fields.begin(), fields.end(),
                                      [&](const auto& other) { return other.name == field->name; });
    if (repeated) return std::nullopt;
    fields.push_back(*std::move(field));
  }
  return fields;
}

}  // namespace

bool Accepts(const ProcedureField& field, const Value& value) {
  if (value.is_null()) return field.nullable;
  if (field.type == "ANY") return true;
  if (field.type == "NUMBER" || field.type == "FLOAT") return value.is_number();
  if (field.type == "MAP") return value.is_map() || value.is_node() || value.is_relationship();
  return field.type == Value::TypeName(value.type());
}

absl::StatusOr<ProcedureSignature> ParseProcedureSignature(absl::string_view text) {
  const size_t open = text.find('(');
  const size_t close = text.find(')');
  if (open == absl::string_view::npos || close == absl::string_view::npos || close < open) {
    return Malformed(text, "it is name(arguments) :: (columns)");
  }
  ProcedureSignature signature;
  signature.name = std::string(absl::StripAsciiWhitespace(text.substr(0, open)));
  if (signature.name.empty()) return Malformed(text, "the name is missing");
  std::optional<std::vector<ProcedureField>> arguments =
      ParseFields(text.substr(open, close + 1 - open));
  if (!arguments.has_value()) return Malformed(text, "an argument is not name :: TYPE");
  signature.arguments = *std::move(arguments);

  absl::string_view rest = absl::StripAsciiWhitespace(text.substr(close + 1));
  if (!absl::ConsumePrefix(&rest, "::")) return Malformed(text, ":: is missing");
  rest = absl::StripAsciiWhitespace(rest);
  if (absl::EqualsIgnoreCase(rest, "VOID")) return signature;
  std::optional<std::vector<ProcedureField>> columns = ParseFields(rest);
  if (!columns.has_value()) return Malformed(text, "a column is not name :: TYPE");
  signature.columns = *std::move(columns);
  return signature;
}

absl::Status CheckRows(const ProcedureSignature& signature,
                       const std::vector<std::vector<Value>>& rows) {
  std::vector<const ProcedureField*> fields;
  for (const ProcedureField& field : signature.arguments) fields.push_back(&field);
  for (const ProcedureField& field : signature.columns) fields.push_back(&field);
  for (const std::vector<Value>& row : rows) {
    if (row.size() != fields.size()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "A row of ", signature.name, " has ", row.size(), " values instead of ", fields.size()));
    }
    for (size_t i = 0; i < row.size(); ++i) {
      if (Accepts(*fields[i], row[i])) continue;
      return absl::InvalidArgumentError(absl::StrCat("A row of ", signature.name, " has a ",
                                                     Value::TypeName(row[i].type()), " where ",
                                                     fields[i]->name, " is a ", fields[i]->type));
    }
  }
  return absl::OkStatus();
}

}  // namespace entente
