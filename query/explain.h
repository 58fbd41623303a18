// EXPLAIN: a plan as text.
#pragma once

#include <string>
#include <vector>

#include "query/plan.h"

namespace entente::query {

// One line for each operator, the last one to run first, its inputs below it and indented, with
// what it does (expressions printed back) and the estimated number of rows:
//   Project(name = a.name)  ~12
//     Expand((a)-[r:SUPPORTS]->(b))  ~12
std::vector<std::string> ExplainPlan(const PreparedPlan& plan);

// A bound expression as openCypher text; slots are shown by their names, unnamed ones as `#7`.
std::string ExpressionText(const Expression& expression, const PreparedPlan& plan);

}  // namespace entente::query
