#include "query/list_index.h"

#include <cmath>
#include <optional>

namespace entente::query {
namespace {

// Hashing an element costs about as much as comparing this many.
constexpr int kAskedBeforeBuilding = 4;

bool IsNan(const Value& value) { return value.is_float() && std::isnan(value.floating()); }

Value FindAmong(const std::vector<Value>& candidates, const Value& element, bool unknown) {
  for (const Value& candidate : candidates) {
    const std::optional<bool> equal = Equals(element, candidate);
    if (equal.value_or(false)) return Value::Boolean(true);
    unknown = unknown || !equal.has_value();
  }
  return unknown ? Value::Null() : Value::Boolean(false);
}

}  // namespace

Value ListIndex::Contains(const Value& element) {
  if (asked_ < kAskedBeforeBuilding) {
    ++asked_;
    return FindAmong(list_.list(), element, false);
  }
  if (asked_ == kAskedBeforeBuilding) {
    ++asked_;
    Build();
  }
  if (element.is_null()) return list_.list().empty() ? Value::Boolean(false) : Value::Null();
  if (element.is_list() || element.is_map()) return FindAmong(nested_, element, has_null_);
  if (!IsNan(element) && plain_.contains(element)) return Value::Boolean(true);
  return has_null_ ? Value::Null() : Value::Boolean(false);
}

void ListIndex::Build() {
  plain_.reserve(list_.list().size());
  for (const Value& value : list_.list()) {
    if (value.is_null()) {
      has_null_ = true;
    } else if (value.is_list() || value.is_map()) {
      nested_.push_back(value);
    } else if (!IsNan(value)) {
      plain_.insert(value);
    }
  }
}

}  // namespace entente::query
