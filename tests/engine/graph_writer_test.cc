#include "engine/graph_writer.h"

#include "engine/error.h"
#include "engine/maintenance.h"
#include "gmock/gmock.h"
#include "storage/nodes.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string DetailOf(const absl::Status& status) { return ErrorInfoOf(status).detail; }

std::vector<std::string> LabelNames(const Graph& graph, NodeId node) {
  std::vector<std::string> names;
  for (LabelId label : Must(graph.Labels(node))) {
    names.push_back(graph.catalogue().label(label).name);
  }
  return names;
}

std::vector<NodeId> All(std::unique_ptr<NodeScan> scan, size_t portion) {
  std::vector<NodeId> nodes;
  while (Must(scan->Next(portion, &nodes))) {
  }
  return nodes;
}

TEST(GraphWriterTest, NodesKeepLabelsInTheOrderOfAdditionAndPropertiesByName) {
  OpenGraph open;
  const NodeId node = open.Node({{"z", Value::Integer(1)}, {"a", Text("x")}, {"n", Value::Null()}},
                                {"B", "A", "B"});
  EXPECT_THAT(LabelNames(open.graph(), node), ElementsAre("B", "A"));
  const std::vector<MapEntry> properties = Must(open.graph().NodeProperties(node));
  ASSERT_EQ(properties.size(), 2u);
  EXPECT_EQ(properties[0].first, "a");
  EXPECT_EQ(properties[1].first, "z");
  EXPECT_TRUE(Must(open.graph().NodeProperty(node, "n")).is_null());
  EXPECT_TRUE(Must(open.graph().NodeProperty(node, "never seen")).is_null());

  MustBeOk(open.graph().AddLabels(node, {"C", "A"}));
  MustBeOk(open.graph().RemoveLabels(node, {"B", "unknown"}));
  EXPECT_THAT(LabelNames(open.graph(), node), ElementsAre("A", "C"));
  MustBeOk(open.graph().SetNodeProperty(node, "a", Value::Null()));
  MustBeOk(open.graph().SetNodeProperty(node, "b", Value::Boolean(true)));
  EXPECT_EQ(Must(open.graph().NodeProperties(node)).size(), 2u);
  MustBeOk(open.graph().SetNodeProperties(node, {{"c", Value::Float(0.5)}}, /*merge=*/true));
  EXPECT_EQ(Must(open.graph().NodeProperties(node)).size(), 3u);
  MustBeOk(open.graph().SetNodeProperties(node, {{"c", Value::Float(1.5)}}, /*merge=*/false));
  EXPECT_EQ(Must(open.graph().NodeProperties(node)).size(), 1u);
  EXPECT_EQ(Must(open.graph().NodeProperty(node, "c")).floating(), 1.5);
}

TEST(GraphWriterTest, MapsAndNodesCannotBeProperties) {
  OpenGraph open;
  const absl::Status status =
      open.graph().CreateNode({}, {{"m", Value::Map({{"a", Value::Integer(1)}})}}).status();
  EXPECT_EQ(DetailOf(status), "InvalidPropertyType");
  const NodeId node = open.Node();
  EXPECT_EQ(DetailOf(open.graph().SetNodeProperty(node, "m", Value::Node(node))),
            "InvalidPropertyType");
}

TEST(GraphWriterTest, ScansGiveEachNodeOnceInOrderWhateverThePortion) {
  OpenGraph open;
  MustBeOk(open.graph().DefineLabel({"Place", {}}).status());
  const LabelId place = open.graph().catalogue().FindLabel("Place");
  MustBeOk(open.graph().DefineLabel({"City", {place}}).status());
  std::vector<NodeId> all, places;
  for (int i = 0; i < 7; ++i) {
    std::vector<std::string> labels;
    if (i % 2 == 0) labels.push_back("City");
    if (i % 3 == 0) labels.push_back("Place");
    const NodeId node = open.Node({}, labels);
    all.push_back(node);
    if (!labels.empty()) places.push_back(node);
  }
  all.push_back(open.Node({}, {"Article"}));
  EXPECT_TRUE(IsArticle(all.back()));
  for (size_t portion : {1u, 2u, 3u, 100u}) {
    EXPECT_EQ(All(open.graph().ScanNodes(), portion), all);
    EXPECT_EQ(All(open.graph().ScanLabel(place), portion), places);
  }
  EXPECT_TRUE(Must(open.graph().HasLabel(places[1], place)));
  EXPECT_FALSE(Must(open.graph().HasLabel(all[1], place)));
  EXPECT_EQ(open.graph().NodeCount(), 8u);
  EXPECT_EQ(open.graph().LabelCount(open.graph().catalogue().FindLabel("City")), 4u);
}

TEST(GraphWriterTest, WhatIsDeletedIsNotThereAnyMore) {
  OpenGraph open;
  const NodeId a = open.Node({}, {"A"});
  const NodeId b = open.Node();
  const FactId fact = open.Relate(a, "KNOWS", b);
  EXPECT_EQ(DetailOf(open.graph().DeleteNode(a)), "DeleteConnectedNode");
  EXPECT_EQ(DetailOf(open.graph().DeleteNode(b)), "DeleteConnectedNode");
  MustBeOk(open.graph().DeleteRelationship(fact));
  MustBeOk(open.graph().DeleteRelationship(fact));
  MustBeOk(open.graph().DeleteNode(a));
  MustBeOk(open.graph().DeleteNode(a));
  EXPECT_FALSE(Must(open.graph().HasNode(a)));
  EXPECT_FALSE(Must(open.graph().HasRelationship(fact)));
  EXPECT_EQ(DetailOf(open.graph().Labels(a).status()), "DeletedEntityAccess");
  EXPECT_EQ(DetailOf(open.graph().RelationshipProperty(fact, "x").status()), "DeletedEntityAccess");
  EXPECT_EQ(DetailOf(open.graph().CreateRelationship(a, "KNOWS", b, {}).status()),
            "DeletedEntityAccess");
  EXPECT_EQ(open.graph().NodeCount(), 1u);
  EXPECT_EQ(open.graph().RelationshipCount(), 0u);
  EXPECT_EQ(open.graph().RelationCount(open.graph().catalogue().FindRelation("KNOWS")), 0u);
  EXPECT_THAT(All(open.graph().ScanLabel(open.graph().catalogue().FindLabel("A")), 10), IsEmpty());
  // Ids are not given again.
  EXPECT_GT(open.Node(), b);
}

TEST(GraphWriterTest, ReadersSeeOnlyWhatIsCommitted) {
  OpenGraph open;
  const std::unique_ptr<ReadTransaction> before = Must(open.core().BeginRead());
  const NodeId node = open.Node({{"name", Text("Peru")}}, {"Country"});
  EXPECT_FALSE(Must(Must(open.core().BeginRead())->graph().HasNode(node)));
  open.Commit();
  EXPECT_FALSE(Must(before->graph().HasNode(node)));
  EXPECT_EQ(before->graph().catalogue().FindLabel("Country"), kNoSymbol);
  const std::unique_ptr<ReadTransaction> after = Must(open.core().BeginRead());
  EXPECT_TRUE(Must(after->graph().HasNode(node)));
  EXPECT_THAT(LabelNames(after->graph(), node), ElementsAre("Country"));
}

TEST(GraphWriterTest, RollingBackToASavepointUndoesDataAndCatalogue) {
  OpenGraph open;
  const NodeId kept = open.Node({{"key", Text("k")}}, {"Kept"});
  open.graph().SetSavepoint();
  open.graph().SetSavepoint();
  const NodeId gone = open.Node({{"key", Text("g")}, {"p", Value::Integer(1)}}, {"Gone"});
  const FactId fact = open.Relate(kept, "GONE", gone);
  MustBeOk(open.graph().RollbackToSavepoint());
  EXPECT_FALSE(Must(open.graph().HasNode(gone)));
  EXPECT_FALSE(Must(open.graph().HasRelationship(fact)));
  EXPECT_EQ(open.graph().catalogue().FindLabel("Gone"), kNoSymbol);
  EXPECT_EQ(open.graph().catalogue().FindRelation("GONE"), kNoSymbol);
  EXPECT_EQ(Must(open.graph().FindKey("g")), kNoId);
  EXPECT_THAT(Expand(open.graph(), kept, Heading::kEither), IsEmpty());
  const NodeId other = open.Node({{"q", Value::Integer(2)}}, {"Other"});
  open.graph().ReleaseSavepoint();
  open.CommitAndBegin();
  EXPECT_THAT(LabelNames(open.graph(), other), ElementsAre("Other"));
  EXPECT_EQ(Must(open.graph().NodeProperty(other, "q")).integer(), 2);
  EXPECT_EQ(open.graph().catalogue().FindLabel("Gone"), kNoSymbol);
}

TEST(GraphWriterTest, TheFirstNodeWithAKeyHasIt) {
  OpenGraph open;
  const NodeId first = open.Node({{"key", Text("k")}});
  const NodeId second = open.Node({{"key", Text("k")}});
  EXPECT_EQ(Must(open.graph().FindKey("k")), first);
  std::vector<NodeId> bearers;
  MustBeOk(open.graph().AddKeyBearers("k", &bearers));
  EXPECT_THAT(bearers, ElementsAre(first, second));
  MustBeOk(open.graph().DeleteNode(second));
  EXPECT_EQ(Must(open.graph().FindKey("k")), first);
  MustBeOk(open.graph().SetNodeProperty(first, "key", Text("l")));
  EXPECT_EQ(Must(open.graph().FindKey("k")), kNoId);
  EXPECT_EQ(Must(open.graph().FindKey("l")), first);
  MustBeOk(open.graph().DeleteNode(first));
  EXPECT_EQ(Must(open.graph().FindKey("l")), kNoId);
}

TEST(GraphWriterTest, TheNextBearerInheritsAKeyAndItsCopies) {
  OpenGraph open;
  const NodeId first = open.Node({{"key", Text("wire")}}, {"Article"});
  const NodeId copy = open.Node({{"copy_of", Text("wire")}}, {"Article"});
  const NodeId second = open.Node({{"key", Text("wire")}}, {"Article"});
  MustBeOk(open.graph().DeleteNode(first));
  EXPECT_EQ(Must(open.graph().FindKey("wire")), second);
  EXPECT_EQ(Must(storage::ReadNode(open.graph().view(), copy))->original, second);
  MustBeOk(open.graph().DeleteNode(second));
  EXPECT_EQ(Must(open.graph().FindKey("wire")), kNoId);
  EXPECT_EQ(Must(storage::ReadNode(open.graph().view(), copy))->original, kNoId);
}

TEST(GraphWriterTest, NamesFollowThePropertyAndAliases) {
  OpenGraph open;
  const NodeId korea = open.Node({{"key", Text("iso:PRK")}, {"name", Text("North  Korea")}});
  ClaimWriter writer(open.graph());
  EXPECT_TRUE(Must(writer.AddName(korea, {"Nordkorea", "de", ""})));
  EXPECT_FALSE(Must(writer.AddName(korea, {"Nordkorea", "de", ""})));
  EXPECT_TRUE(Must(writer.AddName(korea, {"북한", "ko", ""})));
  for (const char* text : {"iso:PRK", "north korea", "NORDKOREA", " 북한 "}) {
    EXPECT_EQ(Must(open.graph().ResolveName(text)), korea) << text;
  }
  EXPECT_EQ(Must(open.graph().ResolveName("Südkorea")), kNoId);
  const std::vector<NameMatch> found = Must(open.graph().FindName("nordKOREA"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].name, "Nordkorea");
  EXPECT_EQ(found[0].language, "de");
  const std::vector<EntityName> names = Must(open.graph().Names(korea));
  ASSERT_EQ(names.size(), 3u);
  EXPECT_EQ(names[0].script, "Latn");
  EXPECT_EQ(names[2].script, "Hang");
  EXPECT_THAT(Must(open.graph().NearestNames("Nordkoera", 3)), ElementsAre("Nordkorea"));

  MustBeOk(open.graph().SetNodeProperty(korea, "name", Text("Nordkorea")));
  EXPECT_EQ(Must(open.graph().ResolveName("North Korea")), kNoId);
  EXPECT_EQ(Must(open.graph().ResolveName("nordkorea")), korea);
  MustBeOk(open.graph().SetNodeProperty(korea, "name", Value::Null()));
  EXPECT_EQ(Must(open.graph().FindName("Nordkorea"))[0].language, "de");
  EXPECT_EQ(Must(open.graph().DisplayName(korea)), "iso:PRK");
  MustBeOk(open.graph().DeleteNode(korea));
  EXPECT_EQ(Must(open.graph().ResolveName("nordkorea")), kNoId);
}

TEST(GraphWriterTest, SimilarNamesFollowEveryChange) {
  OpenGraph open;
  const auto found = [&](absl::string_view text) {
    std::vector<NodeId> nodes;
    for (const NameMatch& match : Must(open.graph().FindSimilarNames(text, 10))) {
      nodes.push_back(match.node);
    }
    return nodes;
  };
  const NodeId korea = open.Node({{"name", Text("North Korea")}});
  const NodeId south = open.Node({{"name", Text("South Korea")}});
  EXPECT_THAT(found("Noth Korea"), ElementsAre(korea, south));
  open.CommitAndBegin();
  EXPECT_THAT(found("Noth Korea"), ElementsAre(korea, south));
  MustBeOk(open.graph().SetNodeProperty(south, "name", Text("ROK")));
  EXPECT_THAT(found("Noth Korea"), ElementsAre(korea));
  ClaimWriter writer(open.graph());
  MustBeOk(writer.AddName(south, {"남한", "ko", ""}).status());
  EXPECT_THAT(found("Namhan"), ElementsAre(south));
  open.graph().SetSavepoint();
  MustBeOk(open.graph().DeleteNode(korea));
  EXPECT_THAT(found("Noth Korea"), IsEmpty());
  MustBeOk(open.graph().RollbackToSavepoint());
  EXPECT_THAT(found("Noth Korea"), ElementsAre(korea));
  MustBeOk(open.graph().DeleteNode(korea));
  open.CommitAndBegin();
  EXPECT_THAT(found("Noth Korea"), IsEmpty());
  EXPECT_THAT(found("Namhan"), ElementsAre(south));
}

TEST(GraphWriterTest, CanonicalNamesComeBeforeAliasesAndSeveralAreAmbiguous) {
  OpenGraph open;
  const NodeId congo = open.Entity("c1", "Congo");
  const NodeId kinshasa = open.Entity("c2", "Congo-Kinshasa");
  ClaimWriter writer(open.graph());
  MustBeOk(writer.AddName(kinshasa, {"Congo", "en", ""}).status());
  EXPECT_EQ(Must(open.graph().ResolveName("congo")), congo);
  open.Entity("c3", "CONGO");
  const absl::Status status = open.graph().ResolveName("congo").status();
  EXPECT_EQ(DetailOf(status), "AmbiguousName");
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("c1"));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("c3"));
}

TEST(GraphWriterTest, ValidTimeIsAPropertyLikeAnyOther) {
  OpenGraph open;
  const NodeId a = open.Node();
  const FactId fact = open.Relate(a, "R", a,
                                  {{"valid_from", OpenGraph::Day("2024-06-01")},
                                   {"valid_to", OpenGraph::Moment("2024-07-01T12:00:00.5Z")},
                                   {"other", Value::Integer(1)}});
  open.CommitAndBegin();
  const auto property = [&](const char* name) {
    return Must(open.graph().RelationshipProperty(fact, name));
  };
  EXPECT_EQ(property("valid_from").date().days, Must(ParseDate("2024-06-01")).days);
  EXPECT_EQ(property("valid_to").date_time().nanoseconds, 500'000'000);
  const std::vector<MapEntry> all = Must(open.graph().RelationshipProperties(fact));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].first, "other");
  EXPECT_EQ(all[1].first, "valid_from");
  EXPECT_EQ(all[2].first, "valid_to");
  EXPECT_EQ(Must(open.graph().ValidPrecision(fact, "valid_from")).string(), "day");
  EXPECT_EQ(Must(open.graph().ValidPrecision(fact, "valid_to")).string(), "instant");

  MustBeOk(open.graph().SetRelationshipProperty(fact, "valid_from", Text("once")));
  EXPECT_EQ(property("valid_from").string(), "once");
  EXPECT_TRUE(Must(open.graph().ValidPrecision(fact, "valid_from")).is_null());
  MustBeOk(open.graph().SetRelationshipProperty(fact, "valid_from", OpenGraph::Day("2020-01-01")));
  EXPECT_TRUE(property("valid_from").type() == Value::Type::kDate);
  const ValidEnd june = ValidEndOf(Must(ParsePartialDate("2024-06")));
  MustBeOk(open.graph().SetValidTime(fact, june, ValidEnd()));
  EXPECT_EQ(Must(open.graph().ValidPrecision(fact, "valid_from")).string(), "month");
  EXPECT_TRUE(property("valid_to").is_null());
  const Value far = Value::OfDate(Date{300'000'000'000});
  MustBeOk(open.graph().SetRelationshipProperties(fact, {{"valid_to", far}}, /*merge=*/false));
  EXPECT_EQ(property("valid_to").date().days, 300'000'000'000);
  EXPECT_TRUE(property("valid_from").is_null());
  EXPECT_TRUE(property("other").is_null());
}

TEST(GraphWriterTest, MergeLooksAmongExactlyThisTypeWhateverIsVisible) {
  OpenGraph open;
  const NodeId a = open.Node();
  const NodeId b = open.Node();
  const RelationId parent = Must(open.graph().NeedRelation("PARENT"));
  MustBeOk(open.graph().DefineRelation({"CHILD", {parent}}).status());
  const FactId one = open.Relate(a, "PARENT", b);
  const FactId two = open.Relate(a, "CHILD", b);
  open.Relate(b, "PARENT", a);
  open.Cite(one, open.Article("x"), Stance::kDenies, 0.9);
  EXPECT_THAT(Must(open.graph().ExactRelationships(a, "PARENT", b)), ElementsAre(one));
  EXPECT_THAT(Must(open.graph().ExactRelationships(a, "NONE", b)), IsEmpty());
  EXPECT_EQ(Must(open.graph().AllRelationships(a)).size(), 3u);
  const RelationSet types = open.graph().ResolveTypes({"PARENT", "NONE"});
  EXPECT_THAT(Expand(open.graph(), a, Heading::kOut, types), ElementsAre(two));
}

TEST(GraphWriterTest, FilledValuesCarryWhatIsThereNow) {
  OpenGraph open;
  const NodeId a = open.Node({{"name", Text("a")}}, {"A"});
  const NodeId b = open.Node();
  const Value relationship = Must(
      open.graph().CreateRelationship(a, "R", b, {{"valid_from", OpenGraph::Day("2024-01-01")}}));
  PathContent path;
  path.nodes = {Value::Node(a), Value::Node(b)};
  path.relationships = {relationship};
  const Value filled = Must(
      open.graph().Fill(Value::List({Value::Path(path), Value::Map({{"n", Value::Node(a)}})})));
  const Value& node = filled.list()[0].path().nodes[0];
  ASSERT_NE(node.node(), nullptr);
  EXPECT_THAT(node.node()->labels, ElementsAre("A"));
  const RelationshipContent& content = filled.list()[0].path().relationships[0].relationship();
  EXPECT_TRUE(content.filled);
  EXPECT_EQ(content.type, "R");
  EXPECT_EQ(content.properties.size(), 1u);
  ASSERT_NE(filled.list()[1].Find("n")->node(), nullptr);

  MustBeOk(open.graph().DeleteRelationship(content.id));
  MustBeOk(open.graph().DeleteNode(a));
  EXPECT_EQ(Must(open.graph().Fill(Value::Node(a))).node(), nullptr);
  EXPECT_EQ(Must(open.graph().Fill(relationship)).relationship().type, "R");
}

}  // namespace
}  // namespace entente
