// Clauses over small graphs: the rows that come out, whatever the size of batches.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OperatorsTest : public ::testing::TestWithParam<size_t> {
 protected:
  OperatorsTest() : query_(SessionOptions{.batch_size = GetParam()}) {}

  // A triangle 1 → 2 → 3 → 1 with a tail 3 → 4 and a loop at 4.
  void MakeTriangle() {
    query_.Rows(
        "CREATE (a:P {v: 1}), (b:P {v: 2}), (c:P {v: 3}), (d:P:Q {v: 4}), "
        "(a)-[:R {w: 12}]->(b), (b)-[:R {w: 23}]->(c), (c)-[:R {w: 31}]->(a), "
        "(c)-[:S {w: 34}]->(d), (d)-[:S {w: 44}]->(d)");
  }

  QuerySession query_;
};

INSTANTIATE_TEST_SUITE_P(BatchSizes, OperatorsTest, ::testing::Values(1, 3, 1024));

TEST_P(OperatorsTest, WhatTopLeavesOutMustBeFreeOfErrorsToo) {
  query_.Rows("UNWIND range(1, 4000) AS i CREATE (:N {i: i, x: CASE i % 2 WHEN 0 THEN i END})");
  const std::string top = "MATCH (n:N) RETURN n.i AS i, toString(n.x) AS x ORDER BY i LIMIT 2";
  EXPECT_THAT(query_.Rows(top), ElementsAre("1 | null", "2 | '2'"));
  query_.Rows("MATCH (n:N {i: 3999}) SET n.x = [1]");
  EXPECT_THAT(query_.Rows(top), ElementsAre("TypeError: InvalidArgumentValue"));
}

TEST_P(OperatorsTest, ScansCrossWithTheirInput) {
  MakeTriangle();
  EXPECT_THAT(query_.SortedRows("MATCH (q:Q), (p:P) RETURN q.v, p.v"),
              ElementsAre("4 | 1", "4 | 2", "4 | 3", "4 | 4"));
  EXPECT_THAT(query_.Rows("MATCH (a), (b), (c) RETURN count(*)"), ElementsAre("64"));
  EXPECT_THAT(query_.Rows("MATCH (a:Nobody) RETURN a"), IsEmpty());
}

TEST_P(OperatorsTest, HopsFollowTheirHeading) {
  MakeTriangle();
  EXPECT_THAT(query_.SortedRows("MATCH (a {v: 3})-->(b) RETURN b.v"), ElementsAre("1", "4"));
  EXPECT_THAT(query_.SortedRows("MATCH (a {v: 3})<--(b) RETURN b.v"), ElementsAre("2"));
  EXPECT_THAT(query_.SortedRows("MATCH (a {v: 3})--(b) RETURN b.v"), ElementsAre("1", "2", "4"));
  EXPECT_THAT(query_.SortedRows("MATCH (a {v: 4})-[r]-(b) RETURN b.v, r.w"),
              ElementsAre("3 | 34", "4 | 44"));
  EXPECT_THAT(query_.SortedRows("MATCH (a)-[:S]->(b) RETURN a.v, b.v"),
              ElementsAre("3 | 4", "4 | 4"));
  EXPECT_THAT(query_.SortedRows("MATCH (a)-[:S|R]->(b) RETURN count(*)"), ElementsAre("5"));
}

TEST_P(OperatorsTest, RelationshipsOfOneMatchDiffer) {
  MakeTriangle();
  EXPECT_THAT(query_.SortedRows("MATCH (a)-[r]-(b)-[s]-(a) RETURN r.w, s.w"), IsEmpty());
  EXPECT_THAT(query_.SortedRows("MATCH (a {v: 1})-[r]-(b) MATCH (b)-[s]-(a) RETURN r.w, s.w"),
              ElementsAre("12 | 12", "31 | 31"));
  EXPECT_THAT(query_.SortedRows("MATCH (a {v: 1})-[:R]->(b)-[:R]->(c)-[:R]->(a) RETURN b.v, c.v"),
              ElementsAre("2 | 3"));
}

TEST_P(OperatorsTest, BoundRelationshipsAndEndsAreChecked) {
  MakeTriangle();
  EXPECT_THAT(query_.SortedRows("MATCH ()-[r {w: 12}]->() MATCH (a)-[r]-(b) RETURN a.v, b.v"),
              ElementsAre("1 | 2", "2 | 1"));
  EXPECT_THAT(query_.SortedRows("MATCH ()-[r {w: 12}]->() MATCH (a)<-[r]-(b) RETURN a.v, b.v"),
              ElementsAre("2 | 1"));
  EXPECT_THAT(query_.SortedRows("MATCH (a {v: 1}), (b {v: 2}) MATCH (a)-[r]-(b) RETURN r.w"),
              ElementsAre("12"));
  EXPECT_THAT(query_.SortedRows("MATCH (a {v: 1}), (b {v: 2}) MATCH (a)<-[r]-(b) RETURN r.w"),
              IsEmpty());
}

TEST_P(OperatorsTest, VariableLengthFindsEveryTrail) {
  MakeTriangle();
  EXPECT_THAT(query_.SortedRows("MATCH ({v: 1})-[r*]->(b) RETURN size(r), b.v"),
              ElementsAre("1 | 2", "2 | 3", "3 | 1", "3 | 4", "4 | 4"));
  EXPECT_THAT(query_.SortedRows("MATCH ({v: 1})-[r*0..1]->(b) RETURN size(r), b.v"),
              ElementsAre("0 | 1", "1 | 2"));
  EXPECT_THAT(query_.SortedRows("MATCH ({v: 1})-[r:R*2]-(b) RETURN [x IN r | x.w], b.v"),
              ElementsAre("[12, 23] | 3", "[31, 23] | 2"));
  EXPECT_THAT(query_.SortedRows("MATCH (a {v: 1}), (b {v: 4}) MATCH (a)-[r*]->(b) RETURN size(r)"),
              ElementsAre("3", "4"));
  EXPECT_THAT(query_.SortedRows("MATCH (b {v: 4})<-[r*]-(a {v: 1}) RETURN [x IN r | x.w]"),
              ElementsAre("[34, 23, 12]", "[44, 34, 23, 12]"));
  EXPECT_THAT(query_.SortedRows("MATCH ({v: 3})-[r* {w: 34}]->(b) RETURN b.v"), ElementsAre("4"));
  EXPECT_THAT(query_.SortedRows("MATCH ()-[r {w: 12}]->()-[s {w: 23}]->() WITH [r, s] AS rs "
                                "MATCH (a)-[rs*]->(b) RETURN a.v, b.v"),
              ElementsAre("1 | 3"));
}

TEST_P(OperatorsTest, ShortestPathsAreFoundBreadthFirst) {
  MakeTriangle();
  query_.Rows("MATCH (a {v: 1}), (c {v: 3}) CREATE (a)-[:R {w: 102}]->({v: 5})-[:R {w: 203}]->(c)");
  const std::string weights = " RETURN [r IN relationships(p) | r.w]";
  EXPECT_THAT(
      query_.Rows("MATCH p = shortestPath((:P {v: 1})-[*]->(:Q)) RETURN length(p), nodes(p)[3].v"),
      ElementsAre("3 | 4"));
  EXPECT_THAT(query_.SortedRows("MATCH p = allShortestPaths((:P {v: 1})-[*]->(:Q))" + weights),
              ElementsAre("[102, 203, 34]", "[12, 23, 34]"));
  EXPECT_THAT(query_.SortedRows("MATCH p = allShortestPaths((:P {v: 1})-[*]-(:Q))" + weights),
              ElementsAre("[31, 34]"));
  EXPECT_THAT(query_.Rows("MATCH p = shortestPath((:P {v: 1})-[*..2]->(:Q))" + weights), IsEmpty());
  EXPECT_THAT(query_.Rows("MATCH p = shortestPath((:Q)-[*]->(:P {v: 1}))" + weights), IsEmpty());
  EXPECT_THAT(query_.SortedRows("MATCH p = shortestPath(({v: 2})-[*]->(x)) RETURN x.v, length(p)"),
              ElementsAre("1 | 2", "3 | 1", "4 | 2", "5 | 3"));
}

TEST_P(OperatorsTest, PropertiesOfAPatternMayReadItsPath) {
  MakeTriangle();
  EXPECT_THAT(query_.Rows("MATCH p = (a {v: length(p) + 2})-->(b) RETURN a.v, b.v"),
              ElementsAre("3 | 1", "3 | 4"));
  EXPECT_THAT(query_.Rows("MATCH p = (a)-[:R {w: length(p) + 11}]->(b) RETURN a.v"),
              ElementsAre("1"));
  EXPECT_THAT(query_.Rows("MATCH p = shortestPath((a {v: 1})-[*..6]->(b {v: length(p) + 1})) "
                          "RETURN b.v"),
              ElementsAre("2", "3", "4"));
  EXPECT_THAT(query_.Rows("MATCH (d {v: length(p)}), p = (:Q)-->(:Q) RETURN d.v"),
              ElementsAre("1"));
  EXPECT_THAT(query_.Rows("MATCH p = (a {v: p})-->() RETURN a"), IsEmpty());
}

TEST_P(OperatorsTest, OptionalKeepsRowsWithoutMatches) {
  MakeTriangle();
  EXPECT_THAT(query_.SortedRows("MATCH (a:P) OPTIONAL MATCH (a)-[r:S]->(b) WHERE b.v > 3 "
                                "RETURN a.v, r.w, b.v"),
              ElementsAre("1 | null | null", "2 | null | null", "3 | 34 | 4", "4 | 44 | 4"));
  EXPECT_THAT(query_.SortedRows("OPTIONAL MATCH (a:Nobody) OPTIONAL MATCH (a)-->(b) RETURN a, b"),
              ElementsAre("null | null"));
}

TEST_P(OperatorsTest, UnwindAndProjection) {
  EXPECT_THAT(query_.Rows("UNWIND [[1, 2], [], null, [3]] AS l UNWIND l AS x RETURN x"),
              ElementsAre("1", "2", "3"));
  EXPECT_THAT(query_.Rows("UNWIND 5 AS x WITH x, x * 2 AS y RETURN y - x AS d"), ElementsAre("5"));
  EXPECT_THAT(query_.Rows("UNWIND range(1, 3000) AS x RETURN sum(x)"), ElementsAre("4501500"));
}

TEST_P(OperatorsTest, AggregatesGroupByEquivalence) {
  EXPECT_THAT(query_.SortedRows("UNWIND [1, 1.0, null, 'a', null] AS x RETURN x, count(*)"),
              ElementsAre("'a' | 1", "1 | 2", "null | 2"));
  EXPECT_THAT(query_.Rows("UNWIND [] AS x RETURN count(*), sum(x), collect(x), min(x)"),
              ElementsAre("0 | 0 | [] | null"));
  EXPECT_THAT(query_.Rows("UNWIND [] AS x RETURN x, count(*)"), IsEmpty());
  EXPECT_THAT(query_.Rows("UNWIND [1, 2, 2, null] AS x "
                          "RETURN count(x), count(DISTINCT x), collect(DISTINCT x), count(*)"),
              ElementsAre("3 | 2 | [1, 2] | 4"));
  EXPECT_THAT(query_.Rows("UNWIND range(1, 5000) AS x WITH x % 2000 AS k, count(*) AS c "
                          "RETURN count(k), min(c), max(c)"),
              ElementsAre("2000 | 2 | 3"));
}

TEST_P(OperatorsTest, DistinctSortSkipLimit) {
  query_.Rows("UNWIND range(1, 9) AS i CREATE (:From {i: i})-[:TO]->(:To {i: i})");
  EXPECT_THAT(query_.Rows("MATCH (a:From) OPTIONAL MATCH (a)-[:TO]->(b) WHERE a.i % 2 = 0 "
                          "UNWIND [1, 2] AS twice RETURN count(b), count(DISTINCT b), "
                          "[x IN collect(DISTINCT b) | x.i]"),
              ElementsAre("8 | 4 | [2, 4, 6, 8]"));
  query_.Rows("MATCH (a:From)-[r:TO]->(b) DELETE a, r, b");
  EXPECT_THAT(query_.Rows("UNWIND [3, 1, 2, 3, 1] AS x RETURN DISTINCT x ORDER BY x DESC"),
              ElementsAre("3", "2", "1"));
  EXPECT_THAT(query_.Rows("UNWIND range(1, 4000) AS x RETURN x ORDER BY -x SKIP 2 LIMIT 2"),
              ElementsAre("3998", "3997"));
  EXPECT_THAT(query_.Rows("UNWIND range(1, 4000) AS x RETURN x SKIP 3998"),
              ElementsAre("3999", "4000"));
  EXPECT_THAT(query_.Rows("UNWIND [1, 2] AS x RETURN x LIMIT 0"), IsEmpty());
  EXPECT_THAT(query_.Rows("UNWIND [null, 'b', 1, true] AS x RETURN x ORDER BY x"),
              ElementsAre("'b'", "true", "1", "null"));
  EXPECT_THAT(query_.Rows("RETURN 1 LIMIT $n", {{"n", Value::Integer(-1)}}),
              ElementsAre("SyntaxError: NegativeIntegerArgument"));
}

TEST_P(OperatorsTest, UnionAddsAndDistinguishes) {
  EXPECT_THAT(query_.SortedRows("RETURN 1 AS x UNION ALL RETURN 1 AS x UNION ALL RETURN 2 AS x"),
              ElementsAre("1", "1", "2"));
  EXPECT_THAT(query_.SortedRows("RETURN 1 AS x UNION RETURN 1 AS x UNION RETURN 2 AS x"),
              ElementsAre("1", "2"));
}

TEST_P(OperatorsTest, WritesSeeTheStateBeforeThem) {
  query_.Rows("CREATE (:N), (:N)");
  // Each of the two nodes gets one: those made meanwhile are not matched.
  query_.Rows("MATCH (n:N) CREATE (:N)");
  EXPECT_THAT(query_.Rows("MATCH (n:N) RETURN count(*)"), ElementsAre("4"));
  EXPECT_THAT(query_.Rows("CREATE (n:N) WITH n MATCH (m:N) RETURN count(*)"), ElementsAre("5"));
  // The limit does not limit the writing.
  EXPECT_THAT(query_.Rows("UNWIND range(1, 10) AS i CREATE (n:M {i: i}) RETURN n.i LIMIT 1"),
              SizeIs(1));
  EXPECT_THAT(query_.Rows("UNWIND range(1, 10) AS i CREATE (n:M {i: i}) RETURN n.i LIMIT 0"),
              IsEmpty());
  EXPECT_THAT(query_.Rows("MATCH (n:M) RETURN count(*)"), ElementsAre("20"));
}

TEST_P(OperatorsTest, SetAndRemove) {
  query_.Rows("CREATE (:N {a: 1, b: 2})-[:R {c: 3}]->(:N {a: 5})");
  EXPECT_THAT(query_.Rows("MATCH (n:N {a: 1}) SET n.a = n.a + 1, n.b = n.a, n.d = null, n:X:Y "
                          "RETURN n"),
              ElementsAre("(:N:X:Y {a: 2, b: 2})"));
  EXPECT_THAT(query_.Rows("MATCH (:X)-[r]->(m) SET r += {d: 4, c: null}, m = {z: 1} RETURN r, m"),
              ElementsAre("[:R {d: 4}] | (:N {z: 1})"));
  EXPECT_THAT(query_.Rows("MATCH (n:X) REMOVE n.b, n:Y RETURN n"), ElementsAre("(:N:X {a: 2})"));
  // Each row sees what the row before it wrote.
  EXPECT_THAT(query_.Rows("UNWIND [1, 2, 3] AS i MATCH (n:X) SET n.a = n.a + i "
                          "RETURN DISTINCT n.a"),
              ElementsAre("8"));
  EXPECT_THAT(query_.Rows("OPTIONAL MATCH (n:Nobody) SET n.a = 1, n:L, n += {b: 2} RETURN n"),
              ElementsAre("null"));
}

TEST_P(OperatorsTest, TypesOfManyRelationshipsSomeOfThemNull) {
  query_.Rows("CREATE (a {v: 1})-[:R]->(b {v: 2}), (a)-[:S]->(b), (b)-[:S]->(:M {v: 3})");
  EXPECT_THAT(query_.Rows("MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN n.v, type(r) "
                          "ORDER BY n.v, type(r)"),
              ElementsAre("1 | 'R'", "1 | 'S'", "2 | 'S'", "3 | null"));
}

TEST_P(OperatorsTest, DeleteTakesRelationshipsFirst) {
  MakeTriangle();
  EXPECT_THAT(query_.Rows("MATCH (a {v: 1}) DELETE a"),
              ElementsAre("ConstraintVerificationFailed: DeleteConnectedNode"));
  EXPECT_THAT(query_.Rows("MATCH (a {v: 1})-[r]-() DELETE a, r RETURN type(r)"),
              ElementsAre("'R'", "'R'"));
  EXPECT_THAT(query_.Rows("MATCH p = ({v: 2})-->() DELETE p"),
              ElementsAre("ConstraintVerificationFailed: DeleteConnectedNode"));
  EXPECT_THAT(query_.Rows("MATCH (a {v: 3}) DETACH DELETE a RETURN a.v"),
              ElementsAre("EntityNotFound: DeletedEntityAccess"));
  EXPECT_THAT(query_.Rows("MATCH (a) DETACH DELETE a"), IsEmpty());
  EXPECT_THAT(query_.Rows("MATCH (a) RETURN count(*)"), ElementsAre("0"));
}

TEST_P(OperatorsTest, MergeSeesItsOwnWrites) {
  EXPECT_THAT(query_.Rows("UNWIND [1, 2, 1] AS i MERGE (n:N {i: i}) ON CREATE SET n.made = true "
                          "ON MATCH SET n.met = true RETURN n"),
              ElementsAre("(:N {i: 1, made: true, met: true})", "(:N {i: 2, made: true})",
                          "(:N {i: 1, made: true, met: true})"));
  EXPECT_THAT(query_.Rows("MATCH (a:N {i: 1}), (b:N {i: 2}) MERGE (a)-[r:R]->(b) "
                          "MERGE (a)-[s:R]->(b) RETURN r = s"),
              ElementsAre("true"));
  EXPECT_THAT(query_.Rows("MATCH (a:N {i: 1}), (b:N {i: 2}) MERGE (b)-[r:R]-(a) RETURN count(r)"),
              ElementsAre("1"));
  EXPECT_THAT(query_.Rows("MERGE (n:N {i: null})"),
              ElementsAre("SemanticError: MergeReadOwnWrites"));
}

TEST_P(OperatorsTest, ProceduresAnswerFromTheirTables) {
  ASSERT_TRUE(query_.core()
                  ->RegisterTable("my.proc(in :: FLOAT?) :: (out :: STRING?, n :: INTEGER?)",
                                  {{Value::Float(1), Value::String("a"), Value::Integer(1)},
                                   {Value::Float(1), Value::String("b"), Value::Integer(2)},
                                   {Value::Null(), Value::String("none"), Value::Integer(3)}})
                  .ok());
  EXPECT_THAT(query_.Rows("UNWIND [1, 2, null] AS x CALL my.proc(x) YIELD n, out RETURN x, out, n"),
              ElementsAre("1 | 'a' | 1", "1 | 'b' | 2", "null | 'none' | 3"));
  EXPECT_THAT(query_.Rows("CALL my.proc(1)"), ElementsAre("'a' | 1", "'b' | 2"));
  EXPECT_THAT(query_.Rows("UNWIND ['1'] AS x CALL my.proc(x) YIELD n RETURN n"), SizeIs(1));
}

// The parts of a UNION may return what stands outside of it as it is.
TEST_P(OperatorsTest, UnionsInsideCallReturnOuterVariables) {
  EXPECT_THAT(query_.Rows("UNWIND [1, 2] AS y CALL { WITH y RETURN y AS x UNION ALL "
                          "WITH y RETURN y + 10 AS x UNION ALL WITH y RETURN y AS x } "
                          "RETURN y, count(*), sum(x) ORDER BY y"),
              ElementsAre("1 | 3 | 13", "2 | 3 | 16"));
  EXPECT_THAT(query_.Rows("UNWIND [1, 2] AS y CALL { WITH y RETURN y AS x UNION "
                          "WITH y RETURN y AS x } RETURN y, x"),
              ElementsAre("1 | 1", "2 | 2"));
}

}  // namespace
}  // namespace entente::query
