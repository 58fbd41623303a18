#include "query/expression_printer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "query/ast_printer.h"
#include "query/lexer.h"
#include "query/operator_level.h"
#include "query/statement_parser.h"

namespace entente::query {
namespace {

struct BinaryWord {
  absl::string_view word;
  OperatorLevel level;
};
// In the order of ast::BinaryOperator.
constexpr std::array<BinaryWord, 14> kBinaryWords = {{{"OR", kOrLevel},
                                                      {"XOR", kXorLevel},
                                                      {"AND", kAndLevel},
                                                      {"+", kAddLevel},
                                                      {"-", kAddLevel},
                                                      {"*", kMultiplyLevel},
                                                      {"/", kMultiplyLevel},
                                                      {"%", kMultiplyLevel},
                                                      {"^", kPowerLevel},
                                                      {"IN", kPredicateLevel},
                                                      {"STARTS WITH", kPredicateLevel},
                                                      {"ENDS WITH", kPredicateLevel},
                                                      {"CONTAINS", kPredicateLevel},
                                                      {"=~", kPredicateLevel}}};
// In the order of ast::Comparator.
constexpr std::array<absl::string_view, 6> kComparatorWords = {"=", "<>", "<", "<=", ">", ">="};
// In the order of ast::QuantifierKind.
constexpr std::array<absl::string_view, 4> kQuantifierWords = {"all", "any", "none", "single"};

std::string InBackticks(absl::string_view name) {
  std::string quoted = "`";
  for (const char c : name) quoted.append(c == '`' ? 2 : 1, c);
  quoted.push_back('`');
  return quoted;
}

std::string PrintString(absl::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    switch (c) {
      case '\\':
      case '\'':
        absl::StrAppend(&out, "\\", std::string(1, c));
        break;
      case '\n':
        absl::StrAppend(&out, "\\n");
        break;
      case '\r':
        absl::StrAppend(&out, "\\r");
        break;
      case '\t':
        absl::StrAppend(&out, "\\t");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppendFormat(&out, "\\u%04x", static_cast<int>(c));
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('\'');
  return out;
}

std::string PrintFloat(double value) {
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

bool IsNegative(const Value& value) {
  return (value.is_integer() && value.integer() < 0) ||
         (value.is_float() && std::signbit(value.floating()));
}

int LevelOf(const ast::Expression& expression) {
  if (const auto* binary = std::get_if<ast::Binary>(&expression.node)) {
    return kBinaryWords[static_cast<size_t>(binary->op)].level;
  }
  if (std::holds_alternative<ast::Comparison>(expression.node)) return kComparisonLevel;
  if (std::holds_alternative<ast::LabelTest>(expression.node)) return kLabelLevel;
  if (const auto* literal = std::get_if<ast::Literal>(&expression.node)) {
    return IsNegative(literal->value) ? kSignLevel : kAtomLevel;
  }
  if (const auto* unary = std::get_if<ast::Unary>(&expression.node)) {
    if (unary->op == ast::UnaryOperator::kNot) return kNotLevel;
    const bool sign =
        unary->op == ast::UnaryOperator::kMinus || unary->op == ast::UnaryOperator::kPlus;
    return sign ? kSignLevel : kPredicateLevel;
  }
  return kAtomLevel;
}

// Whether `expression`, as the first thing behind `[` or `(`, would be read as the beginning of a
// comprehension, a quantifier or reduce.
bool LooksLikeComprehension(const ast::Expression& expression) {
  const ast::Expression* left = &expression;
  bool binds = false;  // the operator behind `left` is IN or =
  while (true) {
    if (const auto* binary = std::get_if<ast::Binary>(&left->node)) {
      binds = binary->op == ast::BinaryOperator::kIn;
      left = binary->left.get();
    } else if (const auto* comparison = std::get_if<ast::Comparison>(&left->node)) {
      binds = comparison->comparators.front() == ast::Comparator::kEqual;
      left = comparison->operands.front().get();
    } else if (const auto* unary = std::get_if<ast::Unary>(&left->node);
               unary != nullptr && LevelOf(*left) == kPredicateLevel) {
      binds = false;
      left = unary->operand.get();
    } else {
      break;
    }
  }
  if (binds && std::holds_alternative<ast::Variable>(left->node)) return true;
  const auto* pattern = std::get_if<ast::PatternExpression>(&left->node);
  return pattern != nullptr && !pattern->exists && pattern->pattern.search == ast::PathSearch::kAll;
}

class ExpressionPrinter {
 public:
  explicit ExpressionPrinter(std::string& out) : out_(out) {}

  // In parentheses if `expression` binds less tightly than `least_level`.
  void Print(const ast::Expression& expression, int least_level) {
    const bool parentheses = LevelOf(expression) < least_level;
    if (parentheses) out_.push_back('(');
    std::visit([this](const auto& node) { Print(node); }, expression.node);
    if (parentheses) out_.push_back(')');
  }
  void Print(const ast::ExpressionPtr& expression) { Print(*expression, kOrLevel); }

 private:
  template <typename... Pieces>
  void Add(const Pieces&... pieces) {
    absl::StrAppend(&out_, pieces...);
  }

  // Prints `word` and the expression behind it, if there is one.
  void PrintTail(absl::string_view word, const ast::ExpressionPtr& expression) {
    if (expression == nullptr) return;
    Add(word);
    Print(expression);
  }

  // The first of them in parentheses where it would be misread.
  void PrintElements(const std::vector<ast::ExpressionPtr>& elements) {
    for (size_t i = 0; i < elements.size(); ++i) {
      if (i > 0) Add(", ");
      Print(*elements[i],
            i == 0 && LooksLikeComprehension(*elements[i]) ? kAtomLevel + 1 : kOrLevel);
    }
  }

  void Print(const ast::Literal& literal) {
    const Value& value = literal.value;
    if (value.is_boolean()) {
      Add(value.boolean() ? "true" : "false");
    } else if (value.is_integer()) {
      Add(value.integer());
    } else if (value.is_float()) {
      Add(PrintFloat(value.floating()));
    } else if (value.is_string()) {
      Add(PrintString(value.string()));
    } else {
      Add("null");
    }
  }

  void Print(const ast::Parameter& parameter) {
    // Digits are a name here: $0.
    const bool plain = !parameter.name.empty() && IsPlainName(absl::StrCat("x", parameter.name));
    Add("$", plain ? parameter.name : InBackticks(parameter.name));
  }

  void Print(const ast::Variable& variable) { Add(PrintVariable(variable.name)); }

  void Print(const ast::PropertyAccess& access) {
    PrintPropertyOf(*access.object, access.key, out_);
  }

  void Print(const ast::LabelTest& test) {
    Print(*test.object, kAtomLevel);
    for (const ast::Name& label : test.labels) Add(":", PrintName(label.text));
  }

  void Print(const ast::Unary& unary) {
    switch (unary.op) {
      case ast::UnaryOperator::kNot:
        Add("NOT ");
        return Print(*unary.operand, kNotLevel);
      case ast::UnaryOperator::kMinus:
        // -1 would be a literal.
        Add("-");
        return Print(*unary.operand, std::holds_alternative<ast::Literal>(unary.operand->node)
                                         ? kAtomLevel + 1
                                         : kSignLevel);
      case ast::UnaryOperator::kPlus:
        Add("+");
        return Print(*unary.operand, kSignLevel);
      case ast::UnaryOperator::kIsNull:
        Print(*unary.operand, kPredicateLevel);
        return Add(" IS NULL");
      case ast::UnaryOperator::kIsNotNull:
        Print(*unary.operand, kPredicateLevel);
        return Add(" IS NOT NULL");
    }
  }

  void Print(const ast::Binary& binary) {
    const BinaryWord& op = kBinaryWords[static_cast<size_t>(binary.op)];
    const bool associative = op.level <= kAndLevel;
    Print(*binary.left, op.level);
    Add(" ", op.word, " ");
    Print(*binary.right, associative ? op.level : op.level + 1);
  }

  void Print(const ast::Comparison& comparison) {
    for (size_t i = 0; i < comparison.operands.size(); ++i) {
      if (i > 0) {
        Add(" ", kComparatorWords[static_cast<size_t>(comparison.comparators[i - 1])], " ");
      }
      Print(*comparison.operands[i], kComparisonLevel + 1);
    }
  }

  void Print(const ast::FunctionCall& call) {
    Add(PrintDottedName(call.name.text), "(", call.star ? "*" : "",
        call.distinct ? "DISTINCT " : "");
    PrintElements(call.arguments);
    Add(")");
  }

  void Print(const ast::ListLiteral& list) {
    Add("[");
    PrintElements(list.elements);
    Add("]");
  }

  void Print(const ast::MapLiteral& map) {
    Add("{");
    for (size_t i = 0; i < map.entries.size(); ++i) {
      Add(i > 0 ? ", " : "", PrintName(map.entries[i].first.text), ": ");
      Print(map.entries[i].second);
    }
    Add("}");
  }

  void Print(const ast::Subscript& subscript) {
    Print(*subscript.object, kAtomLevel);
    PrintTail("[", subscript.index);
    Add("]");
  }

  void Print(const ast::Slice& slice) {
    Print(*slice.object, kAtomLevel);
    Add("[");
    PrintTail("", slice.from);
    Add("..");
    PrintTail("", slice.to);
    Add("]");
  }

  void Print(const ast::Case& node) {
    Add("CASE");
    PrintTail(" ", node.subject);
    for (const auto& [when, then] : node.alternatives) {
      PrintTail(" WHEN ", when);
      PrintTail(" THEN ", then);
    }
    PrintTail(" ELSE ", node.otherwise);
    Add(" END");
  }

  void Print(const ast::ListComprehension& comprehension) {
    Add("[", PrintVariable(comprehension.variable.text));
    PrintTail(" IN ", comprehension.list);
    PrintTail(" WHERE ", comprehension.predicate);
    PrintTail(" | ", comprehension.projection);
    Add("]");
  }

  void Print(const ast::Quantifier& quantifier) {
    Add(kQuantifierWords[static_cast<size_t>(quantifier.kind)], "(",
        PrintVariable(quantifier.variable.text));
    PrintTail(" IN ", quantifier.list);
    PrintTail(" WHERE ", quantifier.predicate);
    Add(")");
  }

  void Print(const ast::Reduce& reduce) {
    Add("reduce(", PrintVariable(reduce.accumulator.text));
    PrintTail(" = ", reduce.initial);
    Add(", ", PrintVariable(reduce.variable.text));
    PrintTail(" IN ", reduce.list);
    PrintTail(" | ", reduce.step);
    Add(")");
  }

  void Print(const ast::MapProjection& projection) {
    using Kind = ast::MapProjection::Item::Kind;
    const std::string& object = projection.object.text;
    // count {…} would be a subquery.
    Add(absl::EqualsIgnoreCase(object, "count") ? InBackticks(object) : PrintVariable(object),
        " {");
    bool first = true;
    for (const ast::MapProjection::Item& item : projection.items) {
      Add(first ? "" : ", ");
      first = false;
      if (item.kind == Kind::kAllProperties) Add(".*");
      if (item.kind == Kind::kProperty) Add(".", PrintName(item.key.text));
      if (item.kind == Kind::kVariable) Add(PrintVariable(item.key.text));
      if (item.kind == Kind::kEntry) {
        Add(PrintName(item.key.text), ": ");
        Print(item.value);
      }
    }
    Add("}");
  }

  void Print(const ast::PatternComprehension& comprehension) {
    Add("[");
    PrintPath(comprehension.pattern, out_);
    PrintLens(comprehension.lens, out_);
    PrintTail(" WHERE ", comprehension.predicate);
    PrintTail(" | ", comprehension.projection);
    Add("]");
  }

  void Print(const ast::PatternExpression& pattern) {
    Add(pattern.exists ? "exists(" : "");
    PrintPath(pattern.pattern, out_);
    Add(pattern.exists ? ")" : "");
  }

  void Print(const ast::ExistsSubquery& subquery) {
    Add("exists ");
    PrintSubquery(*subquery.query, out_);
  }

  void Print(const ast::CountSubquery& subquery) {
    Add("count ");
    PrintSubquery(*subquery.query, out_);
  }

  std::string& out_;
};

void PrintProperties(const ast::ExpressionPtr& properties, bool first, std::string& out) {
  if (properties == nullptr) return;
  absl::StrAppend(&out, first ? "" : " ", PrintExpression(*properties));
}

void PrintNode(const ast::NodePattern& node, std::string& out) {
  absl::StrAppend(&out, "(", node.variable.has_value() ? PrintVariable(node.variable->text) : "");
  for (const ast::Name& label : node.labels) absl::StrAppend(&out, ":", PrintName(label.text));
  PrintProperties(node.properties, !node.variable.has_value() && node.labels.empty(), out);
  out.push_back(')');
}

void PrintLength(const ast::Length& length, std::string& out) {
  out.push_back('*');
  if (length.least.has_value()) absl::StrAppend(&out, *length.least);
  if (length.least == length.most) return;
  absl::StrAppend(&out, "..");
  if (length.most.has_value()) absl::StrAppend(&out, *length.most);
}

void PrintRelationship(const ast::RelationshipPattern& relationship, std::string& out) {
  std::string detail;
  if (relationship.variable.has_value()) detail = PrintVariable(relationship.variable->text);
  for (size_t i = 0; i < relationship.types.size(); ++i) {
    absl::StrAppend(&detail, i == 0 ? ":" : "|", PrintName(relationship.types[i].text));
  }
  if (relationship.length.has_value()) PrintLength(*relationship.length, detail);
  PrintProperties(relationship.properties, detail.empty(), detail);
  absl::StrAppend(&out, relationship.arrow == ast::Arrow::kLeft ? "<-" : "-");
  if (!detail.empty()) absl::StrAppend(&out, "[", detail, "]");
  absl::StrAppend(&out, relationship.arrow == ast::Arrow::kRight ? "->" : "-");
}

void PrintSources(absl::string_view words, const std::vector<ast::ExpressionPtr>& sources,
                  std::string& out) {
  for (size_t i = 0; i < sources.size(); ++i) {
    absl::StrAppend(&out, i == 0 ? words : ", ", PrintExpression(*sources[i]));
  }
}

void PrintTime(absl::string_view words, const std::optional<ast::TimeRange>& time,
               std::string& out) {
  if (!time.has_value()) return;
  const auto print_end = [&](absl::string_view before, const ast::ExpressionPtr& end) {
    absl::StrAppend(&out, before);
    ExpressionPrinter(out).Print(*end, kAddLevel);
  };
  absl::StrAppend(&out, words);
  switch (time->kind) {
    case ast::TimeRange::Kind::kAsOf:
      return print_end(" AS OF ", time->from);
    case ast::TimeRange::Kind::kFromTo:
      print_end(" FROM ", time->from);
      return print_end(" TO ", time->to);
    case ast::TimeRange::Kind::kBetweenAnd:
      print_end(" BETWEEN ", time->from);
      return print_end(" AND ", time->to);
    case ast::TimeRange::Kind::kAll:
      absl::StrAppend(&out, " ALL");
  }
}

}  // namespace

std::string PrintName(absl::string_view name) {
  return IsPlainName(name) ? std::string(name) : InBackticks(name);
}

std::string PrintVariable(absl::string_view name) {
  constexpr std::array<absl::string_view, 7> kAlsoKeywords = {"CASE", "DISTINCT", "EXISTS", "FALSE",
                                                              "NOT",  "NULL",     "TRUE"};
  bool keyword = IsReservedWord(name);
  for (absl::string_view word : kAlsoKeywords) {
    keyword = keyword || absl::EqualsIgnoreCase(name, word);
  }
  return keyword ? InBackticks(name) : PrintName(name);
}

std::string PrintDottedName(absl::string_view name) {
  constexpr std::array<absl::string_view, 4> kNotFunctions = {"CASE", "NOT", "shortestPath",
                                                              "allShortestPaths"};
  bool plain = !IsReservedWord(name);
  for (absl::string_view word : kNotFunctions) {
    plain = plain && !absl::EqualsIgnoreCase(name, word);
  }
  absl::string_view rest = name;
  while (plain) {
    const size_t dot = rest.find('.');
    plain = IsPlainName(rest.substr(0, dot));
    if (dot == absl::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  return plain ? std::string(name) : InBackticks(name);
}

void PrintPath(const ast::PathPattern& path, std::string& out) {
  if (path.variable.has_value()) {
    absl::StrAppend(&out, PrintVariable(path.variable->text), " = ");
  }
  const bool search = path.search != ast::PathSearch::kAll;
  if (search) {
    absl::StrAppend(
        &out, path.search == ast::PathSearch::kShortest ? "shortestPath(" : "allShortestPaths(");
  }
  PrintNode(path.nodes.front(), out);
  for (size_t i = 0; i < path.relationships.size(); ++i) {
    PrintRelationship(path.relationships[i], out);
    PrintNode(path.nodes[i + 1], out);
  }
  if (search) out.push_back(')');
}

void PrintLens(const ast::LensClauses& lens, std::string& out) {
  PrintTime(" FOR VALID_TIME", lens.valid_time, out);
  PrintTime(" FOR KNOWN_TIME", lens.known_time, out);
  PrintSources(" ACCORDING TO ", lens.according_to, out);
  PrintSources(" EXCEPT ", lens.except, out);
  PrintSources(" DENIED BY ", lens.denied_by, out);
  if (lens.least_confidence != nullptr) {
    absl::StrAppend(&out, " CONFIDENCE >= ");
    ExpressionPrinter(out).Print(*lens.least_confidence, kAddLevel);
  }
  if (lens.including.has_value()) {
    absl::StrAppend(
        &out, lens.including == ast::Including::kAll ? " INCLUDING ALL" : " INCLUDING DENIED");
  }
}

void PrintPropertyOf(const ast::Expression& object, const ast::Name& key, std::string& out) {
  ExpressionPrinter(out).Print(object, kAtomLevel);
  absl::StrAppend(&out, ".", PrintName(key.text));
}

std::string PrintExpression(const ast::Expression& expression) {
  std::string out;
  ExpressionPrinter(out).Print(expression, kOrLevel);
  return out;
}

}  // namespace entente::query
