// Early return on errors, in the manner of Abseil's own code base.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns the status of `expr` from the enclosing function unless it is OK.
#define RETURN_IF_ERROR(expr)                           \
  do {                                                  \
    if (absl::Status _status = (expr); !_status.ok()) { \
      return _status;                                   \
    }                                                   \
  } while (false)

#define ENTENTE_CONCAT_INNER(a, b) a##b
#define ENTENTE_CONCAT(a, b) ENTENTE_CONCAT_INNER(a, b)

// ASSIGN_OR_RETURN(auto x, StatusOrExpression()): declares or assigns x, or returns the error.
#define ASSIGN_OR_RETURN(lhs, rexpr) \
  ASSIGN_OR_RETURN_INNER(ENTENTE_CONCAT(_status_or_, __LINE__), lhs, rexpr)
#define ASSIGN_OR_RETURN_INNER(name, lhs, rexpr)   \
  auto name = (rexpr);                             \
  if (!name.ok()) return std::move(name).status(); \
  lhs = *std::move(name)
