// Workers: the threads that run the parallel part of a plan, whose uppermost operator takes all its
// input before its first row. Each makes operators of its own, runs them over one morsel after the
// other (query/morsels.h), and keeps what becomes of the rows by itself; the operator above merges
// that in the end, in the order of the morsels.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "query/batch.h"
#include "query/operator.h"
#include "query/plan.h"

namespace entente::query {

class MorselSource;

// What one thread makes of the rows.
class RowSink {
 public:
  virtual ~RowSink() = default;
  // Rows of a morsel, in their order. A sink sees morsels in ascending order.
  virtual absl::Status Add(uint64_t morsel, Batch rows) = 0;
};

// Whether the operator's input is made by workers.
bool RunsInParallel(const Execution& execution, const Plan& plan);

class Workers {
 public:
  // Of the part whose uppermost operator is `plan`, which and `execution` must outlive them.
  Workers(Execution& execution, const Plan& plan);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Gives each thread the sink that `make` makes for its execution, and the rows of the plan's
  // input to the sinks; returns when all threads are done. The sinks live as long as the workers.
  // Of several errors it is that of the first morsel: the one that a single thread would have met.
  absl::Status Run(absl::FunctionRef<std::unique_ptr<RowSink>(Execution&)> make);

  size_t count() const { return workers_.size(); }
  RowSink& sink(size_t i);
  // What was shared out by Run.
  const MorselSource& source() const { return *source_; }

 private:
  class Worker;

  Execution& execution_;
  const Plan& plan_;
  std::unique_ptr<MorselSource> source_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace entente::query
