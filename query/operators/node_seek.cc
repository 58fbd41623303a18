#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "engine/built_in.h"
#include "engine/status.h"
#include "engine/value_order.h"
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
      if (next_row_ == rows_.row_count()) {
        rows_ = NewBatch();
        next_row_ = 0;
        ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
        if (!more) return false;
        ASSIGN_OR_RETURN(values_, evaluator_.Evaluate(*node_.value, rows_));
      }
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      Found found;
      while (next_row_ < rows_.row_count() && found.nodes.size() < execution_.batch_size) {
        RETURN_IF_ERROR(SeekRow(&found));
      }
      if (found.nodes.empty()) continue;
      if (IsLive(node_.node)) batch->column(node_.node) = Column(std::move(found.nodes));
      Carry(rows_, found.rows, plan_.live, batch);
      return true;
    }
  }

 private:
  // Nodes with the rows that they were found for.
  struct Found {
    std::vector<uint32_t> rows;
    std::vector<NodeId> nodes;
  };

  void Reset() override {
    rows_ = Batch();
    next_row_ = 0;
    scan_ = nullptr;
  }

  // Finds for the next row all that there is or, where all nodes have to be looked at, some of it.
  absl::Status SeekRow(Found* found) {
    Value scratch;
    const Value& value = values_.ReadAt(next_row_, &scratch);
    if (scan_ == nullptr) {
      ASSIGN_OR_RETURN(const bool complete, SeekValue(value, &found->nodes));
      if (!complete) scan_ = execution_.graph->ScanNodes();
    }
    if (scan_ != nullptr) {
      std::vector<NodeId> portion;
      ASSIGN_OR_RETURN(const bool more, scan_->Next(execution_.batch_size, &portion));
      if (!more) scan_ = nullptr;
      RETURN_IF_ERROR(KeepEqual(value, &portion));
      found->nodes.insert(found->nodes.end(), portion.begin(), portion.end());
    }
    found->rows.resize(found->nodes.size(), static_cast<uint32_t>(next_row_));
    if (scan_ == nullptr) ++next_row_;
    return absl::OkStatus();
  }

  // False when `value` does not tell which nodes they are.
  absl::StatusOr<bool> SeekValue(const Value& value, std::vector<NodeId>* nodes) const {
    switch (node_.by) {
      case NodeSeekPlan::By::kId:
        RETURN_IF_ERROR(AddIfThere(IdOf(value), nodes));
        return true;
      case NodeSeekPlan::By::kNode:
        RETURN_IF_ERROR(AddIfThere(value.is_node() ? value.node_id() : kNoId, nodes));
        return true;
      case NodeSeekPlan::By::kKey:
        return SeekKey(value, nodes);
      case NodeSeekPlan::By::kKeys:
        return SeekKeys(value, nodes);
    }
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

  // The dictionary has every key that is text, the empty one aside.
  absl::StatusOr<bool> SeekKey(const Value& key, std::vector<NodeId>* nodes) const {
    if (key.is_null()) return true;
    if (!key.is_string() || key.string().empty()) return false;
    ASSIGN_OR_RETURN(const std::vector<NodeId> bearers,
                     execution_.graph->FindKeyBearers(key.string()));
    nodes->insert(nodes->end(), bearers.begin(), bearers.end());
    return true;
  }

  absl::StatusOr<bool> SeekKeys(const Value& keys, std::vector<NodeId>* nodes) const {
    if (keys.is_null()) return true;
    if (!keys.is_list()) return false;
    std::vector<NodeId> all;
    for (const Value& key : keys.list()) {
      ASSIGN_OR_RETURN(const bool complete, SeekKey(key, &all));
      if (!complete) return false;
    }
    // The list may name a key twice.
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    nodes->insert(nodes->end(), all.begin(), all.end());
    return true;
  }

  // Of nodes that were scanned for, those that the seek promises.
  absl::Status KeepEqual(const Value& key, std::vector<NodeId>* nodes) const {
    if (node_.by != NodeSeekPlan::By::kKey) return absl::OkStatus();
    size_t kept = 0;
    for (const NodeId node : *nodes) {
      ASSIGN_OR_RETURN(const Value own,
                       execution_.graph->NodeProperty(node, kBuiltInProperties[kKeyProperty]));
      if (Equals(own, key).value_or(false)) (*nodes)[kept++] = node;
    }
    nodes->resize(kept);
    return absl::OkStatus();
  }

  const NodeSeekPlan& node_;
  Evaluator evaluator_;
  Batch rows_;
  Column values_;                   // sought, one for each of rows_
  size_t next_row_ = 0;             // of rows_
  std::unique_ptr<NodeScan> scan_;  // of all nodes for the next row, where it takes that
};

}  // namespace

template <>
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const NodeSeekPlan& node) {
  return std::make_unique<NodeSeekOperator>(execution, plan, node);
}

}  // namespace entente::query
