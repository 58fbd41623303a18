// Run: one statement on its way, from a plan to rows of values.
#pragma once

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/core.h"
#include "engine/session.h"
#include "query/batch.h"
#include "query/operator.h"
#include "query/plan.h"
#include "query/profile.h"
#include "query/session_options.h"

namespace entente::query {

class Run {
 public:
  // Reads from `graph`; writes to `writer`, which is the same object, unless that is null. These,
  // and `core` must outlive the run, of `options` nothing is kept.
  Run(std::shared_ptr<const PreparedPlan> plan, const Parameters& parameters, const Graph& graph,
      GraphWriter* writer, const Core& core, const SessionOptions& options, const StopSignal& stop);
  // The same again for another statement of the same session that only reads, once Rewind has
  // succeeded: making the operators can cost more than running them.
  void Begin(const Parameters& parameters, const Graph& graph, const SessionOptions& options,
             const StopSignal& stop);
  // Ends what has been begun, wherever it stands, and lets go of its graph and values. False when
  // the run is not fit to begin again, as after an error.
  bool Rewind();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // The next row, filled in; false when there are no more. A statement without columns has no rows,
  // but is pulled to its end.
  absl::StatusOr<bool> Next(Row* row);
  const PreparedPlan& plan() const { return *plan_; }
  const Changes& changes() const { return execution_.changes; }
  // Under PROFILE; else nullptr.
  const Profile* profile() const { return profile_.get(); }
  // The statement's own lens, which must be the same for all rows: what a session is set to.
  absl::StatusOr<Lens> OwnLens();
  // For rows that the caller keeps.
  absl::Status Charge(uint64_t bytes) { return execution_.Charge(bytes); }

 private:
  absl::StatusOr<bool> PullBatch();
  // A statement that writes may itself make what a lens names, so there this is left to the end.
  absl::Status CheckLenses();

  std::shared_ptr<const PreparedPlan> plan_;
  Parameters parameters_;
  std::shared_ptr<const Lens> lens_;  // the session's
  std::unique_ptr<Profile> profile_;
  MemoryAccount memory_;
  Execution execution_;
  std::unique_ptr<Operator> root_;
  Batch batch_;
  size_t next_ = 0;  // row of `batch_`
  bool lenses_checked_ = false;
  bool pulling_ = false;  // stays so where operators were left in the middle of something
};

}  // namespace entente::query
