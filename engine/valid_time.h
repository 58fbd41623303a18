// Valid time: the two ends of the interval in which a fact is true, as the language gives them
// (properties valid_from, valid_to) and as storage keeps them (days, precision, exact instants).
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ids.h"
#include "engine/lens.h"
#include "engine/temporal.h"
#include "engine/value.h"
#include "storage/time.h"

namespace entente {

namespace storage {
struct FactRecord;
}

// One end. A partial date is its first day with the precision that was written; valid_to is
// exclusive.
struct ValidEnd {
  Value value;  // null: open. Else a Date, DateTime or LocalDateTime (read as UTC).
  Precision precision = Precision::kDay;  // of a Date
};

// The end that a property value means: null is an open end, a Date has day precision; nullopt for
// values of other types, which lenses ignore.
std::optional<ValidEnd> ValidEndOf(const Value& value);
ValidEnd ValidEndOf(const PartialDate& date);
// As an end is written: 2024, 2024-06, 2024-06-18 or an instant such as 2024-06-18T12:00:00Z.
// InvalidArgument for anything else.
absl::StatusOr<ValidEnd> ParseValidEnd(absl::string_view text);

// Writes an end into the record's columns: day rounded outwards, precision, flag. True when the
// columns do not hold the whole value, which must then stand in the record's properties.
bool StoreValidFrom(const ValidEnd& end, storage::FactRecord* record);
bool StoreValidTo(const ValidEnd& end, storage::FactRecord* record);

// The columns read back: a Date, or null where they don't hold the value.
Value StoredValidFrom(const storage::FactRecord& record);
Value StoredValidTo(const storage::FactRecord& record);

// The ends as lenses see them, with precision; from columns or properties.
absl::StatusOr<ValidEnd> ValidFromOf(const storage::FactRecord& record);
absl::StatusOr<ValidEnd> ValidToOf(const storage::FactRecord& record);

// "year", "month", "day", "instant"; "" where the end is open.
absl::string_view PrecisionName(const storage::FactRecord& record, bool from);

// The end as microseconds for comparing with a lens, rounded outwards; open and far ends are
// kEarliest or kLatest.
Instant InstantOfFrom(const ValidEnd& end);
Instant InstantOfTo(const ValidEnd& end);

// Whether the half-open interval [from, to) overlaps `range`. If either is empty or reversed, they
// never do.
inline bool Meets(Instant from, Instant to, const ValidRange& range) {
  return from < to && range.from < range.to && from < range.to && to > range.from;
}

// A range of valid time that tells of days as stored what Meets would tell of the instants at which
// they begin, an open end, or one farther than instants reach, being kEarliest or kLatest.
class DayRange {
 public:
  DayRange() = default;  // of all time
  explicit DayRange(const ValidRange& range);

  bool Meets(int32_t from, int32_t to) const {
    from = std::clamp(from, -kFarthest, kFarthest);
    to = std::clamp(to, -kFarthest, kFarthest);
    return from < to && from < until_ && to > after_;
  }

 private:
  // Stands for all days from there on.
  static constexpr int32_t kFarthest =
      std::numeric_limits<Instant>::max() / storage::kMicrosecondsPerDay;

  int32_t after_ = -kFarthest;  // the last day that begins at the range's begin or before it
  int32_t until_ = kFarthest;   // the first day that begins at its end or behind it
};

// The bytes of a fact's identity: resolved subject, type, object and both ends with their
// precision. Equal bytes, equal identity. An import that sorts and merges can order by them.
std::string FactIdentity(NodeId subject, RelationId relation, NodeId object, const ValidEnd& from,
                         const ValidEnd& to);
// The identity that the record was first imported with; "" when it has none.
absl::StatusOr<std::string> IdentityOf(const storage::FactRecord& record);

}  // namespace entente
