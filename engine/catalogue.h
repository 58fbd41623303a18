// Catalogue: the names of labels, relation types and properties, their ids, the taxonomy (a DAG of
// parents over relation types and another over labels), and which properties are indexed. A
// Catalogue object is an immutable picture; the writer copies it, changes the copy and publishes it
// when it commits.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ids.h"

namespace entente {

struct RelationType {
  std::string name;
  std::vector<RelationId> parents;
  int sign = 0;                     // +1, 0, -1
  std::string cameo_code;           // "072", empty without
  std::string plover_code;          // empty without
  std::optional<double> goldstein;  // −10 … 10
  std::string gdelt_code;           // in GDELT's variant of CAMEO, empty without
  bool operator==(const RelationType&) const = default;
};

struct Label {
  std::string name;
  std::vector<LabelId> parents;
  bool operator==(const Label&) const = default;
};

// An index of the nodes that bear `label`, or one under it, by `property`.
struct PropertyIndex {
  IndexId id = 0;
  std::string name;
  LabelId label = kNoSymbol;
  PropertyId property = kNoSymbol;
  bool operator==(const PropertyIndex&) const = default;
};

class Catalogue {
 public:
  // kNoSymbol when the name is unknown. Names are case-sensitive.
  LabelId FindLabel(absl::string_view name) const;
  RelationId FindRelation(absl::string_view name) const;
  PropertyId FindProperty(absl::string_view name) const;
  // The type of exactly this name, else the only one whose name differs by the case of ASCII
  // letters.
  RelationId FindRelationInAnyCase(absl::string_view name) const;

  // The id must exist.
  const Label& label(LabelId id) const { return labels_[id]; }
  const RelationType& relation(RelationId id) const { return relations_[id]; }
  const std::string& property(PropertyId id) const { return properties_[id]; }
  size_t label_count() const { return labels_.size(); }
  size_t relation_count() const { return relations_.size(); }
  size_t property_count() const { return properties_.size(); }

  // The symbol itself and everything under it, sorted, each once.
  const std::vector<RelationId>& DescendantRelations(RelationId id) const;
  const std::vector<LabelId>& DescendantLabels(LabelId id) const;

  // 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict: by the
  // type's CAMEO code, without one by what its parents have in common; nullopt when nothing tells.
  std::optional<int> QuadClass(RelationId id) const;

  // Up to `limit` relation type names nearest to `name` by edit distance, for error messages.
  std::vector<std::string> NearestRelations(absl::string_view name, size_t limit) const;
  std::vector<std::string> NearestLabels(absl::string_view name, size_t limit) const;

  // By id.
  const std::vector<PropertyIndex>& indexes() const { return indexes_; }
  // nullptr when there is none.
  const PropertyIndex* FindIndex(absl::string_view name) const;
  const PropertyIndex* FindIndex(LabelId label, PropertyId property) const;
  // One that covers every node which bears the label or one under it: of the label itself, else of
  // one above it; nullptr when there is none.
  const PropertyIndex* IndexOver(LabelId label, PropertyId property) const;
  // Grows whenever an index comes or goes.
  uint64_t index_changes() const { return index_changes_; }
  // Grows whenever a symbol comes to lie under another, or no longer does.
  uint64_t taxonomy_changes() const { return taxonomy_changes_; }

  // All at once, ids in order. InvalidArgument when a name comes twice, a parent is unknown or
  // parents close a cycle.
  static absl::StatusOr<Catalogue> Make(std::vector<Label> labels,
                                        std::vector<RelationType> relations,
                                        std::vector<std::string> properties);

  // --- For the writer. The name must be new, parents must exist.
  LabelId AddLabel(Label label);
  RelationId AddRelation(RelationType type);
  PropertyId AddProperty(std::string name);
  // Replaces the type's parents, sign, codes and weight. A cycle is an error and changes nothing.
  absl::Status SetRelation(RelationId id, RelationType type);
  absl::Status SetLabel(LabelId id, Label label);
  // Label and property must exist. InvalidArgument when it has the id or the name of another, or
  // the same label and property.
  absl::Status AddIndex(PropertyIndex index);
  void RemoveIndex(IndexId id);

 private:
  std::vector<Label> labels_;
  std::vector<RelationType> relations_;
  std::vector<std::string> properties_;
  absl::flat_hash_map<std::string, LabelId> label_ids_;
  absl::flat_hash_map<std::string, RelationId> relation_ids_;
  absl::flat_hash_map<std::string, PropertyId> property_ids_;
  std::vector<std::vector<RelationId>> relation_descendants_;
  std::vector<std::vector<LabelId>> label_descendants_;
  std::vector<PropertyIndex> indexes_;  // by id
  uint64_t index_changes_ = 0;
  uint64_t taxonomy_changes_ = 0;
};

}  // namespace entente
