#include "engine/evidence.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/btree_map.h"

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

Corroboration Corroborate(const std::vector<Evidence>& evidence) {
  // Of each independent source, in order, the strongest word for and against: products taken in a
  // fixed order make equal evidence give equal numbers.
  struct Words {
    double affirming = 0;
    double denying = 0;
    bool affirms = false;
  };
  absl::btree_map<NodeId, Words> words;
  Corroboration result;
  for (const Evidence& piece : evidence) {
    Words& of_source = words[piece.source];
    if (piece.stance == Stance::kDenies) {
      of_source.denying = std::max(of_source.denying, piece.confidence);
      continue;
    }
    of_source.affirms = true;
    of_source.affirming = std::max(of_source.affirming, piece.confidence);
    if (!piece.published.has_value()) continue;
    const Instant published = *piece.published;
    result.first_reported = std::min(result.first_reported.value_or(published), published);
    result.last_reported = std::max(result.last_reported.value_or(published), published);
  }
  double against_support = 1;
  double against_denial = 1;
  for (const auto& [source, of_source] : words) {
    against_support *= 1 - of_source.affirming;
    against_denial *= 1 - of_source.denying;
    if (of_source.affirms) result.sources.push_back(source);
  }
  result.visible = !result.sources.empty();
  result.has_evidence = !evidence.empty();
  result.support = Rounded(1 - against_support);
  result.denial = Rounded(1 - against_denial);
  result.confidence = Rounded((1 - against_support) * against_denial);
  result.contested = result.support >= kHalf && result.denial >= kHalf;
  return result;
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
