#include <algorithm>
#include <memory>
#include <utility>

#include "engine/built_in.h"
#include "engine/status.h"
#include "engine/value_order.h"
#include "query/evaluator.h"
#include "query/operators/node_search.h"

namespace entente::query {
namespace {

class NodeSeekOperator : public NodeSearchOperator {
 public:
  NodeSeekOperator(Execution& execution, const Plan& plan, const NodeSeekPlan& node)
      : NodeSearchOperator(execution, plan, *node.input, node.node),
        by_(node.by),
        value_(*node.value),
        evaluator_(execution) {}

 private:
  absl::Status Prepare(const Batch& rows) override {
    ASSIGN_OR_RETURN(values_, evaluator_.Evaluate(value_, rows));
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<NodeScan>> Search(size_t row,
                                                   std::vector<NodeId>* nodes) override {
    Value scratch;
    const Value& value = values_.ReadAt(row, &scratch);
    bool found = true;
    switch (by_) {
      case NodeSeekPlan::By::kId:
        RETURN_IF_ERROR(AddIfThere(IdOf(value), nodes));
        break;
      case NodeSeekPlan::By::kNode:
        RETURN_IF_ERROR(AddIfThere(value.is_node() ? value.node_id() : kNoId, nodes));
        break;
      case NodeSeekPlan::By::kKey: {
        ASSIGN_OR_RETURN(found, SeekKey(value, nodes));
        break;
      }
      case NodeSeekPlan::By::kKeys: {
        ASSIGN_OR_RETURN(found, SeekKeys(value, nodes));
        break;
      }
    }
    if (found) return nullptr;
    return execution_.graph->ScanNodes();
  }

  absl::Status Check(size_t row, std::vector<NodeId>* nodes) override {
    if (by_ != NodeSeekPlan::By::kKey) return absl::OkStatus();
    Value scratch;
    const Value& key = values_.ReadAt(row, &scratch);
    size_t kept = 0;
    for (const NodeId node : *nodes) {
      ASSIGN_OR_RETURN(const Value own,
                       execution_.graph->NodeProperty(node, kBuiltInProperties[kKeyProperty]));
      if (Equals(own, key).value_or(false)) (*nodes)[kept++] = node;
    }
    nodes->resize(kept);
    return absl::OkStatus();
  }

  bool Forget() override {
    values_ = Column();
    evaluator_.Forget();
    return true;
  }

  absl::Status AddIfThere(NodeId node, std::vector<NodeId>* nodes) const {
    if (node == kNoId) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool exists, execution_.graph->HasNode(node));
    if (exists) nodes->push_back(node);
    return absl::OkStatus();
  }

  static NodeId IdOf(const Value& value) {
    if (value.is_integer() && value.integer() >= 0) return static_cast<NodeId>(value.integer());
    // Ids lie below this; beyond it not every integer is a float.
    constexpr double kExact = uint64_t{1} << 53;
    if (!value.is_float() || !(value.floating() >= 0 && value.floating() < kExact)) return kNoId;
    const auto id = static_cast<NodeId>(value.floating());
    return static_cast<double>(id) == value.floating() ? id : kNoId;
  }

  // False when all nodes have to be looked at: the dictionary has every key that is text, the empty
  // one aside.
  absl::StatusOr<bool> SeekKey(const Value& key, std::vector<NodeId>* nodes) const {
    if (key.is_null()) return true;
    if (!key.is_string() || key.string().empty()) return false;
    RETURN_IF_ERROR(execution_.graph->AddKeyBearers(key.string(), nodes));
    return true;
  }

  absl::StatusOr<bool> SeekKeys(const Value& keys, std::vector<NodeId>* nodes) const {
    if (keys.is_null()) return true;
    if (!keys.is_list()) return false;
    std::vector<NodeId> all;
    for (const Value& key : keys.list()) {
      ASSIGN_OR_RETURN(const bool found, SeekKey(key, &all));
      if (!found) return false;
    }
    // The list may name a key twice.
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    nodes->insert(nodes->end(), all.begin(), all.end());
    return true;
  }

  const NodeSeekPlan::By by_;
  const Expression& value_;
  Evaluator evaluator_;
  Column values_;  // sought, one for each row
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const NodeSeekPlan& node) {
  return std::make_unique<NodeSeekOperator>(execution, plan, node);
}

}  // namespace entente::query
