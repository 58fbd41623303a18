#include "engine/status.h"
#include "query/operators/operators.h"
#include "query/operators/pattern_writer.h"

namespace entente::query {
namespace {

class UpdateOperator : public UnaryOperator {
 public:
  UpdateOperator(Execution& execution, const Plan& plan, const UpdatePlan& node)
      : UnaryOperator(execution, plan, *node.input),
        buffer_(execution),
        updater_(execution, node.actions) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!written_) {
      written_ = true;
      RETURN_IF_ERROR(buffer_.Fill(*input_, execution_));
      for (const Batch& rows : buffer_.batches()) {
        RETURN_IF_ERROR(updater_.Apply(rows));
      }
    }
    return buffer_.Take(plan_.live, batch);
  }

 private:
  void Reset() override {
    buffer_.Clear();
    written_ = false;
  }

  Buffer buffer_;
  Updater updater_;
  bool written_ = false;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const UpdatePlan& node) {
  return std::make_unique<UpdateOperator>(execution, plan, node);
}

}  // namespace entente::query
