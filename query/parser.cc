#include "query/parser.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/question.h"
#include "query/statement_parser.h"

namespace entente::query {
namespace {

// How arguments reach a procedure depends on whether it is called alone.
absl::Status CheckCalls(const ast::SingleQuery& query, bool alone) {
  if (alone && query.clauses.size() == 1) return absl::OkStatus();
  for (const ast::Clause& clause : query.clauses) {
    const auto* call = std::get_if<ast::Call>(&clause.node);
    if (call == nullptr) continue;
    if (!call->arguments.has_value()) {
      return MakeError(ErrorCode::kInvalidArgumentPassingMode,
                       absl::StrCat("Inside of a query, the arguments of ", call->procedure.text,
                                    " must be written in parentheses"),
                       call->procedure.span);
    }
    if (call->yield_star) {
      return MakeError(ErrorCode::kUnexpectedSyntax,
                       "YIELD * is for a CALL that stands alone; name the fields instead",
                       clause.span);
    }
  }
  return absl::OkStatus();
}

}  // namespace

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
  const bool alone = statement.query.parts.size() == 1;
  for (const ast::SingleQuery& part : statement.query.parts) {
    RETURN_IF_ERROR(CheckCalls(part, alone));
  }
  return statement;
}

absl::StatusOr<ast::Query> StatementParser::ParseQuery() {
  ast::Query query;
  const size_t begin = cursor_.Begin();
  RETURN_IF_ERROR(ParseLens(query.lens));
  while (true) {
    ASSIGN_OR_RETURN(ast::SingleQuery part, ParseSingleQuery());
    query.parts.push_back(std::move(part));
    const SourceSpan union_span = cursor_.Peek().span();
    if (!cursor_.AcceptWord("UNION")) break;
    query.union_all.push_back(cursor_.AcceptWord("ALL"));
    if (query.union_all.front() != query.union_all.back()) {
      return MakeError(ErrorCode::kInvalidClauseComposition,
                       "UNION and UNION ALL can't be mixed in one query", union_span);
    }
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
    for (const ast::SingleQuery& part : query->parts) {
      RETURN_IF_ERROR(CheckCalls(part, /*alone=*/false));
    }
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
