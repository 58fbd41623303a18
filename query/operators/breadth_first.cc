#include "query/operators/breadth_first.h"

#include <algorithm>
#include <utility>

#include "engine/status.h"

namespace entente::query {
namespace {

constexpr uint64_t kReachedBytes = 64;

NodeId OtherEnd(const RelationshipReference& relationship, NodeId node) {
  return relationship.start == node ? relationship.end : relationship.start;
}

}  // namespace

BreadthFirst::BreadthFirst(Execution& execution, const VariableExpandPlan& node,
                           const RelationSet& types, const OtherRelationships& others, bool all)
    : execution_(execution),
      node_(node),
      types_(types),
      others_(others),
      all_(all),
      evaluator_(execution),
      hold_(execution) {}

absl::Status BreadthFirst::Search(const PathOrigin& origin, NodeId to, uint64_t most) {
  if (hops_ == nullptr || lens_ != origin.lens) {
    lens_ = origin.lens;
    hops_ = std::make_unique<PathHops>(execution_, node_, types_, others_, &evaluator_, *lens_);
  }
  origin_ = origin;
  reached_.clear();
  hold_.Release();
  ends_.clear();
  current_end_ = 0;
  choices_.clear();
  reached_[origin.from] = {};
  std::vector<NodeId> frontier = {origin.from};
  if (to == kNoId) ends_ = frontier;
  for (uint64_t distance = 1; distance <= most && !frontier.empty(); ++distance) {
    if (to != kNoId && reached_.contains(to)) break;
    std::vector<NodeId> next;
    RETURN_IF_ERROR(SearchLevel(distance, frontier, &next));
    if (to == kNoId) ends_.insert(ends_.end(), next.begin(), next.end());
    frontier = std::move(next);
  }
  if (to != kNoId && reached_.contains(to)) ends_ = {to};
  return absl::OkStatus();
}

absl::Status BreadthFirst::SearchLevel(uint64_t distance, const std::vector<NodeId>& frontier,
                                       std::vector<NodeId>* reached) {
  hops_->Start(origin_, frontier);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, hops_->Next());
    if (!more) return absl::OkStatus();
    uint64_t bytes = 0;
    for (size_t i = 0; i < hops_->size(); ++i) {
      const NodeId end = hops_->end(i);
      const auto [entry, is_new] = reached_.try_emplace(end);
      Reached& way = entry->second;
      if (is_new) {
        way.distance = distance;
        reached->push_back(end);
        bytes += kReachedBytes;
      } else if (!all_ || way.distance != distance) {
        continue;
      }
      way.last_hops.push_back(hops_->relationship(i));
      bytes += sizeof(RelationshipReference);
    }
    RETURN_IF_ERROR(hold_.Add(bytes));
  }
}

bool BreadthFirst::Next() {
  if (current_end_ == 0 || !NextChoice()) {
    if (current_end_ == ends_.size()) return false;
    ++current_end_;
    choices_.assign(reached_.at(end()).distance, 0);
  }
  FillPath();
  return true;
}

// The next combination of last hops: the one farthest from the end changes first. What can be
// chosen at a node depends on the choices nearer to the end.
bool BreadthFirst::NextChoice() {
  for (size_t changed = choices_.size(); changed-- > 0;) {
    NodeId node = end();
    for (size_t i = 0; i < changed; ++i) {
      node = OtherEnd(reached_.at(node).last_hops[choices_[i]], node);
    }
    if (choices_[changed] + 1 < reached_.at(node).last_hops.size()) {
      ++choices_[changed];
      std::fill(choices_.begin() + changed + 1, choices_.end(), 0);
      return true;
    }
  }
  return false;
}

void BreadthFirst::FillPath() {
  path_.clear();
  NodeId node = end();
  for (size_t choice : choices_) {
    const RelationshipReference& hop = reached_.at(node).last_hops[choice];
    path_.push_back(hop);
    node = OtherEnd(hop, node);
  }
  std::reverse(path_.begin(), path_.end());
}

}  // namespace entente::query
