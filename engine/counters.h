// The names of the counters that the engine keeps in storage, for the planner.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/ids.h"

namespace entente {

// Nodes that bear exactly this label.
inline std::string LabelCounter(LabelId label) { return absl::StrCat("label/", label); }
// Facts of exactly this type.
inline std::string RelationCounter(RelationId type) { return absl::StrCat("relation/", type); }

}  // namespace entente
