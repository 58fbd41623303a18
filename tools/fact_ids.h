// FactIds: the ids by which tables of evidence name facts of tables of facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "engine/bulk_loader.h"

namespace entente::tools {

class FactIds {
 public:
  // The id must not be taken.
  void Add(absl::string_view id, FactHandle fact);
  std::optional<FactHandle> Find(absl::string_view id) const;

 private:
  // Plain numbers that lie close together, as nearly all ids do, index an array.
  std::vector<FactHandle> dense_;
  uint64_t count_ = 0;
  absl::flat_hash_map<std::string, FactHandle> others_;
};

}  // namespace entente::tools
