#include "engine/changes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/evidence_reader.h"
#include "engine/status.h"
#include "storage/facts.h"

namespace entente {
namespace {

ValidEnd MomentOf(Instant instant) {
  constexpr int64_t kMicrosPerSecond = 1'000'000;
  DateTime moment;
  moment.seconds = instant / kMicrosPerSecond;
  int64_t micros = instant % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --moment.seconds;
  }
  moment.nanoseconds = static_cast<int32_t>(micros * 1000);
  return {Value::OfDateTime(moment), Precision::kDay};
}

// A fact as its evidence is known at one time and after another.
class History {
 public:
  // Of the evidence what the lens lets pass at some time or other.
  History(const std::vector<Evidence>& evidence, const Lens& lens) : lens_(lens) {
    Lens any_time = lens;
    any_time.known_until.reset();
    for (const Evidence& piece : evidence) {
      Evidence unretracted = piece;
      unretracted.retracted.reset();
      if (piece.published.has_value() && Passes(unretracted, any_time)) pieces_.push_back(piece);
    }
  }

  // When something becomes known, within these ends, in order, each once.
  std::vector<Instant> Times(Instant from, Instant until) const {
    until = std::min(until, lens_.known_until.value_or(kLatest));
    std::vector<Instant> times;
    const auto add = [&](Instant at) {
      if (at >= from && at <= until) times.push_back(at);
    };
    for (const Evidence& piece : pieces_) {
      add(*piece.published);
      if (piece.retracted.has_value()) add(*piece.retracted);
    }
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    return times;
  }

  struct State {
    bool visible = false;
    bool affirmed = false;  // or denied, where the lens asks for denials
    bool contested = false;
  };
  State At(Instant instant) const {
    Lens then = lens_;
    then.known_until = instant;
    std::vector<Evidence> known;
    for (const Evidence& piece : pieces_) {
      if (Passes(piece, then)) known.push_back(piece);
    }
    const Corroboration all = Corroborate(known);
    State state;
    state.affirmed = lens_.denied_by.has_value() ? !known.empty() : all.visible;
    state.visible = state.affirmed && all.confidence >= lens_.least_confidence.value_or(0);
    state.contested = all.contested;
    return state;
  }

  std::optional<Instant> FirstDenial() const {
    std::optional<Instant> first;
    for (const Evidence& piece : pieces_) {
      const bool counts = piece.stance == Stance::kDenies &&
                          (!piece.retracted.has_value() || *piece.retracted > *piece.published);
      if (counts) first = std::min(first.value_or(kLatest), *piece.published);
    }
    return first;
  }

 private:
  const Lens& lens_;
  std::vector<Evidence> pieces_;
};

void AddKnownTime(const std::vector<Evidence>& evidence, const Lens& lens, Instant from,
                  Instant until, std::vector<FactChange>* changes) {
  const History history(evidence, lens);
  const std::vector<Instant> times = history.Times(from, until);
  if (times.empty()) return;
  const std::optional<Instant> first_denial = history.FirstDenial();
  History::State before;
  if (from != kEarliest) before = history.At(from - 1);
  for (const Instant at : times) {
    const History::State now = history.At(at);
    const auto add = [&](FactChange::Kind kind) { changes->push_back({kind, at, MomentOf(at)}); };
    if (now.visible && !before.visible) add(FactChange::Kind::kKnown);
    if (first_denial == at) add(FactChange::Kind::kDenied);
    if (now.contested && !before.contested) add(FactChange::Kind::kContested);
    if (!now.affirmed && before.affirmed) add(FactChange::Kind::kRetracted);
    before = now;
  }
}

}  // namespace

absl::string_view ChangeName(FactChange::Kind kind) {
  switch (kind) {
    case FactChange::Kind::kDenied:
      return "denied";
    case FactChange::Kind::kContested:
      return "contested";
    case FactChange::Kind::kRetracted:
      return "retracted";
    case FactChange::Kind::kBegan:
      return "began";
    case FactChange::Kind::kEnded:
      return "ended";
    case FactChange::Kind::kKnown:
      break;
  }
  return "known";
}

absl::StatusOr<std::vector<FactChange>> ChangesOf(const storage::FactRecord& record,
                                                  const std::vector<Evidence>& evidence,
                                                  const Lens& given, Instant from, Instant until) {
  Lens lens = given;
  lens.every_fact = false;
  ASSIGN_OR_RETURN(const ValidEnd begin, ValidFromOf(record));
  ASSIGN_OR_RETURN(const ValidEnd end, ValidToOf(record));
  std::vector<FactChange> changes;
  const Instant begins = InstantOfFrom(begin);
  const Instant ends = InstantOfTo(end);
  if (lens.valid_time.has_value() && !Meets(begins, ends, *lens.valid_time)) return changes;
  AddKnownTime(evidence, lens, from, until, &changes);
  ASSIGN_OR_RETURN(const Corroboration all, CorroborateUnder(record, evidence, lens));
  if (all.visible) {
    const auto add = [&](FactChange::Kind kind, Instant at, const ValidEnd& date) {
      if (!date.value.is_null() && at >= from && at <= until) changes.push_back({kind, at, date});
    };
    add(FactChange::Kind::kBegan, begins, begin);
    add(FactChange::Kind::kEnded, ends, end);
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const FactChange& a, const FactChange& b) { return a.at < b.at; });
  return changes;
}

}  // namespace entente
