#include "engine/status.h"
#include "query/operators/operators.h"
#include "query/operators/pattern_writer.h"

namespace entente::query {
namespace {

class CreateOperator : public UnaryOperator {
 public:
  CreateOperator(Execution& execution, const Plan& plan, const CreatePlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        buffer_(execution),
        writer_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!written_) {
      written_ = true;
      RETURN_IF_ERROR(buffer_.Fill(*input_, execution_));
      for (Batch& rows : buffer_.batches()) {
        RETURN_IF_ERROR(writer_.Create(node_.nodes, node_.relationships, &rows));
      }
    }
    return buffer_.Take(plan_.live, batch);
  }

 private:
  void Reset() override {
    buffer_.Clear();
    written_ = false;
  }

  const CreatePlan& node_;
  Buffer buffer_;
  PatternWriter writer_;
  bool written_ = false;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const CreatePlan& node) {
  return std::make_unique<CreateOperator>(execution, plan, node);
}

}  // namespace entente::query
