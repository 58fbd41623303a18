// Sizes in bytes as users write them: 512M, 4GB.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"

namespace entente::tools {

// Turns the text of an option into a number of bytes; kb is 1024.
inline CLI::Validator SizeValue() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        if (!text.empty() && text[0] == '-') return "a size is not negative";
        const std::string wrong = CLI::AsSizeValue(/*kb_is_1000=*/false)(text);
        uint64_t bytes;
        return !wrong.empty() || absl::SimpleAtoi(text, &bytes) ? wrong : "the size is too large";
      },
      "SIZE");
}

}  // namespace entente::tools
