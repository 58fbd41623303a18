// A hop from a bound node: to wherever it leads (Hop), or to a node that is bound, too (HopInto),
// or over a relationship that is bound (HopOver); or how many of the first two kinds there are
// (HopCount).
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "engine/status.h"
#include "query/evaluator.h"
#include "query/lens_evaluator.h"
#include "query/morsels.h"
#include "query/operators/edge_references.h"
#include "query/operators/operators.h"
#include "query/operators/relationship_scan.h"
#include "query/pattern.h"

namespace entente::query {
namespace {

class HopOperator : public UnaryOperator {
 protected:
  // Rows on their way out.
  struct Found {
    std::vector<uint32_t> rows;  // of `rows_`
    Column::Relationships relationships;
    Column::Nodes ends;  // unless these are bound
  };

  HopOperator(Execution& execution, const Plan& plan, const ExpandPlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        types_(execution, node.types, node.exact),
        lenses_(execution, node.lens, node.exact),
        evaluator_(execution),
        others_(node.distinct_from) {}

  bool Forget() override {
    types_.Forget();
    narrowed_.reset();
    lenses_.Forget();
    evaluator_.Forget();
    rows_.Clear(rows_.slot_count());
    reads_.clear();
    expansion_ = nullptr;
    lens_ = nullptr;
    // A page may have had many edges, and a seek makes one batch of a long list of keys.
    const size_t limit = execution_.batch_size;
    if (edges_.row.capacity() > limit || found_.rows.capacity() > limit) {
      edges_ = Edges();
      found_ = Found();
    }
    GiveUpIfLarge(limit, &from_);
    GiveUpIfLarge(limit, &to_);
    GiveUpIfLarge(limit, &sources_);
    return true;
  }

  // The next batch of input, with its start nodes and lenses; false when there is none.
  absl::StatusOr<bool> Pull() {
    rows_.Clear(execution_.plan->slot_names.size());
    ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
    if (!more) return false;
    if (types_.Refresh()) {
      types_changed_ = true;
      ASSIGN_OR_RETURN(narrowed_, NarrowTypes(node_, types_.set(), *execution_.graph, evaluator_));
    }
    RETURN_IF_ERROR(rows_.column(node_.from).ReadNodes(&from_));
    RETURN_IF_ERROR(lenses_.Resolve(rows_, &reads_));
    others_.SetRows(rows_);
    return true;
  }

  const RelationSet& types() const { return narrowed_.has_value() ? *narrowed_ : types_.set(); }

  void ClearFound() {
    found_.rows.clear();
    found_.relationships.clear();
    found_.ends.clear();
  }

  void ReserveFound(size_t count) {
    found_.rows.reserve(count);
    found_.relationships.reserve(count);
    if (!node_.into) found_.ends.reserve(count);
  }

  void Add(uint32_t row, NodeId end, const RelationshipReference& relationship) {
    if (!node_.distinct_from.empty() && others_.Contains(row, relationship.id)) return;
    found_.rows.push_back(row);
    found_.relationships.push_back(relationship);
    if (!node_.into) found_.ends.push_back(end);
  }

  void EmitFound(Batch* batch) {
    if (!node_.relationship_bound && IsLive(node_.relationship)) {
      batch->column(node_.relationship) = Column(std::move(found_.relationships));
    }
    if (!node_.into && IsLive(node_.to)) batch->column(node_.to) = Column(std::move(found_.ends));
    Carry(rows_, found_.rows, plan_.live, batch);
  }

  // Ready for hops from the rows of `read`, but for those whose node is null.
  void StartExpansion(const LensEvaluator::Read& read) {
    if (expansion_ == nullptr || read.lens != lens_ || types_changed_) {
      lens_ = read.lens;
      types_changed_ = false;
      expansion_ =
          std::make_unique<Expansion>(*execution_.graph, node_.heading, types(), *lens_, Fields());
    }
    sources_.clear();
    std::vector<NodeId> nodes;
    nodes.reserve(read.rows.size());
    for (uint32_t row : read.rows) {
      if (from_[row] == kNoId) continue;
      sources_.push_back(row);
      nodes.push_back(from_[row]);
    }
    expansion_->Start(nodes);
  }

  // What is read of each edge (EdgeField).
  virtual uint32_t Fields() const { return FieldsOf(node_); }

  // False only if conditions above would drop the edge.
  bool MayPass(size_t i, const Lens* mark) const {
    if (node_.only_contested && mark == nullptr && execution_.functions.lens == nullptr &&
        (edges_.flags[i] & kContestedEdge) == 0) {
      return false;
    }
    if (!node_.extracts_valid_time) return true;
    const int32_t from = edges_.valid_from[i];
    if (from >= node_.least_valid_from && from <= node_.most_valid_from) return true;
    return KnownDay(from, (edges_.flags[i] & kInexactFromEdge) != 0) == RelationshipExtract::kNoDay;
  }

  // An edge that may pass, as it flows.
  RelationshipReference Reference(size_t i, NodeId from, const Lens* mark) const {
    return ReferenceOf(node_, edges_, i, from, mark);
  }

 protected:
  const ExpandPlan& node_;
  PatternTypes types_;
  bool types_changed_ = false;
  std::optional<RelationSet> narrowed_;
  LensEvaluator lenses_;
  Evaluator evaluator_;
  OtherRelationships others_;
  Batch rows_;
  std::vector<NodeId> from_;  // of each row
  std::vector<NodeId> to_;    // likewise, with `into`
  std::vector<LensEvaluator::Read> reads_;
  std::unique_ptr<Expansion> expansion_;
  const Lens* lens_ = nullptr;     // of `expansion_`
  std::vector<uint32_t> sources_;  // the row of each of the expansion's start nodes
  Edges edges_;
  Found found_;
};

class Hop : public HopOperator {
 public:
  Hop(Execution& execution, const Plan& plan, const ExpandPlan& node)
      : HopOperator(execution, plan, node) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      if (!expanding_ && read_ == reads_.size()) {
        ASSIGN_OR_RETURN(const bool more, Pull());
        if (!more) return false;
        read_ = 0;
      }
      if (!expanding_) StartExpansion(reads_[read_]);
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      edges_.Clear();
      ASSIGN_OR_RETURN(expanding_, expansion_->Next(execution_.batch_size, &edges_));
      if (!expanding_) {
        ++read_;
        continue;
      }
      ClearFound();
      ReserveFound(edges_.size());
      const Lens* const mark = reads_[read_].mark;
      for (size_t i = 0; i < edges_.size(); ++i) {
        if (!MayPass(i, mark)) continue;
        const uint32_t row = sources_[edges_.row[i]];
        Add(row, edges_.other[i], Reference(i, from_[row], mark));
      }
      if (found_.rows.empty()) continue;
      EmitFound(batch);
      return true;
    }
  }

 private:
  void Reset() override {
    reads_.clear();
    read_ = 0;
    expanding_ = false;
  }

  size_t read_ = 0;
  bool expanding_ = false;
};

// Row by row, since both ends differ from row to row.
class RowHopOperator : public HopOperator {
 public:
  absl::StatusOr<bool> Next(Batch* batch) final {
    while (true) {
      if (read_ == reads_.size()) {
        ASSIGN_OR_RETURN(const bool more, Pull());
        if (!more) return false;
        RETURN_IF_ERROR(Prepare());
        read_ = 0;
        next_ = 0;
      }
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      ClearFound();
      while (read_ < reads_.size() && found_.rows.size() < execution_.batch_size) {
        const LensEvaluator::Read& read = reads_[read_];
        if (next_ == read.rows.size()) {
          ++read_;
          next_ = 0;
          continue;
        }
        const uint32_t row = read.rows[next_++];
        if (from_[row] == kNoId) continue;
        RETURN_IF_ERROR(HopFrom(row, read));
      }
      if (found_.rows.empty()) continue;
      EmitFound(batch);
      return true;
    }
  }

 protected:
  using HopOperator::HopOperator;
  // Reads what HopFrom needs of a new batch of rows.
  virtual absl::Status Prepare() {
    if (!node_.into) return absl::OkStatus();
    return rows_.column(node_.to).ReadNodes(&to_);
  }
  virtual absl::Status HopFrom(uint32_t row, const LensEvaluator::Read& read) = 0;

 private:
  void Reset() final {
    reads_.clear();
    read_ = 0;
  }

  size_t read_ = 0;
  size_t next_ = 0;  // within the present lens's rows
};

class HopInto : public RowHopOperator {
 public:
  HopInto(Execution& execution, const Plan& plan, const ExpandPlan& node)
      : RowHopOperator(execution, plan, node) {}

 private:
  absl::Status HopFrom(uint32_t row, const LensEvaluator::Read& read) override {
    if (to_[row] == kNoId) return absl::OkStatus();
    edges_.Clear();
    RETURN_IF_ERROR(execution_.graph->FindBetween(from_[row], to_[row], node_.heading, types(),
                                                  *read.lens, Fields(), &edges_));
    if (found_.rows.empty()) ReserveFound(edges_.size());
    for (size_t i = 0; i < edges_.size(); ++i) {
      if (!MayPass(i, read.mark)) continue;
      Add(row, to_[row], Reference(i, from_[row], read.mark));
    }
    return absl::OkStatus();
  }
};

class HopOver : public RowHopOperator {
 public:
  HopOver(Execution& execution, const Plan& plan, const ExpandPlan& node)
      : RowHopOperator(execution, plan, node) {}

 private:
  absl::Status Prepare() override {
    RETURN_IF_ERROR(RowHopOperator::Prepare());
    return rows_.column(node_.relationship).ReadRelationships(&relationships_);
  }

  absl::Status HopFrom(uint32_t row, const LensEvaluator::Read& read) override {
    const RelationshipReference& relationship = relationships_[row];
    const NodeId end = FarEnd(relationship, from_[row], node_.heading, types());
    if (end == kNoId || (node_.into && end != to_[row])) return absl::OkStatus();
    if (read.mark != nullptr) {
      // The pattern's own lens must show it, whichever bound it.
      edges_.Clear();
      RETURN_IF_ERROR(execution_.graph->FindBetween(from_[row], end, node_.heading, types(),
                                                    *read.lens, kFactField, &edges_));
      const auto& facts = edges_.fact;
      if (std::find(facts.begin(), facts.end(), relationship.id) == facts.end()) {
        return absl::OkStatus();
      }
    }
    Add(row, end, relationship);
    return absl::OkStatus();
  }

  Column::Relationships relationships_;  // of each row
};

// A batch for a batch.
class HopCount : public HopOperator {
 public:
  HopCount(Execution& execution, const Plan& plan, const ExpandPlan& node)
      : HopOperator(execution, plan, node) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      ASSIGN_OR_RETURN(const bool more, Pull());
      if (!more) return false;
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      RETURN_IF_ERROR(CountRows());
      std::vector<uint32_t> rows;
      Scalars counts;
      for (uint32_t row = 0; row < counts_.size(); ++row) {
        if (counts_[row] == 0) continue;
        rows.push_back(row);
        counts.Add(static_cast<int64_t>(counts_[row]));
      }
      if (rows.empty()) continue;
      batch->column(*node_.count) = Column(std::move(counts));
      Carry(rows_, rows, plan_.live, batch);
      return true;
    }
  }

 private:
  void Reset() override {}

  uint32_t Fields() const override { return kFactField; }

  absl::Status CountRows() {
    counts_.assign(rows_.row_count(), 0);
    if (node_.into) {
      RETURN_IF_ERROR(rows_.column(node_.to).ReadNodes(&to_));
    }
    for (const LensEvaluator::Read& read : reads_) {
      if (!node_.into && !read.lens->IsDefault()) {
        RETURN_IF_ERROR(CountEdges(read));
        continue;
      }
      if (!node_.into) {
        RETURN_IF_ERROR(CountDegrees(read));
        continue;
      }
      for (uint32_t row : read.rows) {
        if (from_[row] == kNoId || to_[row] == kNoId) continue;
        RETURN_IF_ERROR(CountBetween(row, read));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CountDegrees(const LensEvaluator::Read& read) {
    // Nodes that come in several rows are asked about once.
    std::vector<NodeId> nodes;
    for (uint32_t row : read.rows) {
      if (from_[row] != kNoId) nodes.push_back(from_[row]);
    }
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    std::vector<uint64_t> degrees;
    RETURN_IF_ERROR(execution_.graph->Degrees(nodes, node_.heading, types(), &degrees));
    for (uint32_t row : read.rows) {
      if (from_[row] == kNoId) continue;
      const size_t place = std::lower_bound(nodes.begin(), nodes.end(), from_[row]) - nodes.begin();
      // The others were seen through the same lens.
      counts_[row] =
          degrees[place] - others_.CountFitting(row, from_[row], kNoId, node_.heading, types());
    }
    return absl::OkStatus();
  }

  absl::Status CountBetween(uint32_t row, const LensEvaluator::Read& read) {
    edges_.Clear();
    RETURN_IF_ERROR(execution_.graph->FindBetween(from_[row], to_[row], node_.heading, types(),
                                                  *read.lens, kFactField, &edges_));
    counts_[row] =
        edges_.size() - others_.CountFitting(row, from_[row], to_[row], node_.heading, types());
    return absl::OkStatus();
  }

  absl::Status CountEdges(const LensEvaluator::Read& read) {
    StartExpansion(read);
    while (true) {
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      edges_.Clear();
      ASSIGN_OR_RETURN(const bool more, expansion_->Next(execution_.batch_size, &edges_));
      if (!more) return absl::OkStatus();
      for (size_t i = 0; i < edges_.size(); ++i) {
        const uint32_t row = sources_[edges_.row[i]];
        if (!others_.Contains(row, edges_.fact[i])) ++counts_[row];
      }
    }
  }

  std::vector<NodeId> to_;  // of each row, with `into`
  std::vector<uint64_t> counts_;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const ExpandPlan& node) {
  if (CanScanRelationships(execution, plan, node)) {
    const bool in_part = execution.morsels != nullptr && &execution.morsels->plan() == &plan;
    return MakeRelationshipScan(execution, plan, node, in_part ? execution.morsels : nullptr);
  }
  if (node.relationship_bound) return std::make_unique<HopOver>(execution, plan, node);
  if (node.count.has_value()) return std::make_unique<HopCount>(execution, plan, node);
  if (node.into) return std::make_unique<HopInto>(execution, plan, node);
  return std::make_unique<Hop>(execution, plan, node);
}

}  // namespace entente::query
