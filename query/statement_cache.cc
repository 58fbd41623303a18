#include "query/statement_cache.h"

#include <utility>

#include "absl/numeric/bits.h"

namespace entente::query {
namespace {

// Longer statements, bulk data in the main, are not likely to come again.
constexpr size_t kLongestKept = 16384;

}  // namespace

PlanningStamp StampOf(const Graph& graph) {
  PlanningStamp stamp;
  stamp.labels = graph.catalogue().label_count();
  stamp.relations = graph.catalogue().relation_count();
  stamp.nodes = static_cast<int>(absl::bit_width(graph.NodeCount()));
  stamp.relationships = static_cast<int>(absl::bit_width(graph.RelationshipCount()));
  stamp.index_changes = graph.catalogue().index_changes();
  stamp.taxonomy_changes = graph.catalogue().taxonomy_changes();
  return stamp;
}

std::shared_ptr<const PreparedPlan> StatementCache::Find(absl::string_view text,
                                                         const PlanningStamp& stamp) {
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) return nullptr;
  const auto entry = found->second;
  if (entry->stamp != stamp) {
    by_text_.erase(found);
    entries_.erase(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->plan;
}

void StatementCache::Add(absl::string_view text, const PlanningStamp& stamp,
                         std::shared_ptr<const PreparedPlan> plan) {
  if (capacity_ == 0 || text.size() > kLongestKept || by_text_.contains(text)) return;
  if (entries_.size() == capacity_) {
    by_text_.erase(entries_.back().text);
    entries_.pop_back();
  }
  entries_.push_front({std::string(text), stamp, std::move(plan), nullptr});
  by_text_.emplace(entries_.front().text, entries_.begin());
}

StatementCache::Entry* StatementCache::FirstIfOf(const PreparedPlan& plan) {
  const bool is_of = !entries_.empty() && entries_.front().plan.get() == &plan;
  return is_of ? &entries_.front() : nullptr;
}

std::unique_ptr<Run> StatementCache::TakeRun(const PreparedPlan& plan) {
  Entry* const entry = FirstIfOf(plan);
  return entry == nullptr ? nullptr : std::move(entry->run);
}

void StatementCache::KeepRun(std::unique_ptr<Run> run) {
  Entry* const entry = FirstIfOf(run->plan());
  if (entry != nullptr) entry->run = std::move(run);
}

}  // namespace entente::query
