#include "query/operators/sorted_rows.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/status.h"
#include "engine/value_order.h"
#include "query/operators/operators.h"
#include "query/pattern_steps.h"

namespace entente::query {

SortedRows::SortedRows(Execution& execution, const SortPlan& plan, const std::vector<Slot>& live,
                       uint64_t limit)
    : plan_(plan),
      live_(live),
      limit_(limit),
      room_(std::max<uint64_t>(limit, execution.batch_size)),
      drops_early_(std::all_of(plan.keys.begin() + 1, plan.keys.end(),
                               [](const SortKey& key) {
                                 return std::holds_alternative<SlotReference>(key.expression->node);
                               })),
      evaluator_(execution),
      rows_(execution.plan->slot_names.size()),
      keys_(plan.keys.size()),
      hold_(execution) {
  for (const auto& [slot, expression] : plan.late) {
    if (CanRaise(*expression)) late_calls_.push_back(expression.get());
  }
}

absl::Status SortedRows::Add(uint64_t morsel, Batch rows) {
  ASSIGN_OR_RETURN(Column first, evaluator_.Evaluate(*plan_.keys[0].expression, rows));
  if (last_.has_value()) {
    const std::vector<uint32_t> kept = NotBehindLast(first);
    if (kept.size() < rows.row_count()) RETURN_IF_ERROR(CheckLate(rows));
    if (kept.empty()) return absl::OkStatus();
    if (kept.size() < rows.row_count()) {
      rows = rows.Gather(kept);
      first = first.Gather(kept);
    }
  }
  for (const auto& [slot, expression] : plan_.late) {
    ASSIGN_OR_RETURN(rows.column(slot), evaluator_.Evaluate(*expression, rows));
  }
  uint64_t bytes = BytesOf(first);
  keys_[0].Append(first);
  for (size_t k = 1; k < keys_.size(); ++k) {
    ASSIGN_OR_RETURN(const Column key, evaluator_.Evaluate(*plan_.keys[k].expression, rows));
    bytes += BytesOf(key);
    keys_[k].Append(key);
  }
  for (Slot slot : live_) {
    if (rows.column(slot).present()) rows_.column(slot).Append(rows.column(slot));
  }
  morsels_.insert(morsels_.end(), rows.row_count(), morsel);
  rows_.set_row_count(morsels_.size());
  RETURN_IF_ERROR(hold_.Add(BytesOf(rows) + bytes + rows.row_count() * sizeof(uint64_t)));
  if (rows_.row_count() / 2 > room_) Prune();
  return absl::OkStatus();
}

absl::Status SortedRows::Merge(SortedRows* other) {
  uint64_t bytes = BytesOf(other->rows_) + other->morsels_.size() * sizeof(uint64_t);
  for (size_t k = 0; k < keys_.size(); ++k) {
    bytes += BytesOf(other->keys_[k]);
    keys_[k].Append(other->keys_[k]);
  }
  for (Slot slot : live_) {
    if (other->rows_.column(slot).present()) {
      rows_.column(slot).Append(other->rows_.column(slot));
    }
  }
  morsels_.insert(morsels_.end(), other->morsels_.begin(), other->morsels_.end());
  rows_.set_row_count(morsels_.size());
  other->rows_ = Batch();
  other->keys_.clear();
  other->hold_.Release();
  return hold_.Add(bytes);
}

absl::Status SortedRows::CheckLate(const Batch& rows) {
  for (const Expression* expression : late_calls_) {
    const auto& call = std::get<FunctionExpression>(expression->node);
    const TypeSet accepted = call.function->parameters[0].accepts | TypeSet{Value::Type::kNull};
    ASSIGN_OR_RETURN(const Column argument, evaluator_.Evaluate(*call.arguments[0], rows));
    bool all = argument.scalars() != nullptr && accepted.Has(argument.scalars()->type);
    if (!all) {
      Value scratch;
      size_t row = 0;
      while (row < argument.size() && accepted.Has(argument.ReadAt(row, &scratch).type())) ++row;
      all = row == argument.size();
    }
    if (!all) RETURN_IF_ERROR(evaluator_.Evaluate(*expression, rows).status());
  }
  return absl::OkStatus();
}

// The rows that by their first key are not behind all that are wanted.
std::vector<uint32_t> SortedRows::NotBehindLast(const Column& first) const {
  std::vector<uint32_t> kept;
  Value scratch;
  for (uint32_t row = 0; row < first.size(); ++row) {
    const int order = OrderOf(first.ReadAt(row, &scratch), *last_);
    if (plan_.keys[0].descending ? order >= 0 : order <= 0) kept.push_back(row);
  }
  return kept;
}

// Puts into `order_` the first rows in order.
void SortedRows::Order() {
  order_ = AllRows(rows_.row_count());
  const auto before = [&](uint32_t a, uint32_t b) {
    Value first;
    Value second;
    for (size_t k = 0; k < keys_.size(); ++k) {
      const int order = OrderOf(keys_[k].ReadAt(a, &first), keys_[k].ReadAt(b, &second));
      if (order != 0) return plan_.keys[k].descending ? order > 0 : order < 0;
    }
    // Rows of one morsel stand in the order in which they came.
    return morsels_[a] != morsels_[b] ? morsels_[a] < morsels_[b] : a < b;
  };
  if (limit_ < order_.size()) {
    std::partial_sort(order_.begin(), order_.begin() + limit_, order_.end(), before);
    order_.resize(limit_);
  } else {
    std::sort(order_.begin(), order_.end(), before);
  }
}

// Drops the rows that cannot be among the first.
void SortedRows::Prune() {
  Order();
  rows_ = rows_.Gather(order_);
  for (Column& key : keys_) key = key.Gather(order_);
  std::vector<uint64_t> morsels;
  for (uint32_t row : order_) morsels.push_back(morsels_[row]);
  morsels_ = std::move(morsels);
  if (drops_early_ && !order_.empty()) last_ = keys_[0].ValueAt(order_.size() - 1);
  hold_.Release();
  uint64_t bytes = BytesOf(rows_) + morsels_.size() * sizeof(uint64_t);
  for (const Column& key : keys_) bytes += BytesOf(key);
  // Within the limit before, so within it now.
  hold_.Add(bytes).IgnoreError();
}

}  // namespace entente::query
