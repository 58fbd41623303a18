#include "query/token_cursor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/status.h"

namespace entente::query {

TokenCursor::TokenCursor(absl::string_view text, std::vector<Token> tokens)
    : text_(text), tokens_(std::move(tokens)) {
  ENTENTE_CHECK(!tokens_.empty() && tokens_.back().kind == TokenKind::kEnd);
}

const Token& TokenCursor::TokenAt(size_t position) const {
  return tokens_[std::min(position, tokens_.size() - 1)];
}

const Token& TokenCursor::Peek(size_t ahead) const { return TokenAt(position_ + ahead); }

absl::string_view TokenCursor::WrittenAs(const Token& token) const {
  return text_.substr(token.begin, token.end - token.begin);
}

bool TokenCursor::AtWord(absl::string_view keyword, size_t ahead) const {
  const Token& token = Peek(ahead);
  return token.kind == TokenKind::kWord && absl::EqualsIgnoreCase(WrittenAs(token), keyword);
}

bool TokenCursor::AtWords(absl::string_view first, absl::string_view second) const {
  return AtWord(first) && AtWord(second, 1);
}

bool TokenCursor::AtName(size_t ahead) const {
  return kind(ahead) == TokenKind::kWord || kind(ahead) == TokenKind::kQuotedName;
}

bool TokenCursor::Accept(TokenKind kind) {
  if (!At(kind)) return false;
  Step();
  return true;
}

bool TokenCursor::AcceptWord(absl::string_view keyword) {
  if (!AtWord(keyword)) return false;
  Step();
  return true;
}

bool TokenCursor::AcceptWords(absl::string_view first, absl::string_view second) {
  if (!AtWords(first, second)) return false;
  position_ += 2;
  return true;
}

absl::Status TokenCursor::Expect(TokenKind kind, absl::string_view expected) {
  return Accept(kind) ? absl::OkStatus() : Unexpected(expected);
}

absl::Status TokenCursor::ExpectWord(absl::string_view keyword) {
  return AcceptWord(keyword) ? absl::OkStatus() : Unexpected(keyword);
}

absl::StatusOr<ast::Name> TokenCursor::ExpectName(absl::string_view expected) {
  if (!AtName()) return Unexpected(expected);
  const Token& token = Peek();
  Step();
  return ast::Name{TokenValue(text_, token), token.span()};
}

SourceSpan TokenCursor::SpanFrom(size_t begin) const {
  const size_t end = position_ == 0 ? begin : TokenAt(position_ - 1).end;
  return {begin, std::max(begin, end)};
}

absl::Status TokenCursor::Unexpected(absl::string_view expected) const {
  const Token& token = Peek();
  ErrorCode code = ErrorCode::kUnexpectedSyntax;
  std::string found = absl::StrCat("\"", WrittenAs(token), "\"");
  switch (token.kind) {
    case TokenKind::kEnd:
      found = "the end of the statement";
      break;
    case TokenKind::kString:
    case TokenKind::kQuotedName:
    case TokenKind::kParameter:
    case TokenKind::kInteger:
    case TokenKind::kFloat:
      if (found.size() > 40) found = "a long literal";
      break;
    case TokenKind::kUnicodeDash:
    case TokenKind::kUnicodeLeftArrow:
    case TokenKind::kUnicodeRightArrow:
      code = ErrorCode::kInvalidUnicodeCharacter;
      break;
    default:
      break;
  }
  return MakeError(code, absl::StrCat("Expected ", expected, ", but found ", found), token.span());
}

}  // namespace entente::query
