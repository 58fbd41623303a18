#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/property_index.h"
#include "engine/status.h"
#include "query/evaluator.h"
#include "query/operators/node_search.h"

namespace entente::query {
namespace {

class IndexSeekOperator : public NodeSearchOperator {
 public:
  IndexSeekOperator(Execution& execution, const Plan& plan, const IndexSeekPlan& node)
      : NodeSearchOperator(execution, plan, *node.input, node.node),
        seek_(node),
        evaluator_(execution) {}

 private:
  absl::Status Prepare(const Batch& rows) override {
    if (seek_.value != nullptr) {
      ASSIGN_OR_RETURN(values_, evaluator_.Evaluate(*seek_.value, rows));
    }
    if (seek_.greatest != nullptr) {
      ASSIGN_OR_RETURN(greatest_, evaluator_.Evaluate(*seek_.greatest, rows));
    }
    // A statement that writes may bring labels into the world; the index may be gone since the plan
    // was made.
    const Catalogue& catalogue = execution_.graph->catalogue();
    label_ = catalogue.FindLabel(seek_.label);
    const PropertyId property = catalogue.FindProperty(seek_.property);
    index_ = label_ == kNoSymbol || property == kNoSymbol ? nullptr
                                                          : catalogue.IndexOver(label_, property);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<NodeScan>> Search(size_t row, std::vector<NodeId>*) override {
    if (label_ == kNoSymbol) return nullptr;
    if (index_ == nullptr) return execution_.graph->ScanLabel(label_);
    std::optional<std::vector<IndexRange>> ranges = RangesOf(row);
    if (!ranges.has_value()) return execution_.graph->ScanLabel(label_);
    if (ranges->empty()) return nullptr;
    return execution_.graph->ScanIndex(*index_, *std::move(ranges));
  }

  // The index may be of a label above.
  absl::Status Check(size_t, std::vector<NodeId>* nodes) override {
    if (index_ == nullptr || index_->label == label_) return absl::OkStatus();
    size_t kept = 0;
    for (const NodeId node : *nodes) {
      ASSIGN_OR_RETURN(const bool bears, execution_.graph->HasLabel(node, label_));
      if (bears) (*nodes)[kept++] = node;
    }
    nodes->resize(kept);
    return absl::OkStatus();
  }

  bool Forget() override {
    values_ = Column();
    greatest_ = Column();
    evaluator_.Forget();
    return true;
  }

  // nullopt when the condition that is checked above is an error for every node.
  std::optional<std::vector<IndexRange>> RangesOf(size_t row) const {
    Value scratch;
    Value other;
    const Value* value = seek_.value == nullptr ? nullptr : &values_.ReadAt(row, &scratch);
    std::optional<IndexRange> range;
    switch (seek_.by) {
      case IndexSeekPlan::By::kValue:
        range = RangeOfEqual(*value);
        break;
      case IndexSeekPlan::By::kList:
        if (value->is_null()) return std::vector<IndexRange>();
        if (!value->is_list()) return std::nullopt;
        return RangesOfAny(*value);
      case IndexSeekPlan::By::kPrefix:
        range = RangeOfPrefix(*value);
        break;
      case IndexSeekPlan::By::kRange:
        range = RangeBetween(value,
                             seek_.greatest == nullptr ? nullptr : &greatest_.ReadAt(row, &other));
        break;
    }
    if (!range.has_value()) return std::vector<IndexRange>();
    return std::vector<IndexRange>{*std::move(range)};
  }

  const IndexSeekPlan& seek_;
  Evaluator evaluator_;
  Column values_;
  Column greatest_;
  LabelId label_ = kNoSymbol;
  const PropertyIndex* index_ = nullptr;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const IndexSeekPlan& node) {
  return std::make_unique<IndexSeekOperator>(execution, plan, node);
}

}  // namespace entente::query
