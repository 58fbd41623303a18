#include "engine/temporal_calendar.h"

#include <algorithm>

namespace entente {
namespace {

constexpr int64_t kDaysPerEra = 146'097;          // 400 years
constexpr int64_t kEpochFromMarchZero = 719'468;  // 1970-01-01, counted from 0000-03-01
constexpr int64_t kMinDays = -365'243'219'162;    // -999999999-01-01
constexpr int64_t kMaxDays = 365'241'780'471;     // +999999999-12-31

}  // namespace

bool ReadPlainDate(absl::string_view text, CivilDate* civil) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](size_t at, size_t size, int64_t* out) {
    *out = 0;
    for (size_t i = at; i < at + size; ++i) {
      if (text[i] < '0' || text[i] > '9') return false;
      *out = *out * 10 + (text[i] - '0');
    }
    return true;
  };
  return number(0, 4, &civil->year) && number(5, 2, &civil->month) && number(8, 2, &civil->day) &&
         civil->month >= 1 && civil->month <= 12 && civil->day >= 1 &&
         civil->day <= DaysInMonth(civil->year, civil->month);
}

bool IsLeapYear(int64_t year) {
  return FloorMod(year, 4) == 0 && (FloorMod(year, 100) != 0 || FloorMod(year, 400) == 0);
}

int64_t DaysInMonth(int64_t year, int64_t month) {
  if (month == 2) return IsLeapYear(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

int64_t DaysInYear(int64_t year) { return IsLeapYear(year) ? 366 : 365; }

int64_t DaysInQuarter(int64_t year, int64_t quarter) {
  int64_t days = 0;
  for (int64_t month = quarter * 3 - 2; month <= quarter * 3; ++month) {
    days += DaysInMonth(year, month);
  }
  return days;
}

int64_t WeeksInYear(int64_t year) {
  // The week of 28 December is always the last one.
  return WeekDateOf(DateOf(CivilDate{year, 12, 28})).week;
}

Date DateOf(const CivilDate& civil) {
  // Years begin in March here, so that the leap day is the last of its year.
  const int64_t year = civil.year - (civil.month <= 2 ? 1 : 0);
  const int64_t era = FloorDiv(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month_from_march = civil.month + (civil.month > 2 ? -3 : 9);
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + civil.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return Date{era * kDaysPerEra + day_of_era - kEpochFromMarchZero};
}

Date DateOf(const WeekDate& week_date) {
  const Date fourth = DateOf(CivilDate{week_date.year, 1, 4});
  const int64_t first_monday = fourth.days - (DayOfWeek(fourth) - 1);
  return Date{first_monday + (week_date.week - 1) * 7 + week_date.day - 1};
}

CivilDate CivilOf(Date date) {
  const int64_t shifted = date.days + kEpochFromMarchZero;
  const int64_t era = FloorDiv(shifted, kDaysPerEra);
  const int64_t day_of_era = shifted - era * kDaysPerEra;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t month = month_from_march + (month_from_march < 10 ? 3 : -9);
  return CivilDate{year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
                   day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

WeekDate WeekDateOf(Date date) {
  const int64_t day = DayOfWeek(date);
  const Date thursday{date.days + 4 - day};
  return WeekDate{CivilOf(thursday).year, (DayOfYear(thursday) - 1) / 7 + 1, day};
}

int64_t DayOfYear(Date date) {
  return date.days - DateOf(CivilDate{CivilOf(date).year, 1, 1}).days + 1;
}

int64_t DayOfQuarter(Date date) {
  const CivilDate civil = CivilOf(date);
  return date.days - DateOf(CivilDate{civil.year, (civil.month - 1) / 3 * 3 + 1, 1}).days + 1;
}

int64_t DayOfWeek(Date date) {
  return FloorMod(date.days + 3, 7) + 1;  // the epoch was a Thursday
}

bool IsInRange(Date date) { return date.days >= kMinDays && date.days <= kMaxDays; }

Date PlusMonths(Date date, int64_t months) {
  const CivilDate civil = CivilOf(date);
  const int64_t total = civil.year * 12 + civil.month - 1 + months;
  const int64_t year = FloorDiv(total, 12);
  const int64_t month = FloorMod(total, 12) + 1;
  return DateOf(CivilDate{year, month, std::min(civil.day, DaysInMonth(year, month))});
}

Date DateOf(const LocalDateTime& local) { return Date{FloorDiv(local.seconds, kSecondsPerDay)}; }

LocalTime TimeOf(const LocalDateTime& local) {
  return LocalTime{FloorMod(local.seconds, kSecondsPerDay) * kNanosPerSecond + local.nanoseconds};
}

LocalDateTime Combine(Date date, LocalTime time) {
  return LocalDateTime{date.days * kSecondsPerDay + time.nanoseconds / kNanosPerSecond,
                       static_cast<int32_t>(time.nanoseconds % kNanosPerSecond)};
}

}  // namespace entente
