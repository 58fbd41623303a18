#include "tests/tck/graph_state.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/status_macros.h"

namespace entente::tck {
namespace {

absl::StatusOr<std::vector<TckRow>> Rows(Connection& connection, absl::string_view statement) {
  ASSIGN_OR_RETURN(QueryResult result, connection.Query(statement, std::nullopt));
  if (result.error.has_value()) {
    return absl::InternalError(
        absl::StrCat("cannot read the graph's state by ", statement, ": ", result.error->text));
  }
  return std::move(result.rows);
}

// Column 0 is an id, the last one the properties.
absl::Status AddProperties(const TckRow& row, bool relationship, GraphState* state) {
  const auto* id = std::get_if<int64_t>(&row.front().value);
  const auto* properties = std::get_if<TckMap>(&row.back().value);
  if (id == nullptr || properties == nullptr) {
    return absl::InternalError("id() or properties() gave a value of another type");
  }
  (relationship ? state->relationships : state->nodes).insert(*id);
  for (const auto& [name, value] : *properties) {
    state->properties.emplace(relationship, *id, name, ToText(value));
  }
  return absl::OkStatus();
}

template <typename T>
int64_t CountMissing(const std::set<T>& from, const std::set<T>& in) {
  std::vector<T> missing;
  std::set_difference(from.begin(), from.end(), in.begin(), in.end(), std::back_inserter(missing));
  return static_cast<int64_t>(missing.size());
}

template <typename T>
void Count(absl::string_view what, const std::set<T>& before, const std::set<T>& after,
           SideEffects* effects) {
  const int64_t added = CountMissing(after, before);
  const int64_t removed = CountMissing(before, after);
  if (added > 0) (*effects)[absl::StrCat("+", what)] = added;
  if (removed > 0) (*effects)[absl::StrCat("-", what)] = removed;
}

}  // namespace

absl::StatusOr<GraphState> ReadGraphState(Connection& connection) {
  GraphState state;
  ASSIGN_OR_RETURN(const std::vector<TckRow> nodes,
                   Rows(connection, "MATCH (n) RETURN id(n), labels(n), properties(n)"));
  for (const TckRow& row : nodes) {
    RETURN_IF_ERROR(AddProperties(row, false, &state));
    const auto* labels = std::get_if<TckList>(&row[1].value);
    if (labels == nullptr) return absl::InternalError("labels() gave no list");
    for (const TckValue& label : *labels) state.labels.insert(ToText(label));
  }
  ASSIGN_OR_RETURN(const std::vector<TckRow> relationships,
                   Rows(connection, "MATCH ()-[r]->() RETURN id(r), properties(r)"));
  for (const TckRow& row : relationships) RETURN_IF_ERROR(AddProperties(row, true, &state));
  return state;
}

SideEffects Difference(const GraphState& before, const GraphState& after) {
  SideEffects effects;
  Count("nodes", before.nodes, after.nodes, &effects);
  Count("relationships", before.relationships, after.relationships, &effects);
  Count("labels", before.labels, after.labels, &effects);
  Count("properties", before.properties, after.properties, &effects);
  return effects;
}

}  // namespace entente::tck
