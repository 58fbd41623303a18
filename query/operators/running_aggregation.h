// RunningAggregation: one aggregation in progress, for all groups at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "query/batch.h"
#include "query/plan.h"

namespace entente::query {

class RunningAggregation {
 public:
  virtual ~RunningAggregation() = default;

  // There are `count` groups from now on; those that are new have seen nothing.
  virtual void SetGroups(size_t count) = 0;
  // Row `row` goes into groups[row], for each of `rows`; nulls have been left out. All are of one
  // morsel (query/morsels.h).
  virtual absl::Status Add(absl::Span<const Column> arguments, absl::Span<const uint32_t> groups,
                           absl::Span<const uint32_t> rows, uint64_t morsel) = 0;
  // Adds what another one, which is of the same kind and has seen other morsels, knows of its
  // groups; its group i is groups[i] here. Only where MergesExactly.
  virtual void Merge(RunningAggregation& other, absl::Span<const uint32_t> groups) = 0;
  // The results of groups [begin, end), each asked for once.
  virtual absl::StatusOr<Column> Finish(size_t begin, size_t end) = 0;
  // Approximate bytes in use. Only grows.
  virtual uint64_t bytes() const = 0;
};

// By counters where nothing is counted but rows, by sums where integers are added up, by values for
// min and max, by objects of the function otherwise.
std::unique_ptr<RunningAggregation> MakeRunningAggregation(const Aggregation& aggregation);

// Whether parts of the input can be aggregated each by itself, and the outcome is to the bit what
// it is of all of it in order. So it is of counts, sums of integers, the least and the greatest.
bool MergesExactly(const Aggregation& aggregation);

}  // namespace entente::query
