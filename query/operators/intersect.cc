#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/status.h"
#include "query/lens_evaluator.h"
#include "query/operators/operators.h"
#include "query/pattern.h"

namespace entente::query {
namespace {

// Neighbours that are kept for later rows, for each of the two hops.
constexpr uint64_t kMostKeptBytes = uint64_t{64} << 20;
// From here on the longer list is searched instead of walked.
constexpr size_t kLopsided = 16;

// The hops from single nodes, sorted by the far end.
class SortedHops {
 public:
  // `fields` (EdgeField) are kept of each hop.
  SortedHops(Execution& execution, const IntersectPlan::Hop& hop, uint32_t fields)
      : execution_(execution),
        hop_(hop),
        fields_(hop.distinct_from.empty() ? fields : (fields | kFactField)),
        types_(execution, hop.types, /*exact=*/false),
        lenses_(execution, hop.lens, /*exact=*/false),
        others_(hop.distinct_from),
        hold_(execution) {}

  absl::Status SetRows(const Batch& rows) {
    const bool changed = types_.Refresh();
    RETURN_IF_ERROR(rows.column(hop_.from).ReadNodes(&from_));
    std::vector<LensEvaluator::Read> reads;
    RETURN_IF_ERROR(lenses_.Resolve(rows, &reads));
    others_.SetRows(rows);
    // A statement that writes may have changed them.
    if (changed || execution_.writer != nullptr || expansion_ == nullptr ||
        reads[0].lens != lens_) {
      lens_ = reads[0].lens;
      mark_ = reads[0].mark;
      expansion_ = std::make_unique<Expansion>(*execution_.graph, hop_.heading, types_.set(),
                                               *lens_, fields_);
      Clear();
    }
    return absl::OkStatus();
  }

  NodeId from(size_t row) const { return from_[row]; }

  // Makes the list of the row's node the present one.
  absl::Status Load(size_t row) {
    const NodeId node = from_[row];
    const auto known = lists_.find(node);
    if (known != lists_.end()) {
      list_ = known->second;
      return absl::OkStatus();
    }
    const uint64_t share = execution_.memory->limit() / (8 * execution_.threads);
    const uint64_t most = std::min(kMostKeptBytes, share);
    if (edges_.size() * kEdgeBytes > most) Clear();
    const size_t begin = edges_.size();
    expansion_->Start(absl::MakeConstSpan(&node, 1));
    while (true) {
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      const size_t before = edges_.size();
      ASSIGN_OR_RETURN(const bool more, expansion_->Next(kPortion, &edges_));
      RETURN_IF_ERROR(hold_.Add((edges_.size() - before) * kEdgeBytes));
      if (!more) break;
    }
    Sort(begin);
    list_ = {begin, edges_.size()};
    lists_.emplace(node, list_);
    return absl::OkStatus();
  }

  // Of the present list.
  absl::Span<const NodeId> ends() const {
    return absl::MakeConstSpan(edges_.other).subspan(list_.first, list_.second - list_.first);
  }
  FactId fact(size_t i) const { return edges_.fact[list_.first + i]; }
  RelationshipReference Reference(size_t row, size_t i) const {
    const size_t at = list_.first + i;
    const bool incoming = edges_.incoming[at] != 0;
    const NodeId near = from_[row];
    const NodeId far = edges_.other[at];
    return {.id = edges_.fact[at],
            .start = incoming ? far : near,
            .end = incoming ? near : far,
            .relation = edges_.relation[at],
            .lens = mark_};
  }
  // Whether any other relationship of the row may be in the present list.
  bool MayExclude(size_t row) const {
    return !hop_.distinct_from.empty() &&
           others_.CountFitting(row, from_[row], kNoId, hop_.heading, types_.set()) > 0;
  }
  bool Admits(size_t row, size_t i) const {
    return hop_.distinct_from.empty() || !others_.Contains(row, fact(i));
  }

 private:
  static constexpr uint64_t kEdgeBytes = 25;
  static constexpr size_t kPortion = 4096;

  void Clear() {
    edges_.Clear();
    lists_.clear();
    hold_.Release();
  }

  void Sort(size_t begin) {
    const auto& ends = edges_.other;
    if (std::is_sorted(ends.begin() + begin, ends.end())) return;
    std::vector<uint32_t> order(ends.size() - begin);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t left, uint32_t right) {
      return ends[begin + left] < ends[begin + right];
    });
    const auto arrange = [&](auto& column) {
      if (column.empty()) return;
      const auto old = std::vector(column.begin() + begin, column.end());
      for (size_t i = 0; i < order.size(); ++i) column[begin + i] = old[order[i]];
    };
    arrange(edges_.other);
    arrange(edges_.fact);
    arrange(edges_.relation);
    arrange(edges_.incoming);
  }

  Execution& execution_;
  const IntersectPlan::Hop& hop_;
  const uint32_t fields_;
  PatternTypes types_;
  LensEvaluator lenses_;
  OtherRelationships others_;
  std::unique_ptr<Expansion> expansion_;
  const Lens* lens_ = nullptr;
  const Lens* mark_ = nullptr;
  std::vector<NodeId> from_;  // of each row
  Edges edges_;
  absl::flat_hash_map<NodeId, std::pair<size_t, size_t>> lists_;
  std::pair<size_t, size_t> list_ = {0, 0};
  MemoryHold hold_;
};

// Where the nodes from `at` on that are not before `node` begin.
size_t Seek(absl::Span<const NodeId> nodes, size_t at, NodeId node) {
  size_t step = 1;
  while (at + step < nodes.size() && nodes[at + step] < node) {
    at += step;
    step *= 2;
  }
  const size_t end = std::min(nodes.size(), at + step + 1);
  return std::lower_bound(nodes.begin() + at, nodes.begin() + end, node) - nodes.begin();
}

size_t RunEnd(absl::Span<const NodeId> nodes, size_t at) {
  const NodeId node = nodes[at];
  while (at < nodes.size() && nodes[at] == node) ++at;
  return at;
}

// Calls visit(left begin, left end, right begin, right end) for each node that both have.
template <typename Visit>
void ForEachCommon(absl::Span<const NodeId> left, absl::Span<const NodeId> right,
                   const Visit& visit) {
  const bool left_long = left.size() > kLopsided * right.size();
  const bool right_long = right.size() > kLopsided * left.size();
  size_t i = 0;
  size_t j = 0;
  while (i < left.size() && j < right.size()) {
    if (left[i] < right[j]) {
      i = left_long ? Seek(left, i, right[j]) : i + 1;
    } else if (right[j] < left[i]) {
      j = right_long ? Seek(right, j, left[i]) : j + 1;
    } else {
      const size_t left_end = RunEnd(left, i);
      const size_t right_end = RunEnd(right, j);
      visit(i, left_end, j, right_end);
      i = left_end;
      j = right_end;
    }
  }
}

class IntersectOperator : public UnaryOperator {
 public:
  IntersectOperator(Execution& execution, const Plan& plan, const IntersectPlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        left_(execution, node.hops[0], FieldsOf(node)),
        right_(execution, node.hops[1], FieldsOf(node)) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    while (true) {
      if (next_ == rows_.row_count()) {
        rows_ = NewBatch();
        ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
        if (!more) return false;
        RETURN_IF_ERROR(left_.SetRows(rows_));
        RETURN_IF_ERROR(right_.SetRows(rows_));
        next_ = 0;
        counted_ = kNoNodes;
      }
      Found found;
      while (next_ < rows_.row_count() && found.rows.size() < execution_.batch_size) {
        const auto row = static_cast<uint32_t>(next_++);
        if (left_.from(row) == kNoId || right_.from(row) == kNoId) continue;
        RETURN_IF_ERROR(left_.Load(row));
        RETURN_IF_ERROR(right_.Load(row));
        node_.count.has_value() ? Count(row, &found) : Add(row, &found);
      }
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      if (found.rows.empty()) continue;
      Emit(std::move(found), batch);
      return true;
    }
  }

 private:
  struct Found {
    std::vector<uint32_t> rows;
    Column::Nodes ends;
    Column::Relationships relationships[2];
    Scalars counts;
  };

  static constexpr std::pair<NodeId, NodeId> kNoNodes = {kNoId, kNoId};

  static uint32_t FieldsOf(const IntersectPlan& node) {
    if (!node.count.has_value()) return kIdentityFields;
    return node.hops_differ ? uint32_t{kFactField} : 0;
  }

  void Reset() override {
    rows_ = NewBatch();
    next_ = 0;
  }

  void Add(uint32_t row, Found* found) const {
    const absl::Span<const NodeId> ends = left_.ends();
    const auto add = [&](size_t i, size_t left_end, size_t right_begin, size_t right_end) {
      for (; i < left_end; ++i) {
        if (!left_.Admits(row, i)) continue;
        for (size_t j = right_begin; j < right_end; ++j) {
          if (!right_.Admits(row, j)) continue;
          if (node_.hops_differ && left_.fact(i) == right_.fact(j)) continue;
          found->rows.push_back(row);
          found->ends.push_back(ends[i]);
          found->relationships[0].push_back(left_.Reference(row, i));
          found->relationships[1].push_back(right_.Reference(row, j));
        }
      }
    };
    ForEachCommon(ends, right_.ends(), add);
  }

  void Count(uint32_t row, Found* found) {
    const std::pair<NodeId, NodeId> nodes = {left_.from(row), right_.from(row)};
    const bool left_excludes = left_.MayExclude(row);
    const bool right_excludes = right_.MayExclude(row);
    // Parallel relationships bring the same two nodes one row after the other.
    const bool plain = !left_excludes && !right_excludes;
    if (!plain || counted_ != nodes) total_ = Total(row, left_excludes, right_excludes);
    counted_ = plain ? nodes : kNoNodes;
    if (total_ == 0) return;
    found->rows.push_back(row);
    found->counts.Add(total_);
  }

  int64_t Total(uint32_t row, bool left_excludes, bool right_excludes) const {
    int64_t total = 0;
    // The same relationship can only be found from the same node.
    const bool may_share = node_.hops_differ && left_.from(row) == right_.from(row);
    const auto add = [&](size_t i, size_t left_end, size_t right_begin, size_t right_end) {
      total += Admitted(left_, left_excludes, row, i, left_end) *
               Admitted(right_, right_excludes, row, right_begin, right_end);
      if (!may_share) return;
      for (; i < left_end; ++i) {
        for (size_t j = right_begin; j < right_end; ++j) {
          const bool shared = left_.fact(i) == right_.fact(j);
          if (shared && left_.Admits(row, i) && right_.Admits(row, j)) --total;
        }
      }
    };
    ForEachCommon(left_.ends(), right_.ends(), add);
    return total;
  }

  static int64_t Admitted(const SortedHops& hops, bool excludes, size_t row, size_t begin,
                          size_t end) {
    if (!excludes) return static_cast<int64_t>(end - begin);
    int64_t count = 0;
    for (size_t i = begin; i < end; ++i) count += hops.Admits(row, i) ? 1 : 0;
    return count;
  }

  void Emit(Found found, Batch* batch) const {
    if (node_.count.has_value()) {
      batch->column(*node_.count) = Column(std::move(found.counts));
    } else {
      for (size_t hop = 0; hop < 2; ++hop) {
        const Slot slot = node_.hops[hop].relationship;
        if (IsLive(slot)) batch->column(slot) = Column(std::move(found.relationships[hop]));
      }
      if (IsLive(node_.to)) batch->column(node_.to) = Column(std::move(found.ends));
    }
    Carry(rows_, found.rows, plan_.live, batch);
  }

  const IntersectPlan& node_;
  SortedHops left_;
  SortedHops right_;
  Batch rows_;
  size_t next_ = 0;
  // The nodes that `total_` is of, where nothing else of the row matters to it.
  std::pair<NodeId, NodeId> counted_ = kNoNodes;
  int64_t total_ = 0;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const IntersectPlan& node) {
  return std::make_unique<IntersectOperator>(execution, plan, node);
}

}  // namespace entente::query
