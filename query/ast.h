// The syntax tree: plain structs in std::variant, each node with the span of text it came from.
// The parser makes it, the short questions (question.h) rewrite into it, the binder reads it. It
// knows names only; what they mean is the binder's affair.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/error.h"
#include "engine/value.h"

namespace entente::query::ast {

struct Expression;
struct Query;
using ExpressionPtr = std::unique_ptr<Expression>;
using QueryPtr = std::unique_ptr<Query>;

// A name with the place where it stands. Backticks are gone, the case is kept.
struct Name {
  std::string text;
  SourceSpan span;
};

// ---- Patterns

// ->, <- and -- or <-->, seen from the left node.
enum class Arrow { kRight, kLeft, kEither };

struct NodePattern {
  std::optional<Name> variable;
  std::vector<Name> labels;  // all of them must hold
  bool must_exist = false;   // the labels; set by questions
  ExpressionPtr properties;  // a map literal, a parameter, or null
  SourceSpan span;
};

// *, *2, *1.., *..5, *1..5; a missing bound is nullopt.
struct Length {
  std::optional<int64_t> least;
  std::optional<int64_t> most;
};

struct RelationshipPattern {
  std::optional<Name> variable;
  std::vector<Name> types;  // one of them must hold; empty: any
  Arrow arrow = Arrow::kEither;
  std::optional<Length> length;
  ExpressionPtr properties;
  // Set by questions: a type that the catalogue does not know is an error, not an empty match.
  bool must_exist = false;
  SourceSpan span;
};

enum class PathSearch { kAll, kShortest, kAllShortest };

// nodes.size() == relationships.size() + 1.
struct PathPattern {
  std::optional<Name> variable;
  PathSearch search = PathSearch::kAll;
  std::vector<NodePattern> nodes;
  std::vector<RelationshipPattern> relationships;
  SourceSpan span;
};

// ---- Lens clauses, in the words of DESIGN.md 2. Each dimension that is set replaces the outer
// one.

struct TimeRange {
  enum class Kind { kAsOf, kFromTo, kBetweenAnd, kAll };
  Kind kind = Kind::kAll;
  ExpressionPtr from;  // the instant of AS OF, or the first end
  ExpressionPtr to;    // the other end; in FROM … TO, an end whose value is null is open
  SourceSpan span;
};

// INCLUDING DENIED: facts that are only denied are seen, too. INCLUDING ALL: every fact is.
enum class Including { kDenied, kAll };

struct LensClauses {
  std::optional<TimeRange> valid_time;
  std::optional<TimeRange> known_time;
  std::vector<ExpressionPtr> according_to;
  std::vector<ExpressionPtr> except;
  std::vector<ExpressionPtr> denied_by;
  ExpressionPtr least_confidence;
  std::optional<Including> including;
  bool empty() const {
    return !valid_time && !known_time && according_to.empty() && except.empty() &&
           denied_by.empty() && !least_confidence && !including;
  }
};

// ---- Expressions

struct Literal {
  Value value;  // null, boolean, integer, float, string
};
struct Parameter {
  std::string name;  // without the $
};
struct Variable {
  std::string name;
};
struct PropertyAccess {
  ExpressionPtr object;
  Name key;
};
// n:A:B, r:T
struct LabelTest {
  ExpressionPtr object;
  std::vector<Name> labels;
};
enum class UnaryOperator { kNot, kMinus, kPlus, kIsNull, kIsNotNull };
struct Unary {
  UnaryOperator op;
  ExpressionPtr operand;
};
enum class BinaryOperator {
  kOr,
  kXor,
  kAnd,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
  kIn,
  kStartsWith,
  kEndsWith,
  kContains,
  kMatches,  // =~
};
struct Binary {
  BinaryOperator op;
  ExpressionPtr left;
  ExpressionPtr right;
};
enum class Comparator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
// a < b <= c: operands.size() == comparators.size() + 1, read as a < b AND b <= c.
struct Comparison {
  std::vector<ExpressionPtr> operands;
  std::vector<Comparator> comparators;
};
// Also count(*), whose `star` is set and which has no arguments. Namespaces stay in the name:
// "date.truncate".
struct FunctionCall {
  Name name;
  bool distinct = false;
  bool star = false;
  std::vector<ExpressionPtr> arguments;
};
struct ListLiteral {
  std::vector<ExpressionPtr> elements;
};
struct MapLiteral {
  std::vector<std::pair<Name, ExpressionPtr>> entries;
};
struct Subscript {
  ExpressionPtr object;
  ExpressionPtr index;
};
// list[from..to], either end may be missing.
struct Slice {
  ExpressionPtr object;
  ExpressionPtr from;
  ExpressionPtr to;
};
struct Case {
  ExpressionPtr subject;  // null in the searched form
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> alternatives;
  ExpressionPtr otherwise;  // may be null
};
// [x IN list WHERE predicate | projection]
struct ListComprehension {
  Name variable;
  ExpressionPtr list;
  ExpressionPtr predicate;   // may be null
  ExpressionPtr projection;  // may be null
};
enum class QuantifierKind { kAll, kAny, kNone, kSingle };
struct Quantifier {
  QuantifierKind kind;
  Name variable;
  ExpressionPtr list;
  ExpressionPtr predicate;
};
// reduce(accumulator = initial, variable IN list | step)
struct Reduce {
  Name accumulator;
  ExpressionPtr initial;
  Name variable;
  ExpressionPtr list;
  ExpressionPtr step;
};
// n {.name, .*, key: expression, variable}
struct MapProjection {
  struct Item {
    enum class Kind { kProperty, kAllProperties, kEntry, kVariable };
    Kind kind;
    Name key;
    ExpressionPtr value;  // kEntry only
  };
  Name object;
  std::vector<Item> items;
};
// [path = pattern FOR … WHERE predicate | projection]
struct PatternComprehension {
  PathPattern pattern;
  LensClauses lens;
  ExpressionPtr predicate;  // may be null
  ExpressionPtr projection;
};
// A pattern where a boolean is asked for, as in WHERE; exists(pattern), which is the same boolean
// and may stand anywhere; or shortestPath(…) and allShortestPaths(…), whose value is a path and a
// list of paths, as pattern.search tells. Never has a path variable.
struct PatternExpression {
  PathPattern pattern;
  bool exists = false;  // written as exists(pattern)
};
// exists { MATCH … } and exists { pattern WHERE … }: the latter is parsed as the former.
struct ExistsSubquery {
  QueryPtr query;
};
// count { … } in the same manner.
struct CountSubquery {
  QueryPtr query;
};

struct Expression {
  using Node = std::variant<Literal, Parameter, Variable, PropertyAccess, LabelTest, Unary, Binary,
                            Comparison, FunctionCall, ListLiteral, MapLiteral, Subscript, Slice,
                            Case, ListComprehension, Quantifier, Reduce, MapProjection,
                            PatternComprehension, PatternExpression, ExistsSubquery, CountSubquery>;
  Node node;
  SourceSpan span;
  // How the projection of this expression is named when it has no alias: its source text.
};

// ---- Clauses

struct Match {
  bool optional = false;
  std::vector<PathPattern> patterns;
  LensClauses lens;
  ExpressionPtr where;
};

struct Unwind {
  ExpressionPtr list;
  Name variable;
};

struct ProjectionItem {
  ExpressionPtr expression;
  std::optional<Name> alias;
  std::string text;  // the expression as written, the column's name without an alias
};

struct SortItem {
  ExpressionPtr expression;
  bool descending = false;
};

struct Projection {
  bool distinct = false;
  bool star = false;  // "*" stands first; items may follow
  std::vector<ProjectionItem> items;
  std::vector<SortItem> order_by;
  ExpressionPtr skip;
  ExpressionPtr limit;
  SourceSpan span;
};

struct With {
  Projection projection;
  ExpressionPtr where;
};

struct Return {
  Projection projection;
};

struct Create {
  std::vector<PathPattern> patterns;
};

struct SetItem {
  struct Property {
    ExpressionPtr object;
    Name key;
    ExpressionPtr value;
  };
  struct Labels {
    Name variable;
    std::vector<Name> labels;
  };
  // variable = map, or variable += map when `merge`.
  struct Map {
    Name variable;
    bool merge = false;
    ExpressionPtr map;
  };
  std::variant<Property, Labels, Map> action;
  SourceSpan span;
};

struct Set {
  std::vector<SetItem> items;
};

struct RemoveItem {
  struct Property {
    ExpressionPtr object;
    Name key;
  };
  std::variant<Property, SetItem::Labels> action;
  SourceSpan span;
};

struct Remove {
  std::vector<RemoveItem> items;
};

struct Merge {
  PathPattern pattern;
  std::vector<SetItem> on_create;
  std::vector<SetItem> on_match;
};

struct Delete {
  bool detach = false;
  std::vector<ExpressionPtr> expressions;
};

struct YieldItem {
  Name field;
  std::optional<Name> alias;
};

struct Call {
  Name procedure;                                       // "entente.find"
  std::optional<std::vector<ExpressionPtr>> arguments;  // nullopt: from parameters of their names
  bool yield_star = false;
  std::optional<std::vector<YieldItem>> yield;
  ExpressionPtr where;
};

// CALL { … } per row.
struct CallSubquery {
  QueryPtr query;
};

struct Clause {
  using Node = std::variant<Match, Unwind, With, Return, Create, Merge, Set, Remove, Delete, Call,
                            CallSubquery>;
  Node node;
  SourceSpan span;
};

// Clauses in order; composition rules (RETURN last, no reading after writing without WITH …) are
// checked by the binder.
struct SingleQuery {
  std::vector<Clause> clauses;
  SourceSpan span;
};

struct Query {
  LensClauses lens;  // before the whole query
  std::vector<SingleQuery> parts;
  std::vector<bool> union_all;  // between parts[i] and parts[i + 1]
  SourceSpan span;
};

// ---- Statements

enum class Explain { kNone, kExplain, kProfile };

struct QueryStatement {
  Explain explain = Explain::kNone;
  bool question = false;   // rewritten from a short question
  size_t stack_bytes = 0;  // that whoever walks it needs at most (stack_room.h)
  Query query;
};
// ON :Label(property), or FOR (n:Label) ON (n.property).
struct CreateIndex {
  std::optional<Name> name;
  bool if_not_exists = false;
  Name label;
  Name property;
};
// By name, or else by label and property.
struct DropIndex {
  std::optional<Name> name;
  bool if_exists = false;
  Name label;
  Name property;
};
struct ShowIndexes {};

enum class SymbolKind { kRelationType, kLabel };
// CREATE RELATION TYPE name UNDER parents {…}, CREATE LABEL name UNDER parents. What is not given
// stays as it is.
struct CreateSymbol {
  SymbolKind kind;
  Name name;
  std::vector<Name> parents;
  std::optional<int> sign;
  std::optional<std::string> code;    // CAMEO's
  std::optional<std::string> plover;  // likewise
  std::optional<std::string> gdelt;
  std::optional<double> weight;
};
// DROP RELATION TYPE name, DROP LABEL name: with parents it no longer lies under these, without it
// stands for itself alone.
struct DropSymbol {
  SymbolKind kind;
  Name name;
  std::vector<Name> parents;
};
// SHOW RELATION TYPES, SHOW LABELS
struct ShowSymbols {
  SymbolKind kind;
};
struct SetLens {
  LensClauses lens;
};
struct ResetLens {};
struct ShowLens {};
struct BeginTransaction {};
struct CommitTransaction {};
struct RollbackTransaction {};

struct Statement {
  using Node = std::variant<QueryStatement, CreateIndex, DropIndex, ShowIndexes, CreateSymbol,
                            DropSymbol, ShowSymbols, SetLens, ResetLens, ShowLens, BeginTransaction,
                            CommitTransaction, RollbackTransaction>;
  Node node;
  SourceSpan span;
};

}  // namespace entente::query::ast
