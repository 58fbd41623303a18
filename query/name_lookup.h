// Which node a name in a statement means, by the rules for names at import (DESIGN.md 1).
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ids.h"

namespace entente {
class Graph;
}

namespace entente::query {

// The node that `name`, a key or a name in any language, means; kNoId when nothing bears it. When
// several nodes do it is kAmbiguousName, which lists them.
absl::StatusOr<NodeId> FindNamed(const Graph& graph, absl::string_view name);

// Likewise, but a name that nothing bears is kUnknownName, which gives the nearest ones.
absl::StatusOr<NodeId> NeedNamed(const Graph& graph, absl::string_view name);

}  // namespace entente::query
