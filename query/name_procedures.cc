// Procedures about the names of entities: finding them by what they are like.
#include <cmath>
#include <cstdint>

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
  };
}

}  // namespace entente::query
