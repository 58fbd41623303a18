// Where the peers' files are.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace entente::bench {

// The folder node_modules that tools/bench installs the peers into.
std::string PeerModules();

// A file of this folder: "models/duckdb.sql".
std::string BenchFile(const std::string& name);
absl::StatusOr<std::string> ReadBenchFile(const std::string& name);

}  // namespace entente::bench
