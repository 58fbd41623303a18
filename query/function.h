// Functions of the language as rows of a table: name, arguments, result, null behaviour, help and
// implementation. Arity and type errors, name look-up and the reference page come from the rows.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/value.h"
#include "engine/value_depth.h"

namespace entente {
class Graph;
class Lens;
struct Corroboration;
}  // namespace entente

namespace entente::query {

struct RelationshipExtract;    // query/batch.h
struct RelationshipReference;  // likewise

// A set of Value::Type as bits, the static type of an expression or what a parameter accepts.
class TypeSet {
 public:
  constexpr TypeSet() = default;
  constexpr TypeSet(std::initializer_list<Value::Type> types) {
    for (Value::Type type : types) bits_ |= Bit(type);
  }
  static constexpr TypeSet Any() {
    TypeSet all;
    all.bits_ = (1u << (static_cast<int>(Value::Type::kNull) + 1)) - 1;
    return all;
  }
  constexpr bool Has(Value::Type type) const { return (bits_ & Bit(type)) != 0; }
  constexpr bool Meets(TypeSet other) const { return (bits_ & other.bits_) != 0; }
  constexpr TypeSet operator|(TypeSet other) const {
    TypeSet both;
    both.bits_ = bits_ | other.bits_;
    return both;
  }
  // All of these types but null.
  constexpr TypeSet WithoutNull() const {
    TypeSet rest = *this;
    rest.bits_ &= ~Bit(Value::Type::kNull);
    return rest;
  }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const TypeSet&) const = default;

 private:
  static constexpr uint32_t Bit(Value::Type type) { return 1u << static_cast<int>(type); }
  uint32_t bits_ = 0;
};

// What a running statement offers to functions. Everything outlives the call.
struct FunctionContext {
  const Graph* graph = nullptr;
  // The moment at which the statement began, for date(), datetime() …: seconds and nanoseconds UTC.
  int64_t statement_seconds = 0;
  int32_t statement_nanoseconds = 0;
  // The lens of relationships that carry none, and of functions that read one.
  const Lens* lens = nullptr;
};

enum class NullPolicy {
  kNullIfAnyNull,  // the implementation never sees a null
  kCalled,         // the implementation deals with nulls
};

enum class Purity {
  kPure,        // depends on its arguments alone: folded when they are constant
  kReadsGraph,  // or on the database, too
  kStatement,   // or on the statement's clock: constant within one statement
  kVolatile,    // rand(): new at every call
};

struct FunctionParameter {
  absl::string_view name;
  TypeSet accepts;  // kNull is accepted always
};

// Called through CallFunction only.
using FunctionImplementation = absl::StatusOr<Value> (*)(const FunctionContext& context,
                                                         absl::Span<const Value> arguments);

struct FunctionRow {
  absl::string_view name;  // as documented: "toInteger"; look-up ignores case
  std::vector<FunctionParameter> parameters;
  size_t optional = 0;    // how many of the last parameters may be left out
  bool variadic = false;  // the last parameter may be repeated
  TypeSet result;
  TypeSet elements = TypeSet::Any();  // what a result that is a list consists of
  NullPolicy nulls = NullPolicy::kNullIfAnyNull;
  Purity purity = Purity::kPure;
  bool pure_of_text = false;  // kStatement, but not when its one argument is text
  bool total = false;         // has a result for every value that its parameters accept
  FunctionImplementation implementation = nullptr;
  // Of a relationship as its only argument: the same from what was read beside it, and of many at
  // once, in order, with the lens that each carries; `*results` gets one for each.
  Value (*extract)(const RelationshipExtract& extract) = nullptr;
  absl::Status (*of_many)(const FunctionContext& context,
                          absl::Span<const RelationshipReference> relationships,
                          std::vector<Value>* results) = nullptr;
  // The internal function that gives size() of the result without making it; "" if there is none.
  absl::string_view size_function;
  absl::string_view help;  // one line
  // Reads what the lens in force where it is called decides: context.lens is that lens.
  bool reads_lens = false;
  bool internal = false;      // used by rewrites, not shown in the reference
  absl::string_view subject;  // heading in the reference, set by the table
};

// Calls the row's implementation after null policy and types, so that implementations see only what
// their row accepts. A value of another type is TypeError InvalidArgumentValue; the number of
// arguments must fit the row.
absl::StatusOr<Value> CallFunction(const FunctionRow& row, const FunctionContext& context,
                                   absl::Span<const Value> arguments);

// The row for `name` in any case ("date.truncate"), or nullptr.
const FunctionRow* FindFunction(absl::string_view name);
// Every row, by name.
std::vector<const FunctionRow*> AllFunctions();

// One aggregation in progress.
class Aggregator {
 public:
  virtual ~Aggregator() = default;
  // Nulls are skipped before this is called, except by count(*), which is fed anything. `arguments`
  // has the first argument and, for percentiles, the second.
  virtual absl::Status Add(absl::Span<const Value> arguments) = 0;
  virtual absl::StatusOr<Value> Finish() = 0;
  // Bytes of the values that it keeps, for memory limits. Only grows.
  virtual size_t KeptBytes() const { return 0; }
};

// What sum() gives for integers: an error where 64 bits do not hold it.
absl::StatusOr<Value> SumOfIntegers(absl::int128 sum);

struct AggregateRow {
  absl::string_view name;
  size_t arity = 1;
  TypeSet accepts;
  TypeSet result;
  std::unique_ptr<Aggregator> (*make)();
  absl::string_view help;
};

// DISTINCT is the operator's affair. count(*) is the row named "count".
const AggregateRow* FindAggregate(absl::string_view name);
std::vector<const AggregateRow*> AllAggregates();

// Limits of single values: kLimitExceeded beyond them. How deep lists and maps may lie in one
// another is kDeepestValue.
inline constexpr size_t kMostStringBytes = size_t{256} << 20;
inline constexpr size_t kMostListElements = 10'000'000;
absl::Status CheckStringSize(size_t bytes);
absl::Status CheckListSize(size_t elements);
absl::Status CheckDepth(const Value& value);

// Operators as the same kind of plain functions, for the evaluator: arithmetic and string
// concatenation (`op` one of + - * / % ^), with openCypher's rules for nulls, lists, strings,
// temporal values and durations, integer overflow (ArithmeticError) and division by zero.
absl::StatusOr<Value> Arithmetic(char op, const Value& left, const Value& right);
absl::StatusOr<Value> Negate(const Value& operand);
// object[index] for lists (negative from the end), maps, nodes and relationships; object[from..to].
absl::StatusOr<Value> ElementAt(const FunctionContext& context, const Value& object,
                                const Value& index);
absl::StatusOr<Value> SliceOf(const Value& list, const Value* from, const Value* to);
// object.name for nodes, relationships, maps, temporal values and durations.
absl::StatusOr<Value> PropertyOf(const FunctionContext& context, const Value& object,
                                 absl::string_view name);
// left IN list, three-valued.
absl::StatusOr<Value> IsIn(const Value& element, const Value& list);
// STARTS WITH, ENDS WITH, CONTAINS, =~ : null unless both are strings.
absl::StatusOr<Value> StartsWith(const Value& text, const Value& prefix);
absl::StatusOr<Value> EndsWith(const Value& text, const Value& suffix);
absl::StatusOr<Value> Contains(const Value& text, const Value& part);
absl::StatusOr<Value> Matches(const Value& text, const Value& pattern);

}  // namespace entente::query
