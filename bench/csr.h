// Csr: the visible facts of a world as plain arrays in memory, the physical limit of every
// traversal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace entente::bench {

// Of one direction: the neighbours of a node over a relation stand together, sorted.
class Csr {
 public:
  struct Edge {
    uint32_t relation;
    uint32_t node;
    uint32_t neighbour;
    uint16_t confidence;  // in ten-thousandths
  };

  Csr() = default;
  Csr(std::vector<Edge> edges, uint32_t relations, uint32_t nodes);

  uint32_t nodes() const { return nodes_; }
  absl::Span<const uint32_t> Neighbours(uint32_t relation, uint32_t node) const {
    const uint32_t* begin = offsets_.data() + size_t{relation} * nodes_ + node;
    return {neighbours_.data() + begin[0], begin[1] - begin[0]};
  }
  // In the order of Neighbours.
  absl::Span<const uint16_t> Confidences(uint32_t relation, uint32_t node) const {
    const uint32_t* begin = offsets_.data() + size_t{relation} * nodes_ + node;
    return {confidences_.data() + begin[0], begin[1] - begin[0]};
  }

  // As a file.
  void Append(std::string* bytes) const;
  // Takes from the front of *bytes; false when they are too short.
  bool Take(absl::Span<const char>* bytes);

 private:
  uint32_t nodes_ = 0;
  std::vector<uint32_t> offsets_;  // by relation, then node
  std::vector<uint32_t> neighbours_;
  std::vector<uint16_t> confidences_;
};

// Both directions.
struct CsrGraph {
  Csr out;
  Csr in;

  // Reads the generator's tables, and keeps the facts that any article affirms or reports.
  static absl::StatusOr<CsrGraph> FromTables(const std::string& tables);
  absl::Status Write(const std::string& path) const;
  static absl::StatusOr<CsrGraph> Read(const std::string& path);
};

// The traversals of the workloads, over facts of any of `relations`.

// Facts that end at two steps from `start`.
uint64_t CountTwoSteps(const CsrGraph& graph, absl::Span<const uint32_t> relations, uint32_t start);
// Nodes at the end of one to `steps` steps.
uint64_t CountReach(const CsrGraph& graph, absl::Span<const uint32_t> relations, uint32_t start,
                    int steps);
// Triples of facts a → b → c → a.
uint64_t CountTriangles(const CsrGraph& graph, absl::Span<const uint32_t> relations);
// Steps of a shortest path from one node to another, searched from both ends; 0: none within
// `most`.
int ShortestPath(const CsrGraph& graph, absl::Span<const uint32_t> relations, uint32_t from,
                 uint32_t to, int most);

}  // namespace entente::bench
