#include "query/operators/relationship_scan.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/relationship_scan.h"
#include "engine/status.h"
#include "query/lens_evaluator.h"
#include "query/morsels.h"
#include "query/operators/edge_references.h"
#include "query/pattern.h"

namespace entente::query {
namespace {

class RelationshipScanOperator : public Operator {
 public:
  RelationshipScanOperator(Execution& execution, const Plan& plan, const ExpandPlan& hop,
                           MorselInput* morsels)
      : execution_(execution),
        morsels_(morsels),
        plan_(plan),
        hop_(hop),
        types_(execution, hop.types, hop.exact),
        lenses_(execution, hop.lens, hop.exact),
        evaluator_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!begun_) {
      RETURN_IF_ERROR(Begin());
    }
    if (ended_) return false;
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    if (hop_.count.has_value()) return Count(batch);
    near_.clear();
    edges_.Clear();
    ASSIGN_OR_RETURN(const bool more, scan_->Next(execution_.batch_size, &near_, &edges_));
    ended_ = !more;
    if (more) Emit(batch);
    return more;
  }

  void Restart(const Batch*) override {
    begun_ = false;
    ended_ = false;
  }

 private:
  bool IsLive(Slot slot) const {
    return std::find(plan_.live.begin(), plan_.live.end(), slot) != plan_.live.end();
  }

  absl::Status Begin() {
    if (scan_ == nullptr) {
      RETURN_IF_ERROR(Open());
    }
    begun_ = true;
    if (morsels_ == nullptr) {
      scan_->Start(0, own_parts_->size());
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const bool more, morsels_->Take());
    ended_ = !more;
    if (more) scan_->Start(morsels_->morsel().first_part, morsels_->morsel().end_part);
    return absl::OkStatus();
  }

  absl::Status Open() {
    types_.Refresh();
    ASSIGN_OR_RETURN(narrowed_, NarrowTypes(hop_, types_.set(), *execution_.graph, evaluator_));
    Batch one_row(execution_.plan->slot_names.size());
    one_row.set_row_count(1);
    std::vector<LensEvaluator::Read> reads;
    RETURN_IF_ERROR(lenses_.Resolve(one_row, &reads));
    mark_ = reads[0].mark;
    EdgeCondition condition;
    // Contested is what the default lens says.
    condition.contested =
        hop_.only_contested && mark_ == nullptr && execution_.functions.lens == nullptr;
    condition.least_valid_from = hop_.least_valid_from;
    condition.most_valid_from = hop_.most_valid_from;
    const ScanParts* parts = morsels_ == nullptr ? nullptr : morsels_->parts();
    if (parts == nullptr) {
      ASSIGN_OR_RETURN(own_parts_, ScanParts::Of(*execution_.graph, hop_.heading));
      parts = own_parts_.get();
    }
    const uint32_t fields = IsLive(hop_.relationship) ? FieldsOf(hop_) : 0;
    const RelationSet& types = narrowed_.has_value() ? *narrowed_ : types_.set();
    scan_ = std::make_unique<RelationshipScan>(*execution_.graph, *parts, hop_.heading, types,
                                               *reads[0].lens, fields, condition);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Count(Batch* batch) {
    ended_ = true;
    ASSIGN_OR_RETURN(const uint64_t count, scan_->Count());
    if (count == 0) return false;
    batch->column(*hop_.count) = Column::Repeat(Value::Integer(static_cast<int64_t>(count)), 1);
    batch->set_row_count(1);
    return true;
  }

  void Emit(Batch* batch) {
    const size_t size = near_.size();
    batch->set_row_count(size);
    if (IsLive(hop_.relationship)) {
      Column::Relationships relationships;
      relationships.reserve(size);
      for (size_t i = 0; i < size; ++i) {
        relationships.push_back(ReferenceOf(hop_, edges_, i, near_[i], mark_));
      }
      batch->column(hop_.relationship) = Column(std::move(relationships));
    }
    if (IsLive(hop_.to)) batch->column(hop_.to) = Column(std::move(edges_.other));
    if (IsLive(hop_.from)) batch->column(hop_.from) = Column(std::move(near_));
  }

  Execution& execution_;
  MorselInput* const morsels_;
  const Plan& plan_;
  const ExpandPlan& hop_;
  PatternTypes types_;
  std::optional<RelationSet> narrowed_;
  LensEvaluator lenses_;
  Evaluator evaluator_;
  const Lens* mark_ = nullptr;
  std::unique_ptr<ScanParts> own_parts_;    // nullptr: they are given out
  std::unique_ptr<RelationshipScan> scan_;  // nullptr until the first time
  bool begun_ = false;
  bool ended_ = false;
  std::vector<NodeId> near_;
  Edges edges_;
};

}  // namespace

bool CanScanRelationships(const Execution& execution, const Plan& plan, const ExpandPlan& hop) {
  // A transaction's own writes can only be read node by node.
  if (execution.writer != nullptr || hop.exact || !hop.distinct_from.empty()) return false;
  const auto* nodes = std::get_if<NodeScanPlan>(&hop.input->node);
  if (nodes == nullptr || !nodes->hops.has_value() ||
      !std::holds_alternative<UnitPlan>(nodes->input->node)) {
    return false;
  }
  return !hop.count.has_value() || std::all_of(plan.live.begin(), plan.live.end(),
                                               [&](Slot slot) { return slot == *hop.count; });
}

std::unique_ptr<Operator> MakeRelationshipScan(Execution& execution, const Plan& plan,
                                               const ExpandPlan& hop, MorselInput* morsels) {
  return std::make_unique<RelationshipScanOperator>(execution, plan, hop, morsels);
}

}  // namespace entente::query
