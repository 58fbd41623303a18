// Numbers as nearly all cells of tables have them: digits alone, in a decimal with one point among
// them. All other ways to write a number are left to a slower parser.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace entente::tools {

// The number that `text` is the only way to write, of at most twelve digits.
inline std::optional<uint64_t> PlainNumber(absl::string_view text) {
  constexpr size_t kMostDigits = 12;
  if (text.empty() || text.size() > kMostDigits || (text[0] == '0' && text.size() > 1)) {
    return std::nullopt;
  }
  uint64_t number = 0;
  for (const char c : text) {
    const uint8_t digit = static_cast<uint8_t>(c - '0');
    if (digit > 9) return std::nullopt;
    number = number * 10 + digit;
  }
  return number;
}

// The double next to a decimal such as 0.73. Digits and power of ten are exact as doubles, so that
// their quotient is rounded once, as IEEE 754 rounds it.
inline std::optional<double> PlainDecimal(absl::string_view text) {
  constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11};
  constexpr size_t kMostBytes = 12;
  if (text.size() < 3 || text.size() > kMostBytes || text[1] != '.') return std::nullopt;
  uint64_t digits = static_cast<uint8_t>(text[0] - '0');
  if (digits > 9) return std::nullopt;
  for (const char c : text.substr(2)) {
    const uint8_t digit = static_cast<uint8_t>(c - '0');
    if (digit > 9) return std::nullopt;
    digits = digits * 10 + digit;
  }
  return static_cast<double>(digits) / kPowers[text.size() - 2];
}

}  // namespace entente::tools
