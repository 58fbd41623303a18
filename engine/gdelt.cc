#include "engine/gdelt.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "engine/graph_writer.h"
#include "engine/status.h"

namespace entente {
namespace {

constexpr CameoCode kDifferences[] = {
    {"016", "MAKE_EMPATHETIC_COMMENT", 3.4},
    {"018", "EXPRESS_ACCORD", 3.4},
    {"019", "EXPRESS_COMMON_UNDERSTANDING_AGREEMENT_OR_ACCORD", 3.4},
    {"021", "APPEAL_FOR_COOPERATION", 3.4},
    {"0211", "APPEAL_FOR_DIPLOMATIC_COOPERATION", 3.4},
    {"0212", "APPEAL_FOR_MATERIAL_COOPERATION", 3.4},
    {"0353", "EXPRESS_INTENT_TO_ACCEDE_TO_POLITICAL_DEMANDS", 7.0},
    {"0354", "EXPRESS_INTENT_TO_RELEASE_PERSONS_OR_PROPERTY", 7.0},
    {"0355", "EXPRESS_INTENT_TO_EASE_ECONOMIC_SANCTIONS_BOYCOTT_OR_EMBARGO", 7.0},
    {"0356", "EXPRESS_INTENT_TO_ALLOW_INTERNATIONAL_INVOLVEMENT_NON_MEDIATION", 7.0},
    {"0357", "EXPRESS_INTENT_TO_DE_ESCALATE_MILITARY_ENGAGEMENT", 7.0},
    {"101", "DEMAND_INFORMATION_INVESTIGATION", -5.0},
    {"105", "DEMAND_MEDIATION", -5.0},
    {"106", "DEMAND_WITHDRAWAL", -5.0},
    {"107", "DEMAND_CEASEFIRE", -5.0},
    {"108", "DEMAND_MEETING_NEGOTIATION", -5.0},
    {"121", "REJECT_PROPOSAL", -4.0},
    {"1211", "REJECT_CEASEFIRE_WITHDRAWAL", -4.0},
    {"1212", "REJECT_PEACEKEEPING", -4.0},
    {"1213", "REJECT_SETTLEMENT", -4.0},
    {"124", "REJECT_PROPOSAL_TO_MEET_DISCUSS_OR_NEGOTIATE", -5.0},
    {"125", "REJECT_MEDIATION", -5.0},
    {"126", "DEFY_NORMS_LAW", -5.0},
    {"127", "REJECT_ACCUSATION_DENY_RESPONSIBILITY", -5.0},
    {"128", "VETO", -5.0},
    {"136", "THREATEN_TO_EXPEL_OR_WITHDRAW_PEACEKEEPERS", -7.0},
    {"163", "HALT_NEGOTIATIONS", -6.5},
    {"164", "EXPEL_OR_WITHDRAW", -7.0},
    {"1641", "EXPEL_OR_WITHDRAW_PEACEKEEPERS", -7.0},
    {"1642", "EXPEL_OR_WITHDRAW_INSPECTORS_OBSERVERS", -7.0},
    {"1643", "EXPEL_OR_WITHDRAW_AID_AGENCIES", -7.0},
    {"166", "IMPOSE_EMBARGO_BOYCOTT_OR_SANCTIONS", -8.0},
};

// Codes of CAMEO that GDELT does not have.
constexpr absl::string_view kAbsent[] = {
    "0251", "0252", "0253", "0254", "0255", "0256", "0313", "0314", "1011", "1012", "1013", "1014",
    "1031", "1032", "1033", "1034", "1051", "1052", "1054", "1055", "1056", "116",  "1221", "1222",
    "1223", "1224", "1241", "1242", "1243", "1244", "1245", "1246", "129",  "1661", "1662", "1663"};

bool IsBefore(const CameoCode& a, const CameoCode& b) { return a.code < b.code; }

}  // namespace

absl::Span<const CameoCode> GdeltDifferences() { return kDifferences; }

const std::vector<CameoCode>& GdeltCodes() {
  static const auto& codes = *new std::vector<CameoCode>([] {
    std::vector<CameoCode> all(std::begin(kDifferences), std::end(kDifferences));
    for (const CameoCode& code : CameoCodes()) {
      const bool absent =
          std::find(std::begin(kAbsent), std::end(kAbsent), code.code) != std::end(kAbsent);
      const bool differs =
          std::binary_search(std::begin(kDifferences), std::end(kDifferences), code, IsBefore);
      if (!absent && !differs) all.push_back(code);
    }
    std::sort(all.begin(), all.end(), IsBefore);
    return all;
  }());
  return codes;
}

absl::Status DeclareGdelt(GraphWriter& graph) {
  RETURN_IF_ERROR(DeclareCameo(graph));
  absl::flat_hash_map<absl::string_view, RelationId> ids;
  for (const CameoCode& code : GdeltCodes()) {
    RelationType type;
    type.name = std::string(code.name);
    type.gdelt_code = std::string(code.code);
    type.goldstein = code.goldstein;
    type.sign = SignOfWeight(code.goldstein);
    const auto parent = ids.find(code.code.substr(0, code.code.size() - 1));
    if (parent != ids.end()) type.parents.push_back(parent->second);
    ASSIGN_OR_RETURN(ids[code.code], DeclareRelation(graph, type));
  }
  return absl::OkStatus();
}

}  // namespace entente
