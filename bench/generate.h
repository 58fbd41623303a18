// Writing a world as the four files of the tables format.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace entente::bench {

// Writes entities.csv, articles.csv, facts.csv and evidence.csv into `directory`, which is made
// when missing. The same number of facts gives the same bytes on every machine.
absl::Status GenerateTables(uint64_t facts, const std::string& directory);

}  // namespace entente::bench
