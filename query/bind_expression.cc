#include "query/bind_expression.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

using Type = Value::Type;

constexpr TypeSet kBoolean = {Type::kBoolean};
constexpr TypeSet kNumber = {Type::kInteger, Type::kFloat};
constexpr TypeSet kInstant = {Type::kDate, Type::kLocalTime, Type::kTime, Type::kLocalDateTime,
                              Type::kDateTime};
constexpr TypeSet kWithProperties =
    kInstant | TypeSet{Type::kNode, Type::kRelationship, Type::kMap, Type::kDuration};

bool IsWithin(TypeSet part, TypeSet whole) { return (part | whole) == whole; }

// What one side of an arithmetic operator may be.
TypeSet ArithmeticOperand(ast::BinaryOperator op) {
  constexpr TypeSet kAmount = kNumber | TypeSet{Type::kDuration};
  switch (op) {
    case ast::BinaryOperator::kAdd:
      return kAmount | kInstant | TypeSet{Type::kString, Type::kList};
    case ast::BinaryOperator::kSubtract:
      return kAmount | kInstant;
    case ast::BinaryOperator::kMultiply:
    case ast::BinaryOperator::kDivide:
      return kAmount;
    default:
      return kNumber;
  }
}

// Whether a variable or a property of one: what an item around aggregates may repeat of a key.
bool IsSimple(const ast::Expression& expression, absl::string_view* root) {
  if (const auto* variable = std::get_if<ast::Variable>(&expression.node)) {
    *root = variable->name;
    return true;
  }
  const auto* access = std::get_if<ast::PropertyAccess>(&expression.node);
  return access != nullptr && IsSimple(*access->object, root);
}

}  // namespace

ExpressionPtr ReferTo(const Binding& binding, SourceSpan span) {
  return MakeExpression(SlotReference{binding.slot}, span, binding.type, binding.elements);
}

Binding BindingOf(const Expression& expression, Slot slot) {
  return Binding{slot, expression.type, expression.elements};
}

std::string TypeNames(TypeSet types) {
  std::string names;
  for (int i = 0; i < static_cast<int>(Type::kNull); ++i) {
    const Type type = static_cast<Type>(i);
    if (!types.Has(type)) continue;
    absl::StrAppend(&names, names.empty() ? "" : " or ", Value::TypeName(type));
  }
  return names;
}

absl::Status RequireType(const Expression& expression, TypeSet accepted, absl::string_view what) {
  const TypeSet type = expression.type.WithoutNull();
  if (type.empty() || type.Meets(accepted)) return absl::OkStatus();
  return MakeError(
      ErrorCode::kInvalidArgumentType,
      absl::StrCat(what, " must be ", TypeNames(accepted), ", but this is ", TypeNames(type)),
      expression.span);
}

class ExpressionBinder::Local {
 public:
  Local(ExpressionBinder* owner, const ast::Name& name, TypeSet type, TypeSet elements)
      : owner_(*owner), slot_(owner->binder_.NewSlot(name.text)) {
    owner_.locals_.emplace_back(name.text, Binding{slot_, type, elements});
  }
  ~Local() { owner_.locals_.pop_back(); }
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  Slot slot() const { return slot_; }

 private:
  ExpressionBinder& owner_;
  Slot slot_;
};

absl::StatusOr<ExpressionPtr> ExpressionBinder::Bind(const ast::Expression& expression) {
  ASSIGN_OR_RETURN(ExpressionPtr known, BindKnown(expression));
  if (known != nullptr) return known;
  return std::visit([&](const auto& node) { return BindNode(node, expression.span); },
                    expression.node);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindPredicate(const ast::Expression& expression) {
  ASSIGN_OR_RETURN(ExpressionPtr predicate, Bind(expression));
  RETURN_IF_ERROR(RequireType(*predicate, kBoolean, "A condition"));
  return predicate;
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindOrNull(const ast::ExpressionPtr& expression) {
  if (expression == nullptr) return ExpressionPtr();
  return Bind(*expression);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindKnown(const ast::Expression& expression) {
  if (in_aggregate_) return ExpressionPtr();
  absl::string_view root;
  const bool simple = IsSimple(expression, &root);
  for (const auto& [name, local] : locals_) {
    if (simple && name == root) return ExpressionPtr();
  }
  if (place_ != nullptr && simple) {
    for (const KnownExpression& key : place_->keys) {
      if (SameExpression(*key.expression, expression)) {
        return ReferTo(key.binding, expression.span);
      }
    }
  }
  if (known_ == nullptr || (!simple && !locals_.empty())) return ExpressionPtr();
  for (const KnownExpression& item : *known_) {
    if (!SameExpression(*item.expression, expression)) continue;
    if (sorts_aggregates_ && !item.aggregates && !simple) {
      return MakeError(ErrorCode::kAmbiguousAggregationExpression,
                       "Beside an aggregate function, only variables and properties that are "
                       "projected may be used; give this expression a name in an earlier WITH",
                       expression.span);
    }
    return ReferTo(item.binding, expression.span);
  }
  return ExpressionPtr();
}

Scope ExpressionBinder::WholeScope() const {
  Scope whole = scope_;
  for (const auto& [name, local] : locals_) whole.Declare(name, local);
  return whole;
}

absl::Status ExpressionBinder::CheckGrouped(const Expression& subquery) const {
  if (place_ == nullptr || in_aggregate_) return absl::OkStatus();
  for (Slot slot : subquery.reads) {
    bool found = false;
    for (const auto& [name, local] : locals_) found = found || local.slot == slot;
    for (const KnownExpression& key : place_->keys) found = found || key.binding.slot == slot;
    if (!found) {
      return MakeError(ErrorCode::kAmbiguousAggregationExpression,
                       "Beside an aggregate function, a pattern may use only variables that are "
                       "grouped by",
                       subquery.span);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Literal& node,
                                                         SourceSpan span) {
  return MakeExpression(Constant{node.value}, span, TypeSet{node.value.type()});
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Parameter& node,
                                                         SourceSpan span) {
  binder_.NoteParameter(node.name, span);
  return MakeExpression(ParameterReference{node.name}, span);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Variable& node,
                                                         SourceSpan span) {
  for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
    if (local->first == node.name) return ReferTo(local->second, span);
  }
  const Binding* binding = scope_.Find(node.name);
  if (binding == nullptr) {
    return MakeError(ErrorCode::kUndefinedVariable,
                     absl::StrCat("Variable `", node.name, "` is not defined"), span);
  }
  if (place_ != nullptr && !in_aggregate_) {
    return MakeError(ErrorCode::kAmbiguousAggregationExpression,
                     absl::StrCat("`", node.name,
                                  "` stands beside an aggregate function, but the rows are not "
                                  "grouped by it"),
                     span);
  }
  return ReferTo(*binding, span);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::PropertyAccess& node,
                                                         SourceSpan span) {
  ASSIGN_OR_RETURN(ExpressionPtr object, Bind(*node.object));
  const TypeSet type = object->type.WithoutNull();
  if (!type.empty() && !type.Meets(kWithProperties)) {
    const ErrorCode code =
        type.Has(Type::kPath) ? ErrorCode::kInvalidArgumentType : ErrorCode::kCompileTimeTypeError;
    return MakeError(code, absl::StrCat("A value of type ", TypeNames(type), " has no properties"),
                     object->span);
  }
  return MakeExpression(PropertyReference{std::move(object), node.key.text}, span);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::LabelTest& node,
                                                         SourceSpan span) {
  ASSIGN_OR_RETURN(ExpressionPtr object, Bind(*node.object));
  RETURN_IF_ERROR(
      RequireType(*object, {Type::kNode, Type::kRelationship}, "What is asked for its labels"));
  LabelPredicate predicate;
  predicate.object = std::move(object);
  for (const ast::Name& label : node.labels) predicate.labels.push_back(label.text);
  return MakeExpression(std::move(predicate), span, kTruth);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Unary& node, SourceSpan span) {
  ASSIGN_OR_RETURN(ExpressionPtr operand, Bind(*node.operand));
  TypeSet type = {Type::kBoolean};
  switch (node.op) {
    case ast::UnaryOperator::kNot:
      RETURN_IF_ERROR(RequireType(*operand, kBoolean, "What NOT negates"));
      type = kTruth;
      break;
    case ast::UnaryOperator::kMinus:
    case ast::UnaryOperator::kPlus:
      RETURN_IF_ERROR(RequireType(*operand, kNumber | TypeSet{Type::kDuration}, "What has a sign"));
      type = operand->type;
      if (const auto* constant = std::get_if<Constant>(&operand->node)) {
        if (node.op == ast::UnaryOperator::kPlus) return operand;
        absl::StatusOr<Value> negated = Negate(constant->value);
        if (negated.ok()) {
          return MakeExpression(Constant{*std::move(negated)}, span, operand->type);
        }
      }
      break;
    case ast::UnaryOperator::kIsNull:
    case ast::UnaryOperator::kIsNotNull:
      break;
  }
  return MakeExpression(UnaryExpression{node.op, std::move(operand)}, span, type);
}

namespace {

absl::Status CheckArithmetic(ast::BinaryOperator op, const Expression& left,
                             const Expression& right) {
  constexpr TypeSet kList = {Type::kList};
  // A list takes anything at its ends.
  const bool lists =
      op == ast::BinaryOperator::kAdd && (left.type.Meets(kList) || right.type.Meets(kList));
  if (lists) return absl::OkStatus();
  const TypeSet accepted = ArithmeticOperand(op);
  RETURN_IF_ERROR(RequireType(left, accepted, "What is calculated with"));
  return RequireType(right, accepted, "What is calculated with");
}

TypeSet ArithmeticResult(ast::BinaryOperator op, const Expression& left, const Expression& right) {
  const TypeSet both = left.type | right.type;
  if (!IsWithin(both.WithoutNull(), kNumber)) {
    const bool strings =
        IsWithin(left.type, TypeSet{Type::kString}) && IsWithin(right.type, TypeSet{Type::kString});
    return strings && op == ast::BinaryOperator::kAdd ? TypeSet{Type::kString} : TypeSet::Any();
  }
  if (op == ast::BinaryOperator::kPower) return TypeSet{Type::kFloat, Type::kNull};
  return both | TypeSet{Type::kNull};
}

}  // namespace

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Binary& node, SourceSpan span) {
  ASSIGN_OR_RETURN(ExpressionPtr left, Bind(*node.left));
  ASSIGN_OR_RETURN(ExpressionPtr right, Bind(*node.right));
  TypeSet type = kTruth;
  TypeSet elements = TypeSet::Any();
  switch (node.op) {
    case ast::BinaryOperator::kOr:
    case ast::BinaryOperator::kXor:
    case ast::BinaryOperator::kAnd:
      RETURN_IF_ERROR(RequireType(*left, kBoolean, "What a logical operator joins"));
      RETURN_IF_ERROR(RequireType(*right, kBoolean, "What a logical operator joins"));
      break;
    case ast::BinaryOperator::kIn:
      RETURN_IF_ERROR(RequireType(*right, {Type::kList}, "What IN looks into"));
      break;
    case ast::BinaryOperator::kStartsWith:
    case ast::BinaryOperator::kEndsWith:
    case ast::BinaryOperator::kContains:
    case ast::BinaryOperator::kMatches:
      break;
    default: {
      RETURN_IF_ERROR(CheckArithmetic(node.op, *left, *right));
      type = ArithmeticResult(node.op, *left, *right);
      const TypeSet list = {Type::kList};
      if (left->type == list && right->type == list) {
        type = list;
        elements = left->elements | right->elements;
      }
    }
  }
  return MakeExpression(BinaryExpression{node.op, std::move(left), std::move(right)}, span, type,
                        elements);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Comparison& node,
                                                         SourceSpan span) {
  std::vector<ExpressionPtr> operands;
  for (const ast::ExpressionPtr& operand : node.operands) {
    ASSIGN_OR_RETURN(ExpressionPtr bound, Bind(*operand));
    operands.push_back(std::move(bound));
  }
  if (operands.size() == 2) {
    return MakeExpression(
        ComparisonExpression{node.comparators[0], std::move(operands[0]), std::move(operands[1])},
        span, kTruth);
  }
  return MakeExpression(ComparisonChainExpression{std::move(operands), node.comparators}, span,
                        kTruth);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::ListLiteral& node,
                                                         SourceSpan span) {
  ListExpression list;
  TypeSet elements;
  for (const auto& element : node.elements) {
    ASSIGN_OR_RETURN(ExpressionPtr bound, Bind(*element));
    elements = elements | bound->type;
    list.elements.push_back(std::move(bound));
  }
  return MakeExpression(std::move(list), span, TypeSet{Type::kList}, elements);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::MapLiteral& node,
                                                         SourceSpan span) {
  MapExpression map;
  for (const auto& [key, value] : node.entries) {
    ASSIGN_OR_RETURN(ExpressionPtr bound, Bind(*value));
    map.entries.emplace_back(key.text, std::move(bound));
  }
  return MakeExpression(std::move(map), span, TypeSet{Type::kMap});
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Subscript& node,
                                                         SourceSpan span) {
  ASSIGN_OR_RETURN(ExpressionPtr object, Bind(*node.object));
  ASSIGN_OR_RETURN(ExpressionPtr index, Bind(*node.index));
  TypeSet type = TypeSet::Any();
  if (object->type == TypeSet{Type::kList}) {
    type = object->elements | TypeSet{Type::kNull};
  }
  return MakeExpression(SubscriptExpression{std::move(object), std::move(index)}, span, type);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Slice& node, SourceSpan span) {
  SliceExpression slice;
  ASSIGN_OR_RETURN(slice.object, Bind(*node.object));
  RETURN_IF_ERROR(RequireType(*slice.object, {Type::kList}, "What is sliced"));
  ASSIGN_OR_RETURN(slice.from, BindOrNull(node.from));
  ASSIGN_OR_RETURN(slice.to, BindOrNull(node.to));
  const TypeSet elements = slice.object->elements;
  return MakeExpression(std::move(slice), span, {Type::kList, Type::kNull}, elements);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Case& node, SourceSpan span) {
  CaseExpression choice;
  ASSIGN_OR_RETURN(choice.subject, BindOrNull(node.subject));
  TypeSet type;
  for (const auto& [when, then] : node.alternatives) {
    absl::StatusOr<ExpressionPtr> condition =
        node.subject == nullptr ? BindPredicate(*when) : Bind(*when);
    if (!condition.ok()) return condition.status();
    ASSIGN_OR_RETURN(ExpressionPtr value, Bind(*then));
    type = type | value->type;
    choice.alternatives.emplace_back(*std::move(condition), std::move(value));
  }
  ASSIGN_OR_RETURN(choice.otherwise, BindOrNull(node.otherwise));
  type = type | (choice.otherwise == nullptr ? TypeSet{Type::kNull} : choice.otherwise->type);
  return MakeExpression(std::move(choice), span, type);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::ListComprehension& node,
                                                         SourceSpan span) {
  ListComprehensionExpression comprehension;
  ASSIGN_OR_RETURN(comprehension.list, Bind(*node.list));
  RETURN_IF_ERROR(RequireType(*comprehension.list, {Type::kList}, "What is gone through"));
  TypeSet elements = comprehension.list->elements;
  Local element(this, node.variable, elements, TypeSet::Any());
  comprehension.element = element.slot();
  if (node.predicate != nullptr) {
    ASSIGN_OR_RETURN(comprehension.predicate, BindPredicate(*node.predicate));
  }
  ASSIGN_OR_RETURN(comprehension.projection, BindOrNull(node.projection));
  if (comprehension.projection != nullptr) elements = comprehension.projection->type;
  TypeSet type = {Type::kList};
  if (comprehension.list->type.Has(Type::kNull)) type = type | TypeSet{Type::kNull};
  return MakeExpression(std::move(comprehension), span, type, elements);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Quantifier& node,
                                                         SourceSpan span) {
  QuantifierExpression quantifier;
  quantifier.kind = node.kind;
  ASSIGN_OR_RETURN(quantifier.list, Bind(*node.list));
  RETURN_IF_ERROR(RequireType(*quantifier.list, {Type::kList}, "What is gone through"));
  Local element(this, node.variable, quantifier.list->elements, TypeSet::Any());
  quantifier.element = element.slot();
  ASSIGN_OR_RETURN(quantifier.predicate, BindPredicate(*node.predicate));
  return MakeExpression(std::move(quantifier), span, kTruth);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::Reduce& node, SourceSpan span) {
  ReduceExpression reduce;
  ASSIGN_OR_RETURN(reduce.initial, Bind(*node.initial));
  ASSIGN_OR_RETURN(reduce.list, Bind(*node.list));
  RETURN_IF_ERROR(RequireType(*reduce.list, {Type::kList}, "What is gone through"));
  Local accumulator(this, node.accumulator, TypeSet::Any(), TypeSet::Any());
  Local element(this, node.variable, reduce.list->elements, TypeSet::Any());
  reduce.accumulator = accumulator.slot();
  reduce.element = element.slot();
  ASSIGN_OR_RETURN(reduce.step, Bind(*node.step));
  return MakeExpression(std::move(reduce), span);
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::MapProjection& node,
                                                         SourceSpan span) {
  MapProjectionExpression projection;
  const ast::Expression object = {ast::Variable{node.object.text}, node.object.span};
  ASSIGN_OR_RETURN(projection.object, Bind(object));
  RETURN_IF_ERROR(RequireType(*projection.object, kWithProperties, "What a map is projected from"));
  for (const ast::MapProjection::Item& item : node.items) {
    MapProjectionExpression::Item bound;
    bound.key = item.key.text;
    switch (item.kind) {
      case ast::MapProjection::Item::Kind::kAllProperties:
        bound.all_properties = true;
        break;
      case ast::MapProjection::Item::Kind::kProperty: {
        ASSIGN_OR_RETURN(ExpressionPtr owner, Bind(object));
        bound.value =
            MakeExpression(PropertyReference{std::move(owner), item.key.text}, item.key.span);
        break;
      }
      case ast::MapProjection::Item::Kind::kEntry: {
        ASSIGN_OR_RETURN(bound.value, Bind(*item.value));
        break;
      }
      case ast::MapProjection::Item::Kind::kVariable: {
        const ast::Expression variable = {ast::Variable{item.key.text}, item.key.span};
        ASSIGN_OR_RETURN(bound.value, Bind(variable));
        break;
      }
    }
    projection.items.push_back(std::move(bound));
  }
  return MakeExpression(std::move(projection), span, {Type::kMap, Type::kNull});
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::PatternComprehension& node,
                                                         SourceSpan span) {
  ASSIGN_OR_RETURN(ExpressionPtr bound, binder_.BindPatternComprehension(node, WholeScope(), span));
  RETURN_IF_ERROR(CheckGrouped(*bound));
  return bound;
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::PatternExpression& node,
                                                         SourceSpan span) {
  ASSIGN_OR_RETURN(ExpressionPtr bound, binder_.BindPatternExpression(node, WholeScope(), span));
  RETURN_IF_ERROR(CheckGrouped(*bound));
  return bound;
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::ExistsSubquery& node,
                                                         SourceSpan span) {
  ASSIGN_OR_RETURN(ExpressionPtr bound,
                   binder_.BindQueryExpression(*node.query, SubqueryExpression::Kind::kExists,
                                               WholeScope(), span));
  RETURN_IF_ERROR(CheckGrouped(*bound));
  return bound;
}

absl::StatusOr<ExpressionPtr> ExpressionBinder::BindNode(const ast::CountSubquery& node,
                                                         SourceSpan span) {
  ASSIGN_OR_RETURN(ExpressionPtr bound,
                   binder_.BindQueryExpression(*node.query, SubqueryExpression::Kind::kCount,
                                               WholeScope(), span));
  RETURN_IF_ERROR(CheckGrouped(*bound));
  return bound;
}

}  // namespace entente::query
