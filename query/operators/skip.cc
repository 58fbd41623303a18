#include <optional>

#include "engine/status.h"
#include "query/operators/operators.h"
#include "query/operators/row_count.h"

namespace entente::query {
namespace {

class SkipOperator : public UnaryOperator {
 public:
  SkipOperator(Execution& execution, const Plan& plan, const SkipPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!left_.has_value()) {
      ASSIGN_OR_RETURN(left_, RowCount(execution_, *node_.count));
    }
    while (true) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      if (!more) return false;
      if (*left_ >= rows.row_count()) {
        *left_ -= rows.row_count();
        continue;
      }
      if (*left_ == 0) {
        CarryAll(&rows, plan_.live, batch);
        return true;
      }
      std::vector<uint32_t> kept;
      for (size_t row = *left_; row < rows.row_count(); ++row) {
        kept.push_back(static_cast<uint32_t>(row));
      }
      left_ = 0;
      Carry(rows, kept, plan_.live, batch);
      return true;
    }
  }

 private:
  void Reset() override { left_.reset(); }
  bool Forget() override { return true; }

  const SkipPlan& node_;
  std::optional<uint64_t> left_;  // rows still to be skipped
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const SkipPlan& node) {
  return std::make_unique<SkipOperator>(execution, plan, node);
}

}  // namespace entente::query
