// A place in a statement's tokens: what stands there, stepping over it, and the plain sentence that
// says what was expected instead.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "query/ast.h"
#include "query/lexer.h"

namespace entente::query {

class TokenCursor {
 public:
  // `text` must outlive the cursor, `tokens` are Tokenize(text)'s.
  TokenCursor(absl::string_view text, std::vector<Token> tokens);

  absl::string_view text() const { return text_; }

  // The current token and those behind it; kEnd stands behind the last.
  const Token& Peek(size_t ahead = 0) const;
  TokenKind kind(size_t ahead = 0) const { return Peek(ahead).kind; }
  bool At(TokenKind kind) const { return Peek().kind == kind; }
  // Keywords are words in any case.
  bool AtWord(absl::string_view keyword, size_t ahead = 0) const;
  bool AtWords(absl::string_view first, absl::string_view second) const;
  // A word or a name in backticks.
  bool AtName(size_t ahead = 0) const;

  // The index of the current token among all of them, as in Token::partner.
  size_t position() const { return position_; }
  const Token& TokenAt(size_t position) const;

  void Step() { ++position_; }
  bool Accept(TokenKind kind);
  bool AcceptWord(absl::string_view keyword);
  bool AcceptWords(absl::string_view first, absl::string_view second);
  // `expected` completes "Expected …".
  absl::Status Expect(TokenKind kind, absl::string_view expected);
  absl::Status ExpectWord(absl::string_view keyword);
  absl::StatusOr<ast::Name> ExpectName(absl::string_view expected);

  // Where the current token begins, and where the last one that was stepped over ended.
  size_t Begin() const { return Peek().begin; }
  SourceSpan SpanFrom(size_t begin) const;

  // "Expected <expected>, but found <the current token>".
  absl::Status Unexpected(absl::string_view expected) const;

  // A token as it stands in the text.
  absl::string_view Written(size_t ahead = 0) const { return WrittenAs(Peek(ahead)); }

 private:
  absl::string_view WrittenAs(const Token& token) const;

  const absl::string_view text_;
  const std::vector<Token> tokens_;
  size_t position_ = 0;
};

}  // namespace entente::query
