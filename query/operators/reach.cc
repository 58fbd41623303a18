// A shortest walk to another node passes no node twice, and so no relationship: whatever a walk of
// some length reaches, a path of that length or less reaches, too. Only the way back to the origin
// needs care, where relationships are passed in both directions: there and back over the same one
// is a walk, but no path.
#include "query/operators/reach.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/status.h"

namespace entente::query {
namespace {

constexpr uint64_t kWayBytes = 48;

}  // namespace

Reach::Reach(Execution& execution, const VariableExpandPlan& node, const RelationSet& types,
             const OtherRelationships& others)
    : execution_(execution),
      node_(node),
      types_(types),
      others_(others),
      evaluator_(execution),
      hold_(execution) {}

void Reach::Prepare(const PathOrigin& origin) {
  hold_.Release();
  if (hops_ != nullptr && lens_ == origin.lens) return;
  lens_ = origin.lens;
  hops_ = std::make_unique<PathHops>(execution_, node_, node_.heading, types_, others_, &evaluator_,
                                     *lens_, PathHops::Wanted::kEnds);
  whole_hops_ = nullptr;
}

absl::Status Reach::Search(const PathOrigin& origin, uint64_t least, uint64_t most) {
  Prepare(origin);
  visited_.Clear();
  ends_.clear();
  bool returns = least == 0;
  if (!returns && node_.heading == Heading::kEither) {
    ASSIGN_OR_RETURN(returns, ReturnsAgainstArrows(origin, most));
  }
  if (returns) ends_.push_back(origin.from);
  absl::Span<const NodeId> frontier(&origin.from, 1);
  std::vector<NodeId> others;  // in the frontier, without the origin
  // Along the arrows the origin is found like any other node, but must not count as visited.
  const bool origin_open = !returns && node_.heading != Heading::kEither;
  if (!origin_open) {
    visited_.Add(origin.from);
    visited_.TakeNew(&others);
  }
  uint64_t held = 0;
  for (uint64_t distance = 1; distance <= most && !frontier.empty(); ++distance) {
    hops_->Start(origin, frontier);
    while (true) {
      ASSIGN_OR_RETURN(const bool more, hops_->Next());
      if (!more) break;
      for (size_t i = 0; i < hops_->size(); ++i) visited_.Add(hops_->end(i));
    }
    const size_t before = ends_.size();
    visited_.TakeNew(&ends_);
    frontier = absl::MakeConstSpan(ends_).subspan(before);
    const uint64_t bytes = ends_.size() * sizeof(NodeId) + visited_.bytes();
    RETURN_IF_ERROR(hold_.Add(bytes - std::exchange(held, bytes)));
    // It has been gone on from.
    if (origin_open && std::binary_search(frontier.begin(), frontier.end(), origin.from)) {
      others.assign(frontier.begin(), frontier.end());
      std::erase(others, origin.from);
      frontier = others;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Reach::ReturnsToOrigin(const PathOrigin& origin, uint64_t most) {
  if (node_.heading == Heading::kEither) {
    Prepare(origin);
    return ReturnsAgainstArrows(origin, most);
  }
  RETURN_IF_ERROR(Search(origin, 1, most));
  return std::find(ends_.begin(), ends_.end(), origin.from) != ends_.end();
}

// The shortest such path is a circle. Every node is marked with the relationship by which its way
// leaves the origin, its branch: a relationship between two branches closes a circle.
absl::StatusOr<bool> Reach::ReturnsAgainstArrows(const PathOrigin& origin, uint64_t most) {
  struct Way {
    FactId last = kNoId;
    FactId branch = kNoId;
    uint64_t length = 0;
  };
  if (whole_hops_ == nullptr) {
    whole_hops_ = std::make_unique<PathHops>(execution_, node_, node_.heading, types_, others_,
                                             &evaluator_, *lens_);
  }
  PathHops& hops = *whole_hops_;
  absl::flat_hash_map<NodeId, Way> ways = {{origin.from, {}}};
  std::vector<NodeId> frontier = {origin.from};
  for (uint64_t length = 0; 2 * length + 1 <= most && !frontier.empty(); ++length) {
    std::vector<NodeId> next;
    hops.Start(origin, frontier);
    while (true) {
      ASSIGN_OR_RETURN(const bool more, hops.Next());
      if (!more) break;
      for (size_t i = 0; i < hops.size(); ++i) {
        const FactId hop = hops.fact(i);
        const NodeId node = hops.near(i);
        const NodeId end = hops.end(i);
        if (node == end) {
          if (node == origin.from) return true;
          continue;
        }
        const Way way = ways.at(node);
        if (way.last == hop) continue;
        const FactId branch = node == origin.from ? hop : way.branch;
        const auto [entry, is_new] = ways.try_emplace(end, Way{hop, branch, length + 1});
        if (is_new) {
          next.push_back(end);
          continue;
        }
        const Way& other = entry->second;
        if (other.last == hop) continue;
        const FactId other_branch = end == origin.from ? hop : other.branch;
        if (branch != other_branch && length + other.length + 1 <= most) return true;
      }
    }
    RETURN_IF_ERROR(hold_.Add(next.size() * kWayBytes));
    frontier = std::move(next);
  }
  return false;
}

}  // namespace entente::query
