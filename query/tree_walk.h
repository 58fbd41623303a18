// Walks over the parts of syntax trees, bound expressions and plans, for those who care about all
// nodes alike: which slots are read, where an aggregate stands, what is constant.
#pragma once

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "query/ast.h"
#include "query/expression.h"
#include "query/plan.h"

namespace entente::query {

// ---- Syntax trees

// The expressions directly under this one; not those inside patterns and subqueries.
void ForEachChild(const ast::Expression& expression,
                  absl::FunctionRef<void(const ast::Expression&)> visit);
// Whether an aggregate function is called anywhere in it, outside of subqueries.
bool ContainsAggregate(const ast::Expression& expression);
// Whether both say the same. Patterns and subqueries never do.
bool SameExpression(const ast::Expression& left, const ast::Expression& right);

// ---- Bound expressions

// The expressions directly under this one, none of them null; not those of a subquery's plan.
void ForEachChild(Expression& expression, absl::FunctionRef<void(ExpressionPtr&)> visit);
void ForEachChild(const Expression& expression, absl::FunctionRef<void(const Expression&)> visit);
// Computes `reads` from the node and its children's `reads`.
void SetReads(Expression* expression);
// A node of the given type, with its `reads`.
ExpressionPtr MakeExpression(Expression::Node node, SourceSpan span, TypeSet type = TypeSet::Any(),
                             TypeSet elements = TypeSet::Any());
// A copy, or nullptr of what is not copied: subqueries, expressions with slots of their own, and
// what is new at every evaluation.
ExpressionPtr CopyOf(const Expression& expression);
// Whether `holds` is true of this node or one under it, subqueries' plans included.
bool AnyExpression(const Expression& expression, absl::FunctionRef<bool(const Expression&)> holds);
// Whether it calls a function that is new at every call, subqueries' plans included.
bool IsVolatile(const Expression& expression);
// Whether it is this slot and nothing else.
bool IsSlot(const Expression& expression, Slot slot);
// Takes `predicate` apart at its ANDs.
void SplitConjunction(ExpressionPtr predicate, std::vector<ExpressionPtr>* conjuncts);

// ---- Plans

using SlotSet = absl::flat_hash_set<Slot>;

// The plans directly under this one: its input first, then inner ones.
void ForEachInput(Plan& plan, absl::FunctionRef<void(PlanPtr&)> visit);
void ForEachInput(const Plan& plan, absl::FunctionRef<void(const Plan&)> visit);
// The main input, or nullptr for leaves and Union.
PlanPtr* InputOf(Plan& plan);
const Plan* InputOf(const Plan& plan);
// The expressions of this operator alone; not those of lenses, which may serve several.
void ForEachExpression(Plan& plan, absl::FunctionRef<void(ExpressionPtr&)> visit);
void ForEachExpression(const Plan& plan, absl::FunctionRef<void(const Expression&)> visit);
// The expressions of its clauses, in the order of BoundLens.
void ForEachExpression(BoundLens& lens, absl::FunctionRef<void(ExpressionPtr&)> visit);
// The slots that this operator alone reads from its input, or from the enclosing rows if it is a
// leaf: by its expressions, by pattern ends, by subplans.
void AddReads(const Plan& plan, SlotSet* slots);
// Of these, those that it reads otherwise than by its expressions.
void AddDirectReads(const Plan& plan, SlotSet* slots);
// The slots that this operator adds.
std::vector<Slot> IntroducedSlots(const Plan& plan);
// The slots that its rows have, as far as the plan below tells.
SlotSet OutputSlots(const Plan& plan);
// Whether `holds` is true of this operator or one under it; plans inside expressions not included.
bool AnyPlan(const Plan& plan, absl::FunctionRef<bool(const Plan&)> holds);
bool Writes(const Plan& plan);
PlanPtr MakePlan(Plan::Node node);

}  // namespace entente::query
