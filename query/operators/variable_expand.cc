#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "engine/status.h"
#include "query/lens_evaluator.h"
#include "query/operators/operators.h"
#include "query/operators/reach.h"
#include "query/operators/trails.h"
#include "query/operators/two_sided_search.h"
#include "query/pattern.h"

namespace entente::query {
namespace {

constexpr uint64_t kUnbounded = std::numeric_limits<uint64_t>::max();

// Row by row: each knows how to enumerate the paths of one.
class PathsOperator : public UnaryOperator {
 public:
  PathsOperator(Execution& execution, const Plan& plan, const VariableExpandPlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        types_(execution, node.types, false),
        lenses_(execution, node.lens, false),
        others_(node.distinct_from) {}

  absl::StatusOr<bool> Next(Batch* batch) final {
    Found found;
    while (found.rows.size() < execution_.batch_size) {
      if (within_row_) {
        ASSIGN_OR_RETURN(within_row_, NextPath(&found));
        continue;
      }
      if (read_ < reads_.size() && next_ == reads_[read_].rows.size()) {
        ++read_;
        next_ = 0;
      } else if (read_ == reads_.size()) {
        // Rows that were found refer to the present batch.
        if (!found.rows.empty()) break;
        ASSIGN_OR_RETURN(const bool more, Pull());
        if (!more) return false;
      } else {
        row_ = reads_[read_].rows[next_++];
        if (from_[row_] == kNoId || (node_.into && to_[row_] == kNoId)) continue;
        RETURN_IF_ERROR(StartRow(row_, reads_[read_]));
        within_row_ = true;
      }
    }
    Emit(std::move(found), batch);
    return true;
  }

 protected:
  struct Found {
    std::vector<uint32_t> rows;
    std::vector<Value> lists;
    std::vector<NodeId> ends;
  };

  // See Operator::Rewind.
  virtual void ForgetPaths() = 0;
  // Called for each batch of input; `types_changed` since the last one.
  virtual void Prepare(bool types_changed) = 0;
  virtual absl::Status StartRow(uint32_t row, const LensEvaluator::Read& read) = 0;
  // Adds the present row's next path, if it fits; false when there are no more.
  virtual absl::StatusOr<bool> NextPath(Found* found) = 0;

  uint64_t least() const { return node_.least < 0 ? 0 : static_cast<uint64_t>(node_.least); }
  uint64_t most() const {
    return node_.most.has_value() ? static_cast<uint64_t>(std::max<int64_t>(*node_.most, 0))
                                  : kUnbounded;
  }

  void Add(const Column::Relationships& path, NodeId end, Found* found) const {
    found->rows.push_back(row_);
    found->ends.push_back(end);
    if (node_.relationships_bound || !IsLive(node_.relationships)) return;
    std::vector<Value> list;
    list.reserve(path.size());
    for (const RelationshipReference& relationship : path) list.push_back(ToValue(relationship));
    if (node_.reversed) std::reverse(list.begin(), list.end());
    found->lists.push_back(Value::List(std::move(list)));
  }

  const VariableExpandPlan& node_;
  PatternTypes types_;
  LensEvaluator lenses_;
  OtherRelationships others_;
  Batch rows_;
  std::vector<NodeId> from_;
  std::vector<NodeId> to_;  // with `into`
  uint32_t row_ = 0;

 private:
  void Reset() final {
    reads_.clear();
    read_ = 0;
    next_ = 0;
    within_row_ = false;
  }

  bool Forget() final {
    types_.Forget();
    lenses_.Forget();
    rows_.Clear(rows_.slot_count());
    GiveUpIfLarge(execution_.batch_size, &from_);
    GiveUpIfLarge(execution_.batch_size, &to_);
    ForgetPaths();
    return true;
  }

  absl::StatusOr<bool> Pull() {
    rows_ = NewBatch();
    ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
    if (!more) return false;
    Prepare(types_.Refresh());
    RETURN_IF_ERROR(rows_.column(node_.from).ReadNodes(&from_));
    if (node_.into) {
      RETURN_IF_ERROR(rows_.column(node_.to).ReadNodes(&to_));
    }
    RETURN_IF_ERROR(lenses_.Resolve(rows_, &reads_));
    others_.SetRows(rows_);
    read_ = 0;
    next_ = 0;
    return true;
  }

  void Emit(Found found, Batch* batch) const {
    if (!node_.relationships_bound && IsLive(node_.relationships)) {
      batch->column(node_.relationships) = Column(std::move(found.lists));
    }
    if (!node_.into && IsLive(node_.to)) batch->column(node_.to) = Column(std::move(found.ends));
    Carry(rows_, found.rows, plan_.live, batch);
  }

  std::vector<LensEvaluator::Read> reads_;
  size_t read_ = 0;
  size_t next_ = 0;  // within the present lens's rows
  bool within_row_ = false;
};

class EveryPath : public PathsOperator {
 public:
  EveryPath(Execution& execution, const Plan& plan, const VariableExpandPlan& node)
      : PathsOperator(execution, plan, node), trails_(execution, node, types_.set(), others_) {}

 private:
  void ForgetPaths() override { trails_.Forget(); }
  void Prepare(bool types_changed) override {
    if (types_changed) trails_.Clear();
  }

  absl::Status StartRow(uint32_t row, const LensEvaluator::Read& read) override {
    trails_.Start({&rows_, row, from_[row], read.lens, read.mark}, most());
    return absl::OkStatus();
  }

  absl::StatusOr<bool> NextPath(Found* found) override {
    ASSIGN_OR_RETURN(const bool more, trails_.Next());
    if (!more) return false;
    const bool fits = trails_.relationships().size() >= least() &&
                      trails_.relationships().size() <= most() &&
                      (!node_.into || trails_.end() == to_[row_]);
    if (fits) Add(trails_.relationships(), trails_.end(), found);
    return true;
  }

  Trails trails_;
};

// Both ends are bound.
class ShortestPaths : public PathsOperator {
 public:
  ShortestPaths(Execution& execution, const Plan& plan, const VariableExpandPlan& node)
      : PathsOperator(execution, plan, node),
        search_(execution, node, types_.set(), others_,
                node.search == ast::PathSearch::kAllShortest) {}

 private:
  void ForgetPaths() override { search_.Forget(); }
  void Prepare(bool types_changed) override {
    if (types_changed) search_.Clear();
  }

  absl::Status StartRow(uint32_t row, const LensEvaluator::Read& read) override {
    return search_.Search({&rows_, row, from_[row], read.lens, read.mark}, to_[row], most());
  }

  absl::StatusOr<bool> NextPath(Found* found) override {
    if (!search_.Next()) return false;
    if (search_.relationships().size() >= least()) {
      Add(search_.relationships(), to_[row_], found);
    }
    return true;
  }

  TwoSidedSearch search_;
};

// Each end once.
class EveryEnd : public PathsOperator {
 public:
  EveryEnd(Execution& execution, const Plan& plan, const VariableExpandPlan& node)
      : PathsOperator(execution, plan, node),
        reach_(execution, node, types_.set(), others_),
        search_(execution, node, types_.set(), others_, /*all=*/false) {}

 private:
  void ForgetPaths() override {
    reach_.Forget();
    search_.Forget();
    ends_ = {};
  }
  void Prepare(bool types_changed) override {
    if (!types_changed) return;
    reach_.Clear();
    search_.Clear();
  }

  absl::Status StartRow(uint32_t row, const LensEvaluator::Read& read) override {
    const PathOrigin origin = {&rows_, row, from_[row], read.lens, read.mark};
    next_end_ = 0;
    ends_ = {};
    if (most() < least()) return absl::OkStatus();
    if (!node_.into) {
      RETURN_IF_ERROR(reach_.Search(origin, least(), most()));
      ends_ = reach_.ends();
      return absl::OkStatus();
    }
    bool reached = false;
    if (from_[row] != to_[row]) {
      RETURN_IF_ERROR(search_.Search(origin, to_[row], most()));
      reached = search_.Next();
    } else {
      reached = least() == 0;
      if (!reached) {
        ASSIGN_OR_RETURN(reached, reach_.ReturnsToOrigin(origin, most()));
      }
    }
    if (reached) ends_ = absl::MakeConstSpan(to_).subspan(row, 1);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> NextPath(Found* found) override {
    const size_t room = execution_.batch_size - found->rows.size();
    const size_t end = std::min(ends_.size(), next_end_ + room);
    for (; next_end_ < end; ++next_end_) Add({}, ends_[next_end_], found);
    return next_end_ < ends_.size();
  }

  Reach reach_;
  TwoSidedSearch search_;
  absl::Span<const NodeId> ends_;
  size_t next_end_ = 0;
};

// The list of relationships is bound: at most one path a row.
class BoundPath : public PathsOperator {
 public:
  BoundPath(Execution& execution, const Plan& plan, const VariableExpandPlan& node)
      : PathsOperator(execution, plan, node), evaluator_(execution) {}

 private:
  void ForgetPaths() override { evaluator_.Forget(); }
  void Prepare(bool) override {}

  absl::Status StartRow(uint32_t, const LensEvaluator::Read& read) override {
    lens_ = &read;
    return absl::OkStatus();
  }

  absl::StatusOr<bool> NextPath(Found* found) override {
    Value scratch;
    const Value& list = rows_.column(node_.relationships).ReadAt(row_, &scratch);
    if (!list.is_list() || list.list().size() < least() || list.list().size() > most()) {
      return false;
    }
    std::vector<Value> in_order = list.list();
    if (node_.reversed) std::reverse(in_order.begin(), in_order.end());
    Column::Relationships path;
    NodeId end = from_[row_];
    for (const Value& value : in_order) {
      if (!value.is_relationship()) return false;
      const RelationshipReference relationship = ToReference(value);
      const bool repeated = std::any_of(
          path.begin(), path.end(),
          [&](const RelationshipReference& passed) { return passed.id == relationship.id; });
      if (repeated || others_.Contains(row_, relationship.id)) return false;
      ASSIGN_OR_RETURN(end, HopOver(relationship, end));
      if (end == kNoId) return false;
      path.push_back(relationship);
    }
    ASSIGN_OR_RETURN(const bool fits, TestPredicate(path));
    if (fits && (!node_.into || end == to_[row_])) Add(path, end, found);
    return false;
  }

  // kNoId when the relationship does not fit there.
  absl::StatusOr<NodeId> HopOver(const RelationshipReference& relationship, NodeId from) const {
    const NodeId end = FarEnd(relationship, from, node_.heading, types_.set());
    if (end == kNoId || lens_->mark == nullptr) return end;
    Edges edges;
    RETURN_IF_ERROR(execution_.graph->FindBetween(from, end, node_.heading, types_.set(),
                                                  *lens_->lens, kFactField, &edges));
    const bool shown =
        std::find(edges.fact.begin(), edges.fact.end(), relationship.id) != edges.fact.end();
    return shown ? end : kNoId;
  }

  absl::StatusOr<bool> TestPredicate(const Column::Relationships& path) {
    if (node_.predicate == nullptr || path.empty()) return true;
    Batch batch = rows_.Gather(std::vector<uint32_t>(path.size(), row_), node_.predicate->reads);
    batch.column(node_.each) = Column(path);
    ASSIGN_OR_RETURN(const std::vector<uint32_t> kept, evaluator_.Select(*node_.predicate, batch));
    return kept.size() == path.size();
  }

  Evaluator evaluator_;
  const LensEvaluator::Read* lens_ = nullptr;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan,
                               const VariableExpandPlan& node) {
  if (node.relationships_bound) return std::make_unique<BoundPath>(execution, plan, node);
  if (node.search != ast::PathSearch::kAll) {
    return std::make_unique<ShortestPaths>(execution, plan, node);
  }
  if (node.ends_only) return std::make_unique<EveryEnd>(execution, plan, node);
  return std::make_unique<EveryPath>(execution, plan, node);
}

}  // namespace entente::query
