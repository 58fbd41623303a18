// A hop from every node at once.
#pragma once

#include <memory>

#include "query/operator.h"
#include "query/plan.h"

namespace entente::query {

// Whether the hop and the scan for its nodes, which is its input, can be run as one
// (MakeRelationshipScan): it begins at all nodes that have relationships, nothing else flows in,
// and what flows out does not tell rows apart that a count has made one of.
bool CanScanRelationships(const Execution& execution, const Plan& plan, const ExpandPlan& hop);

// With `morsels` the operator takes one, whose parts it scans, each time that it starts; they may
// be null.
std::unique_ptr<Operator> MakeRelationshipScan(Execution& execution, const Plan& plan,
                                               const ExpandPlan& hop, MorselInput* morsels);

}  // namespace entente::query
