#include "query/pattern.h"

#include <algorithm>

#include "engine/status.h"

namespace entente::query {

bool PatternTypes::Refresh() {
  // Only a statement that writes can change the catalogue that it reads.
  if (resolved_ && execution_.writer == nullptr) return false;
  RelationSet set;
  if (exact_ && !names_.empty()) {
    set.any = false;
    for (const std::string& name : names_) {
      const RelationId id = execution_.graph->catalogue().FindRelation(name);
      if (id != kNoSymbol) set.ids.push_back(id);
    }
    std::sort(set.ids.begin(), set.ids.end());
  } else {
    set = execution_.graph->ResolveTypes(names_);
  }
  const bool differs = !resolved_ || set.any != set_.any || set.ids != set_.ids;
  resolved_ = true;
  if (differs) set_ = std::move(set);
  return differs;
}

absl::StatusOr<bool> BearsLabels(const Graph& graph, NodeId node,
                                 const std::vector<std::string>& labels, bool exact) {
  std::vector<LabelId> own;
  if (exact) {
    ASSIGN_OR_RETURN(own, graph.Labels(node));
  }
  for (const std::string& name : labels) {
    const LabelId label = graph.catalogue().FindLabel(name);
    if (label == kNoSymbol) return false;
    if (exact) {
      if (std::find(own.begin(), own.end(), label) == own.end()) return false;
      continue;
    }
    ASSIGN_OR_RETURN(const bool bears, graph.HasLabel(node, label));
    if (!bears) return false;
  }
  return true;
}

bool IsType(const Graph& graph, RelationId relation, const std::string& name, bool exact) {
  const RelationId type = graph.catalogue().FindRelation(name);
  if (type == kNoSymbol || exact) return type == relation && type != kNoSymbol;
  const std::vector<RelationId>& types = graph.catalogue().DescendantRelations(type);
  return std::binary_search(types.begin(), types.end(), relation);
}

void OtherRelationships::SetRows(const Batch& rows) {
  columns_.clear();
  for (Slot slot : slots_) {
    if (rows.column(slot).present()) columns_.push_back(&rows.column(slot));
  }
}

bool OtherRelationships::Contains(size_t row, FactId relationship) const {
  const auto is_it = [&](const Value& value) {
    return value.is_relationship() && value.relationship().id == relationship;
  };
  for (const Column* column : columns_) {
    if (const auto* references = column->relationships()) {
      if ((*references)[row].id == relationship) return true;
      continue;
    }
    Value scratch;
    const Value& value = column->ReadAt(row, &scratch);
    if (is_it(value)) return true;
    if (value.is_list() && std::any_of(value.list().begin(), value.list().end(), is_it)) {
      return true;
    }
  }
  return false;
}

uint64_t OtherRelationships::CountFitting(size_t row, NodeId from, NodeId to, Heading heading,
                                          const RelationSet& types) const {
  uint64_t count = 0;
  const auto add = [&](const RelationshipReference& relationship) {
    const NodeId end = FarEnd(relationship, from, heading, types);
    if (end != kNoId && (to == kNoId || end == to)) ++count;
  };
  const auto add_value = [&](const Value& value) {
    if (value.is_relationship()) add(ToReference(value));
  };
  for (const Column* column : columns_) {
    if (const auto* references = column->relationships()) {
      add((*references)[row]);
      continue;
    }
    Value scratch;
    const Value& value = column->ReadAt(row, &scratch);
    add_value(value);
    if (value.is_list()) std::for_each(value.list().begin(), value.list().end(), add_value);
  }
  return count;
}

NodeId FarEnd(const RelationshipReference& relationship, NodeId from, Heading heading,
              const RelationSet& types) {
  if (relationship.id == kNoId) return kNoId;
  if (!types.any &&
      !std::binary_search(types.ids.begin(), types.ids.end(), relationship.relation)) {
    return kNoId;
  }
  if (heading != Heading::kIn && relationship.start == from) return relationship.end;
  if (heading != Heading::kOut && relationship.end == from) return relationship.start;
  return kNoId;
}

}  // namespace entente::query
