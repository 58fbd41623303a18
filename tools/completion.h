// What Tab may complete, by what stands before it.
#pragma once

#include "absl/strings/string_view.h"

namespace entente::tools {

enum class CompletionKind {
  kNothing,  // in a string, a quoted name or a comment
  kWords,    // keywords and functions
  kLabels,
  kRelationTypes,
};

// What may follow `text`: a statement up to the word that has been begun. It need not parse.
CompletionKind CompletionAfter(absl::string_view text);

}  // namespace entente::tools
