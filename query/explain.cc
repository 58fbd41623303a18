#include "query/explain.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "engine/value_text.h"
#include "query/evidence_fields.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

void AppendPlan(const Plan& plan, const PreparedPlan& prepared, size_t depth,
                std::vector<PlanLine>* lines);

std::string SlotText(Slot slot, const PreparedPlan& prepared) {
  const std::string& name = prepared.slot_names[slot];
  return name.empty() ? absl::StrCat("#", slot) : name;
}

std::string ArrowText(absl::string_view inside, Heading heading) {
  const std::string middle = absl::StrCat("-[", inside, "]-");
  if (heading == Heading::kOut) return absl::StrCat(middle, ">");
  return heading == Heading::kIn ? absl::StrCat("<", middle) : middle;
}

std::string LabelsText(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) absl::StrAppend(&text, ":", label);
  return text;
}

absl::string_view OperatorText(ast::BinaryOperator op) {
  switch (op) {
    case ast::BinaryOperator::kOr:
      return "OR";
    case ast::BinaryOperator::kXor:
      return "XOR";
    case ast::BinaryOperator::kAnd:
      return "AND";
    case ast::BinaryOperator::kAdd:
      return "+";
    case ast::BinaryOperator::kSubtract:
      return "-";
    case ast::BinaryOperator::kMultiply:
      return "*";
    case ast::BinaryOperator::kDivide:
      return "/";
    case ast::BinaryOperator::kModulo:
      return "%";
    case ast::BinaryOperator::kPower:
      return "^";
    case ast::BinaryOperator::kIn:
      return "IN";
    case ast::BinaryOperator::kStartsWith:
      return "STARTS WITH";
    case ast::BinaryOperator::kEndsWith:
      return "ENDS WITH";
    case ast::BinaryOperator::kContains:
      return "CONTAINS";
    case ast::BinaryOperator::kMatches:
      return "=~";
  }
  return "";
}

absl::string_view ComparatorText(ast::Comparator comparator) {
  switch (comparator) {
    case ast::Comparator::kEqual:
      return "=";
    case ast::Comparator::kNotEqual:
      return "<>";
    case ast::Comparator::kLess:
      return "<";
    case ast::Comparator::kLessOrEqual:
      return "<=";
    case ast::Comparator::kGreater:
      return ">";
    case ast::Comparator::kGreaterOrEqual:
      return ">=";
  }
  return "";
}

absl::string_view QuantifierText(ast::QuantifierKind kind) {
  switch (kind) {
    case ast::QuantifierKind::kAll:
      return "all";
    case ast::QuantifierKind::kAny:
      return "any";
    case ast::QuantifierKind::kNone:
      return "none";
    case ast::QuantifierKind::kSingle:
      return "single";
  }
  return "";
}

constexpr size_t kMostElementsShown = 20;

std::string ConstantText(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return "null";
    case Value::Type::kBoolean:
      return value.boolean() ? "true" : "false";
    case Value::Type::kInteger:
      return absl::StrCat(value.integer());
    case Value::Type::kFloat:
      return absl::StrFormat("%g", value.floating());
    case Value::Type::kString:
      return absl::StrCat("'", value.string(), "'");
    case Value::Type::kList: {
      const auto element = [](std::string* out, const Value& part) {
        out->append(ConstantText(part));
      };
      const absl::Span<const Value> first =
          absl::MakeConstSpan(value.list())
              .first(std::min(value.list().size(), kMostElementsShown));
      const bool all = first.size() == value.list().size();
      return absl::StrCat("[", absl::StrJoin(first, ", ", element), all ? "]" : ", …]");
    }
    case Value::Type::kMap: {
      const auto entry = [](std::string* out, const MapEntry& part) {
        absl::StrAppend(out, part.first, ": ", ConstantText(part.second));
      };
      return absl::StrCat("{", absl::StrJoin(value.map(), ", ", entry), "}");
    }
    default:
      if (!value.is_temporal() && value.type() != Value::Type::kDuration) {
        return absl::StrCat("<", Value::TypeName(value.type()), ">");
      }
      return absl::StrCat(absl::AsciiStrToLower(Value::TypeName(value.type())), "('",
                          TemporalText(value), "')");
  }
}

// One method for each kind of expression. Operators inside operators stand in parentheses.
struct BoundExpressionPrinter {
  const PreparedPlan& prepared;

  std::string Text(const ExpressionPtr& expression) const {
    return expression == nullptr ? "" : std::visit(*this, expression->node);
  }
  std::string Operand(const ExpressionPtr& expression) const {
    const bool nested = std::holds_alternative<BinaryExpression>(expression->node) ||
                        std::holds_alternative<ComparisonExpression>(expression->node) ||
                        std::holds_alternative<ComparisonChainExpression>(expression->node) ||
                        std::holds_alternative<UnaryExpression>(expression->node);
    return nested ? absl::StrCat("(", Text(expression), ")") : Text(expression);
  }
  std::string List(const std::vector<ExpressionPtr>& expressions) const {
    return absl::StrJoin(expressions, ", ", [this](std::string* out, const ExpressionPtr& part) {
      out->append(Text(part));
    });
  }

  std::string operator()(const Constant& node) const { return ConstantText(node.value); }
  std::string operator()(const ParameterReference& node) const {
    return absl::StrCat("$", node.name);
  }
  std::string operator()(const SlotReference& node) const { return SlotText(node.slot, prepared); }
  std::string operator()(const PropertyReference& node) const {
    return absl::StrCat(Operand(node.object), ".", node.name);
  }
  std::string operator()(const LabelPredicate& node) const {
    return absl::StrCat(Operand(node.object), LabelsText(node.labels));
  }
  std::string operator()(const UnaryExpression& node) const {
    switch (node.op) {
      case ast::UnaryOperator::kNot:
        return absl::StrCat("NOT ", Operand(node.operand));
      case ast::UnaryOperator::kMinus:
        return absl::StrCat("-", Operand(node.operand));
      case ast::UnaryOperator::kPlus:
        return absl::StrCat("+", Operand(node.operand));
      case ast::UnaryOperator::kIsNull:
        return absl::StrCat(Operand(node.operand), " IS NULL");
      case ast::UnaryOperator::kIsNotNull:
        return absl::StrCat(Operand(node.operand), " IS NOT NULL");
    }
    return "";
  }
  std::string operator()(const BinaryExpression& node) const {
    return absl::StrCat(Operand(node.left), " ", OperatorText(node.op), " ", Operand(node.right));
  }
  std::string operator()(const ComparisonExpression& node) const {
    return absl::StrCat(Operand(node.left), " ", ComparatorText(node.comparator), " ",
                        Operand(node.right));
  }
  std::string operator()(const ComparisonChainExpression& node) const {
    std::string text = Operand(node.operands[0]);
    for (size_t i = 0; i < node.comparators.size(); ++i) {
      absl::StrAppend(&text, " ", ComparatorText(node.comparators[i]), " ",
                      Operand(node.operands[i + 1]));
    }
    return text;
  }
  std::string operator()(const FunctionExpression& node) const {
    return absl::StrCat(node.function->name, "(", List(node.arguments), ")");
  }
  std::string operator()(const ListExpression& node) const {
    return absl::StrCat("[", List(node.elements), "]");
  }
  std::string operator()(const MapExpression& node) const {
    const auto entry = [this](std::string* out, const auto& part) {
      absl::StrAppend(out, part.first, ": ", Text(part.second));
    };
    return absl::StrCat("{", absl::StrJoin(node.entries, ", ", entry), "}");
  }
  std::string operator()(const SubscriptExpression& node) const {
    return absl::StrCat(Operand(node.object), "[", Text(node.index), "]");
  }
  std::string operator()(const SliceExpression& node) const {
    return absl::StrCat(Operand(node.object), "[", Text(node.from), "..", Text(node.to), "]");
  }
  std::string operator()(const CaseExpression& node) const {
    std::string text = "CASE";
    if (node.subject != nullptr) absl::StrAppend(&text, " ", Text(node.subject));
    for (const auto& [when, then] : node.alternatives) {
      absl::StrAppend(&text, " WHEN ", Text(when), " THEN ", Text(then));
    }
    if (node.otherwise != nullptr) absl::StrAppend(&text, " ELSE ", Text(node.otherwise));
    return absl::StrCat(text, " END");
  }
  std::string operator()(const ListComprehensionExpression& node) const {
    std::string text = absl::StrCat("[", SlotText(node.element, prepared), " IN ", Text(node.list));
    if (node.predicate != nullptr) absl::StrAppend(&text, " WHERE ", Text(node.predicate));
    if (node.projection != nullptr) absl::StrAppend(&text, " | ", Text(node.projection));
    return absl::StrCat(text, "]");
  }
  std::string operator()(const QuantifierExpression& node) const {
    return absl::StrCat(QuantifierText(node.kind), "(", SlotText(node.element, prepared), " IN ",
                        Text(node.list), " WHERE ", Text(node.predicate), ")");
  }
  std::string operator()(const ReduceExpression& node) const {
    return absl::StrCat("reduce(", SlotText(node.accumulator, prepared), " = ", Text(node.initial),
                        ", ", SlotText(node.element, prepared), " IN ", Text(node.list), " | ",
                        Text(node.step), ")");
  }
  std::string operator()(const MapProjectionExpression& node) const {
    const auto item = [this](std::string* out, const MapProjectionExpression::Item& part) {
      if (part.all_properties) {
        out->append(".*");
      } else {
        absl::StrAppend(out, part.key, ": ", Text(part.value));
      }
    };
    return absl::StrCat(Text(node.object), " {", absl::StrJoin(node.items, ", ", item), "}");
  }
  std::string operator()(const PathExpression& node) const {
    const auto element = [this](std::string* out, Slot slot) {
      out->append(SlotText(slot, prepared));
    };
    return absl::StrCat("path(", absl::StrJoin(node.elements, ", ", element), ")");
  }
  std::string operator()(const SubqueryExpression& node) const {
    std::vector<PlanLine> lines;
    AppendPlan(*node.plan, prepared, 0, &lines);
    const auto text = [](std::string* out, const PlanLine& line) {
      out->append(line.text, line.text.find_first_not_of(' '));
    };
    const std::string plan = absl::StrJoin(lines.rbegin(), lines.rend(), " | ", text);
    switch (node.kind) {
      case SubqueryExpression::Kind::kExists:
        return absl::StrCat("exists {", plan, "}");
      case SubqueryExpression::Kind::kCount:
        return absl::StrCat("count {", plan, "}");
      case SubqueryExpression::Kind::kCollect:
        return absl::StrCat("[", plan, " | ", SlotText(node.result, prepared), "]");
    }
    return "";
  }
};

// The name of each operator and what it does, as "Expand((a)-[r:T]->(b))".
struct PlanPrinter {
  const PreparedPlan& prepared;

  std::string Name(Slot slot) const { return SlotText(slot, prepared); }
  std::string Names(const std::vector<Slot>& slots) const {
    return absl::StrJoin(slots, ", ",
                         [this](std::string* out, Slot slot) { out->append(Name(slot)); });
  }
  std::string Text(const ExpressionPtr& expression) const {
    return BoundExpressionPrinter{prepared}.Text(expression);
  }
  std::string Texts(const std::vector<ExpressionPtr>& expressions) const {
    return BoundExpressionPrinter{prepared}.List(expressions);
  }
  std::string Items(const std::vector<std::pair<Slot, ExpressionPtr>>& items) const {
    return absl::StrJoin(items, ", ", [this](std::string* out, const auto& item) {
      const std::string text = Text(item.second);
      absl::StrAppend(out, Name(item.first));
      if (text != Name(item.first)) absl::StrAppend(out, " = ", text);
    });
  }
  static std::string Types(const std::vector<std::string>& types) {
    return types.empty() ? "" : absl::StrCat(":", absl::StrJoin(types, "|"));
  }

  std::string operator()(const UnitPlan&) const { return "Unit"; }
  std::string operator()(const ArgumentPlan& node) const {
    return absl::StrCat("Argument(", Names(node.slots), ")");
  }
  std::string operator()(const NodeScanPlan& node) const {
    if (node.hops.has_value()) {
      return absl::StrCat("NodeScan((", Name(node.node), ")", ArrowText("", *node.hops), "())");
    }
    return absl::StrCat("NodeScan(", Name(node.node), LabelsText(node.labels), ")");
  }
  std::string operator()(const NodeSeekPlan& node) const {
    const std::string name = Name(node.node);
    const std::string value = Text(node.value);
    switch (node.by) {
      case NodeSeekPlan::By::kId:
        return absl::StrCat("NodeSeek(id(", name, ") = ", value, ")");
      case NodeSeekPlan::By::kNode:
        return absl::StrCat("NodeSeek(", name, " = ", value, ")");
      case NodeSeekPlan::By::kKey:
        return absl::StrCat("NodeSeek(", name, ".key = ", value, ")");
      case NodeSeekPlan::By::kKeys:
        return absl::StrCat("NodeSeek(", name, ".key IN ", value, ")");
    }
    return "";
  }
  std::string operator()(const IndexSeekPlan& node) const {
    const std::string property = absl::StrCat(Name(node.node), ".", node.property);
    std::string condition;
    switch (node.by) {
      case IndexSeekPlan::By::kValue:
        condition = absl::StrCat(property, " = ", Text(node.value));
        break;
      case IndexSeekPlan::By::kList:
        condition = absl::StrCat(property, " IN ", Text(node.value));
        break;
      case IndexSeekPlan::By::kPrefix:
        condition = absl::StrCat(property, " STARTS WITH ", Text(node.value));
        break;
      case IndexSeekPlan::By::kRange:
        condition = absl::StrCat(
            node.value == nullptr ? "" : absl::StrCat(Text(node.value), " <= "), property,
            node.greatest == nullptr ? "" : absl::StrCat(" <= ", Text(node.greatest)));
        break;
    }
    return absl::StrCat("IndexSeek(", Name(node.node), ":", node.label, " ", condition, ")");
  }
  std::string operator()(const ExpandPlan& node) const {
    const std::string inside = absl::StrCat(Name(node.relationship), Types(node.types));
    return absl::StrCat(
        node.count.has_value() ? "Count" : "", node.into ? "ExpandInto" : "Expand", "((",
        Name(node.from), ")", ArrowText(inside, node.heading), "(", Name(node.to), ")",
        node.only_type == nullptr
            ? ""
            : absl::StrCat(", type(", Name(node.relationship), ") = ", Text(node.only_type)),
        node.lens == nullptr ? "" : " through a lens", ")");
  }
  std::string operator()(const IntersectPlan& node) const {
    std::string text = node.count.has_value() ? "CountIntersect(" : "Intersect(";
    for (const IntersectPlan::Hop& hop : node.hops) {
      const std::string inside = absl::StrCat(Name(hop.relationship), Types(hop.types));
      absl::StrAppend(&text, &hop == node.hops ? "" : ", ", "(", Name(hop.from), ")",
                      ArrowText(inside, hop.heading), "(", Name(node.to), ")",
                      hop.lens == nullptr ? "" : " through a lens");
    }
    return absl::StrCat(text, ")");
  }
  std::string operator()(const VariableExpandPlan& node) const {
    std::string inside = absl::StrCat(Name(node.relationships), Types(node.types), "*", node.least,
                                      "..", node.most.has_value() ? absl::StrCat(*node.most) : "");
    if (node.predicate != nullptr) absl::StrAppend(&inside, " WHERE ", Text(node.predicate));
    absl::string_view name = node.ends_only ? "Reach" : "ExpandPaths";
    if (node.search == ast::PathSearch::kShortest) name = "ShortestPath";
    if (node.search == ast::PathSearch::kAllShortest) name = "AllShortestPaths";
    return absl::StrCat(name, node.into ? "Into" : "", "((", Name(node.from), ")",
                        ArrowText(inside, node.heading), "(", Name(node.to), ")",
                        node.lens == nullptr ? "" : " through a lens", ")");
  }
  std::string operator()(const FilterPlan& node) const {
    return absl::StrCat("Filter(", Texts(node.predicates), ")");
  }
  std::string operator()(const OptionalPlan& node) const {
    return absl::StrCat("Optional(", Names(node.introduced), ")");
  }
  std::string operator()(const ApplyPlan& node) const {
    return absl::StrCat("Apply(", Names(node.introduced), ")");
  }
  std::string operator()(const UnwindPlan& node) const {
    return absl::StrCat("Unwind(", Name(node.element), " IN ", Text(node.list), ")");
  }
  std::string operator()(const EvidencePlan& node) const {
    const auto name = [](std::string* out, const auto& field) {
      absl::StrAppend(out, field.first->name);
    };
    return absl::StrCat("Evidence(", Text(node.relationship), ": ",
                        absl::StrJoin(node.fields, ", ", name), ")");
  }
  std::string operator()(const ProcedureCallPlan& node) const {
    return absl::StrCat("Call(", node.name, "(", Texts(node.arguments), "))");
  }
  std::string operator()(const ProjectPlan& node) const {
    return absl::StrCat("Project(", Items(node.items), ")");
  }
  std::string operator()(const AggregatePlan& node) const {
    std::string text = Items(node.keys);
    for (const Aggregation& part : node.aggregations) {
      absl::StrAppend(&text, text.empty() ? "" : ", ", Name(part.slot), " = ", part.function->name,
                      "(", part.distinct ? "DISTINCT " : "", part.star ? "*" : "",
                      Texts(part.arguments), ")");
    }
    return absl::StrCat("Aggregate(", text, ")");
  }
  std::string operator()(const DistinctPlan& node) const {
    return absl::StrCat("Distinct(", Names(node.slots), ")");
  }
  std::string operator()(const SortPlan& node) const {
    const auto key = [this](std::string* out, const SortKey& part) {
      absl::StrAppend(out, Text(part.expression), part.descending ? " DESC" : "");
    };
    const std::string keys = absl::StrJoin(node.keys, ", ", key);
    if (node.limit == nullptr) return absl::StrCat("Sort(", keys, ")");
    const auto item = [this](std::string* out, const std::pair<Slot, ExpressionPtr>& part) {
      absl::StrAppend(out, Name(part.first), " = ", Text(part.second));
    };
    const std::string late =
        node.late.empty() ? "" : absl::StrCat(", late: ", absl::StrJoin(node.late, ", ", item));
    return absl::StrCat("Top(", keys, " LIMIT ", Text(node.limit), late, ")");
  }
  std::string operator()(const SkipPlan& node) const {
    return absl::StrCat("Skip(", Text(node.count), ")");
  }
  std::string operator()(const LimitPlan& node) const {
    return absl::StrCat("Limit(", Text(node.count), ")");
  }
  std::string operator()(const UnionPlan& node) const {
    return absl::StrCat("Union(", Names(node.output), ")");
  }
  std::string Created(const std::vector<CreatedNode>& nodes,
                      const std::vector<CreatedRelationship>& relationships) const {
    std::vector<std::string> parts;
    for (const CreatedNode& node : nodes) {
      const std::string properties = Text(node.properties);
      parts.push_back(absl::StrCat("(", Name(node.slot), LabelsText(node.labels),
                                   properties.empty() ? "" : " ", properties, ")"));
    }
    for (const CreatedRelationship& made : relationships) {
      const std::string properties = Text(made.properties);
      const std::string inside =
          absl::StrCat(Name(made.slot), ":", made.type, properties.empty() ? "" : " ", properties);
      parts.push_back(absl::StrCat("(", Name(made.start), ")", ArrowText(inside, Heading::kOut),
                                   "(", Name(made.end), ")"));
    }
    return absl::StrJoin(parts, ", ");
  }
  std::string Updates(const std::vector<UpdateAction>& actions) const {
    return absl::StrJoin(actions, ", ", [this](std::string* out, const UpdateAction& action) {
      if (const auto* property = std::get_if<SetPropertyAction>(&action)) {
        absl::StrAppend(out, Text(property->object), ".", property->name, " = ",
                        Text(property->value));
      } else if (const auto* map = std::get_if<SetPropertiesAction>(&action)) {
        absl::StrAppend(out, Text(map->object), map->merge ? " += " : " = ", Text(map->properties));
      } else {
        const auto& labels = std::get<LabelsAction>(action);
        absl::StrAppend(out, labels.remove ? "without " : "", Text(labels.object),
                        LabelsText(labels.labels));
      }
    });
  }
  std::string operator()(const CreatePlan& node) const {
    return absl::StrCat("Create(", Created(node.nodes, node.relationships), ")");
  }
  std::string operator()(const UpdatePlan& node) const {
    return absl::StrCat("Update(", Updates(node.actions), ")");
  }
  std::string operator()(const MergePlan& node) const {
    std::string text = absl::StrCat("Merge(", Created(node.nodes, node.relationships));
    if (!node.on_create.empty()) absl::StrAppend(&text, " ON CREATE ", Updates(node.on_create));
    if (!node.on_match.empty()) absl::StrAppend(&text, " ON MATCH ", Updates(node.on_match));
    return absl::StrCat(text, ")");
  }
  std::string operator()(const DeletePlan& node) const {
    return absl::StrCat(node.detach ? "DetachDelete(" : "Delete(", Texts(node.expressions), ")");
  }
};

void AppendPlan(const Plan& plan, const PreparedPlan& prepared, size_t depth,
                std::vector<PlanLine>* lines) {
  lines->push_back(
      {absl::StrCat(std::string(2 * depth, ' '), std::visit(PlanPrinter{prepared}, plan.node),
                    absl::StrFormat("  ~%.3g", plan.estimated_rows),
                    plan.parallel ? " parallel" : ""),
       &plan});
  // The chain of inputs stays on one level; what stands beside it is indented.
  const PlanPtr* main = InputOf(const_cast<Plan&>(plan));
  ForEachInput(plan, [&](const Plan& input) {
    if (main == nullptr || &input != main->get()) AppendPlan(input, prepared, depth + 1, lines);
  });
  if (main != nullptr) AppendPlan(**main, prepared, depth, lines);
}

}  // namespace

std::vector<PlanLine> PlanLines(const PreparedPlan& plan) {
  std::vector<PlanLine> lines;
  AppendPlan(*plan.root, plan, 0, &lines);
  return lines;
}

std::vector<std::string> ExplainPlan(const PreparedPlan& plan) {
  std::vector<std::string> texts;
  for (PlanLine& line : PlanLines(plan)) texts.push_back(std::move(line.text));
  return texts;
}

std::string ExpressionText(const Expression& expression, const PreparedPlan& plan) {
  return std::visit(BoundExpressionPrinter{plan}, expression.node);
}

}  // namespace entente::query
