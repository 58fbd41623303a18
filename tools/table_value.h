// Values of properties as cells of the tables format, both ways.
//
// A plain cell holds a number, a boolean, or text. A column whose name ends with ":json" holds any
// value that a property can have, as JSON, in which an object with one field tells what JSON has no
// form for: {"date":"2024-06-18"}, likewise "time", "localtime", "datetime", "localdatetime",
// "duration", and {"float":"NaN"}.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/value.h"

namespace entente::tools {

inline constexpr absl::string_view kJsonSuffix = ":json";

// What looks like a number or a boolean is one; quotes make it text.
Value ParsePlainCell(absl::string_view text, bool quoted);

// InvalidArgument says what is wrong with the JSON.
absl::StatusOr<Value> ParseJsonCell(absl::string_view json);

// Whether a plain cell reads back as this value.
bool FitsPlainCell(const Value& value);

// The cells as they stand in the file, quotes included.
std::string PlainCell(const Value& value);
std::string JsonCell(const Value& value);

}  // namespace entente::tools
