#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/statement_parser.h"

namespace entente::query {

bool StatementParser::AtClause() const {
  constexpr std::array<absl::string_view, 11> kFirstWords = {"MATCH",  "UNWIND", "WITH", "RETURN",
                                                             "CREATE", "MERGE",  "SET",  "REMOVE",
                                                             "DELETE", "DETACH", "CALL"};
  for (absl::string_view word : kFirstWords) {
    if (cursor_.AtWord(word)) return true;
  }
  return cursor_.AtWords("OPTIONAL", "MATCH");
}

absl::StatusOr<ast::Clause> StatementParser::ParseClause() {
  // Two where conditions on what the clause binds may come above it. Patterns and projections count
  // what they are made of themselves.
  const bool binds = cursor_.AtWord("UNWIND") || cursor_.AtWord("CALL");
  const bool projects = cursor_.AtWord("WITH") || cursor_.AtWord("RETURN");
  RETURN_IF_ERROR(AddOperators(projects ? 0 : binds ? 2 : 1));
  ast::Clause clause;
  const size_t begin = cursor_.Begin();
  ASSIGN_OR_RETURN(clause.node, ParseClauseNode());
  clause.span = cursor_.SpanFrom(begin);
  return clause;
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseClauseNode() {
  if (cursor_.AtWord("UNWIND")) return ParseUnwind();
  if (cursor_.AtWord("WITH")) return ParseWith();
  if (cursor_.AtWord("RETURN")) return ParseReturn();
  if (cursor_.AtWord("CREATE")) return ParseCreate();
  if (cursor_.AtWord("MERGE")) return ParseMerge();
  if (cursor_.AtWord("SET")) return ParseSet();
  if (cursor_.AtWord("REMOVE")) return ParseRemove();
  if (cursor_.AtWord("DELETE") || cursor_.AtWord("DETACH")) return ParseDelete();
  if (cursor_.AtWord("CALL")) return ParseCall();
  return ParseMatch();
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseMatch() {
  const bool optional = cursor_.AcceptWord("OPTIONAL");
  RETURN_IF_ERROR(cursor_.ExpectWord("MATCH"));
  ASSIGN_OR_RETURN(ast::Match match, ParseMatchBody());
  match.optional = optional;
  return match;
}

absl::StatusOr<ast::Match> StatementParser::ParseMatchBody() {
  ast::Match match;
  ASSIGN_OR_RETURN(match.patterns, ParsePatterns(PatternUse::kMatch));
  RETURN_IF_ERROR(ParseLens(match.lens));
  ASSIGN_OR_RETURN(match.where, ParseWhere());
  return match;
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseUnwind() {
  RETURN_IF_ERROR(cursor_.ExpectWord("UNWIND"));
  ast::Unwind unwind;
  ASSIGN_OR_RETURN(unwind.list, ParseExpression());
  RETURN_IF_ERROR(cursor_.ExpectWord("AS"));
  ASSIGN_OR_RETURN(unwind.variable, cursor_.ExpectName("a name for the elements"));
  return unwind;
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseCreate() {
  RETURN_IF_ERROR(cursor_.ExpectWord("CREATE"));
  ast::Create create;
  ASSIGN_OR_RETURN(create.patterns, ParsePatterns(PatternUse::kCreate));
  return create;
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseMerge() {
  RETURN_IF_ERROR(cursor_.ExpectWord("MERGE"));
  ast::Merge merge;
  ASSIGN_OR_RETURN(merge.pattern, ParsePathPattern(PatternUse::kMerge));
  while (cursor_.AcceptWord("ON")) {
    const bool on_create = cursor_.AcceptWord("CREATE");
    if (!on_create && !cursor_.AcceptWord("MATCH")) return cursor_.Unexpected("CREATE or MATCH");
    RETURN_IF_ERROR(cursor_.ExpectWord("SET"));
    ASSIGN_OR_RETURN(std::vector<ast::SetItem> items, ParseSetItems());
    std::vector<ast::SetItem>& target = on_create ? merge.on_create : merge.on_match;
    for (ast::SetItem& item : items) target.push_back(std::move(item));
  }
  return merge;
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseSet() {
  RETURN_IF_ERROR(cursor_.ExpectWord("SET"));
  ast::Set set;
  ASSIGN_OR_RETURN(set.items, ParseSetItems());
  return set;
}

absl::StatusOr<std::vector<ast::SetItem>> StatementParser::ParseSetItems() {
  std::vector<ast::SetItem> items;
  do {
    ASSIGN_OR_RETURN(ast::SetItem item, ParseSetItem());
    items.push_back(std::move(item));
  } while (cursor_.Accept(TokenKind::kComma));
  return items;
}

absl::StatusOr<ast::SetItem> StatementParser::ParseSetItem() {
  ast::SetItem item;
  const size_t begin = cursor_.Begin();
  ASSIGN_OR_RETURN(ast::ExpressionPtr target, ParsePostfix());
  if (auto* property = std::get_if<ast::PropertyAccess>(&target->node)) {
    RETURN_IF_ERROR(cursor_.Expect(TokenKind::kEqual, "= and the property's new value"));
    ASSIGN_OR_RETURN(ast::ExpressionPtr value, ParseExpression());
    item.action = ast::SetItem::Property{std::move(property->object), std::move(property->key),
                                         std::move(value)};
  } else if (auto* test = std::get_if<ast::LabelTest>(&target->node);
             test != nullptr && std::holds_alternative<ast::Variable>(test->object->node)) {
    item.action =
        ast::SetItem::Labels{{std::get<ast::Variable>(test->object->node).name, test->object->span},
                             std::move(test->labels)};
  } else if (auto* variable = std::get_if<ast::Variable>(&target->node)) {
    const bool merge = cursor_.Accept(TokenKind::kPlusEqual);
    if (!merge) RETURN_IF_ERROR(cursor_.Expect(TokenKind::kEqual, "a property, a label, = or +="));
    ASSIGN_OR_RETURN(ast::ExpressionPtr map, ParseExpression());
    item.action = ast::SetItem::Map{{variable->name, target->span}, merge, std::move(map)};
  } else {
    return MakeError(ErrorCode::kUnexpectedSyntax,
                     "SET changes a property, the labels or all properties of a variable",
                     target->span);
  }
  item.span = cursor_.SpanFrom(begin);
  return item;
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseRemove() {
  RETURN_IF_ERROR(cursor_.ExpectWord("REMOVE"));
  ast::Remove remove;
  do {
    ASSIGN_OR_RETURN(ast::RemoveItem item, ParseRemoveItem());
    remove.items.push_back(std::move(item));
  } while (cursor_.Accept(TokenKind::kComma));
  return remove;
}

absl::StatusOr<ast::RemoveItem> StatementParser::ParseRemoveItem() {
  ast::RemoveItem item;
  const size_t begin = cursor_.Begin();
  ASSIGN_OR_RETURN(ast::ExpressionPtr target, ParsePostfix());
  if (auto* property = std::get_if<ast::PropertyAccess>(&target->node)) {
    item.action = ast::RemoveItem::Property{std::move(property->object), std::move(property->key)};
  } else if (auto* test = std::get_if<ast::LabelTest>(&target->node);
             test != nullptr && std::holds_alternative<ast::Variable>(test->object->node)) {
    item.action =
        ast::SetItem::Labels{{std::get<ast::Variable>(test->object->node).name, test->object->span},
                             std::move(test->labels)};
  } else {
    return MakeError(ErrorCode::kUnexpectedSyntax,
                     "REMOVE takes a property or the labels of a variable", target->span);
  }
  item.span = cursor_.SpanFrom(begin);
  return item;
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseDelete() {
  ast::Delete result;
  result.detach = cursor_.AcceptWord("DETACH");
  RETURN_IF_ERROR(cursor_.ExpectWord("DELETE"));
  ASSIGN_OR_RETURN(result.expressions, ParseExpressionList());
  return result;
}

absl::StatusOr<ast::Clause::Node> StatementParser::ParseCall() {
  RETURN_IF_ERROR(cursor_.ExpectWord("CALL"));
  if (cursor_.Accept(TokenKind::kLeftBrace)) {
    if (!AtClause() && !AtLensClause()) return cursor_.Unexpected("a clause");
    ast::CallSubquery subquery;
    ASSIGN_OR_RETURN(subquery.query, ParseSubquery());
    return subquery;
  }
  ast::Call call;
  ASSIGN_OR_RETURN(call.procedure, cursor_.ExpectName("the name of a procedure"));
  while (cursor_.Accept(TokenKind::kDot)) {
    ASSIGN_OR_RETURN(const ast::Name part, cursor_.ExpectName("the name of a procedure"));
    absl::StrAppend(&call.procedure.text, ".", part.text);
    call.procedure.span.end = part.span.end;
  }
  if (cursor_.Accept(TokenKind::kLeftParen)) {
    call.arguments.emplace();
    if (!cursor_.At(TokenKind::kRightParen)) {
      ASSIGN_OR_RETURN(*call.arguments, ParseExpressionList());
    }
    RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightParen, "\",\" or \")\""));
  }
  if (cursor_.AcceptWord("YIELD")) RETURN_IF_ERROR(ParseYield(call));
  return call;
}

absl::Status StatementParser::ParseYield(ast::Call& call) {
  if (cursor_.Accept(TokenKind::kStar)) {
    call.yield_star = true;
    return absl::OkStatus();
  }
  call.yield.emplace();
  if (cursor_.Accept(TokenKind::kMinus)) return absl::OkStatus();
  do {
    ast::YieldItem item;
    ASSIGN_OR_RETURN(item.field, cursor_.ExpectName("the name of a field"));
    if (cursor_.AcceptWord("AS")) {
      ASSIGN_OR_RETURN(item.alias, cursor_.ExpectName("a name"));
    }
    call.yield->push_back(std::move(item));
  } while (cursor_.Accept(TokenKind::kComma));
  ASSIGN_OR_RETURN(call.where, ParseWhere());
  return absl::OkStatus();
}

}  // namespace entente::query
