// The analyst's short questions: WHO SUPPORTS WHOM?  WHO SUPPORTS 'Russia'?  'Iran' AIDS|MEETS
// WHOM?  WHO AIDS WHOM AMONG Country?  WHY 'Iran' AIDS 'Russia'?  WHO DISPUTES 'Iran' AIDS
// 'Russia'?  WHAT CHANGED BETWEEN 2024-06 AND 2024-07 FOR 'Iran' ABOUT AIDS? Each is rewritten into
// the openCypher query with a lens that answers it (print it with ast_printer.h to see which).
// Names reach the query as arguments of entente.named_entity, never as text to be parsed.
//
// Behind the question stand, in any order and once each: SINCE t and UNTIL t (the fact's interval
// meets the time from t on, before t), AS OF t or KNOWN AS OF t, VALID AS OF t, BETWEEN t AND t and
// FROM t TO t (of valid time), every lens clause of openCypher queries, ORDER BY a column, LIMIT. A
// time is an expression, a text, or a bare partial date: 2024-06.
#pragma once

#include "absl/status/statusor.h"
#include "engine/catalogue.h"
#include "query/ast.h"
#include "query/statement_parser.h"
#include "query/token_cursor.h"

namespace entente::query {

// Whether a question begins here. No openCypher statement begins like one.
bool AtQuestion(const TokenCursor& cursor);

// Reads a question up to and with its `?`, if there is one. `parser` reads `cursor`'s tokens.
absl::StatusOr<ast::Query> ParseQuestion(TokenCursor& cursor, StatementParser& parser);

// Spells the relation types of a question's rewrite as the catalogue does, so that it says the same
// as plain openCypher. A question takes them in any case of letters.
void SpellTypes(const Catalogue& catalogue, ast::Query* rewrite);

}  // namespace entente::query
