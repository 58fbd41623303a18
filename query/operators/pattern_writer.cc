#include "query/operators/pattern_writer.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/tree_walk.h"

namespace entente::query {
namespace {

absl::Status WrongType(absl::string_view wanted, const Value& value, const SourceSpan& span) {
  return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                   absl::StrCat("Expected ", wanted, ", but got a value of type ",
                                std::string(Value::TypeName(value.type()))),
                   span);
}

uint64_t CountPresent(const std::vector<MapEntry>& properties) {
  return std::count_if(properties.begin(), properties.end(),
                       [](const MapEntry& entry) { return !entry.second.is_null(); });
}

const Value* FindIn(const std::vector<MapEntry>& properties, absl::string_view name) {
  for (const auto& [key, value] : properties) {
    if (key == name) return &value;
  }
  return nullptr;
}

// Whether what it yields may change with what the statement writes.
bool MayReadGraph(const Expression& expression) {
  const auto& node = expression.node;
  if (const auto* call = std::get_if<FunctionExpression>(&node)) {
    return call->function->purity == Purity::kReadsGraph;
  }
  return std::holds_alternative<PropertyReference>(node) ||
         std::holds_alternative<LabelPredicate>(node) ||
         std::holds_alternative<SubscriptExpression>(node) ||
         std::holds_alternative<MapProjectionExpression>(node) ||
         std::holds_alternative<SubqueryExpression>(node);
}

bool ReadsGraph(const UpdateAction& action) {
  if (const auto* property = std::get_if<SetPropertyAction>(&action)) {
    return AnyExpression(*property->object, MayReadGraph) ||
           AnyExpression(*property->value, MayReadGraph);
  }
  if (const auto* properties = std::get_if<SetPropertiesAction>(&action)) {
    // SET a = b reads b's properties.
    return std::holds_alternative<SlotReference>(properties->properties->node) ||
           AnyExpression(*properties->object, MayReadGraph) ||
           AnyExpression(*properties->properties, MayReadGraph);
  }
  return AnyExpression(*std::get<LabelsAction>(action).object, MayReadGraph);
}

}  // namespace

absl::StatusOr<std::vector<std::vector<MapEntry>>> PatternWriter::Maps(const Expression* properties,
                                                                       const Batch& rows) {
  std::vector<std::vector<MapEntry>> maps(rows.row_count());
  if (properties == nullptr) return maps;
  ASSIGN_OR_RETURN(const Column column, evaluator_.Evaluate(*properties, rows));
  Value scratch;
  for (size_t row = 0; row < maps.size(); ++row) {
    const Value& value = column.ReadAt(row, &scratch);
    if (value.is_null()) continue;
    if (!value.is_map()) return WrongType("a map of properties", value, properties->span);
    maps[row] = value.map();
  }
  return maps;
}

absl::Status PatternWriter::CheckNoNulls(const Expression* properties, const Batch& rows) {
  if (properties == nullptr) return absl::OkStatus();
  // Properties that depend on what the pattern itself makes cannot be known before.
  for (Slot slot : properties->reads) {
    if (!rows.column(slot).present()) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto maps, Maps(properties, rows));
  for (const auto& map : maps) {
    for (const auto& [name, value] : map) {
      if (!value.is_null()) continue;
      return MakeError(
          ErrorCode::kMergeReadOwnWrites,
          absl::StrCat("MERGE cannot look for a null property, but `", name, "` is null"),
          properties->span);
    }
  }
  return absl::OkStatus();
}

absl::Status PatternWriter::CheckNoNulls(const std::vector<CreatedNode>& nodes,
                                         const std::vector<CreatedRelationship>& relationships,
                                         const Batch& rows) {
  for (const CreatedNode& node : nodes) {
    RETURN_IF_ERROR(CheckNoNulls(node.properties.get(), rows));
  }
  for (const CreatedRelationship& relationship : relationships) {
    RETURN_IF_ERROR(CheckNoNulls(relationship.properties.get(), rows));
  }
  return absl::OkStatus();
}

absl::Status PatternWriter::Create(const std::vector<CreatedNode>& nodes,
                                   const std::vector<CreatedRelationship>& relationships,
                                   Batch* rows) {
  RETURN_IF_ERROR(execution_.CheckInterrupted());
  for (const CreatedNode& node : nodes) {
    RETURN_IF_ERROR(CreateNodes(node, rows));
  }
  for (const CreatedRelationship& relationship : relationships) {
    RETURN_IF_ERROR(CreateRelationships(relationship, rows));
  }
  return absl::OkStatus();
}

absl::Status PatternWriter::CreateNodes(const CreatedNode& node, Batch* rows) {
  ASSIGN_OR_RETURN(const auto maps, Maps(node.properties.get(), *rows));
  const size_t labels =
      absl::flat_hash_set<std::string>(node.labels.begin(), node.labels.end()).size();
  std::vector<NodeId> created;
  created.reserve(maps.size());
  for (const std::vector<MapEntry>& map : maps) {
    absl::StatusOr<NodeId> id = execution_.writer->CreateNode(node.labels, map);
    if (!id.ok()) {
      return node.properties == nullptr ? id.status()
                                        : WithSpan(id.status(), node.properties->span);
    }
    created.push_back(*id);
    ++execution_.changes.nodes_created;
    execution_.changes.labels_added += labels;
    execution_.changes.properties_set += CountPresent(map);
  }
  rows->column(node.slot) = Column(std::move(created));
  return absl::OkStatus();
}

absl::Status PatternWriter::CreateRelationships(const CreatedRelationship& relationship,
                                                Batch* rows) {
  ASSIGN_OR_RETURN(const auto maps, Maps(relationship.properties.get(), *rows));
  std::vector<NodeId> starts;
  std::vector<NodeId> ends;
  RETURN_IF_ERROR(rows->column(relationship.start).ReadNodes(&starts));
  RETURN_IF_ERROR(rows->column(relationship.end).ReadNodes(&ends));
  Column::Relationships created;
  created.reserve(maps.size());
  for (size_t row = 0; row < maps.size(); ++row) {
    if (starts[row] == kNoId || ends[row] == kNoId) {
      return MakeError(ErrorCode::kEntityNotFound,
                       absl::StrCat("A relationship of type ", relationship.type,
                                    " needs two nodes, but one is null"));
    }
    absl::StatusOr<Value> value =
        execution_.writer->CreateRelationship(starts[row], relationship.type, ends[row], maps[row]);
    if (!value.ok()) {
      return relationship.properties == nullptr
                 ? value.status()
                 : WithSpan(value.status(), relationship.properties->span);
    }
    RelationshipReference reference = ToReference(*value);
    reference.lens = nullptr;
    created.push_back(reference);
    ++execution_.changes.relationships_created;
    execution_.changes.properties_set += CountPresent(maps[row]);
  }
  rows->column(relationship.slot) = Column(std::move(created));
  return absl::OkStatus();
}

Updater::Updater(Execution& execution, const std::vector<UpdateAction>& actions)
    : execution_(execution),
      actions_(actions),
      evaluator_(execution),
      reads_graph_(std::any_of(actions.begin(), actions.end(), ReadsGraph)) {}

absl::Status Updater::Apply(const Batch& rows) {
  if (!reads_graph_ || rows.row_count() == 1) return ApplyAll(rows);
  for (uint32_t row = 0; row < rows.row_count(); ++row) {
    RETURN_IF_ERROR(ApplyAll(rows.Gather({row})));
  }
  return absl::OkStatus();
}

absl::Status Updater::ApplyAll(const Batch& rows) {
  RETURN_IF_ERROR(execution_.CheckInterrupted());
  for (const UpdateAction& action : actions_) {
    RETURN_IF_ERROR(std::visit([&](const auto& kind) { return Run(kind, rows); }, action));
  }
  return absl::OkStatus();
}

absl::Status Updater::Run(const SetPropertyAction& action, const Batch& rows) {
  ASSIGN_OR_RETURN(const Column objects, evaluator_.Evaluate(*action.object, rows));
  ASSIGN_OR_RETURN(const Column values, evaluator_.Evaluate(*action.value, rows));
  Value first;
  Value second;
  for (size_t row = 0; row < rows.row_count(); ++row) {
    const Value& object = objects.ReadAt(row, &first);
    if (object.is_null()) continue;
    RETURN_IF_ERROR(
        SetProperty(object, action.name, values.ReadAt(row, &second), action.value->span));
  }
  return absl::OkStatus();
}

absl::Status Updater::SetProperty(const Value& object, const std::string& name, const Value& value,
                                  const SourceSpan& span) {
  GraphWriter& writer = *execution_.writer;
  bool counts = !value.is_null();
  if (object.is_node()) {
    if (!counts) {
      ASSIGN_OR_RETURN(const Value old, writer.NodeProperty(object.node_id(), name));
      counts = !old.is_null();
    }
    RETURN_IF_ERROR(WithSpan(writer.SetNodeProperty(object.node_id(), name, value), span));
  } else if (object.is_relationship()) {
    const FactId fact = object.relationship().id;
    if (!counts) {
      ASSIGN_OR_RETURN(const Value old, writer.RelationshipProperty(fact, name));
      counts = !old.is_null();
    }
    RETURN_IF_ERROR(WithSpan(writer.SetRelationshipProperty(fact, name, value), span));
  } else {
    return WrongType("a node or a relationship", object, span);
  }
  if (counts) ++execution_.changes.properties_set;
  return absl::OkStatus();
}

absl::Status Updater::Run(const SetPropertiesAction& action, const Batch& rows) {
  ASSIGN_OR_RETURN(const Column objects, evaluator_.Evaluate(*action.object, rows));
  ASSIGN_OR_RETURN(const Column sources, evaluator_.Evaluate(*action.properties, rows));
  Value first;
  Value second;
  for (size_t row = 0; row < rows.row_count(); ++row) {
    const Value& object = objects.ReadAt(row, &first);
    if (object.is_null()) continue;
    RETURN_IF_ERROR(
        SetProperties(object, sources.ReadAt(row, &second), action.merge, action.properties->span));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<MapEntry>> Updater::PropertiesOf(const Value& object,
                                                            const SourceSpan& span) {
  if (object.is_map()) return object.map();
  if (object.is_node()) return execution_.writer->NodeProperties(object.node_id());
  if (object.is_relationship()) {
    return execution_.writer->RelationshipProperties(object.relationship().id);
  }
  return WrongType("a map, a node or a relationship", object, span);
}

absl::Status Updater::SetProperties(const Value& object, const Value& source, bool merge,
                                    const SourceSpan& span) {
  if (!object.is_node() && !object.is_relationship()) {
    return WrongType("a node or a relationship", object, span);
  }
  ASSIGN_OR_RETURN(const std::vector<MapEntry> properties, PropertiesOf(source, span));
  ASSIGN_OR_RETURN(const std::vector<MapEntry> old, PropertiesOf(object, span));
  uint64_t removed = 0;
  for (const auto& [name, value] : old) {
    const Value* after = FindIn(properties, name);
    if (after == nullptr ? !merge : after->is_null()) ++removed;
  }
  execution_.changes.properties_set += CountPresent(properties) + removed;
  if (object.is_node()) {
    return WithSpan(execution_.writer->SetNodeProperties(object.node_id(), properties, merge),
                    span);
  }
  return WithSpan(
      execution_.writer->SetRelationshipProperties(object.relationship().id, properties, merge),
      span);
}

absl::Status Updater::Run(const LabelsAction& action, const Batch& rows) {
  ASSIGN_OR_RETURN(const Column objects, evaluator_.Evaluate(*action.object, rows));
  Value scratch;
  for (size_t row = 0; row < rows.row_count(); ++row) {
    const Value& object = objects.ReadAt(row, &scratch);
    if (object.is_null()) continue;
    if (!object.is_node()) return WrongType("a node", object, action.object->span);
    RETURN_IF_ERROR(WithSpan(ChangeLabels(object.node_id(), action), action.object->span));
  }
  return absl::OkStatus();
}

absl::Status Updater::ChangeLabels(NodeId node, const LabelsAction& action) {
  GraphWriter& writer = *execution_.writer;
  ASSIGN_OR_RETURN(const std::vector<LabelId> before, writer.Labels(node));
  if (action.remove) {
    RETURN_IF_ERROR(writer.RemoveLabels(node, action.labels));
  } else {
    RETURN_IF_ERROR(writer.AddLabels(node, action.labels));
  }
  ASSIGN_OR_RETURN(const std::vector<LabelId> after, writer.Labels(node));
  Changes& changes = execution_.changes;
  if (after.size() > before.size()) changes.labels_added += after.size() - before.size();
  if (after.size() < before.size()) changes.labels_removed += before.size() - after.size();
  return absl::OkStatus();
}

}  // namespace entente::query
