// StatementCache: plans by the text of their statements, so that a repeated statement costs no
// parsing and no planning; and with them operators that have run, so that it makes none either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "engine/graph.h"
#include "query/plan.h"
#include "query/run.h"

namespace entente::query {

// What of a graph the choice of a plan depends on, coarsely: symbols and indexes that exist, sizes
// by powers of two.
struct PlanningStamp {
  size_t labels = 0;
  size_t relations = 0;
  int nodes = 0;
  int relationships = 0;
  uint64_t index_changes = 0;
  uint64_t taxonomy_changes = 0;
  bool operator==(const PlanningStamp&) const = default;
};
PlanningStamp StampOf(const Graph& graph);

// Keeps the plans that were used last.
class StatementCache {
 public:
  explicit StatementCache(size_t capacity) : capacity_(capacity) {}

  // The plan for `text` if it was made under the same stamp, else nullptr.
  std::shared_ptr<const PreparedPlan> Find(absl::string_view text, const PlanningStamp& stamp);
  void Add(absl::string_view text, const PlanningStamp& stamp,
           std::shared_ptr<const PreparedPlan> plan);

  // A run of the plan that was found last, to begin again; nullptr if there is none.
  std::unique_ptr<Run> TakeRun(const PreparedPlan& plan);
  // Keeps a run that was rewound, one for each plan, if it is of the plan that was found or added
  // last.
  void KeepRun(std::unique_ptr<Run> run);

 private:
  struct Entry {
    std::string text;
    PlanningStamp stamp;
    std::shared_ptr<const PreparedPlan> plan;
    std::unique_ptr<Run> run;  // that rests; null: none
  };
  // The first entry if it is the plan's, else nullptr.
  Entry* FirstIfOf(const PreparedPlan& plan);

  size_t capacity_;
  std::list<Entry> entries_;  // the last used first
  absl::flat_hash_map<absl::string_view, std::list<Entry>::iterator> by_text_;
};

}  // namespace entente::query
