// The taxonomy as statements make and show it, and what patterns find through it.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/gdelt.h"
#include "engine/plover.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TaxonomyStatementTest : public ::testing::Test {
 protected:
  void SetUp() override {
    query_.Rows(
        "CREATE (a:City {name: 'a'})-[:SHELLS]->(b:Town {name: 'b'})-[:RAIDS]->(c:Place {name: "
        "'c'}), (a)-[:TALKS_TO]->(c)");
  }
  std::vector<std::string> Found(const std::string& pattern) {
    return query_.SortedRows(absl::StrCat("MATCH ", pattern, " RETURN x.name, y.name"));
  }

  QuerySession query_;
};

TEST_F(TaxonomyStatementTest, ATypeMatchesWhatLiesUnderIt) {
  EXPECT_THAT(Found("(x)-[:ATTACKS]->(y)"), IsEmpty());
  EXPECT_THAT(query_.Rows("CREATE RELATION TYPE ACTS"), IsEmpty());
  EXPECT_THAT(query_.Rows("CREATE RELATION TYPE ATTACKS UNDER ACTS"), IsEmpty());
  EXPECT_THAT(query_.Rows("CREATE RELATION TYPE SHELLS UNDER ATTACKS, ACTS"), IsEmpty());
  query_.Rows("CREATE RELATION TYPE RAIDS UNDER ATTACKS");
  EXPECT_THAT(Found("(x)-[:ATTACKS]->(y)"), ElementsAre("'a' | 'b'", "'b' | 'c'"));
  EXPECT_THAT(Found("(x)-[:ACTS*2]->(y)"), ElementsAre("'a' | 'c'"));
  EXPECT_THAT(Found("(x) MATCH (y) WHERE (x)-[:ACTS]->(y)"), ElementsAre("'a' | 'b'", "'b' | 'c'"));
  EXPECT_THAT(query_.Rows("MATCH p = shortestPath(({name: 'a'})-[:ATTACKS*]->({name: 'c'})) "
                          "RETURN [r IN relationships(p) | type(r)]"),
              ElementsAre("['SHELLS', 'RAIDS']"));
  // The exact type stays what type(r) and MERGE go by.
  EXPECT_THAT(query_.Rows("MATCH ()-[r:ATTACKS]->() RETURN DISTINCT type(r) ORDER BY type(r)"),
              ElementsAre("'RAIDS'", "'SHELLS'"));
  query_.Rows("MATCH (x {name: 'a'}), (y {name: 'b'}) MERGE (x)-[:ATTACKS]->(y)");
  EXPECT_THAT(Found("(x)-[:ATTACKS]->(y)"), SizeIs(3));
}

TEST_F(TaxonomyStatementTest, DroppingTakesOutOneParentOrAll) {
  query_.Rows("CREATE RELATION TYPE ATTACKS");
  query_.Rows("CREATE RELATION TYPE HARMS");
  query_.Rows("CREATE RELATION TYPE SHELLS UNDER ATTACKS, HARMS {sign: -1, weight: -9}");
  query_.Rows("CREATE RELATION TYPE RAIDS UNDER ATTACKS");
  EXPECT_THAT(query_.Rows("DROP RELATION TYPE SHELLS UNDER ATTACKS"), IsEmpty());
  EXPECT_THAT(Found("(x)-[:ATTACKS]->(y)"), ElementsAre("'b' | 'c'"));
  EXPECT_THAT(Found("(x)-[:HARMS]->(y)"), ElementsAre("'a' | 'b'"));
  query_.Rows("DROP RELATION TYPE ATTACKS");
  EXPECT_THAT(Found("(x)-[:ATTACKS]->(y)"), IsEmpty());
  EXPECT_THAT(Found("(x)-[:RAIDS]->(y)"), ElementsAre("'b' | 'c'"));
  EXPECT_THAT(query_.Rows("RETURN sign('SHELLS')"), ElementsAre("-1"));
  query_.Rows("DROP RELATION TYPE SHELLS");
  EXPECT_THAT(query_.Rows("RETURN sign('SHELLS')"), ElementsAre("0"));
  EXPECT_THAT(Found("(x)-[:SHELLS]->(y)"), ElementsAre("'a' | 'b'"));
}

TEST_F(TaxonomyStatementTest, CyclesAndUnknownNamesAreErrors) {
  query_.Rows("CREATE RELATION TYPE ATTACKS");
  query_.Rows("CREATE RELATION TYPE SHELLS UNDER ATTACKS");
  EXPECT_THAT(query_.Rows("CREATE RELATION TYPE ATTACKS UNDER SHELLS"),
              ElementsAre("SchemaError: TaxonomyCycle"));
  EXPECT_THAT(query_.Rows("CREATE RELATION TYPE ATTACKS UNDER ATTACKS"),
              ElementsAre("SchemaError: TaxonomyCycle"));
  EXPECT_THAT(query_.Rows("CREATE RELATION TYPE NEW UNDER ATTACK"),
              ElementsAre("SyntaxError: UnknownRelationType"));
  EXPECT_THAT(query_.Rows("DROP RELATION TYPE NEW"),
              ElementsAre("SyntaxError: UnknownRelationType"));
  EXPECT_THAT(query_.Rows("CREATE LABEL City UNDER Plaice"),
              ElementsAre("SyntaxError: UnknownLabel"));
  query_.Rows("CREATE LABEL City UNDER Place");
  EXPECT_THAT(query_.Rows("CREATE LABEL Place UNDER City"),
              ElementsAre("SchemaError: TaxonomyCycle"));
  EXPECT_THAT(Found("(x)-[:SHELLS]->(y)"), ElementsAre("'a' | 'b'"));
}

TEST_F(TaxonomyStatementTest, ALabelMatchesWhatLiesUnderItThroughAnIndexToo) {
  const std::string by_label = "MATCH (n:Place) RETURN n.name";
  const std::string by_name = "MATCH (n:Place) WHERE n.name IN ['a', 'b', 'c'] RETURN n.name";
  query_.Rows("CREATE INDEX ON :Place(name)");
  EXPECT_THAT(query_.Rows(by_label), ElementsAre("'c'"));
  query_.Rows("CREATE LABEL City UNDER Place");
  query_.Rows("CREATE LABEL Town UNDER City");
  EXPECT_THAT(query_.SortedRows(by_label), ElementsAre("'a'", "'b'", "'c'"));
  EXPECT_THAT(query_.SortedRows(by_name), ElementsAre("'a'", "'b'", "'c'"));
  EXPECT_THAT(query_.SortedRows("MATCH (n) WHERE n:City RETURN n.name, labels(n)"),
              ElementsAre("'a' | ['City']", "'b' | ['Town']"));
  // A plan that was made while the index covered the label is not used any more.
  const std::string town = "MATCH (n:Town) WHERE n.name = 'b' RETURN n.name";
  EXPECT_THAT(query_.Rows(town), ElementsAre("'b'"));
  query_.Rows("DROP LABEL City UNDER Place");
  EXPECT_THAT(query_.Rows(town), ElementsAre("'b'"));
  EXPECT_THAT(query_.Rows(by_name), ElementsAre("'c'"));
}

TEST_F(TaxonomyStatementTest, TypesAreShownAsATree) {
  query_.Rows("CREATE RELATION TYPE ACTS");
  query_.Rows("CREATE RELATION TYPE ATTACKS UNDER ACTS {sign: -1, code: '19', weight: -10}");
  query_.Rows("CREATE RELATION TYPE RAIDS UNDER ATTACKS, ACTS {plover: 'ASSAULT'}");
  query_.Rows("CREATE RELATION TYPE SHELLS UNDER ATTACKS {gdelt: '194'}");
  EXPECT_THAT(query_.Rows("SHOW RELATION TYPES"),
              ElementsAre("'ACTS' | 'ACTS' | 0 | null | null | null | null | 2",
                          "'  ATTACKS' | 'ATTACKS' | -1 | '19' | null | null | -10.0 | 2",
                          "'    RAIDS' | 'RAIDS' | 0 | null | 'ASSAULT' | null | null | 1",
                          "'    SHELLS' | 'SHELLS' | 0 | null | null | '194' | null | 1",
                          "'  RAIDS' | 'RAIDS' | 0 | null | 'ASSAULT' | null | null | 1",
                          "'TALKS_TO' | 'TALKS_TO' | 0 | null | null | null | null | 1"));
  query_.Rows("CREATE LABEL City UNDER Place");
  EXPECT_THAT(query_.Rows("SHOW LABELS"),
              ElementsAre("'Place' | 'Place' | 2", "'  City' | 'City' | 1", "'Town' | 'Town' | 1"));
  EXPECT_FALSE(query_.session().Writes("SHOW LABELS").value());
  EXPECT_TRUE(query_.session().Writes("CREATE LABEL x").value());
  EXPECT_TRUE(query_.session().Writes("DROP RELATION TYPE RAIDS").value());
}

TEST_F(TaxonomyStatementTest, WhatATransactionDeclaresIsUndoneWithIt) {
  query_.Rows("CREATE RELATION TYPE ATTACKS");
  query_.Rows("BEGIN");
  query_.Rows("CREATE RELATION TYPE SHELLS UNDER ATTACKS");
  EXPECT_THAT(Found("(x)-[:ATTACKS]->(y)"), SizeIs(1));
  query_.Rows("ROLLBACK");
  EXPECT_THAT(Found("(x)-[:ATTACKS]->(y)"), IsEmpty());
}

TEST_F(TaxonomyStatementTest, SignsWeightsAndQuadClassesFollowTheTypes) {
  query_.Rows("CALL entente.taxonomy('cameo')");
  query_.Rows("CREATE RELATION TYPE SHELLS UNDER FIGHT_WITH_ARTILLERY_AND_TANKS {weight: -9.5}");
  query_.Rows(
      "MATCH (a {name: 'a'}), (c {name: 'c'}) CREATE (a)-[:PROVIDE_MILITARY_AID]->(c), "
      "(a)-[:CONSULT]->(c), (a)-[:ACCUSE]->(c), (a)-[:SUPPORTS]->(c)");
  EXPECT_THAT(query_.SortedRows("MATCH ()-[r]->() WHERE NOT type(r) IN ['RAIDS'] "
                                "RETURN type(r), sign(type(r)), goldstein(r), quad_class(r)"),
              ElementsAre("'ACCUSE' | -1 | -2.0 | 3", "'CONSULT' | 1 | 1.0 | 1",
                          "'PROVIDE_MILITARY_AID' | 1 | 8.3 | 2", "'SHELLS' | 0 | -9.5 | 4",
                          "'SUPPORTS' | 1 | null | null", "'TALKS_TO' | 0 | null | null"));
}

TEST_F(TaxonomyStatementTest, PloverGathersCodesOfCameo) {
  EXPECT_THAT(query_.Rows("CALL entente.taxonomy('plover')"), ElementsAre("16"));
  query_.Rows(
      "MATCH (a {name: 'a'}), (c {name: 'c'}) CREATE (a)-[:PROVIDE_MILITARY_AID]->(c), "
      "(a)-[:CONSULT]->(c), (a)-[:MAKE_A_VISIT]->(c), (a)-[:ACCUSE]->(c), "
      "(a)-[:INVESTIGATE_MILITARY_ACTION]->(c), (a)-[:IMPOSE_BLOCKADE_RESTRICT_MOVEMENT]->(c), "
      "(a)-[:ENGAGE_IN_MASS_KILLINGS]->(c)");
  const auto types = [&](const std::string& type) {
    return query_.SortedRows(absl::StrCat("MATCH ()-[r:", type, "]->() RETURN type(r)"));
  };
  EXPECT_THAT(types("AID"), ElementsAre("'PROVIDE_MILITARY_AID'"));
  EXPECT_THAT(types("CONSULT"), ElementsAre("'CONSULT'", "'MAKE_A_VISIT'"));
  EXPECT_THAT(types("ACCUSE"), ElementsAre("'ACCUSE'", "'INVESTIGATE_MILITARY_ACTION'"));
  EXPECT_THAT(types("COERCE"), ElementsAre("'IMPOSE_BLOCKADE_RESTRICT_MOVEMENT'"));
  EXPECT_THAT(types("ASSAULT"), ElementsAre("'ENGAGE_IN_MASS_KILLINGS'"));
  // One relation type with both codes; declaring again, be it CAMEO alone, changes nothing.
  const auto consult = [&] {
    std::vector<std::string> rows;
    for (const std::string& row : query_.Rows("SHOW RELATION TYPES")) {
      if (row.find("| 'CONSULT' |") != std::string::npos) rows.push_back(row);
    }
    return rows;
  };
  const std::vector<std::string> before = consult();
  ASSERT_FALSE(before.empty());
  EXPECT_THAT(before.front(), HasSubstr("1 | '040' | 'CONSULT' | null | 1.0 | 2"));
  query_.Rows("CALL entente.taxonomy('cameo')");
  query_.Rows("CALL entente.taxonomy('plover')");
  EXPECT_EQ(consult(), before);
  for (const PloverKind& kind : PloverKinds()) {
    EXPECT_THAT(query_.Rows(absl::StrCat("RETURN sign('", kind.name, "')")),
                ElementsAre(absl::StrCat(kind.sign)));
  }
}

TEST_F(TaxonomyStatementTest, GdeltHasCodesOfItsOwn) {
  EXPECT_THAT(query_.Rows("CALL entente.taxonomy('gdelt')"), ElementsAre("280"));
  std::vector<std::string> rows;
  for (const std::string& row : query_.Rows("SHOW RELATION TYPES")) {
    for (const char* name : {"'HALT_NEGOTIATIONS'", "'IMPOSE_EMBARGO_BOYCOTT_OR_SANCTIONS'",
                             "'REJECT_CEASEFIRE_WITHDRAWAL'", "'VETO'"}) {
      const size_t at = row.find(absl::StrCat("| ", name, " |"));
      if (at != std::string::npos) rows.push_back(row.substr(at + 2));
    }
  }
  EXPECT_THAT(rows, testing::IsSupersetOf(
                        {"'HALT_NEGOTIATIONS' | -1 | '164' | null | '163' | -6.5 | 0",
                         "'IMPOSE_EMBARGO_BOYCOTT_OR_SANCTIONS' | -1 | '163' | null | '166' | -8.0 "
                         "| 0",
                         "'REJECT_CEASEFIRE_WITHDRAWAL' | -1 | null | null | '1211' | -4.0 | 0",
                         "'VETO' | -1 | '129' | null | '128' | -5.0 | 0"}));
  query_.Rows(
      "MATCH (a {name: 'a'}), (c {name: 'c'}) CREATE (a)-[:REJECT_CEASEFIRE_WITHDRAWAL]->(c)");
  EXPECT_THAT(query_.Rows("MATCH ()-[r:OPPOSES]->() RETURN type(r), quad_class(r)"),
              ElementsAre("'REJECT_CEASEFIRE_WITHDRAWAL' | 3"));
}

TEST(GdeltTest, TheDifferencesAreATableInOrder) {
  const auto codes = GdeltCodes();
  EXPECT_EQ(codes.size(), 280u);
  for (size_t i = 1; i < codes.size(); ++i) EXPECT_LT(codes[i - 1].code, codes[i].code);
  for (const CameoCode& difference : GdeltDifferences()) {
    for (const CameoCode& code : CameoCodes()) {
      if (code.code == difference.code) {
        EXPECT_NE(code.name, difference.name);
      }
      // An event that both have weighs the same in both.
      if (code.name == difference.name) {
        EXPECT_EQ(code.goldstein, difference.goldstein);
      }
    }
  }
}

}  // namespace
}  // namespace entente::query
