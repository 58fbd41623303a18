// Lens: which evidence counts, and thereby which facts are seen (DESIGN.md 2). A value type with
// everything resolved: names have become node ids, instants microseconds.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "engine/ids.h"

namespace entente {

// Microseconds since 1970-01-01T00:00Z.
using Instant = int64_t;
inline constexpr Instant kEarliest = std::numeric_limits<Instant>::min();
inline constexpr Instant kLatest = std::numeric_limits<Instant>::max();

// A half-open range of valid time: a fact meets it when its own half-open interval overlaps it. AS
// OF t is [t, t + 1 µs).
struct ValidRange {
  Instant from = kEarliest;
  Instant to = kLatest;
};

class Lens {
 public:
  std::optional<ValidRange> valid_time;  // nullopt: ALL
  // Evidence counts when it was published in [known_from, known_until] and not retracted by
  // known_until. nullopt for `known_until`: ALL.
  Instant known_from = kEarliest;
  std::optional<Instant> known_until;
  // Publisher or asserter is one of these; nullopt: anybody's evidence. Sorted.
  std::optional<std::vector<NodeId>> according_to;
  std::vector<NodeId> except;  // sorted
  // Only facts with a passing denial by one of these. Sorted.
  std::optional<std::vector<NodeId>> denied_by;
  // Least confidence under this lens, in ten-thousandths.
  std::optional<int32_t> least_confidence;
  // Facts that are only denied are seen, too: none is hidden for want of an affirmation.
  bool only_denied_too = false;
  // No fact is hidden at all: the conditions limit only what is told of its evidence.
  bool every_fact = false;

  // Whether visibility asks for evidence, so that a fact which never had any is hidden.
  bool AsksForEvidence() const {
    return known_until.has_value() || known_from != kEarliest || according_to.has_value() ||
           !except.empty() || denied_by.has_value() || least_confidence.has_value();
  }
  // The lens that is in force when nobody sets one.
  bool IsDefault() const {
    return !valid_time.has_value() && !AsksForEvidence() && !only_denied_too && !every_fact;
  }
};

}  // namespace entente
