#include "query/name_lookup.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/error.h"
#include "engine/graph.h"
#include "engine/status.h"

namespace entente::query {
namespace {

// How many of the nodes that bear a name an error lists.
constexpr size_t kMostCandidates = 10;

// "North Korea (iso:PRK)", or with the node's number when it has no key.
absl::StatusOr<std::string> Candidate(const Graph& graph, NodeId node) {
  ASSIGN_OR_RETURN(const std::string display, graph.DisplayName(node));
  ASSIGN_OR_RETURN(const Value key, graph.NodeProperty(node, "key"));
  if (key.is_string()) return absl::StrCat(display, " (", std::string(key.string()), ")");
  return absl::StrCat(display, " (node ", node, ")");
}

}  // namespace

absl::StatusOr<NodeId> FindNamed(const Graph& graph, absl::string_view name) {
  ASSIGN_OR_RETURN(const std::vector<NameMatch> matches, graph.FindName(name));
  std::vector<NodeId> nodes;
  for (const NameMatch& match : matches) nodes.push_back(match.node);
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  if (nodes.empty()) return kNoId;
  if (nodes.size() == 1) return nodes[0];
  std::vector<std::string> candidates;
  for (NodeId node : nodes) {
    if (candidates.size() == kMostCandidates) break;
    ASSIGN_OR_RETURN(std::string candidate, Candidate(graph, node));
    candidates.push_back(std::move(candidate));
  }
  const size_t more = nodes.size() - candidates.size();
  if (more > 0) candidates.push_back(absl::StrCat(more, " more"));
  return MakeError(ErrorCode::kAmbiguousName,
                   absl::StrCat("'", std::string(name), "' may mean ",
                                absl::StrJoin(candidates, ", "), "; use a key"));
}

absl::StatusOr<NodeId> NeedNamed(const Graph& graph, absl::string_view name) {
  ASSIGN_OR_RETURN(const NodeId node, FindNamed(graph, name));
  if (node != kNoId) return node;
  ASSIGN_OR_RETURN(const std::vector<std::string> nearest, graph.NearestNames(name, 3));
  std::string message = absl::StrCat("Nothing is called '", std::string(name), "'");
  if (!nearest.empty()) {
    absl::StrAppend(&message, "; did you mean '", absl::StrJoin(nearest, "' or '"), "'?");
  }
  return MakeError(ErrorCode::kUnknownName, message);
}

}  // namespace entente::query
