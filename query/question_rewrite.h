// From a question to the query that answers it.
#pragma once

#include <vector>

#include "query/ast.h"

namespace entente::query {

struct Question {
  // Rows of facts (WHO …, … WHOM), or of the evidence for and against them (WHY).
  enum class Kind { kFacts, kEvidence };
  Kind kind = Kind::kFacts;
  ast::ExpressionPtr subject;    // a string or a parameter that names an entity; null: anyone
  ast::ExpressionPtr object;     // in the same manner
  std::vector<ast::Name> types;  // one of them must hold
  ast::LensClauses lens;
  std::vector<ast::SortItem> order_by;  // goes before the default order
  ast::ExpressionPtr limit;             // may be null
  SourceSpan span;
};

// The columns and the default order are those of DESIGN.md's questions: facts by confidence, then
// by when they were last reported, both descending and what has none last, then by names. The query
// calls, beside openCypher's functions, entente.named_entity(name) for names that must be known,
// since(r) and until(r) for valid time with its precision, and the functions of evidence.
ast::Query RewriteQuestion(Question question);

}  // namespace entente::query
