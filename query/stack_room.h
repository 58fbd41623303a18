// What is left of a thread's stack. Those who walk trees and plans recurse as deep as the statement
// goes; a statement that is too deep for the thread it comes from is refused beforehand.
#pragma once

#include <cstddef>

#include "absl/status/status.h"

namespace entente::query {

// Bytes between here and the end of the calling thread's stack; the greatest number where that
// cannot be known.
size_t StackLeft();

// Bytes that a statement needs at most, given how many levels of expressions lie inside one another
// and how many operators above one another.
size_t StackNeed(size_t levels, size_t operators);

// kLimitExceeded if the calling thread has fewer bytes left.
absl::Status CheckStack(size_t bytes);

}  // namespace entente::query
