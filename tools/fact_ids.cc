#include "tools/fact_ids.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace entente::tools {
namespace {

constexpr FactHandle kFree = ~FactHandle{0};
// How many numbers beyond those in use the array may have room for.
constexpr uint64_t kSlack = 1 << 20;
constexpr size_t kMostDigits = 12;

// The number that `id` is the only way to write.
std::optional<uint64_t> PlainNumber(absl::string_view id) {
  if (id.empty() || id.size() > kMostDigits || (id[0] == '0' && id.size() > 1)) return std::nullopt;
  uint64_t number = 0;
  for (char c : id) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

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
