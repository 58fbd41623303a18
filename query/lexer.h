// From text to tokens. Keywords are not known here: every one of them is a kWord, and the parser
// decides by its place whether it is a keyword or a name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/error.h"

namespace entente::query {

enum class TokenKind : uint8_t {
  kEnd,         // stands once, behind the last token
  kWord,        // a keyword or a plain name
  kQuotedName,  // `a name in backticks`
  kInteger,     // decimal, 0x or 0o, perhaps too large for a value
  kFloat,
  kString,
  kParameter,  // $name, $0, $`name`
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
  kComma,
  kDot,
  kDotDot,
  kColon,
  kSemicolon,
  kBar,
  kPlus,
  kPlusEqual,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kCaret,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kMatches,  // =~
  kQuestionMark,
  // Dashes and arrow heads beyond ASCII, which are good in patterns only.
  kUnicodeDash,
  kUnicodeLeftArrow,
  kUnicodeRightArrow,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t begin = 0;  // bytes of the text
  uint32_t end = 0;
  uint32_t partner = 0;  // the index of the bracket's other half; 0: none
  SourceSpan span() const { return {begin, end}; }
};

// All tokens of `text`, kEnd last. Comments and white space (openCypher's, which knows Unicode's)
// are skipped. Fails with the error that openCypher names for a malformed number, string, comment
// or character. `text` must be shorter than 4 GiB.
absl::StatusOr<std::vector<Token>> Tokenize(absl::string_view text);

// What a token of Tokenize stands for: the text of a kString without quotes and escapes, the name
// of a kWord, kQuotedName or kParameter.
std::string TokenValue(absl::string_view text, const Token& token);

// Whether `name` can be written without backticks.
bool IsPlainName(absl::string_view name);

// Walks over text that need not be well-formed, one piece at a time, for those who only look for
// where statements end.
enum class PieceKind { kBlank, kComment, kQuoted, kOther, kUnfinished };
struct Piece {
  PieceKind kind;
  size_t end;
};
// The piece of `text` that begins at `begin`, which is inside of `text`. kQuoted is a string or a
// name in backticks; kUnfinished one of these, or a comment, that `text` breaks off; kOther is a
// single character or a run of name characters.
Piece NextPiece(absl::string_view text, size_t begin);

}  // namespace entente::query
