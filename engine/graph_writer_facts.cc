// GraphWriter: relationships.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/counters.h"
#include "engine/error.h"
#include "engine/graph_writer.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/adjacency.h"
#include "storage/facts.h"
#include "storage/transaction.h"

namespace entente {

using storage::FactRecord;

absl::StatusOr<Value> GraphWriter::CreateRelationship(NodeId start, absl::string_view type,
                                                      NodeId end,
                                                      const std::vector<MapEntry>& properties) {
  for (NodeId node : {start, end}) {
    ASSIGN_OR_RETURN(const bool exists, HasNode(node));
    if (!exists) {
      return MakeError(ErrorCode::kDeletedEntityAccess,
                       absl::StrCat("The node ", node, " does not exist (any more)"));
    }
  }
  FactRecord record;
  record.subject = start;
  record.object = end;
  record.flags = storage::kVisible;
  RETURN_IF_ERROR(SetFactProperties(properties, &record));
  ASSIGN_OR_RETURN(record.relation, NeedRelation(type));
  ASSIGN_OR_RETURN(const FactId fact, InsertFact(record));
  RelationshipContent content;
  content.id = fact;
  content.start = start;
  content.end = end;
  content.relation = record.relation;
  return Value::Relationship(std::move(content));
}

absl::Status GraphWriter::SetRelationshipProperty(FactId fact, absl::string_view name,
                                                  const Value& value) {
  return SetRelationshipProperties(fact, {{std::string(name), value}}, /*merge=*/true);
}

absl::Status GraphWriter::SetRelationshipProperties(FactId fact,
                                                    const std::vector<MapEntry>& properties,
                                                    bool merge) {
  ASSIGN_OR_RETURN(const FactRecord old, NeedFact(fact));
  FactRecord record = old;
  if (!merge) {
    record.properties.clear();
    RETURN_IF_ERROR(SetEnd(/*from=*/true, ValidEnd(), &record));
    RETURN_IF_ERROR(SetEnd(/*from=*/false, ValidEnd(), &record));
  }
  RETURN_IF_ERROR(SetFactProperties(properties, &record));
  return ChangeFact(fact, old, std::move(record));
}

absl::Status GraphWriter::SetValidTime(FactId fact, const ValidEnd& from, const ValidEnd& to) {
  ASSIGN_OR_RETURN(const FactRecord old, NeedFact(fact));
  FactRecord record = old;
  RETURN_IF_ERROR(SetEnd(/*from=*/true, from, &record));
  RETURN_IF_ERROR(SetEnd(/*from=*/false, to, &record));
  return ChangeFact(fact, old, std::move(record));
}

absl::Status GraphWriter::DeleteRelationship(FactId fact) {
  ASSIGN_OR_RETURN(const std::optional<FactRecord> old, storage::ReadFact(transaction_, fact));
  if (!old.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(storage::EraseFact(transaction_, fact, *old));
  return transaction_.Count(RelationCounter(old->relation), -1);
}

absl::StatusOr<std::vector<FactId>> GraphWriter::AllRelationships(NodeId node) const {
  storage::EdgeColumns edges;
  for (storage::Direction direction : {storage::Direction::kOut, storage::Direction::kIn}) {
    RETURN_IF_ERROR(storage::ReadEdges(transaction_, direction, node, storage::RelationFilter(),
                                       storage::kFactColumn, &edges));
  }
  std::sort(edges.fact.begin(), edges.fact.end());
  edges.fact.erase(std::unique(edges.fact.begin(), edges.fact.end()), edges.fact.end());
  return std::move(edges.fact);
}

absl::StatusOr<std::vector<FactId>> GraphWriter::ExactRelationships(NodeId start,
                                                                    absl::string_view type,
                                                                    NodeId end) const {
  const RelationId relation = catalogue_->FindRelation(type);
  if (relation == kNoSymbol) return std::vector<FactId>();
  storage::EdgeColumns edges;
  RETURN_IF_ERROR(storage::FindEdgesBetween(
      *view_, start, end, storage::RelationFilter(absl::MakeConstSpan(&relation, 1)),
      storage::kFactColumn, &edges));
  return std::move(edges.fact);
}

absl::StatusOr<FactId> GraphWriter::InsertFact(const FactRecord& record) {
  RETURN_IF_ERROR(transaction_.Count(RelationCounter(record.relation), 1));
  return storage::InsertFact(transaction_, record);
}

absl::Status GraphWriter::SetFactProperties(const std::vector<MapEntry>& changes,
                                            FactRecord* record) {
  RETURN_IF_ERROR(SetPacked(changes, &record->properties));
  for (const auto& [name, value] : changes) {
    const PropertyId property = catalogue_->FindProperty(name);
    if (property != kValidFromProperty && property != kValidToProperty) continue;
    const std::optional<ValidEnd> end = ValidEndOf(value);
    RETURN_IF_ERROR(SetEnd(property == kValidFromProperty, end.value_or(ValidEnd()), record));
    if (end.has_value()) continue;
    // Lenses ignore a value that is no time, but it is a property all the same.
    RETURN_IF_ERROR(SetPacked({{name, value}}, &record->properties));
    record->flags |= property == kValidFromProperty ? storage::kInexactFrom : storage::kInexactTo;
  }
  return absl::OkStatus();
}

absl::Status GraphWriter::SetEnd(bool from, const ValidEnd& end, FactRecord* record) {
  const bool keeps = from ? StoreValidFrom(end, record) : StoreValidTo(end, record);
  ASSIGN_OR_RETURN(record->properties,
                   WithProperty(record->properties, from ? kValidFromProperty : kValidToProperty,
                                keeps ? end.value : Value::Null()));
  return absl::OkStatus();
}

absl::Status GraphWriter::ChangeFact(FactId fact, const FactRecord& old, FactRecord record) {
  if (old == record) return absl::OkStatus();
  if ((record.flags & storage::kIdentified) != 0 && record.identity.empty()) {
    ASSIGN_OR_RETURN(std::string identity, IdentityOf(old));
    ASSIGN_OR_RETURN(const std::string now, IdentityOf(record));
    if (identity != now) {
      record.identity = std::move(identity);
      record.flags |= storage::kMovedIdentity;
    }
  }
  return storage::UpdateFact(transaction_, fact, old, record);
}

}  // namespace entente
