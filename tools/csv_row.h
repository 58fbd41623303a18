// CsvRow: a line of comma-separated values taken apart (RFC 4180): a field may stand in double
// quotes, in which a doubled quote means one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/input_place.h"

namespace entente::tools {

class CsvRow {
 public:
  // kOpen: a quoted field does not end on this line, so the row goes on with the next one.
  enum class Outcome { kWhole, kOpen, kBadQuotes };

  // `line` must stay as it is while the fields are read. After kOpen the last field is the one that
  // does not end, after kBadQuotes the one that is wrong.
  Outcome Parse(absl::string_view line);

  // Whether the line is known to be ASCII alone, which finding commas tells as well.
  bool is_ascii() const { return is_ascii_; }
  size_t size() const { return size_; }
  // Without quotes.
  absl::string_view operator[](size_t field) const {
    return absl::string_view(fields_[field].text, fields_[field].size);
  }
  // Whether it stands in quotes, and so is text even when it looks like a number.
  bool IsQuoted(size_t field) const { return fields_[field].quoted; }
  // Where it begins, in a row that begins with the line of `row`.
  InputPlace PlaceOf(size_t field, const InputPlace& row) const;

 private:
  struct Field {
    const char* text;
    uint32_t size;
    uint32_t begin : 31;  // in line_
    uint32_t quoted : 1;
  };

  // Adds fields up to a quoted one, and returns where that begins; npos: the line is at its end.
  size_t ParsePlain(size_t begin);
  // Adds the quoted field that begins at `begin`, and returns where it ends; npos: not on this
  // line.
  size_t ParseQuoted(size_t begin);

  void Add(absl::string_view text, size_t begin, bool quoted) {
    if (size_ == fields_.size()) fields_.resize(2 * size_ + 1);
    fields_[size_++] = {text.data(), static_cast<uint32_t>(text.size()),
                        static_cast<uint32_t>(begin), quoted};
  }

  absl::string_view line_;
  std::vector<Field> fields_;  // the first size_ are this row's
  size_t size_ = 0;
  bool is_ascii_ = false;
  std::string unescaped_;  // fields with doubled quotes; never moves while a row is parsed
};

// A field as it must be written: in quotes where it needs them, or in any case.
std::string CsvField(absl::string_view text);
std::string QuotedCsvField(absl::string_view text);

}  // namespace entente::tools
