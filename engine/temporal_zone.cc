#include "engine/temporal_zone.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "engine/error.h"
#include "engine/temporal_calendar.h"

namespace entente {
namespace {

// The zones that IANA's database keeps as links to another one (its file `backward`, as of release
// 2025b) while its file `backzone` still has their own rules from before 1970, which some systems
// install. Sorted by name.
struct MergedZone {
  absl::string_view name;
  absl::string_view target;
};
constexpr MergedZone kMergedZones[] = {
    {"Africa/Accra", "Africa/Abidjan"},
    {"Africa/Addis_Ababa", "Africa/Nairobi"},
    {"Africa/Asmara", "Africa/Nairobi"},
    {"Africa/Bamako", "Africa/Abidjan"},
    {"Africa/Bangui", "Africa/Lagos"},
    {"Africa/Banjul", "Africa/Abidjan"},
    {"Africa/Blantyre", "Africa/Maputo"},
    {"Africa/Brazzaville", "Africa/Lagos"},
    {"Africa/Bujumbura", "Africa/Maputo"},
    {"Africa/Conakry", "Africa/Abidjan"},
    {"Africa/Dakar", "Africa/Abidjan"},
    {"Africa/Dar_es_Salaam", "Africa/Nairobi"},
    {"Africa/Djibouti", "Africa/Nairobi"},
    {"Africa/Douala", "Africa/Lagos"},
    {"Africa/Freetown", "Africa/Abidjan"},
    {"Africa/Gaborone", "Africa/Maputo"},
    {"Africa/Harare", "Africa/Maputo"},
    {"Africa/Kampala", "Africa/Nairobi"},
    {"Africa/Kigali", "Africa/Maputo"},
    {"Africa/Kinshasa", "Africa/Lagos"},
    {"Africa/Libreville", "Africa/Lagos"},
    {"Africa/Lome", "Africa/Abidjan"},
    {"Africa/Luanda", "Africa/Lagos"},
    {"Africa/Lubumbashi", "Africa/Maputo"},
    {"Africa/Lusaka", "Africa/Maputo"},
    {"Africa/Malabo", "Africa/Lagos"},
    {"Africa/Maseru", "Africa/Johannesburg"},
    {"Africa/Mbabane", "Africa/Johannesburg"},
    {"Africa/Mogadishu", "Africa/Nairobi"},
    {"Africa/Niamey", "Africa/Lagos"},
    {"Africa/Nouakchott", "Africa/Abidjan"},
    {"Africa/Ouagadougou", "Africa/Abidjan"},
    {"Africa/Porto-Novo", "Africa/Lagos"},
    {"America/Anguilla", "America/Puerto_Rico"},
    {"America/Antigua", "America/Puerto_Rico"},
    {"America/Aruba", "America/Puerto_Rico"},
    {"America/Atikokan", "America/Panama"},
    {"America/Blanc-Sablon", "America/Puerto_Rico"},
    {"America/Cayman", "America/Panama"},
    {"America/Creston", "America/Phoenix"},
    {"America/Curacao", "America/Puerto_Rico"},
    {"America/Dominica", "America/Puerto_Rico"},
    {"America/Grenada", "America/Puerto_Rico"},
    {"America/Guadeloupe", "America/Puerto_Rico"},
    {"America/Montserrat", "America/Puerto_Rico"},
    {"America/Nassau", "America/Toronto"},
    {"America/Port_of_Spain", "America/Puerto_Rico"},
    {"America/St_Kitts", "America/Puerto_Rico"},
    {"America/St_Lucia", "America/Puerto_Rico"},
    {"America/St_Thomas", "America/Puerto_Rico"},
    {"America/St_Vincent", "America/Puerto_Rico"},
    {"America/Tortola", "America/Puerto_Rico"},
    {"Antarctica/DumontDUrville", "Pacific/Port_Moresby"},
    {"Antarctica/McMurdo", "Pacific/Auckland"},
    {"Antarctica/Syowa", "Asia/Riyadh"},
    {"Asia/Aden", "Asia/Riyadh"},
    {"Asia/Bahrain", "Asia/Qatar"},
    {"Asia/Brunei", "Asia/Kuching"},
    {"Asia/Kuala_Lumpur", "Asia/Singapore"},
    {"Asia/Kuwait", "Asia/Riyadh"},
    {"Asia/Muscat", "Asia/Dubai"},
    {"Asia/Phnom_Penh", "Asia/Bangkok"},
    {"Asia/Vientiane", "Asia/Bangkok"},
    {"Atlantic/Reykjavik", "Africa/Abidjan"},
    {"Atlantic/St_Helena", "Africa/Abidjan"},
    {"Europe/Amsterdam", "Europe/Brussels"},
    {"Europe/Copenhagen", "Europe/Berlin"},
    {"Europe/Guernsey", "Europe/London"},
    {"Europe/Isle_of_Man", "Europe/London"},
    {"Europe/Jersey", "Europe/London"},
    {"Europe/Ljubljana", "Europe/Belgrade"},
    {"Europe/Luxembourg", "Europe/Brussels"},
    {"Europe/Monaco", "Europe/Paris"},
    {"Europe/Oslo", "Europe/Berlin"},
    {"Europe/Sarajevo", "Europe/Belgrade"},
    {"Europe/Skopje", "Europe/Belgrade"},
    {"Europe/Stockholm", "Europe/Berlin"},
    {"Europe/Vaduz", "Europe/Zurich"},
    {"Europe/Zagreb", "Europe/Belgrade"},
    {"Iceland", "Africa/Abidjan"},
    {"Indian/Antananarivo", "Africa/Nairobi"},
    {"Indian/Christmas", "Asia/Bangkok"},
    {"Indian/Cocos", "Asia/Yangon"},
    {"Indian/Comoro", "Africa/Nairobi"},
    {"Indian/Kerguelen", "Indian/Maldives"},
    {"Indian/Mahe", "Asia/Dubai"},
    {"Indian/Mayotte", "Africa/Nairobi"},
    {"Indian/Reunion", "Asia/Dubai"},
    {"Pacific/Chuuk", "Pacific/Port_Moresby"},
    {"Pacific/Funafuti", "Pacific/Tarawa"},
    {"Pacific/Majuro", "Pacific/Tarawa"},
    {"Pacific/Midway", "Pacific/Pago_Pago"},
    {"Pacific/Pohnpei", "Pacific/Guadalcanal"},
    {"Pacific/Saipan", "Pacific/Guam"},
    {"Pacific/Wake", "Pacific/Tarawa"},
    {"Pacific/Wallis", "Pacific/Tarawa"},
};

absl::string_view RulesName(absl::string_view name) {
  const auto* row = std::lower_bound(
      std::begin(kMergedZones), std::end(kMergedZones), name,
      [](const MergedZone& zone, absl::string_view wanted) { return zone.name < wanted; });
  return row != std::end(kMergedZones) && row->name == name ? row->target : name;
}

// Zones are never forgotten: their addresses stand in values.
class ZoneTable {
 public:
  absl::StatusOr<const NamedZone*> Find(absl::string_view name) {
    absl::MutexLock lock(&mutex_);
    const std::string key(name);
    auto it = zones_.find(key);
    if (it == zones_.end()) {
      absl::TimeZone rules;
      // Names only: Abseil would also take the path of a file and names of its own with a colon.
      if (name.empty() || name[0] == '/' || name == "localtime" || absl::StrContains(name, "..") ||
          absl::StrContains(name, ":") ||
          !absl::LoadTimeZone(std::string(RulesName(name)), &rules)) {
        return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                         absl::StrCat("Unknown time zone '", name, "'"));
      }
      it = zones_.emplace(key, NamedZone{key, rules}).first;
    }
    return &it->second;
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, NamedZone> zones_ ABSL_GUARDED_BY(mutex_);
};

absl::CivilSecond CivilOf(const LocalDateTime& local) {
  return absl::CivilSecond(1970, 1, 1) + local.seconds;
}

int32_t OffsetAt(const absl::TimeZone& zone, absl::Time time) { return zone.At(time).offset; }

}  // namespace

absl::StatusOr<const NamedZone*> FindZone(absl::string_view name) {
  static ZoneTable table;
  return table.Find(name);
}

int32_t OffsetAt(const NamedZone& zone, int64_t utc_seconds) {
  return OffsetAt(zone.rules, absl::FromUnixSeconds(utc_seconds));
}

DateTime InZone(const LocalDateTime& local, const NamedZone& zone) {
  // `pre` reads the clock by the offset before the transition: the earlier of two instants, and the
  // later side of a gap.
  const absl::Time time = zone.rules.At(CivilOf(local)).pre;
  return DateTime{absl::ToUnixSeconds(time), local.nanoseconds, OffsetAt(zone.rules, time), &zone};
}

absl::StatusOr<DateTime> InZone(const LocalDateTime& local, const NamedZone& zone,
                                int32_t offset_seconds) {
  const absl::TimeZone::TimeInfo info = zone.rules.At(CivilOf(local));
  for (const absl::Time time : {info.pre, info.post}) {
    if (info.kind != absl::TimeZone::TimeInfo::SKIPPED &&
        OffsetAt(zone.rules, time) == offset_seconds) {
      return DateTime{absl::ToUnixSeconds(time), local.nanoseconds, offset_seconds, &zone};
    }
  }
  return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                   absl::StrCat("The offset is not that of the time zone '", zone.name, "'"));
}

DateTime AtOffset(const LocalDateTime& local, int32_t offset_seconds) {
  return DateTime{local.seconds - offset_seconds, local.nanoseconds, offset_seconds, nullptr};
}

DateTime MoveTo(const DateTime& instant, const NamedZone* zone, int32_t offset_seconds) {
  return DateTime{instant.seconds, instant.nanoseconds,
                  zone != nullptr ? OffsetAt(*zone, instant.seconds) : offset_seconds, zone};
}

LocalDateTime LocalOf(const DateTime& instant) {
  return LocalDateTime{instant.seconds + instant.offset_seconds, instant.nanoseconds};
}

}  // namespace entente
