// How deep values may nest.
#pragma once

#include <cstdint>

namespace entente {

// Lists and maps may lie in one another this deep: as parameters, as values in the language, and as
// properties. Whoever makes values from data or expressions keeps to it, since destruction,
// comparison and printing recurse.
inline constexpr uint32_t kDeepestValue = 100;

}  // namespace entente
