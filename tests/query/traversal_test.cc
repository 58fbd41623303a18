// Traversals by special ways (both ends at once, ends alone, counts, intersections) find what the
// plain enumeration of paths finds, on random graphs with parallel relationships and self-loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/claim_writer.h"
#include "query/prepare.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

// Fourteen nodes of two labels and 30 relationships of two types, some valid in 2024 alone.
std::vector<std::string> World(uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::string> statements = {
      "UNWIND range(0, 13) AS i CREATE (n:N {i: i}) WITH n WHERE n.i % 3 = 0 SET n:A"};
  for (int i = 0; i < 30; ++i) {
    const uint32_t kind = random() % 4;
    const uint32_t from = random() % 14;
    const uint32_t to = random() % 14;
    const uint32_t w = random() % 3;
    const std::string valid =
        kind == 3 ? ", valid_from: date('2024-01-01'), valid_to: date('2025-01-01')" : "";
    statements.push_back(absl::StrCat("MATCH (a:N {i: ", from, "}), (b:N {i: ", to,
                                      "}) CREATE (a)-[:", kind == 0 ? "U" : "T", " {w: ", w, valid,
                                      "}]->(b)"));
  }
  return statements;
}

class TraversalTest : public testing::TestWithParam<uint32_t> {
 protected:
  TraversalTest() {
    SessionOptions fast;
    fast.batch_size = 3;
    fast_ = std::make_unique<QuerySession>(fast);
    SessionOptions plain;
    plain.disabled_passes = OptimizerPasses();
    plain_ = std::make_unique<QuerySession>(plain);
    for (const std::string& statement : World(GetParam())) {
      fast_->Rows(statement);
      plain_->Rows(statement);
    }
  }

  // The same answer with all passes and without any.
  void ExpectSame(const std::string& statement) {
    const std::vector<std::string> expected = plain_->SortedRows(statement);
    EXPECT_TRUE(expected.empty() || expected[0].find("Error: ") == std::string::npos)
        << statement << "\n"
        << expected[0];
    EXPECT_EQ(fast_->SortedRows(statement), expected) << statement;
  }
  bool Uses(const std::string& statement, absl::string_view what) {
    const std::string plan = absl::StrJoin(fast_->Rows(absl::StrCat("EXPLAIN ", statement)), "\n");
    return plan.find(std::string(what)) != std::string::npos;
  }

  std::unique_ptr<QuerySession> fast_;
  std::unique_ptr<QuerySession> plain_;
};

TEST_P(TraversalTest, ShortestPathsAreThoseOfTheLeastLength) {
  for (const std::string arrow : {"-[:T*..5]->", "<-[*..4]-", "-[:T|U*..4]-", "-[* {w: 1}]-"}) {
    const std::string ends = "MATCH (a:N), (b:N) WHERE a.i < 7 AND a <> b ";
    const std::string pattern = absl::StrCat("(a)", arrow, "(b)");
    const std::string bounded = arrow == "-[* {w: 1}]-" ? "(a)-[*..5 {w: 1}]-(b)" : pattern;
    const std::vector<std::string> expected = plain_->SortedRows(
        absl::StrCat(ends, "MATCH p = ", bounded,
                     " WITH a, b, length(p) AS n, count(*) AS c ORDER BY n "
                     "WITH a, b, collect([n, c])[0] AS least RETURN a.i, b.i, least[0], least[1]"));
    ASSERT_FALSE(expected.empty() || expected[0].find("Error: ") != std::string::npos);
    const std::string search = arrow == "-[* {w: 1}]-" ? bounded : pattern;
    EXPECT_EQ(fast_->SortedRows(absl::StrCat(ends, "MATCH p = allShortestPaths(", search,
                                             ") RETURN a.i, b.i, length(p), count(DISTINCT p)")),
              expected)
        << arrow;
    EXPECT_EQ(fast_->SortedRows(absl::StrCat(
                  ends, "MATCH p = allShortestPaths(", search,
                  ") WITH a, b, p, nodes(p) AS ns, relationships(p) AS rs "
                  "WHERE ns[0] = a AND last(ns) = b AND all(i IN range(0, size(rs) - 1) "
                  "WHERE (startNode(rs[i]) = ns[i] AND endNode(rs[i]) = ns[i + 1]) OR "
                  "(startNode(rs[i]) = ns[i + 1] AND endNode(rs[i]) = ns[i])) "
                  "RETURN a.i, b.i, length(p), count(*)")),
              expected)
        << arrow;
    EXPECT_EQ(fast_->SortedRows(absl::StrCat(ends, "MATCH p = shortestPath(", search,
                                             ") RETURN a.i, b.i, length(p)")),
              plain_->SortedRows(
                  absl::StrCat(ends, "MATCH p = ", bounded, " RETURN a.i, b.i, min(length(p))")))
        << arrow;
  }
}

TEST_P(TraversalTest, ShortestPathsGoThroughTheLens) {
  for (const std::string year : {"2023", "2024"}) {
    const std::string lens = absl::StrCat("FOR VALID_TIME AS OF date('", year, "-06-01') ");
    EXPECT_EQ(fast_->SortedRows(lens + "MATCH (a:A), (b:N) WHERE a <> b MATCH "
                                       "p = shortestPath((a)-[:T*..4]->(b)) "
                                       "RETURN a.i, b.i, length(p)"),
              plain_->SortedRows(lens + "MATCH p = (a:A)-[:T*..4]->(b:N) WHERE a <> b "
                                        "RETURN a.i, b.i, min(length(p))"));
  }
}

TEST_P(TraversalTest, DistinctEndsAreReachedOnce) {
  for (const std::string arrow :
       {"-[:T*1..3]->", "<-[:T|U*..4]-", "-[*0..2]-", "-[*1..3]-", "-[:T*..1]-", "-[*..4 {w: 2}]-",
        "-[*1..2]-", "-[:T*..5]->", "-[*0..0]->", "-[*1..0]->"}) {
    const std::string reach = absl::StrCat("MATCH (a:N)", arrow, "(b) ");
    EXPECT_TRUE(Uses(reach + "RETURN count(DISTINCT b)", "Reach(")) << arrow;
    ExpectSame(reach + "RETURN a.i, count(DISTINCT b), min(b.i), max(b.i)");
    ExpectSame(reach + "RETURN DISTINCT a.i, b.i");
    ExpectSame("FOR VALID_TIME AS OF date('2023-06-01') " + reach + "RETURN DISTINCT a.i, b.i");
    ExpectSame(reach + "WHERE b:A RETURN DISTINCT a.i, b.i ORDER BY b.i, a.i LIMIT 9");
    ExpectSame(absl::StrCat("MATCH (a:A), (b:N) MATCH (a)", arrow, "(b) RETURN DISTINCT a.i, b.i"));
    ExpectSame(absl::StrCat("MATCH (a:A), (b:N) WHERE (a)", arrow, "(b) RETURN a.i, b.i"));
    ExpectSame(absl::StrCat("MATCH (a:A)", arrow, "(a) RETURN DISTINCT a.i"));
    ExpectSame(absl::StrCat("MATCH (c)-[r:U]->(a)", arrow, "(b) RETURN DISTINCT c.i, b.i"));
    ExpectSame(absl::StrCat("MATCH (a)", arrow, "(b)-[r:U]->(c) RETURN DISTINCT a.i, c.i"));
  }
  // Where the number of paths or the paths themselves matter, all of them are gone through.
  for (const std::string statement :
       {"MATCH (a)-[:T*1..3]->(b) RETURN count(b)", "MATCH (a)-[:T*2..3]->(b) RETURN DISTINCT b",
        "MATCH (a)-[r:T*1..3]->(b) RETURN DISTINCT b, size(r)",
        "MATCH (a)-[:T*1..3]->(b) WITH b LIMIT 3 RETURN DISTINCT b",
        "MATCH (a)-[:T*1..3]->(b) WITH b, rand() AS x RETURN DISTINCT b, x"}) {
    EXPECT_FALSE(Uses(statement, "Reach(")) << statement;
  }
}

TEST_P(TraversalTest, HopsAreCountedWithoutRows) {
  for (const std::string pattern :
       {"(a)-[:T]->(b)-[:T]->(c)", "(a)-[r:T|U]-(b)-[s]-(c)", "(a)<-[]-(b)-[:T]->(c)",
        "(a:A)-[:T*1..2]->(b)-[]-(c)", "(a)-[]->(b)-[:T]-(a)", "(a)-[]-(a)",
        "(a {i: 3})-[]-(b)-[]-(c)-[]-(d)", "(a), (b)-[]->(c)", "(a)-[:NONE]->(b)"}) {
    for (const std::string lens : {"", "FOR VALID_TIME AS OF date('2023-06-01') "}) {
      const std::string match = absl::StrCat(lens, "MATCH ", pattern);
      EXPECT_TRUE(Uses(match + " RETURN count(*)", "Count")) << pattern;
      ExpectSame(match + " RETURN count(*)");
      ExpectSame(match + " RETURN a.i, count(*), count(DISTINCT a.i % 3), max(a.i)");
      ExpectSame(match + " RETURN a, count(a) AS n, count(*) * 2");
    }
  }
  ExpectSame("MATCH (a:N) OPTIONAL MATCH (a)-[r:U]->(b) RETURN a.i, count(r), count(*)");
  ExpectSame("MATCH (a)-[r]->(b) RETURN count(r), count(b), a.i");
  ExpectSame("MATCH (a)-[r]->(b) MATCH (c)-[r]-(d) RETURN count(*), c.i");
  ExpectSame("MATCH (a)-[r]->(b) MATCH (c)-[r]-(d)-[]-(e) RETURN count(*), c.i");
  ExpectSame("MATCH (a)-[r]->(b) WITH a, r.w AS w RETURN w, count(*)");
  ExpectSame("MATCH (a:A) RETURN a.i, size([(a)-[]-(b)-[]-(c) | 1])");
  // Rows are there where something else is asked of them.
  for (const std::string statement :
       {"MATCH (a)-[r:T]->(b) RETURN count(r.w)", "MATCH (a)-[r:T]->(b) RETURN b, count(*)",
        "MATCH (a)-[r:T]->(b) RETURN count(*), sum(a.i)",
        "MATCH (a)-[r:T]->(b) RETURN count(DISTINCT b)",
        "MATCH (a)-[r:T]->(b) RETURN rand() > 2, count(*)"}) {
    EXPECT_FALSE(Uses(statement, "Count")) << statement;
    ExpectSame(statement);
  }
}

TEST_P(TraversalTest, HopsThatMeetAreIntersected) {
  for (const std::string pattern :
       {"(a)-[r:T]->(b)-[s:T]->(c)-[t:T]->(a)", "(a)-[r]-(b)-[s]-(c)-[t]-(a)",
        "(a)<-[r:T]-(b)<-[s:T|U]-(c:A)-[t]->(a)", "(a)-[r]->(b), (a)-[s]->(c)<-[t]-(b)",
        "(a)-[r]->(c)<-[s]-(a), (a)-[t]-(b)", "(a:A), (b:A), (a)-[r]-(c)-[s]-(b), (a)-[t]-(b)",
        "(a)-[r]->(b)-[s]->(c)-[t]->(d)-[u]->(a)"}) {
    for (const std::string lens : {"", "FOR VALID_TIME AS OF date('2023-06-01') "}) {
      const std::string match = absl::StrCat(lens, "MATCH ", pattern);
      EXPECT_TRUE(Uses(match + " RETURN a, b, c", "Intersect")) << pattern;
      ExpectSame(match + " RETURN count(*)");
      ExpectSame(match + " RETURN a.i, b.i, c.i, r.w, s.w, t.w, type(t), id(s)");
      ExpectSame(match + " WHERE c.i > a.i AND s.w = 1 RETURN a.i, b.i, c.i");
      ExpectSame(match + " RETURN a.i, count(*)");
      ExpectSame(match + " RETURN DISTINCT c.i");
    }
  }
  // A relationship of another pattern may be found again.
  ExpectSame("MATCH (a)-[r]-(b) MATCH (a)-[s]-(c)-[t]-(b) RETURN a.i, b.i, c.i, id(r), id(s)");
  ExpectSame("MATCH (a)-[r]-(b) MATCH (a)-[s]-(c) MATCH (c)-[t]-(b) RETURN a.i, b.i, count(*)");
  ExpectSame(
      "MATCH (a)-[r]-(b) FOR VALID_TIME AS OF date('2023-06-01') "
      "MATCH (a)-[s]-(c)-[t]-(b) RETURN a.i, b.i, count(*)");
}

TEST_P(TraversalTest, HopsFromEveryNodeAreScannedTogether) {
  for (const std::string arrow : {"-[r]->", "<-[r]-", "-[r:T]->", "<-[r:T|U]-", "-[r:NONE]->"}) {
    for (const std::string lens : {"", "FOR VALID_TIME AS OF date('2023-06-01') "}) {
      const std::string match = absl::StrCat(lens, "MATCH (a)", arrow, "(b) ");
      ExpectSame(match + "RETURN a.i, b.i, r.w, id(r), type(r), startNode(r) = a");
      ExpectSame(match + "RETURN count(*)");
      ExpectSame(match + "RETURN b.i, count(*)");
      ExpectSame(match + "WHERE r.valid_from >= date('2023-06-01') RETURN a.i, r.valid_from");
      ExpectSame(match + "WHERE r.valid_from < date('2023-06-01') RETURN count(*)");
      ExpectSame(match + "MATCH (b)-[s]->(c) RETURN a.i, c.i, r = s");
    }
  }
  // What a transaction has written itself is found, too.
  for (QuerySession* query : {fast_.get(), plain_.get()}) {
    query->Rows("BEGIN");
    query->Rows("MATCH (a:N {i: 1}), (b:N {i: 2}) CREATE (a)-[:T {w: 9}]->(b)");
  }
  ExpectSame("MATCH (a)-[r:T]->(b) WHERE r.w = 9 RETURN a.i, b.i");
  ExpectSame("MATCH (a)-[r:T]->(b) RETURN count(*)");
  for (QuerySession* query : {fast_.get(), plain_.get()}) query->Rows("ROLLBACK");
  ExpectSame("MATCH (a)-[r:T]->(b) RETURN count(*)");
}

TEST_P(TraversalTest, GroupsAreTheSameHoweverTheirKeysAreKept) {
  const std::string match = "MATCH (a)-[r]->(b) ";
  for (const std::string statement :
       {"RETURN a, b.i % 2 = 0, count(*)", "RETURN r.valid_from, count(*), sum(size(type(r)))",
        "RETURN r.valid_from.year AS y, r.valid_from.month AS m, r.valid_to.day AS d, count(r.w)",
        "RETURN r.w, count(DISTINCT b), count(DISTINCT r.valid_from), count(DISTINCT r.w)",
        // Which of 1 and 1.0 a group shows depends on which row came first.
        "WITH CASE r.w WHEN 0 THEN 1 WHEN 1 THEN 1.0 ELSE b END AS k, count(*) AS n "
        "RETURN CASE k WHEN 1 THEN 1 ELSE k END, n",
        "WITH DISTINCT a, r.valid_from >= date('2023-06-01') AS late RETURN a.i, late",
        "WITH a, a.i IN [1, 2] AS x RETURN x, min(a.i), collect(DISTINCT x)"}) {
    ExpectSame(match + statement);
  }
  ExpectSame(
      "UNWIND [1, 1.0, null, true, date('2024-01-01'), 'a', 1, null] AS x "
      "RETURN x, count(*), count(x), count(DISTINCT x)");
  ExpectSame("UNWIND [] AS x RETURN count(*), sum(x), sum(size(x))");
  EXPECT_EQ(fast_->Rows(match + "RETURN sum(size(type(r)) * 4611686018427387904)"),
            std::vector<std::string>{"ArithmeticError: IntegerOverflow"});
}

TEST_P(TraversalTest, TheFirstRowsAreThoseOfTheWholeOrder) {
  const std::string match = "MATCH (a)-[r]->(b) ";
  for (const std::string statement :
       {"RETURN a.i AS a, b.i AS b, r.w AS w, id(r) AS r ORDER BY w DESC, a, b, r LIMIT 4",
        "RETURN a.i AS a, r.w AS w, id(r) AS r ORDER BY w, r DESC, a SKIP 2 LIMIT 5",
        "RETURN r.valid_from AS v, type(r) AS t, id(r) AS r ORDER BY v DESC, t, r LIMIT 6",
        "WITH a, count(*) AS n RETURN a.i AS i, n, labels(a) AS l ORDER BY n DESC, i LIMIT 3",
        "RETURN a.i + r.w AS x, id(r) AS r ORDER BY x, r LIMIT 0",
        "RETURN r.w AS w, 6 / (r.w + 1) AS q, id(r) AS r ORDER BY w, q, r LIMIT 5"}) {
    EXPECT_EQ(fast_->Rows(match + statement), plain_->Rows(match + statement)) << statement;
  }
  EXPECT_TRUE(Uses(match + "RETURN a.i AS i, r.w AS w ORDER BY w, i LIMIT 2", "late: i = a.i"));
  // What may fail does so for all rows.
  const std::string failing = match + "RETURN r.w AS w, 6 / r.w AS q ORDER BY w DESC, q LIMIT 1";
  EXPECT_EQ(fast_->Rows(failing), plain_->Rows(failing));
}

TEST_P(TraversalTest, ARelationshipIsBoundBeforeItIsUsedAgain) {
  for (const std::string statement :
       {"MATCH ()-[r]->() MATCH (x:A)-[r]->(y) RETURN x.i, y.i",
        "MATCH ()-[r:T]->() WITH r MATCH (x:A)-[r]->(y) RETURN x.i, y.i",
        "MATCH (a)-[r]-(b) MATCH (a)-[r]-(b) RETURN a.i, r.w, b.i",
        "MATCH (n)-[r]->(n) MATCH (n)-[r]->(n) RETURN count(r)",
        "MATCH (x)-[r]-(y)-[s]-(z) MATCH (x)-[r]-(y)-[s]-(z) RETURN x.i, z.i, r.w, s.w",
        "MATCH (a:A)-[rs:U*]->() MATCH (a)-[rs*]->(z) RETURN z.i",
        "MATCH (a)-[rs:U*]->(c) WITH a, rs, c MATCH p = (a)-[rs*]->(c:A) RETURN length(p), c.i"}) {
    ExpectSame(statement);
  }
  EXPECT_EQ(fast_->SortedRows("MATCH ()-[r]->() MATCH (x:A)-[r]->(y) RETURN id(r), x.i, y.i"),
            fast_->SortedRows("MATCH (x:A)-[r]->(y) RETURN id(r), x.i, y.i"));
}

TEST_P(TraversalTest, DatesAreComparedWhileHopping) {
  // Those without a date are left to the filter.
  const std::string undated =
      fast_->Rows("MATCH ()-[r]->() WHERE r.valid_from IS NULL RETURN count(*)")[0];
  const std::vector<std::string> plan =
      fast_->Rows("PROFILE MATCH ()-[r]->() WHERE r.valid_from >= date('2025-01-01') RETURN r.w");
  const auto hop = std::find_if(plan.begin(), plan.end(), [](const std::string& line) {
    return line.find("Expand") != std::string::npos;
  });
  ASSERT_NE(hop, plan.end());
  EXPECT_NE(hop->find(absl::StrCat("' | ", undated, " |")), std::string::npos) << *hop;
}

TEST_P(TraversalTest, ConditionsOnTypesAreCheckedWhileHopping) {
  for (const std::string condition :
       {"type(r) = 'T'", "'U' = type(r)", "type(r) IN ['U', 'NONE', 1]", "type(r) = 'NONE'",
        "type(r) = 7", "type(r) IN []", "type(r) = null", "type(r) = 'T' OR a.i = 1",
        "type(r) = 'T' AND type(r) = 'U'"}) {
    for (const std::string arrow : {"-[r]->", "<-[r:T]-", "-[r:T|U]-"}) {
      ExpectSame(
          absl::StrCat("MATCH (a)", arrow, "(b) WHERE ", condition, " RETURN a.i, b.i, r.w"));
      ExpectSame(absl::StrCat("MATCH (a:A), (b:N) MATCH (a)", arrow, "(b) WHERE ", condition,
                              " RETURN a.i, b.i, r.w, r.valid_from"));
    }
  }
}

TEST_P(TraversalTest, ConditionsOnTypesAreEstimatedLikeTypesOfPatterns) {
  const auto estimate = [&](absl::string_view pattern) {
    const std::string hop =
        fast_->Rows(absl::StrCat("EXPLAIN MATCH (a)", pattern, " RETURN a.i, b.i, r"))[1];
    EXPECT_NE(hop.find("Expand"), std::string::npos) << hop;
    return hop.substr(hop.rfind('~'));
  };
  EXPECT_NE(estimate("-[r:T]->(b)"), estimate("-[r]->(b)"));
  EXPECT_EQ(estimate("-[r]->(b) WHERE type(r) = 'T'"), estimate("-[r:T]->(b)"));
  EXPECT_EQ(estimate("-[r:U]->(b) WHERE type(r) = 'T'"), estimate("-[r:NONE]->(b)"));
}

INSTANTIATE_TEST_SUITE_P(RandomGraphs, TraversalTest, testing::Values(1, 2));

// Facts with all kinds of valid time and evidence.
void MakeClaims(QuerySession& query) {
  auto write = query.core()->BeginWrite(nullptr).value();
  ClaimWriter writer(write->graph());
  const RelationId supports = write->graph().DefineRelation({.name = "SUPPORTS"}).value();
  const auto entity = [&](int i) {
    const std::string key = absl::StrCat("e", i);
    return writer.UpsertEntity({.key = key, .name = key}).value().node;
  };
  for (int i = 0; i < 12; ++i) {
    FactInput fact;
    fact.subject = entity(i % 3);
    fact.relation = supports;
    fact.object = entity(3 + i);
    const FactId made = writer.AddFact(fact).value().fact;
    std::vector<EvidenceInput> pieces;
    for (int piece = 0; piece < i % 4; ++piece) {
      ArticleInput article;
      article.key = absl::StrCat("article ", i, " ", piece);
      article.publisher = absl::StrCat("publisher ", piece);
      article.published = Value::String(absl::StrCat("2024-01-0", 1 + piece));
      EvidenceInput evidence;
      evidence.article = writer.UpsertArticle(article).value().node;
      evidence.stance = piece == 1 ? Stance::kDenies : Stance::kReports;
      evidence.confidence = 0.4 + 0.15 * (i % 3) + 0.1 * piece;
      pieces.push_back(evidence);
    }
    ASSERT_TRUE(pieces.empty() || writer.Cite(made, pieces).ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
  ASSERT_TRUE(write->Commit().ok());
  const std::vector<std::string> beginnings = {"date('2024-01-01')",
                                               "date('2023-12-31')",
                                               "datetime('2024-01-01T00:00Z')",
                                               "'2024-01-01'",
                                               "localdatetime('2024-01-01T12:00')",
                                               "null"};
  for (size_t i = 0; i < beginnings.size(); ++i) {
    query.Rows(absl::StrCat("MATCH ()-[r:SUPPORTS]->({key: 'e", 3 + i, "'}) SET r.valid_from = ",
                            beginnings[i], ", r.valid_to = ", beginnings[(i + 1) % 6]));
  }
}

TEST(ExtractTest, WhatStandsBesideRelationshipsIsWhatTheirFactsSay) {
  QuerySession fast;
  SessionOptions options;
  options.disabled_passes = OptimizerPasses();
  QuerySession plain(options);
  MakeClaims(fast);
  MakeClaims(plain);
  const std::string match = "MATCH (a)-[r:SUPPORTS]->(b) ";
  for (const std::string statement :
       {"RETURN b.key, support(r), denial(r), first_reported(r), last_reported(r)",
        "RETURN support(r) AS s, denial(r) AS d, b.key AS k ORDER BY d DESC, s, k LIMIT 5",
        "WHERE contested(r) RETURN b.key", "RETURN b.key, confidence(r), contested(r)",
        "RETURN b.key, r.valid_from, r.valid_to", "WHERE NOT contested(r) RETURN b.key",
        "WHERE r.valid_from >= date('2024-01-01') RETURN b.key",
        "WHERE date('2024-01-01') > r.valid_from RETURN b.key",
        "WHERE r.valid_from = date('2024-01-01') AND contested(r) RETURN b.key",
        "WHERE r.valid_from <= date('2024-01-01') RETURN b.key, r.valid_from",
        "WHERE r.valid_from > datetime('2023-01-01T00:00Z') RETURN b.key, r.valid_from",
        "WHERE r.valid_from = '2024-01-01' RETURN b.key, r.valid_to",
        "WHERE r.valid_from IS NULL OR contested(r) IS NULL RETURN b.key",
        "WITH r AS s RETURN confidence(s), s.valid_from",
        "WHERE 1 / size(b.key) > 0 AND r.valid_from > date('2024-01-01') RETURN b.key",
        "WHERE r.valid_from >= date('2024-01-01') AND 1 / 0 > 0 RETURN b.key",
        "WHERE 1 / 0 > 0 AND contested(r) RETURN b.key",
        "OPTIONAL MATCH (b)-[s]->(c) RETURN b.key, contested(s), confidence(s), s.valid_from"}) {
    for (const std::string lens :
         {"", "FOR KNOWN_TIME AS OF datetime('2024-01-01T12:00Z') ", "CONFIDENCE >= 0.45 "}) {
      const std::string whole = absl::StrCat(lens, match, statement);
      EXPECT_EQ(fast.SortedRows(whole), plain.SortedRows(whole)) << whole;
    }
  }
  // What a statement has written is what it reads afterwards.
  EXPECT_EQ(fast.SortedRows(match + "SET r.valid_from = date('2025-01-01') RETURN r.valid_from"),
            plain.SortedRows(match + "SET r.valid_from = date('2025-01-01') RETURN r.valid_from"));
}

TEST(EvidenceTest, FieldsAsColumnsAreWhatTheMapsSay) {
  QuerySession fast(SessionOptions{.batch_size = 3});
  SessionOptions options;
  options.disabled_passes = {"evidence"};
  QuerySession plain(options);
  MakeClaims(fast);
  MakeClaims(plain);
  const auto uses = [&](const std::string& statement) {
    const std::string plan = absl::StrJoin(fast.Rows("EXPLAIN " + statement), "\n");
    return plan.find("Evidence(") != std::string::npos;
  };
  const std::string match = "MATCH (a)-[r:SUPPORTS]->(b) ";
  const std::string unwind = match + "UNWIND evidence(r) AS e ";
  for (const std::string statement :
       {"RETURN b.key, e.article.key, e.publisher.name, e.published, e.stance",
        "RETURN b.key, e.asserted_by, e.confidence, e.sentence, e.span, e.quote, e.none",
        "WITH b, e WHERE e.stance = 'denies' RETURN b.key, e.confidence", "RETURN count(*)",
        "WITH e AS f RETURN f.stance, count(*), max(f.confidence)",
        "WITH e.article AS x, r MATCH (x) RETURN x.key, confidence(r)",
        "RETURN b.key, [x IN [1, 2] | e.confidence * x]", "RETURN DISTINCT e.stance"}) {
    for (const std::string lens : {"", "FOR KNOWN_TIME AS OF datetime('2024-01-01T12:00Z') "}) {
      const std::string whole = lens + unwind + statement;
      EXPECT_TRUE(uses(whole)) << whole;
      EXPECT_EQ(fast.SortedRows(whole), plain.SortedRows(whole)) << whole;
    }
  }
  for (const std::string statement :
       {"RETURN e", "RETURN keys(e), e.stance", "WITH collect(e) AS all RETURN size(all)",
        "RETURN DISTINCT e, e.stance", "RETURN e['stance'], e.stance",
        "CALL { WITH e RETURN e.stance AS s } RETURN s", "RETURN e {.stance}"}) {
    const std::string whole = unwind + statement;
    EXPECT_FALSE(uses(whole)) << whole;
    EXPECT_EQ(fast.SortedRows(whole), plain.SortedRows(whole)) << whole;
  }
  for (const std::string& statement :
       {match + "RETURN b.key, size(sources(r)), sources(r)",
        "FOR KNOWN_TIME AS OF datetime('2024-01-01T12:00Z') " + match +
            "RETURN b.key, size(sources(r))",
        match + "FOR KNOWN_TIME AS OF datetime('2024-01-02T12:00Z') " + match +
            "RETURN b.key, size(sources(r)) + 1",
        "OPTIONAL " + match + "WHERE b.key = 'none' RETURN size(sources(r))"}) {
    EXPECT_EQ(fast.SortedRows(statement), plain.SortedRows(statement)) << statement;
  }
}

}  // namespace
}  // namespace entente::query
