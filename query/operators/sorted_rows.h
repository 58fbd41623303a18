// SortedRows: the rows of a sort, or the first of them, on their way to being in order.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "query/batch.h"
#include "query/evaluator.h"
#include "query/operator.h"
#include "query/operators/workers.h"
#include "query/plan.h"

namespace entente::query {

class SortedRows : public RowSink {
 public:
  // Keeps the first `limit` rows, of them the columns `live`. All but the number must outlive this.
  SortedRows(Execution& execution, const SortPlan& plan, const std::vector<Slot>& live,
             uint64_t limit);

  absl::Status Add(uint64_t morsel, Batch rows) override;
  // Adds the rows of another one, which has seen other morsels and is used up.
  absl::Status Merge(SortedRows* other);

  // Puts the rows in order, those with equal keys as they came. Nothing is added afterwards.
  void Sort() { Order(); }
  const Batch& rows() const { return rows_; }
  // Which of `rows` are wanted, in order.
  const std::vector<uint32_t>& order() const { return order_; }

 private:
  std::vector<uint32_t> NotBehindLast(const Column& first) const;
  // The error of a late call whose argument has a type that the function does not take.
  absl::Status CheckLate(const Batch& rows);
  void Order();
  void Prune();

  const SortPlan& plan_;
  const std::vector<Slot>& live_;
  const uint64_t limit_;
  // With a limit no more than about twice as many rows are kept.
  const uint64_t room_;
  // Whether keys beyond the first need not be computed for all rows: none of them can fail.
  const bool drops_early_;
  std::vector<const Expression*> late_calls_;  // those that fail for some types of arguments
  Evaluator evaluator_;
  Batch rows_;
  std::vector<Column> keys_;
  std::vector<uint64_t> morsels_;  // of each row
  std::vector<uint32_t> order_;
  // The first key of the last row that is wanted, of those seen so far; unset while all are.
  std::optional<Value> last_;
  MemoryHold hold_;
};

}  // namespace entente::query
