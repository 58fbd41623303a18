#include <utility>

#include "engine/status.h"
#include "query/statement_parser.h"

namespace entente::query {

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseListAtom() {
  const size_t begin = cursor_.Begin();
  cursor_.Step();
  if (cursor_.AtName() && cursor_.AtWord("IN", 1)) return ParseListComprehension(begin);
  const bool named_path = cursor_.AtName() && cursor_.kind(1) == TokenKind::kEqual;
  if (AtRelationshipsPattern(named_path ? 2 : 0)) return ParsePatternComprehension(begin);
  ast::ListLiteral list;
  if (!cursor_.At(TokenKind::kRightBracket)) {
    ASSIGN_OR_RETURN(list.elements, ParseExpressionList());
  }
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightBracket, "\",\" or \"]\""));
  return Make(std::move(list), begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseListComprehension(size_t begin) {
  ast::ListComprehension comprehension;
  ASSIGN_OR_RETURN(comprehension.variable, cursor_.ExpectName("a variable"));
  RETURN_IF_ERROR(cursor_.ExpectWord("IN"));
  ASSIGN_OR_RETURN(comprehension.list, ParseExpression());
  ASSIGN_OR_RETURN(comprehension.predicate, ParseWhere());
  if (cursor_.Accept(TokenKind::kBar)) {
    ASSIGN_OR_RETURN(comprehension.projection, ParseExpression());
  }
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightBracket, "WHERE, \"|\" or \"]\""));
  return Make(std::move(comprehension), begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParsePatternComprehension(size_t begin) {
  ast::PatternComprehension comprehension;
  ASSIGN_OR_RETURN(comprehension.pattern, ParsePathPattern(PatternUse::kMatch));
  RETURN_IF_ERROR(ParseLens(comprehension.lens));
  ASSIGN_OR_RETURN(comprehension.predicate, ParseWhere());
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kBar, "\"|\" and what to take of each match"));
  ASSIGN_OR_RETURN(comprehension.projection, ParseExpression());
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightBracket, "\"]\""));
  return Make(std::move(comprehension), begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseMapLiteral() {
  const size_t begin = cursor_.Begin();
  ast::MapLiteral map;
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftBrace, "\"{\""));
  if (!cursor_.At(TokenKind::kRightBrace)) {
    do {
      ASSIGN_OR_RETURN(ast::Name key, cursor_.ExpectName("a key"));
      RETURN_IF_ERROR(cursor_.Expect(TokenKind::kColon, "\":\" and the key's value"));
      ASSIGN_OR_RETURN(ast::ExpressionPtr value, ParseExpression());
      map.entries.emplace_back(std::move(key), std::move(value));
    } while (cursor_.Accept(TokenKind::kComma));
  }
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightBrace, "\",\" or \"}\""));
  return Make(std::move(map), begin);
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseMapProjection(ast::Name object) {
  const size_t begin = object.span.begin;
  ast::MapProjection projection;
  projection.object = std::move(object);
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftBrace, "\"{\""));
  if (!cursor_.At(TokenKind::kRightBrace)) {
    do {
      ASSIGN_OR_RETURN(ast::MapProjection::Item item, ParseMapProjectionItem());
      projection.items.push_back(std::move(item));
    } while (cursor_.Accept(TokenKind::kComma));
  }
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightBrace, "\",\" or \"}\""));
  return Make(std::move(projection), begin);
}

absl::StatusOr<ast::MapProjection::Item> StatementParser::ParseMapProjectionItem() {
  using Kind = ast::MapProjection::Item::Kind;
  ast::MapProjection::Item item;
  if (cursor_.Accept(TokenKind::kDot)) {
    if (cursor_.Accept(TokenKind::kStar)) {
      item.kind = Kind::kAllProperties;
      return item;
    }
    item.kind = Kind::kProperty;
    ASSIGN_OR_RETURN(item.key, cursor_.ExpectName("the name of a property, or *"));
    return item;
  }
  ASSIGN_OR_RETURN(item.key, cursor_.ExpectName("a property such as .name, a key or a variable"));
  item.kind = Kind::kVariable;
  if (cursor_.Accept(TokenKind::kColon)) {
    item.kind = Kind::kEntry;
    ASSIGN_OR_RETURN(item.value, ParseExpression());
  }
  return item;
}

}  // namespace entente::query
