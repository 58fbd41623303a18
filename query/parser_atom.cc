#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/statement_parser.h"

namespace entente::query {
namespace {

constexpr absl::string_view kAnExpression = "an expression";

ast::FunctionCall CallOf(ast::Name name) {
  ast::FunctionCall call;
  call.name = std::move(name);
  return call;
}

}  // namespace

absl::StatusOr<int64_t> ParseIntegerLiteral(absl::string_view digits, bool negative,
                                            SourceSpan span) {
  uint64_t base = 10;
  absl::string_view rest = digits;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = absl::ascii_tolower(static_cast<unsigned char>(digits[1]));
    if (mark != 'x' && mark != 'o') {
      return MakeError(ErrorCode::kInvalidNumberLiteral,
                       absl::StrCat(digits,
                                    " is not a number: octal numbers begin with 0o, "
                                    "decimal ones not with 0"),
                       span);
    }
    base = mark == 'x' ? 16 : 8;
    rest = digits.substr(2);
  }
  const uint64_t limit = uint64_t{std::numeric_limits<int64_t>::max()} + (negative ? 1 : 0);
  uint64_t magnitude = 0;
  for (const char c : rest) {
    const auto lower = absl::ascii_tolower(static_cast<unsigned char>(c));
    const auto digit = static_cast<uint64_t>(lower <= '9' ? lower - '0' : lower - 'a' + 10);
    if (magnitude > (limit - digit) / base) {
      return MakeError(ErrorCode::kIntegerOverflow,
                       absl::StrCat("The integer ", negative ? "-" : "", digits.substr(0, 40),
                                    " does not fit into 64 bits"),
                       span);
    }
    magnitude = magnitude * base + digit;
  }
  return static_cast<int64_t>(negative ? ~magnitude + 1 : magnitude);
}

bool IsReservedWord(absl::string_view word) {
  constexpr std::array<absl::string_view, 33> kReserved = {
      "AND",      "AS",     "ASC",   "CALL",   "CONTAINS", "CREATE", "DELETE", "DESC",   "DETACH",
      "ELSE",     "END",    "ENDS",  "IN",     "IS",       "LIMIT",  "MATCH",  "MERGE",  "ON",
      "OPTIONAL", "OR",     "ORDER", "REMOVE", "RETURN",   "SET",    "SKIP",   "STARTS", "THEN",
      "UNION",    "UNWIND", "WHEN",  "WHERE",  "WITH",     "XOR"};
  for (absl::string_view reserved : kReserved) {
    if (absl::EqualsIgnoreCase(word, reserved)) return true;
  }
  return false;
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseNumber(bool negative, size_t begin) {
  const Token& token = cursor_.Peek();
  const std::string written = TokenValue(cursor_.text(), token);
  cursor_.Step();
  if (token.kind == TokenKind::kInteger) {
    ASSIGN_OR_RETURN(const int64_t value,
                     ParseIntegerLiteral(written, negative, cursor_.SpanFrom(begin)));
    return Make(ast::Literal{Value::Integer(value)}, begin);
  }
  double value = 0;
  if (!absl::SimpleAtod(written, &value) || std::isinf(value)) {
    return MakeError(ErrorCode::kFloatingPointOverflow,
                     absl::StrCat("The number ", written.substr(0, 40), " is too large"),
                     cursor_.SpanFrom(begin));
  }
  return Make(ast::Literal{Value::Float(negative ? -value : value)}, begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseAtom() {
  const size_t begin = cursor_.Begin();
  const Token& token = cursor_.Peek();
  switch (token.kind) {
    case TokenKind::kInteger:
    case TokenKind::kFloat:
      return ParseNumber(/*negative=*/false, begin);
    case TokenKind::kString:
      cursor_.Step();
      return Make(ast::Literal{Value::String(TokenValue(cursor_.text(), token))}, begin);
    case TokenKind::kParameter:
      cursor_.Step();
      return Make(ast::Parameter{TokenValue(cursor_.text(), token)}, begin);
    case TokenKind::kLeftBracket:
      return ParseListAtom();
    case TokenKind::kLeftBrace:
      return ParseMapLiteral();
    case TokenKind::kLeftParen: {
      if (AtRelationshipsPattern(0)) {
        ASSIGN_OR_RETURN(ast::PathPattern path, ParsePathPattern(PatternUse::kMatch));
        return Make(ast::PatternExpression{std::move(path)}, begin);
      }
      cursor_.Step();
      ASSIGN_OR_RETURN(ast::ExpressionPtr inside, ParsePredicate());
      RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "an operator or \")\""));
      return inside;
    }
    case TokenKind::kWord:
      return ParseWordAtom();
    case TokenKind::kQuotedName:
      if (AtFunctionCall()) return ParseFunctionCall();
      return ParseVariable();
    default:
      return cursor_.Unexpected(kAnExpression);
  }
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseWordAtom() {
  const size_t begin = cursor_.Begin();
  const bool parenthesis = cursor_.kind(1) == TokenKind::kLeftParen;
  if (!parenthesis) {
    if (cursor_.AcceptWord("TRUE")) return Make(ast::Literal{Value::Boolean(true)}, begin);
    if (cursor_.AcceptWord("FALSE")) return Make(ast::Literal{Value::Boolean(false)}, begin);
    if (cursor_.AcceptWord("NULL")) return Make(ast::Literal{Value::Null()}, begin);
  }
  if (cursor_.AtWord("CASE") && (StartsOperand(1) || cursor_.AtWord("WHEN", 1))) {
    return ParseCase();
  }
  if (cursor_.kind(1) == TokenKind::kLeftBrace) {
    if (cursor_.AtWord("EXISTS") || cursor_.AtWord("COUNT")) return ParseSubqueryAtom();
  }
  if (parenthesis && cursor_.AtName(2) && cursor_.AtWord("IN", 3)) {
    if (cursor_.AtWord("ALL")) return ParseQuantifier(ast::QuantifierKind::kAll);
    if (cursor_.AtWord("ANY")) return ParseQuantifier(ast::QuantifierKind::kAny);
    if (cursor_.AtWord("NONE")) return ParseQuantifier(ast::QuantifierKind::kNone);
    if (cursor_.AtWord("SINGLE")) return ParseQuantifier(ast::QuantifierKind::kSingle);
  }
  if (parenthesis && cursor_.AtWord("REDUCE") && cursor_.AtName(2) &&
      cursor_.kind(3) == TokenKind::kEqual) {
    return ParseReduce();
  }
  if (AtShortestPath()) {
    ASSIGN_OR_RETURN(ast::PathPattern path, ParseShortestPath());
    return Make(ast::PatternExpression{std::move(path)}, begin);
  }
  if (cursor_.AtWord("EXISTS") && parenthesis && AtRelationshipsPattern(2)) {
    return ParseExistsPattern();
  }
  if (AtReservedWord(0)) return cursor_.Unexpected(kAnExpression);
  if (AtFunctionCall()) return ParseFunctionCall();
  return ParseVariable();
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseVariable() {
  const size_t begin = cursor_.Begin();
  ASSIGN_OR_RETURN(ast::Name name, cursor_.ExpectName("a variable"));
  if (cursor_.At(TokenKind::kLeftBrace)) return ParseMapProjection(std::move(name));
  return Make(ast::Variable{std::move(name.text)}, begin);
}

bool StatementParser::AtFunctionCall() const {
  size_t i = 1;
  while (cursor_.kind(i) == TokenKind::kDot && cursor_.AtName(i + 1)) i += 2;
  return cursor_.kind(i) == TokenKind::kLeftParen;
}

bool StatementParser::AtReservedWord(size_t ahead) const {
  if (cursor_.AtWord("NOT", ahead)) return true;
  // Many of these in a row are a mistake, wherever they stand.
  if (ahead > 8) return true;
  if (cursor_.kind(ahead) != TokenKind::kWord || !IsReservedWord(cursor_.Written(ahead))) {
    return false;
  }
  switch (cursor_.kind(ahead + 1)) {
    case TokenKind::kMinus:
    case TokenKind::kPlus:
    case TokenKind::kLeftBracket:
    case TokenKind::kLeftBrace:
      return false;
    default:
      return StartsOperand(ahead + 1);
  }
}

bool StatementParser::StartsOperand(size_t ahead) const {
  switch (cursor_.kind(ahead)) {
    case TokenKind::kQuotedName:
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kString:
    case TokenKind::kParameter:
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBracket:
    case TokenKind::kLeftBrace:
    case TokenKind::kMinus:
    case TokenKind::kPlus:
      return true;
    case TokenKind::kWord:
      return cursor_.AtWord("NOT", ahead) || !AtReservedWord(ahead);
    default:
      return false;
  }
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseFunctionCall() {
  const size_t begin = cursor_.Begin();
  ASSIGN_OR_RETURN(ast::Name name, cursor_.ExpectName("a function"));
  while (cursor_.Accept(TokenKind::kDot)) {
    ASSIGN_OR_RETURN(const ast::Name part, cursor_.ExpectName("a function"));
    absl::StrAppend(&name.text, ".", part.text);
    name.span.end = part.span.end;
  }
  ast::FunctionCall call = CallOf(std::move(name));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftParen, "\"(\""));
  if (cursor_.At(TokenKind::kStar) && cursor_.kind(1) == TokenKind::kRightParen &&
      absl::EqualsIgnoreCase(call.name.text, "count")) {
    cursor_.Step();
    call.star = true;
  } else {
    if (cursor_.AtWord("DISTINCT") && StartsOperand(1)) {
      cursor_.Step();
      call.distinct = true;
    }
    if (call.distinct || !cursor_.At(TokenKind::kRightParen)) {
      ASSIGN_OR_RETURN(call.arguments, ParseExpressionList());
    }
  }
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "\",\" or \")\""));
  return Make(std::move(call), begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseExistsPattern() {
  const size_t begin = cursor_.Begin();
  cursor_.Step();
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftParen, "\"(\""));
  ASSIGN_OR_RETURN(ast::PathPattern path, ParsePathPattern(PatternUse::kMatch));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "\")\" behind the pattern"));
  return Make(ast::PatternExpression{std::move(path), /*exists=*/true}, begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseSubqueryAtom() {
  const size_t begin = cursor_.Begin();
  const bool count = cursor_.AtWord("COUNT");
  cursor_.Step();
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftBrace, "\"{\""));
  ASSIGN_OR_RETURN(ast::QueryPtr query, ParseSubquery());
  if (count) return Make(ast::CountSubquery{std::move(query)}, begin);
  return Make(ast::ExistsSubquery{std::move(query)}, begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseCase() {
  const size_t begin = cursor_.Begin();
  RETURN_IF_ERROR(cursor_.ExpectWord("CASE"));
  ast::Case result;
  const bool searched = cursor_.AtWord("WHEN");
  if (!searched) {
    ASSIGN_OR_RETURN(result.subject, ParseExpression());
  }
  do {
    RETURN_IF_ERROR(cursor_.ExpectWord("WHEN"));
    ASSIGN_OR_RETURN(ast::ExpressionPtr when, searched ? ParsePredicate() : ParseExpression());
    RETURN_IF_ERROR(cursor_.ExpectWord("THEN"));
    ASSIGN_OR_RETURN(ast::ExpressionPtr then, ParseExpression());
    result.alternatives.emplace_back(std::move(when), std::move(then));
  } while (cursor_.AtWord("WHEN"));
  if (cursor_.AcceptWord("ELSE")) {
    ASSIGN_OR_RETURN(result.otherwise, ParseExpression());
  }
  RETURN_IF_ERROR(cursor_.ExpectWord("END"));
  return Make(std::move(result), begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseQuantifier(ast::QuantifierKind kind) {
  const size_t begin = cursor_.Begin();
  ast::Quantifier quantifier;
  quantifier.kind = kind;
  cursor_.Step();
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftParen, "\"(\""));
  ASSIGN_OR_RETURN(quantifier.variable, cursor_.ExpectName("a variable"));
  RETURN_IF_ERROR(cursor_.ExpectWord("IN"));
  ASSIGN_OR_RETURN(quantifier.list, ParseExpression());
  if (!cursor_.AtWord("WHERE")) return cursor_.Unexpected("WHERE and a condition");
  ASSIGN_OR_RETURN(quantifier.predicate, ParseWhere());
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "\")\""));
  return Make(std::move(quantifier), begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseReduce() {
  const size_t begin = cursor_.Begin();
  ast::Reduce reduce;
  cursor_.Step();
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftParen, "\"(\""));
  ASSIGN_OR_RETURN(reduce.accumulator, cursor_.ExpectName("a variable"));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kEqual, "\"=\""));
  ASSIGN_OR_RETURN(reduce.initial, ParseExpression());
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kComma, "\",\""));
  ASSIGN_OR_RETURN(reduce.variable, cursor_.ExpectName("a variable"));
  RETURN_IF_ERROR(cursor_.ExpectWord("IN"));
  ASSIGN_OR_RETURN(reduce.list, ParseExpression());
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kBar, "\"|\" and the next value"));
  ASSIGN_OR_RETURN(reduce.step, ParseExpression());
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "\")\""));
  return Make(std::move(reduce), begin);
}

}  // namespace entente::query
