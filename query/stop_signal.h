// StopSignal: what tells a statement that works to end before it is done.
#pragma once

#include <atomic>
#include <chrono>

#include "absl/status/status.h"

namespace entente::query {

// The clock of its time limit stands still until Resume and from Pause on, so that a statement pays
// for the time that it works and not for that in which its rows wait to be asked for.
class StopSignal {
 public:
  using Clock = std::chrono::steady_clock;

  // No limit, and nobody to interrupt it.
  StopSignal() = default;
  // `interrupted` may be null and must outlive this; any thread may set it. A limit of zero is
  // none.
  StopSignal(const std::atomic<bool>* interrupted, std::chrono::milliseconds limit)
      : interrupted_(interrupted), limit_(limit), left_(limit) {}

  void Resume() {
    if (limited() && !runs_) deadline_ = Clock::now() + left_;
    runs_ = true;
  }
  void Pause() {
    if (limited() && runs_) left_ = deadline_ - Clock::now();
    runs_ = false;
  }

  // kInterrupted, or kLimitExceeded when the time is up. Called at least once a batch.
  absl::Status Check() const {
    const bool interrupted =
        interrupted_ != nullptr && interrupted_->load(std::memory_order_relaxed);
    if (!interrupted && (!limited() || Clock::now() < deadline_)) return absl::OkStatus();
    return Stopped(interrupted);
  }

  // How long the clock will run; as long as there is time where there is no limit.
  Clock::duration left() const {
    return limited() ? deadline_ - Clock::now() : Clock::duration::max();
  }

 private:
  bool limited() const { return limit_ != Clock::duration::zero(); }
  absl::Status Stopped(bool interrupted) const;

  const std::atomic<bool>* interrupted_ = nullptr;
  Clock::duration limit_ = Clock::duration::zero();
  Clock::duration left_ = Clock::duration::zero();         // while it stands still
  Clock::time_point deadline_ = Clock::time_point::max();  // while it runs
  bool runs_ = false;
};

}  // namespace entente::query
