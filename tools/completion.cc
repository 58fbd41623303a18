#include "tools/completion.h"

#include <vector>

#include "absl/strings/ascii.h"

namespace entente::tools {
namespace {

// A bracket that is open.
struct Bracket {
  char sign = '\0';
  bool relationship = false;  // -[
  bool colon = false;         // since the last comma
};

// Where the string, quoted name or comment ends that begins at `begin`: behind its last character,
// npos when it does not end, and `begin` itself when there is none.
size_t EndOfOpaque(absl::string_view text, size_t begin) {
  const char first = text[begin];
  if (first == '\'' || first == '"' || first == '`') {
    for (size_t i = begin + 1; i < text.size(); ++i) {
      if (text[i] == first) return i + 1;
      if (text[i] == '\\' && first != '`') ++i;
    }
    return absl::string_view::npos;
  }
  const absl::string_view two = text.substr(begin, 2);
  if (two != "//" && two != "/*") return begin;
  const size_t end = text.find(two == "//" ? "\n" : "*/", begin + 2);
  return end == absl::string_view::npos ? end : end + (two == "//" ? 1 : 2);
}

}  // namespace

CompletionKind CompletionAfter(absl::string_view text) {
  std::vector<Bracket> open(1);
  char last = '\0';  // that is no blank
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t end = EndOfOpaque(text, i);
    if (end == absl::string_view::npos) return CompletionKind::kNothing;
    if (end > i) {
      // A quoted name is a name like any other; a comment is as a blank.
      if (text[i] != '/') last = text[i];
      i = end - 1;
      continue;
    }
    const char c = text[i];
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) continue;
    if (c == '(' || c == '[' || c == '{') {
      open.push_back({c, c == '[' && last == '-'});
    } else if ((c == ')' || c == ']' || c == '}') && open.size() > 1) {
      open.pop_back();
    } else if (c == ':') {
      open.back().colon = true;
    } else if (c == ',') {
      open.back().colon = false;
    }
    last = c;
  }
  const Bracket& bracket = open.back();
  const bool names = last == ':' || (bracket.colon && (last == '|' || last == '&' || last == '!'));
  // In a map the colon stands before any expression.
  if (!names || bracket.sign == '{') return CompletionKind::kWords;
  return bracket.relationship ? CompletionKind::kRelationTypes : CompletionKind::kLabels;
}

}  // namespace entente::tools
