#include "engine/fact_sample.h"

#include <algorithm>
#include <optional>
#include <random>

#include "engine/status.h"
#include "storage/adjacency.h"
#include "storage/facts.h"
#include "storage/node_reader.h"
#include "storage/view.h"

namespace entente {
namespace {

// Blocks that are read, and the facts taken from each. Facts of one block have much in common.
constexpr size_t kBlocks = 64;
constexpr uint64_t kFactsOfBlock = 4;
// Fewer facts tell nothing.
constexpr size_t kEnough = 8;

bool BearsOne(const std::vector<LabelId>& borne, const std::vector<LabelId>& wanted) {
  if (wanted.empty()) return true;
  return std::any_of(borne.begin(), borne.end(), [&](LabelId label) {
    return std::binary_search(wanted.begin(), wanted.end(), label);
  });
}

bool IsOf(RelationId relation, const RelationSet& types) {
  return types.any || std::binary_search(types.ids.begin(), types.ids.end(), relation);
}

// The ends (0 the subject, 1 the object) that hops of the heading start at.
std::vector<int> NearEnds(Heading heading) {
  if (heading == Heading::kEither) return {0, 1};
  return {heading == Heading::kOut ? 0 : 1};
}

std::vector<FactId> ChooseFacts(uint64_t count, uint64_t block_facts) {
  std::mt19937_64 random(count);
  std::vector<FactId> facts;
  const uint64_t step = std::max<uint64_t>(1, block_facts / kFactsOfBlock);
  for (size_t i = 0; i < kBlocks; ++i) {
    const FactId first = random() % count / block_facts * block_facts + random() % step;
    for (uint64_t k = 0; k < kFactsOfBlock; ++k) facts.push_back(first + k * step);
  }
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  return facts;
}

}  // namespace

absl::StatusOr<FactSample> FactSample::Take(const Graph& graph) {
  FactSample sample;
  const storage::View& view = graph.view();
  ASSIGN_OR_RETURN(const uint64_t count, view.Counter(storage::kNextFact));
  if (count == 0) return sample;
  const std::vector<FactId> chosen = ChooseFacts(count, view.geometry().block_facts);
  ASSIGN_OR_RETURN(const std::vector<std::optional<storage::FactRecord>> records,
                   storage::ReadFacts(view, chosen));
  std::vector<NodeId> ends;
  for (const std::optional<storage::FactRecord>& record : records) {
    if (!record.has_value()) continue;
    sample.facts_.push_back({record->relation, {}});
    ends.push_back(record->subject);
    ends.push_back(record->object);
  }
  storage::NodeReader nodes(view);
  RETURN_IF_ERROR(nodes.Load(ends));
  for (size_t i = 0; i < ends.size(); ++i) {
    if (nodes.record(i) != nullptr) sample.facts_[i / 2].labels[i % 2] = nodes.record(i)->labels;
  }
  for (size_t i = 0; i + 1 < ends.size(); i += 2 * kFactsOfBlock) {
    Degrees degrees;
    for (const int end : {0, 1}) {
      ASSIGN_OR_RETURN(
          const storage::Degree out,
          storage::ReadDegree(view, Direction::kOut, ends[i + end], storage::RelationFilter()));
      ASSIGN_OR_RETURN(
          const storage::Degree in,
          storage::ReadDegree(view, Direction::kIn, ends[i + end], storage::RelationFilter()));
      degrees.out[end] = out.edges;
      degrees.in[end] = in.edges;
    }
    sample.degrees_.push_back(degrees);
  }
  return sample;
}

template <typename Takes, typename Fits>
double FactSample::ShareAmong(Heading heading, Takes takes, Fits fits, size_t* all) const {
  *all = 0;
  size_t fitting = 0;
  for (const Fact& fact : facts_) {
    for (const int near : NearEnds(heading)) {
      if (!takes(fact, near)) continue;
      ++*all;
      if (fits(fact, near)) ++fitting;
    }
  }
  // What was not met is rare, but it may exist.
  return *all == 0 ? 1.0 : std::max(0.5, static_cast<double>(fitting)) / static_cast<double>(*all);
}

double FactSample::NearShare(const RelationSet& types, Heading heading,
                             const std::vector<LabelId>& near) const {
  if (near.empty()) return 1.0;
  const auto fits = [&](const Fact& fact, int end) { return BearsOne(fact.labels[end], near); };
  size_t all;
  const double share = ShareAmong(
      heading, [&](const Fact& fact, int) { return IsOf(fact.relation, types); }, fits, &all);
  if (all >= kEnough) return share;
  return ShareAmong(
      heading, [](const Fact&, int) { return true; }, fits, &all);
}

double FactSample::FarShare(const RelationSet& types, Heading heading,
                            const std::vector<LabelId>& near,
                            const std::vector<LabelId>& far) const {
  if (far.empty()) return 1.0;
  const auto fits = [&](const Fact& fact, int end) { return BearsOne(fact.labels[1 - end], far); };
  size_t all;
  const double share = ShareAmong(
      heading,
      [&](const Fact& fact, int end) {
        return IsOf(fact.relation, types) && BearsOne(fact.labels[end], near);
      },
      fits, &all);
  if (all >= kEnough) return share;
  const double of_types = ShareAmong(
      heading, [&](const Fact& fact, int) { return IsOf(fact.relation, types); }, fits, &all);
  if (all >= kEnough) return of_types;
  return ShareAmong(
      heading, [](const Fact&, int) { return true; }, fits, &all);
}

double FactSample::DegreeBehind(Heading arriving, Heading leaving) const {
  double sum = 0;
  size_t count = 0;
  for (const Degrees& degrees : degrees_) {
    for (const int near : NearEnds(arriving)) {
      ++count;
      if (leaving != Heading::kIn) sum += static_cast<double>(degrees.out[1 - near]);
      if (leaving != Heading::kOut) sum += static_cast<double>(degrees.in[1 - near]);
    }
  }
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

}  // namespace entente
