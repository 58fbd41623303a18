// GDELT's variant of CAMEO: what its codes mean. Most mean what they mean in CAMEO
// (engine/cameo.h); some mean another event of CAMEO's, some an event that CAMEO has not, and some
// do not occur.
//
// The differences are those of GDELT's own list of codes and weights, as the gdeltPyR package gives
// it; names that only say the same in other words are not among them.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/cameo.h"

namespace entente {

class GraphWriter;

// Codes whose meaning is not CAMEO's, in ascending order.
absl::Span<const CameoCode> GdeltDifferences();
// All codes that GDELT has, in ascending order.
const std::vector<CameoCode>& GdeltCodes();

// Gives the database CAMEO, the events that only GDELT has, and every type its code in GDELT. A
// type lies under the type of the code above it in either scheme.
absl::Status DeclareGdelt(GraphWriter& graph);

}  // namespace entente
