// What operators share that find some nodes for each row of their input.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/graph.h"
#include "query/operators/operators.h"

namespace entente::query {

class NodeSearchOperator : public UnaryOperator {
 public:
  absl::StatusOr<bool> Next(Batch* batch) final;

 protected:
  NodeSearchOperator(Execution& execution, const Plan& plan, const Plan& input, Slot node)
      : UnaryOperator(execution, plan, input), node_(node) {}

  // Looks at a new batch of rows.
  virtual absl::Status Prepare(const Batch& rows) = 0;
  // Begins with a row of the batch: adds nodes to `*nodes`, or gives a scan that finds them, or
  // neither.
  virtual absl::StatusOr<std::unique_ptr<NodeScan>> Search(size_t row,
                                                           std::vector<NodeId>* nodes) = 0;
  // Drops nodes that the row's scan found and that are none of the row's.
  virtual absl::Status Check(size_t row, std::vector<NodeId>* nodes) = 0;

 private:
  void Reset() final;
  // Finds for the next row all that there is or, where it is scanned for, some of it.
  absl::Status SearchRow(std::vector<NodeId>* nodes);

  const Slot node_;
  Batch rows_;
  size_t next_row_ = 0;               // of rows_
  std::vector<uint32_t> found_rows_;  // of rows_: where each node on its way out belongs
  std::unique_ptr<NodeScan> scan_;    // of the next row, when it has begun
};

}  // namespace entente::query
