// Dates by year, month and day, by week, by quarter and by day of the year.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "engine/temporal.h"

namespace entente {

// Division that rounds down, and its remainder, which is never negative (the divisor is positive).
constexpr int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
constexpr int64_t FloorMod(int64_t a, int64_t b) { return a % b + (a % b < 0 ? b : 0); }

struct CivilDate {
  int64_t year = 1970;
  int64_t month = 1;  // 1 … 12
  int64_t day = 1;    // 1 … 31
};

// ISO 8601: weeks begin on Monday, and the first week of a year holds its first Thursday.
struct WeekDate {
  int64_t year = 1970;
  int64_t week = 1;  // 1 … 53
  int64_t day = 1;   // Monday is 1
};

bool IsLeapYear(int64_t year);
int64_t DaysInMonth(int64_t year, int64_t month);
int64_t DaysInYear(int64_t year);
int64_t DaysInQuarter(int64_t year, int64_t quarter);
int64_t WeeksInYear(int64_t year);

// "2024-06-18" exactly, the form of nearly every date that is read in numbers, without the detour
// of all others; false when it is anything else.
bool ReadPlainDate(absl::string_view text, CivilDate* civil);

// The fields need not be in range: day 0 is the last day of the month before. Months must be.
Date DateOf(const CivilDate& civil);
Date DateOf(const WeekDate& week_date);

CivilDate CivilOf(Date date);
WeekDate WeekDateOf(Date date);
int64_t DayOfYear(Date date);     // from 1
int64_t DayOfQuarter(Date date);  // from 1
int64_t DayOfWeek(Date date);     // Monday is 1

// Whether the year is one that the temporal types can hold.
bool IsInRange(Date date);

// The same day of a month so many months away, or that month's last day.
Date PlusMonths(Date date, int64_t months);

Date DateOf(const LocalDateTime& local);
LocalTime TimeOf(const LocalDateTime& local);
LocalDateTime Combine(Date date, LocalTime time);

}  // namespace entente
