// CAMEO, the coding scheme of ICEWS, as relation types: 312 event codes with their names, parents
// and Goldstein weights, and the cross-cutting parents that questions ask by (DESIGN.md 2,
// Taxonomy).
//
// Codes, names and weights are those of the ICEWS variant of CAMEO (D. J. Gerner, P. A. Schrodt,
// O. Yilmaz, "CAMEO: Conflict and Mediation Event Observations"; weights after J. S. Goldstein, "A
// conflict-cooperation scale for WEIS events data", 1992), as listed by the ICEWS coded event data
// (Harvard Dataverse 28075) and the icews R package.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/catalogue.h"

namespace entente {

class GraphWriter;

struct CameoCode {
  absl::string_view code;  // "072"; the parent is the code without its last digit
  absl::string_view name;  // the relation type: "PROVIDE_MILITARY_AID", roots "CAMEO_07"
  double goldstein;        // -10 (most hostile) to 10
};

// All codes in ascending order, so that parents come before children.
absl::Span<const CameoCode> CameoCodes();

// A relation type that gathers codes from several branches.
struct CameoCrossCut {
  absl::string_view name;
  int sign;
  std::vector<absl::string_view> codes;    // its children among the codes
  std::vector<absl::string_view> parents;  // among the cross cuts: AIDS lies under SUPPORTS
};
const std::vector<CameoCrossCut>& CameoCrossCuts();

// Whether `name` is one of CAMEO's relation types or cross cuts.
bool IsCameoRelation(absl::string_view name);

// Gives the database this type. One of that name that is there already keeps what it has: it gains
// parents, and whatever of sign, codes and weight it lacks.
absl::StatusOr<RelationId> DeclareRelation(GraphWriter& graph, const RelationType& type);
// That of a type whose sign nobody gave.
int SignOfWeight(double goldstein);

// Gives the database CAMEO's relation types and cross cuts with their parents, signs, codes and
// weights, as DeclareRelation does.
absl::Status DeclareCameo(GraphWriter& graph);

// "Provide military aid" → "PROVIDE_MILITARY_AID": letters and digits of ASCII in upper case, every
// run of anything else one underscore.
std::string RelationNameOf(absl::string_view event_text);

}  // namespace entente
