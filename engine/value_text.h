// Values in the notation of the openCypher TCK's expected results.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "engine/value.h"

namespace entente {

// null, true, 1, 1.5, NaN, Infinity, 'text', [1, 2], {a: 1}, (:A:B {name: 'x'}), [:T {k: 1}],
// <(:A)-[:T]->()<-[:S]-(:B)>; temporal values and durations are quoted: '1984-10-11'. In a text
// backslash and quote stand behind a backslash; names that are not plain words are in backticks.
// Nodes and relationships show what they were filled with.
std::string ValueText(const Value& value);

// A name in backticks, which statements take whatever it holds.
std::string QuotedName(absl::string_view name);

// The shortest digits that read back as the same number, always with a point or an exponent: 1.0,
// 0.000001, 1.5e300; NaN, Infinity, -Infinity.
std::string FormatFloat(double v);

// The ISO 8601 text of a temporal value or a duration, which `value` must be.
std::string TemporalText(const Value& value);

}  // namespace entente
