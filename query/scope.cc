#include "query/scope.h"

#include <algorithm>

namespace entente::query {

const Binding* Scope::Find(absl::string_view name) const {
  auto found = bindings_.find(name);
  return found == bindings_.end() ? nullptr : &found->second;
}

void Scope::Declare(absl::string_view name, Binding binding) {
  bindings_.insert_or_assign(std::string(name), binding);
}

std::vector<std::string> Scope::Names() const {
  std::vector<std::string> names;
  names.reserve(bindings_.size());
  for (const auto& [name, binding] : bindings_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace entente::query
