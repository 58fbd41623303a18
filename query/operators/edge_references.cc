#include "query/operators/edge_references.h"

#include <algorithm>

#include "engine/status.h"

namespace entente::query {

uint32_t FieldsOf(const ExpandPlan& hop) {
  uint32_t fields = kIdentityFields;
  if (hop.extracts_valid_time) fields |= kValidFromField | kValidToField | kFlagsField;
  if (hop.extracts_evidence) fields |= kConfidenceField | kFlagsField;
  return fields;
}

RelationshipReference ReferenceOf(const ExpandPlan& hop, const Edges& edges, size_t i, NodeId near,
                                  const Lens* mark) {
  const bool incoming = edges.incoming[i] != 0;
  RelationshipReference relationship = {.id = edges.fact[i],
                                        .start = incoming ? edges.other[i] : near,
                                        .end = incoming ? near : edges.other[i],
                                        .relation = edges.relation[i],
                                        .lens = mark};
  RelationshipExtract& extract = relationship.extract;
  if (hop.extracts_valid_time) {
    const uint8_t flags = edges.flags[i];
    extract.valid_from = KnownDay(edges.valid_from[i], (flags & kInexactFromEdge) != 0);
    extract.valid_to = KnownDay(edges.valid_to[i], (flags & kInexactToEdge) != 0);
  }
  if (hop.extracts_evidence) {
    relationship.knows_evidence = true;
    extract.confidence = edges.confidence[i];
    extract.has_evidence = (edges.flags[i] & kHasEvidenceEdge) != 0;
    extract.contested = (edges.flags[i] & kContestedEdge) != 0;
  }
  return relationship;
}

absl::StatusOr<std::optional<RelationSet>> NarrowTypes(const ExpandPlan& hop,
                                                       const RelationSet& types, const Graph& graph,
                                                       Evaluator& evaluator) {
  if (hop.only_type == nullptr && hop.only_types == nullptr) return std::nullopt;
  RelationSet some;
  some.any = false;
  const auto add = [&](const Value& name) {
    if (!name.is_string()) return;
    const RelationId type = graph.catalogue().FindRelation(name.string());
    const bool admitted = types.any || std::binary_search(types.ids.begin(), types.ids.end(), type);
    if (type != kNoSymbol && admitted) some.ids.push_back(type);
  };
  if (hop.only_type != nullptr) {
    ASSIGN_OR_RETURN(const Value wanted, evaluator.EvaluateOnce(*hop.only_type));
    add(wanted);
    return some;
  }
  ASSIGN_OR_RETURN(const Value wanted, evaluator.EvaluateOnce(*hop.only_types));
  // The condition above says what is wrong.
  if (!wanted.is_list()) return std::nullopt;
  for (const Value& name : wanted.list()) add(name);
  std::sort(some.ids.begin(), some.ids.end());
  some.ids.erase(std::unique(some.ids.begin(), some.ids.end()), some.ids.end());
  return some;
}

}  // namespace entente::query
