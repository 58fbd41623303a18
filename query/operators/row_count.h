// The argument of SKIP and LIMIT.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "query/expression.h"
#include "query/operator.h"

namespace entente::query {

// The value of `expression`, which reads no slot. SyntaxErrors InvalidArgumentType and
// NegativeIntegerArgument, seen at runtime.
absl::StatusOr<uint64_t> RowCount(Execution& execution, const Expression& expression);

}  // namespace entente::query
