#include "query/ast_printer.h"

#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "query/expression_printer.h"

namespace entente::query {
namespace {

class QueryPrinter {
 public:
  // `separator` stands between clauses.
  QueryPrinter(std::string& out, absl::string_view separator) : out_(out), separator_(separator) {}

  void Print(const ast::Query& query) {
    const size_t begin = out_.size();
    PrintLens(query.lens, out_);
    if (out_.size() > begin) {
      out_.erase(begin, 1);
      absl::StrAppend(&out_, separator_);
    }
    for (size_t i = 0; i < query.parts.size(); ++i) {
      if (i > 0) {
        absl::StrAppend(&out_, separator_, query.union_all[i - 1] ? "UNION ALL" : "UNION",
                        separator_);
      }
      bool first = true;
      for (const ast::Clause& clause : query.parts[i].clauses) {
        if (!first) absl::StrAppend(&out_, separator_);
        first = false;
        std::visit([this](const auto& node) { Print(node); }, clause.node);
      }
    }
  }

 private:
  void Print(const ast::Match& match) {
    absl::StrAppend(&out_, match.optional ? "OPTIONAL MATCH " : "MATCH ");
    PrintList(match.patterns, [&](const ast::PathPattern& path) { PrintPath(path, out_); });
    PrintLens(match.lens, out_);
    PrintTail(" WHERE ", match.where);
  }

  void Print(const ast::Unwind& unwind) {
    absl::StrAppend(&out_, "UNWIND ", PrintExpression(*unwind.list), " AS ",
                    PrintVariable(unwind.variable.text));
  }

  void Print(const ast::With& with) {
    absl::StrAppend(&out_, "WITH ");
    Print(with.projection);
    PrintTail(" WHERE ", with.where);
  }

  void Print(const ast::Return& result) {
    absl::StrAppend(&out_, "RETURN ");
    Print(result.projection);
  }

  void Print(const ast::Projection& projection) {
    if (projection.distinct) absl::StrAppend(&out_, "DISTINCT ");
    if (projection.star) absl::StrAppend(&out_, projection.items.empty() ? "*" : "*, ");
    PrintList(projection.items, [&](const ast::ProjectionItem& item) {
      absl::StrAppend(&out_, PrintExpression(*item.expression));
      if (item.alias.has_value()) absl::StrAppend(&out_, " AS ", PrintVariable(item.alias->text));
    });
    if (!projection.order_by.empty()) {
      absl::StrAppend(&out_, " ORDER BY ");
      PrintList(projection.order_by, [&](const ast::SortItem& item) {
        absl::StrAppend(&out_, PrintExpression(*item.expression), item.descending ? " DESC" : "");
      });
    }
    PrintTail(" SKIP ", projection.skip);
    PrintTail(" LIMIT ", projection.limit);
  }

  void Print(const ast::Create& create) {
    absl::StrAppend(&out_, "CREATE ");
    PrintList(create.patterns, [&](const ast::PathPattern& path) { PrintPath(path, out_); });
  }

  void Print(const ast::Merge& merge) {
    absl::StrAppend(&out_, "MERGE ");
    PrintPath(merge.pattern, out_);
    if (!merge.on_create.empty()) {
      absl::StrAppend(&out_, " ON CREATE ");
      Print(merge.on_create);
    }
    if (!merge.on_match.empty()) {
      absl::StrAppend(&out_, " ON MATCH ");
      Print(merge.on_match);
    }
  }

  void Print(const ast::Set& set) { Print(set.items); }

  void Print(const std::vector<ast::SetItem>& items) {
    absl::StrAppend(&out_, "SET ");
    PrintList(items, [&](const ast::SetItem& item) {
      std::visit([this](const auto& action) { Print(action); }, item.action);
    });
  }

  void Print(const ast::SetItem::Property& item) {
    PrintPropertyOf(*item.object, item.key, out_);
    PrintTail(" = ", item.value);
  }

  void Print(const ast::SetItem::Labels& item) {
    absl::StrAppend(&out_, PrintVariable(item.variable.text));
    for (const ast::Name& label : item.labels) absl::StrAppend(&out_, ":", PrintName(label.text));
  }

  void Print(const ast::SetItem::Map& item) {
    absl::StrAppend(&out_, PrintVariable(item.variable.text), item.merge ? " += " : " = ",
                    PrintExpression(*item.map));
  }

  void Print(const ast::Remove& remove) {
    absl::StrAppend(&out_, "REMOVE ");
    PrintList(remove.items, [&](const ast::RemoveItem& item) {
      std::visit([this](const auto& action) { Print(action); }, item.action);
    });
  }

  void Print(const ast::RemoveItem::Property& item) {
    PrintPropertyOf(*item.object, item.key, out_);
  }

  void Print(const ast::Delete& node) {
    absl::StrAppend(&out_, node.detach ? "DETACH DELETE " : "DELETE ");
    PrintList(node.expressions, [&](const ast::ExpressionPtr& expression) {
      absl::StrAppend(&out_, PrintExpression(*expression));
    });
  }

  void Print(const ast::Call& call) {
    absl::StrAppend(&out_, "CALL ", PrintDottedName(call.procedure.text));
    if (call.arguments.has_value()) {
      absl::StrAppend(&out_, "(");
      PrintList(*call.arguments, [&](const ast::ExpressionPtr& argument) {
        absl::StrAppend(&out_, PrintExpression(*argument));
      });
      absl::StrAppend(&out_, ")");
    }
    if (call.yield_star) absl::StrAppend(&out_, " YIELD *");
    if (call.yield.has_value()) {
      absl::StrAppend(&out_, " YIELD ", call.yield->empty() ? "-" : "");
      PrintList(*call.yield, [&](const ast::YieldItem& item) {
        absl::StrAppend(&out_, PrintVariable(item.field.text));
        if (item.alias.has_value()) absl::StrAppend(&out_, " AS ", PrintVariable(item.alias->text));
      });
    }
    PrintTail(" WHERE ", call.where);
  }

  void Print(const ast::CallSubquery& call) {
    absl::StrAppend(&out_, "CALL ");
    PrintSubquery(*call.query, out_);
  }

  template <typename Items, typename PrintItem>
  void PrintList(const Items& items, PrintItem print_item) {
    bool first = true;
    for (const auto& item : items) {
      if (!first) absl::StrAppend(&out_, ", ");
      first = false;
      print_item(item);
    }
  }

  // Prints `word` and the expression behind it, if there is one.
  void PrintTail(absl::string_view word, const ast::ExpressionPtr& expression) {
    if (expression != nullptr) absl::StrAppend(&out_, word, PrintExpression(*expression));
  }

  std::string& out_;
  const absl::string_view separator_;
};

std::string PrintSymbol(ast::SymbolKind kind, const ast::Name& name,
                        const std::vector<ast::Name>& parents) {
  std::string out = kind == ast::SymbolKind::kLabel ? "LABEL " : "RELATION TYPE ";
  absl::StrAppend(&out, PrintName(name.text));
  for (size_t i = 0; i < parents.size(); ++i) {
    absl::StrAppend(&out, i == 0 ? " UNDER " : ", ", PrintName(parents[i].text));
  }
  return out;
}

std::string PrintAttributes(const ast::CreateSymbol& create) {
  std::string out;
  const auto add = [&](absl::string_view name, Value value) {
    auto literal = std::make_unique<ast::Expression>();
    literal->node = ast::Literal{std::move(value)};
    absl::StrAppend(&out, out.empty() ? " {" : ", ", name, ": ", PrintExpression(*literal));
  };
  if (create.sign.has_value()) add("sign", Value::Integer(*create.sign));
  if (create.code.has_value()) add("code", Value::String(*create.code));
  if (create.plover.has_value()) add("plover", Value::String(*create.plover));
  if (create.gdelt.has_value()) add("gdelt", Value::String(*create.gdelt));
  if (create.weight.has_value()) add("weight", Value::Float(*create.weight));
  return out.empty() ? out : absl::StrCat(out, "}");
}

}  // namespace

void PrintSubquery(const ast::Query& query, std::string& out) {
  absl::StrAppend(&out, "{ ");
  QueryPrinter(out, " ").Print(query);
  absl::StrAppend(&out, " }");
}

std::string PrintQuery(const ast::Query& query) {
  std::string out;
  QueryPrinter(out, "\n").Print(query);
  return out;
}

std::string PrintIndexed(const ast::Name& label, const ast::Name& property) {
  return absl::StrCat("ON :", PrintName(label.text), "(", PrintName(property.text), ")");
}

std::string PrintStatement(const ast::Statement& statement) {
  if (const auto* create = std::get_if<ast::CreateIndex>(&statement.node)) {
    if (!create->name.has_value() && !create->if_not_exists) {
      return absl::StrCat("CREATE INDEX ", PrintIndexed(create->label, create->property));
    }
    return absl::StrCat(
        "CREATE INDEX ", create->name.has_value() ? PrintVariable(create->name->text) + " " : "",
        create->if_not_exists ? "IF NOT EXISTS " : "", "FOR (n:", PrintName(create->label.text),
        ") ON (n.", PrintName(create->property.text), ")");
  }
  if (const auto* drop = std::get_if<ast::DropIndex>(&statement.node)) {
    return absl::StrCat("DROP INDEX ",
                        drop->name.has_value() ? PrintVariable(drop->name->text)
                                               : PrintIndexed(drop->label, drop->property),
                        drop->if_exists ? " IF EXISTS" : "");
  }
  if (std::holds_alternative<ast::ShowIndexes>(statement.node)) return "SHOW INDEXES";
  if (const auto* create = std::get_if<ast::CreateSymbol>(&statement.node)) {
    return absl::StrCat("CREATE ", PrintSymbol(create->kind, create->name, create->parents),
                        PrintAttributes(*create));
  }
  if (const auto* drop = std::get_if<ast::DropSymbol>(&statement.node)) {
    return absl::StrCat("DROP ", PrintSymbol(drop->kind, drop->name, drop->parents));
  }
  if (const auto* show = std::get_if<ast::ShowSymbols>(&statement.node)) {
    return show->kind == ast::SymbolKind::kLabel ? "SHOW LABELS" : "SHOW RELATION TYPES";
  }
  if (const auto* set = std::get_if<ast::SetLens>(&statement.node)) {
    std::string out = "SET LENS";
    PrintLens(set->lens, out);
    return out;
  }
  if (std::holds_alternative<ast::ResetLens>(statement.node)) return "RESET LENS";
  if (std::holds_alternative<ast::ShowLens>(statement.node)) return "SHOW LENS";
  if (std::holds_alternative<ast::BeginTransaction>(statement.node)) return "BEGIN";
  if (std::holds_alternative<ast::CommitTransaction>(statement.node)) return "COMMIT";
  if (std::holds_alternative<ast::RollbackTransaction>(statement.node)) return "ROLLBACK";
  const auto& query = std::get<ast::QueryStatement>(statement.node);
  constexpr std::array<absl::string_view, 3> kPrefixes = {"", "EXPLAIN ", "PROFILE "};
  return absl::StrCat(kPrefixes[static_cast<size_t>(query.explain)], PrintQuery(query.query));
}

}  // namespace entente::query
