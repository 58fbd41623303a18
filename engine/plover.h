// PLOVER, the coding scheme that follows CAMEO, as relation types: sixteen kinds of events, each of
// which gathers codes of CAMEO.
//
// Which code belongs to which kind is the crosswalk of P. A. Schrodt (PLOVER manual, draft 0.8, 17
// September 2021). Codes 01 and 02 have no counterpart there.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace entente {

class GraphWriter;

struct PloverKind {
  absl::string_view name;  // the relation type, and its PLOVER code
  int sign;
  // Codes of CAMEO that lie under it, with all that lies under these. A name that CAMEO has, too,
  // is one relation type, which keeps its place there; its own code is among these.
  std::vector<absl::string_view> codes;
};
const std::vector<PloverKind>& PloverKinds();

// Gives the database CAMEO (engine/cameo.h), and PLOVER's types with the codes under them.
absl::Status DeclarePlover(GraphWriter& graph);

}  // namespace entente
