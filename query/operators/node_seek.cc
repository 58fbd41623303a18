#include <utility>

#include "engine/status.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class NodeSeekOperator : public UnaryOperator {
 public:
  NodeSeekOperator(Execution& execution, const Plan& plan, const NodeSeekPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node), evaluator_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      Batch rows = NewBatch();
      ASSIGN_OR_RETURN(const bool more, input_->Next(&rows));
      if (!more) return false;
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      ASSIGN_OR_RETURN(const Column column, evaluator_.Evaluate(*node_.value, rows));
      std::vector<uint32_t> found;
      std::vector<NodeId> nodes;
      Value scratch;
      for (uint32_t row = 0; row < rows.row_count(); ++row) {
        const NodeId id = Sought(column.ReadAt(row, &scratch));
        if (id == kNoId) continue;
        ASSIGN_OR_RETURN(const bool exists, execution_.graph->HasNode(id));
        if (!exists) continue;
        found.push_back(row);
        nodes.push_back(id);
      }
      if (found.empty()) continue;
      if (IsLive(node_.node)) batch->column(node_.node) = Column(std::move(nodes));
      Carry(rows, found, plan_.live, batch);
      return true;
    }
  }

 private:
  void Reset() override {}

  NodeId Sought(const Value& value) const {
    if (node_.by == NodeSeekPlan::By::kNode) return value.is_node() ? value.node_id() : kNoId;
    if (value.is_integer() && value.integer() >= 0) return static_cast<NodeId>(value.integer());
    // Ids lie below this; beyond it not every integer is a float.
    constexpr double kExact = uint64_t{1} << 53;
    if (!value.is_float() || !(value.floating() >= 0 && value.floating() < kExact)) return kNoId;
    const auto id = static_cast<NodeId>(value.floating());
    return static_cast<double>(id) == value.floating() ? id : kNoId;
  }

  const NodeSeekPlan& node_;
  Evaluator evaluator_;
};

}  // namespace

template <>
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const NodeSeekPlan& node) {
  return std::make_unique<NodeSeekOperator>(execution, plan, node);
}

}  // namespace entente::query
