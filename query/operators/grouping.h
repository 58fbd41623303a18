// Grouping: the groups of an aggregation in progress, and what is known of each so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "query/batch.h"
#include "query/evaluator.h"
#include "query/operator.h"
#include "query/operators/node_set.h"
#include "query/operators/row_table.h"
#include "query/operators/running_aggregation.h"
#include "query/operators/workers.h"
#include "query/plan.h"

namespace entente::query {

class Grouping : public RowSink {
 public:
  // Both must outlive the grouping.
  Grouping(Execution& execution, const AggregatePlan& plan);

  absl::Status Add(uint64_t morsel, Batch rows) override;
  // Makes this one, which must be new, what it would be had it been given the rows of all the
  // parts, in the order of their morsels, of which no two parts have one in common. Every
  // aggregation must merge (MergesExactly). `apart`: no two parts have a group in common. The parts
  // are used up.
  absl::Status Merge(absl::Span<Grouping* const> parts, bool apart);

  // In the order in which they came.
  size_t group_count() const { return group_count_; }
  // Of groups [begin, end): a key, and an aggregation's results, each asked for once.
  Column KeyAt(size_t key, size_t begin, size_t end) const {
    return groups_.ColumnAt(key, begin, end);
  }
  absl::StatusOr<Column> ResultsAt(size_t aggregation, size_t begin, size_t end) {
    return running_[aggregation]->Finish(begin, end);
  }

 private:
  void SetGroups(size_t count, uint64_t morsel);
  absl::Status FindGroups(const Batch& rows, uint64_t morsel);
  absl::Status Evaluate(size_t aggregation, const Batch& rows, std::vector<Column>* arguments);
  // Row i of the arguments belongs to group groups[i].
  absl::Status Feed(size_t aggregation, const std::vector<Column>& arguments,
                    const std::vector<uint32_t>& groups, uint64_t morsel);
  // For each part, the group here that each group there has become.
  std::vector<std::vector<uint32_t>> MergeGroups(absl::Span<Grouping* const> parts, bool apart);
  absl::Status MergeSeen(size_t aggregation, const Grouping& part,
                         const std::vector<uint32_t>& groups);
  absl::Status MergeSeenNodes(size_t aggregation, Grouping& part);
  absl::Status HoldMemory();

  Execution& execution_;
  const AggregatePlan& plan_;
  Evaluator evaluator_;
  RowTable groups_;
  size_t group_count_ = 0;
  std::vector<uint64_t> first_morsels_;                       // of each group; ascending
  std::vector<uint32_t> group_of_;                            // of each row of a batch
  std::vector<std::unique_ptr<RunningAggregation>> running_;  // of each aggregation
  // The values that an aggregation of distinct ones has seen, each beside its group's number; or
  // the nodes, where there is one group and nothing else. Null for the others.
  std::vector<std::unique_ptr<RowTable>> seen_;
  std::vector<std::unique_ptr<NodeSet>> seen_nodes_;
  MemoryHold hold_;
  uint64_t held_ = 0;
};

}  // namespace entente::query
