#include <algorithm>
#include <optional>
#include <utility>

#include "query/function.h"
#include "query/optimizer.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

const Value* ConstantOf(const ExpressionPtr& expression) {
  const auto* constant = std::get_if<Constant>(&expression->node);
  return constant == nullptr ? nullptr : &constant->value;
}

char ArithmeticSign(ast::BinaryOperator op) {
  switch (op) {
    case ast::BinaryOperator::kAdd:
      return '+';
    case ast::BinaryOperator::kSubtract:
      return '-';
    case ast::BinaryOperator::kMultiply:
      return '*';
    case ast::BinaryOperator::kDivide:
      return '/';
    case ast::BinaryOperator::kModulo:
      return '%';
    case ast::BinaryOperator::kPower:
      return '^';
    default:
      return '\0';
  }
}

// The value of a node whose children are constants; nullopt where it is left to each run, such as
// when it is an error.
struct ConstantValue {
  template <typename Node>
  std::optional<Value> operator()(const Node&) const {
    return std::nullopt;
  }
  std::optional<Value> operator()(const UnaryExpression& node) const {
    if (node.op != ast::UnaryOperator::kMinus) return std::nullopt;
    return Taken(Negate(*ConstantOf(node.operand)));
  }
  std::optional<Value> operator()(const BinaryExpression& node) const {
    const char sign = ArithmeticSign(node.op);
    if (sign == '\0') return std::nullopt;
    return Taken(Arithmetic(sign, *ConstantOf(node.left), *ConstantOf(node.right)));
  }
  std::optional<Value> operator()(const FunctionExpression& node) const {
    std::vector<Value> arguments;
    for (const ExpressionPtr& argument : node.arguments) arguments.push_back(*ConstantOf(argument));
    const bool pure =
        node.function->purity == Purity::kPure ||
        (node.function->pure_of_text && arguments.size() == 1 && arguments[0].is_string());
    if (!pure) return std::nullopt;
    return Taken(CallFunction(*node.function, FunctionContext{}, arguments));
  }
  std::optional<Value> operator()(const ListExpression& node) const {
    std::vector<Value> elements;
    for (const ExpressionPtr& element : node.elements) elements.push_back(*ConstantOf(element));
    return Value::List(std::move(elements));  // no larger than the statement that it stands in
  }
  std::optional<Value> operator()(const MapExpression& node) const {
    std::vector<MapEntry> entries;
    for (const auto& [key, value] : node.entries) entries.emplace_back(key, *ConstantOf(value));
    return Value::Map(std::move(entries));
  }

  static std::optional<Value> Taken(absl::StatusOr<Value> value) {
    // What is large is cheaper to make than to keep.
    constexpr size_t kMostBytes = 1 << 16;
    if (!value.ok() || value->HeapBytes() > kMostBytes) return std::nullopt;
    return *std::move(value);
  }
};

void Fold(Expression* expression) {
  bool constant = true;
  ForEachChild(*expression, [&](ExpressionPtr& child) {
    Fold(child.get());
    constant = constant && ConstantOf(child) != nullptr;
  });
  if (!constant || std::holds_alternative<Constant>(expression->node)) return;
  std::optional<Value> value = std::visit(ConstantValue{}, expression->node);
  if (!value.has_value()) return;
  expression->type = TypeSet{value->type()};
  expression->node = Constant{*std::move(value)};
}

}  // namespace

void FoldConstants(PlanPtr* plan) {
  ForEachPlanWithin(plan, [](PlanPtr* at) {
    ForEachExpression(**at, [](ExpressionPtr& expression) { Fold(expression.get()); });
  });
}

}  // namespace entente::query
