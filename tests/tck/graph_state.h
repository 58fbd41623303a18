// What the kit counts as side effects: nodes, relationships, labels and properties that a query
// adds or removes, found by comparing the graph before and after.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "tests/tck/connection.h"

namespace entente::tck {

struct GraphState {
  std::set<int64_t> nodes;
  std::set<int64_t> relationships;
  std::set<std::string> labels;  // each once, however many nodes bear it
  // Whether of a relationship, whose, name, value: a changed value is one removed and one added.
  std::set<std::tuple<bool, int64_t, std::string, std::string>> properties;
};

absl::StatusOr<GraphState> ReadGraphState(Connection& connection);

// "+nodes", "-properties" … → how many; what is not there is 0.
using SideEffects = std::map<std::string, int64_t>;

SideEffects Difference(const GraphState& before, const GraphState& after);

}  // namespace entente::tck
