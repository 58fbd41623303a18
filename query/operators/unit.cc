#include "query/operators/operators.h"

namespace entente::query {
namespace {

class UnitOperator : public Operator {
 public:
  absl::StatusOr<bool> Next(Batch* batch) override {
    if (done_) return false;
    done_ = true;
    batch->set_row_count(1);
    return true;
  }
  void Restart(const Batch*) override { done_ = false; }
  bool Rewind() override {
    done_ = false;
    return true;
  }

 private:
  bool done_ = false;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution&, const Plan&, const UnitPlan&) {
  return std::make_unique<UnitOperator>();
}

}  // namespace entente::query
