#include "engine/evidence.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace entente {
namespace {

constexpr int32_t kWhole = 10'000;
constexpr int32_t kHalf = kWhole / 2;

bool Contains(const std::vector<NodeId>& sorted, NodeId node) {
  return node != kNoId && std::binary_search(sorted.begin(), sorted.end(), node);
}

bool IsOf(const Evidence& evidence, const std::vector<NodeId>& sorted) {
  return Contains(sorted, evidence.publisher) || Contains(sorted, evidence.asserter);
}

int32_t Rounded(double share) {
  return static_cast<int32_t>(std::lround(std::clamp(share, 0.0, 1.0) * kWhole));
}

}  // namespace

absl::string_view StanceName(Stance stance) {
  switch (stance) {
    case Stance::kAffirms:
      return "affirms";
    case Stance::kDenies:
      return "denies";
    case Stance::kReports:
      break;
  }
  return "reports";
}

std::optional<Stance> StanceNamed(absl::string_view name) {
  for (Stance stance : {Stance::kReports, Stance::kAffirms, Stance::kDenies}) {
    if (name == StanceName(stance)) return stance;
  }
  return std::nullopt;
}

Corroboration CorroborateWords(absl::Span<Word> words) {
  // Products taken in a fixed order make equal evidence give equal numbers.
  std::sort(words.begin(), words.end(),
            [](const Word& a, const Word& b) { return a.source < b.source; });
  Corroboration result;
  double against_support = 1;
  double against_denial = 1;
  for (size_t i = 0; i < words.size();) {
    // The strongest word of an independent source for and against.
    const NodeId source = words[i].source;
    double affirming = 0;
    double denying = 0;
    bool affirms = false;
    for (; i < words.size() && words[i].source == source; ++i) {
      const Word& word = words[i];
      if (word.stance == Stance::kDenies) {
        denying = std::max(denying, word.confidence);
        continue;
      }
      affirms = true;
      affirming = std::max(affirming, word.confidence);
      if (!word.published.has_value()) continue;
      const Instant published = *word.published;
      result.first_reported = std::min(result.first_reported.value_or(published), published);
      result.last_reported = std::max(result.last_reported.value_or(published), published);
    }
    against_support *= 1 - affirming;
    against_denial *= 1 - denying;
    if (affirms) result.sources.push_back(source);
  }
  result.visible = !result.sources.empty();
  result.has_evidence = !words.empty();
  result.support = Rounded(1 - against_support);
  result.denial = Rounded(1 - against_denial);
  result.confidence = Rounded((1 - against_support) * against_denial);
  result.contested = result.support >= kHalf && result.denial >= kHalf;
  return result;
}

Corroboration Corroborate(const std::vector<Evidence>& evidence) {
  absl::InlinedVector<Word, 8> words;
  for (const Evidence& piece : evidence) {
    words.push_back(WordOf(piece));
  }
  return CorroborateWords(absl::MakeSpan(words));
}

bool Passes(const Evidence& evidence, const Lens& lens) {
  if (lens.known_until.has_value() || lens.known_from != kEarliest) {
    if (!evidence.published.has_value()) return false;
    if (*evidence.published < lens.known_from) return false;
    if (lens.known_until.has_value() && *evidence.published > *lens.known_until) return false;
  }
  // Under ALL a retraction counts whenever it was made; otherwise once it was known.
  if (evidence.retracted.has_value() &&
      (!lens.known_until.has_value() || *evidence.retracted <= *lens.known_until)) {
    return false;
  }
  if (lens.according_to.has_value() && !IsOf(evidence, *lens.according_to)) return false;
  if (IsOf(evidence, lens.except)) return false;
  if (lens.denied_by.has_value() &&
      (evidence.stance != Stance::kDenies || !IsOf(evidence, *lens.denied_by))) {
    return false;
  }
  return true;
}

}  // namespace entente
