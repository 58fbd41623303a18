#include "engine/cameo.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "engine/graph_writer.h"
#include "engine/status.h"

namespace entente {
namespace {

constexpr CameoCode kCodes[] = {
    {"01", "CAMEO_01", 0.0},
    {"010", "MAKE_STATEMENT", 0.0},
    {"011", "DECLINE_COMMENT", -0.1},
    {"012", "MAKE_PESSIMISTIC_COMMENT", -0.4},
    {"013", "MAKE_OPTIMISTIC_COMMENT", 0.4},
    {"014", "CONSIDER_POLICY_OPTION", 0.0},
    {"015", "ACKNOWLEDGE_OR_CLAIM_RESPONSIBILITY", 0.0},
    {"016", "DENY_RESPONSIBILITY", -5.0},
    {"017", "ENGAGE_IN_SYMBOLIC_ACT", 0.0},
    {"018", "MAKE_EMPATHETIC_COMMENT", 3.4},
    {"019", "EXPRESS_ACCORD", 3.4},
    {"02", "CAMEO_02", 3.0},
    {"020", "MAKE_AN_APPEAL_OR_REQUEST", 3.0},
    {"021", "APPEAL_FOR_MATERIAL_COOPERATION", 3.4},
    {"0211", "APPEAL_FOR_ECONOMIC_COOPERATION", 3.4},
    {"0212", "APPEAL_FOR_MILITARY_COOPERATION", 3.4},
    {"0213", "APPEAL_FOR_JUDICIAL_COOPERATION", 3.4},
    {"0214", "APPEAL_FOR_INTELLIGENCE", 3.4},
    {"022", "APPEAL_FOR_DIPLOMATIC_COOPERATION_SUCH_AS_POLICY_SUPPORT", 3.4},
    {"023", "APPEAL_FOR_AID", 3.4},
    {"0231", "APPEAL_FOR_ECONOMIC_AID", 3.4},
    {"0232", "APPEAL_FOR_MILITARY_AID", 3.4},
    {"0233", "APPEAL_FOR_HUMANITARIAN_AID", 3.4},
    {"0234", "APPEAL_FOR_MILITARY_PROTECTION_OR_PEACEKEEPING", 3.4},
    {"024", "APPEAL_FOR_POLITICAL_REFORM", -0.3},
    {"0241", "APPEAL_FOR_CHANGE_IN_LEADERSHIP", -0.3},
    {"0242", "APPEAL_FOR_POLICY_CHANGE", -0.3},
    {"0243", "APPEAL_FOR_RIGHTS", -0.3},
    {"0244", "APPEAL_FOR_CHANGE_IN_INSTITUTIONS_REGIME", -0.3},
    {"025", "APPEAL_TO_YIELD", -0.3},
    {"0251", "APPEAL_FOR_EASING_OF_ADMINISTRATIVE_SANCTIONS", -0.3},
    {"0252", "APPEAL_FOR_EASING_OF_POLITICAL_DISSENT", -0.3},
    {"0253", "APPEAL_FOR_RELEASE_OF_PERSONS_OR_PROPERTY", -0.3},
    {"0254", "APPEAL_FOR_EASING_OF_ECONOMIC_SANCTIONS_BOYCOTT_OR_EMBARGO", -0.3},
    {"0255", "APPEAL_FOR_TARGET_TO_ALLOW_INTERNATIONAL_INVOLVEMENT_NON_MEDIATION", -0.3},
    {"0256", "APPEAL_FOR_DE_ESCALATION_OF_MILITARY_ENGAGEMENT", -0.3},
    {"026", "APPEAL_TO_OTHERS_TO_MEET_OR_NEGOTIATE", 4.0},
    {"027", "APPEAL_TO_OTHERS_TO_SETTLE_DISPUTE", 4.0},
    {"028", "APPEAL_TO_ENGAGE_IN_OR_ACCEPT_MEDIATION", 4.0},
    {"03", "CAMEO_03", 4.0},
    {"030", "EXPRESS_INTENT_TO_COOPERATE", 4.0},
    {"031", "EXPRESS_INTENT_TO_ENGAGE_IN_MATERIAL_COOPERATION", 5.2},
    {"0311", "EXPRESS_INTENT_TO_COOPERATE_ECONOMICALLY", 5.2},
    {"0312", "EXPRESS_INTENT_TO_COOPERATE_MILITARILY", 5.2},
    {"0313", "EXPRESS_INTENT_TO_COOPERATE_ON_JUDICIAL_MATTERS", 5.2},
    {"0314", "EXPRESS_INTENT_TO_COOPERATE_ON_INTELLIGENCE", 5.2},
    {"032", "EXPRESS_INTENT_TO_ENGAGE_IN_DIPLOMATIC_COOPERATION_SUCH_AS_POLICY_SUPPORT", 4.5},
    {"033", "EXPRESS_INTENT_TO_PROVIDE_MATERIAL_AID", 5.2},
    {"0331", "EXPRESS_INTENT_TO_PROVIDE_ECONOMIC_AID", 5.2},
    {"0332", "EXPRESS_INTENT_TO_PROVIDE_MILITARY_AID", 5.2},
    {"0333", "EXPRESS_INTENT_TO_PROVIDE_HUMANITARIAN_AID", 5.2},
    {"0334", "EXPRESS_INTENT_TO_PROVIDE_MILITARY_PROTECTION_OR_PEACEKEEPING", 6.0},
    {"034", "EXPRESS_INTENT_TO_INSTITUTE_POLITICAL_REFORM", 7.0},
    {"0341", "EXPRESS_INTENT_TO_CHANGE_LEADERSHIP", 7.0},
    {"0342", "EXPRESS_INTENT_TO_CHANGE_POLICY", 7.0},
    {"0343", "EXPRESS_INTENT_TO_PROVIDE_RIGHTS", 7.0},
    {"0344", "EXPRESS_INTENT_TO_CHANGE_INSTITUTIONS_REGIME", 7.0},
    {"035", "EXPRESS_INTENT_TO_YIELD", 7.0},
    {"0351", "EXPRESS_INTENT_TO_EASE_ADMINISTRATIVE_SANCTIONS", 7.0},
    {"0352", "EXPRESS_INTENT_TO_EASE_POPULAR_DISSENT", 7.0},
    {"0353", "EXPRESS_INTENT_TO_RELEASE_PERSONS_OR_PROPERTY", 7.0},
    {"0354", "EXPRESS_INTENT_TO_EASE_ECONOMIC_SANCTIONS_BOYCOTT_OR_EMBARGO", 7.0},
    {"0355", "EXPRESS_INTENT_TO_ALLOW_INTERNATIONAL_INVOLVEMENT_NON_MEDIATION", 7.0},
    {"0356", "EXPRESS_INTENT_TO_DE_ESCALATE_MILITARY_ENGAGEMENT", 7.0},
    {"036", "EXPRESS_INTENT_TO_MEET_OR_NEGOTIATE", 4.0},
    {"037", "EXPRESS_INTENT_TO_SETTLE_DISPUTE", 5.0},
    {"038", "EXPRESS_INTENT_TO_ACCEPT_MEDIATION", 7.0},
    {"039", "EXPRESS_INTENT_TO_MEDIATE", 5.0},
    {"04", "CAMEO_04", 1.0},
    {"040", "CONSULT", 1.0},
    {"041", "DISCUSS_BY_TELEPHONE", 1.0},
    {"042", "MAKE_A_VISIT", 1.9},
    {"043", "HOST_A_VISIT", 2.8},
    {"044", "MEET_AT_A_THIRD_LOCATION", 2.5},
    {"045", "MEDIATE", 5.0},
    {"046", "ENGAGE_IN_NEGOTIATION", 7.0},
    {"05", "CAMEO_05", 3.5},
    {"050", "ENGAGE_IN_DIPLOMATIC_COOPERATION", 3.5},
    {"051", "PRAISE_OR_ENDORSE", 3.4},
    {"052", "DEFEND_VERBALLY", 3.5},
    {"053", "RALLY_SUPPORT_ON_BEHALF_OF", 3.8},
    {"054", "GRANT_DIPLOMATIC_RECOGNITION", 6.0},
    {"055", "APOLOGIZE", 7.0},
    {"056", "FORGIVE", 7.0},
    {"057", "SIGN_FORMAL_AGREEMENT", 8.0},
    {"06", "CAMEO_06", 6.0},
    {"060", "ENGAGE_IN_MATERIAL_COOPERATION", 6.0},
    {"061", "COOPERATE_ECONOMICALLY", 6.4},
    {"062", "COOPERATE_MILITARILY", 7.4},
    {"063", "ENGAGE_IN_JUDICIAL_COOPERATION", 7.4},
    {"064", "SHARE_INTELLIGENCE_OR_INFORMATION", 7.0},
    {"07", "CAMEO_07", 7.0},
    {"070", "PROVIDE_AID", 7.0},
    {"071", "PROVIDE_ECONOMIC_AID", 7.4},
    {"072", "PROVIDE_MILITARY_AID", 8.3},
    {"073", "PROVIDE_HUMANITARIAN_AID", 7.4},
    {"074", "PROVIDE_MILITARY_PROTECTION_OR_PEACEKEEPING", 8.5},
    {"075", "GRANT_ASYLUM", 7.0},
    {"08", "CAMEO_08", 5.0},
    {"080", "YIELD", 5.0},
    {"081", "EASE_ADMINISTRATIVE_SANCTIONS", 5.0},
    {"0811", "EASE_RESTRICTIONS_ON_POLITICAL_FREEDOMS", 5.0},
    {"0812", "EASE_BAN_ON_POLITICAL_PARTIES_OR_POLITICIANS", 5.0},
    {"0813", "EASE_CURFEW", 5.0},
    {"0814", "EASE_STATE_OF_EMERGENCY_OR_MARTIAL_LAW", 5.0},
    {"082", "EASE_POLITICAL_DISSENT", 5.0},
    {"083", "ACCEDE_TO_REQUESTS_OR_DEMANDS_FOR_POLITICAL_REFORM", 5.0},
    {"0831", "ACCEDE_TO_DEMANDS_FOR_CHANGE_IN_LEADERSHIP", 5.0},
    {"0832", "ACCEDE_TO_DEMANDS_FOR_CHANGE_IN_POLICY", 5.0},
    {"0833", "ACCEDE_TO_DEMANDS_FOR_RIGHTS", 5.0},
    {"0834", "ACCEDE_TO_DEMANDS_FOR_CHANGE_IN_INSTITUTIONS_REGIME", 5.0},
    {"084", "RETURN_RELEASE", 7.0},
    {"0841", "RETURN_RELEASE_PERSON_S", 7.0},
    {"0842", "RETURN_RELEASE_PROPERTY", 7.0},
    {"085", "EASE_ECONOMIC_SANCTIONS_BOYCOTT_EMBARGO", 7.0},
    {"086", "ALLOW_INTERNATIONAL_INVOLVEMENT", 9.0},
    {"0861", "RECEIVE_DEPLOYMENT_OF_PEACEKEEPERS", 9.0},
    {"0862", "RECEIVE_INSPECTORS", 9.0},
    {"0863", "ALLOW_HUMANITARIAN_ACCESS", 9.0},
    {"087", "DE_ESCALATE_MILITARY_ENGAGEMENT", 9.0},
    {"0871", "DECLARE_TRUCE_CEASEFIRE", 9.0},
    {"0872", "EASE_MILITARY_BLOCKADE", 9.0},
    {"0873", "DEMOBILIZE_ARMED_FORCES", 9.0},
    {"0874", "RETREAT_OR_SURRENDER_MILITARILY", 10.0},
    {"09", "CAMEO_09", -2.0},
    {"090", "INVESTIGATE", -2.0},
    {"091", "INVESTIGATE_CRIME_CORRUPTION", -2.0},
    {"092", "INVESTIGATE_HUMAN_RIGHTS_ABUSES", -2.0},
    {"093", "INVESTIGATE_MILITARY_ACTION", -2.0},
    {"094", "INVESTIGATE_WAR_CRIMES", -2.0},
    {"10", "CAMEO_10", -5.0},
    {"100", "DEMAND", -5.0},
    {"101", "DEMAND_MATERIAL_COOPERATION", -5.0},
    {"1011", "DEMAND_ECONOMIC_COOPERATION", -5.0},
    {"1012", "DEMAND_MILITARY_COOPERATION", -5.0},
    {"1013", "DEMAND_JUDICIAL_COOPERATION", -5.0},
    {"1014", "DEMAND_INTELLIGENCE_COOPERATION", -5.0},
    {"102", "DEMAND_DIPLOMATIC_COOPERATION_SUCH_AS_POLICY_SUPPORT", -5.0},
    {"103", "DEMAND_MATERIAL_AID", -5.0},
    {"1031", "DEMAND_ECONOMIC_AID", -5.0},
    {"1032", "DEMAND_MILITARY_AID", -5.0},
    {"1033", "DEMAND_HUMANITARIAN_AID", -5.0},
    {"1034", "DEMAND_MILITARY_PROTECTION_OR_PEACEKEEPING", -5.0},
    {"104", "DEMAND_POLITICAL_REFORM", -5.0},
    {"1041", "DEMAND_CHANGE_IN_LEADERSHIP", -5.0},
    {"1042", "DEMAND_POLICY_CHANGE", -5.0},
    {"1043", "DEMAND_RIGHTS", -5.0},
    {"1044", "DEMAND_CHANGE_IN_INSTITUTIONS_REGIME", -5.0},
    {"105", "DEMAND_THAT_TARGET_YIELDS", -5.0},
    {"1051", "DEMAND_EASING_OF_ADMINISTRATIVE_SANCTIONS", -5.0},
    {"1052", "DEMAND_EASING_OF_POLITICAL_DISSENT", -5.0},
    {"1053", "DEMAND_RELEASE_OF_PERSONS_OR_PROPERTY", -5.0},
    {"1054", "DEMAND_EASING_OF_ECONOMIC_SANCTIONS_BOYCOTT_OR_EMBARGO", -5.0},
    {"1055", "DEMAND_THAT_TARGET_ALLOWS_INTERNATIONAL_INVOLVEMENT_NON_MEDIATION", -5.0},
    {"1056", "DEMAND_DE_ESCALATION_OF_MILITARY_ENGAGEMENT", -5.0},
    {"106", "DEMAND_MEETING_NEGOTIATION", -5.0},
    {"107", "DEMAND_SETTLING_OF_DISPUTE", -5.0},
    {"108", "DEMAND_MEDIATION", -5.0},
    {"11", "CAMEO_11", -2.0},
    {"110", "DISAPPROVE", -2.0},
    {"111", "CRITICIZE_OR_DENOUNCE", -2.0},
    {"112", "ACCUSE", -2.0},
    {"1121", "ACCUSE_OF_CRIME_CORRUPTION", -2.0},
    {"1122", "ACCUSE_OF_HUMAN_RIGHTS_ABUSES", -2.0},
    {"1123", "ACCUSE_OF_AGGRESSION", -2.0},
    {"1124", "ACCUSE_OF_WAR_CRIMES", -2.0},
    {"1125", "ACCUSE_OF_ESPIONAGE_TREASON", -2.0},
    {"113", "RALLY_OPPOSITION_AGAINST", -2.0},
    {"114", "COMPLAIN_OFFICIALLY", -2.0},
    {"115", "BRING_LAWSUIT_AGAINST", -2.0},
    {"116", "FIND_GUILTY_OR_LIABLE_LEGALLY", -2.0},
    {"12", "CAMEO_12", -4.0},
    {"120", "REJECT", -4.0},
    {"121", "REJECT_MATERIAL_COOPERATION", -4.0},
    {"1211", "REJECT_ECONOMIC_COOPERATION", -4.0},
    {"1212", "REJECT_MILITARY_COOPERATION", -4.0},
    {"1213", "REJECT_JUDICIAL_COOPERATION", -4.0},
    {"122", "REJECT_REQUEST_OR_DEMAND_FOR_MATERIAL_AID", -4.0},
    {"1221", "REJECT_REQUEST_FOR_ECONOMIC_AID", -4.0},
    {"1222", "REJECT_REQUEST_FOR_MILITARY_AID", -4.0},
    {"1223", "REJECT_REQUEST_FOR_HUMANITARIAN_AID", -4.0},
    {"1224", "REJECT_REQUEST_FOR_MILITARY_PROTECTION_OR_PEACEKEEPING", -4.0},
    {"123", "REJECT_REQUEST_OR_DEMAND_FOR_POLITICAL_REFORM", -4.0},
    {"1231", "REJECT_REQUEST_FOR_CHANGE_IN_LEADERSHIP", -4.0},
    {"1232", "REJECT_REQUEST_FOR_POLICY_CHANGE", -4.0},
    {"1233", "REJECT_REQUEST_FOR_RIGHTS", -4.0},
    {"1234", "REJECT_REQUEST_FOR_CHANGE_IN_INSTITUTIONS_REGIME", -4.0},
    {"124", "REFUSE_TO_YIELD", -4.0},
    {"1241", "REFUSE_TO_EASE_ADMINISTRATIVE_SANCTIONS", -4.0},
    {"1242", "REFUSE_TO_EASE_POPULAR_DISSENT", -4.0},
    {"1243", "REFUSE_TO_RELEASE_PERSONS_OR_PROPERTY", -4.0},
    {"1244", "REFUSE_TO_EASE_ECONOMIC_SANCTIONS_BOYCOTT_OR_EMBARGO", -4.0},
    {"1245", "REFUSE_TO_ALLOW_INTERNATIONAL_INVOLVEMENT_NON_MEDIATION", -4.0},
    {"1246", "REFUSE_TO_DE_ESCALATE_MILITARY_ENGAGEMENT", -4.0},
    {"125", "REJECT_PROPOSAL_TO_MEET_DISCUSS_OR_NEGOTIATE", -5.0},
    {"126", "REJECT_MEDIATION", -5.0},
    {"127", "REJECT_PLAN_AGREEMENT_TO_SETTLE_DISPUTE", -5.0},
    {"128", "DEFY_NORMS_LAW", -5.0},
    {"129", "VETO", -5.0},
    {"13", "CAMEO_13", -6.0},
    {"130", "THREATEN", -4.4},
    {"131", "THREATEN_NON_FORCE", -5.8},
    {"1311", "THREATEN_TO_REDUCE_OR_STOP_AID", -5.8},
    {"1312", "THREATEN_WITH_SANCTIONS_BOYCOTT_EMBARGO", -5.8},
    {"1313", "THREATEN_TO_REDUCE_OR_BREAK_RELATIONS", -5.8},
    {"132", "THREATEN_WITH_ADMINISTRATIVE_SANCTIONS", -5.8},
    {"1321", "THREATEN_WITH_RESTRICTIONS_ON_POLITICAL_FREEDOMS", -5.8},
    {"1322", "THREATEN_TO_BAN_POLITICAL_PARTIES_OR_POLITICIANS", -5.8},
    {"1323", "THREATEN_TO_IMPOSE_CURFEW", -5.8},
    {"1324", "THREATEN_TO_IMPOSE_STATE_OF_EMERGENCY_OR_MARTIAL_LAW", -5.8},
    {"133", "THREATEN_WITH_POLITICAL_DISSENT_PROTEST", -5.8},
    {"134", "THREATEN_TO_HALT_NEGOTIATIONS", -5.8},
    {"135", "THREATEN_TO_HALT_MEDIATION", -5.8},
    {"136", "THREATEN_TO_HALT_INTERNATIONAL_INVOLVEMENT_NON_MEDIATION", -7.0},
    {"137", "THREATEN_WITH_REPRESSION", -7.0},
    {"138", "THREATEN_WITH_MILITARY_FORCE", -7.0},
    {"1381", "THREATEN_BLOCKADE", -7.0},
    {"1382", "THREATEN_OCCUPATION", -7.0},
    {"1383", "THREATEN_UNCONVENTIONAL_VIOLENCE", -7.0},
    {"1384", "THREATEN_CONVENTIONAL_ATTACK", -7.0},
    {"1385", "THREATEN_ATTACK_WITH_WMD", -7.0},
    {"139", "GIVE_ULTIMATUM", -7.0},
    {"14", "CAMEO_14", -6.5},
    {"140", "ENGAGE_IN_POLITICAL_DISSENT", -6.5},
    {"141", "DEMONSTRATE_OR_RALLY", -6.5},
    {"1411", "DEMONSTRATE_FOR_LEADERSHIP_CHANGE", -6.5},
    {"1412", "DEMONSTRATE_FOR_POLICY_CHANGE", -6.5},
    {"1413", "DEMONSTRATE_FOR_RIGHTS", -6.5},
    {"1414", "DEMONSTRATE_FOR_CHANGE_IN_INSTITUTIONS_REGIME", -6.5},
    {"142", "CONDUCT_HUNGER_STRIKE", -6.5},
    {"1421", "CONDUCT_HUNGER_STRIKE_FOR_LEADERSHIP_CHANGE", -6.5},
    {"1422", "CONDUCT_HUNGER_STRIKE_FOR_POLICY_CHANGE", -6.5},
    {"1423", "CONDUCT_HUNGER_STRIKE_FOR_RIGHTS", -6.5},
    {"1424", "CONDUCT_HUNGER_STRIKE_FOR_CHANGE_IN_INSTITUTIONS_REGIME", -6.5},
    {"143", "CONDUCT_STRIKE_OR_BOYCOTT", -6.5},
    {"1431", "CONDUCT_STRIKE_OR_BOYCOTT_FOR_LEADERSHIP_CHANGE", -6.5},
    {"1432", "CONDUCT_STRIKE_OR_BOYCOTT_FOR_POLICY_CHANGE", -6.5},
    {"1433", "CONDUCT_STRIKE_OR_BOYCOTT_FOR_RIGHTS", -6.5},
    {"1434", "CONDUCT_STRIKE_OR_BOYCOTT_FOR_CHANGE_IN_INSTITUTIONS_REGIME", -6.5},
    {"144", "OBSTRUCT_PASSAGE_BLOCK", -7.5},
    {"1441", "OBSTRUCT_PASSAGE_TO_DEMAND_LEADERSHIP_CHANGE", -7.5},
    {"1442", "OBSTRUCT_PASSAGE_TO_DEMAND_POLICY_CHANGE", -7.5},
    {"1443", "OBSTRUCT_PASSAGE_TO_DEMAND_RIGHTS", -7.5},
    {"1444", "OBSTRUCT_PASSAGE_TO_DEMAND_CHANGE_IN_INSTITUTIONS_REGIME", -7.5},
    {"145", "PROTEST_VIOLENTLY_RIOT", -7.5},
    {"1451", "ENGAGE_IN_VIOLENT_PROTEST_FOR_LEADERSHIP_CHANGE", -7.5},
    {"1452", "ENGAGE_IN_VIOLENT_PROTEST_FOR_POLICY_CHANGE", -7.5},
    {"1453", "ENGAGE_IN_VIOLENT_PROTEST_FOR_RIGHTS", -7.5},
    {"1454", "ENGAGE_IN_VIOLENT_PROTEST_FOR_CHANGE_IN_INSTITUTIONS_REGIME", -7.5},
    {"15", "CAMEO_15", -7.2},
    {"150", "DEMONSTRATE_MILITARY_OR_POLICE_POWER", -7.2},
    {"151", "INCREASE_POLICE_ALERT_STATUS", -7.2},
    {"152", "INCREASE_MILITARY_ALERT_STATUS", -7.2},
    {"153", "MOBILIZE_OR_INCREASE_POLICE_POWER", -7.2},
    {"154", "MOBILIZE_OR_INCREASE_ARMED_FORCES", -7.2},
    {"16", "CAMEO_16", -4.0},
    {"160", "REDUCE_RELATIONS", -4.0},
    {"161", "REDUCE_OR_BREAK_DIPLOMATIC_RELATIONS", -4.0},
    {"162", "REDUCE_OR_STOP_MATERIAL_AID", -5.6},
    {"1621", "REDUCE_OR_STOP_ECONOMIC_ASSISTANCE", -5.6},
    {"1622", "REDUCE_OR_STOP_MILITARY_ASSISTANCE", -5.6},
    {"1623", "REDUCE_OR_STOP_HUMANITARIAN_ASSISTANCE", -5.6},
    {"163", "IMPOSE_EMBARGO_BOYCOTT_OR_SANCTIONS", -8.0},
    {"164", "HALT_NEGOTIATIONS", -6.5},
    {"165", "HALT_MEDIATION", -7.0},
    {"166", "EXPEL_OR_WITHDRAW", -7.0},
    {"1661", "EXPEL_OR_WITHDRAW_PEACEKEEPERS", -7.0},
    {"1662", "EXPEL_OR_WITHDRAW_INSPECTORS_OBSERVERS", -7.0},
    {"1663", "EXPEL_OR_WITHDRAW_AID_AGENCIES", -7.0},
    {"17", "CAMEO_17", -7.0},
    {"170", "COERCE", -7.0},
    {"171", "SEIZE_OR_DAMAGE_PROPERTY", -9.2},
    {"1711", "CONFISCATE_PROPERTY", -9.2},
    {"1712", "DESTROY_PROPERTY", -9.2},
    {"172", "IMPOSE_ADMINISTRATIVE_SANCTIONS", -5.0},
    {"1721", "IMPOSE_RESTRICTIONS_ON_POLITICAL_FREEDOMS", -5.0},
    {"1722", "BAN_POLITICAL_PARTIES_OR_POLITICIANS", -5.0},
    {"1723", "IMPOSE_CURFEW", -5.0},
    {"1724", "IMPOSE_STATE_OF_EMERGENCY_OR_MARTIAL_LAW", -5.0},
    {"173", "ARREST_DETAIN_OR_CHARGE_WITH_LEGAL_ACTION", -5.0},
    {"174", "EXPEL_OR_DEPORT_INDIVIDUALS", -5.0},
    {"175", "USE_TACTICS_OF_VIOLENT_REPRESSION", -9.0},
    {"18", "CAMEO_18", -9.0},
    {"180", "USE_UNCONVENTIONAL_VIOLENCE", -9.0},
    {"181", "ABDUCT_HIJACK_OR_TAKE_HOSTAGE", -9.0},
    {"182", "PHYSICALLY_ASSAULT", -9.5},
    {"1821", "SEXUALLY_ASSAULT", -9.0},
    {"1822", "TORTURE", -9.0},
    {"1823", "KILL_BY_PHYSICAL_ASSAULT", -10.0},
    {"183", "CONDUCT_SUICIDE_CAR_OR_OTHER_NON_MILITARY_BOMBING", -10.0},
    {"1831", "CARRY_OUT_SUICIDE_BOMBING", -10.0},
    {"1832", "CARRY_OUT_CAR_BOMBING", -10.0},
    {"1833", "CARRY_OUT_ROADSIDE_BOMBING", -10.0},
    {"184", "USE_AS_HUMAN_SHIELD", -8.0},
    {"185", "ATTEMPT_TO_ASSASSINATE", -8.0},
    {"186", "ASSASSINATE", -10.0},
    {"19", "CAMEO_19", -10.0},
    {"190", "USE_CONVENTIONAL_MILITARY_FORCE", -10.0},
    {"191", "IMPOSE_BLOCKADE_RESTRICT_MOVEMENT", -9.5},
    {"192", "OCCUPY_TERRITORY", -9.5},
    {"193", "FIGHT_WITH_SMALL_ARMS_AND_LIGHT_WEAPONS", -10.0},
    {"194", "FIGHT_WITH_ARTILLERY_AND_TANKS", -10.0},
    {"195", "EMPLOY_AERIAL_WEAPONS", -10.0},
    {"196", "VIOLATE_CEASEFIRE", -9.5},
    {"20", "CAMEO_20", -10.0},
    {"200", "USE_UNCONVENTIONAL_MASS_VIOLENCE", -10.0},
    {"201", "ENGAGE_IN_MASS_EXPULSION", -9.5},
    {"202", "ENGAGE_IN_MASS_KILLINGS", -10.0},
    {"203", "ENGAGE_IN_ETHNIC_CLEANSING", -10.0},
    {"204", "USE_WEAPONS_OF_MASS_DESTRUCTION", -10.0},
    {"2041", "USE_CHEMICAL_BIOLOGICAL_OR_RADIOLOGICAL_WEAPONS", -10.0},
    {"2042", "DETONATE_NUCLEAR_WEAPONS", -10.0},
};

}  // namespace

bool IsCameoRelation(absl::string_view name) {
  static const auto& names = *[] {
    auto* all = new absl::flat_hash_set<absl::string_view>;
    for (const CameoCode& code : kCodes) all->insert(code.name);
    for (const CameoCrossCut& cut : CameoCrossCuts()) all->insert(cut.name);
    return all;
  }();
  return names.contains(name);
}

absl::StatusOr<RelationId> DeclareRelation(GraphWriter& graph, const RelationType& type) {
  const RelationId known = graph.catalogue().FindRelation(type.name);
  if (known == kNoSymbol) return graph.DefineRelation(type);
  RelationType all = graph.catalogue().relation(known);
  for (const RelationId parent : type.parents) {
    const bool has = std::find(all.parents.begin(), all.parents.end(), parent) != all.parents.end();
    if (!has) all.parents.push_back(parent);
  }
  if (all.sign == 0) all.sign = type.sign;
  if (all.cameo_code.empty()) all.cameo_code = type.cameo_code;
  if (all.plover_code.empty()) all.plover_code = type.plover_code;
  if (all.gdelt_code.empty()) all.gdelt_code = type.gdelt_code;
  if (!all.goldstein.has_value()) all.goldstein = type.goldstein;
  return graph.DefineRelation(all);
}

int SignOfWeight(double goldstein) { return goldstein > 0 ? 1 : goldstein < 0 ? -1 : 0; }

absl::Status DeclareCameo(GraphWriter& graph) {
  absl::flat_hash_map<absl::string_view, RelationId> cut_ids;
  absl::flat_hash_map<absl::string_view, std::vector<RelationId>> cuts_of_code;
  for (const CameoCrossCut& cut : CameoCrossCuts()) {
    RelationType type;
    type.name = std::string(cut.name);
    type.sign = cut.sign;
    for (const absl::string_view parent : cut.parents) type.parents.push_back(cut_ids.at(parent));
    ASSIGN_OR_RETURN(const RelationId id, DeclareRelation(graph, type));
    cut_ids[cut.name] = id;
    for (const absl::string_view code : cut.codes) cuts_of_code[code].push_back(id);
  }
  absl::flat_hash_map<absl::string_view, RelationId> code_ids;
  for (const CameoCode& code : kCodes) {
    RelationType type;
    type.name = std::string(code.name);
    type.cameo_code = std::string(code.code);
    type.goldstein = code.goldstein;
    type.sign = SignOfWeight(code.goldstein);
    const auto parent = code_ids.find(code.code.substr(0, code.code.size() - 1));
    if (parent != code_ids.end()) type.parents.push_back(parent->second);
    for (const RelationId cut : cuts_of_code[code.code]) type.parents.push_back(cut);
    ASSIGN_OR_RETURN(code_ids[code.code], DeclareRelation(graph, type));
  }
  return absl::OkStatus();
}

absl::Span<const CameoCode> CameoCodes() { return kCodes; }

const std::vector<CameoCrossCut>& CameoCrossCuts() {
  static const auto& cuts = *new std::vector<CameoCrossCut>{
      {"SUPPORTS", +1, {"051", "052", "053", "054"}, {}},
      {"AIDS", +1, {"07"}, {"SUPPORTS"}},
      {"OPPOSES", -1, {"11", "12", "14"}, {}},
      {"SANCTIONS", -1, {"163"}, {}},
      {"ATTACKS", -1, {"18", "19", "20"}, {}},
      {"MEETS", +1, {"04"}, {}},
      {"THREATENS", -1, {"13"}, {}},
      {"COOPERATES", +1, {"05", "06"}, {}},
  };
  return cuts;
}

std::string RelationNameOf(absl::string_view event_text) {
  std::string name;
  for (const char c : event_text) {
    if (absl::ascii_isalnum(c)) {
      name += absl::ascii_toupper(c);
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  if (!name.empty() && name.back() == '_') name.pop_back();
  return name;
}

}  // namespace entente
