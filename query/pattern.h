// What patterns are made of, at run time: types and labels by name, relationship uniqueness.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/graph.h"
#include "query/batch.h"
#include "query/operator.h"

namespace entente::query {

// The types that a hop accepts, by name.
class PatternTypes {
 public:
  PatternTypes(Execution& execution, const std::vector<std::string>& names, bool exact)
      : execution_(execution), names_(names), exact_(exact) {}

  // Up to date: names that a statement itself has brought into the world count. Returns whether
  // they differ from those of the last call.
  bool Refresh();
  const RelationSet& set() const { return set_; }
  void Forget() { resolved_ = false; }

 private:
  Execution& execution_;
  const std::vector<std::string>& names_;
  bool exact_;
  bool resolved_ = false;
  RelationSet set_;
};

// Whether the node bears every label; with `exact` labels under these do not count.
absl::StatusOr<bool> BearsLabels(const Graph& graph, NodeId node,
                                 const std::vector<std::string>& labels, bool exact);

// Whether `relation` is the type of this name or, unless `exact`, one under it.
bool IsType(const Graph& graph, RelationId relation, const std::string& name, bool exact);

// Other relationships of the same MATCH, which a new one must not repeat.
class OtherRelationships {
 public:
  explicit OtherRelationships(const std::vector<Slot>& slots) : slots_(slots) {}

  // `rows` must stay while Contains is called.
  void SetRows(const Batch& rows);
  bool Contains(size_t row, FactId relationship) const;
  // How many there are that fit a hop from `from` (see FarEnd), to `to` unless that is kNoId.
  uint64_t CountFitting(size_t row, NodeId from, NodeId to, Heading heading,
                        const RelationSet& types) const;

 private:
  const std::vector<Slot>& slots_;
  std::vector<const Column*> columns_;
};

// Whether a hop from `from` over this relationship fits, and where it leads: kNoId if it does not.
NodeId FarEnd(const RelationshipReference& relationship, NodeId from, Heading heading,
              const RelationSet& types);

}  // namespace entente::query
