#include "query/operators/two_sided_search.h"

#include <algorithm>
#include <utility>

#include "engine/status.h"

namespace entente::query {
namespace {

constexpr uint64_t kReachedBytes = 48;

Heading Opposite(Heading heading) {
  if (heading == Heading::kEither) return heading;
  return heading == Heading::kOut ? Heading::kIn : Heading::kOut;
}

}  // namespace

TwoSidedSearch::TwoSidedSearch(Execution& execution, const VariableExpandPlan& node,
                               const RelationSet& types, const OtherRelationships& others, bool all)
    : execution_(execution),
      node_(node),
      types_(types),
      others_(others),
      all_(all),
      evaluator_(execution),
      hold_(execution) {
  near_.heading = node.heading;
  far_.heading = Opposite(node.heading);
}

void TwoSidedSearch::Clear() {
  near_.hops = nullptr;
  far_.hops = nullptr;
}

void TwoSidedSearch::Start(Side* side, NodeId node) {
  if (side->hops == nullptr) {
    side->hops = std::make_unique<PathHops>(execution_, node_, side->heading, types_, others_,
                                            &evaluator_, *lens_);
  }
  side->reached.clear();
  side->reached[node] = {};
  side->last_hops.clear();
  side->frontier.assign(1, node);
  side->distance = 0;
}

absl::Status TwoSidedSearch::Search(const PathOrigin& origin, NodeId to, uint64_t most) {
  if (lens_ != origin.lens) {
    Clear();
    lens_ = origin.lens;
  }
  origin_ = origin;
  hold_.Release();
  meetings_.clear();
  met_ = 0;
  Start(&near_, origin.from);
  Start(&far_, to);
  if (origin.from == to) meetings_.push_back(to);
  while (meetings_.empty() && near_.distance + far_.distance < most && !near_.frontier.empty() &&
         !far_.frontier.empty()) {
    const bool nearer = near_.frontier.size() <= far_.frontier.size();
    RETURN_IF_ERROR(nearer ? Advance(&near_, far_) : Advance(&far_, near_));
  }
  return absl::OkStatus();
}

absl::Status TwoSidedSearch::Advance(Side* side, const Side& other) {
  ++side->distance;
  PathHops& hops = *side->hops;
  hops.Start(origin_, side->frontier);
  std::vector<NodeId> next;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, hops.Next());
    if (!more) break;
    uint64_t bytes = 0;
    for (size_t i = 0; i < hops.size(); ++i) {
      const NodeId end = hops.end(i);
      const auto [entry, is_new] = side->reached.try_emplace(end, Reached{side->distance, kNone});
      Reached& reached = entry->second;
      if (!is_new && (!all_ || reached.distance != side->distance)) continue;
      side->last_hops.push_back({hops.fact(i), hops.near(i), hops.relation(i),
                                 std::exchange(reached.hop, side->last_hops.size()),
                                 hops.incoming(i)});
      bytes += sizeof(Hop);
      if (!is_new) continue;
      bytes += kReachedBytes;
      next.push_back(end);
      if (!other.reached.contains(end)) continue;
      meetings_.push_back(end);
      if (!all_) return absl::OkStatus();
    }
    RETURN_IF_ERROR(hold_.Add(bytes));
  }
  side->frontier = std::move(next);
  return absl::OkStatus();
}

bool TwoSidedSearch::Next() {
  if (met_ == 0 || !ChooseNext()) {
    if (met_ == meetings_.size()) return false;
    const NodeId meeting = meetings_[met_++];
    choices_.assign(near_.reached.at(meeting).distance + far_.reached.at(meeting).distance, kNone);
    ChooseFrom(0);
  }
  FillPath();
  return true;
}

void TwoSidedSearch::ChooseFrom(size_t step) {
  const NodeId meeting = meetings_[met_ - 1];
  const size_t nearer = near_.reached.at(meeting).distance;
  for (; step < choices_.size(); ++step) {
    const Side& side = step < nearer ? near_ : far_;
    choices_[step] = side.reached.at(NodeAt(step)).hop;
  }
}

NodeId TwoSidedSearch::NodeAt(size_t step) const {
  const NodeId meeting = meetings_[met_ - 1];
  const size_t nearer = near_.reached.at(meeting).distance;
  if (step == 0 || step == nearer) return meeting;
  return (step < nearer ? near_ : far_).last_hops[choices_[step - 1]].before;
}

// The next combination of hops: the last step changes first, and what can be chosen at a step
// depends on those before it.
bool TwoSidedSearch::ChooseNext() {
  const size_t nearer = near_.reached.at(meetings_[met_ - 1]).distance;
  for (size_t step = choices_.size(); step-- > 0;) {
    const Side& side = step < nearer ? near_ : far_;
    const uint32_t next = side.last_hops[choices_[step]].next;
    if (next == kNone) continue;
    choices_[step] = next;
    ChooseFrom(step + 1);
    return true;
  }
  return false;
}

void TwoSidedSearch::FillPath() {
  const size_t nearer = near_.reached.at(meetings_[met_ - 1]).distance;
  path_.clear();
  for (size_t step = nearer; step-- > 0;) AppendToPath(near_, step);
  for (size_t step = nearer; step < choices_.size(); ++step) AppendToPath(far_, step);
}

void TwoSidedSearch::AppendToPath(const Side& side, size_t step) {
  const Hop& hop = side.last_hops[choices_[step]];
  const NodeId node = NodeAt(step);
  path_.push_back({.id = hop.fact,
                   .start = hop.incoming ? node : hop.before,
                   .end = hop.incoming ? hop.before : node,
                   .relation = hop.relation,
                   .lens = origin_.mark});
}

}  // namespace entente::query
