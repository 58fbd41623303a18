// The examples of a page in Markdown. A fenced block without a language holds statements, each line
// of them behind "> ", and under each the table or the error that it gives; a block in `json` holds
// claims that are imported. `<!-- database: FILE … -->` begins anew with a database that holds
// these samples, or nothing.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente {

struct PageStep {
  enum class Kind { kDatabase, kClaims, kStatement };
  Kind kind = Kind::kStatement;
  int line = 0;
  std::string text;      // files, claims, or the statement
  std::string expected;  // what stands under a statement
};

std::vector<PageStep> ReadPage(absl::string_view markdown);

// "" if `given` is what `expected` shows: of a table the columns that it names, and all rows, or
// the first ones where it ends with "…"; else how they differ.
std::string TableDifference(absl::string_view expected, absl::string_view given);

}  // namespace entente
