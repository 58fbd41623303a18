#include "engine/graph.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/catalogue.h"
#include "engine/status.h"
#include "query/batch.h"
#include "query/functions/rows.h"

namespace entente::query {
namespace {

constexpr TypeSet kEntity = types::kNode | types::kRelationship;

uint64_t IdOf(const Value& entity) {
  return entity.is_node() ? entity.node_id() : entity.relationship().id;
}

absl::StatusOr<Value> Id(const FunctionContext&, Arguments arguments) {
  return Value::Integer(static_cast<int64_t>(IdOf(arguments[0])));
}

absl::StatusOr<Value> ElementId(const FunctionContext&, Arguments arguments) {
  return Value::String(absl::StrCat(IdOf(arguments[0])));
}

absl::StatusOr<Value> Labels(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const std::vector<LabelId> ids, context.graph->Labels(arguments[0].node_id()));
  std::vector<Value> labels;
  labels.reserve(ids.size());
  for (LabelId id : ids) labels.push_back(Value::String(context.graph->catalogue().label(id).name));
  return Value::List(std::move(labels));
}

absl::StatusOr<Value> RelationshipType(const FunctionContext& context, Arguments arguments) {
  const RelationId relation = arguments[0].relationship().relation;
  return Value::String(context.graph->catalogue().relation(relation).name);
}

absl::Status RelationshipTypes(const FunctionContext& context,
                               absl::Span<const RelationshipReference> relationships,
                               std::vector<Value>* types) {
  types->assign(relationships.size(), Value::Null());
  size_t last = relationships.size();  // that is not null
  for (size_t i = 0; i < relationships.size(); ++i) {
    const RelationId relation = relationships[i].relation;
    if (relationships[i].id == kNoId) continue;
    const bool same = last < i && relationships[last].relation == relation;
    (*types)[i] =
        same ? (*types)[last] : Value::String(context.graph->catalogue().relation(relation).name);
    last = i;
  }
  return absl::OkStatus();
}

absl::StatusOr<Value> StartNode(const FunctionContext&, Arguments arguments) {
  return Value::Node(arguments[0].relationship().start);
}

absl::StatusOr<Value> EndNode(const FunctionContext&, Arguments arguments) {
  return Value::Node(arguments[0].relationship().end);
}

absl::StatusOr<Value> Nodes(const FunctionContext&, Arguments arguments) {
  return Value::List(arguments[0].path().nodes);
}

absl::StatusOr<Value> Relationships(const FunctionContext&, Arguments arguments) {
  return Value::List(arguments[0].path().relationships);
}

absl::StatusOr<Value> Length(const FunctionContext&, Arguments arguments) {
  return Value::Integer(static_cast<int64_t>(arguments[0].path().relationships.size()));
}

absl::StatusOr<std::vector<MapEntry>> PropertiesOf(const FunctionContext& context,
                                                   const Value& owner) {
  if (owner.is_map()) return owner.map();
  if (owner.is_node()) return context.graph->NodeProperties(owner.node_id());
  return context.graph->RelationshipProperties(owner.relationship().id);
}

absl::StatusOr<Value> Properties(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(std::vector<MapEntry> entries, PropertiesOf(context, arguments[0]));
  return Value::Map(std::move(entries));
}

absl::StatusOr<Value> Keys(const FunctionContext& context, Arguments arguments) {
  ASSIGN_OR_RETURN(const std::vector<MapEntry> entries, PropertiesOf(context, arguments[0]));
  std::vector<Value> keys;
  keys.reserve(entries.size());
  for (const MapEntry& entry : entries) keys.push_back(Value::String(entry.first));
  return Value::List(std::move(keys));
}

absl::StatusOr<Value> Exists(const FunctionContext&, Arguments arguments) {
  return Value::Boolean(!arguments[0].is_null());
}

FunctionRow OfMany(absl::Status (*of_many)(const FunctionContext&,
                                           absl::Span<const RelationshipReference>,
                                           std::vector<Value>*),
                   FunctionRow row) {
  row.of_many = of_many;
  return row;
}

FunctionRow GraphRow(absl::string_view name, FunctionParameter parameter, TypeSet result,
                     Purity purity, FunctionImplementation implementation, absl::string_view help) {
  return {.name = name,
          .parameters = {parameter},
          .result = result,
          .purity = purity,
          .implementation = implementation,
          .help = help};
}

}  // namespace

std::vector<FunctionRow> GraphFunctions() {
  const FunctionParameter entity = {"entity", kEntity};
  const FunctionParameter node = {"node", types::kNode};
  const FunctionParameter relationship = {"relationship", types::kRelationship};
  const FunctionParameter path = {"path", types::kPath};
  const FunctionParameter owner = {"value", kEntity | types::kMap};
  return {
      GraphRow("id", entity, types::kInteger, Purity::kPure, Id,
               "The internal number of a node or relationship."),
      GraphRow("elementId", entity, types::kString, Purity::kPure, ElementId,
               "The internal number of a node or relationship as text."),
      ListOf(types::kString, GraphRow("labels", node, types::kList, Purity::kReadsGraph, Labels,
                                      "The labels of a node, without those above them.")),
      OfMany(RelationshipTypes,
             GraphRow("type", relationship, types::kString, Purity::kReadsGraph, RelationshipType,
                      "The name of a relationship's own type.")),
      GraphRow("startNode", relationship, types::kNode, Purity::kPure, StartNode,
               "The node that a relationship leaves."),
      GraphRow("endNode", relationship, types::kNode, Purity::kPure, EndNode,
               "The node that a relationship enters."),
      ListOf(types::kNode, GraphRow("nodes", path, types::kList, Purity::kPure, Nodes,
                                    "The nodes of a path, in order.")),
      ListOf(types::kRelationship,
             GraphRow("relationships", path, types::kList, Purity::kPure, Relationships,
                      "The relationships of a path, in order.")),
      GraphRow("length", path, types::kInteger, Purity::kPure, Length,
               "The number of relationships in a path."),
      GraphRow("properties", owner, types::kMap, Purity::kReadsGraph, Properties,
               "The properties of a node or relationship as a map; a map as it is."),
      ListOf(
          types::kString,
          GraphRow("keys", owner, types::kList, Purity::kReadsGraph, Keys,
                   "The names of the properties of a node or relationship, or the keys of a map.")),
      {.name = "exists",
       .parameters = {{"value", types::kAny}},
       .result = types::kBoolean,
       .nulls = NullPolicy::kCalled,
       .implementation = Exists,
       .help = "Whether a property is there, that is, not null."},
  };
}

}  // namespace entente::query
