// From text to syntax tree: openCypher 9 with lens clauses, transaction statements, EXPLAIN and
// PROFILE, and the short questions (question.h), which come out as the queries that they stand for.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "query/ast.h"

namespace entente::query {

// A longer statement and a deeper one are errors (kUnexpectedSyntax), not crashes.
inline constexpr size_t kMaxStatementBytes = size_t{16} << 20;
inline constexpr int kMaxNesting = 500;

// Parses one statement, which may end with `;`. Spans in the tree and in errors are byte offsets in
// `text`. Errors are openCypher's compile-time SyntaxErrors as far as the grammar shows them; how
// clauses may be composed, and all that depends on scopes and types, is left to the binder. The
// tree does not refer to `text`.
absl::StatusOr<ast::Statement> Parse(absl::string_view text);

}  // namespace entente::query
