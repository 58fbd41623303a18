#include "engine/terminal_width.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace entente {
namespace {

size_t WidthOf(UChar32 c) {
  if (c < 0) return 1;
  const int8_t category = u_charType(c);
  if (category == U_NON_SPACING_MARK || category == U_ENCLOSING_MARK || category == U_FORMAT_CHAR) {
    return 0;
  }
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

}  // namespace

size_t TerminalWidth(absl::string_view text) {
  size_t width = 0;
  const int32_t size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    UChar32 c;
    U8_NEXT(text.data(), i, size, c);
    width += WidthOf(c);
  }
  return width;
}

size_t PrefixOfWidth(absl::string_view text, size_t columns) {
  size_t width = 0;
  const int32_t size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    const int32_t begin = i;
    UChar32 c;
    U8_NEXT(text.data(), i, size, c);
    width += WidthOf(c);
    if (width > columns) return static_cast<size_t>(begin);
  }
  return text.size();
}

}  // namespace entente
