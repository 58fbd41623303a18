#include "query/parser.h"

#include <algorithm>
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
  if (parser_.depth_ > kMaxNesting) return parser_.TooDeep();
  // The parser itself takes some KiB a level.
  return StackLeft() < StackNeed(0, 0) ? parser_.NoStack() : absl::OkStatus();
}

absl::Status StatementParser::NoteHeight() {
  if (height_ <= tallest_) return absl::OkStatus();
  tallest_ = height_;
  return CheckStackHere();
}

absl::Status StatementParser::AddOperators(size_t count) {
  operators_ += count;
  return CheckStackHere();
}

absl::Status StatementParser::CheckStackHere() const {
  return StackNeed(tallest_, operators_) > stack_left_ ? NoStack() : absl::OkStatus();
}

absl::Status StatementParser::NoStack() const {
  return MakeError(ErrorCode::kUnexpectedSyntax,
                   absl::StrCat("From here on the statement is too deep, or too long, for the ",
                                stack_left_ >> 10,
                                " KiB of stack that its thread has left; split the statement"),
                   cursor_.Peek().span());
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
  } else if (AtIndexStatement()) {
    ASSIGN_OR_RETURN(statement.node, ParseIndexStatement());
  } else if (AtTaxonomyStatement()) {
    ASSIGN_OR_RETURN(statement.node, ParseTaxonomyStatement());
  } else if (AtLensStatement()) {
    ASSIGN_OR_RETURN(statement.node, ParseLensStatement());
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
  } else {
    ASSIGN_OR_RETURN(statement.query, ParseQuery());
  }
  statement.stack_bytes = StackNeed(tallest_, operators_);
  return statement;
}

absl::StatusOr<ast::Query> StatementParser::ParseQuery() {
  ast::Query query;
  const size_t begin = cursor_.Begin();
  RETURN_IF_ERROR(ParseLens(query.lens));
  const size_t operators_around = operators_;
  size_t most_operators = 0;  // the parts stand beside one another
  while (true) {
    operators_ = operators_around;
    ASSIGN_OR_RETURN(ast::SingleQuery part, ParseSingleQuery());
    query.parts.push_back(std::move(part));
    most_operators = std::max(most_operators, operators_);
    if (!cursor_.AcceptWord("UNION")) break;
    query.union_all.push_back(cursor_.AcceptWord("ALL"));
  }
  operators_ = most_operators;
  query.span = cursor_.SpanFrom(begin);
  return query;
}

absl::StatusOr<ast::SingleQuery> StatementParser::ParseSingleQuery() {
  ast::SingleQuery query;
  const size_t begin = cursor_.Begin();
  if (!AtClause()) {
    const bool of_question = cursor_.AtWord("LIMIT") || cursor_.AtWord("ORDER") ||
                             cursor_.AtWord("SINCE") || cursor_.AtWord("UNTIL");
    return cursor_.Unexpected(of_question
                                  ? "a clause such as MATCH, CREATE or RETURN (what belongs to a "
                                    "question stands before its ?)"
                                  : "a clause such as MATCH, CREATE or RETURN");
  }
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
