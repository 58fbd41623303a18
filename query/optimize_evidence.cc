// Evidence is read as far as it is asked for.
#include <algorithm>
#include <utility>
#include <vector>

#include "query/evidence_fields.h"
#include "query/function.h"
#include "query/optimizer.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

bool Contains(const std::vector<Slot>& slots, Slot slot) {
  return std::find(slots.begin(), slots.end(), slot) != slots.end();
}

// The expression itself, then those under it, but not those in subqueries' plans.
void ForEachWithin(ExpressionPtr& expression, absl::FunctionRef<void(ExpressionPtr&)> visit) {
  ForEachChild(*expression, [&](ExpressionPtr& child) { ForEachWithin(child, visit); });
  visit(expression);
}

// ---- size(sources(r))

void CountInstead(ExpressionPtr& expression) {
  auto* size = std::get_if<FunctionExpression>(&expression->node);
  if (size == nullptr || size->function->name != "size") return;
  auto* list = std::get_if<FunctionExpression>(&size->arguments[0]->node);
  if (list == nullptr || list->function->size_function.empty()) return;
  list->function = FindFunction(list->function->size_function);
  ExpressionPtr counted = std::move(size->arguments[0]);
  counted->span = expression->span;
  counted->type = expression->type;
  counted->elements = TypeSet::Any();
  expression = std::move(counted);
}

// ---- UNWIND evidence(r) AS e, where only fields of e are read

const FunctionExpression* EvidenceCall(const UnwindPlan& unwind) {
  const auto* call = std::get_if<FunctionExpression>(&unwind.list->node);
  if (call == nullptr || call->function->name != "evidence") return nullptr;
  return call->arguments[0]->type.WithoutNull() == TypeSet{Value::Type::kRelationship} ? call
                                                                                       : nullptr;
}

// Whether the expression reads the slot otherwise than for a property.
bool ReadsWhole(const Expression& expression, Slot slot) {
  if (!Contains(expression.reads, slot)) return false;
  const auto* property = std::get_if<PropertyReference>(&expression.node);
  if (property != nullptr && IsSlot(*property->object, slot)) return false;
  bool in_children = false;
  bool whole = false;
  ForEachChild(expression, [&](const Expression& child) {
    in_children = in_children || Contains(child.reads, slot);
    whole = whole || ReadsWhole(child, slot);
  });
  return whole || !in_children;
}

// The slots that go through the operator under their own name.
bool PassesOn(const Plan& plan, Slot slot) {
  if (const auto* all = std::get_if<UnionPlan>(&plan.node)) {
    return std::any_of(all->slots.begin(), all->slots.end(),
                       [&](const std::vector<Slot>& slots) { return Contains(slots, slot); });
  }
  if (std::holds_alternative<UnwindPlan>(plan.node)) return false;
  SlotSet direct;
  AddDirectReads(plan, &direct);
  return direct.contains(slot) || Contains(IntroducedSlots(plan), slot);
}

class EvidenceColumns {
 public:
  EvidenceColumns(PreparedPlan* prepared, PlanPtr* root) : prepared_(*prepared), root_(*root) {}

  void Run() {
    ForEachPlanWithin(&root_, [&](PlanPtr* plan) {
      auto* unwind = std::get_if<UnwindPlan>(&(*plan)->node);
      if (unwind != nullptr && EvidenceCall(*unwind) != nullptr && OnlyFields(unwind->element)) {
        Replace(plan);
      }
    });
  }

 private:
  bool OnlyFields(Slot element) {
    bool only = !Contains(prepared_.column_slots, element);
    for (const std::unique_ptr<BoundLens>& lens : prepared_.lenses) {
      only = only && !Contains(lens->reads, element);
    }
    ForEachPlanWithin(&root_, [&](PlanPtr* plan) {
      only = only && !PassesOn(**plan, element);
      ForEachExpression(std::as_const(**plan), [&](const Expression& expression) {
        only = only && !ReadsWhole(expression, element);
      });
    });
    return only;
  }

  void Replace(PlanPtr* plan) {
    auto& unwind = std::get<UnwindPlan>((*plan)->node);
    EvidencePlan evidence;
    ForEachPlanWithin(&root_, [&](PlanPtr* other) {
      ForEachExpression(**other, [&](ExpressionPtr& expression) {
        ForEachWithin(expression,
                      [&](ExpressionPtr& part) { Rewrite(unwind.element, &evidence, part); });
      });
    });
    evidence.input = std::move(unwind.input);
    evidence.relationship = std::move(std::get<FunctionExpression>(unwind.list->node).arguments[0]);
    (*plan)->node = std::move(evidence);
  }

  void Rewrite(Slot element, EvidencePlan* evidence, ExpressionPtr& part) {
    const auto* property = std::get_if<PropertyReference>(&part->node);
    if (property == nullptr || !IsSlot(*property->object, element)) {
      if (Contains(part->reads, element)) SetReads(part.get());
      return;
    }
    const EvidenceField* field = FindEvidenceField(property->name);
    part = field == nullptr
               ? MakeExpression(Constant{Value::Null()}, part->span, {Value::Type::kNull})
               : MakeExpression(SlotReference{SlotOf(*field, evidence)}, part->span, field->type);
  }

  Slot SlotOf(const EvidenceField& field, EvidencePlan* evidence) {
    for (const auto& [known, slot] : evidence->fields) {
      if (known == &field) return slot;
    }
    const Slot slot = static_cast<Slot>(prepared_.slot_names.size());
    prepared_.slot_names.emplace_back();
    evidence->fields.emplace_back(&field, slot);
    return slot;
  }

  PreparedPlan& prepared_;
  PlanPtr& root_;
};

}  // namespace

void ReadEvidenceAsAsked(PreparedPlan* prepared, PlanPtr* root) {
  ForEachPlanWithin(root, [](PlanPtr* plan) {
    ForEachExpression(**plan,
                      [](ExpressionPtr& expression) { ForEachWithin(expression, CountInstead); });
  });
  EvidenceColumns(prepared, root).Run();
}

}  // namespace entente::query
