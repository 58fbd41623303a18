#include "engine/catalogue.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente {
namespace {

using ::testing::ElementsAre;

RelationType Type(const char* name, std::vector<RelationId> parents = {}) {
  RelationType type;
  type.name = name;
  type.parents = std::move(parents);
  return type;
}

TEST(CatalogueTest, NamesLeadToIdsAndBack) {
  Catalogue catalogue;
  EXPECT_EQ(catalogue.FindLabel("A"), kNoSymbol);
  const LabelId a = catalogue.AddLabel({"A", {}});
  const LabelId b = catalogue.AddLabel({"B", {}});
  EXPECT_EQ(catalogue.FindLabel("A"), a);
  EXPECT_EQ(catalogue.FindLabel("a"), kNoSymbol);
  EXPECT_EQ(catalogue.label(b).name, "B");
  EXPECT_EQ(catalogue.AddProperty("p"), 0u);
  EXPECT_EQ(catalogue.FindProperty("p"), 0u);
}

TEST(CatalogueTest, DescendantsFollowEveryWayDownOnce) {
  Catalogue catalogue;
  const RelationId top = catalogue.AddRelation(Type("TOP"));
  const RelationId left = catalogue.AddRelation(Type("LEFT", {top}));
  const RelationId right = catalogue.AddRelation(Type("RIGHT", {top}));
  const RelationId bottom = catalogue.AddRelation(Type("BOTTOM", {left, right}));
  EXPECT_THAT(catalogue.DescendantRelations(top), ElementsAre(top, left, right, bottom));
  EXPECT_THAT(catalogue.DescendantRelations(right), ElementsAre(right, bottom));
  EXPECT_THAT(catalogue.DescendantRelations(bottom), ElementsAre(bottom));

  ASSERT_TRUE(catalogue.SetRelation(bottom, Type("BOTTOM", {right})).ok());
  EXPECT_THAT(catalogue.DescendantRelations(left), ElementsAre(left));
}

TEST(CatalogueTest, CyclesAreRefusedAndChangeNothing) {
  Catalogue catalogue;
  const RelationId a = catalogue.AddRelation(Type("A"));
  const RelationId b = catalogue.AddRelation(Type("B", {a}));
  const RelationId c = catalogue.AddRelation(Type("C", {b}));
  EXPECT_FALSE(catalogue.SetRelation(a, Type("A", {c})).ok());
  EXPECT_FALSE(catalogue.SetRelation(a, Type("A", {a})).ok());
  EXPECT_FALSE(catalogue.SetRelation(a, Type("A", {99})).ok());
  EXPECT_FALSE(catalogue.SetRelation(a, Type("OTHER")).ok());
  EXPECT_TRUE(catalogue.relation(a).parents.empty());
  EXPECT_THAT(catalogue.DescendantRelations(a), ElementsAre(a, b, c));
  EXPECT_FALSE(Catalogue::Make({{"X", {1}}, {"Y", {0}}}, {}, {}).ok());
  EXPECT_FALSE(Catalogue::Make({{"X", {}}, {"X", {}}}, {}, {}).ok());
  EXPECT_FALSE(Catalogue::Make({}, {Type("R", {7})}, {}).ok());
  // Parents may come after their children when a whole catalogue is read.
  const absl::StatusOr<Catalogue> made = Catalogue::Make({}, {Type("C", {1}), Type("P")}, {"p"});
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->DescendantRelations(1), ElementsAre(0, 1));
}

TEST(CatalogueTest, MistypedTypesHaveNeighbours) {
  Catalogue catalogue;
  catalogue.AddRelation(Type("SUPPORTS"));
  catalogue.AddRelation(Type("OPPOSES"));
  EXPECT_THAT(catalogue.NearestRelations("suports", 3), ElementsAre("SUPPORTS"));
}

}  // namespace
}  // namespace entente
