// From a question to the query that answers it.
#pragma once

#include <optional>
#include <vector>

#include "query/ast.h"

namespace entente::query {

struct Question {
  // Rows of facts (WHO …, … WHOM), of the evidence for and against them (WHY), of the evidence
  // against them alone (WHO DISPUTES), or of what happened to facts (WHAT CHANGED).
  enum class Kind { kFacts, kEvidence, kDenials, kChanges };
  Kind kind = Kind::kFacts;
  ast::ExpressionPtr subject;    // a string or a parameter that names an entity; null: anyone
  ast::ExpressionPtr object;     // in the same manner
  ast::ExpressionPtr either;     // one of the two, of changes
  std::vector<ast::Name> types;  // one of them must hold; none: any
  // Whoever is not named is among these: nodes of a label, or the entities of a list of names,
  // which may be a parameter.
  std::optional<ast::Name> among_label;
  ast::ExpressionPtr among;
  ast::ExpressionPtr from;  // of changes; null: open
  ast::ExpressionPtr to;
  ast::LensClauses lens;
  std::vector<ast::SortItem> order_by;  // goes before the default order
  ast::ExpressionPtr limit;             // may be null
  SourceSpan span;
};

// The columns and the default order are those of DESIGN.md's questions: facts by confidence, then
// by when they were last reported, both descending and what has none last, then by names; changes
// by when they happened. The query calls, beside openCypher's functions,
// entente.named_entity(name) for names that must be known,
// since(r) and until(r) for valid time with its precision, and the functions of evidence.
ast::Query RewriteQuestion(Question question);

}  // namespace entente::query
