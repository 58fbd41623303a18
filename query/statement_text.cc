#include "engine/statement_text.h"

#include "absl/strings/match.h"
#include "query/lexer.h"

namespace entente {

using query::NextPiece;
using query::Piece;
using query::PieceKind;

SplitText SplitStatements(absl::string_view text) {
  SplitText result;
  constexpr size_t kNowhere = absl::string_view::npos;
  size_t begin = kNowhere;  // of the statement that is being read
  size_t end = 0;           // of its last piece that is not blank
  const auto finish = [&] {
    if (begin != kNowhere) result.statements.push_back(text.substr(begin, end - begin));
    begin = kNowhere;
  };
  for (size_t at = 0; at < text.size();) {
    const Piece piece = NextPiece(text, at);
    const absl::string_view written = text.substr(at, piece.end - at);
    if (piece.kind == PieceKind::kOther && written == ";") {
      finish();
    } else if (piece.kind != PieceKind::kBlank && piece.kind != PieceKind::kComment) {
      if (begin == kNowhere) begin = at;
      end = piece.end;
      if (written == "?" && IsQuestion(text.substr(begin))) finish();
    }
    at = piece.end;
  }
  if (begin != kNowhere) result.rest = text.substr(begin, end - begin);
  return result;
}

bool IsQuestion(absl::string_view statement) {
  bool explained = false;
  for (size_t at = 0; at < statement.size();) {
    const Piece piece = NextPiece(statement, at);
    const absl::string_view written = statement.substr(at, piece.end - at);
    at = piece.end;
    if (piece.kind == PieceKind::kBlank || piece.kind == PieceKind::kComment) continue;
    if (!explained && (absl::EqualsIgnoreCase(written, "EXPLAIN") ||
                       absl::EqualsIgnoreCase(written, "PROFILE"))) {
      explained = true;
      continue;
    }
    return written[0] == '\'' || written[0] == '"' || written[0] == '$' ||
           absl::EqualsIgnoreCase(written, "WHO") || absl::EqualsIgnoreCase(written, "WHY") ||
           absl::EqualsIgnoreCase(written, "WHAT");
  }
  return false;
}

}  // namespace entente
