// RelationshipScan: every relationship of the database in portions, without asking for the nodes
// one by one. For graphs over snapshots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/graph.h"

namespace entente {

// What relationships must fulfil to come out of a scan, told from what stands in their pages alone.
struct EdgeCondition {
  bool contested = false;  // under the default lens
  // The day of valid_from; where the day does not tell the property, the relationship fulfils it.
  int32_t least_valid_from = std::numeric_limits<int32_t>::min();
  int32_t most_valid_from = std::numeric_limits<int32_t>::max();

  bool LooksAtDays() const {
    return least_valid_from != std::numeric_limits<int32_t>::min() ||
           most_valid_from != std::numeric_limits<int32_t>::max();
  }
};

// The parts of which scans consist, numbered in the order in which one scan would go through them.
class ScanParts {
 public:
  struct Part {
    bool incoming = false;
    uint64_t segment = 0;
  };

  // As expansions of all nodes with this heading would find them.
  static absl::StatusOr<std::unique_ptr<ScanParts>> Of(const Graph& graph, Heading heading);

  uint64_t size() const;
  // `number` must be below size().
  Part At(uint64_t number) const;

 private:
  struct Range {
    bool incoming = false;
    uint64_t first = 0;
    uint64_t end = 0;
  };
  std::vector<Range> ranges_;
};

class RelationshipScan {
 public:
  // `graph`, `parts`, `types` and `lens` must outlive the scan. `fields` (EdgeField) are filled
  // beside `other`; `row` is not.
  RelationshipScan(const Graph& graph, const ScanParts& parts, Heading heading,
                   const RelationSet& types, const Lens& lens, uint32_t fields,
                   const EdgeCondition& condition);
  ~RelationshipScan();
  RelationshipScan(const RelationshipScan&) = delete;
  RelationshipScan& operator=(const RelationshipScan&) = delete;

  // Begins anew with the parts from `first` up to `end`, of which there are none before.
  void Start(uint64_t first, uint64_t end);

  // Appends to `edges` at least one relationship and at most `limit`, and to `near` the node that
  // it hangs on; false when there are none left. With Heading::kEither each comes from both of its
  // ends, a self-loop once.
  absl::StatusOr<bool> Next(size_t limit, std::vector<NodeId>* near, Edges* edges);
  // Adds up how many there are in all, in place of Next.
  absl::StatusOr<uint64_t> Count();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace entente
