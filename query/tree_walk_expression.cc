#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "query/function.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

// Calls `visit` with each child pointer that is set; Node is const or not.
template <typename Visit>
struct ExpressionChildren {
  Visit visit;

  template <typename Pointer>
  void One(Pointer& child) const {
    if (child != nullptr) visit(child);
  }
  template <typename Pointers>
  void All(Pointers& children) const {
    for (auto& child : children) One(child);
  }

  template <typename Node>
  void operator()(Node& node) const {
    using Kind = std::remove_const_t<Node>;
    if constexpr (std::is_same_v<Kind, PropertyReference> || std::is_same_v<Kind, LabelPredicate>) {
      One(node.object);
    } else if constexpr (std::is_same_v<Kind, UnaryExpression>) {
      One(node.operand);
    } else if constexpr (std::is_same_v<Kind, BinaryExpression> ||
                         std::is_same_v<Kind, ComparisonExpression>) {
      One(node.left);
      One(node.right);
    } else if constexpr (std::is_same_v<Kind, ComparisonChainExpression>) {
      All(node.operands);
    } else if constexpr (std::is_same_v<Kind, FunctionExpression>) {
      All(node.arguments);
    } else if constexpr (std::is_same_v<Kind, ListExpression>) {
      All(node.elements);
    } else if constexpr (std::is_same_v<Kind, MapExpression>) {
      for (auto& entry : node.entries) One(entry.second);
    } else if constexpr (std::is_same_v<Kind, SubscriptExpression>) {
      One(node.object);
      One(node.index);
    } else if constexpr (std::is_same_v<Kind, SliceExpression>) {
      One(node.object);
      One(node.from);
      One(node.to);
    } else if constexpr (std::is_same_v<Kind, CaseExpression>) {
      One(node.subject);
      for (auto& alternative : node.alternatives) {
        One(alternative.first);
        One(alternative.second);
      }
      One(node.otherwise);
    } else if constexpr (std::is_same_v<Kind, ListComprehensionExpression>) {
      One(node.list);
      One(node.predicate);
      One(node.projection);
    } else if constexpr (std::is_same_v<Kind, QuantifierExpression>) {
      One(node.list);
      One(node.predicate);
    } else if constexpr (std::is_same_v<Kind, ReduceExpression>) {
      One(node.initial);
      One(node.list);
      One(node.step);
    } else if constexpr (std::is_same_v<Kind, MapProjectionExpression>) {
      One(node.object);
      for (auto& item : node.items) One(item.value);
    } else {
      static_assert(std::is_same_v<Kind, Constant> || std::is_same_v<Kind, ParameterReference> ||
                    std::is_same_v<Kind, SlotReference> || std::is_same_v<Kind, PathExpression> ||
                    std::is_same_v<Kind, SubqueryExpression>);
    }
  }
};

// Slots that the node declares for its own parts.
std::vector<Slot> LocalSlots(const Expression::Node& node) {
  if (const auto* list = std::get_if<ListComprehensionExpression>(&node)) return {list->element};
  if (const auto* quantifier = std::get_if<QuantifierExpression>(&node)) {
    return {quantifier->element};
  }
  if (const auto* reduce = std::get_if<ReduceExpression>(&node)) {
    return {reduce->accumulator, reduce->element};
  }
  return {};
}

// The same node over copies of its children; nullopt of what is not copied.
struct NodeCopy {
  using Copy = std::optional<Expression::Node>;
  std::vector<ExpressionPtr>& children;

  Copy operator()(const Constant& node) const { return node; }
  Copy operator()(const ParameterReference& node) const { return node; }
  Copy operator()(const SlotReference& node) const { return node; }
  Copy operator()(const PropertyReference& node) const {
    return PropertyReference{std::move(children[0]), node.name};
  }
  Copy operator()(const UnaryExpression& node) const {
    return UnaryExpression{node.op, std::move(children[0])};
  }
  Copy operator()(const BinaryExpression& node) const {
    return BinaryExpression{node.op, std::move(children[0]), std::move(children[1])};
  }
  Copy operator()(const FunctionExpression& node) const {
    if (node.function->purity == Purity::kVolatile) return std::nullopt;
    return FunctionExpression{node.function, std::move(children), node.lens};
  }
  Copy operator()(const ListExpression&) const { return ListExpression{std::move(children)}; }
  Copy operator()(const SubscriptExpression&) const {
    return SubscriptExpression{std::move(children[0]), std::move(children[1])};
  }
  template <typename Node>
  Copy operator()(const Node&) const {
    return std::nullopt;
  }
};

}  // namespace

void ForEachChild(Expression& expression, absl::FunctionRef<void(ExpressionPtr&)> visit) {
  auto call = [&](ExpressionPtr& child) { visit(child); };
  std::visit(ExpressionChildren<decltype(call)>{call}, expression.node);
}

void ForEachChild(const Expression& expression, absl::FunctionRef<void(const Expression&)> visit) {
  auto call = [&](const ExpressionPtr& child) { visit(*child); };
  std::visit(ExpressionChildren<decltype(call)>{call}, expression.node);
}

void SetReads(Expression* expression) {
  std::vector<Slot> reads;
  ForEachChild(std::as_const(*expression), [&](const Expression& child) {
    reads.insert(reads.end(), child.reads.begin(), child.reads.end());
  });
  if (const auto* slot = std::get_if<SlotReference>(&expression->node)) {
    reads.push_back(slot->slot);
  } else if (const auto* call = std::get_if<FunctionExpression>(&expression->node)) {
    if (call->lens != nullptr) {
      reads.insert(reads.end(), call->lens->reads.begin(), call->lens->reads.end());
    }
  } else if (const auto* path = std::get_if<PathExpression>(&expression->node)) {
    reads.insert(reads.end(), path->elements.begin(), path->elements.end());
  } else if (const auto* subquery = std::get_if<SubqueryExpression>(&expression->node)) {
    reads.insert(reads.end(), subquery->arguments.begin(), subquery->arguments.end());
  }
  std::sort(reads.begin(), reads.end());
  reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
  for (Slot local : LocalSlots(expression->node)) {
    reads.erase(std::remove(reads.begin(), reads.end(), local), reads.end());
  }
  expression->reads = std::move(reads);
}

ExpressionPtr MakeExpression(Expression::Node node, SourceSpan span, TypeSet type,
                             TypeSet elements) {
  auto expression = std::make_unique<Expression>();
  expression->node = std::move(node);
  expression->span = span;
  expression->type = type;
  expression->elements = elements;
  SetReads(expression.get());
  return expression;
}

ExpressionPtr CopyOf(const Expression& expression) {
  std::vector<ExpressionPtr> children;
  bool all = true;
  ForEachChild(expression, [&](const Expression& child) {
    children.push_back(CopyOf(child));
    all = all && children.back() != nullptr;
  });
  if (!all) return nullptr;
  std::optional<Expression::Node> node = std::visit(NodeCopy{children}, expression.node);
  if (!node.has_value()) return nullptr;
  return MakeExpression(*std::move(node), expression.span, expression.type, expression.elements);
}

bool AnyExpression(const Expression& expression, absl::FunctionRef<bool(const Expression&)> holds) {
  if (holds(expression)) return true;
  bool any = false;
  ForEachChild(expression,
               [&](const Expression& child) { any = any || AnyExpression(child, holds); });
  if (const auto* subquery = std::get_if<SubqueryExpression>(&expression.node)) {
    any = any || AnyPlan(*subquery->plan, [&](const Plan& plan) {
            bool within = false;
            ForEachExpression(plan, [&](const Expression& inner) {
              within = within || AnyExpression(inner, holds);
            });
            return within;
          });
  }
  return any;
}

bool IsSlot(const Expression& expression, Slot slot) {
  const auto* reference = std::get_if<SlotReference>(&expression.node);
  return reference != nullptr && reference->slot == slot;
}

bool IsVolatile(const Expression& expression) {
  return AnyExpression(expression, [](const Expression& part) {
    const auto* call = std::get_if<FunctionExpression>(&part.node);
    return call != nullptr && call->function->purity == Purity::kVolatile;
  });
}

void SplitConjunction(ExpressionPtr predicate, std::vector<ExpressionPtr>* conjuncts) {
  if (auto* binary = std::get_if<BinaryExpression>(&predicate->node);
      binary != nullptr && binary->op == ast::BinaryOperator::kAnd) {
    SplitConjunction(std::move(binary->left), conjuncts);
    SplitConjunction(std::move(binary->right), conjuncts);
    return;
  }
  conjuncts->push_back(std::move(predicate));
}

}  // namespace entente::query
