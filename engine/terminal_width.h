// How wide text stands on a terminal.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace entente {

// Columns that UTF-8 `text` takes: wide characters count two, combining marks none.
size_t TerminalWidth(absl::string_view text);

// The length in bytes of the longest beginning of `text` that takes at most `columns`.
size_t PrefixOfWidth(absl::string_view text, size_t columns);

}  // namespace entente
