// A run of the benchmark.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "bench/engine.h"

namespace entente::bench {

struct RunOptions {
  uint64_t facts = 2'000'000;
  std::string folder;                  // for tables, databases and results, made when missing
  std::vector<std::string> engines;    // names
  std::vector<std::string> workloads;  // names; none: all
  std::vector<int> threads = {1, 2};   // that one question may use
  Effort effort;
};

// Makes what is missing (tables, databases), measures, prints progress to standard error, and
// writes results.md and results.json into the folder. FailedPrecondition when engines gave
// different answers.
absl::Status RunBenchmark(const RunOptions& options);

}  // namespace entente::bench
