// How sessions run, beyond what their users set: for tests and programs that open a Core
// themselves.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core.h"
#include "engine/lens.h"
#include "engine/session.h"

namespace entente::query {

struct SessionOptions {
  size_t batch_size = 1024;                   // rows
  std::vector<std::string> disabled_passes;   // of the optimizer, by name
  uint64_t memory_limit = uint64_t{4} << 30;  // bytes that a statement may hold
  std::chrono::milliseconds time_limit{0};    // that a statement may work; zero: no limit
  uint32_t threads = 1;           // that may run parts of a statement, the calling one included
  double parallel_rows = 20'000;  // that a part must be expected to make to run in several threads
  size_t cached_statements = 256;
  // That statements are run under unless they set their own, dimension by dimension; null: the
  // default lens.
  std::shared_ptr<const Lens> lens;
};

// NewSession (engine/session.h) with other options than the usual ones.
std::unique_ptr<Session> MakeSession(std::shared_ptr<Core> core, SessionOptions options);

}  // namespace entente::query
