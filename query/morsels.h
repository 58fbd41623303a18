// Morsels: how threads share the input of a part of a plan. The input is taken apart into portions,
// numbered in its order, and each thread takes the next one when it is done with the last.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/relationship_scan.h"
#include "query/batch.h"
#include "query/operator.h"
#include "query/plan.h"

namespace entente::query {

struct Morsel {
  uint64_t number = 0;
  // One of these: rows, or parts of a relationship scan, from the first up to the end.
  Batch rows;
  uint64_t first_part = 0;
  uint64_t end_part = 0;
};

// The input itself, shared by the threads.
class MorselSource {
 public:
  // Of the input of `plan`, which several threads run as far down as it is `parallel`: the batches
  // of what lies below, an operator which one thread at a time asks; or, where the lowest operator
  // is a relationship scan, the parts of that. `execution`, which nobody else may use meanwhile,
  // and `plan` must outlive the source.
  static absl::StatusOr<std::unique_ptr<MorselSource>> Open(Execution& execution, const Plan& plan);

  // Where the morsels come in: the operator below, or the relationship scan.
  const Plan& plan() const { return plan_; }
  // nullptr where morsels are rows.
  const ScanParts* parts() const { return parts_.get(); }

  // Whether no two morsels have a node of `slot` in common.
  bool KeepsApart(Slot slot) const;

  // False when there are none left. From any thread.
  absl::StatusOr<bool> Next(Morsel* morsel);
  // To be called when the work on a morsel has failed: nothing that comes behind it matters any
  // more.
  void Fail(uint64_t number);
  bool Matters(uint64_t number) const { return number <= failed_.load(std::memory_order_relaxed); }

 private:
  MorselSource(Execution& execution, const Plan& plan) : execution_(execution), plan_(plan) {}

  Execution& execution_;
  const Plan& plan_;
  std::unique_ptr<ScanParts> parts_;
  uint64_t parts_per_morsel_ = 1;
  std::atomic<uint64_t> failed_{~uint64_t{0}};  // the first of them
  absl::Mutex mutex_;
  std::unique_ptr<Operator> operator_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

// One thread's way to it.
class MorselInput {
 public:
  explicit MorselInput(MorselSource& source) : source_(source) {}

  const Plan& plan() const { return source_.plan(); }
  const ScanParts* parts() const { return source_.parts(); }

  // Makes the next morsel the present one; false when there are none left.
  absl::StatusOr<bool> Take();
  Morsel& morsel() { return morsel_; }
  const Morsel& morsel() const { return morsel_; }
  bool ended() const { return ended_; }
  // The present one failed.
  void Fail() { source_.Fail(morsel_.number); }
  // Whether one before the present one failed.
  bool overtaken() const { return !source_.Matters(morsel_.number); }

 private:
  MorselSource& source_;
  Morsel morsel_;
  bool ended_ = false;
};

}  // namespace entente::query
