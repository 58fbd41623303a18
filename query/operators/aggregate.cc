#include <algorithm>
#include <memory>
#include <utility>

#include "engine/status.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"
#include "query/operators/row_table.h"
#include "query/operators/running_aggregation.h"

namespace entente::query {
namespace {

class AggregateOperator : public UnaryOperator {
 public:
  AggregateOperator(Execution& execution, const Plan& plan, const AggregatePlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        evaluator_(execution),
        groups_(node.keys.size()),
        hold_(execution) {
    Reset();
  }

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!aggregated_) {
      RETURN_IF_ERROR(AggregateInput());
      aggregated_ = true;
    }
    const size_t end = std::min(group_count_, next_ + execution_.batch_size);
    if (next_ == end) return false;
    for (size_t k = 0; k < node_.keys.size(); ++k) {
      const Slot slot = node_.keys[k].first;
      if (IsLive(slot)) batch->column(slot) = groups_.ColumnAt(k, next_, end);
    }
    for (size_t a = 0; a < running_.size(); ++a) {
      ASSIGN_OR_RETURN(batch->column(node_.aggregations[a].slot), running_[a]->Finish(next_, end));
    }
    batch->set_row_count(end - next_);
    next_ = end;
    return true;
  }

 private:
  void Reset() override {
    groups_.Clear();
    running_.clear();
    seen_.clear();
    for (const Aggregation& aggregation : node_.aggregations) {
      running_.push_back(MakeRunningAggregation(aggregation));
      seen_.push_back(aggregation.distinct ? std::make_unique<RowTable>(2) : nullptr);
    }
    group_count_ = 0;
    next_ = 0;
    aggregated_ = false;
    hold_.Release();
    held_ = 0;
  }

  absl::Status AggregateInput() {
    if (node_.keys.empty()) SetGroups(1);
    while (true) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      if (!more) return absl::OkStatus();
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      RETURN_IF_ERROR(FindGroups(rows));
      for (size_t a = 0; a < running_.size(); ++a) RETURN_IF_ERROR(Feed(a, rows));
      RETURN_IF_ERROR(HoldMemory());
    }
  }

  void SetGroups(size_t count) {
    group_count_ = count;
    for (const auto& running : running_) running->SetGroups(count);
  }

  // The group of each row, made where it is new.
  absl::Status FindGroups(const Batch& rows) {
    if (node_.keys.empty()) {
      group_of_.assign(rows.row_count(), 0);
      return absl::OkStatus();
    }
    std::vector<Column> keys;
    std::vector<const Column*> columns;
    for (const auto& [slot, expression] : node_.keys) {
      ASSIGN_OR_RETURN(Column key, evaluator_.Evaluate(*expression, rows));
      keys.push_back(std::move(key));
    }
    for (const Column& key : keys) columns.push_back(&key);
    groups_.FindOrAdd(columns, rows.row_count(), &group_of_);
    SetGroups(groups_.size());
    return absl::OkStatus();
  }

  absl::Status Feed(size_t index, const Batch& rows) {
    const Aggregation& aggregation = node_.aggregations[index];
    std::vector<Column> arguments;
    for (const ExpressionPtr& argument : aggregation.arguments) {
      ASSIGN_OR_RETURN(Column column, evaluator_.Evaluate(*argument, rows));
      arguments.push_back(std::move(column));
    }
    std::vector<uint32_t> counted = AllRows(rows.row_count());
    if (!arguments.empty()) {
      std::erase_if(counted, [&](uint32_t row) { return arguments[0].IsNull(row); });
      if (aggregation.distinct) KeepNew(*seen_[index], arguments[0], &counted);
    }
    return running_[index]->Add(arguments, group_of_, counted);
  }

  // Drops the rows whose group has seen their value before.
  void KeepNew(RowTable& seen, const Column& column, std::vector<uint32_t>* rows) const {
    Scalars groups;
    groups.numbers.assign(group_of_.begin(), group_of_.end());
    const Column group(std::move(groups));
    const Column* columns[] = {&group, &column};
    auto next_new = static_cast<uint32_t>(seen.size());
    std::vector<uint32_t> numbers;
    seen.FindOrAdd(columns, group_of_.size(), &numbers);
    std::vector<uint8_t> is_new(numbers.size(), 0);
    for (size_t row = 0; row < numbers.size(); ++row) {
      if (numbers[row] != next_new) continue;
      is_new[row] = 1;
      ++next_new;
    }
    std::erase_if(*rows, [&](uint32_t row) { return is_new[row] == 0; });
  }

  absl::Status HoldMemory() {
    uint64_t bytes = groups_.bytes();
    for (const auto& running : running_) bytes += running->bytes();
    for (const auto& seen : seen_) bytes += seen == nullptr ? 0 : seen->bytes();
    const uint64_t more = bytes - std::min(bytes, held_);
    held_ += more;
    return hold_.Add(more);
  }

  const AggregatePlan& node_;
  Evaluator evaluator_;
  RowTable groups_;
  std::vector<uint32_t> group_of_;                            // of each row of a batch
  std::vector<std::unique_ptr<RunningAggregation>> running_;  // of each aggregation
  // The values that an aggregation of distinct ones has seen, each beside its group's number; null
  // for the others.
  std::vector<std::unique_ptr<RowTable>> seen_;
  size_t group_count_ = 0;
  size_t next_ = 0;
  bool aggregated_ = false;
  MemoryHold hold_;
  uint64_t held_ = 0;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const AggregatePlan& node) {
  return std::make_unique<AggregateOperator>(execution, plan, node);
}

}  // namespace entente::query
