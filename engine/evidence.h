// Evidence: one article's word on one fact, and what pieces of evidence amount to together
// (corroboration; the rules are DESIGN.md 2's).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ids.h"
#include "engine/lens.h"

namespace entente {

enum class Stance : uint8_t { kReports, kAffirms, kDenies };
absl::string_view StanceName(Stance stance);  // "reports", "affirms", "denies"
std::optional<Stance> StanceNamed(absl::string_view name);

// A piece of evidence with what is known of its article.
struct Evidence {
  NodeId article = kNoId;
  Stance stance = Stance::kReports;
  double confidence = 0.5;  // of the extraction, 0 … 1
  NodeId asserter = kNoId;  // who is quoted; kNoId: nobody
  int32_t sentence = -1;    // -1: unknown
  int32_t span_begin = -1;  // code points, half open; -1: unknown
  int32_t span_end = -1;
  std::string quote;
  std::optional<Instant> retracted;  // when
  NodeId publisher = kNoId;          // of the article itself
  NodeId source = kNoId;             // the independent source it counts as: the publisher of the
                                     // article's original, or that article when it has none
  std::optional<Instant> published;
};

// From the strongest words of each independent source, computed with doubles in the order of the
// sources' ids; support, denial and confidence are rounded once each, at the end. `contested` is
// read off the rounded numbers. First and last reported are dates of affirming and reporting
// evidence.
struct Corroboration {
  bool visible = false;       // see Corroborate and CorroborateUnder (engine/evidence_reader.h)
  bool has_evidence = false;  // the fact has or had evidence, passing or not
  // In ten-thousandths; meaningful when has_evidence.
  int32_t support = 0;
  int32_t denial = 0;
  int32_t confidence = 0;
  bool contested = false;
  std::optional<Instant> first_reported;
  std::optional<Instant> last_reported;
  // Independent ones whose affirming or reporting evidence passes, sorted.
  absl::InlinedVector<NodeId, 4> sources;
};

// One word for or against a fact: all that corroboration asks of a piece of evidence.
struct Word {
  NodeId source = kNoId;
  Stance stance = Stance::kReports;
  double confidence = 0;
  std::optional<Instant> published;
};
inline Word WordOf(const Evidence& piece) {
  return {piece.source, piece.stance, piece.confidence, piece.published};
}
// Of words that all pass the lens. Puts them in the order of their sources.
Corroboration CorroborateWords(absl::Span<Word> words);

// Corroboration of `evidence`, all of which passes the lens. Visible when any of it affirms or
// reports.
Corroboration Corroborate(const std::vector<Evidence>& evidence);

// Whether one piece of evidence passes every condition of `lens` that looks at single pieces.
bool Passes(const Evidence& evidence, const Lens& lens);

}  // namespace entente
