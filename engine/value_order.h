// The ways in which openCypher compares values:
//   Equals, Less, LessOrEqual   the operators =, < and <=, where std::nullopt is null
//   Equivalent, HashOf          grouping, DISTINCT: null is the same as null, NaN as NaN, 1 as 1.0
//   OrderOf                     ORDER BY, min, max: a total order over all values
// Nodes and relationships are compared by id alone, whatever else they carry. Integers and floats
// are compared by their exact amounts.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/value.h"

namespace entente {

// Null when either is null, or when lists or maps of equal shape differ in nothing but nulls.
// Values of different types are not equal; NaN equals nothing.
std::optional<bool> Equals(const Value& a, const Value& b);

// Null unless both are numbers, strings, booleans, lists, or temporal instants of one type. Lists
// are compared element by element, then by length. Every comparison with NaN is false.
std::optional<bool> Less(const Value& a, const Value& b);
std::optional<bool> LessOrEqual(const Value& a, const Value& b);

bool Equivalent(const Value& a, const Value& b);
// Equivalent values have equal hashes.
size_t HashOf(const Value& value);

// Negative, zero or positive. First by type, as Value::Type lists them with integers and floats
// taken together; then: maps by their keys and then their values; lists element by element; paths
// by nodes and relationships in turn; durations by their average length; NaN after other numbers.
int OrderOf(const Value& a, const Value& b);

// For hash tables keyed by values.
struct ValueHash {
  size_t operator()(const Value& value) const { return HashOf(value); }
};
struct ValueEquivalence {
  bool operator()(const Value& a, const Value& b) const { return Equivalent(a, b); }
};

}  // namespace entente
