// From syntax tree to text: openCypher with lens clauses, one clause a line, with parentheses and
// backticks only where they are needed. What is printed parses, and prints the same again. Two
// things that questions set have no words and are left out: must_exist and all_facts.
#pragma once

#include <string>

#include "query/ast.h"

namespace entente::query {

std::string PrintStatement(const ast::Statement& statement);
std::string PrintQuery(const ast::Query& query);
std::string PrintExpression(const ast::Expression& expression);

}  // namespace entente::query
