// Names as people write them: the normalised form in which they are compared, their script, and
// what lies near to a mistyped one.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace entente {

// NFKC, case folded, accents folded for Latin and Greek letters, white space collapsed and trimmed.
// Malformed UTF-8 becomes U+FFFD. Idempotent.
std::string NormalizeName(absl::string_view name);

// The ISO 15924 code of the script that most letters of `text` are written in ("Latn", "Hang"), ""
// when it has none.
std::string ScriptOf(absl::string_view text);

// Key of the entity that stands for a name nobody has given a key yet: "name:" and the normalised
// name. A text that begins with "name:" is such a key already and stays as it is written.
std::string StubKey(absl::string_view text);
bool IsStubKey(absl::string_view key);
// What an entity with the key StubKey(text) is called: the text, without "name:".
std::string StubName(absl::string_view text);

// Edits (insert, delete, replace, swap of neighbours) that make `a` into `b`, in code points; any
// number above `limit` is given as limit + 1.
size_t EditDistance(absl::string_view a, absl::string_view b, size_t limit);

// Up to `limit` of `candidates` that lie near to `text` without regard to case and accents, nearest
// first.
std::vector<std::string> NearestTo(absl::string_view text, absl::Span<const std::string> candidates,
                                   size_t limit);

}  // namespace entente
