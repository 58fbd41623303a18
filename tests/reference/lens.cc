#include "tests/reference/lens.h"

#include <algorithm>
#include <map>
#include <set>

namespace entente::reference {
namespace {

template <typename T>
void Inherit(std::optional<T>* own, const std::optional<T>& outer) {
  if (!own->has_value()) *own = outer;
}

// A product of shares that stays exact: confidences are hundredths, and few are multiplied.
struct Share {
  long double numerator = 1;
  long double denominator = 1;

  void Times(long double part, long double whole) {
    numerator *= part;
    denominator *= whole;
  }
  // In ten-thousandths, halves up.
  int Rounded() const {
    constexpr long double kJustBelowAHalf = 0.5L - 1e-9L;
    const long double units = 10'000 * numerator / denominator;
    const int whole = static_cast<int>(units);
    return units - whole >= kJustBelowAHalf ? whole + 1 : whole;
  }
};

}  // namespace

Lens Lens::Within(const Lens& outer) const {
  Lens both = *this;
  if (!any_valid_time) Inherit(&both.valid_time, outer.valid_time);
  if (!any_known_time) Inherit(&both.known_time, outer.known_time);
  Inherit(&both.according_to, outer.according_to);
  Inherit(&both.except, outer.except);
  Inherit(&both.denied_by, outer.denied_by);
  Inherit(&both.confidence, outer.confidence);
  Inherit(&both.including, outer.including);
  return both;
}

bool Lens::AsksForEvidence() const {
  return known_time.has_value() || according_to.has_value() || except.has_value() ||
         denied_by.has_value() || confidence.has_value();
}

bool View::NamesAreKnown(const World& world, const Lens& lens) {
  for (const auto* names : {&lens.according_to, &lens.except, &lens.denied_by}) {
    if (!names->has_value()) continue;
    for (const std::string& name : **names) {
      if (!world.Named(name).has_value()) return false;
    }
  }
  return true;
}

bool View::IsOf(const Evidence& piece, const std::vector<std::string>& names) const {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const Id who = *world_.Named(name);
    return who == piece.asserter || who == world_.articles[piece.article].publisher;
  });
}

bool View::Passes(const Evidence& piece) const {
  const std::optional<Moment> published = world_.articles[piece.article].published;
  if (lens_.known_time.has_value()) {
    if (!published.has_value()) return false;
    if (*published < lens_.known_time->from || *published >= lens_.known_time->to) return false;
    if (piece.retracted.has_value() && *piece.retracted < lens_.known_time->to) return false;
  } else if (piece.retracted.has_value()) {
    return false;
  }
  if (lens_.according_to.has_value() && !IsOf(piece, *lens_.according_to)) return false;
  if (lens_.except.has_value() && IsOf(piece, *lens_.except)) return false;
  if (lens_.denied_by.has_value()) {
    return piece.stance == "denies" && IsOf(piece, *lens_.denied_by);
  }
  return true;
}

std::vector<Evidence> View::Passing(const Fact& fact) const {
  std::vector<Evidence> passing;
  for (const Evidence& piece : fact.evidence) {
    if (Passes(piece)) passing.push_back(piece);
  }
  return passing;
}

bool View::MeetsValidTime(const Fact& fact) const {
  if (!lens_.valid_time.has_value()) return true;
  const Moment from = fact.from.written.empty() ? kAlwaysWas : MomentOf(fact.from.written);
  const Moment to = fact.to.written.empty() ? kForEver : MomentOf(fact.to.written);
  // The moments that both have: is there any?
  return std::max(from, lens_.valid_time->from) < std::min(to, lens_.valid_time->to);
}

Corroboration View::Of(const Fact& fact) const {
  // The strongest word for and against, by source.
  std::map<std::pair<bool, Id>, std::pair<int, int>> strongest;
  std::set<std::pair<bool, Id>> affirming;
  Corroboration all;
  const std::vector<Evidence> passing = Passing(fact);
  for (const Evidence& piece : passing) {
    const auto source = world_.SourceOf(piece.article);
    auto& [for_it, against_it] = strongest[source];
    if (piece.stance == "denies") {
      against_it = std::max(against_it, piece.confidence);
      continue;
    }
    for_it = std::max(for_it, piece.confidence);
    affirming.insert(source);
    const std::optional<Moment> published = world_.articles[piece.article].published;
    if (!published.has_value()) continue;
    all.first_reported = std::min(all.first_reported.value_or(*published), *published);
    all.last_reported = std::max(all.last_reported.value_or(*published), *published);
  }
  Share unsupported;
  Share undenied;
  for (const auto& [source, words] : strongest) {
    unsupported.Times(100 - words.first, 100);
    undenied.Times(100 - words.second, 100);
  }
  const Share supported = {unsupported.denominator - unsupported.numerator,
                           unsupported.denominator};
  Share credible = supported;
  credible.Times(undenied.numerator, undenied.denominator);
  all.support = supported.Rounded();
  all.denial = Share{undenied.denominator - undenied.numerator, undenied.denominator}.Rounded();
  all.confidence = credible.Rounded();
  all.contested = all.support >= 5000 && all.denial >= 5000;
  for (const auto& source : affirming) all.sources.push_back(world_.SourceName(source));
  std::sort(all.sources.begin(), all.sources.end());

  all.has_evidence = fact.had_evidence;
  const bool denials_do = lens_.denied_by.has_value() || lens_.including.value_or("") == "DENIED";
  all.visible = !all.has_evidence ? !lens_.AsksForEvidence()
                : denials_do      ? !passing.empty()
                                  : !affirming.empty();
  if (lens_.confidence.has_value() && all.confidence < *lens_.confidence * 100) {
    all.visible = false;
  }
  all.visible = all.visible && MeetsValidTime(fact);
  if (lens_.including.value_or("") == "ALL") all.visible = true;
  return all;
}

View::State View::KnownAt(const Fact& fact, Moment moment) const {
  Lens then = lens_;
  then.valid_time.reset();
  then.including.reset();
  then.known_time = {lens_.known_time.value_or(Range()).from, moment + 1};
  const Corroboration now = View(world_, then).Of(fact);
  then.confidence.reset();
  return {now.visible, View(world_, then).Of(fact).visible, now.contested};
}

std::vector<Change> View::KnownChanges(const Fact& fact, Moment from, Moment to) const {
  Lens any_time = lens_;
  any_time.known_time.reset();
  const View timeless(world_, any_time);
  const Range known = lens_.known_time.value_or(Range());
  std::set<Moment> moments;
  std::optional<Moment> first_denial;
  for (Evidence piece : fact.evidence) {
    const std::optional<Moment> retracted = piece.retracted;
    piece.retracted.reset();
    const std::optional<Moment> published = world_.articles[piece.article].published;
    if (!published.has_value() || *published < known.from || !timeless.Passes(piece)) continue;
    moments.insert(*published);
    if (retracted.has_value()) moments.insert(*retracted);
    if (piece.stance != "denies" || retracted.value_or(kForEver) <= *published) continue;
    first_denial = std::min(first_denial.value_or(*published), *published);
  }
  std::vector<Change> changes;
  for (const Moment moment : moments) {
    if (moment < from || moment > to || moment >= known.to) continue;
    const State before = KnownAt(fact, moment - 1);
    const State now = KnownAt(fact, moment);
    const auto add = [&](const char* kind) {
      changes.push_back({moment, MomentText(moment), kind});
    };
    if (now.visible && !before.visible) add("known");
    if (first_denial == moment) add("denied");
    if (now.contested && !before.contested) add("contested");
    if (before.affirmed && !now.affirmed) add("retracted");
  }
  return changes;
}

std::vector<Change> View::Changes(const Fact& fact, Moment from, Moment to) const {
  if (!MeetsValidTime(fact)) return {};
  std::vector<Change> changes = KnownChanges(fact, from, to);
  Lens hiding = lens_;
  if (hiding.including.value_or("") == "ALL") hiding.including.reset();
  if (!View(world_, hiding).Of(fact).visible) return changes;
  const auto add = [&](const ValidEnd& end, const char* kind) {
    if (end.written.empty()) return;
    const Moment at = MomentOf(end.written);
    if (at >= from && at <= to) changes.push_back({at, end.written, kind});
  };
  add(fact.from, "began");
  add(fact.to, "ended");
  return changes;
}

}  // namespace entente::reference
