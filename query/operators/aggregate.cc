#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/status.h"
#include "query/morsels.h"
#include "query/operators/grouping.h"
#include "query/operators/operators.h"
#include "query/operators/workers.h"

namespace entente::query {
namespace {

class AggregateOperator : public UnaryOperator {
 public:
  AggregateOperator(Execution& execution, const Plan& plan, const AggregatePlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!grouping_.has_value()) {
      grouping_.emplace(execution_, node_);
      RETURN_IF_ERROR(RunsInParallel(execution_, plan_) ? AggregateInParallel() : AggregateInput());
    }
    const size_t end = std::min(grouping_->group_count(), next_ + execution_.batch_size);
    if (next_ == end) return false;
    for (size_t k = 0; k < node_.keys.size(); ++k) {
      const Slot slot = node_.keys[k].first;
      if (IsLive(slot)) batch->column(slot) = grouping_->KeyAt(k, next_, end);
    }
    for (size_t a = 0; a < node_.aggregations.size(); ++a) {
      ASSIGN_OR_RETURN(batch->column(node_.aggregations[a].slot),
                       grouping_->ResultsAt(a, next_, end));
    }
    batch->set_row_count(end - next_);
    next_ = end;
    return true;
  }

 private:
  void Reset() override {
    grouping_.reset();
    next_ = 0;
  }
  bool Forget() override { return true; }

  absl::Status AggregateInput() {
    while (true) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      if (!more) return absl::OkStatus();
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      RETURN_IF_ERROR(grouping_->Add(0, std::move(rows)));
    }
  }

  absl::Status AggregateInParallel() {
    Workers workers(execution_, plan_);
    RETURN_IF_ERROR(workers.Run([this](Execution& execution) -> std::unique_ptr<RowSink> {
      return std::make_unique<Grouping>(execution, node_);
    }));
    std::vector<Grouping*> parts;
    for (size_t i = 0; i < workers.count(); ++i) {
      parts.push_back(static_cast<Grouping*>(&workers.sink(i)));
    }
    const bool apart = std::any_of(node_.keys.begin(), node_.keys.end(), [&](const auto& key) {
      const auto* slot = std::get_if<SlotReference>(&key.second->node);
      return slot != nullptr && workers.source().KeepsApart(slot->slot);
    });
    return grouping_->Merge(parts, apart);
  }

  const AggregatePlan& node_;
  std::optional<Grouping> grouping_;  // of all of the input
  size_t next_ = 0;                   // group
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const AggregatePlan& node) {
  return std::make_unique<AggregateOperator>(execution, plan, node);
}

}  // namespace entente::query
