#include "engine/claim_writer.h"

#include "engine/error.h"
#include "gmock/gmock.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ClaimWriterTest : public ::testing::Test {
 protected:
  ClaimWriterTest() : writer_(std::make_unique<ClaimWriter>(open_.graph())) {}

  // Ends one import and begins the next.
  void NextImport() {
    MustBeOk(writer_->Finish());
    open_.SealAndBegin();
    writer_ = std::make_unique<ClaimWriter>(open_.graph());
  }
  FactInput Input(NodeId subject, NodeId object, const std::string& from = "",
                  const std::string& to = "") {
    FactInput input;
    input.subject = subject;
    input.relation = Must(open_.graph().NeedRelation("SUPPORTS"));
    input.object = object;
    if (!from.empty()) input.valid_from = ValidEndOf(Must(ParsePartialDate(from)));
    if (!to.empty()) input.valid_to = ValidEndOf(Must(ParsePartialDate(to)));
    return input;
  }
  EntityInput Entity(const std::string& key, const std::string& name) {
    EntityInput input;
    input.key = key;
    input.name = name;
    return input;
  }
  std::vector<FactId> FactsAt(NodeId node) { return Must(open_.graph().AllRelationships(node)); }

  OpenGraph open_;
  std::unique_ptr<ClaimWriter> writer_;
};

TEST_F(ClaimWriterTest, UpsertingAgainChangesNothingAndLaterValuesReplace) {
  EntityInput input = Entity("iso:PRK", "North Korea");
  input.labels = {"Country"};
  input.names = {{"Nordkorea", "de", ""}};
  input.properties = {{"population", Value::Integer(26)}, {"unknown", Value::Null()}};
  const ClaimWriter::Upserted first = Must(writer_->UpsertEntity(input));
  EXPECT_TRUE(first.created);
  NextImport();
  const ClaimWriter::Upserted again = Must(writer_->UpsertEntity(input));
  EXPECT_EQ(again.node, first.node);
  EXPECT_FALSE(again.created);
  EXPECT_FALSE(again.changed);
  EntityInput later = Entity("iso:PRK", "");
  later.labels = {"State"};
  later.properties = {{"population", Value::Integer(27)}};
  EXPECT_TRUE(Must(writer_->UpsertEntity(later)).changed);
  EXPECT_EQ(Must(open_.graph().NodeProperty(first.node, "population")).integer(), 27);
  EXPECT_EQ(Must(open_.graph().DisplayName(first.node)), "North Korea");
  EXPECT_EQ(Must(open_.graph().Labels(first.node)).size(), 2u);
}

TEST_F(ClaimWriterTest, BadInputIsRefusedAndLeavesNothingBehind) {
  EXPECT_TRUE(absl::IsInvalidArgument(writer_->UpsertEntity(Entity("", "x")).status()));
  EntityInput with_map = Entity("k", "x");
  with_map.properties = {{"m", Value::Map({})}};
  EXPECT_TRUE(absl::IsInvalidArgument(writer_->UpsertEntity(with_map).status()));
  ArticleInput article;
  article.key = "a";
  article.published = Text("yesterday");
  EXPECT_TRUE(absl::IsInvalidArgument(writer_->UpsertArticle(article).status()));
  open_.Entity("c1", "Congo");
  open_.Entity("c2", "Congo");
  article.published = Value::Null();
  article.publisher = "Congo";
  EXPECT_EQ(ErrorInfoOf(writer_->UpsertArticle(article).status()).detail, "AmbiguousName");
  article.publisher = "Somebody New";
  article.copy_of = "a";
  EXPECT_FALSE(writer_->UpsertArticle(article).ok());
  EXPECT_EQ(open_.graph().NodeCount(), 2u);
  article.copy_of = "";
  Must(writer_->UpsertArticle(article));
  EXPECT_TRUE(absl::IsInvalidArgument(writer_->UpsertEntity(Entity("a", "")).status()));
  EXPECT_FALSE(writer_->Resolve("  ").ok());
  const NodeId node = Must(open_.graph().FindKey("c1"));
  const FactId fact = Must(writer_->AddFact(Input(node, node))).fact;
  EvidenceInput evidence;
  evidence.article = node;
  EXPECT_TRUE(absl::IsInvalidArgument(writer_->Cite(fact, {evidence}).status()));
  evidence.article = Must(open_.graph().FindKey("a"));
  evidence.confidence = 1.5;
  EXPECT_TRUE(absl::IsInvalidArgument(writer_->Cite(fact, {evidence}).status()));
}

TEST_F(ClaimWriterTest, FactsAreFoundAgainByTheirIdentity) {
  const NodeId a = open_.Entity("a");
  const NodeId b = open_.Entity("b");
  const FactInput june = Input(a, b, "2024-06");
  const ClaimWriter::AddedFact first = Must(writer_->AddFact(june));
  EXPECT_TRUE(first.created);
  EXPECT_FALSE(Must(writer_->AddFact(june)).created);
  // The first of June as a day is another identity, as is an end.
  EXPECT_TRUE(Must(writer_->AddFact(Input(a, b, "2024-06-01"))).created);
  EXPECT_TRUE(Must(writer_->AddFact(Input(a, b, "2024-06", "2024-07"))).created);
  EXPECT_TRUE(Must(writer_->AddFact(Input(b, a, "2024-06"))).created);
  FactInput instant = Input(a, b);
  instant.valid_from = *ValidEndOf(OpenGraph::Moment("2024-06-01T10:00Z"));
  EXPECT_TRUE(Must(writer_->AddFact(instant)).created);
  EXPECT_FALSE(Must(writer_->AddFact(instant)).created);
  // The same one made by CREATE has no identity.
  open_.Relate(a, "SUPPORTS", b);
  EXPECT_TRUE(Must(writer_->AddFact(Input(a, b))).created);
  NextImport();
  EXPECT_EQ(Must(writer_->AddFact(june)).fact, first.fact);
  EXPECT_EQ(Must(open_.graph().ValidPrecision(first.fact, "valid_from")).string(), "month");

  // SET does not change the identity.
  MustBeOk(open_.graph().SetRelationshipProperty(first.fact, "valid_from",
                                                 OpenGraph::Day("2020-01-01")));
  MustBeOk(open_.graph().SetRelationshipProperty(first.fact, "x", Value::Integer(1)));
  EXPECT_EQ(Must(writer_->AddFact(june)).fact, first.fact);
  EXPECT_TRUE(Must(writer_->AddFact(Input(a, b, "2020-01-01"))).created);
}

TEST_F(ClaimWriterTest, TheFirstPropertyOfAFactStaysAndOthersAreCounted) {
  const NodeId a = open_.Entity("a");
  FactInput input = Input(a, a);
  input.properties = {{"x", Value::Integer(1)}, {"y", Value::Null()}};
  const FactId fact = Must(writer_->AddFact(input)).fact;
  input.properties = {{"x", Value::Integer(2)}, {"y", Value::Integer(3)}};
  EXPECT_EQ(Must(writer_->AddFact(input)).differing, 1u);
  EXPECT_EQ(Must(open_.graph().RelationshipProperty(fact, "x")).integer(), 1);
  EXPECT_EQ(Must(open_.graph().RelationshipProperty(fact, "y")).integer(), 3);
  input.properties = {{"valid_from", Value::Integer(2)}};
  EXPECT_TRUE(absl::IsInvalidArgument(writer_->AddFact(input).status()));
}

TEST_F(ClaimWriterTest, TheSameEvidenceIsAddedOnce) {
  const NodeId a = open_.Entity("a");
  const FactId fact = Must(writer_->AddFact(Input(a, a))).fact;
  EvidenceInput one;
  one.article = open_.Article("one");
  EvidenceInput other = one;
  other.sentence = 3;
  EXPECT_EQ(Must(writer_->Cite(fact, {one, other, one})), 2u);
  one.confidence = 0.9;
  EXPECT_EQ(Must(writer_->Cite(fact, {one})), 0u);
  one.stance = Stance::kDenies;
  EXPECT_EQ(Must(writer_->Cite(fact, {one})), 1u);
  EXPECT_EQ(Must(open_.graph().EvidenceOf(fact, Lens())).size(), 3u);
}

TEST_F(ClaimWriterTest, AnUnknownNameBecomesAnEntityThatAKeyedOneTakesOver) {
  const NodeId russia = open_.Entity("iso:RUS", "Russia");
  const NodeId stub = Must(writer_->Resolve("Nordkorea"));
  EXPECT_EQ(Must(writer_->Resolve(" NORDKOREA ")), stub);
  EXPECT_EQ(Must(open_.graph().FindKey("name:nordkorea")), stub);
  const FactId fact = Must(writer_->AddFact(Input(stub, russia, "2024"))).fact;
  const NodeId article = open_.Article("one", "Nordkorea");
  open_.Cite(fact, article, Stance::kAffirms, 0.5, stub);
  NextImport();

  EntityInput korea = Entity("iso:PRK", "North Korea");
  korea.names = {{"Nordkorea", "de", ""}};
  Must(writer_->UpsertEntity(korea));
  EXPECT_EQ(Must(writer_->TakeOverStubs()), 1u);
  const NodeId node = Must(writer_->Resolve("Nordkorea"));
  EXPECT_EQ(node, Must(open_.graph().FindKey("iso:PRK")));
  // The first import's claim is found again.
  EXPECT_EQ(Must(writer_->AddFact(Input(node, russia, "2024"))).fact, fact);
  NextImport();
  EXPECT_EQ(Must(open_.graph().FindKey("name:nordkorea")), kNoId);
  EXPECT_THAT(FactsAt(node), ElementsAre(fact));
  EXPECT_EQ(Must(open_.graph().PublisherOf(article)), node);
  EXPECT_EQ(Must(open_.graph().EvidenceOf(fact, Lens()))[0].asserter, node);
  EXPECT_THAT(open_.Of(fact).sources, ElementsAre(node));
  EXPECT_EQ(Must(open_.graph().DisplayName(node)), "North Korea");
}

TEST_F(ClaimWriterTest, FactsThatBecomeTheSameAreUnited) {
  const NodeId russia = open_.Entity("iso:RUS", "Russia");
  const NodeId korea = open_.Entity("iso:PRK", "North Korea");
  const NodeId stub = Must(writer_->Resolve("Nordkorea"));
  const FactId of_stub = Must(writer_->AddFact(Input(stub, russia))).fact;
  const FactId of_korea = Must(writer_->AddFact(Input(korea, russia))).fact;
  open_.Cite(of_stub, open_.Article("one"), Stance::kAffirms, 0.5);
  open_.Cite(of_korea, open_.Article("one"), Stance::kAffirms, 0.5);
  open_.Cite(of_stub, open_.Article("two"), Stance::kAffirms, 0.5);
  NextImport();
  EntityInput input = Entity("iso:PRK", "");
  input.names = {{"Nordkorea", "de", ""}};
  Must(writer_->UpsertEntity(input));
  EXPECT_EQ(Must(writer_->TakeOverStubs()), 1u);
  NextImport();
  EXPECT_THAT(FactsAt(korea), ElementsAre(of_korea));
  EXPECT_FALSE(Must(open_.graph().HasRelationship(of_stub)));
  EXPECT_EQ(open_.Of(of_korea).support, 7500);
}

TEST_F(ClaimWriterTest, TwoBearersOfANameLeaveTheStubAlone) {
  const NodeId stub = Must(writer_->Resolve("Congo"));
  NextImport();
  Must(writer_->UpsertEntity(Entity("c1", "Congo")));
  Must(writer_->UpsertEntity(Entity("c2", "Congo")));
  EXPECT_EQ(Must(writer_->TakeOverStubs()), 0u);
  EXPECT_TRUE(Must(open_.graph().HasNode(stub)));
  EXPECT_EQ(ErrorInfoOf(writer_->Resolve("Congo").status()).detail, "AmbiguousName");
}

TEST_F(ClaimWriterTest, ADeletedPublisherComesBackWhenItIsGivenAgain) {
  ArticleInput input;
  input.key = "a1";
  input.publisher = "KCNA";
  const NodeId article = Must(writer_->UpsertArticle(input)).node;
  EXPECT_FALSE(Must(writer_->UpsertArticle(input)).changed);
  MustBeOk(open_.graph().DeleteNode(Must(open_.graph().PublisherOf(article))));
  EXPECT_EQ(Must(open_.graph().PublisherOf(article)), kNoId);
  // What does not speak of the publisher leaves it gone.
  MustBeOk(open_.graph().SetNodeProperty(article, "note", Text("x")));
  EXPECT_EQ(Must(open_.graph().PublisherOf(article)), kNoId);
  NextImport();
  EXPECT_TRUE(Must(writer_->UpsertArticle(input)).changed);
  const NodeId publisher = Must(open_.graph().PublisherOf(article));
  ASSERT_NE(publisher, kNoId);
  EXPECT_EQ(Must(open_.graph().DisplayName(publisher)), "KCNA");
  EXPECT_FALSE(Must(writer_->UpsertArticle(input)).changed);
  MustBeOk(open_.graph().DeleteNode(publisher));
  MustBeOk(open_.graph().SetNodeProperty(article, "publisher", Text("KCNA")));
  EXPECT_NE(Must(open_.graph().PublisherOf(article)), kNoId);
}

TEST_F(ClaimWriterTest, TheKeyOfANameOnlyEntityFindsItAgain) {
  const NodeId zeta = Must(writer_->Resolve("Zeta"));
  EXPECT_EQ(Must(open_.graph().NodeProperty(zeta, "key")).string(), "name:zeta");
  EXPECT_EQ(Must(writer_->Resolve("name:zeta")), zeta);
  // The key alone comes first, as in facts that are exported without their entities.
  const NodeId eta = Must(writer_->Resolve("name:eta"));
  EXPECT_EQ(Must(open_.graph().NodeProperty(eta, "key")).string(), "name:eta");
  EXPECT_EQ(Must(open_.graph().DisplayName(eta)), "eta");
  EXPECT_EQ(Must(writer_->Resolve("ETA")), eta);
  EXPECT_EQ(Must(writer_->UpsertEntity(Entity("name:eta", "ETA"))).node, eta);
  // Nothing but the prefix is no such key.
  EXPECT_EQ(Must(open_.graph().NodeProperty(Must(writer_->Resolve("name:")), "key")).string(),
            "name:name:");
}

TEST_F(ClaimWriterTest, CandidatesWithoutANameAreListedByTheirKey) {
  EntityInput georgia = Entity("iso:GEO", "");
  georgia.names = {{"Georgia", "en", ""}};
  Must(writer_->UpsertEntity(georgia));
  georgia.key = "us:GA";
  Must(writer_->UpsertEntity(georgia));
  EXPECT_EQ(writer_->Resolve("Georgia").status().message(), "'Georgia' may mean iso:GEO, us:GA");
}

}  // namespace
}  // namespace entente
