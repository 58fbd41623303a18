#include "engine/evidence.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/catalogue.h"
#include "engine/changes.h"
#include "engine/error.h"
#include "engine/graph.h"
#include "engine/lens.h"
#include "engine/published.h"
#include "engine/status.h"
#include "engine/temporal_text.h"
#include "query/batch.h"
#include "query/evidence_fields.h"
#include "query/functions/rows.h"
#include "query/name_lookup.h"

namespace entente::query {
namespace {

constexpr TypeSet kMoments = types::kDate | types::kLocalDateTime | types::kDateTime;

const Lens& LensOf(const FunctionContext& context, const Value& relationship) {
  return query::LensOf(context, relationship.relationship().lens);
}

// --- What a relationship's evidence amounts to

absl::StatusOr<Corroboration> CorroborationFor(const FunctionContext& context,
                                               const Value& relationship) {
  return context.graph->CorroborationOf(relationship.relationship().id,
                                        LensOf(context, relationship));
}

template <int32_t Corroboration::*kTenThousandths>
Value Degree(const Corroboration& all) {
  return all.has_evidence ? Value::Float(all.*kTenThousandths / 10000.0) : Value::Null();
}

Value Contested(const Corroboration& all) {
  return all.has_evidence ? Value::Boolean(all.contested) : Value::Null();
}

template <std::optional<Instant> Corroboration::*kInstant>
Value Reported(const Corroboration& all) {
  return InstantOrNull(all.*kInstant);
}

Value SourceCount(const Corroboration& all) {
  return Value::Integer(static_cast<int64_t>(all.sources.size()));
}

// Of a relationship under its lens.
template <Value (*kRead)(const Corroboration&), bool kWithSources>
absl::StatusOr<Value> UnderLens(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const Corroboration all,
                   context.graph->CorroborationOf(arguments[0].relationship().id,
                                                  LensOf(context, arguments[0]), kWithSources));
  return kRead(all);
}

// The same of many: runs of relationships that carry the same lens are read at once.
template <Value (*kRead)(const Corroboration&), bool kWithSources>
absl::Status ManyUnderLens(const FunctionContext& context,
                           absl::Span<const RelationshipReference> relationships,
                           std::vector<Value>* results) {
  results->assign(relationships.size(), Value::Null());
  std::vector<FactId> facts;
  std::vector<Corroboration> all;
  for (size_t begin = 0; begin < relationships.size();) {
    const Lens* const lens = relationships[begin].lens;
    facts.clear();
    size_t end = begin;
    for (; end < relationships.size() && relationships[end].lens == lens; ++end) {
      facts.push_back(relationships[end].id);
    }
    RETURN_IF_ERROR(
        context.graph->CorroborationsOf(facts, query::LensOf(context, lens), kWithSources, &all));
    for (size_t i = begin; i < end; ++i) {
      if (relationships[i].id != kNoId) (*results)[i] = kRead(all[i - begin]);
    }
    begin = end;
  }
  return absl::OkStatus();
}

Value ExtractedConfidence(const RelationshipExtract& extract) {
  return extract.has_evidence ? Value::Float(extract.confidence / 10000.0) : Value::Null();
}

Value ExtractedContested(const RelationshipExtract& extract) {
  return extract.has_evidence ? Value::Boolean(extract.contested) : Value::Null();
}

absl::StatusOr<Value> Sources(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const Corroboration all, CorroborationFor(context, arguments[0]));
  std::vector<std::string> names;
  names.reserve(all.sources.size());
  for (NodeId source : all.sources) {
    ASSIGN_OR_RETURN(std::string name, context.graph->DisplayName(source));
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  std::vector<Value> list;
  list.reserve(names.size());
  for (std::string& name : names) list.push_back(Value::String(std::move(name)));
  return Value::List(std::move(list));
}

Value EvidenceRow(const Evidence& piece) {
  std::vector<MapEntry> entries;
  entries.reserve(EvidenceFields().size());
  for (const EvidenceField& field : EvidenceFields()) {
    entries.emplace_back(field.name, field.value(piece));
  }
  return Value::Map(std::move(entries));
}

absl::StatusOr<Value> EvidenceList(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(
      const std::vector<Evidence> pieces,
      context.graph->EvidenceOf(arguments[0].relationship().id, LensOf(context, arguments[0])));
  std::vector<Value> rows;
  rows.reserve(pieces.size());
  for (const Evidence& piece : pieces) rows.push_back(EvidenceRow(piece));
  return Value::List(std::move(rows));
}

// --- Names

absl::StatusOr<Value> EntityNamed(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const NodeId node, FindNamed(*context.graph, arguments[0].string()));
  return NodeOrNull(node);
}

absl::StatusOr<Value> NamedEntity(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const NodeId node, NeedNamed(*context.graph, arguments[0].string()));
  return Value::Node(node);
}

Value TextOrNull(const std::string& text) {
  return text.empty() ? Value::Null() : Value::String(text);
}

Value DayOrNull(int32_t day, int32_t open) {
  return day == open ? Value::Null() : Value::OfDate(Date{day});
}

absl::StatusOr<Value> Names(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const std::vector<EntityName> names,
                   context.graph->Names(arguments[0].node_id()));
  std::vector<Value> rows;
  rows.reserve(names.size());
  for (const EntityName& name : names) {
    rows.push_back(Value::Map({{"name", Value::String(name.text)},
                               {"language", TextOrNull(name.language)},
                               {"script", TextOrNull(name.script)},
                               {"from", DayOrNull(name.since_day, INT32_MIN)},
                               {"to", DayOrNull(name.until_day, INT32_MAX)}}));
  }
  return Value::List(std::move(rows));
}

absl::StatusOr<Value> SourceKeys(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                   context.graph->SourceKeys(arguments[0].node_id()));
  std::vector<Value> list;
  for (const std::string& key : keys) list.push_back(Value::String(key));
  return Value::List(std::move(list));
}

// The nodes that a name, a node or a list of these stands for.
absl::Status CollectNodes(const Graph& graph, const Value& who, std::vector<NodeId>* nodes) {
  if (who.is_node()) {
    nodes->push_back(who.node_id());
  } else if (who.is_string()) {
    ASSIGN_OR_RETURN(const NodeId node, NeedNamed(graph, who.string()));
    nodes->push_back(node);
  } else if (who.is_list()) {
    for (const Value& one : who.list()) RETURN_IF_ERROR(CollectNodes(graph, one, nodes));
  } else if (!who.is_null()) {
    return WrongType(types::kString | types::kNode | types::kList, who);
  }
  return absl::OkStatus();
}

absl::StatusOr<Value> ReportedBy(const FunctionContext& context, Arguments arguments) {
  std::vector<NodeId> who;
  RETURN_IF_ERROR(CollectNodes(*context.graph, arguments[1], &who));
  ASSIGN_OR_RETURN(
      const std::vector<Evidence> pieces,
      context.graph->EvidenceOf(arguments[0].relationship().id, LensOf(context, arguments[0])));
  const bool reported = std::any_of(pieces.begin(), pieces.end(), [&who](const Evidence& piece) {
    if (piece.stance == Stance::kDenies) return false;
    return std::any_of(who.begin(), who.end(), [&piece](NodeId node) {
      return node == piece.publisher || node == piece.asserter;
    });
  });
  return Value::Boolean(reported);
}

// --- Articles and publishers

absl::StatusOr<Value> Publisher(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const NodeId publisher, context.graph->PublisherOf(arguments[0].node_id()));
  return NodeOrNull(publisher);
}

absl::StatusOr<Value> Articles(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const std::vector<NodeId> articles,
                   context.graph->ArticlesOf(arguments[0].node_id()));
  RETURN_IF_ERROR(CheckListSize(articles.size()));
  std::vector<Value> nodes;
  nodes.reserve(articles.size());
  for (NodeId article : articles) nodes.push_back(Value::Node(article));
  return Value::List(std::move(nodes));
}

absl::StatusOr<Value> Facts(const FunctionContext& context, Arguments arguments) {
  static const Lens kDefault;
  const Lens& lens = context.lens != nullptr ? *context.lens : kDefault;
  ASSIGN_OR_RETURN(const std::vector<FactId> facts,
                   context.graph->FactsOf(arguments[0].node_id(), lens));
  RETURN_IF_ERROR(CheckListSize(facts.size()));
  std::vector<Value> relationships;
  relationships.reserve(facts.size());
  for (FactId fact : facts) {
    ASSIGN_OR_RETURN(Value relationship, context.graph->Relationship(fact, context.lens));
    relationships.push_back(std::move(relationship));
  }
  return Value::List(std::move(relationships));
}

// --- Valid time and relation types

absl::StatusOr<Value> PrecisionOf(const FunctionContext& context, Arguments arguments) {
  const absl::string_view name = arguments[1].string();
  if (name != "valid_from" && name != "valid_to") {
    return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                     absl::StrCat("Only 'valid_from' and 'valid_to' have a precision, not '",
                                  std::string(name), "'"));
  }
  return context.graph->ValidPrecision(arguments[0].relationship().id, name);
}

// An end of valid time as it was written: '2024', '2024-06', '2024-06-18' or an instant; null where
// there is none.
Value EndText(const Value& value, Precision precision) {
  switch (value.type()) {
    case Value::Type::kDate:
      return Value::String(FormatPartialDate({value.date(), precision}));
    case Value::Type::kDateTime:
      return Value::String(FormatDateTime(value.date_time()));
    case Value::Type::kLocalDateTime:
      return Value::String(FormatLocalDateTime(value.local_date_time()));
    default:
      return Value::Null();
  }
}

absl::StatusOr<Value> ValidEndText(const FunctionContext& context, const Value& relationship,
                                   absl::string_view end) {
  const FactId fact = relationship.relationship().id;
  ASSIGN_OR_RETURN(const Value value, context.graph->RelationshipProperty(fact, end));
  ASSIGN_OR_RETURN(const Value written, context.graph->ValidPrecision(fact, end));
  Precision precision = Precision::kDay;
  if (written.is_string() && written.string() == "month") precision = Precision::kMonth;
  if (written.is_string() && written.string() == "year") precision = Precision::kYear;
  return EndText(value, precision);
}

// changes(r, from, to), where an end that is null is open.
absl::StatusOr<Value> Changes(const FunctionContext& context, Arguments arguments) {
  if (arguments[0].is_null()) return Value::Null();
  Instant ends[] = {kEarliest, kLatest};
  for (size_t i = 0; i < 2; ++i) {
    if (arguments[i + 1].is_null()) continue;
    const std::optional<Instant> end = PublishedInstant(arguments[i + 1]);
    if (!end.has_value()) return WrongType(kMoments, arguments[i + 1]);
    ends[i] = *end;
  }
  ASSIGN_OR_RETURN(const std::vector<FactChange> changes,
                   context.graph->ChangesOf(arguments[0].relationship().id,
                                            LensOf(context, arguments[0]), ends[0], ends[1]));
  std::vector<Value> rows;
  rows.reserve(changes.size());
  for (const FactChange& change : changes) {
    rows.push_back(Value::Map({{"change", Value::String(ChangeName(change.kind))},
                               {"at", InstantOrNull(change.at)},
                               {"date", EndText(change.date.value, change.date.precision)}}));
  }
  return Value::List(std::move(rows));
}

absl::StatusOr<Value> Since(const FunctionContext& context, Arguments arguments) {
  return ValidEndText(context, arguments[0], "valid_from");
}
absl::StatusOr<Value> Until(const FunctionContext& context, Arguments arguments) {
  return ValidEndText(context, arguments[0], "valid_to");
}

absl::StatusOr<Value> Goldstein(const FunctionContext& context, Arguments arguments) {
  const RelationId relation = arguments[0].relationship().relation;
  const std::optional<double> weight = context.graph->catalogue().relation(relation).goldstein;
  return weight.has_value() ? Value::Float(*weight) : Value::Null();
}

absl::StatusOr<Value> QuadClass(const FunctionContext& context, Arguments arguments) {
  const RelationId relation = arguments[0].relationship().relation;
  const std::optional<int> quad_class = context.graph->catalogue().QuadClass(relation);
  return quad_class.has_value() ? Value::Integer(*quad_class) : Value::Null();
}

FunctionRow RelationshipRow(absl::string_view name, TypeSet result,
                            FunctionImplementation implementation, absl::string_view help) {
  return {.name = name,
          .parameters = {{"relationship", types::kRelationship}},
          .result = result,
          .purity = Purity::kReadsGraph,
          .implementation = implementation,
          .help = help};
}

FunctionRow LookupRow(absl::string_view name, FunctionParameter parameter, TypeSet result,
                      FunctionImplementation implementation, absl::string_view help) {
  return {.name = name,
          .parameters = {parameter},
          .result = result,
          .purity = Purity::kReadsGraph,
          .implementation = implementation,
          .help = help};
}

FunctionRow Extracted(Value (*extract)(const RelationshipExtract&), FunctionRow row) {
  row.extract = extract;
  return row;
}

template <Value (*kRead)(const Corroboration&), bool kWithSources = false>
FunctionRow CorroborationRow(absl::string_view name, TypeSet result, absl::string_view help) {
  FunctionRow row = RelationshipRow(name, result, UnderLens<kRead, kWithSources>, help);
  row.of_many = ManyUnderLens<kRead, kWithSources>;
  return row;
}

FunctionRow Internal(FunctionRow row) {
  row.internal = true;
  return row;
}

FunctionRow SizedBy(absl::string_view function, FunctionRow row) {
  row.size_function = function;
  return row;
}

std::vector<FunctionRow> RelationshipFunctions() {
  return {
      ListOf(types::kMap,
             RelationshipRow(
                 "evidence", types::kList, EvidenceList,
                 "The evidence for a relationship under its lens: maps of article, publisher, "
                 "published, stance, asserted_by, confidence, sentence, span and quote.")),
      ListOf(types::kString,
             SizedBy("entente.source_count",
                     RelationshipRow("sources", types::kList, Sources,
                                     "The names of the independent sources that affirm or report "
                                     "a relationship."))),
      Internal(CorroborationRow<SourceCount, true>("entente.source_count", types::kInteger,
                                                   "size(sources(relationship)).")),
      CorroborationRow<Degree<&Corroboration::support>>(
          "support", types::kFloat,
          "How well a relationship is affirmed, 0 to 1; null without evidence."),
      CorroborationRow<Degree<&Corroboration::denial>>(
          "denial", types::kFloat,
          "How well a relationship is denied, 0 to 1; null without evidence."),
      Extracted(ExtractedConfidence, CorroborationRow<Degree<&Corroboration::confidence>>(
                                         "confidence", types::kFloat,
                                         "support(r) times 1 - denial(r); null without evidence.")),
      Extracted(ExtractedContested, CorroborationRow<Contested>(
                                        "contested", types::kBoolean,
                                        "Whether support and denial both reach 0.5; null without "
                                        "evidence.")),
      CorroborationRow<Reported<&Corroboration::first_reported>>(
          "first_reported", types::kDateTime,
          "When the first article that affirms or reports it was published."),
      CorroborationRow<Reported<&Corroboration::last_reported>>(
          "last_reported", types::kDateTime,
          "When the last article that affirms or reports it was published."),
      RelationshipRow("since", types::kString, Since,
                      "The beginning of a relationship's valid time, as precisely as it is known."),
      RelationshipRow("until", types::kString, Until,
                      "The exclusive end of a relationship's valid time, as precisely as it is "
                      "known."),
      RelationshipRow("goldstein", types::kFloat, Goldstein,
                      "The Goldstein weight of a relationship's type, -10 to 10; null without."),
      RelationshipRow("quad_class", types::kInteger, QuadClass,
                      "Of a relationship's type: 1 verbal cooperation, 2 material cooperation, 3 "
                      "verbal conflict, 4 material conflict, by its CAMEO code or those above it; "
                      "null without."),
      {.name = "changes",
       .parameters = {{"relationship", types::kRelationship}, {"from", kMoments}, {"to", kMoments}},
       .result = types::kList,
       .elements = types::kMap,
       .nulls = NullPolicy::kCalled,
       .purity = Purity::kReadsGraph,
       .implementation = Changes,
       .help = "What happened to a relationship between two dates or moments, both included and "
               "open where null: maps of change ('known', 'denied', 'contested', 'retracted', "
               "'began' or 'ended'), date (a text) and at."},
      {.name = "precision",
       .parameters = {{"relationship", types::kRelationship}, {"end", types::kString}},
       .result = types::kString,
       .purity = Purity::kReadsGraph,
       .implementation = PrecisionOf,
       .help = "'day', 'month', 'year' or 'instant': how precisely 'valid_from' or 'valid_to' is "
               "known; null where the end is open."},
      {.name = "reported_by",
       .parameters = {{"relationship", types::kRelationship},
                      {"who", types::kString | types::kNode | types::kList}},
       .result = types::kBoolean,
       .purity = Purity::kReadsGraph,
       .implementation = ReportedBy,
       .help = "Whether a publisher or a quoted asserter (name, key, node or a list of them) "
               "affirms or reports a relationship."},
  };
}

}  // namespace

std::vector<FunctionRow> EvidenceFunctions() {
  std::vector<FunctionRow> rows = RelationshipFunctions();
  const FunctionParameter name = {"name", types::kString};
  const FunctionParameter node = {"node", types::kNode};
  const FunctionParameter article = {"article", types::kNode};
  rows.push_back(LookupRow("entity", name, types::kNode, EntityNamed,
                           "The node of that key or name in any language; null if there is none, "
                           "an error if there are several."));
  rows.push_back(LookupRow("entente.named_entity", name, types::kNode, NamedEntity,
                           "Like entity(), but a name that nothing bears is an error."));
  rows.back().internal = true;
  rows.push_back(ListOf(types::kMap,
                        LookupRow("names", node, types::kList, Names,
                                  "The names of an entity: maps of name, language and script, and "
                                  "the dates from and to which it was in use.")));
  rows.push_back(
      ListOf(types::kString, LookupRow("source_keys", node, types::kList, SourceKeys,
                                       "The keys by which imports know a node: its own, then those "
                                       "of entities that were merged into it.")));
  rows.push_back(LookupRow("publisher", article, types::kNode, Publisher,
                           "The entity that published an article; null if it is unknown."));
  rows.push_back(
      ListOf(types::kNode, LookupRow("articles", {"publisher", types::kNode}, types::kList,
                                     Articles, "The articles that an entity published.")));
  rows.push_back(
      ListOf(types::kRelationship,
             LookupRow("facts", article, types::kList, Facts,
                       "The relationships that an article affirms, reports or denies, as far as "
                       "the lens in force here counts its word; they carry that lens.")));
  rows.back().reads_lens = true;
  return rows;
}

}  // namespace entente::query
