// How the texts of an article tell when it was published, so that they need not be kept where the
// instant is.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::storage {

// The day of an instant as a text; days of articles that follow each other are often the same.
class DayText {
 public:
  // "2024-06-18" in UTC; "" for no instant, and where the year has not four digits.
  absl::string_view Of(int64_t instant);

 private:
  bool is_known_ = false;
  int32_t day_ = 0;
  std::string text_;
};

enum InstantStyle : uint8_t { kDay = 0, kSecond = 1 };

// Appends "2024-06-18" or "2024-06-18T14:13:20Z"; false, and nothing is done, when that would not
// tell the instant.
bool AppendInstant(int64_t instant, InstantStyle style, DayText* days, std::string* out);

// Addresses of articles often have the day in them. A mark stands for "2024/06/18" or "2024-06-18".
bool HasDayMark(absl::string_view text);
// The text with a mark for the day of `published`. False when it does not tell that day.
bool MarkDay(absl::string_view text, int64_t published, DayText* days, std::string* marked);
// The other way round, in place. False when there is a mark, but no such day.
bool ReplaceDayMarks(int64_t published, std::string* text);

}  // namespace entente::storage
