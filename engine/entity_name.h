// EntityName: one name that an entity goes by, in a language and script and for a time; what the
// record of an entity and the indexes over names make of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ids.h"
#include "engine/names.h"

namespace entente {

namespace storage {
struct Name;
struct NameEntry;
}  // namespace storage

struct EntityName {
  std::string text;
  std::string language;  // BCP 47, "" unknown
  std::string script;    // ISO 15924, "" unknown
  // Days since 1970 from and to which it was in use, the latter exclusive; open without.
  int32_t since_day = INT32_MIN;
  int32_t until_day = INT32_MAX;
  friend bool operator==(const EntityName&, const EntityName&) = default;
};

// Sets when the name was in use from dates as they are written: 1948, 1948-06 or 1948-06-18, which
// stand for their first day; "" leaves an end open. InvalidArgument for other text, for dates some
// millions of years off, and when the name would never have been in use.
absl::Status SetPeriod(absl::string_view from, absl::string_view to, EntityName* name);

// Adds the name to those of a record; false when that changes nothing. Text, language and the day
// since when it was in use tell names apart. What is known without dates gets them from the same
// name with dates, and none adds nothing to a name with dates; another end replaces the known one.
// Nothing is added that has no letter left when it is normalised.
bool AddName(const EntityName& name, std::vector<storage::Name>* names);

// What the index of names holds of an entity: each normalised name once, the canonical one first.
std::vector<storage::NameEntry> NameEntriesOf(NodeId node, absl::Span<const storage::Name> names,
                                              absl::string_view canonical);
// Likewise the index of trigrams: those of the names' Latin forms, ascending, each once.
std::vector<Trigram> TrigramsOf(absl::Span<const storage::NameEntry> entries);

}  // namespace entente
