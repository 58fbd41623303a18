// Whether values are IN one list that stays the same over many rows.
#pragma once

#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "engine/value.h"
#include "engine/value_order.h"

namespace entente::query {

// Answers as IsIn (function.h) does. Goes through the list for the first few questions and hashes
// its elements for the many.
class ListIndex {
 public:
  // `list` must be a list.
  explicit ListIndex(Value list) : list_(std::move(list)) {}

  // Whether this is the very list, not only an equal one.
  bool IsOf(const Value& list) const { return &list.list() == &list_.list(); }
  // True, false or null.
  Value Contains(const Value& element);

 private:
  void Build();

  Value list_;
  int asked_ = 0;
  // Once built. Equality of these is equivalence; lists and maps, which may equal a value or leave
  // it open, are compared one by one, and NaN equals nothing.
  absl::flat_hash_set<Value, ValueHash, ValueEquivalence> plain_;
  std::vector<Value> nested_;
  bool has_null_ = false;
};

}  // namespace entente::query
