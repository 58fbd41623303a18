// CHECK for programmer errors: prints the place and the condition, then aborts. Data from disk or
// from users is never CHECKed, it becomes an absl::Status. (Debian 12's Abseil has no log library.)
#pragma once

#include "absl/base/internal/raw_logging.h"
#include "absl/base/optimization.h"

#define ENTENTE_CHECK(condition)                           \
  do {                                                     \
    if (ABSL_PREDICT_FALSE(!(condition))) {                \
      ABSL_RAW_LOG(FATAL, "Check failed: %s", #condition); \
    }                                                      \
  } while (false)
