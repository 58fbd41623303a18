#include "tools/statement_limits.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <limits>

#include "tools/size_value.h"

namespace entente::tools {

void AddLimitOptions(CLI::App* app, StatementLimits* limits) {
  constexpr double kMostSeconds = std::numeric_limits<uint32_t>::max() / 1000;
  app->add_option("--timeout", limits->timeout_seconds,
                  "Seconds that a statement may work; 0: as long as it takes")
      ->check(CLI::Range(0.0, kMostSeconds));
  app->add_option("--memory", limits->memory,
                  "Memory that a statement may hold, as 512M or 4G (4G when left out)")
      ->transform(SizeValue())
      ->check([](const std::string& bytes) {
        return bytes == "0" ? "a statement needs some memory" : std::string();
      });
  app->add_option("--threads", limits->threads,
                  "Threads that may run one statement; 0: as many as there are cores")
      ->check(CLI::Range(0, 1024));
}

DatabaseOptions OptionsWith(const StatementLimits& limits) {
  DatabaseOptions options;
  options.memory_limit = limits.memory;
  options.threads = limits.threads;
  // A limit, however small, is not none.
  const double milliseconds = std::ceil(limits.timeout_seconds * 1000);
  options.timeout_ms = static_cast<uint32_t>(milliseconds);
  return options;
}

}  // namespace entente::tools
