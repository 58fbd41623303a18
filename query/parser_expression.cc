#include <memory>
#include <utility>

#include "engine/error.h"
#include "engine/status.h"
#include "query/operator_level.h"
#include "query/parser.h"
#include "query/statement_parser.h"

namespace entente::query {
namespace {

// Left and right halves in turn, so that a long chain makes a flat tree.
ast::ExpressionPtr JoinBalanced(ast::BinaryOperator op, std::vector<ast::ExpressionPtr>& operands,
                                size_t begin, size_t end) {
  if (end - begin == 1) return std::move(operands[begin]);
  const size_t middle = begin + (end - begin + 1) / 2;
  ast::ExpressionPtr left = JoinBalanced(op, operands, begin, middle);
  ast::ExpressionPtr right = JoinBalanced(op, operands, middle, end);
  auto joined = std::make_unique<ast::Expression>();
  joined->span = {left->span.begin, right->span.end};
  joined->node = ast::Binary{op, std::move(left), std::move(right)};
  return joined;
}

}  // namespace

struct StatementParser::Operator {
  enum class Form { kNone, kLogical, kComparison, kBinary, kNullTest };
  Form form = Form::kNone;
  int level = -1;
  int words = 1;  // tokens it is made of
  ast::BinaryOperator binary = ast::BinaryOperator::kOr;
  ast::Comparator comparator = ast::Comparator::kEqual;
  bool negated = false;  // IS NOT NULL
};

StatementParser::Operator StatementParser::OperatorHere() const {
  using Form = Operator::Form;
  using ast::BinaryOperator;
  using ast::Comparator;
  switch (cursor_.kind()) {
    case TokenKind::kEqual:
      return {Form::kComparison, kComparisonLevel, 1, {}, Comparator::kEqual};
    case TokenKind::kNotEqual:
      return {Form::kComparison, kComparisonLevel, 1, {}, Comparator::kNotEqual};
    case TokenKind::kLess:
      return {Form::kComparison, kComparisonLevel, 1, {}, Comparator::kLess};
    case TokenKind::kLessOrEqual:
      return {Form::kComparison, kComparisonLevel, 1, {}, Comparator::kLessOrEqual};
    case TokenKind::kGreater:
      return {Form::kComparison, kComparisonLevel, 1, {}, Comparator::kGreater};
    case TokenKind::kGreaterOrEqual:
      return {Form::kComparison, kComparisonLevel, 1, {}, Comparator::kGreaterOrEqual};
    case TokenKind::kMatches:
      return {Form::kBinary, kPredicateLevel, 1, BinaryOperator::kMatches};
    case TokenKind::kPlus:
      return {Form::kBinary, kAddLevel, 1, BinaryOperator::kAdd};
    case TokenKind::kMinus:
      return {Form::kBinary, kAddLevel, 1, BinaryOperator::kSubtract};
    case TokenKind::kStar:
      return {Form::kBinary, kMultiplyLevel, 1, BinaryOperator::kMultiply};
    case TokenKind::kSlash:
      return {Form::kBinary, kMultiplyLevel, 1, BinaryOperator::kDivide};
    case TokenKind::kPercent:
      return {Form::kBinary, kMultiplyLevel, 1, BinaryOperator::kModulo};
    case TokenKind::kCaret:
      return {Form::kBinary, kPowerLevel, 1, BinaryOperator::kPower};
    case TokenKind::kWord:
      break;
    default:
      return {};
  }
  if (cursor_.AtWord("OR")) return {Form::kLogical, kOrLevel, 1, BinaryOperator::kOr};
  if (cursor_.AtWord("XOR")) return {Form::kLogical, kXorLevel, 1, BinaryOperator::kXor};
  if (cursor_.AtWord("AND")) return {Form::kLogical, kAndLevel, 1, BinaryOperator::kAnd};
  if (cursor_.AtWord("IN")) return {Form::kBinary, kPredicateLevel, 1, BinaryOperator::kIn};
  if (cursor_.AtWord("CONTAINS")) {
    return {Form::kBinary, kPredicateLevel, 1, BinaryOperator::kContains};
  }
  if (cursor_.AtWords("STARTS", "WITH")) {
    return {Form::kBinary, kPredicateLevel, 2, BinaryOperator::kStartsWith};
  }
  if (cursor_.AtWords("ENDS", "WITH")) {
    return {Form::kBinary, kPredicateLevel, 2, BinaryOperator::kEndsWith};
  }
  if (cursor_.AtWords("IS", "NULL")) return {Form::kNullTest, kPredicateLevel, 2};
  if (cursor_.AtWords("IS", "NOT") && cursor_.AtWord("NULL", 2)) {
    return {Form::kNullTest, kPredicateLevel, 3, {}, {}, /*negated=*/true};
  }
  return {};
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::Make(ast::Expression::Node node, size_t begin) {
  ++height_;
  RETURN_IF_ERROR(NoteHeight());
  auto expression = std::make_unique<ast::Expression>();
  expression->node = std::move(node);
  expression->span = cursor_.SpanFrom(begin);
  return expression;
}

absl::Status StatementParser::RequireValue(const ast::Expression& expression) const {
  const auto* pattern = std::get_if<ast::PatternExpression>(&expression.node);
  if (pattern == nullptr || pattern->exists || pattern->pattern.search != ast::PathSearch::kAll) {
    return absl::OkStatus();
  }
  return MakeError(ErrorCode::kUnexpectedSyntax,
                   "A pattern stands only where true or false is asked for, such as in WHERE; "
                   "write [pattern | …] for its matches",
                   expression.span);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParsePredicate() {
  Level level(*this);
  RETURN_IF_ERROR(level.Check());
  return ParseOperators(kOrLevel);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseExpression() {
  ASSIGN_OR_RETURN(ast::ExpressionPtr expression, ParsePredicate());
  RETURN_IF_ERROR(RequireValue(*expression));
  return expression;
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseOperand() {
  ASSIGN_OR_RETURN(ast::ExpressionPtr expression, ParseOperators(kAddLevel));
  RETURN_IF_ERROR(RequireValue(*expression));
  return expression;
}

absl::StatusOr<std::vector<ast::ExpressionPtr>> StatementParser::ParseExpressionList() {
  std::vector<ast::ExpressionPtr> expressions;
  do {
    ASSIGN_OR_RETURN(ast::ExpressionPtr expression, ParseExpression());
    expressions.push_back(std::move(expression));
  } while (cursor_.Accept(TokenKind::kComma));
  return expressions;
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseOperators(int least_level) {
  Subtree subtree(*this);
  const size_t begin = cursor_.Begin();
  const bool negated = least_level <= kNotLevel && cursor_.AtWord("NOT");
  ASSIGN_OR_RETURN(ast::ExpressionPtr left, negated ? ParseNot() : ParseUnary());
  while (true) {
    const Operator op = OperatorHere();
    if (op.level < least_level) return left;
    if (op.form == Operator::Form::kLogical) {
      ASSIGN_OR_RETURN(left, ParseLogical(op, std::move(left), begin));
      continue;
    }
    RETURN_IF_ERROR(RequireValue(*left));
    if (op.form == Operator::Form::kComparison) {
      ASSIGN_OR_RETURN(left, ParseComparison(std::move(left), begin));
      continue;
    }
    for (int i = 0; i < op.words; ++i) cursor_.Step();
    if (op.form == Operator::Form::kNullTest) {
      const auto test = op.negated ? ast::UnaryOperator::kIsNotNull : ast::UnaryOperator::kIsNull;
      ASSIGN_OR_RETURN(left, Make(ast::Unary{test, std::move(left)}, begin));
      continue;
    }
    ASSIGN_OR_RETURN(ast::ExpressionPtr right, ParseOperators(op.level + 1));
    RETURN_IF_ERROR(RequireValue(*right));
    ASSIGN_OR_RETURN(left, Make(ast::Binary{op.binary, std::move(left), std::move(right)}, begin));
  }
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseNot() {
  Level level(*this);
  RETURN_IF_ERROR(level.Check());
  const size_t begin = cursor_.Begin();
  cursor_.Step();
  ASSIGN_OR_RETURN(ast::ExpressionPtr operand, ParseOperators(kNotLevel));
  return Make(ast::Unary{ast::UnaryOperator::kNot, std::move(operand)}, begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseLogical(const Operator& op,
                                                                 ast::ExpressionPtr first,
                                                                 size_t begin) {
  std::vector<ast::ExpressionPtr> operands;
  operands.push_back(std::move(first));
  Operator next = op;
  while (next.form == Operator::Form::kLogical && next.binary == op.binary) {
    cursor_.Step();
    ASSIGN_OR_RETURN(ast::ExpressionPtr operand, ParseOperators(op.level + 1));
    operands.push_back(std::move(operand));
    next = OperatorHere();
  }
  for (size_t joined = 1; joined < operands.size(); joined *= 2) ++height_;
  RETURN_IF_ERROR(NoteHeight());
  ast::ExpressionPtr tree = JoinBalanced(op.binary, operands, 0, operands.size());
  tree->span = cursor_.SpanFrom(begin);
  return tree;
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseComparison(ast::ExpressionPtr first,
                                                                    size_t begin) {
  ast::Comparison comparison;
  comparison.operands.push_back(std::move(first));
  for (Operator op = OperatorHere(); op.form == Operator::Form::kComparison; op = OperatorHere()) {
    cursor_.Step();
    ASSIGN_OR_RETURN(ast::ExpressionPtr operand, ParseOperators(kComparisonLevel + 1));
    RETURN_IF_ERROR(RequireValue(*operand));
    comparison.comparators.push_back(op.comparator);
    comparison.operands.push_back(std::move(operand));
  }
  return Make(std::move(comparison), begin);
}

bool StatementParser::AtNegativeLiteral() const {
  if (!cursor_.At(TokenKind::kMinus)) return false;
  if (cursor_.kind(1) != TokenKind::kInteger && cursor_.kind(1) != TokenKind::kFloat) return false;
  const TokenKind next = cursor_.kind(2);  // these bind tighter than the sign
  return next != TokenKind::kDot && next != TokenKind::kLeftBracket && next != TokenKind::kColon;
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseUnary() {
  const size_t begin = cursor_.Begin();
  if (AtNegativeLiteral()) {
    Subtree subtree(*this);
    cursor_.Step();
    return ParseNumber(/*negative=*/true, begin);
  }
  const bool minus = cursor_.At(TokenKind::kMinus);
  if (!minus && !cursor_.At(TokenKind::kPlus)) return ParsePostfix();
  Level level(*this);
  RETURN_IF_ERROR(level.Check());
  cursor_.Step();
  ASSIGN_OR_RETURN(ast::ExpressionPtr operand, ParseUnary());
  RETURN_IF_ERROR(RequireValue(*operand));
  const auto sign = minus ? ast::UnaryOperator::kMinus : ast::UnaryOperator::kPlus;
  return Make(ast::Unary{sign, std::move(operand)}, begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParsePostfix() {
  Subtree subtree(*this);
  const size_t begin = cursor_.Begin();
  ASSIGN_OR_RETURN(ast::ExpressionPtr object, ParseAtom());
  while (cursor_.At(TokenKind::kDot) || cursor_.At(TokenKind::kLeftBracket)) {
    RETURN_IF_ERROR(RequireValue(*object));
    if (cursor_.At(TokenKind::kLeftBracket)) {
      ASSIGN_OR_RETURN(object, ParseSubscript(std::move(object), begin));
      continue;
    }
    cursor_.Step();
    ASSIGN_OR_RETURN(ast::Name key, cursor_.ExpectName("the name of a property"));
    ASSIGN_OR_RETURN(object, Make(ast::PropertyAccess{std::move(object), std::move(key)}, begin));
  }
  if (!cursor_.At(TokenKind::kColon)) return object;
  RETURN_IF_ERROR(RequireValue(*object));
  ASSIGN_OR_RETURN(std::vector<ast::Name> labels, ParseLabels());
  return Make(ast::LabelTest{std::move(object), std::move(labels)}, begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseSubscript(ast::ExpressionPtr object,
                                                                   size_t begin) {
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftBracket, "\"[\""));
  ast::ExpressionPtr from;
  if (!cursor_.At(TokenKind::kDotDot)) {
    ASSIGN_OR_RETURN(from, ParseExpression());
  }
  if (!cursor_.Accept(TokenKind::kDotDot)) {
    RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightBracket, "\"..\" or \"]\""));
    return Make(ast::Subscript{std::move(object), std::move(from)}, begin);
  }
  ast::ExpressionPtr to;
  if (!cursor_.At(TokenKind::kRightBracket)) {
    ASSIGN_OR_RETURN(to, ParseExpression());
  }
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightBracket, "\"]\""));
  return Make(ast::Slice{std::move(object), std::move(from), std::move(to)}, begin);
}

}  // namespace entente::query
