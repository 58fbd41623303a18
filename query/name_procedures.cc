// Procedures about who is who: finding entities by what their names are like, merging two.
#include <cmath>
#include <cstdint>

#include "engine/claim_writer.h"
#include "engine/error.h"
#include "engine/graph.h"
#include "engine/status.h"
#include "query/procedures.h"

namespace entente::query {
namespace {

constexpr int64_t kUsualFinds = 10;

absl::StatusOr<std::vector<std::vector<Value>>> FindEntities(const FunctionContext& context,
                                                             const std::vector<Value>& arguments) {
  constexpr double kPlaces = 10000;
  const int64_t limit = arguments[1].is_null() ? kUsualFinds : arguments[1].integer();
  if (limit < 0) {
    return MakeError(ErrorCode::kRuntimeInvalidArgumentValue, "`limit` must not be negative");
  }
  ASSIGN_OR_RETURN(
      const std::vector<NameMatch> matches,
      context.graph->FindSimilarNames(arguments[0].string(), static_cast<size_t>(limit)));
  std::vector<std::vector<Value>> rows;
  for (const NameMatch& match : matches) {
    rows.push_back({Value::Node(match.node), Value::String(match.name),
                    match.language.empty() ? Value::Null() : Value::String(match.language),
                    Value::Float(std::round(match.score * kPlaces) / kPlaces)});
  }
  return rows;
}

absl::StatusOr<std::vector<std::vector<Value>>> MergeEntities(GraphWriter& graph,
                                                              const FunctionContext&,
                                                              const std::vector<Value>& arguments) {
  const absl::StatusOr<NodeId> merge =
      ClaimWriter(graph).Merge(arguments[0].node_id(), arguments[1].node_id());
  if (!merge.ok()) return AsArgumentError(merge.status());
  return std::vector<std::vector<Value>>{{Value::Integer(static_cast<int64_t>(*merge))}};
}

absl::StatusOr<std::vector<std::vector<Value>>> UnmergeEntities(
    GraphWriter& graph, const FunctionContext&, const std::vector<Value>& arguments) {
  const auto merge = static_cast<NodeId>(arguments[0].integer());
  const absl::Status status = ClaimWriter(graph).Unmerge(merge);
  if (!status.ok()) return AsArgumentError(status);
  return std::vector<std::vector<Value>>{{Value::Node(merge)}};
}

}  // namespace

std::vector<BuiltInProcedure> NameProcedures() {
  return {
      {.signature = {"entente.find",
                     {{"text", "STRING", false}, {"limit", "INTEGER", true}},
                     {{"node", "NODE", false},
                      {"name", "STRING", false},
                      {"language", "STRING", true},
                      {"score", "FLOAT", false}}},
       .help = "the entities with the names nearest to a text, 10 or `limit` of them, and how near "
               "these are, from 0 to 1",
       .read = FindEntities},
      {.signature = {"entente.merge",
                     {{"node", "NODE", false}, {"other", "NODE", false}},
                     {{"id", "INTEGER", false}}},
       .help = "makes the second entity one with the first; `id` is what undoes it",
       .write = MergeEntities},
      {.signature = {"entente.unmerge", {{"id", "INTEGER", false}}, {{"node", "NODE", false}}},
       .help = "undoes a merge; `node` is the entity that had gone",
       .write = UnmergeEntities},
  };
}

}  // namespace entente::query
