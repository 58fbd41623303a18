// The library's version; CMakeLists.txt says the same.
#pragma once

namespace entente {

inline constexpr char kLibraryVersion[] = "0.1.0";

}  // namespace entente
