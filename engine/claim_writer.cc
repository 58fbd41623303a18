#include "engine/claim_writer.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/names.h"
#include "engine/published.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/adjacency.h"
#include "storage/facts.h"
#include "storage/nodes.h"
#include "storage/transaction.h"

namespace entente {
namespace {

using storage::FactRecord;
using storage::NodeRecord;

storage::Stance StoredStance(Stance stance) {
  switch (stance) {
    case Stance::kAffirms:
      return storage::Stance::kAffirms;
    case Stance::kDenies:
      return storage::Stance::kDenies;
    case Stance::kReports:
      break;
  }
  return storage::Stance::kReports;
}

storage::Evidence StoredEvidence(const EvidenceInput& input) {
  storage::Evidence evidence;
  evidence.article = input.article;
  evidence.stance = StoredStance(input.stance);
  evidence.confidence = input.confidence;
  evidence.asserter = input.asserter;
  evidence.sentence = input.sentence;
  evidence.span_start = input.span_begin;
  evidence.span_end = input.span_end;
  evidence.quote = input.quote;
  return evidence;
}

bool IsChosen(const storage::Evidence& piece, const EvidenceChoice& choice) {
  if (choice.stance.has_value() && piece.stance != StoredStance(*choice.stance)) return false;
  if (choice.asserter.has_value() && piece.asserter != *choice.asserter) return false;
  if (choice.sentence.has_value() && piece.sentence != *choice.sentence) return false;
  return !choice.span.has_value() || *choice.span == std::pair(piece.span_start, piece.span_end);
}

absl::Status Refuse(const std::vector<MapEntry>& properties,
                    std::initializer_list<BuiltInProperty> refused) {
  for (const auto& [name, value] : properties) {
    for (BuiltInProperty property : refused) {
      if (name == kBuiltInProperties[property]) {
        return absl::InvalidArgumentError(
            absl::StrCat("`", name, "` cannot be given among the properties"));
      }
    }
  }
  return absl::OkStatus();
}

void AddText(BuiltInProperty property, absl::string_view text, std::vector<MapEntry>* properties) {
  if (text.empty()) return;
  properties->emplace_back(std::string(kBuiltInProperties[property]), Value::String(text));
}

bool HasEntry(const std::vector<MapEntry>& properties, BuiltInProperty property) {
  return std::any_of(properties.begin(), properties.end(), [&](const MapEntry& entry) {
    return entry.first == kBuiltInProperties[property];
  });
}

// Those of `given` that say something.
std::vector<MapEntry> NotNull(const std::vector<MapEntry>& given) {
  std::vector<MapEntry> out;
  for (const MapEntry& entry : given) {
    if (!entry.second.is_null()) out.push_back(entry);
  }
  return out;
}

}  // namespace

bool ClaimWriter::SamePiece(const storage::Evidence& a, const storage::Evidence& b) {
  return a.article == b.article && a.sentence == b.sentence && a.span_start == b.span_start &&
         a.span_end == b.span_end && a.stance == b.stance && a.asserter == b.asserter;
}

absl::StatusOr<ClaimWriter::Upserted> ClaimWriter::Upsert(absl::string_view key, bool is_article,
                                                          const std::vector<std::string>& labels,
                                                          const std::vector<EntityName>& names,
                                                          const std::vector<MapEntry>& properties) {
  if (key.empty()) return absl::InvalidArgumentError("the key is missing");
  ASSIGN_OR_RETURN(const NodeId known, graph_.FindKey(key));
  if (known != kNoId && IsArticle(known) != is_article) {
    return absl::InvalidArgumentError(
        absl::StrCat("the key '", key, "' is that of an ", is_article ? "entity" : "article"));
  }
  std::optional<NodeRecord> old;
  if (known != kNoId) {
    ASSIGN_OR_RETURN(old, graph_.NeedNode(known));
  }
  NodeRecord record = old.value_or(NodeRecord());
  RETURN_IF_ERROR(graph_.SetPacked(properties, &record.properties));
  ASSIGN_OR_RETURN(const std::vector<LabelId> label_ids, graph_.NeedLabels(labels));
  for (LabelId label : label_ids) {
    if (std::find(record.labels.begin(), record.labels.end(), label) == record.labels.end()) {
      record.labels.push_back(label);
    }
  }
  for (const EntityName& name : names) entente::AddName(name, &record.names);

  Upserted upserted;
  upserted.node = known;
  upserted.created = known == kNoId;
  // Giving an article the publisher that it has restores one that was deleted meanwhile.
  const bool publisher_given = is_article && HasEntry(properties, kPublisherProperty);
  const bool restored = publisher_given && old.has_value() && old->publisher == kNoId;
  upserted.changed = !old.has_value() || *old != record || restored;
  if (!upserted.changed) return upserted;
  if (upserted.created && is_article) {
    ASSIGN_OR_RETURN(upserted.node, graph_.transaction().NewArticle());
  } else if (upserted.created) {
    ASSIGN_OR_RETURN(upserted.node, graph_.transaction().NewEntity());
  }
  RETURN_IF_ERROR(graph_.ChangeNode(upserted.node, old.has_value() ? &*old : nullptr,
                                    std::move(record), publisher_given));
  return upserted;
}

absl::StatusOr<ClaimWriter::Upserted> ClaimWriter::UpsertEntity(const EntityInput& input) {
  RETURN_IF_ERROR(Refuse(input.properties, {kKeyProperty}));
  if (std::find(input.labels.begin(), input.labels.end(), kBuiltInLabels[kArticleLabel]) !=
      input.labels.end()) {
    return absl::InvalidArgumentError("an entity cannot be labelled Article");
  }
  ASSIGN_OR_RETURN(const NodeId owner, graph_.FindKeyOwner(input.key));
  if (owner == kNoId) {
    ASSIGN_OR_RETURN(const NodeId merged, graph_.FindKey(input.key));
    if (merged != kNoId) return AddToMerged(merged, input);
  }
  std::vector<MapEntry> properties = NotNull(input.properties);
  AddText(kKeyProperty, input.key, &properties);
  AddText(kNameProperty, input.name, &properties);
  ASSIGN_OR_RETURN(const Upserted upserted,
                   Upsert(input.key, /*is_article=*/false, input.labels, input.names, properties));
  if (!IsStubKey(input.key)) touched_.insert(upserted.node);
  return upserted;
}

absl::StatusOr<ClaimWriter::Upserted> ClaimWriter::AddToMerged(NodeId node,
                                                               const EntityInput& input) {
  NodeRecord given;
  RETURN_IF_ERROR(graph_.SetPacked(NotNull(input.properties), &given.properties));
  ASSIGN_OR_RETURN(given.labels, graph_.NeedLabels(input.labels));
  entente::AddName({input.name, "", ""}, &given.names);
  for (const EntityName& name : input.names) entente::AddName(name, &given.names);
  ASSIGN_OR_RETURN(const NodeRecord old, graph_.NeedNode(node));
  ASSIGN_OR_RETURN(NodeRecord record, United(old, given));
  Upserted upserted;
  upserted.node = node;
  upserted.changed = old != record;
  RETURN_IF_ERROR(graph_.ChangeNode(node, &old, std::move(record)));
  return upserted;
}

absl::StatusOr<ClaimWriter::Upserted> ClaimWriter::UpsertArticle(const ArticleInput& input) {
  RETURN_IF_ERROR(
      Refuse(input.properties, {kKeyProperty, kUrlProperty, kTitleProperty, kPublisherProperty,
                                kLanguageProperty, kPublishedProperty, kCopyOfProperty}));
  std::vector<MapEntry> properties = NotNull(input.properties);
  AddText(kKeyProperty, input.key, &properties);
  AddText(kUrlProperty, input.url, &properties);
  AddText(kTitleProperty, input.title, &properties);
  AddText(kPublisherProperty, input.publisher, &properties);
  AddText(kLanguageProperty, input.language, &properties);
  AddText(kCopyOfProperty, input.copy_of, &properties);
  if (!input.published.is_null()) {
    if (!PublishedInstant(input.published).has_value()) {
      return absl::InvalidArgumentError("`published` is no date or time");
    }
    properties.emplace_back(std::string(kBuiltInProperties[kPublishedProperty]), input.published);
  }
  return Upsert(input.key, /*is_article=*/true, {std::string(kBuiltInLabels[kArticleLabel])}, {},
                properties);
}

absl::StatusOr<bool> ClaimWriter::FindNamed(EntityInput* input) {
  ASSIGN_OR_RETURN(const std::vector<NameMatch> matches, graph_.FindName(input->name));
  if (matches.empty()) {
    input->key = StubKey(input->name);
    return false;
  }
  ASSIGN_OR_RETURN(const NodeId node, Resolve(input->name));
  ASSIGN_OR_RETURN(const Value key, graph_.NodeProperty(node, kBuiltInProperties[kKeyProperty]));
  // The name only pointed at the entity; its canonical one stays.
  input->name.clear();
  if (key.is_string()) {
    input->key = std::string(key.string());
    return false;
  }
  RETURN_IF_ERROR(graph_.SetNodeProperties(node, input->properties, /*merge=*/true));
  RETURN_IF_ERROR(graph_.AddLabels(node, input->labels));
  for (const EntityName& name : input->names) RETURN_IF_ERROR(AddName(node, name).status());
  return true;
}

absl::StatusOr<NodeId> ClaimWriter::Resolve(absl::string_view text) {
  return graph_.NeedEntity(text);
}

absl::StatusOr<bool> ClaimWriter::AddName(NodeId node, const EntityName& name) {
  ASSIGN_OR_RETURN(const NodeRecord old, graph_.NeedNode(node));
  NodeRecord record = old;
  if (!entente::AddName(name, &record.names)) return false;
  RETURN_IF_ERROR(graph_.ChangeNode(node, &old, std::move(record)));
  return true;
}

absl::StatusOr<FactId> ClaimWriter::FindFact(NodeId subject, RelationId relation, NodeId object,
                                             const ValidEnd& from, const ValidEnd& to) const {
  FactRecord wanted;
  wanted.subject = subject;
  wanted.relation = relation;
  wanted.object = object;
  StoreValidFrom(from, &wanted);
  StoreValidTo(to, &wanted);
  return FindIdentity(wanted, FactIdentity(subject, relation, object, from, to));
}

absl::StatusOr<FactId> ClaimWriter::FindIdentity(const FactRecord& wanted,
                                                 absl::string_view identity) const {
  storage::EdgeColumns edges;
  RETURN_IF_ERROR(
      storage::FindEdgesBetween(graph_.view(), wanted.subject, wanted.object,
                                storage::RelationFilter(absl::MakeConstSpan(&wanted.relation, 1)),
                                storage::kFactColumn | storage::kValidFromColumn |
                                    storage::kValidToColumn | storage::kFlagsColumn,
                                &edges));
  // Only a moved identity can be at odds with the days that stand inline.
  std::vector<FactId> candidates;
  for (size_t i = 0; i < edges.size; ++i) {
    const bool fits =
        edges.valid_from[i] == wanted.valid_from && edges.valid_to[i] == wanted.valid_to;
    const bool moved = ((edges.flags[i] | wanted.flags) & storage::kMovedIdentity) != 0;
    if (fits || moved) candidates.push_back(edges.fact[i]);
  }
  std::sort(candidates.begin(), candidates.end());
  ASSIGN_OR_RETURN(const std::vector<std::optional<FactRecord>> records,
                   storage::ReadFacts(graph_.view(), candidates));
  for (size_t i = 0; i < records.size(); ++i) {
    if (!records[i].has_value()) return absl::DataLossError("an edge leads to no fact");
    ASSIGN_OR_RETURN(const std::string found, IdentityOf(*records[i]));
    if (found == identity) return candidates[i];
  }
  return kNoId;
}

absl::StatusOr<ClaimWriter::AddedFact> ClaimWriter::AddFact(const FactInput& input) {
  RETURN_IF_ERROR(Refuse(input.properties, {kValidFromProperty, kValidToProperty}));
  const std::vector<MapEntry> properties = NotNull(input.properties);
  std::string packed;
  RETURN_IF_ERROR(graph_.SetPacked(properties, &packed));
  AddedFact added;
  ASSIGN_OR_RETURN(added.fact, FindFact(input.subject, input.relation, input.object,
                                        input.valid_from, input.valid_to));
  if (added.fact == kNoId) {
    FactRecord record;
    record.subject = input.subject;
    record.relation = input.relation;
    record.object = input.object;
    record.flags = storage::kVisible | storage::kIdentified;
    record.properties = std::move(packed);
    RETURN_IF_ERROR(GraphWriter::SetEnd(/*from=*/true, input.valid_from, &record));
    RETURN_IF_ERROR(GraphWriter::SetEnd(/*from=*/false, input.valid_to, &record));
    added.created = true;
    ASSIGN_OR_RETURN(added.fact, graph_.InsertFact(record));
    return added;
  }
  if (packed.empty()) return added;
  ASSIGN_OR_RETURN(const FactRecord old, graph_.NeedFact(added.fact));
  FactRecord record = old;
  ASSIGN_OR_RETURN(added.differing, AddLackingToFact(packed, &record.properties));
  RETURN_IF_ERROR(graph_.ChangeFact(added.fact, old, std::move(record)));
  return added;
}

absl::StatusOr<size_t> ClaimWriter::AddLacking(absl::string_view packed, std::string* properties) {
  size_t differing = 0;
  ASSIGN_OR_RETURN(const std::vector<Property> given, UnpackProperties(packed));
  for (const auto& [id, value] : given) {
    ASSIGN_OR_RETURN(const Value stored, FindProperty(*properties, id));
    if (stored.is_null()) {
      ASSIGN_OR_RETURN(*properties, WithProperty(*properties, id, value));
    } else if (PackProperties({{id, stored}}) != PackProperties({{id, value}})) {
      ++differing;
    }
  }
  return differing;
}

absl::StatusOr<size_t> ClaimWriter::AddLackingToFact(absl::string_view packed,
                                                     std::string* properties) {
  std::string rest(packed);
  for (const PropertyId end : {kValidFromProperty, kValidToProperty}) {
    ASSIGN_OR_RETURN(rest, WithProperty(rest, end, Value::Null()));
  }
  return AddLacking(rest, properties);
}

size_t ClaimWriter::AddEvidence(absl::Span<const storage::Evidence> pieces, FactRecord* record) {
  size_t added = 0;
  for (const storage::Evidence& piece : pieces) {
    const auto known = std::find_if(record->evidence.begin(), record->evidence.end(),
                                    [&](const auto& other) { return SamePiece(other, piece); });
    if (known == record->evidence.end()) {
      record->evidence.push_back(piece);
      ++added;
    } else if (known->retracted_at == storage::kNoTime) {
      known->retracted_at = piece.retracted_at;
    }
  }
  return added;
}

absl::StatusOr<size_t> ClaimWriter::Cite(FactId fact, absl::Span<const EvidenceInput> evidence) {
  for (const EvidenceInput& piece : evidence) {
    if (!(piece.confidence >= 0 && piece.confidence <= 1)) {
      return absl::InvalidArgumentError("the confidence is not between 0 and 1");
    }
    ASSIGN_OR_RETURN(const bool exists, graph_.HasNode(piece.article));
    if (!IsArticle(piece.article) || !exists) {
      return absl::InvalidArgumentError("evidence needs an article");
    }
  }
  ASSIGN_OR_RETURN(const FactRecord old, graph_.NeedFact(fact));
  FactRecord record = old;
  std::vector<storage::Evidence> pieces;
  for (const EvidenceInput& piece : evidence) pieces.push_back(StoredEvidence(piece));
  const size_t added = AddEvidence(pieces, &record);
  if (added == 0) return added;
  RETURN_IF_ERROR(graph_.Refresh(&record));
  RETURN_IF_ERROR(graph_.ChangeFact(fact, old, std::move(record)));
  return added;
}

absl::StatusOr<size_t> ClaimWriter::Retract(FactId fact, NodeId article, Instant when,
                                            const EvidenceChoice& choice) {
  ASSIGN_OR_RETURN(const FactRecord old, graph_.NeedFact(fact));
  FactRecord record = old;
  size_t retracted = 0;
  for (storage::Evidence& piece : record.evidence) {
    if (piece.article != article || piece.retracted_at != storage::kNoTime) continue;
    if (!IsChosen(piece, choice)) continue;
    piece.retracted_at = when;
    ++retracted;
  }
  if (retracted == 0) return retracted;
  RETURN_IF_ERROR(graph_.Refresh(&record));
  RETURN_IF_ERROR(graph_.ChangeFact(fact, old, std::move(record)));
  return retracted;
}

}  // namespace entente
