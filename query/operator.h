// Operator: one step of a running plan. Operators pull batches from their input. One plan node has
// one operator, in one file of operators/, behind one line of the factory (operators/factory.cc).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/graph.h"
#include "engine/graph_writer.h"
#include "engine/session.h"
#include "query/batch.h"
#include "query/function.h"
#include "query/plan.h"
#include "query/stop_signal.h"

namespace entente {
class Core;
}

namespace entente::query {

struct Profile;
class MorselInput;  // query/morsels.h

// Bytes that a statement holds now, against its limit. Shared by the threads that work for it.
class MemoryAccount {
 public:
  explicit MemoryAccount(uint64_t limit = ~uint64_t{0}) : limit_(limit) {}

  uint64_t limit() const { return limit_; }
  // kLimitExceeded beyond the limit; the bytes are held all the same, until they are released.
  absl::Status Charge(uint64_t bytes);
  void Release(uint64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  // As Charge for bytes that are held only for a moment.
  absl::Status CheckRoom(uint64_t bytes) const;

 private:
  absl::Status Check(uint64_t used) const;

  const uint64_t limit_;
  std::atomic<uint64_t> used_{0};
};

// What a running statement shares among its operators. Outlives them. Where several threads run a
// part of it, each has an execution of its own (operators/workers.h).
struct Execution {
  const PreparedPlan* plan = nullptr;
  const Graph* graph = nullptr;
  GraphWriter* writer =
      nullptr;  // null in a statement that only reads; else the same object as graph
  uint64_t written_before = 0;  // bytes of the writer's transaction when the statement began
  const Core* core = nullptr;   // registered procedures
  const Parameters* parameters = nullptr;
  FunctionContext functions;
  Changes changes;
  size_t batch_size = 1024;    // rows; 1 is a test setting
  Profile* profile = nullptr;  // where operators are counted; null: nowhere
  StopSignal stop;
  MemoryAccount* memory = nullptr;  // never null once it runs
  // That may run a part of the statement, the calling one included.
  uint32_t threads = 1;
  // In a thread that runs a part: what it runs it on. Else null.
  MorselInput* morsels = nullptr;
  // Lenses that relationship values point to.
  std::vector<std::unique_ptr<Lens>> lenses;
  // Of these, the ones that are the same for all rows.
  absl::flat_hash_map<const BoundLens*, const Lens*> constant_lenses;

  // As StopSignal::Check, kLimitExceeded when what was written takes too much memory, or kCancelled
  // where another thread's error makes this one's work needless. Called at least once a batch.
  absl::Status CheckInterrupted() const;
  // See MemoryAccount.
  absl::Status Charge(uint64_t bytes) { return memory->Charge(bytes); }
  absl::Status CheckRoom(uint64_t bytes) const { return memory->CheckRoom(bytes); }
};

// Memory that somebody holds against the statement's limit.
class MemoryHold {
 public:
  explicit MemoryHold(Execution& execution) : execution_(execution) {}
  ~MemoryHold() { Release(); }
  MemoryHold(const MemoryHold&) = delete;
  MemoryHold& operator=(const MemoryHold&) = delete;

  absl::Status Add(uint64_t bytes) {
    held_ += bytes;
    return execution_.Charge(bytes);
  }
  void Release() {
    execution_.memory->Release(held_);
    held_ = 0;
  }

 private:
  Execution& execution_;
  uint64_t held_ = 0;
};

class Operator {
 public:
  virtual ~Operator() = default;
  // Fills `batch`, which arrives empty, with at least one row and the plan's live slots; false when
  // there are no more.
  virtual absl::StatusOr<bool> Next(Batch* batch) = 0;
  // Makes the operator and those below start anew: an Argument leaf will yield `argument`'s rows.
  virtual void Restart(const Batch* argument) = 0;
  // Makes the operator and those below ready for another run of the same plan, before which
  // everything in `execution` may change that came with the run: graph, parameters, lens. So they
  // forget what they know of these, and give up memory that is large. False where an operator
  // cannot; nothing but destruction may follow then.
  virtual bool Rewind() { return false; }
};

// `execution` and `plan` must outlive the operator.
std::unique_ptr<Operator> MakeOperator(Execution& execution, const Plan& plan);

}  // namespace entente::query
