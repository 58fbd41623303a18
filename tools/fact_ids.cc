#include "tools/fact_ids.h"

#include <algorithm>

#include "tools/plain_number.h"

namespace entente::tools {
namespace {

constexpr FactHandle kFree = ~FactHandle{0};
// How many numbers beyond those in use the array may have room for.
constexpr uint64_t kSlack = 1 << 20;

}  // namespace

void FactIds::Add(absl::string_view id, FactHandle fact) {
  ++count_;
  const std::optional<uint64_t> number = PlainNumber(id);
  if (number.has_value() && *number < 2 * count_ + kSlack) {
    if (*number >= dense_.size()) dense_.resize(std::max(*number + 1, 2 * dense_.size()), kFree);
    dense_[*number] = fact;
  } else {
    others_.emplace(id, fact);
  }
}

std::optional<FactHandle> FactIds::Find(absl::string_view id) const {
  const std::optional<uint64_t> number = PlainNumber(id);
  if (number.has_value() && *number < dense_.size() && dense_[*number] != kFree) {
    return dense_[*number];
  }
  if (others_.empty()) return std::nullopt;
  const auto other = others_.find(id);
  return other == others_.end() ? std::nullopt : std::optional<FactHandle>(other->second);
}

}  // namespace entente::tools
