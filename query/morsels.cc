#include "query/morsels.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/memory/memory.h"
#include "engine/status.h"
#include "query/operators/relationship_scan.h"
#include "query/tree_walk.h"

namespace entente::query {
namespace {

// Parts of a scan are small. So many of them go into a morsel that each thread gets some dozens of
// morsels, and no more than keep all threads busy to the end.
constexpr uint64_t kMorselsPerThread = 32;
constexpr uint64_t kMostParts = 16;

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
    const uint64_t morsels = std::max<uint64_t>(execution.threads, 1) * kMorselsPerThread;
    opened->parts_per_morsel_ =
        std::clamp<uint64_t>(opened->parts_->size() / morsels, 1, kMostParts);
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
    morsel->first_part = next_ * parts_per_morsel_;
    morsel->end_part = std::min(morsel->first_part + parts_per_morsel_, parts_->size());
    ended_ = morsel->first_part >= parts_->size();
  } else {
    morsel->rows = Batch(execution_.plan->slot_names.size());
    absl::StatusOr<bool> more = operator_->Next(&morsel->rows);
    ended_ = !more.ok() || !*more;
    if (!more.ok()) return more;
  }
  ++next_;
  return !ended_;
}

bool MorselSource::KeepsApart(Slot slot) const {
  const auto* hop = std::get_if<ExpandPlan>(&plan_.node);
  return parts_ != nullptr && hop->heading != Heading::kEither && slot == hop->from;
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
