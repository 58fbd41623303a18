#include "query/operators/edge_references.h"

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

}  // namespace entente::query
