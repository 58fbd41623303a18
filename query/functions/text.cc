#include "query/functions/text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace entente::query {
namespace {

bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// The bytes of the first, or last, code point.
absl::string_view First(absl::string_view text) {
  size_t end = 1;
  while (end < text.size() && Continues(text[end])) ++end;
  return text.substr(0, end);
}
absl::string_view Last(absl::string_view text) {
  size_t begin = text.size() - 1;
  while (begin > 0 && Continues(text[begin])) --begin;
  return text.substr(begin);
}

bool IsWhiteSpace(absl::string_view character) {
  UChar32 code;
  U8_GET(reinterpret_cast<const uint8_t*>(character.data()), 0, 0,
         static_cast<int32_t>(character.size()), code);
  return code >= 0 && u_isUWhiteSpace(code);
}

bool IsStripped(absl::string_view character, const absl::string_view* strip) {
  if (strip == nullptr) return IsWhiteSpace(character);
  for (absl::string_view rest = *strip; !rest.empty(); rest.remove_prefix(First(rest).size())) {
    if (First(rest) == character) return true;
  }
  return false;
}

}  // namespace

size_t CodePointCount(absl::string_view text) {
  size_t count = 0;
  for (char byte : text) count += !Continues(byte);
  return count;
}

size_t CodePointOffset(absl::string_view text, uint64_t index) {
  uint64_t begun = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (Continues(text[i])) continue;
    if (begun == index) return i;
    ++begun;
  }
  return text.size();
}

std::string ReverseCodePoints(absl::string_view text) {
  std::string reversed;
  reversed.reserve(text.size());
  while (!text.empty()) {
    const absl::string_view last = Last(text);
    reversed.append(last.data(), last.size());
    text.remove_suffix(last.size());
  }
  return reversed;
}

absl::string_view TrimStart(absl::string_view text, const absl::string_view* strip) {
  while (!text.empty() && IsStripped(First(text), strip)) text.remove_prefix(First(text).size());
  return text;
}

absl::string_view TrimEnd(absl::string_view text, const absl::string_view* strip) {
  while (!text.empty() && IsStripped(Last(text), strip)) text.remove_suffix(Last(text).size());
  return text;
}

}  // namespace entente::query
