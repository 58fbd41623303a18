#include "engine/plover.h"

#include <algorithm>
#include <string>

#include "engine/cameo.h"
#include "engine/graph_writer.h"
#include "engine/status.h"

namespace entente {

const std::vector<PloverKind>& PloverKinds() {
  static const auto& kinds = *new std::vector<PloverKind>{
      {"AGREE", +1, {"030", "031", "032", "033", "034", "035", "036", "037", "038", "039"}},
      {"CONSULT", +1, {"040", "041", "042", "043", "044", "045", "046"}},
      {"SUPPORT", +1, {"050", "051", "052", "053", "054", "055", "056", "057"}},
      {"COOPERATE", +1, {"060", "061", "062", "063", "064"}},
      {"AID", +1, {"070", "071", "072", "073", "074", "075"}},
      {"CONCEDE", +1, {"080", "081", "082", "083"}},
      {"RETREAT", +1, {"0813", "0814", "084", "085", "086", "087"}},
      {"ACCUSE",
       -1,
       {"090", "091", "092", "093", "094", "110", "111", "112", "113", "114", "115", "116"}},
      {"REQUEST", -1, {"100", "101", "102", "103", "104", "105", "106", "107", "108"}},
      {"REJECT", -1, {"120", "121", "122", "123", "124", "125", "126", "127", "128", "129"}},
      {"THREATEN", -1, {"130", "131", "132", "133", "134", "135", "136", "137", "138", "139"}},
      {"PROTEST", -1, {"140", "141", "142", "143", "144", "145"}},
      {"MOBILIZE", -1, {"150", "151", "152", "153", "154"}},
      {"SANCTION", -1, {"160", "161", "162", "164", "165", "166"}},
      {"COERCE", -1, {"163", "170", "171", "172", "173", "174", "191", "192"}},
      {"ASSAULT",
       -1,
       {"1712", "175", "180", "181", "182", "183", "184", "185", "186", "190", "193", "194", "195",
        "196", "200", "201", "202", "203", "204"}},
  };
  return kinds;
}

absl::Status DeclarePlover(GraphWriter& graph) {
  RETURN_IF_ERROR(DeclareCameo(graph));
  const absl::Span<const CameoCode> codes = CameoCodes();
  for (const PloverKind& kind : PloverKinds()) {
    RelationType type;
    type.name = std::string(kind.name);
    type.sign = kind.sign;
    type.plover_code = std::string(kind.name);
    ASSIGN_OR_RETURN(const RelationId id, DeclareRelation(graph, type));
    for (const absl::string_view code : kind.codes) {
      const auto* const found = std::lower_bound(
          codes.begin(), codes.end(), code,
          [](const CameoCode& row, absl::string_view wanted) { return row.code < wanted; });
      RelationType under;
      under.name = std::string(found->name);
      under.parents = {id};
      if (under.name != type.name) RETURN_IF_ERROR(DeclareRelation(graph, under).status());
    }
  }
  return absl::OkStatus();
}

}  // namespace entente
