// What happened to a fact: in known time, as its evidence came and went, and in valid time.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/evidence.h"
#include "engine/lens.h"
#include "engine/valid_time.h"

namespace entente {

namespace storage {
struct FactRecord;
}

struct FactChange {
  enum class Kind {
    kKnown,      // the lens came to see it
    kDenied,     // it was denied for the first time ever
    kContested,  // it became contested
    kRetracted,  // the last word for it was retracted
    kBegan,      // its valid time began
    kEnded,      // its valid time ended
  };
  Kind kind;
  Instant at;
  ValidEnd date;  // the same as it was given; a moment in known time
};
absl::string_view ChangeName(FactChange::Kind kind);  // "known", "denied" …

// The changes from `from` to `until`, both included, in order. What the lens lets pass decides; a
// known time that it sets is the last that is looked at. Evidence without a date is never known.
// Only what the lens sees begins and ends. `evidence` is all of the record's.
absl::StatusOr<std::vector<FactChange>> ChangesOf(const storage::FactRecord& record,
                                                  const std::vector<Evidence>& evidence,
                                                  const Lens& lens, Instant from, Instant until);

}  // namespace entente
