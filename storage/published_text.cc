#include "storage/published_text.h"

#include "absl/strings/match.h"
#include "absl/time/civil_time.h"
#include "storage/time.h"

namespace entente::storage {
namespace {

constexpr char kSlashedDay = '\x01';
constexpr char kDashedDay = '\x02';

// Places in "2024-06-18".
constexpr size_t kYearDigits = 4;
constexpr size_t kSecondDash = 7;
constexpr size_t kDayLength = 10;

// Two digits.
void AppendPair(int64_t number, std::string* out) {
  out->push_back(static_cast<char>('0' + number / 10));
  out->push_back(static_cast<char>('0' + number % 10));
}

}  // namespace

absl::string_view DayText::Of(int64_t instant) {
  if (instant == kNoTime) return "";
  const int32_t day = DayOf(instant);
  if (is_known_ && day == day_) return text_;
  is_known_ = true;
  day_ = day;
  text_.clear();
  const absl::CivilDay date = absl::CivilDay(1970, 1, 1) + day;
  if (date.year() < 0 || date.year() > 9999) return "";
  AppendPair(date.year() / 100, &text_);
  AppendPair(date.year() % 100, &text_);
  text_.push_back('-');
  AppendPair(date.month(), &text_);
  text_.push_back('-');
  AppendPair(date.day(), &text_);
  return text_;
}

bool AppendInstant(int64_t instant, InstantStyle style, DayText* days, std::string* out) {
  constexpr int64_t kMicrosecondsPerSecond = 1'000'000;
  const absl::string_view day = days->Of(instant);
  if (day.empty()) return false;
  const int64_t of_day = instant - DayOf(instant) * kMicrosecondsPerDay;
  if (of_day % (style == kDay ? kMicrosecondsPerDay : kMicrosecondsPerSecond) != 0) return false;
  out->append(day.data(), day.size());
  if (style == kDay) return true;
  const int64_t seconds = of_day / kMicrosecondsPerSecond;
  out->push_back('T');
  AppendPair(seconds / 3600, out);
  out->push_back(':');
  AppendPair(seconds / 60 % 60, out);
  out->push_back(':');
  AppendPair(seconds % 60, out);
  out->push_back('Z');
  return true;
}

bool HasDayMark(absl::string_view text) {
  return absl::StrContains(text, kSlashedDay) || absl::StrContains(text, kDashedDay);
}

bool MarkDay(absl::string_view text, int64_t published, DayText* days, std::string* marked) {
  const absl::string_view day = days->Of(published);
  if (day.empty()) return false;
  const absl::string_view year = day.substr(0, kYearDigits);
  for (size_t at = text.find(year); at != absl::string_view::npos; at = text.find(year, at + 1)) {
    const absl::string_view there = text.substr(at, kDayLength);
    if (there.size() < kDayLength) return false;
    const char separator = there[kYearDigits];
    if ((separator != '/' && separator != '-') || there[kSecondDash] != separator ||
        there.substr(kYearDigits + 1, 2) != day.substr(kYearDigits + 1, 2) ||
        there.substr(kSecondDash + 1) != day.substr(kSecondDash + 1)) {
      continue;
    }
    marked->assign(text.data(), at);
    marked->push_back(separator == '/' ? kSlashedDay : kDashedDay);
    marked->append(text.data() + at + kDayLength, text.size() - at - kDayLength);
    return true;
  }
  return false;
}

bool ReplaceDayMarks(int64_t published, std::string* text) {
  DayText days;
  for (const char mark : {kSlashedDay, kDashedDay}) {
    const char separator = mark == kSlashedDay ? '/' : '-';
    for (size_t at = text->find(mark); at != std::string::npos; at = text->find(mark, at)) {
      const absl::string_view day = days.Of(published);
      if (day.empty()) return false;
      text->replace(at, 1, day.data(), day.size());
      (*text)[at + kYearDigits] = separator;
      (*text)[at + kSecondDash] = separator;
    }
  }
  return true;
}

}  // namespace entente::storage
