// The memory of a column while its values are computed.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "engine/value.h"
#include "query/function.h"
#include "query/operator.h"

namespace entente::query {

class ColumnRoom {
 public:
  explicit ColumnRoom(const Execution& execution) : execution_(execution) {}

  // To be called with each new value. kLimitExceeded if it alone, or what the column's values hold
  // beyond what they share, is more than the statement may use, or if it nests too deep.
  absl::Status Take(const Value& value) {
    const uint64_t all = value.HeapBytes();
    if (all == 0) return absl::OkStatus();
    bytes_ += OwnBytes(value, all);
    const uint64_t most = all > bytes_ ? all : bytes_;
    absl::Status status = CheckDepth(value);
    return status.ok() ? execution_.CheckRoom(most) : status;
  }

 private:
  // Elements of lists and maps are mostly somebody else's, too.
  static uint64_t OwnBytes(const Value& value, uint64_t all) {
    if (value.is_list()) return value.list().size() * sizeof(Value);
    if (value.is_map()) return value.map().size() * sizeof(MapEntry);
    return all;
  }

  const Execution& execution_;
  uint64_t bytes_ = 0;
};

}  // namespace entente::query
