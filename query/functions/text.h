// Strings as sequences of code points, over UTF-8. Bytes that are no UTF-8 count as they come and
// never lead outside the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::query {

size_t CodePointCount(absl::string_view text);
// The byte offset at which code point `index` begins; the size of the text when it is shorter.
size_t CodePointOffset(absl::string_view text, uint64_t index);
// In reverse order.
std::string ReverseCodePoints(absl::string_view text);

// `text` without the characters in `strip` at its beginning or end; nullptr means white space.
absl::string_view TrimStart(absl::string_view text, const absl::string_view* strip);
absl::string_view TrimEnd(absl::string_view text, const absl::string_view* strip);

}  // namespace entente::query
