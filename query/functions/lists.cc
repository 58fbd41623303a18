#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/error.h"
#include "engine/status.h"
#include "query/functions/rows.h"
#include "query/functions/text.h"

namespace entente::query {
namespace {

absl::StatusOr<Value> Head(const FunctionContext&, Arguments arguments) {
  const std::vector<Value>& list = arguments[0].list();
  return list.empty() ? Value::Null() : list.front();
}

absl::StatusOr<Value> Last(const FunctionContext&, Arguments arguments) {
  const std::vector<Value>& list = arguments[0].list();
  return list.empty() ? Value::Null() : list.back();
}

absl::StatusOr<Value> Tail(const FunctionContext&, Arguments arguments) {
  const std::vector<Value>& list = arguments[0].list();
  if (list.empty()) return arguments[0];
  return Value::List(std::vector<Value>(list.begin() + 1, list.end()));
}

absl::StatusOr<Value> Range(const FunctionContext&, Arguments arguments) {
  const int64_t start = arguments[0].integer();
  const int64_t end = arguments[1].integer();
  const int64_t step = arguments.size() == 3 ? arguments[2].integer() : 1;
  if (step == 0)
    return MakeError(ErrorCode::kNumberOutOfRange, "The step of a range must not be 0");
  if (step > 0 ? start > end : start < end) return Value::List({});
  // Unsigned, since the distance of two integers may not fit into one.
  const uint64_t distance = step > 0 ? static_cast<uint64_t>(end) - static_cast<uint64_t>(start)
                                     : static_cast<uint64_t>(start) - static_cast<uint64_t>(end);
  const uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : 0 - static_cast<uint64_t>(step);
  const uint64_t steps = distance / stride;
  RETURN_IF_ERROR(CheckListSize(steps < UINT64_MAX ? steps + 1 : steps));
  std::vector<Value> list;
  list.reserve(steps + 1);
  // Unsigned again, since the step after the last may not fit.
  uint64_t next = static_cast<uint64_t>(start);
  for (uint64_t i = 0; i <= steps; ++i, next += static_cast<uint64_t>(step)) {
    list.push_back(Value::Integer(static_cast<int64_t>(next)));
  }
  return Value::List(std::move(list));
}

absl::StatusOr<Value> Reverse(const FunctionContext&, Arguments arguments) {
  if (arguments[0].is_string()) return Value::String(ReverseCodePoints(arguments[0].string()));
  const std::vector<Value>& list = arguments[0].list();
  return Value::List(std::vector<Value>(list.rbegin(), list.rend()));
}

absl::StatusOr<Value> Size(const FunctionContext&, Arguments arguments) {
  const size_t size =
      arguments[0].is_string() ? CodePointCount(arguments[0].string()) : arguments[0].list().size();
  return Value::Integer(static_cast<int64_t>(size));
}

absl::StatusOr<Value> IsEmpty(const FunctionContext&, Arguments arguments) {
  switch (arguments[0].type()) {
    case Value::Type::kString:
      return Value::Boolean(arguments[0].string().empty());
    case Value::Type::kMap:
      return Value::Boolean(arguments[0].map().empty());
    default:
      return Value::Boolean(arguments[0].list().empty());
  }
}

FunctionRow ListRow(absl::string_view name, TypeSet result, FunctionImplementation implementation,
                    absl::string_view help) {
  return {.name = name,
          .parameters = {{"list", types::kList}},
          .result = result,
          .implementation = implementation,
          .help = help};
}

}  // namespace

std::vector<FunctionRow> ListFunctions() {
  return {
      ListRow("head", types::kAny, Head, "The first element of a list; null if it is empty."),
      ListRow("last", types::kAny, Last, "The last element of a list; null if it is empty."),
      ListRow("tail", types::kList, Tail, "A list without its first element."),
      {.name = "range",
       .parameters = {{"start", types::kInteger},
                      {"end", types::kInteger},
                      {"step", types::kInteger}},
       .optional = 1,
       .result = types::kList,
       .elements = types::kInteger,
       .implementation = Range,
       .help = "The integers from `start` to `end`, both included, in steps of 1 or of `step`."},
      {.name = "reverse",
       .parameters = {{"list", types::kList | types::kString}},
       .result = types::kList | types::kString,
       .implementation = Reverse,
       .help = "A list, or the code points of a text, in reverse order."},
      {.name = "size",
       .parameters = {{"list", types::kList | types::kString}},
       .result = types::kInteger,
       .implementation = Size,
       .help = "The number of elements of a list, or of code points of a text."},
      {.name = "isEmpty",
       .parameters = {{"value", types::kList | types::kString | types::kMap}},
       .result = types::kBoolean,
       .implementation = IsEmpty,
       .help = "Whether a list, a map or a text has nothing in it."},
  };
}

}  // namespace entente::query
