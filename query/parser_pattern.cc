#include <utility>

#include "engine/error.h"
#include "engine/status.h"
#include "query/statement_parser.h"

namespace entente::query {
namespace {

bool IsDash(TokenKind kind) { return kind == TokenKind::kMinus || kind == TokenKind::kUnicodeDash; }
bool IsLeftArrow(TokenKind kind) {
  return kind == TokenKind::kLess || kind == TokenKind::kUnicodeLeftArrow;
}
bool IsRightArrow(TokenKind kind) {
  return kind == TokenKind::kGreater || kind == TokenKind::kUnicodeRightArrow;
}

absl::Status BadLength(SourceSpan span) {
  return MakeError(ErrorCode::kInvalidRelationshipPattern,
                   "The length of a relationship is written *, *2, *1.., *..5 or *1..5", span);
}

}  // namespace

bool StatementParser::AtRelationshipsPattern(size_t ahead) const {
  size_t i = ahead;
  // Steps over a pair of brackets; false when they do not match.
  const auto skip_brackets = [&] {
    const uint32_t partner = cursor_.Peek(i).partner;
    if (partner == 0) return false;
    i = partner - cursor_.position() + 1;
    return true;
  };
  if (cursor_.kind(i++) != TokenKind::kLeftParen) return false;
  if (cursor_.AtName(i)) ++i;
  for (; cursor_.kind(i) == TokenKind::kColon; i += 2) {
    if (!cursor_.AtName(i + 1)) return false;
  }
  if (cursor_.kind(i) == TokenKind::kLeftBrace) {
    if (!skip_brackets()) return false;
  } else if (cursor_.kind(i) == TokenKind::kParameter) {
    ++i;
  }
  if (cursor_.kind(i++) != TokenKind::kRightParen) return false;
  if (IsLeftArrow(cursor_.kind(i))) ++i;
  if (!IsDash(cursor_.kind(i++))) return false;
  if (cursor_.kind(i) == TokenKind::kLeftBracket && !skip_brackets()) return false;
  if (!IsDash(cursor_.kind(i++))) return false;
  if (IsRightArrow(cursor_.kind(i))) ++i;
  return cursor_.kind(i) == TokenKind::kLeftParen;
}

absl::StatusOr<std::vector<ast::PathPattern>> StatementParser::ParsePatterns(PatternUse use) {
  std::vector<ast::PathPattern> patterns;
  do {
    ASSIGN_OR_RETURN(ast::PathPattern pattern, ParsePathPattern(use));
    patterns.push_back(std::move(pattern));
  } while (cursor_.Accept(TokenKind::kComma));
  return patterns;
}

absl::StatusOr<ast::PathPattern> StatementParser::ParsePathPattern(PatternUse use) {
  ast::PathPattern path;
  const size_t begin = cursor_.Begin();
  std::optional<ast::Name> variable;
  if (cursor_.AtName() && cursor_.kind(1) == TokenKind::kEqual) {
    ASSIGN_OR_RETURN(variable, cursor_.ExpectName("a name for the path"));
    cursor_.Step();
  }
  if (use == PatternUse::kMatch && AtShortestPath()) {
    ASSIGN_OR_RETURN(path, ParseShortestPath());
  } else {
    RETURN_IF_ERROR(ParsePatternElement(path, use));
  }
  path.variable = std::move(variable);
  path.span = cursor_.SpanFrom(begin);
  return path;
}

bool StatementParser::AtShortestPath() const {
  return (cursor_.AtWord("shortestPath") || cursor_.AtWord("allShortestPaths")) &&
         cursor_.kind(1) == TokenKind::kLeftParen;
}

absl::StatusOr<ast::PathPattern> StatementParser::ParseShortestPath() {
  ast::PathPattern path;
  const size_t begin = cursor_.Begin();
  path.search =
      cursor_.AtWord("shortestPath") ? ast::PathSearch::kShortest : ast::PathSearch::kAllShortest;
  cursor_.Step();
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftParen, "\"(\""));
  RETURN_IF_ERROR(ParsePatternElement(path, PatternUse::kMatch));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "\")\" behind the pattern"));
  path.span = cursor_.SpanFrom(begin);
  if (path.relationships.size() != 1) {
    return MakeError(ErrorCode::kUnexpectedSyntax,
                     "A shortest path is asked for between two nodes, with one relationship "
                     "pattern between them",
                     path.span);
  }
  const std::optional<ast::Length>& length = path.relationships[0].length;
  if (length.has_value() && length->least.value_or(1) > 1) {
    return MakeError(ErrorCode::kUnexpectedSyntax,
                     "The least length of a shortest path can only be 0 or 1",
                     path.relationships[0].span);
  }
  return path;
}

absl::Status StatementParser::ParsePatternElement(ast::PathPattern& path, PatternUse use) {
  // What is matched takes a scan or an expansion for each part, and a filter; what is created is
  // all one operator.
  const size_t of_part = use == PatternUse::kCreate ? 0 : 2;
  Level level(*this);
  RETURN_IF_ERROR(level.Check());
  if (cursor_.At(TokenKind::kLeftParen) && cursor_.kind(1) == TokenKind::kLeftParen) {
    cursor_.Step();
    RETURN_IF_ERROR(ParsePatternElement(path, use));
    return cursor_.Expect(TokenKind::kRightParen, "\")\" behind the pattern");
  }
  RETURN_IF_ERROR(AddOperators(of_part));
  ASSIGN_OR_RETURN(ast::NodePattern first, ParseNodePattern());
  path.nodes.push_back(std::move(first));
  while (IsDash(cursor_.kind()) || IsLeftArrow(cursor_.kind())) {
    RETURN_IF_ERROR(AddOperators(2 * of_part));
    ASSIGN_OR_RETURN(ast::RelationshipPattern relationship, ParseRelationshipPattern());
    path.relationships.push_back(std::move(relationship));
    ASSIGN_OR_RETURN(ast::NodePattern node, ParseNodePattern());
    path.nodes.push_back(std::move(node));
  }
  return absl::OkStatus();
}

absl::StatusOr<ast::NodePattern> StatementParser::ParseNodePattern() {
  ast::NodePattern node;
  const size_t begin = cursor_.Begin();
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftParen, "a node in parentheses"));
  if (cursor_.AtName()) {
    ASSIGN_OR_RETURN(node.variable, cursor_.ExpectName("a name"));
  }
  ASSIGN_OR_RETURN(node.labels, ParseLabels());
  ASSIGN_OR_RETURN(node.properties, ParsePatternProperties());
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "\")\" at the end of the node"));
  node.span = cursor_.SpanFrom(begin);
  return node;
}

absl::StatusOr<std::vector<ast::Name>> StatementParser::ParseLabels() {
  std::vector<ast::Name> labels;
  while (cursor_.Accept(TokenKind::kColon)) {
    ASSIGN_OR_RETURN(ast::Name label, cursor_.ExpectName("a label"));
    labels.push_back(std::move(label));
  }
  return labels;
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParsePatternProperties() {
  Subtree subtree(*this);
  if (cursor_.At(TokenKind::kLeftBrace)) return ParseMapLiteral();
  if (!cursor_.At(TokenKind::kParameter)) return ast::ExpressionPtr();
  return ParseAtom();
}

absl::StatusOr<ast::RelationshipPattern> StatementParser::ParseRelationshipPattern() {
  ast::RelationshipPattern relationship;
  const size_t begin = cursor_.Begin();
  const bool left = IsLeftArrow(cursor_.kind());
  if (left) cursor_.Step();
  if (!IsDash(cursor_.kind())) return cursor_.Unexpected("\"-\" of a relationship");
  cursor_.Step();
  if (cursor_.Accept(TokenKind::kLeftBracket)) {
    RETURN_IF_ERROR(ParseRelationshipDetail(relationship));
    RETURN_IF_ERROR(
        cursor_.Expect(TokenKind::kRightBracket, "\"]\" at the end of the relationship"));
  }
  if (!IsDash(cursor_.kind())) return cursor_.Unexpected("\"-\" of a relationship");
  cursor_.Step();
  const bool right = IsRightArrow(cursor_.kind());
  if (right) cursor_.Step();
  if (left != right) relationship.arrow = left ? ast::Arrow::kLeft : ast::Arrow::kRight;
  relationship.span = cursor_.SpanFrom(begin);
  return relationship;
}

absl::Status StatementParser::ParseRelationshipDetail(ast::RelationshipPattern& relationship) {
  if (cursor_.AtName()) {
    ASSIGN_OR_RETURN(relationship.variable, cursor_.ExpectName("a name"));
  }
  if (cursor_.Accept(TokenKind::kColon)) {
    do {
      cursor_.Accept(TokenKind::kColon);  // :A|:B is an older way to write :A|B
      ASSIGN_OR_RETURN(ast::Name type, cursor_.ExpectName("a relationship type"));
      relationship.types.push_back(std::move(type));
    } while (cursor_.Accept(TokenKind::kBar));
  }
  if (cursor_.Accept(TokenKind::kStar)) {
    ASSIGN_OR_RETURN(relationship.length, ParseLength());
  } else if (cursor_.At(TokenKind::kDotDot) || cursor_.At(TokenKind::kInteger)) {
    return BadLength(cursor_.Peek().span());
  }
  ASSIGN_OR_RETURN(relationship.properties, ParsePatternProperties());
  return absl::OkStatus();
}

absl::StatusOr<ast::Length> StatementParser::ParseLength() {
  ast::Length length;
  const auto read_bound = [&](std::optional<int64_t>& bound) -> absl::Status {
    const Token& token = cursor_.Peek();
    if (token.kind == TokenKind::kMinus || token.kind == TokenKind::kFloat) {
      return BadLength(token.span());
    }
    if (token.kind != TokenKind::kInteger) return absl::OkStatus();
    ASSIGN_OR_RETURN(bound, ParseIntegerLiteral(TokenValue(cursor_.text(), token),
                                                /*negative=*/false, token.span()));
    cursor_.Step();
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(read_bound(length.least));
  if (!cursor_.Accept(TokenKind::kDotDot)) {
    length.most = length.least;
    return length;
  }
  RETURN_IF_ERROR(read_bound(length.most));
  return length;
}

}  // namespace entente::query
