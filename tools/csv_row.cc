#include "tools/csv_row.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tools/text_place.h"

namespace entente::tools {

CsvRow::Outcome CsvRow::Parse(absl::string_view line) {
  line_ = line;
  size_ = 0;
  unescaped_.clear();
  size_t begin = 0;
  while (true) {
    size_t end = 0;
    if (begin < line.size() && line[begin] == '"') {
      end = ParseQuoted(begin);
      if (end == absl::string_view::npos) return Outcome::kOpen;
      if (end < line.size() && line[end] != ',') return Outcome::kBadQuotes;
    } else {
      const void* const comma = std::memchr(line.data() + begin, ',', line.size() - begin);
      end = comma == nullptr ? line.size()
                             : static_cast<size_t>(static_cast<const char*>(comma) - line.data());
      Add(line.substr(begin, end - begin), begin, false);
    }
    if (end == line.size()) return Outcome::kWhole;
    begin = end + 1;
  }
}

size_t CsvRow::ParseQuoted(size_t begin) {
  size_t from = begin + 1;
  size_t quote = line_.find('"', from);
  const auto is_doubled = [&] { return quote + 1 < line_.size() && line_[quote + 1] == '"'; };
  if (quote == absl::string_view::npos) return quote;
  if (!is_doubled()) {
    Add(line_.substr(from, quote - from), begin, true);
    return quote + 1;
  }
  // Unescaped text is shorter than the line, so that one reservation lasts for all its fields.
  if (unescaped_.empty()) unescaped_.reserve(line_.size());
  const size_t out = unescaped_.size();
  while (is_doubled()) {
    unescaped_.append(line_.data() + from, quote + 1 - from);
    from = quote + 2;
    quote = line_.find('"', from);
    if (quote == absl::string_view::npos) return quote;
  }
  unescaped_.append(line_.data() + from, quote - from);
  Add(absl::string_view(unescaped_).substr(out), begin, true);
  return quote + 1;
}

std::string QuotedCsvField(absl::string_view text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string CsvField(absl::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == absl::string_view::npos;
  return plain ? std::string(text) : QuotedCsvField(text);
}

uint64_t CsvRow::ColumnOf(size_t field) const { return ColumnAt(line_, fields_[field].begin); }

}  // namespace entente::tools
