#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/temporal_calendar.h"
#include "engine/temporal_duration.h"
#include "engine/temporal_text.h"
#include "engine/temporal_zone.h"

namespace entente {
namespace {

absl::Status Malformed(absl::string_view what, absl::string_view text) {
  return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                   absl::StrCat("'", text, "' is not a ", what));
}

size_t CountDigits(absl::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), absl::ascii_isdigit) -
                             text.begin());
}

bool TakeChar(char wanted, absl::string_view* text) {
  if (text->empty() || text->front() != wanted) return false;
  text->remove_prefix(1);
  return true;
}

// Exactly so many digits, at most 18.
bool TakeDigits(size_t count, absl::string_view* text, int64_t* number) {
  if (count == 0 || count > 18 || CountDigits(*text) < count) return false;
  *number = 0;
  for (const char digit : text->substr(0, count)) *number = *number * 10 + (digit - '0');
  text->remove_prefix(count);
  return true;
}

// What follows a decimal point or comma, in billionths; digits beyond the ninth are dropped.
bool TakeFraction(absl::string_view* text, int64_t* billionths) {
  const size_t count = CountDigits(*text);
  if (count == 0) return false;
  *billionths = 0;
  for (size_t i = 0; i < 9; ++i) {
    *billionths = *billionths * 10 + (i < count ? (*text)[i] - '0' : 0);
  }
  text->remove_prefix(count);
  return true;
}

bool TakePoint(absl::string_view* text) { return TakeChar('.', text) || TakeChar(',', text); }

bool IsBetween(int64_t v, int64_t least, int64_t greatest) { return v >= least && v <= greatest; }

bool TakeYear(absl::string_view* text, int64_t* year) {
  const bool negative = absl::StartsWith(*text, "-");
  if (negative || absl::StartsWith(*text, "+")) {
    text->remove_prefix(1);
    const size_t count = CountDigits(*text);
    if (count > 9 || !TakeDigits(count, text, year)) return false;
    if (negative) *year = -*year;
    return text->empty() || text->front() == '-';
  }
  return TakeDigits(4, text, year);
}

// The rest of a date behind "2015-W" or "2015W".
bool TakeWeek(bool extended, int64_t year, absl::string_view* text, Date* date) {
  WeekDate week{year, 1, 1};
  if (!TakeDigits(2, text, &week.week)) return false;
  if (!text->empty()) {
    if (extended && !TakeChar('-', text)) return false;
    if (!TakeDigits(1, text, &week.day)) return false;
  }
  *date = DateOf(week);
  return IsBetween(week.week, 1, WeeksInYear(year)) && IsBetween(week.day, 1, 7);
}

// The rest of a date behind "2015-Q" or "2015Q".
bool TakeQuarter(bool extended, int64_t year, absl::string_view* text, Date* date) {
  int64_t quarter = 1;
  int64_t day = 1;
  if (!TakeDigits(1, text, &quarter) || !IsBetween(quarter, 1, 4)) return false;
  if (!text->empty()) {
    if (extended && !TakeChar('-', text)) return false;
    if (!TakeDigits(2, text, &day)) return false;
  }
  *date = DateOf(CivilDate{year, quarter * 3 - 2, day});
  return IsBetween(day, 1, DaysInQuarter(year, quarter));
}

bool TakeOrdinal(int64_t year, absl::string_view* text, Date* date) {
  int64_t day = 1;
  if (!TakeDigits(3, text, &day)) return false;
  *date = DateOf(CivilDate{year, 1, day});
  return IsBetween(day, 1, DaysInYear(year));
}

bool TakeMonthAndDay(bool extended, int64_t year, absl::string_view* text, Date* date) {
  CivilDate civil{year, 1, 1};
  if (!TakeDigits(2, text, &civil.month)) return false;
  if (!text->empty()) {
    if (extended && !TakeChar('-', text)) return false;
    if (!TakeDigits(2, text, &civil.day)) return false;
  }
  if (!IsBetween(civil.month, 1, 12)) return false;
  *date = DateOf(civil);
  return IsBetween(civil.day, 1, DaysInMonth(year, civil.month));
}

bool ReadDate(absl::string_view text, Date* date) {
  int64_t year = 0;
  if (!TakeYear(&text, &year)) return false;
  if (text.empty()) {
    *date = DateOf(CivilDate{year, 1, 1});
    return true;
  }
  const bool extended = TakeChar('-', &text);
  bool taken;
  if (TakeChar('W', &text)) {
    taken = TakeWeek(extended, year, &text, date);
  } else if (TakeChar('Q', &text)) {
    taken = TakeQuarter(extended, year, &text, date);
  } else if (CountDigits(text) == 3) {
    taken = TakeOrdinal(year, &text, date);
  } else {
    taken = TakeMonthAndDay(extended, year, &text, date);
  }
  return taken && text.empty() && IsInRange(*date);
}

bool ReadLocalTime(absl::string_view text, LocalTime* time) {
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t nanosecond = 0;
  if (!TakeDigits(2, &text, &hour)) return false;
  const bool extended = !text.empty() && text.front() == ':';
  if (!text.empty()) {
    if (extended) text.remove_prefix(1);
    if (!TakeDigits(2, &text, &minute)) return false;
  }
  if (!text.empty()) {
    if (extended && !TakeChar(':', &text)) return false;
    if (!TakeDigits(2, &text, &second)) return false;
  }
  if (!text.empty() && (!TakePoint(&text) || !TakeFraction(&text, &nanosecond))) return false;
  *time = LocalTime{((hour * 60 + minute) * 60 + second) * kNanosPerSecond + nanosecond};
  return text.empty() && hour < 24 && minute < 60 && second < 60;
}

bool ReadOffset(absl::string_view text, int32_t* offset_seconds) {
  *offset_seconds = 0;
  if (text == "Z" || text == "z") return true;
  const bool negative = absl::StartsWith(text, "-");
  if (!negative && !absl::StartsWith(text, "+")) return false;
  text.remove_prefix(1);
  // An offset is written like a time of the day, but has no fraction.
  LocalTime amount;
  if (absl::StrContains(text, '.') || absl::StrContains(text, ',')) return false;
  if (!ReadLocalTime(text, &amount)) return false;
  const auto seconds = static_cast<int32_t>(amount.nanoseconds / kNanosPerSecond);
  *offset_seconds = negative ? -seconds : seconds;
  return seconds <= kMaxOffsetSeconds;
}

// Cuts `text` before its offset or zone.
absl::string_view CutZone(absl::string_view* text) {
  const size_t at = std::min(text->find_first_of("Zz+-["), text->size());
  const absl::string_view zone = text->substr(at);
  *text = text->substr(0, at);
  return zone;
}

// "2015-07-21T21:40", where T and what follows may be missing.
bool ReadLocalDateTime(absl::string_view text, LocalDateTime* local) {
  const size_t at = text.find('T');
  Date date;
  LocalTime time;
  if (!ReadDate(text.substr(0, at), &date)) return false;
  if (at != absl::string_view::npos && !ReadLocalTime(text.substr(at + 1), &time)) return false;
  *local = Combine(date, time);
  return true;
}

struct DurationUnit {
  char letter;
  absl::int128 DurationAmounts::*amount;
  int64_t factor;
};
constexpr DurationUnit kDateUnits[] = {{'Y', &DurationAmounts::months, 12},
                                       {'M', &DurationAmounts::months, 1},
                                       {'W', &DurationAmounts::days, 7},
                                       {'D', &DurationAmounts::days, 1}};
constexpr DurationUnit kTimeUnits[] = {{'H', &DurationAmounts::seconds, 3600},
                                       {'M', &DurationAmounts::seconds, 60},
                                       {'S', &DurationAmounts::seconds, 1}};

// "12.5Y-3M": numbers with units in falling order, at least one.
template <size_t count>
bool ReadUnits(absl::string_view text, const DurationUnit (&units)[count],
               DurationAmounts* amounts) {
  const DurationUnit* unit = units;
  if (text.empty()) return false;
  while (!text.empty()) {
    const bool negative = TakeChar('-', &text);
    if (!negative) TakeChar('+', &text);
    int64_t whole = 0;
    int64_t billionths = 0;
    if (!TakeDigits(CountDigits(text), &text, &whole)) return false;
    if (TakePoint(&text) && !TakeFraction(&text, &billionths)) return false;
    if (text.empty()) return false;
    unit = std::find_if(unit, units + count,
                        [&](const DurationUnit& u) { return u.letter == text.front(); });
    if (unit == units + count) return false;
    text.remove_prefix(1);
    const absl::int128 amount = (absl::int128(whole) * kBillion + billionths) * unit->factor;
    amounts->*(unit->amount) += negative ? -amount : amount;
    ++unit;
  }
  return true;
}

// "2012-02-02T14:37:21.545" or "20120202T143721.545": years, months and days as amounts.
bool ReadDurationDate(absl::string_view date, absl::string_view time, bool has_time,
                      DurationAmounts* amounts) {
  int64_t years = 0;
  int64_t months = 0;
  int64_t days = 0;
  LocalTime clock;
  if (!TakeDigits(4, &date, &years)) return false;
  const bool extended = TakeChar('-', &date);
  if (!TakeDigits(2, &date, &months) || (extended && !TakeChar('-', &date)) ||
      !TakeDigits(2, &date, &days) || !date.empty() || months > 12 || days > 31) {
    return false;
  }
  if (has_time && !ReadLocalTime(time, &clock)) return false;
  amounts->months = absl::int128(years * 12 + months) * kBillion;
  amounts->days = absl::int128(days) * kBillion;
  amounts->seconds = clock.nanoseconds;
  return true;
}

bool ReadDuration(absl::string_view text, DurationAmounts* amounts) {
  const bool negative = TakeChar('-', &text);
  if (!negative) TakeChar('+', &text);
  if (!TakeChar('P', &text)) return false;
  const size_t at = text.find('T');
  const bool has_time = at != absl::string_view::npos;
  const absl::string_view date = text.substr(0, at);
  const absl::string_view time = has_time ? text.substr(at + 1) : absl::string_view();
  if (!date.empty() && absl::ascii_isdigit(static_cast<unsigned char>(date.back()))) {
    if (!ReadDurationDate(date, time, has_time, amounts)) return false;
  } else {
    if (date.empty() && !has_time) return false;
    if (!date.empty() && !ReadUnits(date, kDateUnits, amounts)) return false;
    if (has_time && !ReadUnits(time, kTimeUnits, amounts)) return false;
  }
  if (negative) {
    *amounts = DurationAmounts{-amounts->months, -amounts->days, -amounts->seconds};
  }
  return true;
}

}  // namespace

absl::StatusOr<Date> ParseDate(absl::string_view text) {
  Date date;
  if (!ReadDate(text, &date)) return Malformed("date", text);
  return date;
}

absl::StatusOr<LocalTime> ParseLocalTime(absl::string_view text) {
  LocalTime time;
  if (!ReadLocalTime(text, &time)) return Malformed("local time", text);
  return time;
}

absl::StatusOr<Time> ParseTime(absl::string_view text) {
  absl::string_view clock = text;
  const absl::string_view zone = CutZone(&clock);
  LocalTime local;
  int32_t offset = 0;
  if (!ReadLocalTime(clock, &local) || (!zone.empty() && !ReadOffset(zone, &offset))) {
    return Malformed("time", text);
  }
  return Time{local.nanoseconds, offset};
}

absl::StatusOr<LocalDateTime> ParseLocalDateTime(absl::string_view text) {
  LocalDateTime local;
  if (!ReadLocalDateTime(text, &local)) return Malformed("local date-time", text);
  return local;
}

absl::StatusOr<DateTime> ParseDateTime(absl::string_view text) {
  absl::string_view clock = text;
  absl::string_view name;
  absl::string_view offset_text;
  const size_t bracket = clock.find('[');
  if (bracket != absl::string_view::npos) {
    name = clock.substr(bracket + 1);
    clock = clock.substr(0, bracket);
    if (!absl::ConsumeSuffix(&name, "]")) return Malformed("date-time", text);
  }
  const size_t at = clock.find('T');
  if (at != absl::string_view::npos) {
    absl::string_view time = clock.substr(at);
    offset_text = CutZone(&time);
    clock = clock.substr(0, at + time.size());
  }
  LocalDateTime local;
  int32_t offset = 0;
  if (!ReadLocalDateTime(clock, &local) ||
      (!offset_text.empty() && !ReadOffset(offset_text, &offset))) {
    return Malformed("date-time", text);
  }
  if (bracket == absl::string_view::npos) return AtOffset(local, offset);
  ASSIGN_OR_RETURN(const NamedZone* zone, FindZone(name));
  // Z before a zone is an offset as any other.
  if (!offset_text.empty()) return InZone(local, *zone, offset);
  return InZone(local, *zone);
}

absl::StatusOr<Duration> ParseDuration(absl::string_view text) {
  DurationAmounts amounts;
  if (!ReadDuration(text, &amounts)) return Malformed("duration", text);
  return ToDuration(amounts);
}

absl::StatusOr<PartialDate> ParsePartialDate(absl::string_view text) {
  CivilDate civil;
  if (ReadPlainDate(text, &civil)) return PartialDate{DateOf(civil), Precision::kDay};
  Date date;
  if (ReadDate(text, &date)) {
    for (const Precision precision : {Precision::kDay, Precision::kMonth, Precision::kYear}) {
      const PartialDate partial{date, precision};
      if (FormatPartialDate(partial) == text) return partial;
    }
  }
  return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                   absl::StrCat("'", text, "' is not a date like 2024, 2024-06 or 2024-06-18"));
}

absl::StatusOr<ZoneOrOffset> ParseZone(absl::string_view text) {
  ZoneOrOffset result;
  if (ReadOffset(text, &result.offset_seconds)) return result;
  ASSIGN_OR_RETURN(result.zone, FindZone(text));
  return result;
}

}  // namespace entente
