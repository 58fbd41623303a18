// Graph: relationships and what is known of them from evidence.
#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/changes.h"
#include "engine/error.h"
#include "engine/graph.h"
#include "engine/status.h"
#include "engine/valid_time.h"
#include "engine/value_codec.h"
#include "storage/adjacency.h"
#include "storage/facts.h"
#include "storage/node_reader.h"
#include "storage/provenance.h"

namespace entente {
namespace {

using storage::FactRecord;

// Facts that are held at once.
constexpr size_t kFactsAtOnce = 1024;

absl::Status MissingRelationship(FactId fact) {
  return MakeError(ErrorCode::kDeletedEntityAccess,
                   absl::StrCat("The relationship ", fact, " does not exist (any more)"));
}

std::optional<Instant> InstantOrNone(int64_t stored) {
  if (stored == storage::kNoTime) return std::nullopt;
  return stored;
}

// The corroboration as it is stored, which is the default lens's.
template <typename Record>
Corroboration Stored(const Record& record) {
  Corroboration result;
  result.visible = (record.flags & storage::kVisible) != 0;
  result.has_evidence = (record.flags & storage::kHasEvidence) != 0;
  result.support = record.support;
  result.denial = record.denial;
  result.confidence = record.confidence;
  result.contested = (record.flags & storage::kContested) != 0;
  result.first_reported = InstantOrNone(record.first_reported);
  result.last_reported = InstantOrNone(record.last_reported);
  return result;
}

// Calls read(facts, places) with the facts that there are in ascending order and where each stands
// in `facts`; not so many at once that reading them would take much memory.
absl::Status ForPortions(
    absl::Span<const FactId> facts,
    absl::FunctionRef<absl::Status(absl::Span<const FactId>, absl::Span<const size_t>)> read) {
  absl::InlinedVector<std::pair<FactId, size_t>, 8> order;
  order.reserve(facts.size());
  for (size_t i = 0; i < facts.size(); ++i) {
    if (facts[i] != kNoId) order.emplace_back(facts[i], i);
  }
  std::sort(order.begin(), order.end());
  absl::InlinedVector<FactId, 8> part;
  absl::InlinedVector<size_t, 8> places;
  for (size_t begin = 0; begin < order.size(); begin += kFactsAtOnce) {
    part.clear();
    places.clear();
    for (size_t i = begin; i < std::min(order.size(), begin + kFactsAtOnce); ++i) {
      part.push_back(order[i].first);
      places.push_back(order[i].second);
    }
    RETURN_IF_ERROR(read(part, places));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FactRecord> Graph::NeedFact(FactId fact) const {
  ASSIGN_OR_RETURN(std::optional<FactRecord> record, storage::ReadFact(*view_, fact));
  if (!record.has_value()) return MissingRelationship(fact);
  if (record->relation >= catalogue_->relation_count()) {
    return absl::DataLossError("a relationship's type has no name in the catalogue");
  }
  return *std::move(record);
}

absl::StatusOr<std::vector<MapEntry>> Graph::PropertiesOf(const FactRecord& record) const {
  ASSIGN_OR_RETURN(std::vector<MapEntry> properties, Unpack(record.properties));
  const auto add = [&](PropertyId id, Value value) {
    if (value.is_null()) return;
    const std::string& name = catalogue_->property(id);
    const auto place = std::lower_bound(
        properties.begin(), properties.end(), name,
        [](const MapEntry& entry, const std::string& wanted) { return entry.first < wanted; });
    if (place != properties.end() && place->first == name) return;
    properties.insert(place, {name, std::move(value)});
  };
  add(kValidFromProperty, StoredValidFrom(record));
  add(kValidToProperty, StoredValidTo(record));
  return properties;
}

absl::StatusOr<bool> Graph::HasRelationship(FactId fact) const {
  ASSIGN_OR_RETURN(const std::optional<FactRecord> record, storage::ReadFact(*view_, fact));
  return record.has_value();
}

absl::StatusOr<Value> Graph::Relationship(FactId fact, const Lens* lens) const {
  ASSIGN_OR_RETURN(const FactRecord record, NeedFact(fact));
  RelationshipContent content;
  content.id = fact;
  content.start = record.subject;
  content.end = record.object;
  content.relation = record.relation;
  content.lens = lens;
  return Value::Relationship(std::move(content));
}

absl::StatusOr<Value> Graph::PropertyOf(const FactRecord& record, PropertyId property) {
  if (property == kNoSymbol) return Value::Null();
  ASSIGN_OR_RETURN(Value value, FindProperty(record.properties, property));
  if (!value.is_null()) return value;
  if (property == kValidFromProperty) return StoredValidFrom(record);
  if (property == kValidToProperty) return StoredValidTo(record);
  return value;
}

absl::StatusOr<Value> Graph::RelationshipProperty(FactId fact, absl::string_view name) const {
  ASSIGN_OR_RETURN(const FactRecord record, NeedFact(fact));
  return PropertyOf(record, catalogue_->FindProperty(name));
}

absl::Status Graph::RelationshipProperties(absl::Span<const FactId> facts, absl::string_view name,
                                           std::vector<Value>* values) const {
  const PropertyId property = catalogue_->FindProperty(name);
  values->assign(facts.size(), Value::Null());
  return ForPortions(
      facts, [&](absl::Span<const FactId> part, absl::Span<const size_t> places) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<std::optional<FactRecord>> records,
                         storage::ReadFacts(*view_, part));
        for (size_t i = 0; i < part.size(); ++i) {
          if (!records[i].has_value()) return MissingRelationship(part[i]);
          ASSIGN_OR_RETURN((*values)[places[i]], PropertyOf(*records[i], property));
        }
        return absl::OkStatus();
      });
}

absl::StatusOr<std::vector<MapEntry>> Graph::RelationshipProperties(FactId fact) const {
  ASSIGN_OR_RETURN(const FactRecord record, NeedFact(fact));
  return PropertiesOf(record);
}

absl::Status Graph::FillRelationship(const RelationshipContent& bare, Value* value) const {
  RelationshipContent content = bare;
  content.lens = nullptr;  // the statement's, which the value will outlive
  ASSIGN_OR_RETURN(const std::optional<FactRecord> record, storage::ReadFact(*view_, bare.id));
  if (content.relation < catalogue_->relation_count()) {
    content.type = catalogue_->relation(content.relation).name;
  }
  if (record.has_value()) {
    ASSIGN_OR_RETURN(content.properties, PropertiesOf(*record));
  }
  content.filled = true;
  *value = Value::Relationship(std::move(content));
  return absl::OkStatus();
}

absl::Status Graph::Degrees(absl::Span<const NodeId> nodes, Heading heading,
                            const RelationSet& types, std::vector<uint64_t>* degrees) const {
  const storage::RelationFilter filter =
      types.any ? storage::RelationFilter() : storage::RelationFilter(types.ids);
  degrees->assign(nodes.size(), 0);
  std::vector<storage::Degree> parts;
  for (storage::Direction direction : {storage::Direction::kOut, storage::Direction::kIn}) {
    if (heading == (direction == storage::Direction::kOut ? Heading::kIn : Heading::kOut)) continue;
    RETURN_IF_ERROR(storage::ReadDegrees(*view_, direction, nodes, filter, &parts));
    for (size_t i = 0; i < nodes.size(); ++i) (*degrees)[i] += parts[i].visible;
  }
  if (heading != Heading::kEither) return absl::OkStatus();
  storage::EdgeColumns loops;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if ((*degrees)[i] == 0) continue;
    loops.Clear();
    RETURN_IF_ERROR(storage::FindEdges(*view_, storage::Direction::kOut, nodes[i], nodes[i], filter,
                                       storage::kFlagsColumn, &loops));
    for (size_t k = 0; k < loops.size; ++k) {
      if ((loops.flags[k] & storage::kVisible) != 0) --(*degrees)[i];
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Graph::Degree(NodeId node, Heading heading,
                                       const RelationSet& types) const {
  std::vector<uint64_t> degrees;
  RETURN_IF_ERROR(Degrees({&node, 1}, heading, types, &degrees));
  return degrees[0];
}

RelationSet Graph::ResolveTypes(absl::Span<const std::string> names) const {
  RelationSet types;
  if (names.empty()) return types;
  types.any = false;
  for (const std::string& name : names) {
    const RelationId type = catalogue_->FindRelation(name);
    if (type == kNoSymbol) continue;
    const std::vector<RelationId>& under = catalogue_->DescendantRelations(type);
    types.ids.insert(types.ids.end(), under.begin(), under.end());
  }
  std::sort(types.ids.begin(), types.ids.end());
  types.ids.erase(std::unique(types.ids.begin(), types.ids.end()), types.ids.end());
  return types;
}

absl::StatusOr<std::vector<Evidence>> Graph::EvidenceOf(FactId fact, const Lens& lens) const {
  ASSIGN_OR_RETURN(const std::optional<std::vector<storage::Evidence>> pieces,
                   storage::ReadEvidence(*view_, fact));
  if (!pieces.has_value()) return MissingRelationship(fact);
  ASSIGN_OR_RETURN(std::vector<Evidence> evidence, articles_.Read(*pieces));
  evidence.erase(std::remove_if(evidence.begin(), evidence.end(),
                                [&](const Evidence& piece) { return !Passes(piece, lens); }),
                 evidence.end());
  for (Evidence& piece : evidence) {
    if (piece.asserter == kNoId) continue;
    ASSIGN_OR_RETURN(const bool exists, HasNode(piece.asserter));
    if (!exists) piece.asserter = kNoId;
  }
  return evidence;
}

absl::StatusOr<Corroboration> Graph::CorroborationOf(FactId fact, const Lens& lens,
                                                     bool with_sources) const {
  ASSIGN_OR_RETURN(const FactRecord record, NeedFact(fact));
  if (!with_sources && lens.IsDefault()) return Stored(record);
  ASSIGN_OR_RETURN(const std::vector<Evidence> evidence, articles_.Read(record.evidence));
  ASSIGN_OR_RETURN(Corroboration result, CorroborateUnder(record, evidence, lens));
  if (!with_sources) result.sources.clear();
  return result;
}

absl::Status Graph::CorroborationsOf(absl::Span<const FactId> facts, const Lens& lens,
                                     bool with_sources, std::vector<Corroboration>* results) const {
  results->assign(facts.size(), Corroboration());
  const bool stored = !with_sources && lens.IsDefault();
  return ForPortions(
      facts, [&](absl::Span<const FactId> part, absl::Span<const size_t> places) -> absl::Status {
        return stored ? ReadStored(part, places, results)
                      : Corroborate(part, places, lens, with_sources, results);
      });
}

absl::Status Graph::ReadStored(absl::Span<const FactId> facts, absl::Span<const size_t> places,
                               std::vector<Corroboration>* results) const {
  ASSIGN_OR_RETURN(const std::vector<std::optional<storage::FactCorroboration>> read,
                   storage::ReadCorroborations(*view_, facts));
  for (size_t i = 0; i < facts.size(); ++i) {
    if (!read[i].has_value()) return MissingRelationship(facts[i]);
    (*results)[places[i]] = Stored(*read[i]);
  }
  return absl::OkStatus();
}

absl::Status Graph::Corroborate(absl::Span<const FactId> facts, absl::Span<const size_t> places,
                                const Lens& lens, bool with_sources,
                                std::vector<Corroboration>* results) const {
  ASSIGN_OR_RETURN(const storage::BareEvidenceOfFacts read,
                   storage::ReadBareEvidence(*view_, facts));
  RETURN_IF_ERROR(articles_.Meet(read.pieces, /*with_sources=*/true));
  std::vector<Evidence> evidence;
  std::vector<FactId> seen;  // of which valid time is asked, too
  std::vector<size_t> places_of_seen;
  for (size_t i = 0; i < facts.size(); ++i) {
    if (!read.of_fact[i].has_value()) return MissingRelationship(facts[i]);
    articles_.Read(read.pieces, read.of_fact[i]->begin, read.of_fact[i]->end, &evidence);
    const bool had_any = (read.of_fact[i]->flags & storage::kHasEvidence) != 0;
    Corroboration& result = (*results)[places[i]];
    result = CorroborateUnder(had_any || !evidence.empty(), evidence, lens);
    if (!with_sources) result.sources.clear();
    if (!result.visible || lens.every_fact || !lens.valid_time.has_value()) continue;
    seen.push_back(facts[i]);
    places_of_seen.push_back(places[i]);
  }
  if (seen.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::optional<FactRecord>> records,
                   storage::ReadFacts(*view_, seen));
  for (size_t i = 0; i < seen.size(); ++i) {
    if (!records[i].has_value()) return MissingRelationship(seen[i]);
    ASSIGN_OR_RETURN((*results)[places_of_seen[i]].visible,
                     IsValidIn(*records[i], *lens.valid_time));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FactChange>> Graph::ChangesOf(FactId fact, const Lens& lens,
                                                         Instant from, Instant until) const {
  ASSIGN_OR_RETURN(const FactRecord record, NeedFact(fact));
  ASSIGN_OR_RETURN(const std::vector<Evidence> evidence, articles_.Read(record.evidence));
  return entente::ChangesOf(record, evidence, lens, from, until);
}

absl::StatusOr<std::vector<FactId>> Graph::FactsOf(NodeId article, const Lens& lens) const {
  std::vector<FactId> seen;
  if (!IsArticle(article)) return seen;
  Lens denials_too = lens;
  denials_too.only_denied_too = true;
  ASSIGN_OR_RETURN(const std::vector<FactId> facts, storage::FactsOfArticle(*view_, article));
  for (size_t begin = 0; begin < facts.size(); begin += kFactsAtOnce) {
    const absl::Span<const FactId> part = absl::MakeConstSpan(facts).subspan(begin, kFactsAtOnce);
    ASSIGN_OR_RETURN(const std::vector<std::optional<FactRecord>> records,
                     storage::ReadFacts(*view_, part));
    for (size_t i = 0; i < part.size(); ++i) {
      if (!records[i].has_value()) return absl::DataLossError("an article's fact is missing");
      ASSIGN_OR_RETURN(const std::vector<Evidence> evidence, articles_.Read(records[i]->evidence));
      const bool counts = std::any_of(evidence.begin(), evidence.end(), [&](const Evidence& piece) {
        return piece.article == article && Passes(piece, denials_too);
      });
      if (!counts) continue;
      ASSIGN_OR_RETURN(const Corroboration all,
                       CorroborateUnder(*records[i], evidence, denials_too));
      if (all.visible) seen.push_back(part[i]);
    }
  }
  return seen;
}

absl::StatusOr<NodeId> Graph::PublisherOf(NodeId article) const {
  storage::NodeReader reader(*view_);
  ASSIGN_OR_RETURN(const storage::NodeRecord* record, NeedNode(reader, article));
  return record->publisher;
}

absl::StatusOr<std::vector<NodeId>> Graph::ArticlesOf(NodeId publisher) const {
  return storage::ArticlesOfPublisher(*view_, publisher);
}

absl::StatusOr<Value> Graph::ValidPrecision(FactId fact, absl::string_view name) const {
  ASSIGN_OR_RETURN(const FactRecord record, NeedFact(fact));
  const PropertyId property = catalogue_->FindProperty(name);
  if (property != kValidFromProperty && property != kValidToProperty) return Value::Null();
  const absl::string_view precision = PrecisionName(record, property == kValidFromProperty);
  return precision.empty() ? Value::Null() : Value::String(precision);
}

}  // namespace entente
