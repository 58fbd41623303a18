// Expressions: names become slots, functions rows of the table, and what can be known of types is
// checked.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "query/ast.h"
#include "query/binder.h"
#include "query/expression.h"
#include "query/plan.h"
#include "query/scope.h"

namespace entente::query {

// The type of what is true, false or unknown.
inline constexpr TypeSet kTruth = {Value::Type::kBoolean, Value::Type::kNull};

// An expression that has a column already: an equal one refers to it.
struct KnownExpression {
  const ast::Expression* expression = nullptr;
  Binding binding;
  bool aggregates = false;
};

// What to do with aggregate functions.
struct AggregationPlace {
  // Takes the aggregations found; each gets a slot. Null where they are not allowed.
  std::vector<Aggregation>* collected = nullptr;
  // The keys of the grouping, which are all that an expression around aggregates may use beside
  // constants, if they are variables or properties of variables.
  std::vector<KnownExpression> keys;
};

// Binds expressions in one scope. The binder and the scope must outlive it.
class ExpressionBinder {
 public:
  ExpressionBinder(Binder* binder, const Scope& scope) : binder_(*binder), scope_(scope) {}

  // Aggregate functions are allowed, in an item that contains them. `place` must outlive this.
  void AllowAggregates(const AggregationPlace* place) { place_ = place; }
  // For ORDER BY and WHERE behind a projection: its items can be written again. `sorts_aggregates`
  // says that this expression contains aggregates, which must then be among the items. `known` must
  // outlive this.
  void UseKnown(const std::vector<KnownExpression>* known, bool sorts_aggregates) {
    known_ = known;
    sorts_aggregates_ = sorts_aggregates;
  }

  absl::StatusOr<ExpressionPtr> Bind(const ast::Expression& expression);
  // Where a boolean is asked for.
  absl::StatusOr<ExpressionPtr> BindPredicate(const ast::Expression& expression);

 private:
  class Local;  // a variable of a comprehension, while its body is bound
  friend class Local;

  absl::StatusOr<ExpressionPtr> BindOrNull(const ast::ExpressionPtr& expression);
  // A reference to a column that has this expression's value, or null.
  absl::StatusOr<ExpressionPtr> BindKnown(const ast::Expression& expression);
  // All names in sight, for a subquery.
  Scope WholeScope() const;
  absl::Status CheckGrouped(const Expression& subquery) const;

  absl::StatusOr<ExpressionPtr> BindNode(const ast::Literal& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Parameter& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Variable& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::PropertyAccess& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::LabelTest& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Unary& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Binary& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Comparison& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::FunctionCall& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::ListLiteral& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::MapLiteral& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Subscript& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Slice& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Case& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::ListComprehension& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Quantifier& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::Reduce& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::MapProjection& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::PatternComprehension& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::PatternExpression& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::ExistsSubquery& node, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindNode(const ast::CountSubquery& node, SourceSpan span);

  // bind_function.cc
  absl::StatusOr<ExpressionPtr> BindAggregate(const AggregateRow& row,
                                              const ast::FunctionCall& call, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindExists(const ast::FunctionCall& call, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindFunction(const FunctionRow& row, const ast::FunctionCall& call,
                                             SourceSpan span);

  Binder& binder_;
  const Scope& scope_;
  const AggregationPlace* place_ = nullptr;
  const std::vector<KnownExpression>* known_ = nullptr;
  bool sorts_aggregates_ = false;
  bool in_aggregate_ = false;
  std::vector<std::pair<std::string, Binding>> locals_;
};

// The value of a variable as an expression.
ExpressionPtr ReferTo(const Binding& binding, SourceSpan span);
// The static type of an expression as a variable's.
Binding BindingOf(const Expression& expression, Slot slot);
// kInvalidArgumentType unless the expression can have one of these types or be null.
absl::Status RequireType(const Expression& expression, TypeSet accepted, absl::string_view what);
// "INTEGER or STRING", without null.
std::string TypeNames(TypeSet types);

}  // namespace entente::query
