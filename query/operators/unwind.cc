#include <utility>

#include "engine/status.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class UnwindOperator : public UnaryOperator {
 public:
  UnwindOperator(Execution& execution, const Plan& plan, const UnwindPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node), evaluator_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      if (row_ == rows_.row_count()) {
        rows_ = NewBatch();
        ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
        if (!more) return false;
        ASSIGN_OR_RETURN(lists_, evaluator_.Evaluate(*node_.list, rows_));
        row_ = 0;
        element_ = 0;
      }
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      std::vector<uint32_t> sources;
      std::vector<Value> elements;
      while (row_ < rows_.row_count() && elements.size() < execution_.batch_size) {
        TakeElements(&sources, &elements);
      }
      if (sources.empty()) continue;
      if (IsLive(node_.element)) batch->column(node_.element) = Column(std::move(elements));
      Carry(rows_, sources, plan_.live, batch);
      return true;
    }
  }

 private:
  void Reset() override {
    rows_ = NewBatch();
    row_ = 0;
  }

  bool Forget() override {
    lists_ = Column();
    evaluator_.Forget();
    return true;
  }

  // Elements of the present row as far as the batch has room; goes on to the next row when the
  // list is at its end.
  void TakeElements(std::vector<uint32_t>* sources, std::vector<Value>* elements) {
    Value scratch;
    const Value& value = lists_.ReadAt(row_, &scratch);
    if (value.is_list()) {
      const std::vector<Value>& list = value.list();
      while (element_ < list.size() && elements->size() < execution_.batch_size) {
        sources->push_back(row_);
        elements->push_back(list[element_++]);
      }
      if (element_ < list.size()) return;
    } else if (!value.is_null()) {
      sources->push_back(row_);
      elements->push_back(value);
    }
    ++row_;
    element_ = 0;
  }

  const UnwindPlan& node_;
  Evaluator evaluator_;
  Batch rows_;
  Column lists_;
  uint32_t row_ = 0;
  size_t element_ = 0;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const UnwindPlan& node) {
  return std::make_unique<UnwindOperator>(execution, plan, node);
}

}  // namespace entente::query
