// Property indexes: for the nodes that bear a label, or one under it, the nodes sorted by one
// property. An index tells where to look and not what is true: its order is that of the bytes
// below, which may be equal where values differ, so that whoever seeks in it checks the condition
// on what it finds.
//
// The bytes of a value begin with its kind, and behind it stand, big-endian:
//   list            nothing
//   zoned date-time seconds since 1970 i64 (sign bit turned), nanoseconds u32
//   local date-time the same of the local clock
//   date            days since 1970 i64 (sign bit turned)
//   zoned time      nanoseconds since midnight UTC i64 (sign bit turned)
//   local time      nanoseconds since midnight i64 (sign bit turned)
//   duration        nothing
//   string          its first 256 bytes, escaped as text in keys is (storage/keys.h)
//   boolean         0 or 1
//   number          as a double: sign bit turned, or all bits of a negative one; −0 as 0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/catalogue.h"
#include "engine/ids.h"
#include "engine/value.h"

namespace entente {

namespace storage {
struct NodeRecord;
}

// `value` must be storable.
std::string IndexValue(const Value& value);

// The entries at or behind `from` and before `below`.
struct IndexRange {
  std::string from;
  std::string below;
  bool operator==(const IndexRange&) const = default;
};

// Where the values stand of which a condition on a property may be true; nullopt when it is true of
// none.
std::optional<IndexRange> RangeOfEqual(const Value& value);    // property = value
std::optional<IndexRange> RangeOfPrefix(const Value& prefix);  // property STARTS WITH prefix
std::optional<IndexRange> RangeBetween(const Value* least, const Value* greatest);  // nullptr: open
// property IN list, which must be a list: ranges that have no entry in common, in order.
std::vector<IndexRange> RangesOfAny(const Value& list);

// One node's place in an index.
struct IndexEntry {
  IndexId index = 0;
  std::string value;
  bool operator==(const IndexEntry&) const = default;
};
// Every place of a node in the indexes of the catalogue, by index.
absl::StatusOr<std::vector<IndexEntry>> IndexEntriesOf(const Catalogue& catalogue,
                                                       const storage::NodeRecord& record);

}  // namespace entente
