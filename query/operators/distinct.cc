#include "engine/status.h"
#include "query/operators/operators.h"
#include "query/operators/row_table.h"

namespace entente::query {
namespace {

class DistinctOperator : public UnaryOperator {
 public:
  DistinctOperator(Execution& execution, const Plan& plan, const DistinctPlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        seen_(node.slots.size()),
        hold_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      if (!more) return false;
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      std::vector<const Column*> columns;
      for (Slot slot : node_.slots) columns.push_back(&rows.column(slot));
      const uint64_t before = seen_.bytes();
      uint32_t next_new = static_cast<uint32_t>(seen_.size());
      seen_.FindOrAdd(columns, rows.row_count(), &numbers_);
      std::vector<uint32_t> kept;
      for (uint32_t row = 0; row < rows.row_count(); ++row) {
        if (numbers_[row] != next_new) continue;
        ++next_new;
        kept.push_back(row);
      }
      RETURN_IF_ERROR(hold_.Add(seen_.bytes() - before));
      if (kept.empty()) continue;
      Carry(rows, kept, plan_.live, batch);
      return true;
    }
  }

 private:
  void Reset() override {
    seen_.Clear();
    hold_.Release();
  }

  const DistinctPlan& node_;
  RowTable seen_;
  std::vector<uint32_t> numbers_;  // of a batch's rows
  MemoryHold hold_;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const DistinctPlan& node) {
  return std::make_unique<DistinctOperator>(execution, plan, node);
}

}  // namespace entente::query
