// Merging entities from the language: entente.merge, entente.unmerge and source_keys.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MergeProcedureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    query_.Rows(
        "CREATE (a:Country {key: 'mmr', name: 'Myanmar'}), (b:Country {key: 'bur', name: "
        "'Burma'}), "
        "(c:Country {key: 'prk', name: 'North Korea'}), (a)-[:SUPPORTS]->(c), "
        "(b)-[:SUPPORTS]->(c), "
        "(:Article {key: '1', publisher: 'Burma', published: '2024-01-01'}), "
        "(:Article {key: '2', publisher: 'Other', published: '2024-02-01'})");
    query_.Rows(
        "MATCH ({key: 'mmr'})-[r]->(), (x:Article {key: '1'}) "
        "CALL entente.cite(r, x, {confidence: 0.5, asserted_by: 'Burma'}) YIELD added RETURN "
        "added");
  }
  std::vector<std::string> Merge() {
    return query_.Rows(
        "MATCH (a {key: 'mmr'}), (b {key: 'bur'}) "
        "CALL entente.merge(a, b) YIELD id RETURN id = 1");
  }
  std::vector<std::string> Facts(const std::string& lens = "") {
    return query_.SortedRows(lens +
                             " MATCH (s)-[r:SUPPORTS]->(o) RETURN s.name, o.name, "
                             "[e IN evidence(r) | e.asserted_by.name], sources(r)");
  }

  QuerySession query_;
};

TEST_F(MergeProcedureTest, MakesTwoEntitiesOneAndTwoAgain) {
  const std::vector<std::string> before = Facts();
  EXPECT_THAT(before, ElementsAre("'Burma' | 'North Korea' | [] | []",
                                  "'Myanmar' | 'North Korea' | ['Burma'] | ['Burma']"));
  EXPECT_THAT(Merge(), ElementsAre("true"));
  // Relationships of CREATE have no identity by which they could be united.
  const std::vector<std::string> merged = {"'Myanmar' | 'North Korea' | ['Myanmar'] | ['Myanmar']",
                                           "'Myanmar' | 'North Korea' | [] | []"};
  EXPECT_EQ(Facts(), merged);
  EXPECT_THAT(query_.Rows("RETURN entity('bur').key, entity('Burma').key, "
                          "source_keys(entity('mmr')), size(articles(entity('mmr')))"),
              ElementsAre("'mmr' | 'mmr' | ['mmr', 'bur'] | 1"));
  EXPECT_THAT(query_.Rows("MATCH (n {key: 'bur'}) RETURN n"), IsEmpty());
  EXPECT_THAT(query_.Rows("CALL entente.unmerge(1) YIELD node RETURN node.key"),
              ElementsAre("'bur'"));
  EXPECT_EQ(Facts(), before);
  EXPECT_THAT(query_.Rows("RETURN source_keys(entity('mmr')), size(articles(entity('Burma')))"),
              ElementsAre("['mmr'] | 1"));
}

TEST_F(MergeProcedureTest, LensesSeeTheEntitiesMergedAtEveryTime) {
  Merge();
  const std::vector<std::string> quoted = {"'Myanmar' | 'North Korea' | ['Myanmar'] | ['Myanmar']"};
  for (const char* lens :
       {"ACCORDING TO 'Burma'", "ACCORDING TO 'mmr'", "FOR KNOWN_TIME AS OF date('2024-01-02')"}) {
    EXPECT_EQ(Facts(lens), quoted) << lens;
  }
  EXPECT_THAT(Facts("EXCEPT 'bur'"), IsEmpty());
}

TEST_F(MergeProcedureTest, AStatementThatFailsHasMergedNothing) {
  const std::vector<std::string> before = Facts();
  EXPECT_THAT(query_.Rows("MATCH (a {key: 'mmr'}), (b {key: 'bur'}) CALL entente.merge(a, b) "
                          "YIELD id RETURN 1 / (id - 1)"),
              ElementsAre("ArithmeticError: DivisionByZero"));
  EXPECT_EQ(Facts(), before);
  query_.Rows("BEGIN");
  Merge();
  query_.Rows("ROLLBACK");
  EXPECT_EQ(Facts(), before);
}

TEST_F(MergeProcedureTest, OnlyWhatChangesEntitiesWrites) {
  Session& session = query_.session();
  EXPECT_FALSE(session.Writes("CALL entente.find('Burma')").value());
  EXPECT_TRUE(session.Writes("CALL entente.merge($node, $other)").value());
  EXPECT_TRUE(session.Writes("CALL entente.unmerge(1)").value());
}

TEST_F(MergeProcedureTest, WhatCannotBeMergedIsAnArgumentError) {
  for (const char* pair : {"(a), (b:Article)", "(b:Article), (a)"}) {
    EXPECT_THAT(query_.Rows(absl::StrCat("MATCH ", pair, " CALL entente.merge(a, b) YIELD id ",
                                         "RETURN id")),
                ElementsAre("ArgumentError: InvalidArgumentValue"));
  }
  EXPECT_THAT(query_.Rows("MATCH (a {key: 'mmr'}) CALL entente.merge(a, a) YIELD id RETURN id"),
              ElementsAre("ArgumentError: InvalidArgumentValue"));
  EXPECT_THAT(query_.Rows("CALL entente.unmerge(1)"),
              ElementsAre("ArgumentError: InvalidArgumentValue"));
  EXPECT_THAT(query_.Rows("CALL entente.unmerge(-1)"),
              ElementsAre("ArgumentError: InvalidArgumentValue"));
}

}  // namespace
}  // namespace entente::query
