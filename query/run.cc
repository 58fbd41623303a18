#include "query/run.h"

#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/graph_writer.h"
#include "engine/status.h"
#include "query/lens_evaluator.h"
#include "query/stack_room.h"

namespace entente::query {
namespace {

// Whether nodes or relationships may stand in the value.
bool MayHoldEntities(const Value& value) {
  return value.is_node() || value.is_relationship() || value.is_path() || value.is_list() ||
         value.is_map();
}

}  // namespace

Run::Run(std::shared_ptr<const PreparedPlan> plan, const Parameters& parameters, const Graph& graph,
         GraphWriter* writer, const Core& core, const SessionOptions& options,
         const StopSignal& stop)
    : plan_(std::move(plan)), memory_(options.memory_limit) {
  execution_.plan = plan_.get();
  execution_.writer = writer;
  if (writer != nullptr) execution_.written_before = writer->written_bytes();
  execution_.core = &core;
  execution_.parameters = &parameters_;
  execution_.batch_size = options.batch_size;
  execution_.memory = &memory_;
  execution_.threads = options.threads;
  if (plan_->explain == ast::Explain::kProfile) {
    profile_ = std::make_unique<Profile>();
    execution_.profile = profile_.get();
  }
  Begin(parameters, graph, options, stop);
  root_ = MakeOperator(execution_, *plan_->root);
}

void Run::Begin(const Parameters& parameters, const Graph& graph, const SessionOptions& options,
                const StopSignal& stop) {
  parameters_ = parameters;
  lens_ = options.lens;
  execution_.graph = &graph;
  execution_.functions.graph = &graph;
  execution_.functions.lens = lens_.get();
  const int64_t now = absl::GetCurrentTimeNanos();
  execution_.functions.statement_seconds = now / kNanosPerSecond;
  execution_.functions.statement_nanoseconds = static_cast<int32_t>(now % kNanosPerSecond);
  execution_.stop = stop;
}

bool Run::Rewind() {
  // What a transaction that writes reads may change under it, and a profile adds up.
  if (pulling_ || execution_.writer != nullptr || profile_ != nullptr) return false;
  if (!root_->Rewind()) return false;
  batch_.Clear(batch_.slot_count());
  next_ = 0;
  parameters_.clear();
  lens_ = nullptr;
  lenses_checked_ = false;
  execution_.graph = nullptr;
  execution_.functions.graph = nullptr;
  execution_.functions.lens = nullptr;
  execution_.constant_lenses.clear();
  execution_.lenses.clear();
  return true;
}

absl::Status Run::CheckLenses() {
  if (lenses_checked_) return absl::OkStatus();
  lenses_checked_ = true;
  return ResolveConstantLenses(execution_);
}

absl::StatusOr<Lens> Run::OwnLens() {
  // Those that stand within its expressions were bound before it.
  ENTENTE_CHECK(!plan_->lenses.empty());
  ASSIGN_OR_RETURN(
      const Lens* const lens,
      LensEvaluator(execution_, plan_->lenses.back().get(), /*exact=*/false).ResolveConstant());
  return *lens;
}

absl::StatusOr<bool> Run::PullBatch() {
  if (!plan_->writes) {
    RETURN_IF_ERROR(CheckLenses());
  }
  // Rows may be asked for by another thread than the one that began the run.
  RETURN_IF_ERROR(CheckStack(plan_->stack_bytes));
  batch_.Clear(plan_->slot_names.size());
  next_ = 0;
  ASSIGN_OR_RETURN(const bool more, root_->Next(&batch_));
  if (!more) {
    RETURN_IF_ERROR(CheckLenses());
    return false;
  }
  RETURN_IF_ERROR(execution_.CheckInterrupted());
  return true;
}

absl::StatusOr<bool> Run::Next(Row* row) {
  const std::vector<Slot>& columns = plan_->column_slots;
  while (next_ == batch_.row_count() || columns.empty()) {
    execution_.stop.Resume();
    pulling_ = true;
    ASSIGN_OR_RETURN(const bool more, PullBatch());
    pulling_ = false;
    execution_.stop.Pause();
    if (!more) return false;
  }
  row->resize(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    const Column& column = batch_.column(columns[i]);
    if (!column.present()) return absl::InternalError("No operator provides a column");
    Value value = column.ValueAt(next_);
    if (MayHoldEntities(value)) {
      ASSIGN_OR_RETURN(value, execution_.graph->Fill(value));
    }
    (*row)[i] = std::move(value);
  }
  ++next_;
  return true;
}

}  // namespace entente::query
