// How tightly operators bind.
#pragma once

namespace entente::query {

// Loosest first, as openCypher's grammar nests them. Binary ones group to the left.
enum OperatorLevel {
  kOrLevel,
  kXorLevel,
  kAndLevel,
  kNotLevel,
  kComparisonLevel,
  kPredicateLevel,  // IN, STARTS WITH, ENDS WITH, CONTAINS, =~, IS NULL
  kAddLevel,
  kMultiplyLevel,
  kPowerLevel,
  kSignLevel,   // - and + before an operand
  kLabelLevel,  // n:Label
  kAtomLevel,   // all that stands for itself, with its .property and [subscript]
};

}  // namespace entente::query
