#include "engine/error.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "engine/terminal_width.h"

namespace entente {
namespace {

constexpr absl::string_view kPayloadUrl = "entente.error";

struct ErrorRow {
  ErrorCode code;
  absl::string_view type;
  absl::string_view detail;
  Phase phase;
  absl::StatusCode status;
};

constexpr Phase kCompile = Phase::kCompileTime;
constexpr Phase kRun = Phase::kRuntime;
constexpr absl::StatusCode kBad = absl::StatusCode::kInvalidArgument;

// In the order of ErrorCode, which FindRow relies on.
constexpr ErrorRow kErrors[] = {
    {ErrorCode::kUnexpectedSyntax, "SyntaxError", "UnexpectedSyntax", kCompile, kBad},
    {ErrorCode::kInvalidNumberLiteral, "SyntaxError", "InvalidNumberLiteral", kCompile, kBad},
    {ErrorCode::kInvalidUnicodeLiteral, "SyntaxError", "InvalidUnicodeLiteral", kCompile, kBad},
    {ErrorCode::kInvalidUnicodeCharacter, "SyntaxError", "InvalidUnicodeCharacter", kCompile, kBad},
    {ErrorCode::kIntegerOverflow, "SyntaxError", "IntegerOverflow", kCompile, kBad},
    {ErrorCode::kFloatingPointOverflow, "SyntaxError", "FloatingPointOverflow", kCompile, kBad},
    {ErrorCode::kUndefinedVariable, "SyntaxError", "UndefinedVariable", kCompile, kBad},
    {ErrorCode::kVariableAlreadyBound, "SyntaxError", "VariableAlreadyBound", kCompile, kBad},
    {ErrorCode::kVariableTypeConflict, "SyntaxError", "VariableTypeConflict", kCompile, kBad},
    {ErrorCode::kInvalidArgumentType, "SyntaxError", "InvalidArgumentType", kCompile, kBad},
    {ErrorCode::kInvalidNumberOfArguments, "SyntaxError", "InvalidNumberOfArguments", kCompile,
     kBad},
    {ErrorCode::kUnknownFunction, "SyntaxError", "UnknownFunction", kCompile, kBad},
    {ErrorCode::kNestedAggregation, "SyntaxError", "NestedAggregation", kCompile, kBad},
    {ErrorCode::kInvalidAggregation, "SyntaxError", "InvalidAggregation", kCompile, kBad},
    {ErrorCode::kAmbiguousAggregationExpression, "SyntaxError", "AmbiguousAggregationExpression",
     kCompile, kBad},
    {ErrorCode::kNonConstantExpression, "SyntaxError", "NonConstantExpression", kCompile, kBad},
    {ErrorCode::kNegativeIntegerArgument, "SyntaxError", "NegativeIntegerArgument", kCompile, kBad},
    {ErrorCode::kNoSingleRelationshipType, "SyntaxError", "NoSingleRelationshipType", kCompile,
     kBad},
    {ErrorCode::kRequiresDirectedRelationship, "SyntaxError", "RequiresDirectedRelationship",
     kCompile, kBad},
    {ErrorCode::kInvalidRelationshipPattern, "SyntaxError", "InvalidRelationshipPattern", kCompile,
     kBad},
    {ErrorCode::kRelationshipUniquenessViolation, "SyntaxError", "RelationshipUniquenessViolation",
     kCompile, kBad},
    {ErrorCode::kCreatingVarLength, "SyntaxError", "CreatingVarLength", kCompile, kBad},
    {ErrorCode::kInvalidParameterUse, "SyntaxError", "InvalidParameterUse", kCompile, kBad},
    {ErrorCode::kInvalidClauseComposition, "SyntaxError", "InvalidClauseComposition", kCompile,
     kBad},
    {ErrorCode::kInvalidDelete, "SyntaxError", "InvalidDelete", kCompile, kBad},
    {ErrorCode::kNoExpressionAlias, "SyntaxError", "NoExpressionAlias", kCompile, kBad},
    {ErrorCode::kNoVariablesInScope, "SyntaxError", "NoVariablesInScope", kCompile, kBad},
    {ErrorCode::kColumnNameConflict, "SyntaxError", "ColumnNameConflict", kCompile, kBad},
    {ErrorCode::kDifferentColumnsInUnion, "SyntaxError", "DifferentColumnsInUnion", kCompile, kBad},
    {ErrorCode::kInvalidArgumentExpression, "SyntaxError", "InvalidArgumentExpression", kCompile,
     kBad},
    {ErrorCode::kInvalidArgumentPassingMode, "SyntaxError", "InvalidArgumentPassingMode", kCompile,
     kBad},
    {ErrorCode::kUnknownRelationType, "SyntaxError", "UnknownRelationType", kCompile, kBad},
    {ErrorCode::kUnknownLabel, "SyntaxError", "UnknownLabel", kCompile, kBad},
    {ErrorCode::kMissingParameter, "ParameterMissing", "MissingParameter", kCompile, kBad},
    {ErrorCode::kProcedureNotFound, "ProcedureError", "ProcedureNotFound", kCompile, kBad},
    {ErrorCode::kTransactionState, "TransactionError", "InvalidTransactionState", kCompile,
     absl::StatusCode::kFailedPrecondition},
    {ErrorCode::kInvalidParameters, "ArgumentError", "InvalidParameters", kCompile, kBad},
    {ErrorCode::kRuntimeInvalidArgumentType, "TypeError", "InvalidArgumentType", kRun, kBad},
    {ErrorCode::kCompileTimeTypeError, "TypeError", "InvalidArgumentType", kCompile, kBad},
    {ErrorCode::kMapElementAccessByNonString, "TypeError", "MapElementAccessByNonString", kRun,
     kBad},
    {ErrorCode::kListElementAccessByNonInteger, "TypeError", "ListElementAccessByNonInteger", kRun,
     kBad},
    {ErrorCode::kInvalidElementAccess, "TypeError", "InvalidElementAccess", kRun, kBad},
    {ErrorCode::kPropertyAccessOnNonMap, "TypeError", "PropertyAccessOnNonMap", kRun, kBad},
    {ErrorCode::kInvalidPropertyType, "TypeError", "InvalidPropertyType", kRun, kBad},
    {ErrorCode::kTypeInvalidArgumentValue, "TypeError", "InvalidArgumentValue", kRun, kBad},
    {ErrorCode::kRuntimeInvalidArgumentValue, "ArgumentError", "InvalidArgumentValue", kRun, kBad},
    {ErrorCode::kNumberOutOfRange, "ArgumentError", "NumberOutOfRange", kRun,
     absl::StatusCode::kOutOfRange},
    {ErrorCode::kRuntimeSyntaxInvalidArgumentType, "SyntaxError", "InvalidArgumentType", kRun,
     kBad},
    {ErrorCode::kRuntimeNegativeIntegerArgument, "SyntaxError", "NegativeIntegerArgument", kRun,
     kBad},
    {ErrorCode::kRuntimeIntegerOverflow, "ArithmeticError", "IntegerOverflow", kRun,
     absl::StatusCode::kOutOfRange},
    {ErrorCode::kDivisionByZero, "ArithmeticError", "DivisionByZero", kRun, kBad},
    {ErrorCode::kDeletedEntityAccess, "EntityNotFound", "DeletedEntityAccess", kRun,
     absl::StatusCode::kNotFound},
    {ErrorCode::kEntityNotFound, "EntityNotFound", "EntityNotFound", kRun,
     absl::StatusCode::kNotFound},
    {ErrorCode::kMergeReadOwnWrites, "SemanticError", "MergeReadOwnWrites", kRun, kBad},
    {ErrorCode::kDeleteConnectedNode, "ConstraintVerificationFailed", "DeleteConnectedNode", kRun,
     absl::StatusCode::kFailedPrecondition},
    {ErrorCode::kAmbiguousName, "SemanticError", "AmbiguousName", kRun, kBad},
    {ErrorCode::kUnknownName, "SemanticError", "UnknownName", kRun, absl::StatusCode::kNotFound},
    {ErrorCode::kIndexExists, "SchemaError", "IndexAlreadyExists", kRun,
     absl::StatusCode::kAlreadyExists},
    {ErrorCode::kIndexNotFound, "SchemaError", "IndexNotFound", kRun, absl::StatusCode::kNotFound},
    {ErrorCode::kTaxonomyCycle, "SchemaError", "TaxonomyCycle", kRun, kBad},
    {ErrorCode::kReadOnly, "DatabaseError", "ReadOnly", kRun, absl::StatusCode::kPermissionDenied},
    {ErrorCode::kDatabaseBusy, "DatabaseError", "DatabaseBusy", kRun,
     absl::StatusCode::kDeadlineExceeded},
    {ErrorCode::kWriteConflict, "TransactionError", "WriteConflict", kRun,
     absl::StatusCode::kAborted},
    {ErrorCode::kResultClosed, "TransactionError", "ResultClosed", kRun,
     absl::StatusCode::kFailedPrecondition},
    {ErrorCode::kInvalidCall, "ArgumentError", "InvalidCall", kRun, kBad},
    {ErrorCode::kInterrupted, "DatabaseError", "Interrupted", kRun, absl::StatusCode::kCancelled},
    {ErrorCode::kLimitExceeded, "DatabaseError", "LimitExceeded", kRun,
     absl::StatusCode::kResourceExhausted},
};

// What statuses without a code of ours mean when they reach the user.
struct PlainRow {
  absl::StatusCode status;
  absl::string_view type;
  absl::string_view detail;
};

constexpr PlainRow kPlainErrors[] = {
    {absl::StatusCode::kInvalidArgument, "ArgumentError", "InvalidArgument"},
    {absl::StatusCode::kNotFound, "DatabaseError", "DatabaseNotFound"},
    {absl::StatusCode::kFailedPrecondition, "DatabaseError", "NotADatabase"},
    {absl::StatusCode::kUnimplemented, "DatabaseError", "UnsupportedFormat"},
    {absl::StatusCode::kUnavailable, "DatabaseError", "DatabaseLocked"},
    {absl::StatusCode::kDataLoss, "DatabaseError", "DamagedDatabase"},
    {absl::StatusCode::kResourceExhausted, "DatabaseError", "NoSpaceLeft"},
    {absl::StatusCode::kCancelled, "DatabaseError", "Interrupted"},
};

constexpr bool TableIsInOrder() {
  for (size_t i = 0; i < std::size(kErrors); ++i) {
    if (static_cast<size_t>(kErrors[i].code) != i) return false;
  }
  return std::size(kErrors) == static_cast<size_t>(ErrorCode::kLimitExceeded) + 1;
}
static_assert(TableIsInOrder());

struct Payload {
  ErrorCode code;
  bool has_span;
  SourceSpan span;
};

std::optional<Payload> PayloadOf(const absl::Status& status) {
  absl::optional<absl::Cord> cord = status.GetPayload(kPayloadUrl);
  if (!cord.has_value()) return std::nullopt;
  const std::string bytes(*cord);
  Payload payload;
  if (bytes.size() != sizeof(payload)) return std::nullopt;
  std::memcpy(&payload, bytes.data(), sizeof(payload));
  return payload;
}

void SetPayload(absl::Status& status, const Payload& payload) {
  status.SetPayload(kPayloadUrl, absl::Cord(absl::string_view(
                                     reinterpret_cast<const char*>(&payload), sizeof(payload))));
}

}  // namespace

absl::Status MakeError(ErrorCode code, absl::string_view message, std::optional<SourceSpan> span) {
  absl::Status status(kErrors[static_cast<size_t>(code)].status, message);
  Payload payload{};
  payload.code = code;
  payload.has_span = span.has_value();
  if (span.has_value()) payload.span = *span;
  SetPayload(status, payload);
  return status;
}

absl::Status WithSpan(absl::Status status, SourceSpan span) {
  std::optional<Payload> payload = PayloadOf(status);
  if (!payload.has_value() || payload->has_span) return status;
  payload->has_span = true;
  payload->span = span;
  SetPayload(status, *payload);
  return status;
}

ErrorInfo ErrorInfoOf(const absl::Status& status) {
  const std::optional<Payload> payload = PayloadOf(status);
  if (!payload.has_value()) {
    const auto* const row =
        std::find_if(std::begin(kPlainErrors), std::end(kPlainErrors),
                     [&](const PlainRow& plain) { return plain.status == status.code(); });
    if (row == std::end(kPlainErrors)) {
      return {"DatabaseError", "InternalError", Phase::kRuntime, std::nullopt};
    }
    return {std::string(row->type), std::string(row->detail), Phase::kRuntime, std::nullopt};
  }
  const ErrorRow& row = kErrors[static_cast<size_t>(payload->code)];
  ErrorInfo info{std::string(row.type), std::string(row.detail), row.phase, std::nullopt};
  if (payload->has_span) info.span = payload->span;
  return info;
}

std::string ErrorText(const absl::Status& status) {
  const ErrorInfo info = ErrorInfoOf(status);
  return absl::StrCat(info.type, ": ", info.detail, ": ", std::string(status.message()));
}

LineColumn LocateOffset(absl::string_view statement, size_t offset) {
  LineColumn place;
  for (size_t i = 0; i < statement.size() && i < offset; ++i) {
    if (statement[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((statement[i] & 0xC0) != 0x80) {
      ++place.column;
    }
  }
  return place;
}

namespace {

// Columns of a long line that are shown before the place of an error, and from it on.
constexpr size_t kShownColumns = 60;

// A line with a space for each control character, which a terminal would obey. As long as `line`.
std::string OnTerminal(absl::string_view line) {
  std::string shown(line);
  for (size_t i = 0; i < shown.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(shown[i]);
    if (c < 0x20 || c == 0x7F) shown[i] = ' ';
    // U+0080 … U+009F; the space of two bytes is U+00A0.
    if (c == 0xC2 && i + 1 < shown.size() && static_cast<unsigned char>(shown[i + 1]) < 0xA0) {
      shown[i + 1] = '\xA0';
    }
  }
  return shown;
}

}  // namespace

std::string ErrorTextWithCaret(const absl::Status& status, absl::string_view statement) {
  const ErrorInfo info = ErrorInfoOf(status);
  std::string text = ErrorText(status);
  if (!info.span.has_value() || info.span->begin > statement.size()) return text;
  const size_t begin = info.span->begin;
  const size_t before = begin == 0 ? absl::string_view::npos : statement.rfind('\n', begin - 1);
  const size_t line_begin = before == absl::string_view::npos ? 0 : before + 1;
  const size_t line_end = std::min(statement.find('\n', begin), statement.size());
  const size_t marked = std::min(std::max(info.span->end, begin), line_end) - begin;
  const std::string line = OnTerminal(statement.substr(line_begin, line_end - line_begin));
  absl::string_view left = absl::string_view(line).substr(0, begin - line_begin);
  absl::string_view right = absl::string_view(line).substr(begin - line_begin);
  absl::string_view cut_left;
  absl::string_view cut_right;
  const size_t left_width = TerminalWidth(left);
  const size_t right_width = TerminalWidth(right);
  if (left_width + right_width > 2 * kShownColumns) {
    if (left_width > kShownColumns) {
      left.remove_prefix(PrefixOfWidth(left, left_width - kShownColumns));
      cut_left = "…";
    }
    if (right_width > kShownColumns) {
      right = right.substr(0, PrefixOfWidth(right, kShownColumns));
      cut_right = "…";
    }
  }
  const LineColumn place = LocateOffset(statement, begin);
  absl::StrAppend(&text, " (line ", place.line, ", column ", place.column, ")\n", cut_left, left,
                  right, cut_right, "\n",
                  std::string(TerminalWidth(cut_left) + TerminalWidth(left), ' '),
                  std::string(std::max<size_t>(TerminalWidth(right.substr(0, marked)), 1), '^'));
  return text;
}

}  // namespace entente
