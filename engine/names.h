// Names as people write them: the normalised form in which they are compared, their script, the
// Latin form in which they are likened to each other, and what lies near to a mistyped one.
#pragma once

#include <cstdint>
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

// A normalised name in Latin letters and, as far as these can tell it, in ASCII: "путин" is
// "putin", "習近平" is "xi jin ping". ASCII stays as it is.
std::string LatinForm(absl::string_view normalised);

// Three bytes of a word that has two spaces before and one behind it, as a number: the first one is
// the highest. A word is what stands between anything that is neither letter nor digit.
using Trigram = uint32_t;
// Of all words of a Latin form, ascending, each once.
std::vector<Trigram> TrigramsOf(absl::string_view latin_form);
// How much two such lists have in common: 0 to 1, |a ∩ b| / |a ∪ b|; 0 when both are empty.
double TrigramSimilarity(absl::Span<const Trigram> a, absl::Span<const Trigram> b);

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
