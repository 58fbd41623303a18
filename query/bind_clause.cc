#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/bind_expression.h"
#include "query/binder.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

template <typename Kind>
bool Is(const ast::Clause& clause) {
  return std::holds_alternative<Kind>(clause.node);
}

bool IsUpdate(const ast::Clause& clause) {
  return Is<ast::Create>(clause) || Is<ast::Merge>(clause) || Is<ast::Set>(clause) ||
         Is<ast::Remove>(clause) || Is<ast::Delete>(clause);
}

bool IsReading(const ast::Clause& clause) {
  return Is<ast::Match>(clause) || Is<ast::Unwind>(clause) || Is<ast::Call>(clause) ||
         Is<ast::CallSubquery>(clause);
}

absl::Status BadComposition(absl::string_view message, SourceSpan span) {
  return MakeError(ErrorCode::kInvalidClauseComposition, message, span);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PreparedPlan>> Bind(const ast::QueryStatement& statement,
                                                   const PrepareContext& context) {
  auto prepared = std::make_unique<PreparedPlan>();
  RETURN_IF_ERROR(Binder(context, prepared.get()).BindStatement(statement));
  return prepared;
}

Slot Binder::NewSlot(absl::string_view name) {
  prepared_.slot_names.emplace_back(name);
  return static_cast<Slot>(prepared_.slot_names.size() - 1);
}

void Binder::NoteParameter(absl::string_view name, SourceSpan span) {
  for (const ParameterUse& use : prepared_.parameters) {
    if (use.name == name) return;
  }
  prepared_.parameters.push_back({std::string(name), span});
}

absl::Status Binder::BindStatement(const ast::QueryStatement& statement) {
  prepared_.explain = statement.explain;
  prepared_.stack_bytes = statement.stack_bytes;
  ASSIGN_OR_RETURN(BoundQuery bound, BindQuery(statement.query, Origin{}, Place::kStatement));
  for (const auto& [name, binding] : bound.columns) {
    prepared_.columns.push_back(name);
    prepared_.column_slots.push_back(binding.slot);
  }
  prepared_.writes = Writes(*bound.plan);
  prepared_.root = std::move(bound.plan);
  return absl::OkStatus();
}

absl::StatusOr<Binder::BoundQuery> Binder::BindQuery(const ast::Query& query, const Origin& origin,
                                                     Place place) {
  lens_stack_.emplace_back(&query.lens, origin.scope);
  const size_t lenses_before = prepared_.lenses.size();
  std::vector<BoundQuery> parts;
  for (const ast::SingleQuery& part : query.parts) {
    RETURN_IF_ERROR(CheckComposition(part, place));
    ASSIGN_OR_RETURN(BoundQuery bound, BindSingleQuery(part, origin, place));
    if (query.parts.size() > 1 && !bound.returns && place != Place::kExpression) {
      return BadComposition("Each part of a UNION must end with RETURN", part.span);
    }
    parts.push_back(std::move(bound));
  }
  // A mistake in a lens is told even where no pattern is read through it.
  if (!query.lens.empty() && prepared_.lenses.size() == lenses_before) {
    RETURN_IF_ERROR(BindLens(ast::LensClauses(), origin.scope).status());
  }
  lens_stack_.pop_back();
  if (parts.size() == 1) return std::move(parts.front());
  return BindUnion(query, std::move(parts));
}

absl::StatusOr<Binder::BoundQuery> Binder::BindUnion(const ast::Query& query,
                                                     std::vector<BoundQuery> parts) {
  BoundQuery result;
  result.returns = true;
  UnionPlan all;
  for (const auto& [name, binding] : parts.front().columns) {
    Binding output = {NewSlot(name), binding.type, binding.elements};
    all.output.push_back(output.slot);
    result.columns.emplace_back(name, output);
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    std::vector<Slot> slots;
    for (auto& [name, output] : result.columns) {
      const auto found =
          std::find_if(parts[i].columns.begin(), parts[i].columns.end(),
                       [&name = name](const auto& column) { return column.first == name; });
      if (found == parts[i].columns.end()) break;
      slots.push_back(found->second.slot);
      output.type = output.type | found->second.type;
      output.elements = output.elements | found->second.elements;
    }
    if (slots.size() != parts[i].columns.size() || slots.size() != result.columns.size()) {
      return MakeError(ErrorCode::kDifferentColumnsInUnion,
                       "All parts of a UNION must return columns of the same names",
                       query.parts[i].span);
    }
    all.slots.push_back(std::move(slots));
    all.inputs.push_back(std::move(parts[i].plan));
  }
  for (bool keeps_all : query.union_all) {
    if (keeps_all != query.union_all.front()) {
      return BadComposition("UNION and UNION ALL cannot be mixed in one query", query.span);
    }
  }
  std::vector<Slot> output = all.output;
  result.plan = MakePlan(std::move(all));
  if (!query.union_all.front()) {
    result.plan = MakePlan(DistinctPlan{std::move(result.plan), std::move(output)});
  }
  return result;
}

absl::Status Binder::CheckComposition(const ast::SingleQuery& query, Place place) const {
  if (query.clauses.empty()) return BadComposition("A query needs a clause", query.span);
  bool updated = false;
  for (size_t i = 0; i < query.clauses.size(); ++i) {
    const ast::Clause& clause = query.clauses[i];
    if (Is<ast::Return>(clause) && i + 1 < query.clauses.size()) {
      return BadComposition("RETURN must be the last clause", clause.span);
    }
    if (IsUpdate(clause)) {
      if (place == Place::kExpression) {
        return BadComposition("A subquery in an expression cannot change anything", clause.span);
      }
      updated = true;
    } else if (Is<ast::With>(clause)) {
      updated = false;
    } else if (updated && IsReading(clause)) {
      return BadComposition("WITH is needed between clauses that change and those that read",
                            clause.span);
    }
  }
  const ast::Clause& last = query.clauses.back();
  if (place != Place::kExpression &&
      (Is<ast::Match>(last) || Is<ast::Unwind>(last) || Is<ast::With>(last))) {
    return BadComposition("A query must end with RETURN or with a clause that changes something",
                          last.span);
  }
  return absl::OkStatus();
}

absl::StatusOr<Binder::BoundQuery> Binder::BindSingleQuery(const ast::SingleQuery& query,
                                                           const Origin& origin, Place place) {
  BoundQuery result;
  Flow flow;
  if (origin.ordinal.has_value()) {
    flow.plan = MakePlan(ArgumentPlan{{}, *origin.ordinal});
    flow.scope = origin.scope;
  } else {
    flow.plan = MakePlan(UnitPlan{});
  }
  // A CALL subquery sees of the enclosing names only those that its first WITH takes over.
  const bool imports = place == Place::kCall && Is<ast::With>(query.clauses.front());
  if (place == Place::kCall && !imports) flow.scope = Scope();
  for (const ast::Clause& clause : query.clauses) {
    if (const auto* last = std::get_if<ast::Return>(&clause.node)) {
      ASSIGN_OR_RETURN(result.columns, BindProjection(last->projection, nullptr, false, &flow));
      result.returns = true;
    } else if (const auto* call = std::get_if<ast::Call>(&clause.node)) {
      const bool standalone = place == Place::kStatement && query.clauses.size() == 1;
      RETURN_IF_ERROR(BindCall(*call, clause.span, standalone, &flow, &result.columns));
    } else {
      RETURN_IF_ERROR(BindClause(clause, &flow));
    }
  }
  result.plan = std::move(flow.plan);
  return result;
}

absl::Status Binder::BindClause(const ast::Clause& clause, Flow* flow) {
  if (const auto* match = std::get_if<ast::Match>(&clause.node)) return BindMatch(*match, flow);
  if (const auto* unwind = std::get_if<ast::Unwind>(&clause.node)) return BindUnwind(*unwind, flow);
  if (const auto* with = std::get_if<ast::With>(&clause.node)) {
    return BindProjection(with->projection, with->where.get(), true, flow).status();
  }
  if (const auto* create = std::get_if<ast::Create>(&clause.node)) return BindCreate(*create, flow);
  if (const auto* merge = std::get_if<ast::Merge>(&clause.node)) return BindMerge(*merge, flow);
  if (const auto* remove = std::get_if<ast::Remove>(&clause.node)) return BindRemove(*remove, flow);
  if (const auto* erase = std::get_if<ast::Delete>(&clause.node)) return BindDelete(*erase, flow);
  if (const auto* call = std::get_if<ast::CallSubquery>(&clause.node)) {
    return BindCallSubquery(*call, clause.span, flow);
  }
  const auto& set = std::get<ast::Set>(clause.node);
  ASSIGN_OR_RETURN(std::vector<UpdateAction> actions, BindSetItems(set.items, flow->scope));
  flow->plan = MakePlan(UpdatePlan{std::move(flow->plan), std::move(actions)});
  return absl::OkStatus();
}

absl::Status Binder::BindMatch(const ast::Match& match, Flow* flow) {
  ASSIGN_OR_RETURN(const BoundLens* lens, BindLens(match.lens, flow->scope));
  lens_stack_.emplace_back(&match.lens, flow->scope);
  std::vector<const ast::PathPattern*> patterns;
  for (const ast::PathPattern& pattern : match.patterns) patterns.push_back(&pattern);
  PatternOptions options;
  options.lens = lens;
  if (!match.optional) {
    ASSIGN_OR_RETURN(PatternClause clause, DeclarePatterns(patterns, options, &flow->scope));
    RETURN_IF_ERROR(PlacePatterns(&clause, match.where.get(), flow));
    lens_stack_.pop_back();
    return absl::OkStatus();
  }
  const Subplan subplan = BeginSubplan();
  Flow inner = {ArgumentOf(subplan), flow->scope};
  ASSIGN_OR_RETURN(PatternClause clause, DeclarePatterns(patterns, options, &inner.scope));
  RETURN_IF_ERROR(PlacePatterns(&clause, match.where.get(), &inner));
  lens_stack_.pop_back();
  OptionalPlan optional;
  optional.input = std::move(flow->plan);
  optional.ordinal = subplan.ordinal;
  const std::vector<Slot> arguments = FinishSubplan(subplan, inner.plan.get());
  for (Slot slot : OutputSlots(*inner.plan)) {
    if (slot > subplan.ordinal) optional.introduced.push_back(slot);
  }
  std::sort(optional.introduced.begin(), optional.introduced.end());
  optional.row_by_row = NeedsRowByRow(*inner.plan);
  optional.inner = std::move(inner.plan);
  flow->plan = MakePlan(std::move(optional));
  flow->scope = std::move(inner.scope);
  return absl::OkStatus();
}

absl::Status Binder::BindUnwind(const ast::Unwind& unwind, Flow* flow) {
  ASSIGN_OR_RETURN(ExpressionPtr list, ExpressionBinder(this, flow->scope).Bind(*unwind.list));
  if (flow->scope.Find(unwind.variable.text) != nullptr) {
    return MakeError(ErrorCode::kVariableAlreadyBound,
                     absl::StrCat("`", unwind.variable.text, "` is bound already"),
                     unwind.variable.span);
  }
  const bool is_list = list->type.WithoutNull() == TypeSet{Value::Type::kList};
  const Binding element = {NewSlot(unwind.variable.text),
                           is_list ? list->elements : TypeSet::Any()};
  flow->plan = MakePlan(UnwindPlan{std::move(flow->plan), std::move(list), element.slot});
  flow->scope.Declare(unwind.variable.text, element);
  return absl::OkStatus();
}

absl::Status Binder::BindCallSubquery(const ast::CallSubquery& call, SourceSpan span, Flow* flow) {
  const Subplan subplan = BeginSubplan();
  ASSIGN_OR_RETURN(BoundQuery inner,
                   BindQuery(*call.query, Origin{flow->scope, subplan.ordinal}, Place::kCall));
  if (!inner.returns) {
    // Without RETURN it works for its effects: one row comes out for each that goes in.
    AggregatePlan one;
    one.input = std::move(inner.plan);
    one.aggregations.push_back(
        Aggregation{NewSlot(""), FindAggregate("count"), false, /*star=*/true, {}});
    inner.plan = MakePlan(std::move(one));
  }
  ApplyPlan apply;
  apply.input = std::move(flow->plan);
  apply.ordinal = subplan.ordinal;
  FinishSubplan(subplan, inner.plan.get());
  ProjectPlan copies;
  for (auto& [name, binding] : inner.columns) {
    if (flow->scope.Find(name) != nullptr) {
      return MakeError(ErrorCode::kVariableAlreadyBound,
                       absl::StrCat("`", name, "` is bound already outside of the subquery"), span);
    }
    // A column may be an enclosing variable under another name, which has a column already.
    if (binding.slot < subplan.ordinal) {
      const Slot copy = NewSlot(name);
      copies.items.emplace_back(copy, ReferTo(binding, span));
      binding.slot = copy;
    }
    flow->scope.Declare(name, binding);
    if (std::find(apply.introduced.begin(), apply.introduced.end(), binding.slot) ==
        apply.introduced.end()) {
      apply.introduced.push_back(binding.slot);
    }
  }
  if (!copies.items.empty()) {
    copies.input = std::move(inner.plan);
    inner.plan = MakePlan(std::move(copies));
    FinishSubplan(subplan, inner.plan.get());
  }
  apply.row_by_row = NeedsRowByRow(*inner.plan);
  apply.inner = std::move(inner.plan);
  flow->plan = MakePlan(std::move(apply));
  return absl::OkStatus();
}

}  // namespace entente::query
