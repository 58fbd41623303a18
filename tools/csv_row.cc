#include "tools/csv_row.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tools/text_place.h"

namespace entente::tools {

namespace {

constexpr size_t kAtOnce = 16;

// Bit i: of byte i of kAtOnce.
struct Marks {
  uint32_t commas;
  uint32_t others_than_ascii;
};

Marks MarksIn(const char* text) {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  const __m128i commas = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(','));
  return {static_cast<uint32_t>(_mm_movemask_epi8(commas)),
          static_cast<uint32_t>(_mm_movemask_epi8(bytes))};
#else
  Marks marks{0, 0};
  for (size_t i = 0; i < kAtOnce; ++i) {
    marks.commas |= uint32_t{text[i] == ','} << i;
    marks.others_than_ascii |= uint32_t{(text[i] & 0x80) != 0} << i;
  }
  return marks;
#endif
}

// The same of the line from `begin` on, which has nothing behind its end.
Marks MarksAt(absl::string_view line, size_t begin) {
  const size_t left = line.size() - begin;
  if (left >= kAtOnce) return MarksIn(line.data() + begin);
  if (line.size() >= kAtOnce) {
    const Marks marks = MarksIn(line.data() + line.size() - kAtOnce);
    return {marks.commas >> (kAtOnce - left), marks.others_than_ascii >> (kAtOnce - left)};
  }
  char text[kAtOnce] = {};
  std::memcpy(text, line.data() + begin, left);
  return MarksIn(text);
}

}  // namespace

CsvRow::Outcome CsvRow::Parse(absl::string_view line) {
  line_ = line;
  size_ = 0;
  is_ascii_ = false;
  unescaped_.clear();
  for (size_t begin = 0;; ++begin) {
    begin = ParsePlain(begin);
    if (begin == absl::string_view::npos) return Outcome::kWhole;
    begin = ParseQuoted(begin);
    if (begin == absl::string_view::npos) return Outcome::kOpen;
    if (begin == line.size()) return Outcome::kWhole;
    if (line[begin] != ',') return Outcome::kBadQuotes;
  }
}

size_t CsvRow::ParsePlain(size_t begin) {
  const absl::string_view line = line_;
  const char* const data = line.data();
  if (begin < line.size() && data[begin] == '"') return begin;
  const bool is_whole = begin == 0;
  uint32_t others_than_ascii = 0;
  for (size_t at = begin; at < line.size(); at += kAtOnce) {
    const Marks marks = MarksAt(line, at);
    others_than_ascii |= marks.others_than_ascii;
    for (uint32_t commas = marks.commas; commas != 0; commas &= commas - 1) {
      const size_t comma = at + static_cast<size_t>(std::countr_zero(commas));
      Add({data + begin, comma - begin}, begin, false);
      begin = comma + 1;
      if (begin < line.size() && data[begin] == '"') return begin;
    }
  }
  Add({data + begin, line.size() - begin}, begin, false);
  is_ascii_ = is_whole && others_than_ascii == 0;
  return absl::string_view::npos;
}

size_t CsvRow::ParseQuoted(size_t begin) {
  size_t from = begin + 1;
  size_t quote = line_.find('"', from);
  const auto is_doubled = [&] { return quote + 1 < line_.size() && line_[quote + 1] == '"'; };
  const auto open = [&] {
    Add(line_.substr(begin + 1), begin, true);
    return absl::string_view::npos;
  };
  if (quote == absl::string_view::npos) return open();
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
    if (quote == absl::string_view::npos) return open();
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

InputPlace CsvRow::PlaceOf(size_t field, const InputPlace& row) const {
  return PlaceAt(line_, fields_[field].begin, row);
}

}  // namespace entente::tools
