#include "query/taxonomy_statement.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/error.h"
#include "engine/status.h"

namespace entente::query {
namespace {

// One kind of symbol as the statements see it. Ids of both kinds are 32-bit numbers.
struct Kind {
  explicit Kind(ast::SymbolKind kind) : is_label(kind == ast::SymbolKind::kLabel) {}

  uint32_t Find(const Catalogue& catalogue, absl::string_view name) const {
    return is_label ? catalogue.FindLabel(name) : catalogue.FindRelation(name);
  }
  const std::string& NameOf(const Catalogue& catalogue, uint32_t id) const {
    return is_label ? catalogue.label(id).name : catalogue.relation(id).name;
  }
  const std::vector<uint32_t>& ParentsOf(const Catalogue& catalogue, uint32_t id) const {
    return is_label ? catalogue.label(id).parents : catalogue.relation(id).parents;
  }
  const std::vector<uint32_t>& DescendantsOf(const Catalogue& catalogue, uint32_t id) const {
    return is_label ? catalogue.DescendantLabels(id) : catalogue.DescendantRelations(id);
  }
  uint32_t Count(const Catalogue& catalogue) const {
    return static_cast<uint32_t>(is_label ? catalogue.label_count() : catalogue.relation_count());
  }

  // Of a name that must be there.
  absl::StatusOr<uint32_t> Need(const Catalogue& catalogue, const ast::Name& name) const {
    const uint32_t id = Find(catalogue, name.text);
    if (id != kNoSymbol) return id;
    const std::vector<std::string> nearest =
        is_label ? catalogue.NearestLabels(name.text, 3) : catalogue.NearestRelations(name.text, 3);
    return MakeError(
        is_label ? ErrorCode::kUnknownLabel : ErrorCode::kUnknownRelationType,
        absl::StrCat("There is no ", is_label ? "label " : "relation type ", name.text,
                     nearest.empty() ? "" : "; the nearest are ", absl::StrJoin(nearest, ", ")),
        name.span);
  }

  absl::Status SetParents(GraphWriter& writer, uint32_t id, std::vector<uint32_t> parents,
                          GraphWriter::MayGoOn may_go_on) const {
    if (is_label) {
      Label label = writer.catalogue().label(id);
      label.parents = std::move(parents);
      return writer.DefineLabel(label, may_go_on).status();
    }
    RelationType type = writer.catalogue().relation(id);
    type.parents = std::move(parents);
    return writer.DefineRelation(type).status();
  }

  const bool is_label;
};

// Whether a symbol takes part in the taxonomy or anything bears it: others are but names that were
// used once.
bool IsShown(const Kind& kind, const Graph& graph, uint32_t id, bool has_children) {
  const Catalogue& catalogue = graph.catalogue();
  if (has_children || !kind.ParentsOf(catalogue, id).empty()) return true;
  if (kind.is_label) return graph.LabelCount(id) > 0;
  RelationType plain;
  plain.name = catalogue.relation(id).name;
  return graph.RelationCount(id) > 0 || catalogue.relation(id) != plain;
}

Value TextOrNull(const std::string& text) {
  return text.empty() ? Value::Null() : Value::String(text);
}

class Tree {
 public:
  Tree(ast::SymbolKind kind, const Graph& graph)
      : kind_(kind), graph_(graph), catalogue_(graph.catalogue()) {
    children_.resize(kind_.Count(catalogue_));
    for (uint32_t id = 0; id < children_.size(); ++id) {
      for (const uint32_t parent : kind_.ParentsOf(catalogue_, id)) {
        children_[parent].push_back(id);
      }
    }
    for (std::vector<uint32_t>& ids : children_) SortByName(&ids);
  }

  SchemaRows Rows() {
    if (kind_.is_label) {
      shown_.columns = {"tree", "name", "nodes"};
    } else {
      shown_.columns = {"tree",   "name",  "sign",   "code",
                        "plover", "gdelt", "weight", "relationships"};
    }
    std::vector<uint32_t> roots;
    for (uint32_t id = 0; id < children_.size(); ++id) {
      if (!kind_.ParentsOf(catalogue_, id).empty()) continue;
      if (IsShown(kind_, graph_, id, !children_[id].empty())) roots.push_back(id);
    }
    SortByName(&roots);
    for (const uint32_t root : roots) Add(root, 0);
    return std::move(shown_);
  }

 private:
  void SortByName(std::vector<uint32_t>* ids) const {
    std::sort(ids->begin(), ids->end(), [&](uint32_t a, uint32_t b) {
      return kind_.NameOf(catalogue_, a) < kind_.NameOf(catalogue_, b);
    });
  }

  void Add(uint32_t id, size_t depth) {
    const std::string& name = kind_.NameOf(catalogue_, id);
    Row row = {Value::String(absl::StrCat(std::string(2 * depth, ' '), name)), Value::String(name)};
    if (kind_.is_label) {
      row.push_back(Value::Integer(static_cast<int64_t>(graph_.LabelCount(id))));
    } else {
      const RelationType& type = catalogue_.relation(id);
      row.push_back(Value::Integer(type.sign));
      row.push_back(TextOrNull(type.cameo_code));
      row.push_back(TextOrNull(type.plover_code));
      row.push_back(TextOrNull(type.gdelt_code));
      row.push_back(type.goldstein.has_value() ? Value::Float(*type.goldstein) : Value::Null());
      uint64_t relationships = 0;
      for (const RelationId under : catalogue_.DescendantRelations(id)) {
        relationships += graph_.RelationCount(under);
      }
      row.push_back(Value::Integer(static_cast<int64_t>(relationships)));
    }
    shown_.rows.push_back(std::move(row));
    for (const uint32_t child : children_[id]) Add(child, depth + 1);
  }

  const Kind kind_;
  const Graph& graph_;
  const Catalogue& catalogue_;
  std::vector<std::vector<uint32_t>> children_;
  SchemaRows shown_;
};

}  // namespace

absl::Status CreateSymbol(const ast::CreateSymbol& create, GraphWriter& writer,
                          GraphWriter::MayGoOn may_go_on) {
  const Kind kind(create.kind);
  std::vector<uint32_t> wanted;
  for (const ast::Name& name : create.parents) {
    ASSIGN_OR_RETURN(wanted.emplace_back(), kind.Need(writer.catalogue(), name));
  }
  uint32_t id = kNoSymbol;
  if (kind.is_label) {
    ASSIGN_OR_RETURN(id, writer.NeedLabel(create.name.text));
  } else {
    ASSIGN_OR_RETURN(id, writer.NeedRelation(create.name.text));
    RelationType type = writer.catalogue().relation(id);
    if (create.sign.has_value()) type.sign = *create.sign;
    if (create.code.has_value()) type.cameo_code = *create.code;
    if (create.plover.has_value()) type.plover_code = *create.plover;
    if (create.gdelt.has_value()) type.gdelt_code = *create.gdelt;
    if (create.weight.has_value()) type.goldstein = *create.weight;
    RETURN_IF_ERROR(writer.DefineRelation(type).status());
  }
  std::vector<uint32_t> parents = kind.ParentsOf(writer.catalogue(), id);
  for (size_t i = 0; i < wanted.size(); ++i) {
    const std::vector<uint32_t>& under = kind.DescendantsOf(writer.catalogue(), id);
    if (std::binary_search(under.begin(), under.end(), wanted[i])) {
      const ast::Name& parent = create.parents[i];
      return MakeError(ErrorCode::kTaxonomyCycle,
                       wanted[i] == id ? absl::StrCat(create.name.text, " cannot lie under itself")
                                       : absl::StrCat(create.name.text, " cannot lie under ",
                                                      parent.text, ", which lies under it"),
                       parent.span);
    }
    if (std::find(parents.begin(), parents.end(), wanted[i]) == parents.end()) {
      parents.push_back(wanted[i]);
    }
  }
  return kind.SetParents(writer, id, std::move(parents), may_go_on);
}

absl::Status DropSymbol(const ast::DropSymbol& drop, GraphWriter& writer,
                        GraphWriter::MayGoOn may_go_on) {
  const Kind kind(drop.kind);
  ASSIGN_OR_RETURN(const uint32_t id, kind.Need(writer.catalogue(), drop.name));
  std::vector<uint32_t> parents;
  if (!drop.parents.empty()) {
    parents = kind.ParentsOf(writer.catalogue(), id);
    for (const ast::Name& name : drop.parents) {
      ASSIGN_OR_RETURN(const uint32_t parent, kind.Need(writer.catalogue(), name));
      parents.erase(std::remove(parents.begin(), parents.end(), parent), parents.end());
    }
    return kind.SetParents(writer, id, std::move(parents), may_go_on);
  }
  for (uint32_t other = 0; other < kind.Count(writer.catalogue()); ++other) {
    std::vector<uint32_t> rest = kind.ParentsOf(writer.catalogue(), other);
    if (std::find(rest.begin(), rest.end(), id) == rest.end()) continue;
    rest.erase(std::remove(rest.begin(), rest.end(), id), rest.end());
    RETURN_IF_ERROR(kind.SetParents(writer, other, std::move(rest), may_go_on));
  }
  if (kind.is_label) return kind.SetParents(writer, id, {}, may_go_on);
  RelationType plain;
  plain.name = drop.name.text;
  return writer.DefineRelation(plain).status();
}

SchemaRows ShowSymbols(const ast::ShowSymbols& show, const Graph& graph) {
  return Tree(show.kind, graph).Rows();
}

}  // namespace entente::query
