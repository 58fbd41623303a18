#include <optional>

#include "engine/status.h"
#include "query/operators/operators.h"
#include "query/operators/row_count.h"

namespace entente::query {
namespace {

class LimitOperator : public UnaryOperator {
 public:
  LimitOperator(Execution& execution, const Plan& plan, const LimitPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!left_.has_value()) {
      ASSIGN_OR_RETURN(left_, RowCount(execution_, *node_.count));
    }
    if (*left_ == 0) {
      if (node_.drains) {
        RETURN_IF_ERROR(Drain());
      }
      return false;
    }
    Batch rows = NewBatch();
    ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
    if (!more) {
      left_ = 0;
      return false;
    }
    if (rows.row_count() <= *left_) {
      *left_ -= rows.row_count();
      CarryAll(&rows, plan_.live, batch);
    } else {
      Carry(rows, AllRows(*left_), plan_.live, batch);
      left_ = 0;
    }
    return true;
  }

 private:
  void Reset() override {
    left_.reset();
    drained_ = false;
  }
  bool Forget() override { return true; }

  absl::Status Drain() {
    while (!drained_) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      drained_ = !more;
    }
    return absl::OkStatus();
  }

  const LimitPlan& node_;
  std::optional<uint64_t> left_;
  bool drained_ = false;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const LimitPlan& node) {
  return std::make_unique<LimitOperator>(execution, plan, node);
}

}  // namespace entente::query
