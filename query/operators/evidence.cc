#include <algorithm>
#include <memory>
#include <utility>

#include "engine/status.h"
#include "query/evaluator.h"
#include "query/evidence_fields.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

class EvidenceOperator : public UnaryOperator {
 public:
  EvidenceOperator(Execution& execution, const Plan& plan, const EvidencePlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node), evaluator_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      if (row_ == relationships_.size()) {
        ASSIGN_OR_RETURN(const bool more, Pull());
        if (!more) return false;
      }
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      std::vector<uint32_t> sources;
      std::vector<Column::Values> values(node_.fields.size());
      while (row_ < relationships_.size() && sources.size() < execution_.batch_size) {
        RETURN_IF_ERROR(TakePieces(&sources, &values));
      }
      if (sources.empty()) continue;
      for (size_t i = 0; i < values.size(); ++i) {
        const Slot slot = node_.fields[i].second;
        if (IsLive(slot)) batch->column(slot) = AsColumn(std::move(values[i]));
      }
      Carry(rows_, sources, plan_.live, batch);
      return true;
    }
  }

 private:
  void Reset() override {
    relationships_.clear();
    pieces_.clear();
    row_ = 0;
    piece_ = 0;
  }

  bool Forget() override {
    rows_.Clear(rows_.slot_count());
    evaluator_.Forget();
    return true;
  }

  absl::StatusOr<bool> Pull() {
    rows_.Clear(execution_.plan->slot_names.size());
    Reset();
    ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
    if (!more) return false;
    ASSIGN_OR_RETURN(const Column column, evaluator_.Evaluate(*node_.relationship, rows_));
    RETURN_IF_ERROR(column.ReadRelationships(&relationships_));
    return true;
  }

  // Pieces of the present row as far as the batch has room; goes on to the next row behind the
  // last.
  absl::Status TakePieces(std::vector<uint32_t>* sources, std::vector<Column::Values>* values) {
    const RelationshipReference& relationship = relationships_[row_];
    if (piece_ == 0 && relationship.id != kNoId) {
      ASSIGN_OR_RETURN(
          pieces_, execution_.graph->EvidenceOf(relationship.id,
                                                LensOf(execution_.functions, relationship.lens)));
      if (sources->empty()) Reserve(sources, values);
    }
    while (piece_ < pieces_.size() && sources->size() < execution_.batch_size) {
      const Evidence& piece = pieces_[piece_++];
      sources->push_back(row_);
      for (size_t i = 0; i < values->size(); ++i) {
        (*values)[i].push_back(node_.fields[i].first->value(piece));
      }
    }
    if (piece_ < pieces_.size()) return absl::OkStatus();
    pieces_.clear();
    piece_ = 0;
    ++row_;
    return absl::OkStatus();
  }

  void Reserve(std::vector<uint32_t>* sources, std::vector<Column::Values>* values) const {
    const size_t room = std::min(pieces_.size(), execution_.batch_size);
    sources->reserve(room);
    for (Column::Values& column : *values) column.reserve(room);
  }

  // Ids alone where all are nodes, so that their properties are read together.
  static Column AsColumn(Column::Values values) {
    Column::Nodes nodes;
    nodes.reserve(values.size());
    for (const Value& value : values) {
      if (!value.is_node() && !value.is_null()) return Column(std::move(values));
      nodes.push_back(value.is_null() ? kNoId : value.node_id());
    }
    return Column(std::move(nodes));
  }

  const EvidencePlan& node_;
  Evaluator evaluator_;
  Batch rows_;
  Column::Relationships relationships_;  // of `rows_`
  uint32_t row_ = 0;
  std::vector<Evidence> pieces_;  // of that row
  size_t piece_ = 0;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const EvidencePlan& node) {
  return std::make_unique<EvidenceOperator>(execution, plan, node);
}

}  // namespace entente::query
