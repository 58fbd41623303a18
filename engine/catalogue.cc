#include "engine/catalogue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/names.h"
#include "engine/status.h"

namespace entente {
namespace {

template <typename Map>
typename Map::mapped_type Find(const Map& ids, absl::string_view name) {
  const auto it = ids.find(name);
  return it == ids.end() ? kNoSymbol : it->second;
}

// Every symbol's descendants, itself included, from every symbol's parents.
template <typename Symbol>
std::vector<std::vector<uint32_t>> Descendants(const std::vector<Symbol>& symbols) {
  std::vector<std::vector<uint32_t>> out(symbols.size());
  std::vector<uint32_t> seen_from(symbols.size(), kNoSymbol);
  for (uint32_t id = 0; id < symbols.size(); ++id) {
    std::vector<uint32_t> open = {id};
    seen_from[id] = id;
    while (!open.empty()) {
      const uint32_t ancestor = open.back();
      open.pop_back();
      out[ancestor].push_back(id);
      for (uint32_t parent : symbols[ancestor].parents) {
        if (seen_from[parent] == id) continue;
        seen_from[parent] = id;
        open.push_back(parent);
      }
    }
  }
  return out;
}

template <typename Symbol>
absl::Status CheckParents(const std::vector<Symbol>& symbols,
                          const std::vector<std::vector<uint32_t>>& descendants, uint32_t id,
                          const Symbol& changed) {
  if (changed.name != symbols[id].name) {
    return absl::InvalidArgumentError("a symbol cannot change its name");
  }
  for (uint32_t parent : changed.parents) {
    if (parent >= symbols.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(changed.name, " has a parent that is unknown"));
    }
    if (std::binary_search(descendants[id].begin(), descendants[id].end(), parent)) {
      return absl::InvalidArgumentError(absl::StrCat(
          changed.name, " cannot lie under ", symbols[parent].name, ", which lies under it"));
    }
  }
  return absl::OkStatus();
}

// Adds `symbol`; a new one has nothing below it, so its ancestors alone gain a descendant.
template <typename Symbol>
uint32_t Add(Symbol symbol, std::vector<Symbol>& symbols,
             absl::flat_hash_map<std::string, uint32_t>& ids,
             std::vector<std::vector<uint32_t>>& descendants) {
  const uint32_t id = static_cast<uint32_t>(symbols.size());
  const bool inserted = ids.try_emplace(symbol.name, id).second;
  ENTENTE_CHECK(inserted);
  const bool has_parents = !symbol.parents.empty();
  for (uint32_t parent : symbol.parents) ENTENTE_CHECK(parent < id);
  symbols.push_back(std::move(symbol));
  if (has_parents) {
    descendants = Descendants(symbols);
  } else {
    descendants.push_back({id});
  }
  return id;
}

// Fills `ids` and `descendants` for `symbols`, which may be in any order.
template <typename Symbol>
absl::Status Index(const std::vector<Symbol>& symbols,
                   absl::flat_hash_map<std::string, uint32_t>& ids,
                   std::vector<std::vector<uint32_t>>& descendants) {
  for (uint32_t id = 0; id < symbols.size(); ++id) {
    if (!ids.try_emplace(symbols[id].name, id).second) {
      return absl::InvalidArgumentError(absl::StrCat(symbols[id].name, " comes twice"));
    }
    for (uint32_t parent : symbols[id].parents) {
      if (parent >= symbols.size()) {
        return absl::InvalidArgumentError(absl::StrCat(symbols[id].name, " has an unknown parent"));
      }
    }
  }
  descendants = Descendants(symbols);
  for (uint32_t id = 0; id < symbols.size(); ++id) {
    RETURN_IF_ERROR(CheckParents(symbols, descendants, id, symbols[id]));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Catalogue> Catalogue::Make(std::vector<Label> labels,
                                          std::vector<RelationType> relations,
                                          std::vector<std::string> properties) {
  Catalogue catalogue;
  catalogue.labels_ = std::move(labels);
  catalogue.relations_ = std::move(relations);
  RETURN_IF_ERROR(Index(catalogue.labels_, catalogue.label_ids_, catalogue.label_descendants_));
  RETURN_IF_ERROR(
      Index(catalogue.relations_, catalogue.relation_ids_, catalogue.relation_descendants_));
  for (std::string& name : properties) {
    if (catalogue.FindProperty(name) != kNoSymbol) {
      return absl::InvalidArgumentError(absl::StrCat(name, " comes twice"));
    }
    catalogue.AddProperty(std::move(name));
  }
  return catalogue;
}

LabelId Catalogue::FindLabel(absl::string_view name) const { return Find(label_ids_, name); }

RelationId Catalogue::FindRelation(absl::string_view name) const {
  return Find(relation_ids_, name);
}

PropertyId Catalogue::FindProperty(absl::string_view name) const {
  return Find(property_ids_, name);
}

RelationId Catalogue::FindRelationInAnyCase(absl::string_view name) const {
  RelationId found = FindRelation(name);
  if (found != kNoSymbol) return found;
  for (RelationId id = 0; id < relations_.size(); ++id) {
    if (!absl::EqualsIgnoreCase(relations_[id].name, name)) continue;
    if (found != kNoSymbol) return kNoSymbol;
    found = id;
  }
  return found;
}

const std::vector<RelationId>& Catalogue::DescendantRelations(RelationId id) const {
  return relation_descendants_[id];
}

const std::vector<LabelId>& Catalogue::DescendantLabels(LabelId id) const {
  return label_descendants_[id];
}

std::optional<int> Catalogue::QuadClass(RelationId id) const {
  // By the first two digits of the code.
  constexpr int kLastRoots[] = {5, 8, 13, 20};
  const RelationType& type = relations_[id];
  int root = 0;
  if (type.cameo_code.size() >= 2 && absl::SimpleAtoi(type.cameo_code.substr(0, 2), &root)) {
    const auto* const end = std::lower_bound(std::begin(kLastRoots), std::end(kLastRoots), root);
    if (root < 1 || end == std::end(kLastRoots)) return std::nullopt;
    return static_cast<int>(end - std::begin(kLastRoots)) + 1;
  }
  std::optional<int> common;
  for (const RelationId parent : type.parents) {
    const std::optional<int> of_parent = QuadClass(parent);
    if (!of_parent.has_value()) continue;
    if (common.has_value() && common != of_parent) return std::nullopt;
    common = of_parent;
  }
  return common;
}

const PropertyIndex* Catalogue::FindIndex(absl::string_view name) const {
  const auto found = std::find_if(indexes_.begin(), indexes_.end(),
                                  [&](const PropertyIndex& index) { return index.name == name; });
  return found == indexes_.end() ? nullptr : &*found;
}

const PropertyIndex* Catalogue::FindIndex(LabelId label, PropertyId property) const {
  const auto found =
      std::find_if(indexes_.begin(), indexes_.end(), [&](const PropertyIndex& index) {
        return index.label == label && index.property == property;
      });
  return found == indexes_.end() ? nullptr : &*found;
}

const PropertyIndex* Catalogue::IndexOver(LabelId label, PropertyId property) const {
  const PropertyIndex* above = nullptr;
  for (const PropertyIndex& index : indexes_) {
    if (index.property != property) continue;
    if (index.label == label) return &index;
    const std::vector<LabelId>& covered = DescendantLabels(index.label);
    if (std::binary_search(covered.begin(), covered.end(), label)) above = &index;
  }
  return above;
}

std::vector<std::string> Catalogue::NearestRelations(absl::string_view name, size_t limit) const {
  std::vector<std::string> names;
  names.reserve(relations_.size());
  for (const RelationType& type : relations_) names.push_back(type.name);
  return NearestTo(name, names, limit);
}

std::vector<std::string> Catalogue::NearestLabels(absl::string_view name, size_t limit) const {
  std::vector<std::string> names;
  names.reserve(labels_.size());
  for (const Label& label : labels_) names.push_back(label.name);
  return NearestTo(name, names, limit);
}

LabelId Catalogue::AddLabel(Label label) {
  return Add(std::move(label), labels_, label_ids_, label_descendants_);
}

RelationId Catalogue::AddRelation(RelationType type) {
  return Add(std::move(type), relations_, relation_ids_, relation_descendants_);
}

PropertyId Catalogue::AddProperty(std::string name) {
  const PropertyId id = static_cast<PropertyId>(properties_.size());
  const bool inserted = property_ids_.try_emplace(name, id).second;
  ENTENTE_CHECK(inserted);
  properties_.push_back(std::move(name));
  return id;
}

absl::Status Catalogue::SetRelation(RelationId id, RelationType type) {
  RETURN_IF_ERROR(CheckParents(relations_, relation_descendants_, id, type));
  const bool moved = relations_[id].parents != type.parents;
  relations_[id] = std::move(type);
  if (moved) {
    relation_descendants_ = Descendants(relations_);
    ++taxonomy_changes_;
  }
  return absl::OkStatus();
}

absl::Status Catalogue::SetLabel(LabelId id, Label label) {
  RETURN_IF_ERROR(CheckParents(labels_, label_descendants_, id, label));
  const bool moved = labels_[id].parents != label.parents;
  labels_[id] = std::move(label);
  if (moved) {
    label_descendants_ = Descendants(labels_);
    ++taxonomy_changes_;
  }
  return absl::OkStatus();
}

absl::Status Catalogue::AddIndex(PropertyIndex index) {
  if (index.label >= labels_.size() || index.property >= properties_.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("The index ", index.name, " is of an unknown label or property"));
  }
  const auto place =
      std::lower_bound(indexes_.begin(), indexes_.end(), index.id,
                       [](const PropertyIndex& other, IndexId id) { return other.id < id; });
  const bool taken = place != indexes_.end() && place->id == index.id;
  if (taken || FindIndex(index.name) != nullptr ||
      FindIndex(index.label, index.property) != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("The index ", index.name, " comes twice"));
  }
  indexes_.insert(place, std::move(index));
  ++index_changes_;
  return absl::OkStatus();
}

void Catalogue::RemoveIndex(IndexId id) {
  std::erase_if(indexes_, [&](const PropertyIndex& index) { return index.id == id; });
  ++index_changes_;
}

}  // namespace entente
