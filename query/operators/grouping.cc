#include "query/operators/grouping.h"

#include <algorithm>
#include <utility>

#include "engine/status.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

// Drops the rows whose group has seen their value before.
void KeepNew(RowTable& seen, const Column& value, const std::vector<uint32_t>& groups,
             std::vector<uint32_t>* rows) {
  Scalars numbers_of_groups;
  numbers_of_groups.numbers.assign(groups.begin(), groups.end());
  const Column group(std::move(numbers_of_groups));
  const Column* columns[] = {&group, &value};
  auto next_new = static_cast<uint32_t>(seen.size());
  std::vector<uint32_t> numbers;
  seen.FindOrAdd(columns, groups.size(), &numbers);
  std::vector<uint8_t> is_new(numbers.size(), 0);
  for (size_t row = 0; row < numbers.size(); ++row) {
    if (numbers[row] != next_new) continue;
    is_new[row] = 1;
    ++next_new;
  }
  std::erase_if(*rows, [&](uint32_t row) { return is_new[row] == 0; });
}

absl::Status KeepNewNodes(NodeSet& seen, const Column& value, std::vector<uint32_t>* rows) {
  Column::Nodes read;
  if (value.nodes() == nullptr) RETURN_IF_ERROR(value.ReadNodes(&read));
  const Column::Nodes& nodes = value.nodes() == nullptr ? read : *value.nodes();
  std::erase_if(*rows, [&](uint32_t row) { return !seen.Add(nodes[row]); });
  return absl::OkStatus();
}

bool IsOfNodes(const Aggregation& aggregation) {
  return aggregation.arguments[0]->type.WithoutNull() == TypeSet{Value::Type::kNode};
}

}  // namespace

Grouping::Grouping(Execution& execution, const AggregatePlan& plan)
    : execution_(execution),
      plan_(plan),
      evaluator_(execution),
      groups_(plan.keys.size()),
      hold_(execution) {
  for (const Aggregation& aggregation : plan.aggregations) {
    running_.push_back(MakeRunningAggregation(aggregation));
    const bool nodes = aggregation.distinct && plan.keys.empty() && IsOfNodes(aggregation);
    const bool values = aggregation.distinct && !nodes;
    seen_.push_back(values ? std::make_unique<RowTable>(2) : nullptr);
    seen_nodes_.push_back(nodes ? std::make_unique<NodeSet>() : nullptr);
  }
  // Without keys there is a group of nothing, too.
  if (plan.keys.empty()) SetGroups(1, 0);
}

absl::Status Grouping::Add(uint64_t morsel, Batch rows) {
  RETURN_IF_ERROR(FindGroups(rows, morsel));
  std::vector<Column> arguments;
  for (size_t a = 0; a < running_.size(); ++a) {
    RETURN_IF_ERROR(Evaluate(a, rows, &arguments));
    RETURN_IF_ERROR(Feed(a, arguments, group_of_, morsel));
  }
  return HoldMemory();
}

void Grouping::SetGroups(size_t count, uint64_t morsel) {
  group_count_ = count;
  first_morsels_.resize(count, morsel);
  for (const auto& running : running_) running->SetGroups(count);
}

// The group of each row, made where it is new.
absl::Status Grouping::FindGroups(const Batch& rows, uint64_t morsel) {
  if (plan_.keys.empty()) {
    group_of_.assign(rows.row_count(), 0);
    return absl::OkStatus();
  }
  std::vector<Column> keys;
  std::vector<const Column*> columns;
  for (const auto& [slot, expression] : plan_.keys) {
    ASSIGN_OR_RETURN(Column key, evaluator_.Evaluate(*expression, rows));
    keys.push_back(std::move(key));
  }
  for (const Column& key : keys) columns.push_back(&key);
  groups_.FindOrAdd(columns, rows.row_count(), &group_of_);
  SetGroups(groups_.size(), morsel);
  return absl::OkStatus();
}

absl::Status Grouping::Evaluate(size_t aggregation, const Batch& rows,
                                std::vector<Column>* arguments) {
  arguments->clear();
  for (const ExpressionPtr& argument : plan_.aggregations[aggregation].arguments) {
    ASSIGN_OR_RETURN(Column column, evaluator_.Evaluate(*argument, rows));
    arguments->push_back(std::move(column));
  }
  return absl::OkStatus();
}

absl::Status Grouping::Feed(size_t aggregation, const std::vector<Column>& arguments,
                            const std::vector<uint32_t>& groups, uint64_t morsel) {
  std::vector<uint32_t> counted = AllRows(groups.size());
  if (!arguments.empty()) {
    std::erase_if(counted, [&](uint32_t row) { return arguments[0].IsNull(row); });
    RowTable* const seen = seen_[aggregation].get();
    if (seen != nullptr) KeepNew(*seen, arguments[0], groups, &counted);
    NodeSet* const nodes = seen_nodes_[aggregation].get();
    if (nodes != nullptr) RETURN_IF_ERROR(KeepNewNodes(*nodes, arguments[0], &counted));
  }
  return running_[aggregation]->Add(arguments, groups, counted, morsel);
}

absl::Status Grouping::Merge(absl::Span<Grouping* const> parts, bool apart) {
  const std::vector<std::vector<uint32_t>> become = MergeGroups(parts, apart);
  for (size_t p = 0; p < parts.size(); ++p) {
    for (size_t a = 0; a < running_.size(); ++a) {
      if (seen_[a] != nullptr) {
        RETURN_IF_ERROR(MergeSeen(a, *parts[p], become[p]));
      } else if (seen_nodes_[a] != nullptr) {
        RETURN_IF_ERROR(MergeSeenNodes(a, *parts[p]));
      } else {
        running_[a]->Merge(*parts[p]->running_[a], become[p]);
      }
    }
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    RETURN_IF_ERROR(HoldMemory());
  }
  return absl::OkStatus();
}

std::vector<std::vector<uint32_t>> Grouping::MergeGroups(absl::Span<Grouping* const> parts,
                                                         bool apart) {
  std::vector<std::vector<uint32_t>> become(parts.size());
  if (plan_.keys.empty()) {
    for (std::vector<uint32_t>& groups : become) groups = {0};
    return become;
  }
  size_t most = 0;
  for (size_t p = 0; p < parts.size(); ++p) {
    most = std::max(most, parts[p]->group_count_);
    become[p].reserve(parts[p]->group_count_);
  }
  if (!apart) groups_.Reserve(most);
  while (true) {
    // A morsel's new groups come one after the other, and from one part.
    size_t first = parts.size();
    uint64_t morsel = 0;
    for (size_t p = 0; p < parts.size(); ++p) {
      const size_t next = become[p].size();
      if (next == parts[p]->group_count_) continue;
      if (first < parts.size() && parts[p]->first_morsels_[next] > morsel) continue;
      first = p;
      morsel = parts[p]->first_morsels_[next];
    }
    if (first == parts.size()) return become;
    const Grouping& part = *parts[first];
    const size_t begin = become[first].size();
    size_t end = begin;
    while (end < part.group_count_ && part.first_morsels_[end] == morsel) ++end;
    if (apart) {
      groups_.AddRows(part.groups_, begin, end, &become[first]);
    } else {
      groups_.FindOrAddRows(part.groups_, begin, end, &become[first]);
    }
    SetGroups(groups_.size(), morsel);
  }
}

// What is added up, least or greatest of distinct values does not depend on their order.
absl::Status Grouping::MergeSeen(size_t aggregation, const Grouping& part,
                                 const std::vector<uint32_t>& groups) {
  const RowTable& seen = *part.seen_[aggregation];
  for (size_t begin = 0; begin < seen.size();) {
    const size_t end = std::min(seen.size(), begin + execution_.batch_size);
    const Column theirs = seen.ColumnAt(0, begin, end);
    std::vector<uint32_t> ours;
    Value scratch;
    for (size_t row = 0; row < end - begin; ++row) {
      ours.push_back(groups[static_cast<size_t>(theirs.ReadAt(row, &scratch).integer())]);
    }
    std::vector<Column> values;
    values.push_back(seen.ColumnAt(1, begin, end));
    RETURN_IF_ERROR(Feed(aggregation, values, ours, 0));
    begin = end;
  }
  return absl::OkStatus();
}

absl::Status Grouping::MergeSeenNodes(size_t aggregation, Grouping& part) {
  Column::Nodes nodes;
  part.seen_nodes_[aggregation]->TakeNew(&nodes);
  const std::vector<uint32_t> groups(nodes.size(), 0);
  std::vector<Column> values;
  values.emplace_back(std::move(nodes));
  return Feed(aggregation, values, groups, 0);
}

absl::Status Grouping::HoldMemory() {
  uint64_t bytes = groups_.bytes() + first_morsels_.size() * sizeof(uint64_t);
  for (const auto& running : running_) bytes += running->bytes();
  for (const auto& seen : seen_) bytes += seen == nullptr ? 0 : seen->bytes();
  for (const auto& seen : seen_nodes_) bytes += seen == nullptr ? 0 : seen->bytes();
  const uint64_t more = bytes - std::min(bytes, held_);
  held_ += more;
  return hold_.Add(more);
}

}  // namespace entente::query
