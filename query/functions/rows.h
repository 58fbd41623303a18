// The parts of the function table, one for each subject, and the vocabulary they are written in.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/value.h"
#include "query/function.h"

namespace entente::query {

// What the rows of each file accept and return.
namespace types {
inline constexpr TypeSet kAny = TypeSet::Any();
inline constexpr TypeSet kBoolean{Value::Type::kBoolean};
inline constexpr TypeSet kInteger{Value::Type::kInteger};
inline constexpr TypeSet kFloat{Value::Type::kFloat};
inline constexpr TypeSet kNumber{Value::Type::kInteger, Value::Type::kFloat};
inline constexpr TypeSet kString{Value::Type::kString};
inline constexpr TypeSet kList{Value::Type::kList};
inline constexpr TypeSet kMap{Value::Type::kMap};
inline constexpr TypeSet kNode{Value::Type::kNode};
inline constexpr TypeSet kRelationship{Value::Type::kRelationship};
inline constexpr TypeSet kPath{Value::Type::kPath};
inline constexpr TypeSet kDate{Value::Type::kDate};
inline constexpr TypeSet kLocalTime{Value::Type::kLocalTime};
inline constexpr TypeSet kTime{Value::Type::kTime};
inline constexpr TypeSet kLocalDateTime{Value::Type::kLocalDateTime};
inline constexpr TypeSet kDateTime{Value::Type::kDateTime};
inline constexpr TypeSet kDuration{Value::Type::kDuration};
inline constexpr TypeSet kTemporal = kDate | kLocalTime | kTime | kLocalDateTime | kDateTime;
}  // namespace types

using Arguments = absl::Span<const Value>;

std::vector<FunctionRow> ConversionFunctions();
std::vector<FunctionRow> EvidenceFunctions();
std::vector<FunctionRow> GraphFunctions();
std::vector<FunctionRow> ListFunctions();
std::vector<FunctionRow> MathFunctions();
std::vector<FunctionRow> StringFunctions();
std::vector<FunctionRow> TemporalFunctions();
std::vector<AggregateRow> AggregateFunctions();

// `row`, whose result is a list, saying what it consists of.
FunctionRow ListOf(TypeSet elements, FunctionRow row);

// "Expected a STRING or LIST, found INTEGER", as TypeError InvalidArgumentValue.
absl::Status WrongType(TypeSet expected, const Value& found);
// The types of `set` in words: "INTEGER or FLOAT", "any value".
std::string TypeSetText(TypeSet set);

// A boolean, number, string, instant or duration, which `value` must be, as toString() writes it.
std::string ScalarText(const Value& value);

}  // namespace entente::query
