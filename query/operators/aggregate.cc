#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"
#include "query/operators/row_table.h"

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
      if (!IsLive(slot)) continue;
      std::vector<Value> values;
      for (size_t group = next_; group < end; ++group) values.push_back(groups_.at(group, k));
      batch->column(slot) = Column(std::move(values));
    }
    for (size_t a = 0; a < node_.aggregations.size(); ++a) {
      std::vector<Value> values;
      for (size_t group = next_; group < end; ++group) {
        ASSIGN_OR_RETURN(Value value, running_[group * node_.aggregations.size() + a]->Finish());
        values.push_back(std::move(value));
      }
      batch->column(node_.aggregations[a].slot) = Column(std::move(values));
    }
    batch->set_row_count(end - next_);
    next_ = end;
    return true;
  }

 private:
  // The values that an aggregation of distinct ones has seen, each with its group's number.
  struct Seen {
    absl::flat_hash_set<std::pair<size_t, NodeId>> nodes;
    RowTable values{2};  // all others

    uint64_t bytes() const { return values.bytes() + nodes.size() * sizeof(*nodes.begin()); }
  };

  // Bytes that an aggregation in progress takes, roughly.
  static constexpr uint64_t kAggregatorBytes = 64;

  void Reset() override {
    groups_.Clear();
    running_.clear();
    distinct_.clear();
    for (const Aggregation& aggregation : node_.aggregations) {
      distinct_.push_back(aggregation.distinct ? std::make_unique<Seen>() : nullptr);
    }
    group_count_ = 0;
    next_ = 0;
    aggregated_ = false;
    hold_.Release();
  }

  absl::Status AddGroup() {
    for (const Aggregation& aggregation : node_.aggregations) {
      running_.push_back(aggregation.function->make());
    }
    ++group_count_;
    return hold_.Add(kAggregatorBytes * node_.aggregations.size());
  }

  absl::Status AggregateInput() {
    if (node_.keys.empty()) {
      RETURN_IF_ERROR(AddGroup());
    }
    while (true) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      if (!more) return absl::OkStatus();
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      ASSIGN_OR_RETURN(const std::vector<size_t> groups, GroupsOf(rows));
      for (size_t a = 0; a < node_.aggregations.size(); ++a) {
        absl::Status status = Feed(a, rows, groups);
        if (!status.ok()) return status;
      }
    }
  }

  // The group of each row, made where it is new.
  absl::StatusOr<std::vector<size_t>> GroupsOf(const Batch& rows) {
    std::vector<size_t> groups(rows.row_count(), 0);
    if (node_.keys.empty()) return groups;
    std::vector<Column> keys;
    std::vector<const Column*> columns;
    for (const auto& [slot, expression] : node_.keys) {
      ASSIGN_OR_RETURN(Column key, evaluator_.Evaluate(*expression, rows));
      keys.push_back(std::move(key));
    }
    for (const Column& key : keys) columns.push_back(&key);
    const uint64_t before = groups_.bytes();
    for (size_t row = 0; row < groups.size(); ++row) {
      bool added = false;
      groups[row] = groups_.FindOrAdd(columns, row, &added);
      if (added) {
        RETURN_IF_ERROR(AddGroup());
      }
    }
    RETURN_IF_ERROR(hold_.Add(groups_.bytes() - before));
    return groups;
  }

  absl::Status Feed(size_t index, const Batch& rows, const std::vector<size_t>& groups) {
    const Aggregation& aggregation = node_.aggregations[index];
    std::vector<Column> columns;
    for (const ExpressionPtr& argument : aggregation.arguments) {
      ASSIGN_OR_RETURN(Column column, evaluator_.Evaluate(*argument, rows));
      columns.push_back(std::move(column));
    }
    absl::InlinedVector<Value, 2> arguments(columns.size());
    Seen* const distinct = distinct_[index].get();
    const uint64_t distinct_before = distinct == nullptr ? 0 : distinct->bytes();
    uint64_t bytes = 0;
    for (size_t row = 0; row < groups.size(); ++row) {
      if (!columns.empty() && columns[0].IsNull(row)) continue;
      if (aggregation.distinct && !columns.empty() && !IsNew(index, groups[row], columns[0], row)) {
        continue;
      }
      for (size_t i = 0; i < columns.size(); ++i) arguments[i] = columns[i].ValueAt(row);
      Aggregator& running = *running_[groups[row] * node_.aggregations.size() + index];
      const size_t before = running.KeptBytes();
      absl::Status status = running.Add(arguments);
      if (!status.ok()) {
        return columns.empty() ? status
                               : WithSpan(std::move(status), aggregation.arguments[0]->span);
      }
      bytes += running.KeptBytes() - before;
    }
    if (distinct != nullptr) bytes += distinct->bytes() - distinct_before;
    return hold_.Add(bytes);
  }

  // Whether the group sees the value for the first time.
  bool IsNew(size_t index, size_t group, const Column& column, size_t row) {
    Seen& seen = *distinct_[index];
    if (const auto* nodes = column.nodes()) return seen.nodes.emplace(group, (*nodes)[row]).second;
    Value scratch;
    const Value& value = column.ReadAt(row, &scratch);
    if (value.is_node()) return seen.nodes.emplace(group, value.node_id()).second;
    const Column number = Column::Repeat(Value::Integer(static_cast<int64_t>(group)), row + 1);
    const Column* columns[] = {&number, &column};
    bool added = false;
    seen.values.FindOrAdd(columns, row, &added);
    return added;
  }

  const AggregatePlan& node_;
  Evaluator evaluator_;
  RowTable groups_;
  // For each group in turn, one for each aggregation.
  std::vector<std::unique_ptr<Aggregator>> running_;
  std::vector<std::unique_ptr<Seen>> distinct_;
  size_t group_count_ = 0;
  size_t next_ = 0;
  bool aggregated_ = false;
  MemoryHold hold_;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const AggregatePlan& node) {
  return std::make_unique<AggregateOperator>(execution, plan, node);
}

}  // namespace entente::query
