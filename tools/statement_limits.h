// What each statement of a program may use: --timeout, --memory and --threads.
#pragma once

#include <cstdint>

#include "engine/database.h"

namespace CLI {
class App;
}

namespace entente::tools {

struct StatementLimits {
  double timeout_seconds = 0;  // 0: as long as it takes
  uint64_t memory = DatabaseOptions().memory_limit;
  uint32_t threads = 0;  // 0: as many as there are cores
};

// Adds the options that set `*limits`, which must outlive `app`.
void AddLimitOptions(CLI::App* app, StatementLimits* limits);

// The usual options with these limits.
DatabaseOptions OptionsWith(const StatementLimits& limits);

}  // namespace entente::tools
