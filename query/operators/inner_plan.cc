#include "query/operators/inner_plan.h"

#include "engine/status.h"

namespace entente::query {

InnerPlan::InnerPlan(Execution& execution, const Plan& plan, Slot ordinal, bool row_by_row,
                     const std::vector<Slot>& live)
    : execution_(execution),
      operator_(MakeOperator(execution, plan)),
      ordinal_(ordinal),
      row_by_row_(row_by_row),
      live_(live) {}

void InnerPlan::Start(const Batch* rows) {
  rows_ = rows;
  row_ = 0;
  if (!row_by_row_) operator_->Restart(rows);
}

absl::StatusOr<bool> InnerPlan::Next(Batch* batch, std::vector<uint32_t>* outer) {
  Batch inner(rows_->slot_count());
  while (true) {
    if (!row_by_row_ || row_ > 0) {
      ASSIGN_OR_RETURN(const bool more, operator_->Next(&inner));
      if (more) break;
    }
    if (!row_by_row_ || row_ == rows_->row_count()) return false;
    one_ = rows_->Gather({row_++});
    operator_->Restart(&one_);
  }
  RETURN_IF_ERROR(execution_.CheckInterrupted());
  outer->assign(inner.row_count(), row_ - 1);
  if (!row_by_row_) {
    Value scratch;
    const Column& ordinals = inner.column(ordinal_);
    for (uint32_t row = 0; row < inner.row_count(); ++row) {
      (*outer)[row] = static_cast<uint32_t>(ordinals.ReadAt(row, &scratch).integer());
    }
  }
  CarryAll(&inner, live_, batch);
  Carry(*rows_, *outer, live_, batch);
  return true;
}

}  // namespace entente::query
