#include "query/parser.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/question.h"
#include "query/statement_parser.h"

namespace entente::query {

absl::StatusOr<ast::Statement> Parse(absl::string_view text) {
  if (text.size() > kMaxStatementBytes) {
    return MakeError(ErrorCode::kUnexpectedSyntax,
                     absl::StrCat("The statement is longer than ", kMaxStatementBytes >> 20,
                                  " MiB; pass large data as parameters"));
  }
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenize(text));
  TokenCursor cursor(text, std::move(tokens));
  return StatementParser(cursor).ParseStatement();
}

absl::Status Level::Check() const {
  return parser_.depth_ > kMaxNesting ? parser_.TooDeep() : absl::OkStatus();
}

absl::Status StatementParser::TooDeep() const {
  return MakeError(ErrorCode::kUnexpectedSyntax,
                   absl::StrCat("The statement is nested deeper than ", kMaxNesting, " levels"),
                   cursor_.Peek().span());
}

absl::StatusOr<ast::Statement> StatementParser::ParseStatement() {
  const size_t begin = cursor_.Begin();
  ast::Statement statement;
  if (cursor_.AcceptWord("BEGIN")) {
    cursor_.AcceptWord("TRANSACTION");
    statement.node = ast::BeginTransaction{};
  } else if (cursor_.AcceptWord("COMMIT")) {
    cursor_.AcceptWord("TRANSACTION");
    statement.node = ast::CommitTransaction{};
  } else if (cursor_.AcceptWord("ROLLBACK")) {
    cursor_.AcceptWord("TRANSACTION");
    statement.node = ast::RollbackTransaction{};
  } else {
    ASSIGN_OR_RETURN(statement.node, ParseQueryStatement());
  }
  statement.span = cursor_.SpanFrom(begin);
  cursor_.Accept(TokenKind::kSemicolon);
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kEnd, "another clause or the end of the statement"));
  return statement;
}

absl::StatusOr<ast::QueryStatement> StatementParser::ParseQueryStatement() {
  ast::QueryStatement statement;
  if (cursor_.AcceptWord("EXPLAIN")) {
    statement.explain = ast::Explain::kExplain;
  } else if (cursor_.AcceptWord("PROFILE")) {
    statement.explain = ast::Explain::kProfile;
  }
  if (AtQuestion(cursor_)) {
    statement.question = true;
    ASSIGN_OR_RETURN(statement.query, ParseQuestion(cursor_, *this));
    return statement;
  }
  ASSIGN_OR_RETURN(statement.query, ParseQuery());
  return statement;
}

absl::StatusOr<ast::Query> StatementParser::ParseQuery() {
  ast::Query query;
  const size_t begin = cursor_.Begin();
  RETURN_IF_ERROR(ParseLens(query.lens));
  while (true) {
    ASSIGN_OR_RETURN(ast::SingleQuery part, ParseSingleQuery());
    query.parts.push_back(std::move(part));
    if (!cursor_.AcceptWord("UNION")) break;
    query.union_all.push_back(cursor_.AcceptWord("ALL"));
  }
  query.span = cursor_.SpanFrom(begin);
  return query;
}

absl::StatusOr<ast::SingleQuery> StatementParser::ParseSingleQuery() {
  ast::SingleQuery query;
  const size_t begin = cursor_.Begin();
  if (!AtClause()) return cursor_.Unexpected("a clause such as MATCH, CREATE or RETURN");
  while (AtClause()) {
    ASSIGN_OR_RETURN(ast::Clause clause, ParseClause());
    query.clauses.push_back(std::move(clause));
  }
  query.span = cursor_.SpanFrom(begin);
  return query;
}

absl::StatusOr<ast::QueryPtr> StatementParser::ParseSubquery() {
  Level level(*this);
  RETURN_IF_ERROR(level.Check());
  auto query = std::make_unique<ast::Query>();
  if (AtClause() || AtLensClause()) {
    ASSIGN_OR_RETURN(*query, ParseQuery());
  } else {
    const size_t begin = cursor_.Begin();
    ASSIGN_OR_RETURN(ast::Match match, ParseMatchBody());
    const SourceSpan span = cursor_.SpanFrom(begin);
    ast::SingleQuery part;
    part.clauses.push_back({std::move(match), span});
    part.span = span;
    query->parts.push_back(std::move(part));
    query->span = span;
  }
  RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightBrace, "} at the end of the subquery"));
  return query;
}

}  // namespace entente::query
