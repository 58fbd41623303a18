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

// Entries of a property index, and how many values they have, as far as its bytes tell them apart.
inline std::string IndexEntryCounter(IndexId index) {
  return absl::StrCat("index/", index, "/nodes");
}
inline std::string IndexValueCounter(IndexId index) {
  return absl::StrCat("index/", index, "/values");
}

}  // namespace entente
