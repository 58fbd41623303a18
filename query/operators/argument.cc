#include <algorithm>
#include <utility>

#include "query/operators/operators.h"

namespace entente::query {
namespace {

class ArgumentOperator : public Operator {
 public:
  ArgumentOperator(const Plan& plan, const ArgumentPlan& node) : plan_(plan), node_(node) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (argument_ == nullptr || argument_->row_count() == 0) return false;
    const size_t rows = argument_->row_count();
    for (Slot slot : node_.slots) {
      if (IsLive(slot)) batch->column(slot) = argument_->column(slot);
    }
    if (IsLive(node_.ordinal)) {
      std::vector<Value> ordinals;
      ordinals.reserve(rows);
      for (size_t row = 0; row < rows; ++row) {
        ordinals.push_back(Value::Integer(static_cast<int64_t>(row)));
      }
      batch->column(node_.ordinal) = Column(std::move(ordinals));
    }
    batch->set_row_count(rows);
    argument_ = nullptr;
    return true;
  }
  void Restart(const Batch* argument) override { argument_ = argument; }

 private:
  bool IsLive(Slot slot) const {
    return std::find(plan_.live.begin(), plan_.live.end(), slot) != plan_.live.end();
  }

  const Plan& plan_;
  const ArgumentPlan& node_;
  const Batch* argument_ = nullptr;  // nullptr: its rows are out
};

}  // namespace

std::unique_ptr<Operator> Make(Execution&, const Plan& plan, const ArgumentPlan& node) {
  return std::make_unique<ArgumentOperator>(plan, node);
}

}  // namespace entente::query
