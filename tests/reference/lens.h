// What a lens sees of a World, by the definitions: one piece of evidence, one fact at a time.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/reference/world.h"

namespace entente::reference {

// Half open.
struct Range {
  Moment from = kAlwaysWas;
  Moment to = kForEver;
};

// Each dimension that is set; see Within.
struct Lens {
  std::optional<Range> valid_time;
  // Published in it, and not retracted before its end. Nothing: ALL.
  std::optional<Range> known_time;
  std::optional<std::vector<std::string>> according_to;
  std::optional<std::vector<std::string>> except;
  std::optional<std::vector<std::string>> denied_by;
  std::optional<int> confidence;         // in hundredths
  std::optional<std::string> including;  // "DENIED" or "ALL"
  // Set to ALL, which takes an outer lens's away.
  bool any_valid_time = false;
  bool any_known_time = false;

  // This lens inside of another: what it sets replaces, each its own dimension.
  Lens Within(const Lens& outer) const;
  bool AsksForEvidence() const;
};

// What the evidence that passes amounts to. Shares are in ten-thousandths.
struct Corroboration {
  bool visible = false;
  bool has_evidence = false;
  int support = 0;
  int denial = 0;
  int confidence = 0;
  bool contested = false;
  std::vector<std::string> sources;  // names, sorted
  std::optional<Moment> first_reported;
  std::optional<Moment> last_reported;
};

struct Change {
  Moment at = 0;
  std::string date;
  std::string kind;
};

// A world through a lens whose names are known.
class View {
 public:
  // Check that NamesAreKnown before asking.
  View(const World& world, Lens lens) : world_(world), lens_(std::move(lens)) {}

  static bool NamesAreKnown(const World& world, const Lens& lens);

  // Whether one of these published it, or is quoted.
  bool IsOf(const Evidence& piece, const std::vector<std::string>& names) const;
  bool Passes(const Evidence& piece) const;
  std::vector<Evidence> Passing(const Fact& fact) const;
  Corroboration Of(const Fact& fact) const;
  // What happened to it from `from` to `to`, both included.
  std::vector<Change> Changes(const Fact& fact, Moment from, Moment to) const;

  const World& world() const { return world_; }
  const Lens& lens() const { return lens_; }

 private:
  struct State {
    bool visible = false;
    bool affirmed = false;  // or denied, where the lens asks for denials
    bool contested = false;
  };
  bool MeetsValidTime(const Fact& fact) const;
  State KnownAt(const Fact& fact, Moment moment) const;
  std::vector<Change> KnownChanges(const Fact& fact, Moment from, Moment to) const;

  const World& world_;
  const Lens lens_;
};

}  // namespace entente::reference
