#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/statement_parser.h"

namespace entente::query {
namespace {

absl::Status SetTwice(SourceSpan span) {
  return MakeError(ErrorCode::kUnexpectedSyntax, "One lens sets each of its parts once only", span);
}

ast::ExpressionPtr CallOn(absl::string_view function, ast::ExpressionPtr argument,
                          SourceSpan span) {
  ast::FunctionCall call;
  call.name = {std::string(function), span};
  call.arguments.push_back(std::move(argument));
  auto expression = std::make_unique<ast::Expression>();
  expression->node = std::move(call);
  expression->span = span;
  return expression;
}

}  // namespace

bool StatementParser::AtLensClause() const {
  return cursor_.AtWord("FOR") || cursor_.AtWords("ACCORDING", "TO") || cursor_.AtWord("EXCEPT") ||
         cursor_.AtWords("DENIED", "BY") || cursor_.AtWord("CONFIDENCE") ||
         cursor_.AtWords("INCLUDING", "DENIED") || cursor_.AtWords("INCLUDING", "ALL");
}

absl::Status StatementParser::ParseLens(ast::LensClauses& lens) {
  while (true) {
    ASSIGN_OR_RETURN(const bool found, ParseLensClause(lens));
    if (!found) return absl::OkStatus();
  }
}

absl::StatusOr<bool> StatementParser::ParseLensClause(ast::LensClauses& lens) {
  if (!AtLensClause()) return false;
  if (cursor_.AtWord("FOR")) {
    RETURN_IF_ERROR(ParseTimeClause(lens));
  } else {
    RETURN_IF_ERROR(ParseEvidenceClause(lens));
  }
  return true;
}

absl::Status StatementParser::ParseTimeClause(ast::LensClauses& lens) {
  const size_t begin = cursor_.Begin();
  RETURN_IF_ERROR(cursor_.ExpectWord("FOR"));
  std::optional<ast::TimeRange>* time = nullptr;
  if (cursor_.AcceptWord("VALID_TIME")) {
    time = &lens.valid_time;
  } else if (cursor_.AcceptWord("KNOWN_TIME") || cursor_.AcceptWord("SYSTEM_TIME")) {
    time = &lens.known_time;
  } else {
    return cursor_.Unexpected("VALID_TIME or KNOWN_TIME");
  }
  if (time->has_value()) return SetTwice(cursor_.SpanFrom(begin));
  ASSIGN_OR_RETURN(ast::TimeRange range, ParseTimeRange());
  range.span = cursor_.SpanFrom(begin);
  *time = std::move(range);
  return absl::OkStatus();
}

absl::StatusOr<ast::TimeRange> StatementParser::ParseTimeRange() {
  ast::TimeRange range;
  if (cursor_.AcceptWords("AS", "OF")) {
    range.kind = ast::TimeRange::Kind::kAsOf;
    ASSIGN_OR_RETURN(range.from, ParseInstant());
  } else if (cursor_.AcceptWord("FROM")) {
    range.kind = ast::TimeRange::Kind::kFromTo;
    ASSIGN_OR_RETURN(range.from, ParseInstant());
    RETURN_IF_ERROR(cursor_.ExpectWord("TO"));
    ASSIGN_OR_RETURN(range.to, ParseInstant());
  } else if (cursor_.AcceptWord("BETWEEN")) {
    range.kind = ast::TimeRange::Kind::kBetweenAnd;
    ASSIGN_OR_RETURN(range.from, ParseInstant());
    RETURN_IF_ERROR(cursor_.ExpectWord("AND"));
    ASSIGN_OR_RETURN(range.to, ParseInstant());
  } else if (cursor_.AcceptWord("ALL")) {
    range.kind = ast::TimeRange::Kind::kAll;
  } else {
    return cursor_.Unexpected("AS OF, FROM … TO, BETWEEN … AND, or ALL");
  }
  return range;
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseInstant() {
  const size_t date = TokensOfBareDate();
  if (date > 0 && bare_dates_) return ParseBareDate(date);
  if (date > 1) {
    const SourceSpan span{cursor_.Peek().begin, cursor_.Peek(date - 1).end};
    return MakeError(
        ErrorCode::kUnexpectedSyntax,
        absl::StrCat("A date stands bare in questions alone. Elsewhere it is written date('",
                     cursor_.text().substr(span.begin, span.end - span.begin), "')"),
        span);
  }
  if (bare_dates_ && cursor_.At(TokenKind::kString)) {
    const size_t begin = cursor_.Begin();
    const bool has_time = absl::StrContains(cursor_.Written(), 'T');
    ASSIGN_OR_RETURN(ast::ExpressionPtr text, ParseOperand());
    return CallOn(has_time ? "datetime" : "date", std::move(text), cursor_.SpanFrom(begin));
  }
  return ParseOperand();
}

// A year, then "-06" and "-18" as far as they follow without a blank. 0: no year stands here.
size_t StatementParser::TokensOfBareDate() const {
  if (!cursor_.At(TokenKind::kInteger) || cursor_.Written().size() != 4) return 0;
  size_t tokens = 1;
  for (; tokens < 5; tokens += 2) {
    const Token& dash = cursor_.Peek(tokens);
    const Token& number = cursor_.Peek(tokens + 1);
    if (dash.kind != TokenKind::kMinus || number.kind != TokenKind::kInteger ||
        dash.begin != cursor_.Peek(tokens - 1).end || number.begin != dash.end ||
        number.end != number.begin + 2) {
      break;
    }
  }
  return tokens;
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseBareDate(size_t tokens) {
  const size_t begin = cursor_.Begin();
  for (size_t i = 0; i < tokens; ++i) cursor_.Step();
  const SourceSpan span = cursor_.SpanFrom(begin);
  auto text = std::make_unique<ast::Expression>();
  text->node =
      ast::Literal{Value::String(cursor_.text().substr(span.begin, span.end - span.begin))};
  text->span = span;
  return CallOn("date", std::move(text), span);
}

absl::Status StatementParser::ParseEvidenceClause(ast::LensClauses& lens) {
  const SourceSpan span = cursor_.Peek().span();
  std::vector<ast::ExpressionPtr>* sources = nullptr;
  if (cursor_.AcceptWords("ACCORDING", "TO")) {
    sources = &lens.according_to;
  } else if (cursor_.AcceptWord("EXCEPT")) {
    sources = &lens.except;
  } else if (cursor_.AcceptWords("DENIED", "BY")) {
    sources = &lens.denied_by;
  } else if (cursor_.AcceptWord("INCLUDING")) {
    if (lens.including.has_value()) return SetTwice(span);
    lens.including = cursor_.AcceptWord("ALL") ? ast::Including::kAll : ast::Including::kDenied;
    if (lens.including == ast::Including::kDenied) cursor_.Step();
    return absl::OkStatus();
  } else {
    RETURN_IF_ERROR(cursor_.ExpectWord("CONFIDENCE"));
    if (lens.least_confidence != nullptr) return SetTwice(span);
    RETURN_IF_ERROR(cursor_.Expect(TokenKind::kGreaterOrEqual, "\">=\""));
    ASSIGN_OR_RETURN(lens.least_confidence, ParseOperand());
    return absl::OkStatus();
  }
  if (!sources->empty()) return SetTwice(span);
  ASSIGN_OR_RETURN(*sources, ParseExpressionList());
  return absl::OkStatus();
}

}  // namespace entente::query
