#include <algorithm>
#include <memory>
#include <utility>

#include "engine/status.h"
#include "query/operators/operators.h"
#include "query/pattern.h"

namespace entente::query {
namespace {

// Each batch of input rows meets each portion of nodes, so that the nodes are read once a batch.
class NodeScanOperator : public UnaryOperator {
 public:
  NodeScanOperator(Execution& execution, const Plan& plan, const NodeScanPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      if (scan_ == nullptr) {
        rows_ = NewBatch();
        ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
        if (!more) return false;
        scan_ = OpenScan();
        if (scan_ == nullptr) continue;
      }
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      std::vector<NodeId> nodes;
      const size_t portion = std::max<size_t>(1, execution_.batch_size / rows_.row_count());
      ASSIGN_OR_RETURN(const bool more, scan_->Next(portion, &nodes));
      if (!more) {
        scan_ = nullptr;
        continue;
      }
      RETURN_IF_ERROR(CheckLabels(&nodes));
      if (nodes.empty()) continue;
      Emit(std::move(nodes), batch);
      return true;
    }
  }

 private:
  void Reset() override { scan_ = nullptr; }
  bool Forget() override {
    rows_ = Batch();
    return true;
  }

  // nullptr when the label does not exist.
  std::unique_ptr<NodeScan> OpenScan() const {
    if (node_.hops.has_value() && execution_.writer == nullptr) {
      return execution_.graph->ScanHopSources(*node_.hops);
    }
    if (node_.labels.empty()) return execution_.graph->ScanNodes();
    const LabelId label = execution_.graph->catalogue().FindLabel(node_.labels[0]);
    return label == kNoSymbol ? nullptr : execution_.graph->ScanLabel(label);
  }

  // Drops nodes that lack one of the labels beyond that of the scan.
  absl::Status CheckLabels(std::vector<NodeId>* nodes) const {
    if (node_.labels.empty() || (node_.labels.size() == 1 && !node_.exact)) {
      return absl::OkStatus();
    }
    size_t kept = 0;
    for (const NodeId node : *nodes) {
      ASSIGN_OR_RETURN(const bool bears,
                       BearsLabels(*execution_.graph, node, node_.labels, node_.exact));
      if (bears) (*nodes)[kept++] = node;
    }
    nodes->resize(kept);
    return absl::OkStatus();
  }

  void Emit(std::vector<NodeId> nodes, Batch* batch) const {
    const size_t width = rows_.row_count();
    std::vector<uint32_t> rows;
    rows.reserve(width * nodes.size());
    for (uint32_t row = 0; row < width; ++row) rows.insert(rows.end(), nodes.size(), row);
    if (IsLive(node_.node)) {
      const size_t count = nodes.size();
      nodes.reserve(rows.size());
      for (size_t row = 1; row < width; ++row) {
        std::copy_n(nodes.begin(), count, std::back_inserter(nodes));
      }
      batch->column(node_.node) = Column(std::move(nodes));
    }
    Carry(rows_, rows, plan_.live, batch);
  }

  const NodeScanPlan& node_;
  Batch rows_;
  std::unique_ptr<NodeScan> scan_;  // nullptr: the next batch of rows is due
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const NodeScanPlan& node) {
  return std::make_unique<NodeScanOperator>(execution, plan, node);
}

}  // namespace entente::query
