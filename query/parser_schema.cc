// Statements about the taxonomy and about the session's lens.
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/statement_parser.h"

namespace entente::query {
namespace {

absl::Status BadAttribute(const ast::Name& name, absl::string_view wanted) {
  return MakeError(ErrorCode::kUnexpectedSyntax, absl::StrCat("`", name.text, "` must be ", wanted),
                   name.span);
}

absl::Status ReadAttribute(const ast::Name& name, const Value& value, ast::CreateSymbol* create) {
  constexpr double kMostWeight = 10;
  if (name.text == "sign") {
    if (!value.is_integer() || value.integer() < -1 || value.integer() > 1) {
      return BadAttribute(name, "-1, 0 or 1");
    }
    create->sign = static_cast<int>(value.integer());
    return absl::OkStatus();
  }
  if (name.text == "weight") {
    if (!value.is_number() || !(value.number() >= -kMostWeight && value.number() <= kMostWeight)) {
      return BadAttribute(name, "a number from -10 to 10");
    }
    create->weight = value.number();
    return absl::OkStatus();
  }
  std::optional<std::string>* code = nullptr;
  if (name.text == "code") code = &create->code;
  if (name.text == "plover") code = &create->plover;
  if (name.text == "gdelt") code = &create->gdelt;
  if (code == nullptr) {
    return MakeError(ErrorCode::kUnexpectedSyntax,
                     absl::StrCat("A relation type has sign, code, plover, gdelt and weight, not `",
                                  name.text, "`"),
                     name.span);
  }
  if (!value.is_string()) return BadAttribute(name, "a text");
  *code = std::string(value.string());
  return absl::OkStatus();
}

}  // namespace

std::optional<ast::SymbolKind> StatementParser::SymbolKindHere(size_t ahead, bool plural) const {
  if (cursor_.AtWord("RELATION", ahead) && cursor_.AtWord(plural ? "TYPES" : "TYPE", ahead + 1)) {
    return ast::SymbolKind::kRelationType;
  }
  if (!cursor_.AtWord(plural ? "LABELS" : "LABEL", ahead)) return std::nullopt;
  // CREATE LABEL = (a)-->(b) creates a path of that name.
  if (!plural && !cursor_.AtName(ahead + 1)) return std::nullopt;
  return ast::SymbolKind::kLabel;
}

bool StatementParser::AtTaxonomyStatement() const {
  if (cursor_.AtWord("SHOW")) return SymbolKindHere(1, /*plural=*/true).has_value();
  return (cursor_.AtWord("CREATE") || cursor_.AtWord("DROP")) &&
         SymbolKindHere(1, /*plural=*/false).has_value();
}

absl::StatusOr<ast::Statement::Node> StatementParser::ParseTaxonomyStatement() {
  const bool shows = cursor_.AtWord("SHOW");
  const bool drops = cursor_.AtWord("DROP");
  const ast::SymbolKind kind = *SymbolKindHere(1, shows);
  cursor_.Step();
  if (kind == ast::SymbolKind::kRelationType) cursor_.Step();
  cursor_.Step();
  if (shows) return ast::ShowSymbols{kind};
  const char* const expected =
      kind == ast::SymbolKind::kLabel ? "a label" : "the name of a relation type";
  ASSIGN_OR_RETURN(ast::Name name, cursor_.ExpectName(expected));
  std::vector<ast::Name> parents;
  if (cursor_.AcceptWord("UNDER")) {
    do {
      ASSIGN_OR_RETURN(parents.emplace_back(), cursor_.ExpectName(expected));
    } while (cursor_.Accept(TokenKind::kComma));
  }
  if (drops) return ast::DropSymbol{kind, std::move(name), std::move(parents)};
  ast::CreateSymbol create;
  create.kind = kind;
  create.name = std::move(name);
  create.parents = std::move(parents);
  if (kind == ast::SymbolKind::kRelationType && cursor_.At(TokenKind::kLeftBrace)) {
    ASSIGN_OR_RETURN(const ast::ExpressionPtr map, ParseExpression());
    const auto* attributes = std::get_if<ast::MapLiteral>(&map->node);
    if (attributes == nullptr) return cursor_.Unexpected("the end of the statement");
    for (const auto& [key, value] : attributes->entries) {
      const auto* literal = std::get_if<ast::Literal>(&value->node);
      if (literal == nullptr) return BadAttribute(key, "a plain number or text");
      RETURN_IF_ERROR(ReadAttribute(key, literal->value, &create));
    }
  }
  return create;
}

bool StatementParser::AtLensStatement() const {
  return (cursor_.AtWord("RESET") || cursor_.AtWord("SHOW") || cursor_.AtWord("SET")) &&
         cursor_.AtWord("LENS", 1) && cursor_.kind(2) != TokenKind::kDot &&
         cursor_.kind(2) != TokenKind::kEqual && cursor_.kind(2) != TokenKind::kPlusEqual &&
         cursor_.kind(2) != TokenKind::kColon;
}

absl::StatusOr<ast::Statement::Node> StatementParser::ParseLensStatement() {
  const bool resets = cursor_.AtWord("RESET");
  const bool shows = cursor_.AtWord("SHOW");
  cursor_.Step();
  cursor_.Step();
  if (resets) return ast::ResetLens{};
  if (shows) return ast::ShowLens{};
  ast::SetLens set;
  if (!AtLensClause()) return cursor_.Unexpected("a lens clause such as ACCORDING TO");
  RETURN_IF_ERROR(ParseLens(set.lens));
  return set;
}

}  // namespace entente::query
