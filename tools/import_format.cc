#include "tools/import_format.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/temporal_text.h"

namespace entente::tools {

absl::StatusOr<ValidEnd> ParseValidEnd(absl::string_view text) {
  const size_t date_end = std::min(text.find('T'), text.size());
  const absl::StatusOr<PartialDate> date = ParsePartialDate(text.substr(0, date_end));
  if (date.ok() && date_end == text.size()) return ValidEndOf(*date);
  // Weeks, quarters and days of a year have no precision of ours; a moment needs a whole day.
  if (date.ok() && date->precision == Precision::kDay) {
    const absl::StatusOr<DateTime> instant = ParseDateTime(text);
    if (instant.ok()) return ValidEnd{Value::OfDateTime(*instant)};
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", text, "' is not a date such as 2024, 2024-06, 2024-06-18 or 2024-06-18T12:00:00Z"));
}

}  // namespace entente::tools
