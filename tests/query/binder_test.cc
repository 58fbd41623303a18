// What the binder makes of statements, with every pass of the optimizer switched off, and what it
// refuses.
#include "query/binder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/procedure.h"
#include "tests/query/plan_text.h"

namespace entente::query {
namespace {

std::string Plain(absl::string_view text) {
  static const ProcedureSignature signature =
      ParseProcedureSignature(
          "my.cities(country :: STRING?) :: (city :: STRING?, size :: INTEGER?)")
          .value();
  PrepareContext context;
  context.disabled_passes = OptimizerPasses();
  context.find_procedure = [](absl::string_view name) {
    return name == signature.name ? &signature : nullptr;
  };
  return PlanText(text, context);
}

struct PlanCase {
  absl::string_view text;
  absl::string_view plan;
};

TEST(BinderTest, BuildsPlansInTheStatementsOrder) {
  const std::vector<PlanCase> cases = {
      {"RETURN 1 AS one", "Project(one = 1)\nUnit\n"},
      {"MATCH (a:A {x: 1})-[r:T]->(b) WHERE b.y = 2 AND r.z RETURN a, b",
       "Filter(a.x = 1, b.y = 2, r.z)\n"
       "Expand((a)-[r:T]->(b))\n"
       "NodeScan(a:A)\n"
       "Unit\n"},
      // A pattern begins at what is bound and goes both ways from there.
      {"MATCH (b) MATCH (a)-[:T]->(b)-[:U*2..]->(c) RETURN a, c",
       "Expand((b)<-[#2:T]-(a))\n"
       "ExpandPaths((b)-[#3:U*2..]->(c))\n"
       "NodeScan(b)\n"
       "Unit\n"},
      {"MATCH (a) OPTIONAL MATCH (a)-->(b:B) WHERE b.x = a.x RETURN b",
       "Optional(b)\n"
       "  Filter(b:B, b.x = a.x)\n"
       "  Expand((a)-[#2]->(b))\n"
       "  Argument(a)\n"
       "NodeScan(a)\n"
       "Unit\n"},
      {"MATCH p = (a)-->(b) WHERE length(p) = 1 AND a.x = 1 RETURN p",
       "Filter(length(p) = 1)\n"
       "Project(p = path(a, #1, b))\n"
       "Filter(a.x = 1)\n"
       "Expand((a)-[#1]->(b))\n"
       "NodeScan(a)\n"
       "Unit\n"},
      {"MATCH (n) RETURN n.x AS x, count(*) + 1 AS c ORDER BY n.x SKIP 1 LIMIT 2",
       "Limit(2)\n"
       "Skip(1)\n"
       "Sort(x)\n"
       "Project(c = #2 + 1)\n"
       "Aggregate(x = n.x, #2 = count(*))\n"
       "NodeScan(n)\n"
       "Unit\n"},
      {"MATCH (n) WITH DISTINCT n.x AS x WHERE n.x > 1 RETURN x",
       "Filter(x > 1)\nDistinct(x)\nProject(x = n.x)\nNodeScan(n)\nUnit\n"},
      {"RETURN 1 AS a UNION RETURN 2 AS a",
       "Distinct(a)\n"
       "Union(a)\n"
       "  Project(a = 1)\n"
       "  Unit\n"
       "  Project(a = 2)\n"
       "  Unit\n"},
      {"MATCH (a) CREATE (a)-[r:T {x: 1}]->(b:B)",
       "Create((b:B), (a)-[r:T {x: 1}]->(b))\nNodeScan(a)\nUnit\n"},
      {"CREATE (a {x: 1}), (b {x: a.x})", "Create((b {x: a.x}))\nCreate((a {x: 1}))\nUnit\n"},
      {"MERGE (a:A {x: 1}) ON CREATE SET a.y = 2",
       "Merge((a:A {x: 1}) ON CREATE a.y = 2)\n"
       "  Filter(a.x = 1)\n"
       "  NodeScan(a:A)\n"
       "  Argument()\n"
       "Unit\n"},
      {"MATCH (a) RETURN [(a)-->(b) | b.x] AS xs",
       "Project(xs = [Argument(a) | Expand((a)-[#2]->(b)) | Project(#4 = b.x) | #4])\n"
       "NodeScan(a)\n"
       "Unit\n"},
      {"MATCH (a) CALL { WITH a MATCH (a)-->(b) RETURN count(b) AS c } RETURN c",
       "Apply(c)\n"
       "  Aggregate(c = count(b))\n"
       "  Expand((a)-[#2]->(b))\n"
       "  Argument(a)\n"
       "NodeScan(a)\n"
       "Unit\n"},
      {"CALL my.cities('Peru') YIELD city WHERE city <> 'Lima' RETURN city",
       "Filter(city <> 'Lima')\nCall(my.cities('Peru'))\nUnit\n"},
  };
  for (const PlanCase& test : cases) {
    std::string text = Plain(test.text);
    // Estimates inside of subqueries.
    for (size_t at = text.find("  ~"); at != std::string::npos; at = text.find("  ~")) {
      text.erase(at, text.find(" |", at) - at);
    }
    EXPECT_EQ(text, test.plan) << test.text;
  }
}

struct ErrorCase {
  absl::string_view text;
  absl::string_view error;
};

TEST(BinderTest, RefusesWhatHasNoMeaning) {
  const std::vector<ErrorCase> cases = {
      {"MATCH (a) RETURN foo", "UndefinedVariable at 17: foo"},
      {"MATCH (a) WITH a.x AS x RETURN a", "UndefinedVariable at 31: a"},
      {"RETURN [x IN [1] | x] + x", "UndefinedVariable at 24: x"},
      {"MATCH (n) WHERE (n)-->(m) RETURN n", "UndefinedVariable at 23: m"},
      {"CREATE (a {x: b.x}), (b)", "UndefinedVariable at 10: {x: b.x}"},
      {"MATCH (a) CREATE (a)", "VariableAlreadyBound at 18: a"},
      {"MATCH (a) UNWIND [1] AS a RETURN a", "VariableAlreadyBound at 24: a"},
      {"MATCH p = (p)-->() RETURN p", "VariableAlreadyBound at 6: p"},
      {"MATCH ()-[r]->(r) RETURN r", "VariableTypeConflict at 15: r"},
      {"WITH 1 AS r MATCH ()-[r]->() RETURN r", "VariableTypeConflict at 22: r"},
      {"MATCH ()-[r]->(), ()-[r]->() RETURN r", "RelationshipUniquenessViolation at 22: r"},
      {"MATCH (n) RETURN type(n)", "InvalidArgumentType at 22: n"},
      {"MATCH p = (a)-->(b) RETURN size(p)", "InvalidArgumentType at 32: p"},
      {"RETURN NOT 1", "InvalidArgumentType at 11: 1"},
      {"WITH 1 AS n RETURN n.x", "InvalidArgumentType at 19: n"},
      {"RETURN any(x IN ['a'] WHERE x % 2 = 0)", "InvalidArgumentType at 28: x"},
      {"MATCH (n) WHERE n RETURN n", "InvalidArgumentType at 16: n"},
      {"MATCH (n) DELETE n:A", "InvalidDelete at 17: n:A"},
      {"MATCH (n) DELETE 1", "InvalidArgumentType at 17: 1"},
      {"MATCH (n) WHERE count(n) > 1 RETURN n", "InvalidAggregation at 16: count(n)"},
      {"RETURN count(count(*))", "NestedAggregation at 13: count(*)"},
      {"RETURN [x IN [1] | count(*)]", "InvalidAggregation at 19: count(*)"},
      {"MATCH (n) RETURN n.x + count(*)", "AmbiguousAggregationExpression at 17: n"},
      {"MATCH (n) RETURN n.x + n.y, n.x + n.y + count(*)",
       "AmbiguousAggregationExpression at 28: n"},
      {"MATCH (n) RETURN n.x ORDER BY max(n.y)", "InvalidAggregation at 30: max(n.y)"},
      {"MATCH (n) RETURN DISTINCT n.x ORDER BY n.y", "UndefinedVariable at 39: n"},
      {"RETURN count(rand())", "NonConstantExpression at 13: rand()"},
      {"MATCH (n) RETURN n LIMIT n.x", "NonConstantExpression at 25: n.x"},
      {"MATCH (n) RETURN n SKIP -1", "NegativeIntegerArgument at 24: -1"},
      {"MATCH (n) RETURN n SKIP 1.5", "InvalidArgumentType at 24: 1.5"},
      {"RETURN foo(1)", "UnknownFunction at 7: foo"},
      {"RETURN toUpper()", "InvalidNumberOfArguments at 7: toUpper()"},
      {"RETURN 1 AS a, 2 AS a", "ColumnNameConflict at 20: a"},
      {"MATCH (a) WITH a, count(*) RETURN a", "NoExpressionAlias at 18: count(*)"},
      {"MATCH () RETURN *", "NoVariablesInScope at 16: *"},
      {"RETURN 1 AS a UNION RETURN 2 AS b", "DifferentColumnsInUnion at 20: RETURN 2 AS b"},
      {"MATCH (n) WITH n", "InvalidClauseComposition at 10: WITH n"},
      {"CREATE (n) MATCH (m) RETURN m", "InvalidClauseComposition at 11: MATCH (m)"},
      {"MATCH (n) WHERE exists { MATCH (n) SET n.x = 1 } RETURN n",
       "InvalidClauseComposition at 35: SET n.x = 1"},
      {"CALL my.rivers()", "ProcedureNotFound at 5: my.rivers"},
      {"CALL my.cities(1, 2)", "InvalidNumberOfArguments at 5: my.cities"},
      {"CALL my.cities(1)", "InvalidArgumentType at 15: 1"},
      {"MATCH (n) CALL my.cities YIELD city RETURN n",
       "InvalidArgumentPassingMode at 15: my.cities"},
  };
  for (const ErrorCase& test : cases) EXPECT_EQ(Plain(test.text), test.error) << test.text;
}

TEST(BinderTest, ListsTheParametersThatAreRead) {
  const absl::StatusOr<ast::Statement> statement = Parse("RETURN $b + $a, $b");
  const auto plan = Prepare(std::get<ast::QueryStatement>(statement->node), {});
  ASSERT_TRUE(plan.ok());
  EXPECT_TRUE(CheckParameters(**plan, {{"a", Value()}, {"b", Value()}}).ok());
  const ErrorInfo missing = ErrorInfoOf(CheckParameters(**plan, {{"b", Value()}}));
  EXPECT_EQ(missing.type, "ParameterMissing");
  EXPECT_EQ(missing.span->begin, 12u);
}

}  // namespace
}  // namespace entente::query
