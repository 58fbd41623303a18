// Bound expressions: what the binder makes of ast::Expression. Names have become slots, functions
// rows of the table, and each node knows its static type and the slots it reads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/error.h"
#include "engine/value.h"
#include "query/ast.h"
#include "query/function.h"

namespace entente::query {

// A variable of the statement, named or not: the index of its column in every Batch. Each binding
// has a slot of its own, so a name that WITH declares anew is a new slot.
using Slot = uint32_t;

struct Plan;
using PlanPtr = std::unique_ptr<Plan>;
struct Expression;
struct BoundLens;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Constant {
  Value value;
};
// The statement's parameter of this name, the same for every row.
struct ParameterReference {
  std::string name;
};
struct SlotReference {
  Slot slot;
};
struct PropertyReference {
  ExpressionPtr object;
  std::string name;
};
// Node labels by name, descendants count; on a relationship, its type.
struct LabelPredicate {
  ExpressionPtr object;
  std::vector<std::string> labels;
  bool exact = false;  // MERGE: descendants do not count
};
struct UnaryExpression {
  ast::UnaryOperator op;
  ExpressionPtr operand;
};
// AND and OR evaluate the right side only for rows that the left one leaves open.
struct BinaryExpression {
  ast::BinaryOperator op;
  ExpressionPtr left;
  ExpressionPtr right;
};
struct ComparisonExpression {
  ast::Comparator comparator;
  ExpressionPtr left;
  ExpressionPtr right;
};
// a < b <= c: the AND of the comparisons of neighbours, of which there are two or more. Each
// operand is evaluated once, and only for rows that the comparisons before it leave open.
struct ComparisonChainExpression {
  std::vector<ExpressionPtr> operands;
  std::vector<ast::Comparator> comparators;  // one fewer
};
struct FunctionExpression {
  const FunctionRow* function;
  std::vector<ExpressionPtr> arguments;
  const BoundLens* lens = nullptr;  // in force here, of functions that read it; null: the default
};
struct ListExpression {
  std::vector<ExpressionPtr> elements;
};
struct MapExpression {
  std::vector<std::pair<std::string, ExpressionPtr>> entries;
};
struct SubscriptExpression {
  ExpressionPtr object;
  ExpressionPtr index;
};
struct SliceExpression {
  ExpressionPtr object;
  ExpressionPtr from;  // may be null
  ExpressionPtr to;    // may be null
};
// The simple form (CASE x WHEN 1 …) keeps `subject`, which is evaluated once. Alternatives are
// evaluated only for the rows that reach them.
struct CaseExpression {
  ExpressionPtr subject;  // may be null
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> alternatives;
  ExpressionPtr otherwise;  // may be null
};
struct ListComprehensionExpression {
  Slot element;
  ExpressionPtr list;
  ExpressionPtr predicate;   // may be null
  ExpressionPtr projection;  // may be null
};
struct QuantifierExpression {
  ast::QuantifierKind kind;
  Slot element;
  ExpressionPtr list;
  ExpressionPtr predicate;
};
struct ReduceExpression {
  Slot accumulator;
  ExpressionPtr initial;
  Slot element;
  ExpressionPtr list;
  ExpressionPtr step;
};
// n {.*, .name, key: expression}: items in order, later ones win.
struct MapProjectionExpression {
  struct Item {
    bool all_properties = false;
    std::string key;
    ExpressionPtr value;  // null with all_properties
  };
  ExpressionPtr object;
  std::vector<Item> items;
};
// A path from slots of nodes and of relationships (or lists of them, of variable length) that
// alternate.
struct PathExpression {
  std::vector<Slot> elements;
};
// A plan that runs once for each row: its Argument leaf yields the rows' slots that it needs.
struct SubqueryExpression {
  enum class Kind {
    kExists,   // boolean: whether there is a row
    kCount,    // integer: the number of rows
    kCollect,  // list of `result` of each row: pattern comprehension
  };
  Kind kind;
  PlanPtr plan;
  Slot result = 0;              // kCollect only
  std::vector<Slot> arguments;  // the outer slots that the plan reads
  Slot ordinal = 0;             // see ArgumentPlan
  bool row_by_row = false;
};

struct Expression {
  using Node = std::variant<Constant, ParameterReference, SlotReference, PropertyReference,
                            LabelPredicate, UnaryExpression, BinaryExpression, ComparisonExpression,
                            ComparisonChainExpression, FunctionExpression, ListExpression,
                            MapExpression, SubscriptExpression, SliceExpression, CaseExpression,
                            ListComprehensionExpression, QuantifierExpression, ReduceExpression,
                            MapProjectionExpression, PathExpression, SubqueryExpression>;
  Node node;
  SourceSpan span;
  TypeSet type = TypeSet::Any();
  TypeSet elements = TypeSet::Any();  // what its elements can be if it is a list
  // Slots of the enclosing rows that this reads, sorted; not those it declares itself.
  std::vector<Slot> reads;
};

// The lens of a pattern: clauses as bound expressions, innermost settings already merged in. An
// empty one (all members unset) is the default lens or the session's.
struct BoundTimeRange {
  ast::TimeRange::Kind kind = ast::TimeRange::Kind::kAll;
  ExpressionPtr from;
  ExpressionPtr to;
};
struct BoundLens {
  std::optional<BoundTimeRange> valid_time;
  std::optional<BoundTimeRange> known_time;
  std::vector<ExpressionPtr> according_to;
  std::vector<ExpressionPtr> except;
  std::vector<ExpressionPtr> denied_by;
  ExpressionPtr least_confidence;
  std::optional<ast::Including> including;
  // Slots that the clauses read: empty when one lens serves all rows.
  std::vector<Slot> reads;
};

}  // namespace entente::query
