#include "tools/text_place.h"

#include <simdjson.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace entente::tools {

uint64_t ColumnAt(absl::string_view line, size_t offset) {
  const absl::string_view before = line.substr(0, offset);
  return 1 + static_cast<uint64_t>(std::count_if(before.begin(), before.end(),
                                                 [](char c) { return (c & 0xC0) != 0x80; }));
}

InputPlace PlaceAt(absl::string_view text, size_t offset, const InputPlace& begin) {
  const absl::string_view before = text.substr(0, offset);
  InputPlace place = begin;
  place.line += static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t line = before.rfind('\n') + 1;  // npos + 1 is the beginning
  place.column = ColumnAt(text.substr(line), offset - line);
  return place;
}

namespace {

// Most lines are short and hold nothing else, which is told sooner than whether they are UTF-8.
bool IsAscii(absl::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  uint64_t all = 0;
  uint64_t bytes = 0;
  size_t at = 0;
  for (; at + sizeof(bytes) <= text.size(); at += sizeof(bytes)) {
    std::memcpy(&bytes, text.data() + at, sizeof(bytes));
    all |= bytes;
  }
  bytes = 0;
  std::memcpy(&bytes, text.data() + at, text.size() - at);
  return ((all | bytes) & kHighBits) == 0;
}

}  // namespace

std::optional<InputPlace> FindBrokenUtf8(absl::string_view text, const InputPlace& begin) {
  if (IsAscii(text)) return std::nullopt;
  if (simdjson::validate_utf8(text.data(), text.size())) return std::nullopt;
  size_t broken = 0;
  for (size_t at = 0; at < text.size();) {
    broken = at;
    UChar32 code_point = 0;
    U8_NEXT(text.data(), at, text.size(), code_point);
    if (code_point < 0) break;
  }
  return PlaceAt(text, broken, begin);
}

}  // namespace entente::tools
