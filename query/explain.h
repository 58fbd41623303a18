// EXPLAIN: a plan as text.
#pragma once

#include <string>
#include <vector>

#include "query/plan.h"

namespace entente::query {

// One line for each operator, what it does (expressions printed back) and the estimated number of
// rows. The operator that runs last comes first, its input in the next line; plans that run inside
// an operator stand indented below it:
//   Project(name = a.name)  ~12
//   Optional(b)  ~12
//     Expand((a)-[r:SUPPORTS]->(b))  ~3
//     Argument(a)  ~1
//   NodeScan(a)  ~12
//   Unit  ~1
std::vector<std::string> ExplainPlan(const PreparedPlan& plan);

// The same with the operator of each line.
struct PlanLine {
  std::string text;
  const Plan* plan = nullptr;
};
std::vector<PlanLine> PlanLines(const PreparedPlan& plan);

// A bound expression as openCypher text; slots are shown by their names, unnamed ones as `#7`.
std::string ExpressionText(const Expression& expression, const PreparedPlan& plan);

}  // namespace entente::query
