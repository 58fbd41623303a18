#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/cameo.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/bind_expression.h"
#include "query/binder.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

using Type = Value::Type;

constexpr TypeSet kNodeOrNull = {Type::kNode, Type::kNull};
constexpr TypeSet kRelationshipOrNull = {Type::kRelationship, Type::kNull};
constexpr TypeSet kListOrNull = {Type::kList, Type::kNull};
constexpr TypeSet kPathOrNull = {Type::kPath, Type::kNull};

Heading HeadingOf(ast::Arrow arrow, bool backwards) {
  if (arrow == ast::Arrow::kEither) return Heading::kEither;
  return (arrow == ast::Arrow::kRight) != backwards ? Heading::kOut : Heading::kIn;
}

std::vector<std::string> TextsOf(const std::vector<ast::Name>& names) {
  std::vector<std::string> texts;
  for (const ast::Name& name : names) texts.push_back(name.text);
  return texts;
}

// Whether the pattern's relationship number `index` is bound as a list.
bool IsList(const ast::PathPattern& pattern, size_t index) {
  return pattern.relationships[index].length.has_value() || pattern.search != ast::PathSearch::kAll;
}

absl::Status TypeConflict(const ast::Name& name, absl::string_view wanted, TypeSet type) {
  return MakeError(ErrorCode::kVariableTypeConflict,
                   absl::StrCat("`", name.text, "` is of type ", TypeNames(type),
                                " and cannot stand for a ", wanted, " here"),
                   name.span);
}

absl::Status Undefined(const ast::Name& name) {
  return MakeError(
      ErrorCode::kUndefinedVariable,
      absl::StrCat("Variable `", name.text,
                   "` is not defined, and a pattern in this place introduces no variables"),
      name.span);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Binder::TypesOf(
    const ast::RelationshipPattern& relationship) const {
  std::vector<std::string> types = TextsOf(relationship.types);
  if (!relationship.must_exist || context_.graph == nullptr) return types;
  const Catalogue& catalogue = context_.graph->catalogue();
  for (size_t i = 0; i < types.size(); ++i) {
    const RelationId relation = catalogue.FindRelationInAnyCase(types[i]);
    if (relation != kNoSymbol) {
      types[i] = catalogue.relation(relation).name;
      continue;
    }
    // CAMEO's types are known, if to no fact, before an import or entente.taxonomy declares them.
    types[i] = absl::AsciiStrToUpper(types[i]);
    if (IsCameoRelation(types[i])) continue;
    std::string message = absl::StrCat("There is no relation type ", relationship.types[i].text);
    const std::vector<std::string> nearest =
        catalogue.NearestRelations(relationship.types[i].text, 3);
    if (!nearest.empty()) {
      absl::StrAppend(&message, "; the nearest are ", absl::StrJoin(nearest, ", "));
    }
    return MakeError(ErrorCode::kUnknownRelationType, message, relationship.types[i].span);
  }
  return types;
}

absl::Status Binder::CheckLabels(const ast::NodePattern& node) const {
  if (!node.must_exist || context_.graph == nullptr) return absl::OkStatus();
  const Catalogue& catalogue = context_.graph->catalogue();
  for (const ast::Name& label : node.labels) {
    if (catalogue.FindLabel(label.text) != kNoSymbol) continue;
    const std::vector<std::string> nearest = catalogue.NearestLabels(label.text, 3);
    return MakeError(
        ErrorCode::kUnknownLabel,
        absl::StrCat("There is no label ", label.text, nearest.empty() ? "" : "; the nearest are ",
                     absl::StrJoin(nearest, ", ")),
        label.span);
  }
  return absl::OkStatus();
}

absl::StatusOr<Slot> Binder::DeclareNode(const ast::NodePattern& node, const PatternClause& clause,
                                         Scope* scope) {
  RETURN_IF_ERROR(CheckLabels(node));
  if (!node.variable.has_value()) return NewSlot("");
  const ast::Name& name = *node.variable;
  if (const Binding* binding = scope->Find(name.text)) {
    if (!binding->CanBe(Type::kNode)) return TypeConflict(name, "node", binding->type);
    return binding->slot;
  }
  if (!clause.options.declares_names) return Undefined(name);
  const Slot slot = NewSlot(name.text);
  scope->Declare(name.text, Binding{slot, kNodeOrNull});
  return slot;
}

absl::Status Binder::DeclareRelationship(const ast::RelationshipPattern& relationship,
                                         const PatternClause& clause,
                                         absl::flat_hash_set<std::string>* used,
                                         PatternSlots* slots, Scope* scope) {
  const bool list = IsList(*slots->pattern, slots->relationships.size());
  if (!relationship.variable.has_value()) {
    slots->relationships.push_back(NewSlot(""));
    slots->relationship_bound.push_back(false);
    return absl::OkStatus();
  }
  const ast::Name& name = *relationship.variable;
  const Binding* binding = scope->Find(name.text);
  if (binding != nullptr && !binding->CanBe(list ? Type::kList : Type::kRelationship)) {
    return TypeConflict(name, list ? "list of relationships" : "relationship", binding->type);
  }
  if (!used->insert(name.text).second) {
    return MakeError(ErrorCode::kRelationshipUniquenessViolation,
                     absl::StrCat("Two relationships of one MATCH are never the same, so `",
                                  name.text, "` cannot stand for both"),
                     name.span);
  }
  if (binding == nullptr && !clause.options.declares_names) return Undefined(name);
  slots->relationship_bound.push_back(binding != nullptr);
  if (binding != nullptr) {
    slots->relationships.push_back(binding->slot);
    return absl::OkStatus();
  }
  const Slot slot = NewSlot(name.text);
  slots->relationships.push_back(slot);
  scope->Declare(name.text, list ? Binding{slot, kListOrNull, {Type::kRelationship}}
                                 : Binding{slot, kRelationshipOrNull});
  return absl::OkStatus();
}

absl::StatusOr<Binder::PatternClause> Binder::DeclarePatterns(
    absl::Span<const ast::PathPattern* const> patterns, const PatternOptions& options,
    Scope* scope) {
  PatternClause clause;
  clause.options = options;
  clause.first_new = static_cast<Slot>(prepared_.slot_names.size());
  absl::flat_hash_set<std::string> used;
  for (const ast::PathPattern* pattern : patterns) {
    PatternSlots slots;
    slots.pattern = pattern;
    for (size_t i = 0; i < pattern->nodes.size(); ++i) {
      if (i > 0) {
        RETURN_IF_ERROR(
            DeclareRelationship(pattern->relationships[i - 1], clause, &used, &slots, scope));
      }
      ASSIGN_OR_RETURN(Slot node, DeclareNode(pattern->nodes[i], clause, scope));
      slots.nodes.push_back(node);
    }
    if (pattern->variable.has_value()) {
      const ast::Name& name = *pattern->variable;
      if (scope->Find(name.text) != nullptr) {
        return MakeError(ErrorCode::kVariableAlreadyBound,
                         absl::StrCat("`", name.text, "` is bound already and cannot name a path"),
                         name.span);
      }
      slots.path = NewSlot(name.text);
      scope->Declare(name.text, Binding{*slots.path, kPathOrNull});
    }
    clause.patterns.push_back(std::move(slots));
  }
  return clause;
}

absl::Status Binder::AddPropertyPredicates(const ast::Expression& properties, Slot slot,
                                           TypeSet type, const Scope& scope,
                                           std::vector<ExpressionPtr>* predicates) {
  const auto* map = std::get_if<ast::MapLiteral>(&properties.node);
  if (map == nullptr) {
    return MakeError(ErrorCode::kInvalidParameterUse,
                     "The properties of a pattern that is matched are written out as a map",
                     properties.span);
  }
  for (const auto& [key, value] : map->entries) {
    ASSIGN_OR_RETURN(ExpressionPtr wanted, ExpressionBinder(this, scope).Bind(*value));
    const SourceSpan span = {key.span.begin, value->span.end};
    ExpressionPtr property =
        MakeExpression(PropertyReference{ReferTo(Binding{slot, type}, key.span), key.text}, span);
    predicates->push_back(MakeExpression(
        ComparisonExpression{ast::Comparator::kEqual, std::move(property), std::move(wanted)}, span,
        kTruth));
  }
  return absl::OkStatus();
}

absl::Status Binder::AddNodePredicates(const PatternSlots& slots, size_t index, bool labels,
                                       PatternClause* clause, const Scope& scope) {
  const ast::NodePattern& node = slots.pattern->nodes[index];
  const Slot slot = slots.nodes[index];
  if (labels && !node.labels.empty()) {
    clause->predicates.push_back(
        MakeExpression(LabelPredicate{ReferTo(Binding{slot, kNodeOrNull}, node.span),
                                      TextsOf(node.labels), clause->options.exact},
                       node.span, kTruth));
  }
  if (node.properties == nullptr) return absl::OkStatus();
  return AddPropertyPredicates(*node.properties, slot, kNodeOrNull, scope, &clause->predicates);
}

void Binder::ScanNode(const PatternSlots& slots, size_t index, PatternClause* clause, Flow* flow) {
  flow->plan =
      MakePlan(NodeScanPlan{std::move(flow->plan), slots.nodes[index],
                            TextsOf(slots.pattern->nodes[index].labels), clause->options.exact});
  clause->placed.insert(slots.nodes[index]);
}

absl::Status Binder::ExpandStep(const PatternSlots& slots, size_t index, bool backwards,
                                PatternClause* clause, Flow* flow) {
  const ast::RelationshipPattern& relationship = slots.pattern->relationships[index];
  const Slot from = slots.nodes[backwards ? index + 1 : index];
  const Slot to = slots.nodes[backwards ? index : index + 1];
  const Slot slot = slots.relationships[index];
  const bool into = to < clause->first_new || clause->placed.contains(to);
  clause->placed.insert(to);
  if (IsList(*slots.pattern, index)) {
    VariableExpandPlan expand;
    expand.input = std::move(flow->plan);
    expand.from = from;
    expand.relationships = slot;
    expand.to = to;
    expand.into = into;
    expand.relationships_bound = slots.relationship_bound[index];
    expand.reversed = backwards;
    expand.heading = HeadingOf(relationship.arrow, backwards);
    ASSIGN_OR_RETURN(expand.types, TypesOf(relationship));
    const ast::Length length = relationship.length.value_or(ast::Length{1, 1});
    expand.least = length.least.value_or(1);
    expand.most = length.most;
    expand.search = slots.pattern->search;
    expand.distinct_from = clause->relationships;
    expand.lens = clause->options.lens;
    if (relationship.properties != nullptr) {
      expand.each = NewSlot("");
      std::vector<ExpressionPtr> predicates;
      RETURN_IF_ERROR(AddPropertyPredicates(*relationship.properties, expand.each,
                                            kRelationshipOrNull, flow->scope, &predicates));
      for (ExpressionPtr& predicate : predicates) {
        for (Slot read : predicate->reads) {
          const bool there = read < clause->first_new || read == expand.each ||
                             clause->placed.contains(read) ||
                             std::find(clause->relationships.begin(), clause->relationships.end(),
                                       read) != clause->relationships.end();
          if (!there || (read == to && !into)) {
            return MakeError(ErrorCode::kUndefinedVariable,
                             "The properties of a relationship of variable length can use only "
                             "variables that are bound before it",
                             predicate->span);
          }
        }
        if (expand.predicate == nullptr) {
          expand.predicate = std::move(predicate);
          continue;
        }
        expand.predicate =
            MakeExpression(BinaryExpression{ast::BinaryOperator::kAnd, std::move(expand.predicate),
                                            std::move(predicate)},
                           relationship.span, kTruth);
      }
    }
    flow->plan = MakePlan(std::move(expand));
  } else {
    ExpandPlan expand;
    expand.input = std::move(flow->plan);
    expand.from = from;
    expand.relationship = slot;
    expand.to = to;
    expand.into = into;
    expand.relationship_bound = slots.relationship_bound[index];
    expand.heading = HeadingOf(relationship.arrow, backwards);
    ASSIGN_OR_RETURN(expand.types, TypesOf(relationship));
    expand.exact = clause->options.exact;
    expand.distinct_from = clause->relationships;
    expand.lens = clause->options.lens;
    flow->plan = MakePlan(std::move(expand));
    if (relationship.properties != nullptr) {
      RETURN_IF_ERROR(AddPropertyPredicates(*relationship.properties, slot, kRelationshipOrNull,
                                            flow->scope, &clause->predicates));
    }
  }
  clause->relationships.push_back(slot);
  return absl::OkStatus();
}

absl::Status Binder::PlacePattern(const PatternSlots& slots, PatternClause* clause, Flow* flow) {
  const ast::PathPattern& pattern = *slots.pattern;
  const auto is_bound = [&](size_t index) {
    const Slot slot = slots.nodes[index];
    return slot < clause->first_new || clause->placed.contains(slot);
  };
  size_t start = 0;
  while (start < slots.nodes.size() && !is_bound(start)) ++start;
  const bool starts_bound = start < slots.nodes.size();
  if (!starts_bound) {
    start = 0;
    ScanNode(slots, start, clause, flow);
  }
  if (starts_bound && slots.nodes.size() == 1) {
    // What OPTIONAL MATCH left null is no node.
    clause->predicates.push_back(
        MakeExpression(UnaryExpression{ast::UnaryOperator::kIsNotNull,
                                       ReferTo(Binding{slots.nodes[0], kNodeOrNull}, pattern.span)},
                       pattern.span, {Type::kBoolean}));
  }
  RETURN_IF_ERROR(AddNodePredicates(slots, start, starts_bound, clause, flow->scope));
  const bool both_ends = pattern.search != ast::PathSearch::kAll;
  const auto reach = [&](size_t relationship, bool backwards) -> absl::Status {
    const size_t node = backwards ? relationship : relationship + 1;
    bool labels = true;
    if (both_ends && !is_bound(node)) {
      ScanNode(slots, node, clause, flow);
      labels = false;
    }
    RETURN_IF_ERROR(ExpandStep(slots, relationship, backwards, clause, flow));
    return AddNodePredicates(slots, node, labels, clause, flow->scope);
  };
  for (size_t i = start; i + 1 < slots.nodes.size(); ++i) RETURN_IF_ERROR(reach(i, false));
  for (size_t i = start; i > 0; --i) RETURN_IF_ERROR(reach(i - 1, true));
  return absl::OkStatus();
}

void Binder::ProjectPaths(const PatternClause& clause, Flow* flow) {
  ProjectPlan paths;
  for (const PatternSlots& slots : clause.patterns) {
    if (!slots.path.has_value()) continue;
    PathExpression path;
    for (size_t i = 0; i < slots.nodes.size(); ++i) {
      if (i > 0) path.elements.push_back(slots.relationships[i - 1]);
      path.elements.push_back(slots.nodes[i]);
    }
    paths.items.emplace_back(*slots.path,
                             MakeExpression(std::move(path), slots.pattern->span, kPathOrNull));
  }
  if (paths.items.empty()) return;
  paths.input = std::move(flow->plan);
  flow->plan = MakePlan(std::move(paths));
}

absl::Status Binder::PlacePatterns(PatternClause* clause, const ast::Expression* where,
                                   Flow* flow) {
  for (const PatternSlots& slots : clause->patterns) {
    RETURN_IF_ERROR(PlacePattern(slots, clause, flow));
  }
  std::vector<ExpressionPtr> predicates = std::move(clause->predicates);
  if (where != nullptr) {
    ASSIGN_OR_RETURN(ExpressionPtr condition,
                     ExpressionBinder(this, flow->scope).BindPredicate(*where));
    SplitConjunction(std::move(condition), &predicates);
  }
  std::vector<ExpressionPtr> early;
  std::vector<ExpressionPtr> late;
  for (ExpressionPtr& predicate : predicates) {
    const bool reads_path = std::any_of(
        clause->patterns.begin(), clause->patterns.end(), [&](const PatternSlots& slots) {
          return slots.path.has_value() &&
                 std::binary_search(predicate->reads.begin(), predicate->reads.end(), *slots.path);
        });
    (reads_path ? late : early).push_back(std::move(predicate));
  }
  if (!early.empty()) flow->plan = MakePlan(FilterPlan{std::move(flow->plan), std::move(early)});
  ProjectPaths(*clause, flow);
  if (!late.empty()) flow->plan = MakePlan(FilterPlan{std::move(flow->plan), std::move(late)});
  return absl::OkStatus();
}

}  // namespace entente::query
