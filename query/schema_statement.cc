#include "query/schema_statement.h"

#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/taxonomy_statement.h"

namespace entente::query {
namespace {

absl::Status Create(const ast::CreateIndex& create, const SourceSpan& span, GraphWriter& writer,
                    GraphWriter::MayGoOn may_go_on) {
  const Catalogue& catalogue = writer.catalogue();
  const absl::string_view name =
      create.name.has_value() ? absl::string_view(create.name->text) : absl::string_view();
  if (create.if_not_exists) {
    const LabelId label = catalogue.FindLabel(create.label.text);
    const PropertyId property = catalogue.FindProperty(create.property.text);
    const bool same = label != kNoSymbol && property != kNoSymbol &&
                      catalogue.FindIndex(label, property) != nullptr;
    if (same || catalogue.FindIndex(name) != nullptr) return absl::OkStatus();
  }
  return WithSpan(
      writer.CreateIndex(name, create.label.text, create.property.text, may_go_on).status(), span);
}

absl::Status Drop(const ast::DropIndex& drop, const SourceSpan& span, GraphWriter& writer,
                  GraphWriter::MayGoOn may_go_on) {
  const Catalogue& catalogue = writer.catalogue();
  const PropertyIndex* index = nullptr;
  if (drop.name.has_value()) {
    index = catalogue.FindIndex(drop.name->text);
  } else {
    const LabelId label = catalogue.FindLabel(drop.label.text);
    const PropertyId property = catalogue.FindProperty(drop.property.text);
    if (label != kNoSymbol && property != kNoSymbol) index = catalogue.FindIndex(label, property);
  }
  if (index != nullptr) return writer.DropIndex(index->id, may_go_on);
  if (drop.if_exists) return absl::OkStatus();
  return MakeError(
      ErrorCode::kIndexNotFound,
      drop.name.has_value()
          ? absl::StrCat("There is no index of the name ", drop.name->text)
          : absl::StrCat("There is no index on :", drop.label.text, "(", drop.property.text, ")"),
      span);
}

Value CountOf(uint64_t count) { return Value::Integer(static_cast<int64_t>(count)); }

SchemaRows IndexRows(const Graph& graph) {
  const Catalogue& catalogue = graph.catalogue();
  std::vector<PropertyIndex> indexes = catalogue.indexes();
  std::sort(indexes.begin(), indexes.end(),
            [](const PropertyIndex& a, const PropertyIndex& b) { return a.name < b.name; });
  SchemaRows shown;
  shown.columns = {"name", "label", "property", "nodes", "values"};
  for (const PropertyIndex& index : indexes) {
    shown.rows.push_back({Value::String(index.name),
                          Value::String(catalogue.label(index.label).name),
                          Value::String(catalogue.property(index.property)),
                          CountOf(graph.IndexedNodes(index)), CountOf(graph.IndexedValues(index))});
  }
  return shown;
}

template <typename... Kinds>
bool IsOneOf(const ast::Statement& statement) {
  return (std::holds_alternative<Kinds>(statement.node) || ...);
}

}  // namespace

bool IsSchemaStatement(const ast::Statement& statement) {
  return ChangesSchema(statement) || IsOneOf<ast::ShowIndexes, ast::ShowSymbols>(statement);
}

bool ChangesSchema(const ast::Statement& statement) {
  return IsOneOf<ast::CreateIndex, ast::DropIndex, ast::CreateSymbol, ast::DropSymbol>(statement);
}

absl::Status ChangeSchema(const ast::Statement& statement, GraphWriter& writer,
                          GraphWriter::MayGoOn may_go_on) {
  if (const auto* create = std::get_if<ast::CreateIndex>(&statement.node)) {
    return Create(*create, statement.span, writer, may_go_on);
  }
  if (const auto* drop = std::get_if<ast::DropIndex>(&statement.node)) {
    return Drop(*drop, statement.span, writer, may_go_on);
  }
  if (const auto* create = std::get_if<ast::CreateSymbol>(&statement.node)) {
    return CreateSymbol(*create, writer, may_go_on);
  }
  return DropSymbol(std::get<ast::DropSymbol>(statement.node), writer, may_go_on);
}

SchemaRows ShowSchema(const ast::Statement& statement, const Graph& graph) {
  if (const auto* show = std::get_if<ast::ShowSymbols>(&statement.node)) {
    return ShowSymbols(*show, graph);
  }
  return IndexRows(graph);
}

}  // namespace entente::query
