// Places in lines of input, and where their bytes are no text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "engine/input_place.h"

namespace entente::tools {

// With which some editors begin files.
inline constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

inline constexpr char kBrokenUtf8[] = "the bytes are no valid UTF-8";

// The column, in code points from 1, of the byte at `offset`.
uint64_t ColumnAt(absl::string_view line, size_t offset);

// The place of the byte at `offset` of a text that begins with the line of `begin` and may have
// line breaks.
InputPlace PlaceAt(absl::string_view text, size_t offset, const InputPlace& begin);

// The place of the first byte of such a text that is no UTF-8; nullopt when all is.
std::optional<InputPlace> FindBrokenUtf8(absl::string_view text, const InputPlace& begin);

}  // namespace entente::tools
