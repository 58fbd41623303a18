#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/bind_expression.h"
#include "query/binder.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

using Type = Value::Type;

absl::Status AlreadyBound(const ast::Name& name) {
  return MakeError(ErrorCode::kVariableAlreadyBound,
                   absl::StrCat("`", name.text, "` is bound already and cannot be made again"),
                   name.span);
}

std::vector<std::string> TextsOf(const std::vector<ast::Name>& names) {
  std::vector<std::string> texts;
  for (const ast::Name& name : names) texts.push_back(name.text);
  return texts;
}

// Creations on their way to plans: what reads something made in the same clause is made by an
// operator of its own, above that which makes it.
class CreationStack {
 public:
  // Slots from `first_new` on are the clause's own.
  CreationStack(Slot first_new, Flow* flow) : first_new_(first_new), flow_(*flow) {}

  absl::Status Add(CreatedNode node) {
    RETURN_IF_ERROR(MakeRoomFor(node.properties));
    made_.insert(node.slot);
    level_.insert(node.slot);
    plan_.nodes.push_back(std::move(node));
    return absl::OkStatus();
  }
  absl::Status Add(CreatedRelationship relationship) {
    RETURN_IF_ERROR(MakeRoomFor(relationship.properties));
    made_.insert(relationship.slot);
    level_.insert(relationship.slot);
    plan_.relationships.push_back(std::move(relationship));
    return absl::OkStatus();
  }
  void Finish() {
    if (level_.empty()) return;
    plan_.input = std::move(flow_.plan);
    flow_.plan = MakePlan(std::exchange(plan_, {}));
    level_.clear();
  }

 private:
  absl::Status MakeRoomFor(const ExpressionPtr& properties) {
    if (properties == nullptr) return absl::OkStatus();
    bool depends = false;
    for (Slot slot : properties->reads) {
      if (slot >= first_new_ && !made_.contains(slot)) {
        return MakeError(ErrorCode::kUndefinedVariable,
                         "Properties can use only what stands before them in CREATE",
                         properties->span);
      }
      depends = depends || level_.contains(slot);
    }
    if (depends) Finish();
    return absl::OkStatus();
  }

  const Slot first_new_;
  Flow& flow_;
  CreatePlan plan_;
  SlotSet made_;
  SlotSet level_;  // made by plan_
};

}  // namespace

absl::Status Binder::CheckCreatedPattern(
    const ast::PathPattern& pattern, bool merge, const Scope& scope,
    absl::flat_hash_set<std::string>* made_nodes,
    absl::flat_hash_set<std::string>* made_relationships) const {
  for (const ast::NodePattern& node : pattern.nodes) {
    if (!node.variable.has_value()) continue;
    const ast::Name& name = *node.variable;
    const bool bound = scope.Find(name.text) != nullptr || made_nodes->contains(name.text);
    const bool says_more = !node.labels.empty() || node.properties != nullptr;
    if (bound && (says_more || pattern.nodes.size() == 1)) return AlreadyBound(name);
    made_nodes->insert(name.text);
  }
  for (const ast::RelationshipPattern& relationship : pattern.relationships) {
    if (relationship.variable.has_value()) {
      const ast::Name& name = *relationship.variable;
      const bool is_new = made_relationships->insert(name.text).second;
      if (!is_new || scope.Find(name.text) != nullptr) return AlreadyBound(name);
    }
    if (relationship.length.has_value()) {
      return MakeError(ErrorCode::kCreatingVarLength,
                       "A relationship of variable length can be matched, but not made",
                       relationship.span);
    }
    if (relationship.types.size() != 1) {
      return MakeError(ErrorCode::kNoSingleRelationshipType,
                       "A relationship is made with exactly one type", relationship.span);
    }
    if (!merge && relationship.arrow == ast::Arrow::kEither) {
      return MakeError(ErrorCode::kRequiresDirectedRelationship,
                       "A relationship is made with a direction: write -> or <-",
                       relationship.span);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ExpressionPtr> Binder::BindCreatedProperties(const ast::ExpressionPtr& properties,
                                                            const Scope& scope) {
  if (properties == nullptr) return ExpressionPtr();
  ASSIGN_OR_RETURN(ExpressionPtr bound, ExpressionBinder(this, scope).Bind(*properties));
  RETURN_IF_ERROR(RequireType(*bound, {Type::kMap}, "Properties"));
  return bound;
}

absl::Status Binder::ListCreated(const PatternClause& clause, const Scope& scope,
                                 std::vector<CreatedNode>* nodes,
                                 std::vector<CreatedRelationship>* relationships) {
  SlotSet listed;
  for (const PatternSlots& slots : clause.patterns) {
    const ast::PathPattern& pattern = *slots.pattern;
    for (size_t i = 0; i < pattern.nodes.size(); ++i) {
      if (slots.nodes[i] < clause.first_new || !listed.insert(slots.nodes[i]).second) continue;
      CreatedNode created;
      created.slot = slots.nodes[i];
      created.labels = TextsOf(pattern.nodes[i].labels);
      ASSIGN_OR_RETURN(created.properties,
                       BindCreatedProperties(pattern.nodes[i].properties, scope));
      nodes->push_back(std::move(created));
    }
    for (size_t i = 0; i < pattern.relationships.size(); ++i) {
      const ast::RelationshipPattern& relationship = pattern.relationships[i];
      const bool left = relationship.arrow == ast::Arrow::kLeft;
      CreatedRelationship created;
      created.slot = slots.relationships[i];
      created.start = slots.nodes[left ? i + 1 : i];
      created.end = slots.nodes[left ? i : i + 1];
      created.type = relationship.types.front().text;
      ASSIGN_OR_RETURN(created.properties, BindCreatedProperties(relationship.properties, scope));
      relationships->push_back(std::move(created));
    }
  }
  return absl::OkStatus();
}

absl::Status Binder::BindCreate(const ast::Create& create, Flow* flow) {
  absl::flat_hash_set<std::string> made_nodes;
  absl::flat_hash_set<std::string> made_relationships;
  std::vector<const ast::PathPattern*> patterns;
  for (const ast::PathPattern& pattern : create.patterns) {
    RETURN_IF_ERROR(
        CheckCreatedPattern(pattern, false, flow->scope, &made_nodes, &made_relationships));
    patterns.push_back(&pattern);
  }
  ASSIGN_OR_RETURN(PatternClause clause, DeclarePatterns(patterns, {}, &flow->scope));
  std::vector<CreatedNode> nodes;
  std::vector<CreatedRelationship> relationships;
  RETURN_IF_ERROR(ListCreated(clause, flow->scope, &nodes, &relationships));
  CreationStack stack(clause.first_new, flow);
  for (CreatedNode& node : nodes) RETURN_IF_ERROR(stack.Add(std::move(node)));
  for (CreatedRelationship& made : relationships) RETURN_IF_ERROR(stack.Add(std::move(made)));
  stack.Finish();
  ProjectPaths(clause, flow);
  return absl::OkStatus();
}

absl::Status Binder::BindMerge(const ast::Merge& merge, Flow* flow) {
  const Scope before = flow->scope;
  absl::flat_hash_set<std::string> made_nodes;
  absl::flat_hash_set<std::string> made_relationships;
  RETURN_IF_ERROR(
      CheckCreatedPattern(merge.pattern, true, before, &made_nodes, &made_relationships));
  // MERGE looks at all relationships, whatever lens is in force.
  prepared_.lenses.push_back(std::make_unique<BoundLens>());
  prepared_.lenses.back()->including = ast::Including::kAll;
  PatternOptions options;
  options.lens = prepared_.lenses.back().get();
  options.exact = true;
  const Subplan subplan = BeginSubplan();
  Flow inner = {ArgumentOf(subplan), before};
  const ast::PathPattern* pattern = &merge.pattern;
  ASSIGN_OR_RETURN(PatternClause clause, DeclarePatterns({&pattern, 1}, options, &inner.scope));
  MergePlan plan;
  RETURN_IF_ERROR(ListCreated(clause, before, &plan.nodes, &plan.relationships));
  // The path is made of what was found or created, so it comes after both.
  const std::optional<Slot> path = std::exchange(clause.patterns.front().path, std::nullopt);
  RETURN_IF_ERROR(PlacePatterns(&clause, nullptr, &inner));
  FinishSubplan(subplan, inner.plan.get());
  plan.match = std::move(inner.plan);
  ASSIGN_OR_RETURN(plan.on_create, BindSetItems(merge.on_create, inner.scope));
  ASSIGN_OR_RETURN(plan.on_match, BindSetItems(merge.on_match, inner.scope));
  plan.input = std::move(flow->plan);
  flow->plan = MakePlan(std::move(plan));
  flow->scope = std::move(inner.scope);
  clause.patterns.front().path = path;
  ProjectPaths(clause, flow);
  return absl::OkStatus();
}

absl::StatusOr<UpdateAction> Binder::BindSetProperty(const ast::Expression& object,
                                                     const ast::Name& key,
                                                     const ast::Expression* value,
                                                     const Scope& scope) {
  SetPropertyAction action;
  action.name = key.text;
  ASSIGN_OR_RETURN(action.object, ExpressionBinder(this, scope).Bind(object));
  RETURN_IF_ERROR(RequireType(*action.object, {Type::kNode, Type::kRelationship},
                              "What has a property set or removed"));
  if (value == nullptr) {
    action.value = MakeExpression(Constant{Value::Null()}, key.span, TypeSet{Type::kNull});
  } else {
    ASSIGN_OR_RETURN(action.value, ExpressionBinder(this, scope).Bind(*value));
  }
  return action;
}

absl::StatusOr<UpdateAction> Binder::BindLabels(const ast::SetItem::Labels& labels, bool remove,
                                                const Scope& scope) {
  LabelsAction action;
  const ast::Expression variable = {ast::Variable{labels.variable.text}, labels.variable.span};
  ASSIGN_OR_RETURN(action.object, ExpressionBinder(this, scope).Bind(variable));
  RETURN_IF_ERROR(RequireType(*action.object, {Type::kNode}, "What has labels set or removed"));
  action.labels = TextsOf(labels.labels);
  action.remove = remove;
  return action;
}

absl::StatusOr<std::vector<UpdateAction>> Binder::BindSetItems(
    const std::vector<ast::SetItem>& items, const Scope& scope) {
  std::vector<UpdateAction> actions;
  for (const ast::SetItem& item : items) {
    if (const auto* property = std::get_if<ast::SetItem::Property>(&item.action)) {
      ASSIGN_OR_RETURN(UpdateAction action, BindSetProperty(*property->object, property->key,
                                                            property->value.get(), scope));
      actions.push_back(std::move(action));
    } else if (const auto* labels = std::get_if<ast::SetItem::Labels>(&item.action)) {
      ASSIGN_OR_RETURN(UpdateAction action, BindLabels(*labels, false, scope));
      actions.push_back(std::move(action));
    } else {
      const auto& map = std::get<ast::SetItem::Map>(item.action);
      SetPropertiesAction action;
      action.merge = map.merge;
      const ast::Expression variable = {ast::Variable{map.variable.text}, map.variable.span};
      ASSIGN_OR_RETURN(action.object, ExpressionBinder(this, scope).Bind(variable));
      RETURN_IF_ERROR(RequireType(*action.object, {Type::kNode, Type::kRelationship},
                                  "What has properties set"));
      ASSIGN_OR_RETURN(action.properties, ExpressionBinder(this, scope).Bind(*map.map));
      RETURN_IF_ERROR(RequireType(*action.properties,
                                  {Type::kMap, Type::kNode, Type::kRelationship}, "Properties"));
      actions.push_back(std::move(action));
    }
  }
  return actions;
}

absl::Status Binder::BindRemove(const ast::Remove& remove, Flow* flow) {
  UpdatePlan plan;
  for (const ast::RemoveItem& item : remove.items) {
    if (const auto* property = std::get_if<ast::RemoveItem::Property>(&item.action)) {
      ASSIGN_OR_RETURN(UpdateAction action,
                       BindSetProperty(*property->object, property->key, nullptr, flow->scope));
      plan.actions.push_back(std::move(action));
    } else {
      ASSIGN_OR_RETURN(UpdateAction action,
                       BindLabels(std::get<ast::SetItem::Labels>(item.action), true, flow->scope));
      plan.actions.push_back(std::move(action));
    }
  }
  plan.input = std::move(flow->plan);
  flow->plan = MakePlan(std::move(plan));
  return absl::OkStatus();
}

absl::Status Binder::BindDelete(const ast::Delete& clause, Flow* flow) {
  DeletePlan plan;
  plan.detach = clause.detach;
  for (const ast::ExpressionPtr& expression : clause.expressions) {
    if (std::holds_alternative<ast::LabelTest>(expression->node)) {
      return MakeError(ErrorCode::kInvalidDelete,
                       "DELETE deletes nodes and relationships; labels are taken away by REMOVE",
                       expression->span);
    }
    ASSIGN_OR_RETURN(ExpressionPtr bound, ExpressionBinder(this, flow->scope).Bind(*expression));
    RETURN_IF_ERROR(
        RequireType(*bound, {Type::kNode, Type::kRelationship, Type::kPath}, "What is deleted"));
    plan.expressions.push_back(std::move(bound));
  }
  plan.input = std::move(flow->plan);
  flow->plan = MakePlan(std::move(plan));
  return absl::OkStatus();
}

}  // namespace entente::query
