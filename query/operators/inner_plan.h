// InnerPlan: what Optional and Apply have in common, a plan that runs over the rows of another.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "query/operators/operators.h"

namespace entente::query {

class InnerPlan {
 public:
  // `live` are the slots that the encloser fills. See ArgumentPlan for `ordinal` and `row_by_row`.
  InnerPlan(Execution& execution, const Plan& plan, Slot ordinal, bool row_by_row,
            const std::vector<Slot>& live);

  // Begins with these rows, which must stay.
  void Start(const Batch* rows);
  // The next rows that come out, with their outer rows' columns, too; `outer` tells for each its
  // row of the rows it started with. False when there are no more.
  absl::StatusOr<bool> Next(Batch* batch, std::vector<uint32_t>* outer);

 private:
  Execution& execution_;
  std::unique_ptr<Operator> operator_;
  Slot ordinal_;
  bool row_by_row_;
  const std::vector<Slot>& live_;
  const Batch* rows_ = nullptr;
  uint32_t row_ = 0;  // row_by_row: the next one
  Batch one_;         // row_by_row: the present one
};

}  // namespace entente::query
