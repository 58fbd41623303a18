// Statements about property indexes.
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/statement_parser.h"

namespace entente::query {

bool StatementParser::AtIndexStatement() const {
  // CREATE INDEX = (a)-->(b) creates a path of that name.
  if (cursor_.AtWords("CREATE", "INDEX")) return cursor_.kind(2) != TokenKind::kEqual;
  return cursor_.AtWords("DROP", "INDEX") || cursor_.AtWords("SHOW", "INDEXES") ||
         cursor_.AtWords("SHOW", "INDEX");
}

absl::StatusOr<ast::Statement::Node> StatementParser::ParseIndexStatement() {
  if (cursor_.AcceptWord("SHOW")) {
    cursor_.Step();
    return ast::ShowIndexes{};
  }
  const bool drop = cursor_.AcceptWord("DROP");
  if (!drop) cursor_.Step();
  cursor_.Step();
  if (drop) return ParseDropIndex();
  return ParseCreateIndex();
}

absl::StatusOr<ast::CreateIndex> StatementParser::ParseCreateIndex() {
  ast::CreateIndex create;
  if (cursor_.AtWord("ON") && cursor_.kind(1) == TokenKind::kColon) {
    RETURN_IF_ERROR(ParseIndexed(create.label, create.property));
    return create;
  }
  const bool named = !cursor_.AtWords("IF", "NOT") &&
                     !(cursor_.AtWord("FOR") && cursor_.kind(1) == TokenKind::kLeftParen);
  if (named) {
    ASSIGN_OR_RETURN(create.name, cursor_.ExpectName("ON :Label(property), FOR (n:Label) ON "
                                                     "(n.property), or the name of an index"));
  }
  if (cursor_.AcceptWord("IF")) {
    RETURN_IF_ERROR(cursor_.ExpectWord("NOT"));
    RETURN_IF_ERROR(cursor_.ExpectWord("EXISTS"));
    create.if_not_exists = true;
  }
  RETURN_IF_ERROR(cursor_.ExpectWord("FOR"));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftParen, "\"(\" of a node"));
  ASSIGN_OR_RETURN(const ast::Name node, cursor_.ExpectName("a variable for the node"));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kColon, "\":\" before the label"));
  ASSIGN_OR_RETURN(create.label, cursor_.ExpectName("a label"));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "\")\" at the end of the node"));
  RETURN_IF_ERROR(cursor_.ExpectWord("ON"));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftParen, "\"(\" before the property"));
  ASSIGN_OR_RETURN(const ast::Name of, cursor_.ExpectName("the node's variable"));
  if (of.text != node.text) {
    return MakeError(ErrorCode::kUndefinedVariable,
                     absl::StrCat("Variable `", of.text, "` is not defined"), of.span);
  }
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kDot, "\".\" before the property"));
  ASSIGN_OR_RETURN(create.property, cursor_.ExpectName("a property"));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "\")\" behind the one property"));
  return create;
}

absl::StatusOr<ast::DropIndex> StatementParser::ParseDropIndex() {
  ast::DropIndex drop;
  if (cursor_.AtWord("ON") && cursor_.kind(1) == TokenKind::kColon) {
    RETURN_IF_ERROR(ParseIndexed(drop.label, drop.property));
  } else {
    ASSIGN_OR_RETURN(drop.name, cursor_.ExpectName("ON :Label(property) or the name of an index"));
  }
  if (cursor_.AcceptWord("IF")) {
    RETURN_IF_ERROR(cursor_.ExpectWord("EXISTS"));
    drop.if_exists = true;
  }
  return drop;
}

absl::Status StatementParser::ParseIndexed(ast::Name& label, ast::Name& property) {
  RETURN_IF_ERROR(cursor_.ExpectWord("ON"));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kColon, "\":\" before the label"));
  ASSIGN_OR_RETURN(label, cursor_.ExpectName("a label"));
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kLeftParen, "\"(\" before the property"));
  ASSIGN_OR_RETURN(property, cursor_.ExpectName("a property"));
  return cursor_.Expect(TokenKind::kRightParen, "\")\" behind the one property");
}

}  // namespace entente::query
