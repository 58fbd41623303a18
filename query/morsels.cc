#include "query/morsels.h"

#include <utility>
#include <variant>

#include "absl/memory/memory.h"
#include "engine/status.h"
#include "query/operators/relationship_scan.h"
#include "query/tree_walk.h"

namespace entente::query {
namespace {

// Such an operator, if it is parallel, begins a part of its own.
bool TakesAllInput(const Plan& plan) {
  return std::holds_alternative<AggregatePlan>(plan.node) ||
         std::holds_alternative<SortPlan>(plan.node);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MorselSource>> MorselSource::Open(Execution& execution,
                                                                 const Plan& plan) {
  const Plan* lowest = &plan;
  const Plan* source = InputOf(plan);
  while (source->parallel && !TakesAllInput(*source)) {
    lowest = source;
    source = InputOf(*source);
  }
  const auto* hop = std::get_if<ExpandPlan>(&lowest->node);
  const bool scans = hop != nullptr && CanScanRelationships(execution, *lowest, *hop);
  auto opened = absl::WrapUnique(new MorselSource(execution, scans ? *lowest : *source));
  if (scans) {
    ASSIGN_OR_RETURN(opened->parts_, ScanParts::Of(*execution.graph, hop->heading));
  } else {
    absl::MutexLock lock(&opened->mutex_);
    opened->operator_ = MakeOperator(execution, *source);
  }
  return opened;
}

absl::StatusOr<bool> MorselSource::Next(Morsel* morsel) {
  absl::MutexLock lock(&mutex_);
  morsel->number = next_;
  if (ended_ || !Matters(next_)) return false;
  if (parts_ != nullptr) {
    ended_ = next_ == parts_->size();
    morsel->first_part = next_;
    morsel->end_part = next_ + 1;
  } else {
    morsel->rows = Batch(execution_.plan->slot_names.size());
    absl::StatusOr<bool> more = operator_->Next(&morsel->rows);
    ended_ = !more.ok() || !*more;
    if (!more.ok()) return more;
  }
  ++next_;
  return !ended_;
}

void MorselSource::Fail(uint64_t number) {
  uint64_t first = failed_.load(std::memory_order_relaxed);
  while (number < first && !failed_.compare_exchange_weak(first, number)) {
  }
}

absl::StatusOr<bool> MorselInput::Take() {
  ASSIGN_OR_RETURN(const bool more, source_.Next(&morsel_));
  ended_ = !more;
  return more;
}

}  // namespace entente::query
