// Procedures that every database has, and what questions make of a taxonomy that is declared or
// not.
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "query/procedures.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(TaxonomyTest, WithoutATaxonomyAQuestionAnswersFromTheTypeAlone) {
  QuerySession query;
  EXPECT_THAT(query.Rows("WHO SUPPORTS WHOM?"), IsEmpty());
  EXPECT_THAT(query.Rows("who supports whom?"), IsEmpty());
  EXPECT_THAT(query.Rows("WHO PROVIDE_MILITARY_AID|ATTACKS WHOM?"), IsEmpty());
  EXPECT_THAT(query.Rows("WHO FEEDS WHOM?"), ElementsAre("SyntaxError: UnknownRelationType"));
  query.Rows(
      "CREATE (a {name: 'a'})-[:SUPPORTS]->(b {name: 'b'}), (a)-[:PROVIDE_MILITARY_AID]->(b)");
  EXPECT_THAT(query.Rows("WHO SUPPORTS WHOM?"), ElementsAre(HasSubstr("'a' | 'SUPPORTS' | 'b'")));
  EXPECT_THAT(query.Rows("MATCH ()-[:SUPPORTS]->() RETURN 1"), SizeIs(1));
}

TEST(TaxonomyTest, CallDeclaresIt) {
  QuerySession query;
  query.Rows(
      "CREATE (a {name: 'a'})-[:SUPPORTS]->(b {name: 'b'}), (a)-[:PROVIDE_MILITARY_AID]->(b)");
  EXPECT_TRUE(query.session().Writes("CALL entente.taxonomy('cameo')").value());
  EXPECT_THAT(query.Rows("CALL entente.taxonomy('cameo')"), ElementsAre("320"));
  EXPECT_THAT(query.Rows("WHO SUPPORTS WHOM?"), SizeIs(2));
  EXPECT_THAT(query.Rows("MATCH ()-[:AIDS]->() RETURN 1"), SizeIs(1));
  // Again, and within a query.
  EXPECT_THAT(
      query.Rows("UNWIND ['cameo', 'CAMEO'] AS name CALL entente.taxonomy(name) YIELD types "
                 "RETURN name, types"),
      ElementsAre("'cameo' | 320", "'CAMEO' | 320"));
  EXPECT_THAT(query.Rows("WHO SUPPORTS WHOM?"), SizeIs(2));
}

TEST(TaxonomyTest, OthersAreUnknown) {
  QuerySession query;
  EXPECT_THAT(query.Rows("CALL entente.taxonomy('linnaeus')"),
              ElementsAre("ArgumentError: InvalidArgumentValue"));
  EXPECT_THAT(query.Rows("CALL entente.taxonomy(1)"),
              ElementsAre("SyntaxError: InvalidArgumentType"));
  EXPECT_THAT(query.Rows("CALL entente.taxonomy()"),
              ElementsAre("SyntaxError: InvalidNumberOfArguments"));
  EXPECT_THAT(query.Rows("UNWIND [null] AS x CALL entente.taxonomy(x) YIELD types RETURN types"),
              ElementsAre("TypeError: InvalidArgumentType"));
  EXPECT_THAT(query.Rows("CALL entente.taxonomies('cameo')"),
              ElementsAre("ProcedureError: ProcedureNotFound"));
}

TEST(ProcedureTest, TheReferenceNamesThemAll) {
  std::ifstream file(ENTENTE_SOURCE_DIR "/query/REFERENCE.md");
  std::stringstream page;
  page << file.rdbuf();
  for (const BuiltInProcedure& procedure : BuiltInProcedures()) {
    EXPECT_THAT(page.str(), HasSubstr(absl::StrCat("`CALL ", procedure.signature.name, "(")));
  }
}

}  // namespace
}  // namespace entente::query
