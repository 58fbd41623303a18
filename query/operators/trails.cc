#include "query/operators/trails.h"

#include <algorithm>

#include "engine/status.h"

namespace entente::query {
namespace {

// Relationships read at once at one node of a trail.
constexpr size_t kPortion = 256;
constexpr uint64_t kLevelBytes = kPortion * 64;

}  // namespace

Trails::Trails(Execution& execution, const VariableExpandPlan& node, const RelationSet& types,
               const OtherRelationships& others)
    : execution_(execution),
      node_(node),
      types_(types),
      others_(others),
      evaluator_(execution),
      hold_(execution) {}

void Trails::Clear() {
  levels_.clear();
  hold_.Release();
}

void Trails::Start(const Batch& rows, uint32_t row, NodeId from, const Lens& lens, const Lens* mark,
                   uint64_t most) {
  if (lens_ != &lens) Clear();
  rows_ = &rows;
  row_ = row;
  lens_ = &lens;
  mark_ = mark;
  most_ = most;
  depth_ = 0;
  path_.clear();
  end_ = from;
  fresh_ = true;
}

absl::StatusOr<bool> Trails::Next() {
  if (fresh_) {
    fresh_ = false;
    return true;
  }
  // The trail that came last goes on, if it may.
  if (path_.size() == depth_ && path_.size() < most_) {
    RETURN_IF_ERROR(Descend());
  } else if (!path_.empty()) {
    path_.pop_back();
  }
  while (depth_ > 0) {
    Level& level = levels_[depth_ - 1];
    if (level.next == level.edges.size()) {
      ASSIGN_OR_RETURN(const bool more, NextPortion(&level));
      if (more) continue;
      --depth_;
      if (!path_.empty()) path_.pop_back();
      continue;
    }
    const size_t i = level.next++;
    if (!level.allowed.empty() && !level.allowed[i]) continue;
    const FactId fact = level.edges.fact[i];
    if (std::any_of(path_.begin(), path_.end(),
                    [&](const RelationshipReference& passed) { return passed.id == fact; })) {
      continue;
    }
    if (others_.Contains(row_, fact)) continue;
    path_.push_back(Reference(level, i));
    end_ = level.edges.other[i];
    return true;
  }
  return false;
}

absl::Status Trails::Descend() {
  if (depth_ == levels_.size()) {
    RETURN_IF_ERROR(hold_.Add(kLevelBytes));
    levels_.emplace_back();
    levels_.back().expansion =
        std::make_unique<Expansion>(*execution_.graph, node_.heading, types_, *lens_);
  }
  Level& level = levels_[depth_++];
  level.node = end_;
  level.edges.Clear();
  level.next = 0;
  level.expansion->Start(absl::MakeConstSpan(&end_, 1));
  return absl::OkStatus();
}

absl::StatusOr<bool> Trails::NextPortion(Level* level) {
  RETURN_IF_ERROR(execution_.CheckInterrupted());
  level->edges.Clear();
  level->next = 0;
  ASSIGN_OR_RETURN(const bool more, level->expansion->Next(kPortion, &level->edges));
  if (more && node_.predicate != nullptr) {
    RETURN_IF_ERROR(TestPredicate(level));
  }
  return more;
}

absl::Status Trails::TestPredicate(Level* level) {
  const size_t count = level->edges.size();
  Column::Relationships each;
  each.reserve(count);
  for (size_t i = 0; i < count; ++i) each.push_back(Reference(*level, i));
  Batch batch = rows_->Gather(std::vector<uint32_t>(count, row_), node_.predicate->reads);
  batch.column(node_.each) = Column(std::move(each));
  ASSIGN_OR_RETURN(const std::vector<uint32_t> kept, evaluator_.Select(*node_.predicate, batch));
  level->allowed.assign(count, false);
  for (uint32_t i : kept) level->allowed[i] = true;
  return absl::OkStatus();
}

RelationshipReference Trails::Reference(const Level& level, size_t i) const {
  const Edges& edges = level.edges;
  const bool incoming = edges.incoming[i] != 0;
  return {edges.fact[i], incoming ? edges.other[i] : level.node,
          incoming ? level.node : edges.other[i], edges.relation[i], mark_};
}

}  // namespace entente::query
