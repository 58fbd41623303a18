// What is known of the terminal, if any, that output goes to.
#pragma once

#include <cstddef>

namespace entente::tools {

// Columns of the terminal behind a file descriptor; 0 when it is none.
size_t TerminalColumns(int descriptor);

}  // namespace entente::tools
