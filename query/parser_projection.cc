#include <algorithm>
#include <utility>
#include <variant>

#include "engine/status.h"
#include "query/statement_parser.h"

namespace entente::query {
namespace {

// Names alone are handed on without an operator. Else, if there are aggregates, one gathers and
// another computes with them; if there are none, conditions may come above it.
size_t MostOperators(const ast::Projection& projection) {
  const bool computes = std::any_of(
      projection.items.begin(), projection.items.end(), [](const ast::ProjectionItem& item) {
        return !std::holds_alternative<ast::Variable>(item.expression->node);
      });
  return (computes ? 2 : 0) + (projection.distinct ? 1 : 0) +
         (projection.order_by.empty() ? 0 : 1) + (projection.skip != nullptr ? 1 : 0) +
         (projection.limit != nullptr ? 1 : 0);
}

}  // namespace

absl::StatusOr<ast::Clause::Node> StatementParser::ParseWith() {
  RETURN_IF_ERROR(cursor_.ExpectWord("WITH"));
  ast::With with;
  ASSIGN_OR_RETURN(with.projection, ParseProjection());
  ASSIGN_OR_RETURN(with.where, ParseWhere());
  RETURN_IF_ERROR(AddOperators(with.where != nullptr ? 1 : 0));
  return with;
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseReturn() {
  RETURN_IF_ERROR(cursor_.ExpectWord("RETURN"));
  ast::Return result;
  ASSIGN_OR_RETURN(result.projection, ParseProjection());
  return result;
}

absl::StatusOr<ast::Projection> StatementParser::ParseProjection() {
  ast::Projection projection;
  const size_t begin = cursor_.Begin();
  if (cursor_.AtWord("DISTINCT") && (StartsOperand(1) || cursor_.kind(1) == TokenKind::kStar)) {
    cursor_.Step();
    projection.distinct = true;
  }
  projection.star = cursor_.Accept(TokenKind::kStar);
  if (!projection.star || cursor_.Accept(TokenKind::kComma)) {
    do {
      ASSIGN_OR_RETURN(ast::ProjectionItem item, ParseProjectionItem());
      projection.items.push_back(std::move(item));
    } while (cursor_.Accept(TokenKind::kComma));
  }
  if (cursor_.AcceptWords("ORDER", "BY")) {
    ASSIGN_OR_RETURN(projection.order_by, ParseSortItems());
  }
  if (cursor_.AcceptWord("SKIP")) {
    ASSIGN_OR_RETURN(projection.skip, ParseExpression());
  }
  if (cursor_.AcceptWord("LIMIT")) {
    ASSIGN_OR_RETURN(projection.limit, ParseExpression());
  }
  RETURN_IF_ERROR(AddOperators(MostOperators(projection)));
  projection.span = cursor_.SpanFrom(begin);
  return projection;
}

absl::StatusOr<ast::ProjectionItem> StatementParser::ParseProjectionItem() {
  ast::ProjectionItem item;
  const size_t begin = cursor_.Begin();
  ASSIGN_OR_RETURN(item.expression, ParseExpression());
  const SourceSpan span = cursor_.SpanFrom(begin);
  const auto* variable = std::get_if<ast::Variable>(&item.expression->node);
  item.text = variable != nullptr
                  ? variable->name
                  : std::string(cursor_.text().substr(span.begin, span.end - span.begin));
  if (cursor_.AcceptWord("AS")) {
    ASSIGN_OR_RETURN(item.alias, cursor_.ExpectName("a name"));
  }
  return item;
}

absl::StatusOr<std::vector<ast::SortItem>> StatementParser::ParseSortItems() {
  std::vector<ast::SortItem> items;
  do {
    ast::SortItem item;
    ASSIGN_OR_RETURN(item.expression, ParseExpression());
    if (cursor_.AcceptWord("DESC") || cursor_.AcceptWord("DESCENDING")) {
      item.descending = true;
    } else if (!cursor_.AcceptWord("ASC")) {
      cursor_.AcceptWord("ASCENDING");
    }
    items.push_back(std::move(item));
  } while (cursor_.Accept(TokenKind::kComma));
  return items;
}

absl::StatusOr<ast::ExpressionPtr> StatementParser::ParseWhere() {
  if (!cursor_.AcceptWord("WHERE")) return ast::ExpressionPtr();
  return ParsePredicate();
}

}  // namespace entente::query
