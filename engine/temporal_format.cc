#include <cstdlib>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/temporal_calendar.h"
#include "engine/temporal_text.h"
#include "engine/temporal_zone.h"

namespace entente {
namespace {

// ".142", without zeros at the end; nothing for 0.
std::string Fraction(int64_t nanoseconds) {
  if (nanoseconds == 0) return "";
  std::string digits = absl::StrFormat(".%09d", nanoseconds);
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

std::string FormatYear(int64_t year) {
  const char* const sign = year > 9999 ? "+" : year < 0 ? "-" : "";
  return absl::StrCat(sign, absl::Dec(std::abs(year), absl::kZeroPad4));
}

// "5M" for 5 and 'M', nothing for 0.
void AppendAmount(absl::int128 amount, char unit, std::string* out) {
  if (amount == 0) return;
  absl::StrAppend(out, static_cast<int64_t>(amount), absl::string_view(&unit, 1));
}

}  // namespace

std::string FormatDate(Date v) {
  const CivilDate civil = CivilOf(v);
  if (civil.year >= 1000 && civil.year <= 9999) {
    // Nearly every date; a query may write very many.
    std::string out = "0000-00-00";
    const auto put = [&out](size_t at, int64_t digit) { out[at] = static_cast<char>('0' + digit); };
    const auto year = static_cast<uint32_t>(civil.year);
    put(0, year / 1000);
    put(1, year / 100 % 10);
    put(2, year / 10 % 10);
    put(3, year % 10);
    put(5, civil.month / 10);
    put(6, civil.month % 10);
    put(8, civil.day / 10);
    put(9, civil.day % 10);
    return out;
  }
  return absl::StrCat(FormatYear(civil.year), "-", absl::Dec(civil.month, absl::kZeroPad2), "-",
                      absl::Dec(civil.day, absl::kZeroPad2));
}

std::string FormatLocalTime(LocalTime v) {
  const int64_t seconds = v.nanoseconds / kNanosPerSecond;
  const int64_t fraction = v.nanoseconds % kNanosPerSecond;
  std::string out = absl::StrFormat("%02d:%02d", seconds / 3600, seconds / 60 % 60);
  if (seconds % 60 != 0 || fraction != 0) {
    absl::StrAppendFormat(&out, ":%02d%s", seconds % 60, Fraction(fraction));
  }
  return out;
}

std::string FormatOffset(int32_t offset_seconds) {
  if (offset_seconds == 0) return "Z";
  const int32_t amount = std::abs(offset_seconds);
  std::string out = absl::StrFormat("%c%02d:%02d", offset_seconds < 0 ? '-' : '+', amount / 3600,
                                    amount / 60 % 60);
  if (amount % 60 != 0) absl::StrAppendFormat(&out, ":%02d", amount % 60);
  return out;
}

std::string FormatTime(const Time& v) {
  return FormatLocalTime(LocalTime{v.nanoseconds}) + FormatOffset(v.offset_seconds);
}

std::string FormatLocalDateTime(const LocalDateTime& v) {
  return absl::StrCat(FormatDate(DateOf(v)), "T", FormatLocalTime(TimeOf(v)));
}

std::string FormatDateTime(const DateTime& v) {
  std::string out = FormatLocalDateTime(LocalOf(v)) + FormatOffset(v.offset_seconds);
  if (v.zone != nullptr) absl::StrAppend(&out, "[", v.zone->name, "]");
  return out;
}

std::string FormatDuration(const Duration& v) {
  std::string out = "P";
  AppendAmount(v.months / 12, 'Y', &out);
  AppendAmount(v.months % 12, 'M', &out);
  AppendAmount(v.days, 'D', &out);

  // Hours, minutes and seconds share the sign of their whole.
  const absl::int128 nanos = absl::int128(v.seconds) * kNanosPerSecond + v.nanoseconds;
  const absl::int128 whole_seconds = nanos / kNanosPerSecond;
  std::string time;
  AppendAmount(whole_seconds / 3600, 'H', &time);
  AppendAmount(whole_seconds / 60 % 60, 'M', &time);
  const int64_t seconds = static_cast<int64_t>(whole_seconds % 60);
  const int64_t fraction = static_cast<int64_t>(nanos % kNanosPerSecond);
  if (seconds != 0 || fraction != 0) {
    absl::StrAppend(&time, nanos < 0 ? "-" : "", std::abs(seconds), Fraction(std::abs(fraction)),
                    "S");
  }
  if (!time.empty()) absl::StrAppend(&out, "T", time);
  return out.size() > 1 ? out : "PT0S";
}

std::string FormatPartialDate(const PartialDate& v) {
  const CivilDate civil = CivilOf(v.first_day);
  switch (v.precision) {
    case Precision::kYear:
      return FormatYear(civil.year);
    case Precision::kMonth:
      return absl::StrFormat("%s-%02d", FormatYear(civil.year), civil.month);
    case Precision::kDay:
      break;
  }
  return FormatDate(v.first_day);
}

}  // namespace entente
