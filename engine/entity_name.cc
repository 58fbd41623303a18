#include "engine/entity_name.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/status.h"
#include "engine/temporal_text.h"
#include "storage/dictionary.h"
#include "storage/nodes.h"

namespace entente {
namespace {

// The first day of a date as it is written; `open` for "".
absl::StatusOr<int32_t> FirstDayOf(absl::string_view text, int32_t open) {
  if (text.empty()) return open;
  const absl::StatusOr<PartialDate> date = ParsePartialDate(text);
  if (!date.ok() || date->first_day.days <= INT32_MIN || date->first_day.days >= INT32_MAX) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is no date such as 1948, 1948-06 or 1948-06-18"));
  }
  return static_cast<int32_t>(date->first_day.days);
}

}  // namespace

absl::Status SetPeriod(absl::string_view from, absl::string_view to, EntityName* name) {
  ASSIGN_OR_RETURN(name->since_day, FirstDayOf(from, INT32_MIN));
  ASSIGN_OR_RETURN(name->until_day, FirstDayOf(to, INT32_MAX));
  if (name->since_day < name->until_day) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a name that is in use from ", from, " to ", to, " is never in use"));
}

bool AddName(const EntityName& name, std::vector<storage::Name>* names) {
  const bool dated = name.since_day != storage::kOpenStart || name.until_day != storage::kOpenEnd;
  for (storage::Name& known : *names) {
    if (known.text != name.text || known.language != name.language) continue;
    if (!dated) return false;
    const bool undated =
        known.since_day == storage::kOpenStart && known.until_day == storage::kOpenEnd;
    if (!undated && known.since_day != name.since_day) continue;
    const int32_t until = name.until_day != storage::kOpenEnd ? name.until_day : known.until_day;
    const auto period = std::pair(name.since_day, until);
    if (period == std::pair(known.since_day, known.until_day)) return false;
    std::tie(known.since_day, known.until_day) = period;
    return true;
  }
  if (NormalizeName(name.text).empty()) return false;
  names->push_back({name.text, name.language,
                    name.script.empty() ? ScriptOf(name.text) : name.script, name.since_day,
                    name.until_day});
  return true;
}

std::vector<storage::NameEntry> NameEntriesOf(NodeId node, absl::Span<const storage::Name> names,
                                              absl::string_view canonical) {
  std::vector<storage::NameEntry> entries;
  const auto enter = [&](absl::string_view text, storage::NameKind kind,
                         const std::string& language) {
    std::string name = NormalizeName(text);
    const bool known = std::any_of(entries.begin(), entries.end(),
                                   [&](const storage::NameEntry& e) { return e.name == name; });
    if (!name.empty() && !known) entries.push_back({std::move(name), node, kind, language});
  };
  enter(canonical, storage::NameKind::kCanonical, "");
  for (const storage::Name& name : names) {
    enter(name.text, storage::NameKind::kAlias, name.language);
  }
  return entries;
}

std::vector<Trigram> TrigramsOf(absl::Span<const storage::NameEntry> entries) {
  std::vector<Trigram> trigrams;
  for (const storage::NameEntry& entry : entries) {
    const std::vector<Trigram> more = TrigramsOf(LatinForm(entry.name));
    trigrams.insert(trigrams.end(), more.begin(), more.end());
  }
  std::sort(trigrams.begin(), trigrams.end());
  trigrams.erase(std::unique(trigrams.begin(), trigrams.end()), trigrams.end());
  return trigrams;
}

}  // namespace entente
