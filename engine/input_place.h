// Where a record, or a part of it, stands in what was read.
#pragma once

#include <cstdint>

namespace entente {

// Line and column count from 1, columns in code points. 0: unknown.
struct InputPlace {
  uint32_t file = 0;  // index of the caller's files
  uint64_t line = 0;
  uint64_t column = 0;
};

}  // namespace entente
