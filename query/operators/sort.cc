#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "engine/status.h"
#include "engine/value_order.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"
#include "query/operators/row_count.h"

namespace entente::query {
namespace {

class SortOperator : public UnaryOperator {
 public:
  SortOperator(Execution& execution, const Plan& plan, const SortPlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        drops_early_(std::all_of(node.keys.begin() + 1, node.keys.end(),
                                 [](const SortKey& key) {
                                   return std::holds_alternative<SlotReference>(
                                       key.expression->node);
                                 })),
        evaluator_(execution),
        hold_(execution) {
    Reset();
  }

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!sorted_) {
      RETURN_IF_ERROR(SortInput());
      sorted_ = true;
    }
    if (next_ == order_.size()) return false;
    const size_t end = std::min(order_.size(), next_ + execution_.batch_size);
    Carry(rows_, {order_.begin() + next_, order_.begin() + end}, plan_.live, batch);
    next_ = end;
    return true;
  }

 private:
  void Reset() override {
    rows_ = NewBatch();
    keys_.assign(node_.keys.size(), Column());
    order_.clear();
    next_ = 0;
    sorted_ = false;
    last_.reset();
    hold_.Release();
  }

  absl::Status SortInput() {
    uint64_t limit = std::numeric_limits<uint64_t>::max();
    if (node_.limit != nullptr) {
      ASSIGN_OR_RETURN(limit, RowCount(execution_, *node_.limit));
    }
    // With a limit no more rows than these are kept.
    const uint64_t room = std::max<uint64_t>(limit, execution_.batch_size);
    while (true) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      if (!more) break;
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      RETURN_IF_ERROR(Add(std::move(rows)));
      if (rows_.row_count() / 2 > room) Prune(limit);
    }
    Order(limit);
    return absl::OkStatus();
  }

  absl::Status Add(Batch rows) {
    ASSIGN_OR_RETURN(Column first, evaluator_.Evaluate(*node_.keys[0].expression, rows));
    if (last_.has_value()) {
      const std::vector<uint32_t> kept = NotBehindLast(first);
      if (kept.empty()) return absl::OkStatus();
      if (kept.size() < rows.row_count()) {
        rows = rows.Gather(kept);
        first = first.Gather(kept);
      }
    }
    for (const auto& [slot, expression] : node_.late) {
      ASSIGN_OR_RETURN(rows.column(slot), evaluator_.Evaluate(*expression, rows));
    }
    uint64_t bytes = BytesOf(first);
    keys_[0].Append(first);
    for (size_t k = 1; k < keys_.size(); ++k) {
      ASSIGN_OR_RETURN(const Column key, evaluator_.Evaluate(*node_.keys[k].expression, rows));
      bytes += BytesOf(key);
      keys_[k].Append(key);
    }
    for (Slot slot : plan_.live) {
      if (rows.column(slot).present()) rows_.column(slot).Append(rows.column(slot));
    }
    rows_.set_row_count(rows_.row_count() + rows.row_count());
    return hold_.Add(BytesOf(rows) + bytes);
  }

  // The rows that by their first key are not behind all that are wanted.
  std::vector<uint32_t> NotBehindLast(const Column& first) const {
    std::vector<uint32_t> kept;
    Value scratch;
    for (uint32_t row = 0; row < first.size(); ++row) {
      const int order = OrderOf(first.ReadAt(row, &scratch), *last_);
      if (node_.keys[0].descending ? order >= 0 : order <= 0) kept.push_back(row);
    }
    return kept;
  }

  // Puts into `order_` the first `limit` rows in order; equal ones as they came.
  void Order(uint64_t limit) {
    order_ = AllRows(rows_.row_count());
    const auto before = [&](uint32_t a, uint32_t b) {
      Value first;
      Value second;
      for (size_t k = 0; k < keys_.size(); ++k) {
        const int order = OrderOf(keys_[k].ReadAt(a, &first), keys_[k].ReadAt(b, &second));
        if (order != 0) return node_.keys[k].descending ? order > 0 : order < 0;
      }
      return a < b;
    };
    if (limit < order_.size()) {
      std::partial_sort(order_.begin(), order_.begin() + limit, order_.end(), before);
      order_.resize(limit);
    } else {
      std::sort(order_.begin(), order_.end(), before);
    }
  }

  // Drops the rows that cannot be among the first `limit`.
  void Prune(uint64_t limit) {
    Order(limit);
    rows_ = rows_.Gather(order_);
    for (Column& key : keys_) key = key.Gather(order_);
    if (drops_early_ && !order_.empty()) last_ = keys_[0].ValueAt(order_.size() - 1);
    hold_.Release();
    uint64_t bytes = BytesOf(rows_);
    for (const Column& key : keys_) bytes += BytesOf(key);
    // Within the limit before, so within it now.
    hold_.Add(bytes).IgnoreError();
  }

  const SortPlan& node_;
  // Whether keys beyond the first need not be computed for all rows: none of them can fail.
  const bool drops_early_;
  Evaluator evaluator_;
  Batch rows_;
  std::vector<Column> keys_;
  std::vector<uint32_t> order_;
  // The first key of the last row that is wanted, of those seen so far; unset while all are.
  std::optional<Value> last_;
  size_t next_ = 0;
  bool sorted_ = false;
  MemoryHold hold_;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const SortPlan& node) {
  return std::make_unique<SortOperator>(execution, plan, node);
}

}  // namespace entente::query
