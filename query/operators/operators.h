// What the operators share: how they are made, carry columns along, keep their input.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/batch.h"
#include "query/operator.h"
#include "query/plan.h"

namespace entente::query {

// One for each plan node, in the file of its name. `plan` holds `node`.
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const UnitPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const ArgumentPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const NodeScanPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const NodeSeekPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const IndexSeekPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const ExpandPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const IntersectPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan,
                               const VariableExpandPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const FilterPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const OptionalPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const ApplyPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const UnwindPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const EvidencePlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan,
                               const ProcedureCallPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const ProjectPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const AggregatePlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const DistinctPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const SortPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const SkipPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const LimitPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const UnionPlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const CreatePlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const UpdatePlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const MergePlan& node);
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const DeletePlan& node);

// An operator with one input, from which it makes rows.
class UnaryOperator : public Operator {
 public:
  void Restart(const Batch* argument) final {
    input_->Restart(argument);
    Reset();
  }
  bool Rewind() final {
    Reset();
    return Forget() && input_->Rewind();
  }

 protected:
  UnaryOperator(Execution& execution, const Plan& plan, const Plan& input)
      : execution_(execution), plan_(plan), input_(MakeOperator(execution, input)) {}

  // Forgets everything about rows that were seen.
  virtual void Reset() = 0;
  // See Rewind; called after Reset.
  virtual bool Forget() { return false; }
  Batch NewBatch() const { return Batch(execution_.plan->slot_names.size()); }
  bool IsLive(Slot slot) const;

  Execution& execution_;
  const Plan& plan_;
  std::unique_ptr<Operator> input_;
};

// Scratch memory between runs: of short lists only (Operator::Rewind).
template <typename T>
void GiveUpIfLarge(size_t limit, std::vector<T>* scratch) {
  if (scratch->capacity() > limit) std::vector<T>().swap(*scratch);
}

// Gives `output` the given rows of `input`: the columns of `live` that `input` has and `output` has
// not yet. `rows` become the number of rows of `output`.
void Carry(const Batch& input, const std::vector<uint32_t>& rows, const std::vector<Slot>& live,
           Batch* output);
// The same for all rows, which are moved out of `input`.
void CarryAll(Batch* input, const std::vector<Slot>& live, Batch* output);

// 0, 1, … count - 1.
std::vector<uint32_t> AllRows(size_t count);

// Approximate bytes of a column and of a batch.
uint64_t BytesOf(const Column& column);
uint64_t BytesOf(const Batch& batch);

// The whole input of an operator that must see all of it before the first row comes out.
class Buffer {
 public:
  explicit Buffer(Execution& execution) : hold_(execution) {}

  // Pulls `input` to its end.
  absl::Status Fill(Operator& input, Execution& execution);
  std::vector<Batch>& batches() { return batches_; }
  // Moves the next batch's live columns out; false when there are none left.
  bool Take(const std::vector<Slot>& live, Batch* batch);
  void Clear();

 private:
  MemoryHold hold_;
  std::vector<Batch> batches_;
  size_t next_ = 0;
};

}  // namespace entente::query
