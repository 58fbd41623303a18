// Cutting what is typed into a shell, or read from a script, into statements. Defined in query/,
// which knows where strings, comments and backticks end.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"

namespace entente {

struct SplitText {
  // The complete statements, without white space and comments around them. A `;` is left out, a
  // question keeps its `?`. Empty statements are dropped.
  std::vector<absl::string_view> statements;
  // What stands behind the last complete statement: empty if nothing but white space and comments,
  // else a statement that has not ended yet. Scripts run it as it is, a shell waits for more.
  absl::string_view rest;
};

// A statement ends with `;` outside of strings, comments and backticks; one that begins like a
// question also ends with `?`. Every view points into `text`. Never fails: a statement that does
// not parse is cut in the same way.
SplitText SplitStatements(absl::string_view text);

// Whether `statement` begins like one of the short questions ("WHO …", "'Russia' …").
bool IsQuestion(absl::string_view statement);

}  // namespace entente
