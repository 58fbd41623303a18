// Values from and to JSON.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/value.h"

namespace entente {

// One JSON text. Objects become maps, of members with the same name the last one counts; numbers
// without fraction and exponent become integers and must fit into 64 bits, others floats. An error
// (InvalidArgumentError) tells the byte at which it was seen. Arrays and objects may lie in one
// another kDeepestValue deep (value_depth.h).
absl::StatusOr<Value> ParseJson(absl::string_view text);

// On one line without blanks. Temporal values and durations are their ISO 8601 texts, NaN and the
// infinities the strings "NaN", "Infinity" and "-Infinity". A node is
// {"id":1,"labels":["A"],"properties":{…}}, a relationship
// {"id":7,"type":"T","start":1,"end":2,"properties":{…}}, a path the list of both in turn.
std::string ToJson(const Value& value);

}  // namespace entente
