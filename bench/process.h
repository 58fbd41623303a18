// Running other programs, and what they cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace entente::bench {

struct ProcessOutcome {
  double seconds = 0;        // from start to end
  uint64_t peak_memory = 0;  // resident, in bytes
  std::string output;        // what it wrote to standard output
};

// Runs a program to its end; its errors go to ours. Internal when it fails.
absl::StatusOr<ProcessOutcome> RunProcess(const std::vector<std::string>& command);

// The folder that this program stands in, where the others that are built with it are, too.
std::string ProgramFolder();

// Bytes of a file, or of all files below a folder.
uint64_t DiskBytes(const std::string& path);

// CPUs, memory and system, on one line.
std::string MachineText();

}  // namespace entente::bench
