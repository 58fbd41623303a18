#include <variant>

#include "absl/strings/match.h"
#include "engine/value_order.h"
#include "query/function.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

using SyntaxVisit = absl::FunctionRef<void(const ast::Expression&)>;

struct ChildVisitor {
  SyntaxVisit visit;

  void One(const ast::ExpressionPtr& child) const {
    if (child != nullptr) visit(*child);
  }
  void All(const std::vector<ast::ExpressionPtr>& children) const {
    for (const auto& child : children) One(child);
  }

  void operator()(const ast::Literal&) const {}
  void operator()(const ast::Parameter&) const {}
  void operator()(const ast::Variable&) const {}
  void operator()(const ast::PatternExpression&) const {}
  void operator()(const ast::PatternComprehension&) const {}
  void operator()(const ast::ExistsSubquery&) const {}
  void operator()(const ast::CountSubquery&) const {}
  void operator()(const ast::PropertyAccess& node) const { One(node.object); }
  void operator()(const ast::LabelTest& node) const { One(node.object); }
  void operator()(const ast::Unary& node) const { One(node.operand); }
  void operator()(const ast::Binary& node) const {
    One(node.left);
    One(node.right);
  }
  void operator()(const ast::Comparison& node) const { All(node.operands); }
  void operator()(const ast::FunctionCall& node) const { All(node.arguments); }
  void operator()(const ast::ListLiteral& node) const { All(node.elements); }
  void operator()(const ast::MapLiteral& node) const {
    for (const auto& [key, value] : node.entries) One(value);
  }
  void operator()(const ast::Subscript& node) const {
    One(node.object);
    One(node.index);
  }
  void operator()(const ast::Slice& node) const {
    One(node.object);
    One(node.from);
    One(node.to);
  }
  void operator()(const ast::Case& node) const {
    One(node.subject);
    for (const auto& [when, then] : node.alternatives) {
      One(when);
      One(then);
    }
    One(node.otherwise);
  }
  void operator()(const ast::ListComprehension& node) const {
    One(node.list);
    One(node.predicate);
    One(node.projection);
  }
  void operator()(const ast::Quantifier& node) const {
    One(node.list);
    One(node.predicate);
  }
  void operator()(const ast::Reduce& node) const {
    One(node.initial);
    One(node.list);
    One(node.step);
  }
  void operator()(const ast::MapProjection& node) const {
    for (const auto& item : node.items) One(item.value);
  }
};

bool SameNames(const std::vector<ast::Name>& left, const std::vector<ast::Name>& right) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i].text != right[i].text) return false;
  }
  return true;
}

// What two nodes of one kind say apart from their children.
struct SameHead {
  const ast::Expression::Node& other;
  template <typename Node>
  const Node& Other() const {
    return std::get<Node>(other);
  }

  bool operator()(const ast::Literal& node) const {
    const Value& value = Other<ast::Literal>().value;
    return node.value.type() == value.type() && Equivalent(node.value, value);
  }
  bool operator()(const ast::Parameter& node) const {
    return node.name == Other<ast::Parameter>().name;
  }
  bool operator()(const ast::Variable& node) const {
    return node.name == Other<ast::Variable>().name;
  }
  bool operator()(const ast::PropertyAccess& node) const {
    return node.key.text == Other<ast::PropertyAccess>().key.text;
  }
  bool operator()(const ast::LabelTest& node) const {
    return SameNames(node.labels, Other<ast::LabelTest>().labels);
  }
  bool operator()(const ast::Unary& node) const { return node.op == Other<ast::Unary>().op; }
  bool operator()(const ast::Binary& node) const { return node.op == Other<ast::Binary>().op; }
  bool operator()(const ast::Comparison& node) const {
    return node.comparators == Other<ast::Comparison>().comparators;
  }
  bool operator()(const ast::FunctionCall& node) const {
    const auto& call = Other<ast::FunctionCall>();
    return node.distinct == call.distinct && node.star == call.star &&
           absl::EqualsIgnoreCase(node.name.text, call.name.text);
  }
  bool operator()(const ast::ListLiteral&) const { return true; }
  bool operator()(const ast::MapLiteral& node) const {
    const auto& map = Other<ast::MapLiteral>();
    if (node.entries.size() != map.entries.size()) return false;
    for (size_t i = 0; i < node.entries.size(); ++i) {
      if (node.entries[i].first.text != map.entries[i].first.text) return false;
    }
    return true;
  }
  bool operator()(const ast::Subscript&) const { return true; }
  bool operator()(const ast::Slice& node) const {
    const auto& slice = Other<ast::Slice>();
    return (node.from == nullptr) == (slice.from == nullptr) &&
           (node.to == nullptr) == (slice.to == nullptr);
  }
  bool operator()(const ast::Case& node) const {
    const auto& choice = Other<ast::Case>();
    return (node.subject == nullptr) == (choice.subject == nullptr) &&
           (node.otherwise == nullptr) == (choice.otherwise == nullptr) &&
           node.alternatives.size() == choice.alternatives.size();
  }
  bool operator()(const ast::ListComprehension& node) const {
    const auto& list = Other<ast::ListComprehension>();
    return node.variable.text == list.variable.text &&
           (node.predicate == nullptr) == (list.predicate == nullptr) &&
           (node.projection == nullptr) == (list.projection == nullptr);
  }
  bool operator()(const ast::Quantifier& node) const {
    const auto& quantifier = Other<ast::Quantifier>();
    return node.kind == quantifier.kind && node.variable.text == quantifier.variable.text;
  }
  bool operator()(const ast::Reduce& node) const {
    const auto& reduce = Other<ast::Reduce>();
    return node.accumulator.text == reduce.accumulator.text &&
           node.variable.text == reduce.variable.text;
  }
  bool operator()(const ast::MapProjection& node) const {
    const auto& projection = Other<ast::MapProjection>();
    if (node.object.text != projection.object.text) return false;
    if (node.items.size() != projection.items.size()) return false;
    for (size_t i = 0; i < node.items.size(); ++i) {
      if (node.items[i].kind != projection.items[i].kind) return false;
      if (node.items[i].key.text != projection.items[i].key.text) return false;
    }
    return true;
  }
  bool operator()(const ast::PatternComprehension&) const { return false; }
  bool operator()(const ast::PatternExpression&) const { return false; }
  bool operator()(const ast::ExistsSubquery&) const { return false; }
  bool operator()(const ast::CountSubquery&) const { return false; }
};

}  // namespace

void ForEachChild(const ast::Expression& expression, SyntaxVisit visit) {
  std::visit(ChildVisitor{visit}, expression.node);
}

bool ContainsAggregate(const ast::Expression& expression) {
  if (const auto* call = std::get_if<ast::FunctionCall>(&expression.node)) {
    if (FindAggregate(call->name.text) != nullptr) return true;
  }
  bool contains = false;
  ForEachChild(expression, [&](const ast::Expression& child) {
    contains = contains || ContainsAggregate(child);
  });
  return contains;
}

bool SameExpression(const ast::Expression& left, const ast::Expression& right) {
  if (left.node.index() != right.node.index()) return false;
  if (!std::visit(SameHead{right.node}, left.node)) return false;
  std::vector<const ast::Expression*> others;
  ForEachChild(right, [&](const ast::Expression& child) { others.push_back(&child); });
  size_t next = 0;
  bool same = true;
  ForEachChild(left, [&](const ast::Expression& child) {
    same = same && next < others.size() && SameExpression(child, *others[next]);
    ++next;
  });
  return same && next == others.size();
}

}  // namespace entente::query
