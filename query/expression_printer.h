// The parts of ast_printer.h below clauses: expressions, patterns, lens clauses and names. Those
// with an `out` append to it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "query/ast.h"

namespace entente::query {

// A label, a type or a key, in backticks if need be.
std::string PrintName(absl::string_view name);
// A variable, which must not read like a keyword.
std::string PrintVariable(absl::string_view name);
// The name of a function or a procedure.
std::string PrintDottedName(absl::string_view name);

void PrintPath(const ast::PathPattern& path, std::string& out);
// Each clause with a blank before it.
void PrintLens(const ast::LensClauses& lens, std::string& out);
void PrintPropertyOf(const ast::Expression& object, const ast::Name& key, std::string& out);
// With its braces; defined in ast_printer.cc.
void PrintSubquery(const ast::Query& query, std::string& out);

}  // namespace entente::query
