#include "query/lexer.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/status.h"

namespace entente::query {
namespace {

constexpr UChar32 kMalformed = -1;  // not UTF-8

// The character at `at` and where the next one begins. NUL's code behind the end.
struct Decoded {
  UChar32 character = 0;
  size_t next = 0;
};
Decoded Decode(absl::string_view text, size_t at) {
  if (at >= text.size()) return {0, at};
  const unsigned char first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {first, at + 1};
  int64_t i = static_cast<int64_t>(at);
  const int64_t size = static_cast<int64_t>(text.size());
  UChar32 c;
  U8_NEXT(text.data(), i, size, c);
  return {c < 0 ? kMalformed : c, static_cast<size_t>(i)};
}

bool IsBlank(UChar32 c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  return c == 0x180E || u_isUWhiteSpace(c);
}

bool StartsName(UChar32 c) {
  if (c < 0x80) return c >= 0 && (absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_');
  return u_hasBinaryProperty(c, UCHAR_ID_START) || u_charType(c) == U_CONNECTOR_PUNCTUATION;
}

bool ContinuesName(UChar32 c) {
  if (c < 0x80) return c >= 0 && (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_');
  return u_hasBinaryProperty(c, UCHAR_ID_CONTINUE) || u_charType(c) == U_CURRENCY_SYMBOL;
}

size_t EndOfName(absl::string_view text, size_t at) {
  while (at < text.size()) {
    const Decoded d = Decode(text, at);
    if (!ContinuesName(d.character)) break;
    at = d.next;
  }
  return at;
}

bool IsUnicodeDash(UChar32 c) {
  return c == 0x00AD || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 || c == 0xFE63 ||
         c == 0xFF0D;
}
bool IsUnicodeLeftArrow(UChar32 c) {
  return c == 0x27E8 || c == 0x3008 || c == 0xFE64 || c == 0xFF1C;
}
bool IsUnicodeRightArrow(UChar32 c) {
  return c == 0x27E9 || c == 0x3009 || c == 0xFE65 || c == 0xFF1E;
}

// Reads `count` hexadecimal digits at `at`, or fails with -1.
UChar32 ReadHex(absl::string_view text, size_t at, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i, ++at) {
    if (at >= text.size() || !absl::ascii_isxdigit(static_cast<unsigned char>(text[at]))) return -1;
    const char c = absl::ascii_tolower(static_cast<unsigned char>(text[at]));
    value = value * 16 + static_cast<uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return value <= 0x10FFFF ? static_cast<UChar32>(value) : -1;
}

// The character that the escape at `at` (its backslash) means, and where the text goes on. A
// \uXXXX pair of surrogates is one character. Fails with kMalformed as the character.
Decoded ReadEscape(absl::string_view text, size_t at) {
  const char letter = at + 1 < text.size() ? text[at + 1] : '\0';
  switch (letter) {
    case '\\':
    case '\'':
    case '"':
    case '`':
      return {letter, at + 2};
    case 'b':
    case 'B':
      return {'\b', at + 2};
    case 'f':
    case 'F':
      return {'\f', at + 2};
    case 'n':
    case 'N':
      return {'\n', at + 2};
    case 'r':
    case 'R':
      return {'\r', at + 2};
    case 't':
    case 'T':
      return {'\t', at + 2};
    case 'U': {
      const UChar32 c = ReadHex(text, at + 2, 8);
      return {c < 0 || U_IS_SURROGATE(c) ? kMalformed : c, at + 10};
    }
    case 'u': {
      const UChar32 c = ReadHex(text, at + 2, 4);
      if (c < 0) return {kMalformed, at + 2};
      if (!U_IS_SURROGATE(c)) return {c, at + 6};
      const bool pair = U16_IS_LEAD(c) && text.substr(at + 6, 2) == "\\u";
      const UChar32 trail = pair ? ReadHex(text, at + 8, 4) : -1;
      if (trail < 0 || !U16_IS_TRAIL(trail)) return {kMalformed, at + 6};
      return {U16_GET_SUPPLEMENTARY(c, trail), at + 12};
    }
    default:
      return {kMalformed, at + 2};
  }
}

void AppendUtf8(UChar32 c, std::string& out) {
  char bytes[U8_MAX_LENGTH];
  int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  out.append(bytes, static_cast<size_t>(length));
}

bool OpensBracket(TokenKind kind) {
  return kind == TokenKind::kLeftParen || kind == TokenKind::kLeftBracket ||
         kind == TokenKind::kLeftBrace;
}
bool ClosesBracket(TokenKind kind) {
  return kind == TokenKind::kRightParen || kind == TokenKind::kRightBracket ||
         kind == TokenKind::kRightBrace;
}
static_assert(static_cast<int>(TokenKind::kRightParen) ==
              static_cast<int>(TokenKind::kLeftParen) + 1);
static_assert(static_cast<int>(TokenKind::kRightBracket) ==
              static_cast<int>(TokenKind::kLeftBracket) + 1);
static_assert(static_cast<int>(TokenKind::kRightBrace) ==
              static_cast<int>(TokenKind::kLeftBrace) + 1);

struct Symbol {
  absl::string_view text;
  TokenKind kind;
};
// Longer ones first, where one begins like another.
constexpr Symbol kSymbols[] = {
    {"..", TokenKind::kDotDot},
    {"+=", TokenKind::kPlusEqual},
    {"<>", TokenKind::kNotEqual},
    {"<=", TokenKind::kLessOrEqual},
    {">=", TokenKind::kGreaterOrEqual},
    {"=~", TokenKind::kMatches},
    {"(", TokenKind::kLeftParen},
    {")", TokenKind::kRightParen},
    {"[", TokenKind::kLeftBracket},
    {"]", TokenKind::kRightBracket},
    {"{", TokenKind::kLeftBrace},
    {"}", TokenKind::kRightBrace},
    {",", TokenKind::kComma},
    {".", TokenKind::kDot},
    {":", TokenKind::kColon},
    {";", TokenKind::kSemicolon},
    {"|", TokenKind::kBar},
    {"+", TokenKind::kPlus},
    {"-", TokenKind::kMinus},
    {"*", TokenKind::kStar},
    {"/", TokenKind::kSlash},
    {"%", TokenKind::kPercent},
    {"^", TokenKind::kCaret},
    {"=", TokenKind::kEqual},
    {"<", TokenKind::kLess},
    {">", TokenKind::kGreater},
    {"?", TokenKind::kQuestionMark},
};

class Lexer {
 public:
  explicit Lexer(absl::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Token>> Run() {
    while (true) {
      RETURN_IF_ERROR(SkipBlanks());
      if (at_ == text_.size()) break;
      RETURN_IF_ERROR(ReadToken());
    }
    Add(TokenKind::kEnd, at_);
    return std::move(tokens_);
  }

 private:
  absl::Status Error(ErrorCode code, absl::string_view message, size_t begin, size_t end) const {
    return MakeError(code, message, SourceSpan{begin, std::min(end, text_.size())});
  }

  absl::Status MalformedText(size_t begin) const {
    return Error(ErrorCode::kInvalidUnicodeCharacter, "The text is not valid UTF-8 here", begin,
                 begin + 1);
  }

  char CharAt(size_t at) const { return at < text_.size() ? text_[at] : '\0'; }

  // The token from at_ to `end`, where reading goes on.
  void Add(TokenKind kind, size_t end) {
    Token token{kind, static_cast<uint32_t>(at_), static_cast<uint32_t>(end), 0};
    const auto index = static_cast<uint32_t>(tokens_.size());
    if (OpensBracket(kind)) {
      open_.push_back(index);
    } else if (ClosesBracket(kind) && !open_.empty()) {
      Token& opening = tokens_[open_.back()];
      if (static_cast<int>(opening.kind) + 1 == static_cast<int>(kind)) {
        token.partner = open_.back();
        opening.partner = index;
        open_.pop_back();
      }
    }
    tokens_.push_back(token);
    at_ = end;
  }

  absl::Status SkipBlanks() {
    while (at_ < text_.size()) {
      const Piece piece = NextPiece(text_, at_);
      if (piece.kind == PieceKind::kUnfinished && CharAt(at_) == '/') {
        return Error(ErrorCode::kUnexpectedSyntax, "This comment has no end", at_, at_ + 2);
      }
      if (piece.kind != PieceKind::kBlank && piece.kind != PieceKind::kComment) break;
      for (size_t i = at_; i < piece.end;) {
        const Decoded d = Decode(text_, i);
        if (d.character == kMalformed) return MalformedText(i);
        i = d.next;
      }
      at_ = piece.end;
    }
    return absl::OkStatus();
  }

  absl::Status ReadToken() {
    const Decoded d = Decode(text_, at_);
    const char c = text_[at_];
    if (StartsName(d.character)) {
      Add(TokenKind::kWord, EndOfName(text_, at_));
      return absl::OkStatus();
    }
    const bool digit_follows = absl::ascii_isdigit(static_cast<unsigned char>(CharAt(at_ + 1)));
    if (absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c == '.' && digit_follows)) {
      return ReadNumber();
    }
    if (c == '\'' || c == '"') return ReadString();
    if (c == '`') {
      ASSIGN_OR_RETURN(const size_t end, EndOfQuotedName(at_));
      Add(TokenKind::kQuotedName, end);
      return absl::OkStatus();
    }
    if (c == '$') return ReadParameter();
    for (const Symbol& symbol : kSymbols) {
      if (text_.substr(at_, symbol.text.size()) == symbol.text) {
        Add(symbol.kind, at_ + symbol.text.size());
        return absl::OkStatus();
      }
    }
    return ReadUnicodeSymbol(d);
  }

  absl::Status ReadUnicodeSymbol(const Decoded& d) {
    if (IsUnicodeDash(d.character)) {
      Add(TokenKind::kUnicodeDash, d.next);
    } else if (IsUnicodeLeftArrow(d.character)) {
      Add(TokenKind::kUnicodeLeftArrow, d.next);
    } else if (IsUnicodeRightArrow(d.character)) {
      Add(TokenKind::kUnicodeRightArrow, d.next);
    } else if (d.character == kMalformed) {
      return MalformedText(at_);
    } else if (text_.substr(at_, 2) == "!=") {
      return Error(ErrorCode::kUnexpectedSyntax, "\"Not equal\" is written <>", at_, at_ + 2);
    } else {
      const ErrorCode code =
          d.character < 0x80 ? ErrorCode::kUnexpectedSyntax : ErrorCode::kInvalidUnicodeCharacter;
      return Error(code, "No part of the language begins with this character", at_, d.next);
    }
    return absl::OkStatus();
  }

  size_t EndOfDigits(size_t at) const {
    while (absl::ascii_isdigit(static_cast<unsigned char>(CharAt(at)))) ++at;
    return at;
  }

  absl::Status ReadNumber() {
    TokenKind kind = TokenKind::kInteger;
    size_t end = at_;
    bool complete = true;
    const char base = absl::ascii_tolower(static_cast<unsigned char>(CharAt(at_ + 1)));
    if (text_[at_] == '0' && (base == 'x' || base == 'o')) {
      end = at_ + 2;
      while (base == 'x' ? absl::ascii_isxdigit(static_cast<unsigned char>(CharAt(end)))
                         : CharAt(end) >= '0' && CharAt(end) <= '7') {
        ++end;
      }
      complete = end > at_ + 2;
    } else {
      end = EndOfDigits(at_);
      // "1..3" is a range, "1.x" a property of a number.
      if (CharAt(end) == '.' && absl::ascii_isdigit(static_cast<unsigned char>(CharAt(end + 1)))) {
        kind = TokenKind::kFloat;
        end = EndOfDigits(end + 1);
      }
      if (CharAt(end) == 'e' || CharAt(end) == 'E') {
        kind = TokenKind::kFloat;
        const size_t sign = CharAt(end + 1) == '+' || CharAt(end + 1) == '-' ? 1 : 0;
        const size_t exponent_end = EndOfDigits(end + 1 + sign);
        complete = exponent_end > end + 1 + sign;
        end = exponent_end;
      }
    }
    const Decoded next = Decode(text_, end);
    if (!complete || ContinuesName(next.character)) {
      const size_t wrong_end = EndOfName(text_, end);
      return Error(ErrorCode::kInvalidNumberLiteral,
                   absl::StrCat(text_.substr(at_, wrong_end - at_), " is not a number"), at_,
                   wrong_end);
    }
    Add(kind, end);
    return absl::OkStatus();
  }

  absl::Status ReadString() {
    const char quote = text_[at_];
    for (size_t i = at_ + 1; i < text_.size();) {
      if (text_[i] == quote) {
        Add(TokenKind::kString, i + 1);
        return absl::OkStatus();
      }
      if (text_[i] == '\\') {
        const Decoded escape = ReadEscape(text_, i);
        if (escape.character == kMalformed) return BadEscape(i, escape.next);
        i = escape.next;
        continue;
      }
      const Decoded d = Decode(text_, i);
      if (d.character == kMalformed) return MalformedText(i);
      i = d.next;
    }
    return Error(ErrorCode::kUnexpectedSyntax, "This string has no end", at_, at_ + 1);
  }

  absl::Status BadEscape(size_t begin, size_t end) const {
    const char letter = CharAt(begin + 1);
    if (letter == 'u' || letter == 'U') {
      return Error(ErrorCode::kInvalidUnicodeLiteral,
                   letter == 'u' ? "\\u takes four hexadecimal digits that name a character"
                                 : "\\U takes eight hexadecimal digits that name a character",
                   begin, end);
    }
    return Error(ErrorCode::kUnexpectedSyntax,
                 "A string knows the escapes \\\\ \\' \\\" \\b \\f \\n \\r \\t \\uXXXX and "
                 "\\UXXXXXXXX only",
                 begin, end);
  }

  // Of the name in backticks that begins at `begin`.
  absl::StatusOr<size_t> EndOfQuotedName(size_t begin) const {
    for (size_t i = begin + 1; i < text_.size();) {
      if (text_[i] == '`') {
        if (CharAt(i + 1) != '`') return i + 1;
        i += 2;
        continue;
      }
      const Decoded d = Decode(text_, i);
      if (d.character == kMalformed) return MalformedText(i);
      i = d.next;
    }
    return Error(ErrorCode::kUnexpectedSyntax, "This name in backticks has no end", begin,
                 begin + 1);
  }

  absl::Status ReadParameter() {
    size_t end = at_ + 1;
    if (CharAt(end) == '`') {
      ASSIGN_OR_RETURN(end, EndOfQuotedName(end));
    } else {
      end = EndOfName(text_, end);
    }
    if (end == at_ + 1) {
      return Error(ErrorCode::kUnexpectedSyntax, "A parameter's name must follow the $", at_, end);
    }
    Add(TokenKind::kParameter, end);
    return absl::OkStatus();
  }

  const absl::string_view text_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
  std::vector<uint32_t> open_;  // indexes of brackets that wait for their partner
};

std::string Unquote(absl::string_view quoted) {
  std::string name;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '`') ++i;
    name.push_back(quoted[i]);
  }
  return name;
}

std::string Unescape(absl::string_view quoted) {
  const absl::string_view inside = quoted.substr(1, quoted.size() - 2);
  std::string value;
  value.reserve(inside.size());
  for (size_t i = 0; i < inside.size();) {
    if (inside[i] != '\\') {
      value.push_back(inside[i++]);
      continue;
    }
    const Decoded escape = ReadEscape(inside, i);
    AppendUtf8(escape.character, value);
    i = escape.next;
  }
  return value;
}

}  // namespace

absl::StatusOr<std::vector<Token>> Tokenize(absl::string_view text) { return Lexer(text).Run(); }

std::string TokenValue(absl::string_view text, const Token& token) {
  const absl::string_view written = text.substr(token.begin, token.end - token.begin);
  switch (token.kind) {
    case TokenKind::kString:
      return Unescape(written);
    case TokenKind::kQuotedName:
      return Unquote(written);
    case TokenKind::kParameter:
      return written[1] == '`' ? Unquote(written.substr(1)) : std::string(written.substr(1));
    default:
      return std::string(written);
  }
}

bool IsPlainName(absl::string_view name) {
  return !name.empty() && StartsName(Decode(name, 0).character) &&
         EndOfName(name, 0) == name.size();
}

Piece NextPiece(absl::string_view text, size_t begin) {
  const char c = text[begin];
  if (c == '\'' || c == '"' || c == '`') {
    for (size_t i = begin + 1; i < text.size(); ++i) {
      if (text[i] == c) return {PieceKind::kQuoted, i + 1};
      if (text[i] == '\\' && c != '`') ++i;
    }
    return {PieceKind::kUnfinished, text.size()};
  }
  if (text.substr(begin, 2) == "//") {
    return {PieceKind::kComment, std::min(text.find('\n', begin), text.size())};
  }
  if (text.substr(begin, 2) == "/*") {
    const size_t end = text.find("*/", begin + 2);
    if (end == absl::string_view::npos) return {PieceKind::kUnfinished, text.size()};
    return {PieceKind::kComment, end + 2};
  }
  Decoded d = Decode(text, begin);
  if (IsBlank(d.character)) {
    size_t end = d.next;
    while (end < text.size() && IsBlank((d = Decode(text, end)).character)) end = d.next;
    return {PieceKind::kBlank, end};
  }
  const size_t end = EndOfName(text, begin);
  return {PieceKind::kOther, end > begin ? end : d.next};
}

}  // namespace entente::query
