// Which index a pattern's node is sought by.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/expression.h"
#include "query/pattern_steps.h"
#include "query/plan.h"

namespace entente::query {

struct IndexChoice {
  IndexSeekPlan seek;  // without its input
  double rows = 0;     // that it finds, an estimate
};

// The index seek that finds the fewest nodes, if one finds fewer than the label's own scan. The
// node bears the labels, and `conditions` are those that read it and otherwise only what is bound
// before. They are not changed: the seek has copies of what it reads.
std::optional<IndexChoice> ChooseIndex(const StepEstimates& estimates, Slot node,
                                       const std::vector<std::string>& labels,
                                       const std::vector<const Expression*>& conditions);

}  // namespace entente::query
