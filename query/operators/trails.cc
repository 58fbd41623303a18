#include "query/operators/trails.h"

#include <algorithm>

#include "engine/status.h"

namespace entente::query {
namespace {

// What a level's buffers take, roughly.
constexpr uint64_t kLevelBytes = 32768;

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

void Trails::Start(const PathOrigin& origin, uint64_t most) {
  if (origin.lens != origin_.lens) Clear();
  origin_ = origin;
  most_ = most;
  depth_ = 0;
  path_.clear();
  end_ = origin.from;
  fresh_ = true;
}

absl::StatusOr<bool> Trails::Next() {
  if (fresh_) {
    fresh_ = false;
    return true;
  }
  // The trail that came last goes on, if it may; otherwise its last hop gives way to the next one.
  if (path_.size() < most_) {
    RETURN_IF_ERROR(Descend());
  } else if (!path_.empty()) {
    path_.pop_back();
  }
  // From here on the path is one hop shorter than there are levels.
  while (depth_ > 0) {
    Level& level = levels_[depth_ - 1];
    if (level.next == level.hops->size()) {
      ASSIGN_OR_RETURN(const bool more, level.hops->Next());
      level.next = 0;
      if (more) continue;
      --depth_;
      if (!path_.empty()) path_.pop_back();
      continue;
    }
    const size_t i = level.next++;
    const RelationshipReference& relationship = level.hops->relationship(i);
    const bool passed = std::any_of(
        path_.begin(), path_.end(),
        [&](const RelationshipReference& other) { return other.id == relationship.id; });
    if (passed) continue;
    path_.push_back(relationship);
    end_ = level.hops->end(i);
    return true;
  }
  return false;
}

absl::Status Trails::Descend() {
  if (depth_ == levels_.size()) {
    RETURN_IF_ERROR(hold_.Add(kLevelBytes));
    levels_.push_back({std::make_unique<PathHops>(execution_, node_, node_.heading, types_, others_,
                                                  &evaluator_, *origin_.lens),
                       0});
  }
  Level& level = levels_[depth_++];
  level.next = 0;
  level.hops->Start(origin_, absl::MakeConstSpan(&end_, 1));
  return absl::OkStatus();
}

}  // namespace entente::query
