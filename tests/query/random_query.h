// Random read queries over a small random graph with evidence: the same for the same seed on any
// machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace entente::query {

// Statements that make the graph.
std::vector<std::string> RandomGraph(uint32_t seed);

struct RandomQuery {
  std::string text;
  // The order of its rows is total.
  bool ordered = false;
  // It gives lists whose elements come in no order that openCypher would tell.
  bool lists_in_any_order = false;
};
// Valid at compile time; it may fail at runtime.
RandomQuery MakeRandomQuery(uint32_t seed);

}  // namespace entente::query
