// The TCK's notation of values: null, true, 1, -0.5, NaN, 'text', [1, 2], {a: 1}, (:A:B {x: 1}),
// [:T {x: 1}], <(:A)-[:T]->()<-[:R]-(:B)>. Temporal values are written as the text of their ISO
// form. What a scenario expects and what the engine answers are both read by ParseTckValue.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::tck {

struct TckValue;

using TckList = std::vector<TckValue>;
using TckMap = std::map<std::string, TckValue>;

struct TckNull {};

struct TckNode {
  std::vector<std::string> labels;  // sorted
  TckMap properties;
};

struct TckRelationship {
  std::string type;
  TckMap properties;
};

// nodes.size() == relationships.size() + 1; forward[i] tells whether relationships[i] points from
// nodes[i] to nodes[i + 1].
struct TckPath {
  std::vector<TckNode> nodes;
  std::vector<TckRelationship> relationships;
  std::vector<bool> forward;
};

struct TckValue {
  std::variant<TckNull, bool, int64_t, double, std::string, TckList, TckMap, TckNode,
               TckRelationship, TckPath>
      value;
};

// Reads one value that fills the whole text, or is InvalidArgumentError.
absl::StatusOr<TckValue> ParseTckValue(absl::string_view text);

// How lists are compared: element by element, or as bags, at any depth.
enum class ListOrder { kSignificant, kIgnored };

// Sameness as the kit means it: 1 is not 1.0, NaN is NaN, null is null, labels and map keys have no
// order, floats are compared as numbers.
bool Same(const TckValue& a, const TckValue& b, ListOrder order = ListOrder::kSignificant);

using TckRow = std::vector<TckValue>;

// Whether both hold the same rows in the same order, or as often in any order.
bool SameRows(const std::vector<TckRow>& a, const std::vector<TckRow>& b, ListOrder order);
bool SameRowsInAnyOrder(const std::vector<TckRow>& a, const std::vector<TckRow>& b,
                        ListOrder order);

// The value as JSON, for parameters. Only null, booleans, numbers, text, lists and maps have such a
// form; others, NaN and infinities are InvalidArgumentError.
absl::StatusOr<std::string> ToJson(const TckValue& value);

// The value as an openCypher literal, which is the notation itself for the values that ToJson
// takes; equal values have equal texts.
std::string ToText(const TckValue& value);

}  // namespace entente::tck
