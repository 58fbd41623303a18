// Calls of functions and aggregates.
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/bind_expression.h"
#include "query/function.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

absl::Status WrongNumber(absl::string_view function, size_t least, std::optional<size_t> most,
                         size_t given, SourceSpan span) {
  std::string wanted = absl::StrCat(least);
  if (!most.has_value()) {
    absl::StrAppend(&wanted, " or more");
  } else if (*most != least) {
    absl::StrAppend(&wanted, " to ", *most);
  }
  const bool one = most.has_value() && *most == 1;
  return MakeError(ErrorCode::kInvalidNumberOfArguments,
                   absl::StrCat(function, "() takes ", wanted, one ? " argument" : " arguments",
                                ", but is given ", given),
                   span);
}

}  // namespace

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::FunctionCall& node,
                                                         SourceSpan span) {
  if (const AggregateRow* aggregate = FindAggregate(node.name.text)) {
    return BindAggregate(*aggregate, node, span);
  }
  if (node.distinct) {
    return MakeError(ErrorCode::kUnexpectedSyntax,
                     absl::StrCat("DISTINCT stands only in aggregate functions, and ",
                                  node.name.text, "() is none"),
                     span);
  }
  if (absl::EqualsIgnoreCase(node.name.text, "exists")) return BindExists(node, span);
  const FunctionRow* row = FindFunction(node.name.text);
  if (row == nullptr) {
    return MakeError(ErrorCode::kUnknownFunction,
                     absl::StrCat("There is no function ", node.name.text, "()"), node.name.span);
  }
  return BindFunction(*row, node, span);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindAggregate(const AggregateRow& row,
                                                              const ast::FunctionCall& call,
                                                              SourceSpan span) {
  if (in_aggregate_) {
    return MakeError(ErrorCode::kNestedAggregation,
                     "An aggregate function cannot stand inside another", span);
  }
  const size_t arity = call.star ? 0 : row.arity;
  if (call.arguments.size() != arity) {
    return WrongNumber(row.name, arity, arity, call.arguments.size(), span);
  }
  Aggregation aggregation;
  aggregation.function = &row;
  aggregation.distinct = call.distinct;
  aggregation.star = call.star;
  const bool allowed = place_ != nullptr && place_->collected != nullptr && locals_.empty();
  in_aggregate_ = allowed;
  for (const auto& argument : call.arguments) {
    absl::StatusOr<ExpressionPtr> bound = Bind(*argument);
    if (!bound.ok()) {
      in_aggregate_ = false;
      return bound.status();
    }
    aggregation.arguments.push_back(*std::move(bound));
  }
  in_aggregate_ = false;
  if (!allowed) {
    return MakeError(ErrorCode::kInvalidAggregation,
                     absl::StrCat("The aggregate function ", row.name,
                                  "() can be used only in the items of WITH and RETURN"),
                     span);
  }
  TypeSet elements = TypeSet::Any();
  if (!aggregation.arguments.empty()) {
    const Expression& first = *aggregation.arguments.front();
    RETURN_IF_ERROR(RequireType(first, row.accepts, absl::StrCat("What ", row.name, "() takes")));
    elements = first.type;
  }
  for (const ExpressionPtr& argument : aggregation.arguments) {
    if (IsVolatile(*argument)) {
      return MakeError(ErrorCode::kNonConstantExpression,
                       "A random value cannot be aggregated; name it in an earlier WITH",
                       argument->span);
    }
  }
  aggregation.slot = binder_.NewSlot("");
  const Binding binding = {aggregation.slot, row.result, elements};
  place_->collected->push_back(std::move(aggregation));
  return ReferTo(binding, span);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindExists(const ast::FunctionCall& call,
                                                           SourceSpan span) {
  if (call.arguments.size() != 1) {
    return WrongNumber("exists", 1, 1, call.arguments.size(), span);
  }
  const ast::Expression& argument = *call.arguments.front();
  if (std::holds_alternative<ast::PatternExpression>(argument.node)) return Bind(argument);
  if (!std::holds_alternative<ast::PropertyAccess>(argument.node) &&
      !std::holds_alternative<ast::Subscript>(argument.node)) {
    return MakeError(ErrorCode::kInvalidArgumentExpression,
                     "exists() takes a property or a pattern", argument.span);
  }
  ASSIGN_OR_RETURN(ExpressionPtr property, Bind(argument));
  return MakeExpression(UnaryExpression{ast::UnaryOperator::kIsNotNull, std::move(property)}, span,
                        {Value::Type::kBoolean});
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindFunction(const FunctionRow& row,
                                                             const ast::FunctionCall& call,
                                                             SourceSpan span) {
  const size_t least = row.parameters.size() - row.optional;
  std::optional<size_t> most;
  if (!row.variadic) most = row.parameters.size();
  if (call.arguments.size() < least || (most.has_value() && call.arguments.size() > *most)) {
    return WrongNumber(row.name, least, most, call.arguments.size(), span);
  }
  FunctionExpression function{&row, {}};
  if (row.reads_lens) {
    ASSIGN_OR_RETURN(function.lens, binder_.BindLens({}, WholeScope()));
  }
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    ASSIGN_OR_RETURN(ExpressionPtr argument, Bind(*call.arguments[i]));
    const size_t column = i < row.parameters.size() ? i : row.parameters.size() - 1;
    const FunctionParameter& parameter = row.parameters[column];
    RETURN_IF_ERROR(RequireType(*argument, parameter.accepts,
                                absl::StrCat("`", parameter.name, "` of ", row.name, "()")));
    function.arguments.push_back(std::move(argument));
  }
  return MakeExpression(std::move(function), span, row.result, row.elements);
}

}  // namespace entente::query
