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
      sources_.clear();
      values_.resize(node_.fields.size());
      for (Column::Values& column : values_) column.clear();
      while (row_ < relationships_.size() && sources_.size() < execution_.batch_size) {
        RETURN_IF_ERROR(TakePieces());
      }
      if (sources_.empty()) continue;
      for (size_t i = 0; i < values_.size(); ++i) {
        const Slot slot = node_.fields[i].second;
        if (IsLive(slot)) batch->column(slot) = AsColumn(std::move(values_[i]));
      }
      Carry(rows_, sources_, plan_.live, batch);
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
    values_.clear();
    evaluator_.Forget();
    GiveUpIfLarge(execution_.batch_size, &relationships_);
    GiveUpIfLarge(execution_.batch_size, &pieces_);
    GiveUpIfLarge(execution_.batch_size, &sources_);
    return true;
  }

  absl::StatusOr<bool> Pull() {
    rows_.Clear(execution_.plan->slot_names.size());
    Reset();
    ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
    if (!more) return false;
    ASSIGN_OR_RETURN(const Evaluator::Operand column, evaluator_.Read(*node_.relationship, rows_));
    RETURN_IF_ERROR(column->ReadRelationships(&relationships_));
    return true;
  }

  // Pieces of the present row as far as the batch has room; goes on to the next row behind the
  // last.
  absl::Status TakePieces() {
    const RelationshipReference& relationship = relationships_[row_];
    if (piece_ == 0 && relationship.id != kNoId) {
      ASSIGN_OR_RETURN(
          pieces_, execution_.graph->EvidenceOf(relationship.id,
                                                LensOf(execution_.functions, relationship.lens)));
      if (sources_.empty()) Reserve();
    }
    while (piece_ < pieces_.size() && sources_.size() < execution_.batch_size) {
      const Evidence& piece = pieces_[piece_++];
      sources_.push_back(row_);
      for (size_t i = 0; i < values_.size(); ++i) {
        values_[i].push_back(node_.fields[i].first->value(piece));
      }
    }
    if (piece_ < pieces_.size()) return absl::OkStatus();
    pieces_.clear();
    piece_ = 0;
    ++row_;
    return absl::OkStatus();
  }

  void Reserve() {
    const size_t room = std::min(pieces_.size(), execution_.batch_size);
    sources_.reserve(room);
    for (Column::Values& column : values_) column.reserve(room);
  }

  // Ids alone where all are nodes, so that their properties are read together.
  static Column AsColumn(Column::Values values) {
    const bool are_nodes = std::all_of(values.begin(), values.end(), [](const Value& value) {
      return value.is_node() || value.is_null();
    });
    if (!are_nodes) return Column(std::move(values));
    Column::Nodes nodes;
    nodes.reserve(values.size());
    for (const Value& value : values) nodes.push_back(value.is_null() ? kNoId : value.node_id());
    return Column(std::move(nodes));
  }

  const EvidencePlan& node_;
  Evaluator evaluator_;
  Batch rows_;
  Column::Relationships relationships_;  // of `rows_`
  uint32_t row_ = 0;
  std::vector<Evidence> pieces_;  // of that row
  size_t piece_ = 0;
  // On their way out: the row of each piece, and the fields' values.
  std::vector<uint32_t> sources_;
  std::vector<Column::Values> values_;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const EvidencePlan& node) {
  return std::make_unique<EvidenceOperator>(execution, plan, node);
}

}  // namespace entente::query
