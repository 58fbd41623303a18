#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/graph.h"
#include "engine/status.h"
#include "engine/temporal_arithmetic.h"
#include "engine/temporal_fields.h"
#include "engine/value_order.h"
#include "query/function.h"
#include "query/functions/rows.h"

namespace entente::query {
namespace {

using Type = Value::Type;

std::string NameOf(const Value& value) { return std::string(Value::TypeName(value.type())); }

absl::Status NotDefined(char op, const Value& left, const Value& right) {
  return MakeError(
      ErrorCode::kRuntimeInvalidArgumentType,
      absl::StrCat("There is no ", NameOf(left), " ", std::string(1, op), " ", NameOf(right)));
}

absl::Status Overflow(char op, int64_t left, int64_t right) {
  return MakeError(ErrorCode::kRuntimeIntegerOverflow,
                   absl::StrCat(left, " ", std::string(1, op), " ", right,
                                " does not fit into a 64-bit integer"));
}

absl::StatusOr<Value> IntegerArithmetic(char op, int64_t left, int64_t right) {
  int64_t result = 0;
  switch (op) {
    case '+':
      if (__builtin_add_overflow(left, right, &result)) return Overflow(op, left, right);
      return Value::Integer(result);
    case '-':
      if (__builtin_sub_overflow(left, right, &result)) return Overflow(op, left, right);
      return Value::Integer(result);
    case '*':
      if (__builtin_mul_overflow(left, right, &result)) return Overflow(op, left, right);
      return Value::Integer(result);
    default:
      break;
  }
  if (right == 0) {
    return MakeError(ErrorCode::kDivisionByZero,
                     absl::StrCat(left, " ", std::string(1, op), " 0: division by zero"));
  }
  if (right == -1) {  // the processor traps at the least integer over -1
    if (op == '%') return Value::Integer(0);
    if (left == std::numeric_limits<int64_t>::min()) return Overflow(op, left, right);
    return Value::Integer(-left);
  }
  return Value::Integer(op == '/' ? left / right : left % right);
}

Value FloatArithmetic(char op, double left, double right) {
  switch (op) {
    case '+':
      return Value::Float(left + right);
    case '-':
      return Value::Float(left - right);
    case '*':
      return Value::Float(left * right);
    case '/':
      return Value::Float(left / right);
    case '%':
      return Value::Float(std::fmod(left, right));
    default:
      return Value::Float(std::pow(left, right));
  }
}

absl::StatusOr<Value> Concatenation(const Value& left, const Value& right) {
  std::vector<Value> list;
  const size_t size =
      (left.is_list() ? left.list().size() : 1) + (right.is_list() ? right.list().size() : 1);
  RETURN_IF_ERROR(CheckListSize(size));
  list.reserve(size);
  for (const Value* side : {&left, &right}) {
    if (side->is_list()) {
      list.insert(list.end(), side->list().begin(), side->list().end());
    } else {
      list.push_back(*side);
    }
  }
  return Value::List(std::move(list));
}

bool JoinsAsText(const Value& value) { return value.is_string() || value.is_number(); }

absl::StatusOr<Value> JoinedText(const Value& left, const Value& right) {
  const std::string begin = ScalarText(left);
  const std::string end = ScalarText(right);
  RETURN_IF_ERROR(CheckStringSize(begin.size() + end.size()));
  return Value::String(absl::StrCat(begin, end));
}

absl::StatusOr<Value> DurationArithmetic(char op, const Duration& left, const Value& right) {
  absl::StatusOr<Duration> result;
  if (right.is_duration()) {
    absl::StatusOr<Duration> added = right.duration();
    if (op == '-') added = entente::Negate(right.duration());
    if (!added.ok()) return added.status();
    result = Plus(left, *added);
  } else if (op == '*') {
    result = Times(left, right);
  } else {
    result = DividedBy(left, right);
  }
  if (!result.ok()) return result.status();
  return Value::OfDuration(*result);
}

// Durations and instants with one another and with numbers; NotDefined for other pairs.
absl::StatusOr<Value> TemporalArithmetic(char op, const Value& left, const Value& right) {
  if (left.is_temporal() && right.is_duration()) {
    if (op == '+') return AddDuration(left, right.duration());
    if (op == '-') {
      ASSIGN_OR_RETURN(const Duration back, entente::Negate(right.duration()));
      return AddDuration(left, back);
    }
  }
  if (op == '+' && left.is_duration() && right.is_temporal()) {
    return AddDuration(right, left.duration());
  }
  const bool summed = (op == '+' || op == '-') && left.is_duration() && right.is_duration();
  const bool scaled = (op == '*' || op == '/') && left.is_duration() && right.is_number();
  if (summed || scaled) return DurationArithmetic(op, left.duration(), right);
  if (op == '*' && left.is_number() && right.is_duration()) {
    return DurationArithmetic(op, right.duration(), left);
  }
  return NotDefined(op, left, right);
}

// Both ends of a slice count from the end of the list when they are negative.
size_t SliceEnd(int64_t index, size_t size) {
  const int64_t length = static_cast<int64_t>(size);
  if (index < 0) index += length;
  if (index < 0) return 0;
  return static_cast<size_t>(index > length ? length : index);
}

// A function of two texts; null unless both are.
template <typename Test>
Value TextTest(const Value& left, const Value& right, Test test) {
  if (!left.is_string() || !right.is_string()) return Value::Null();
  return Value::Boolean(test(left.string(), right.string()));
}

}  // namespace

absl::Status CheckDepth(const Value& value) {
  if (value.Depth() <= kDeepestValue) return absl::OkStatus();
  return MakeError(ErrorCode::kLimitExceeded,
                   absl::StrCat("Lists and maps lie deeper in one another than ", kDeepestValue));
}

absl::StatusOr<Value> Arithmetic(char op, const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return Value::Null();
  if (left.is_integer() && right.is_integer() && op != '^') {
    return IntegerArithmetic(op, left.integer(), right.integer());
  }
  if (left.is_number() && right.is_number()) {
    return FloatArithmetic(op, left.number(), right.number());
  }
  if (op == '+') {
    if (left.is_list() || right.is_list()) return Concatenation(left, right);
    if (JoinsAsText(left) && JoinsAsText(right)) return JoinedText(left, right);
  }
  return TemporalArithmetic(op, left, right);
}

absl::StatusOr<Value> Negate(const Value& operand) {
  switch (operand.type()) {
    case Type::kNull:
      return Value::Null();
    case Type::kInteger:
      if (operand.integer() == std::numeric_limits<int64_t>::min()) {
        return MakeError(
            ErrorCode::kRuntimeIntegerOverflow,
            absl::StrCat("-(", operand.integer(), ") does not fit into a 64-bit integer"));
      }
      return Value::Integer(-operand.integer());
    case Type::kFloat:
      return Value::Float(-operand.floating());
    default:
      return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                       absl::StrCat("There is no negative ", NameOf(operand)));
  }
}

absl::StatusOr<Value> ElementAt(const FunctionContext& context, const Value& object,
                                const Value& index) {
  if (object.is_null() || index.is_null()) return Value::Null();
  if (object.is_list()) {
    if (!index.is_integer()) {
      return MakeError(
          ErrorCode::kListElementAccessByNonInteger,
          absl::StrCat("A list's elements are numbered; the index is a ", NameOf(index)));
    }
    const std::vector<Value>& list = object.list();
    const int64_t size = static_cast<int64_t>(list.size());
    int64_t place = index.integer();
    if (place < 0) place += size;
    return place < 0 || place >= size ? Value::Null() : list[static_cast<size_t>(place)];
  }
  if (!object.is_map() && !object.is_node() && !object.is_relationship()) {
    return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                     absl::StrCat("A ", NameOf(object), " has no elements to take with []"));
  }
  if (!index.is_string()) {
    return MakeError(ErrorCode::kMapElementAccessByNonString,
                     absl::StrCat("The keys of a ", NameOf(object), " are strings; this one is a ",
                                  NameOf(index)));
  }
  return PropertyOf(context, object, index.string());
}

absl::StatusOr<Value> SliceOf(const Value& list, const Value* from, const Value* to) {
  if (list.is_null()) return Value::Null();
  if (!list.is_list()) {
    return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                     absl::StrCat("A ", NameOf(list), " cannot be sliced, only a list can"));
  }
  for (const Value* end : {from, to}) {
    if (end == nullptr || end->is_integer()) continue;
    if (end->is_null()) return Value::Null();
    return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                     absl::StrCat("A slice is taken between integers, not at a ", NameOf(*end)));
  }
  const std::vector<Value>& elements = list.list();
  const size_t begin = from == nullptr ? 0 : SliceEnd(from->integer(), elements.size());
  const size_t end = to == nullptr ? elements.size() : SliceEnd(to->integer(), elements.size());
  if (begin >= end) return Value::List({});
  return Value::List(std::vector<Value>(elements.begin() + static_cast<ptrdiff_t>(begin),
                                        elements.begin() + static_cast<ptrdiff_t>(end)));
}

absl::StatusOr<Value> PropertyOf(const FunctionContext& context, const Value& object,
                                 absl::string_view name) {
  switch (object.type()) {
    case Type::kNull:
      return Value::Null();
    case Type::kNode:
      return context.graph->NodeProperty(object.node_id(), name);
    case Type::kRelationship:
      return context.graph->RelationshipProperty(object.relationship().id, name);
    case Type::kMap: {
      const Value* found = object.Find(name);
      return found == nullptr ? Value::Null() : *found;
    }
    default:
      break;
  }
  if (object.is_temporal() || object.is_duration()) {
    const std::optional<Value> component = TemporalComponent(object, name);
    if (component.has_value()) return *component;
    return MakeError(
        ErrorCode::kRuntimeInvalidArgumentValue,
        absl::StrCat("A ", NameOf(object), " has no component `", std::string(name), "`"));
  }
  return MakeError(
      ErrorCode::kRuntimeInvalidArgumentType,
      absl::StrCat("A ", NameOf(object), " has no properties such as `", std::string(name), "`"));
}

absl::StatusOr<Value> IsIn(const Value& element, const Value& list) {
  if (list.is_null()) return Value::Null();
  if (!list.is_list()) {
    return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                     absl::StrCat("IN looks into a list, not into a ", NameOf(list)));
  }
  bool unknown = false;
  for (const Value& candidate : list.list()) {
    const std::optional<bool> equal = Equals(element, candidate);
    if (!equal.has_value()) {
      unknown = true;
    } else if (*equal) {
      return Value::Boolean(true);
    }
  }
  return unknown ? Value::Null() : Value::Boolean(false);
}

absl::StatusOr<Value> StartsWith(const Value& text, const Value& prefix) {
  return TextTest(text, prefix,
                  [](absl::string_view a, absl::string_view b) { return absl::StartsWith(a, b); });
}

absl::StatusOr<Value> EndsWith(const Value& text, const Value& suffix) {
  return TextTest(text, suffix,
                  [](absl::string_view a, absl::string_view b) { return absl::EndsWith(a, b); });
}

absl::StatusOr<Value> Contains(const Value& text, const Value& part) {
  return TextTest(text, part,
                  [](absl::string_view a, absl::string_view b) { return absl::StrContains(a, b); });
}

}  // namespace entente::query
