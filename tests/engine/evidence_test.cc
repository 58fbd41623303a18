// Corroboration, worked out by hand.
#include "engine/evidence.h"

#include "engine/error.h"
#include "engine/maintenance.h"
#include "gmock/gmock.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Evidence Piece(NodeId source, Stance stance, double confidence) {
  Evidence piece;
  piece.source = source;
  piece.publisher = source;
  piece.stance = stance;
  piece.confidence = confidence;
  return piece;
}

TEST(EvidenceTest, IndependentSourcesAddUpAndOneSourceCountsOnce) {
  const Corroboration two =
      Corroborate({Piece(1, Stance::kAffirms, 0.6), Piece(1, Stance::kReports, 0.8),
                   Piece(2, Stance::kReports, 0.5)});
  EXPECT_EQ(two.support, 9000);  // 1 − 0.2 · 0.5
  EXPECT_EQ(two.denial, 0);
  EXPECT_EQ(two.confidence, 9000);
  EXPECT_FALSE(two.contested);
  EXPECT_THAT(two.sources, ElementsAre(1, 2));
}

TEST(EvidenceTest, DenialsLowerConfidenceAndContest) {
  const Corroboration result =
      Corroborate({Piece(1, Stance::kAffirms, 0.9), Piece(2, Stance::kDenies, 0.5),
                   Piece(3, Stance::kDenies, 0.1)});
  EXPECT_EQ(result.support, 9000);
  EXPECT_EQ(result.denial, 5500);      // 1 − 0.5 · 0.9
  EXPECT_EQ(result.confidence, 4050);  // 0.9 · 0.45
  EXPECT_TRUE(result.contested);
  EXPECT_THAT(result.sources, ElementsAre(1));
}

TEST(EvidenceTest, RoundsOnceAtTheEnd) {
  const Corroboration result =
      Corroborate({Piece(1, Stance::kAffirms, 0.33335), Piece(2, Stance::kDenies, 0.33335)});
  EXPECT_EQ(result.support, 3334);
  EXPECT_EQ(result.denial, 3334);
  EXPECT_EQ(result.confidence, 2222);  // 0.33335 · 0.66665 = 0.22222…
}

TEST(EvidenceTest, OnlyDeniedIsNotVisible) {
  const Corroboration result = Corroborate({Piece(1, Stance::kDenies, 0.9)});
  EXPECT_FALSE(result.visible);
  EXPECT_TRUE(result.has_evidence);
  EXPECT_EQ(result.confidence, 0);
  EXPECT_FALSE(Corroborate({}).has_evidence);
}

TEST(EvidenceTest, ConditionsOfALensLookAtSinglePieces) {
  Evidence piece = Piece(5, Stance::kAffirms, 0.5);
  piece.asserter = 7;
  piece.published = 100;
  Lens lens;
  EXPECT_TRUE(Passes(piece, lens));
  lens.known_until = 100;
  EXPECT_TRUE(Passes(piece, lens));
  lens.known_until = 99;
  EXPECT_FALSE(Passes(piece, lens));
  piece.retracted = 150;
  EXPECT_FALSE(Passes(piece, Lens()));
  lens.known_until = 149;
  EXPECT_TRUE(Passes(piece, lens));
  lens.known_until = 150;
  EXPECT_FALSE(Passes(piece, lens));
  piece.retracted.reset();
  piece.published.reset();
  EXPECT_FALSE(Passes(piece, lens));

  lens = Lens();
  lens.according_to = std::vector<NodeId>{7};
  EXPECT_TRUE(Passes(piece, lens));
  lens.according_to = std::vector<NodeId>{6};
  EXPECT_FALSE(Passes(piece, lens));
  lens = Lens();
  lens.except = {5};
  EXPECT_FALSE(Passes(piece, lens));
  lens = Lens();
  lens.denied_by = std::vector<NodeId>{5};
  EXPECT_FALSE(Passes(piece, lens));
  piece.stance = Stance::kDenies;
  EXPECT_TRUE(Passes(piece, lens));
}

class StoredEvidenceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    a_ = open_.Entity("a");
    b_ = open_.Entity("b");
    fact_ = open_.Relate(a_, "SUPPORTS", b_);
  }
  NodeId Named(const std::string& name) { return Must(open_.graph().ResolveName(name)); }
  // What is stored is what the evidence amounts to.
  void ExpectConsistent() {
    open_.CommitAndBegin();
    const Corroboration stored =
        Must(open_.graph().CorroborationOf(fact_, Lens(), /*with_sources=*/false));
    const Corroboration computed = open_.Of(fact_);
    EXPECT_EQ(stored.support, computed.support);
    EXPECT_EQ(stored.denial, computed.denial);
    EXPECT_EQ(stored.confidence, computed.confidence);
    EXPECT_EQ(stored.visible, computed.visible);
    EXPECT_EQ(stored.contested, computed.contested);
    EXPECT_EQ(stored.first_reported, computed.first_reported);
    EXPECT_EQ(stored.last_reported, computed.last_reported);
  }

  OpenGraph open_;
  NodeId a_ = kNoId, b_ = kNoId;
  FactId fact_ = kNoId;
};

TEST_F(StoredEvidenceTest, AFactWithoutEvidenceIsVisibleUntilALensAsksForSome) {
  EXPECT_TRUE(open_.Of(fact_).visible);
  EXPECT_FALSE(open_.Of(fact_).has_evidence);
  Lens lens;
  lens.known_until = 0;
  EXPECT_FALSE(open_.Of(fact_, lens).visible);
}

TEST_F(StoredEvidenceTest, ACopyCountsAsItsOriginalFollowedToTheRoot) {
  open_.Cite(fact_, open_.Article("root", "KCNA", "2024-11-01"), Stance::kAffirms, 0.5);
  open_.Cite(fact_, open_.Article("copy", "Reuters", "2024-11-02", "root"), Stance::kReports, 0.6);
  open_.Cite(fact_, open_.Article("again", "AFP", "2024-11-03", "copy"), Stance::kReports, 0.4);
  EXPECT_EQ(open_.Of(fact_).support, 6000);
  EXPECT_THAT(open_.Of(fact_).sources, ElementsAre(Named("KCNA")));
  EXPECT_EQ(*open_.Of(fact_).first_reported, OpenGraph::Micros("2024-11-01T00:00Z"));
  EXPECT_EQ(*open_.Of(fact_).last_reported, OpenGraph::Micros("2024-11-03T00:00Z"));
  // For ACCORDING TO a copy has its own publisher.
  Lens reuters;
  reuters.according_to = std::vector<NodeId>{Named("Reuters")};
  EXPECT_EQ(open_.Of(fact_, reuters).support, 6000);
  EXPECT_THAT(open_.Of(fact_, reuters).sources, ElementsAre(Named("KCNA")));
  ExpectConsistent();
}

TEST_F(StoredEvidenceTest, ALateOriginalTakesItsCopiesIn) {
  open_.Cite(fact_, open_.Article("copy1", "Reuters", "", "late"), Stance::kReports, 0.5);
  open_.Cite(fact_, open_.Article("copy2", "AFP", "", "late"), Stance::kReports, 0.5);
  EXPECT_EQ(open_.Of(fact_).support, 7500);
  ExpectConsistent();
  const NodeId late = open_.Article("late", "KCNA");
  EXPECT_EQ(open_.Of(fact_).support, 5000);
  EXPECT_THAT(open_.Of(fact_).sources, ElementsAre(Named("KCNA")));
  ExpectConsistent();
  // And gives them back when it goes; another one of its key takes them in again.
  MustBeOk(open_.graph().DeleteNode(late));
  EXPECT_EQ(open_.Of(fact_).support, 7500);
  ExpectConsistent();
  const NodeId again = open_.Node({{"key", Text("late")}}, {"Article"});
  EXPECT_EQ(open_.Of(fact_).support, 5000);
  EXPECT_THAT(open_.Of(fact_).sources, ElementsAre(again));
  ExpectConsistent();
}

TEST_F(StoredEvidenceTest, ACopyOfItselfIsRefused) {
  open_.Article("x", "", "", "y");
  ClaimWriter writer(open_.graph());
  ArticleInput input;
  input.key = "y";
  input.copy_of = "x";
  EXPECT_TRUE(absl::IsInvalidArgument(writer.UpsertArticle(input).status()));
  EXPECT_EQ(Must(open_.graph().FindKey("y")), kNoId);
  input.copy_of = "y";
  EXPECT_TRUE(absl::IsInvalidArgument(writer.UpsertArticle(input).status()));
  input.copy_of = "z";
  const NodeId y = Must(writer.UpsertArticle(input)).node;
  const absl::Status status = open_.graph().SetNodeProperty(y, "copy_of", Text("x"));
  EXPECT_EQ(ErrorInfoOf(status).detail, "InvalidArgumentValue");
  ExpectConsistent();
}

TEST_F(StoredEvidenceTest, AnArticleWithoutPublisherIsASourceOfItsOwn) {
  const NodeId one = open_.Article("one");
  const NodeId two = open_.Article("two");
  open_.Cite(fact_, one, Stance::kReports, 0.5);
  open_.Cite(fact_, two, Stance::kReports, 0.5);
  EXPECT_EQ(open_.Of(fact_).support, 7500);
  EXPECT_THAT(open_.Of(fact_).sources, ElementsAre(one, two));
  MustBeOk(open_.graph().SetNodeProperty(one, "publisher", Text("KCNA")));
  MustBeOk(open_.graph().SetNodeProperty(two, "publisher", Text("kcna")));
  EXPECT_EQ(open_.Of(fact_).support, 5000);
  EXPECT_THAT(Must(open_.graph().ArticlesOf(Named("KCNA"))), ElementsAre(one, two));
  ExpectConsistent();
  MustBeOk(open_.graph().DeleteNode(Named("KCNA")));
  EXPECT_EQ(open_.Of(fact_).support, 7500);
  EXPECT_EQ(Must(open_.graph().PublisherOf(one)), kNoId);
  ExpectConsistent();
}

TEST_F(StoredEvidenceTest, DeletingAnArticleTakesItsEvidenceAlong) {
  const NodeId one = open_.Article("one", "KCNA", "2024-01-01");
  const NodeId two = open_.Article("two", "Reuters", "2024-01-02");
  open_.Cite(fact_, one, Stance::kAffirms, 0.8);
  open_.Cite(fact_, two, Stance::kDenies, 0.7);
  EXPECT_TRUE(open_.Of(fact_).contested);
  EXPECT_EQ(open_.Of(fact_).confidence, 2400);
  EXPECT_THAT(Must(open_.graph().FactsOf(one, Lens())), ElementsAre(fact_));
  ExpectConsistent();
  MustBeOk(open_.graph().DeleteNode(one));
  EXPECT_FALSE(open_.Of(fact_).visible);
  EXPECT_THAT(Expand(open_.graph(), a_, Heading::kOut), IsEmpty());
  Lens denied;
  denied.denied_by = std::vector<NodeId>{Named("Reuters")};
  EXPECT_THAT(Expand(open_.graph(), a_, Heading::kOut, {}, denied), ElementsAre(fact_));
  ExpectConsistent();
  MustBeOk(open_.graph().DeleteNode(two));
  // It had evidence once, so it stays hidden.
  EXPECT_FALSE(open_.Of(fact_).visible);
  EXPECT_THAT(Must(open_.graph().EvidenceOf(fact_, Lens())), IsEmpty());
  ExpectConsistent();
}

TEST_F(StoredEvidenceTest, RetractionIsRememberedAndNotRevived) {
  const NodeId article = open_.Article("one", "KCNA", "2024-01-01");
  open_.Cite(fact_, article, Stance::kAffirms, 0.8);
  ClaimWriter writer(open_.graph());
  const Instant when = OpenGraph::Micros("2024-02-01T00:00Z");
  EXPECT_EQ(Must(writer.Retract(fact_, article, when)), 1u);
  EXPECT_EQ(Must(writer.Retract(fact_, article, when + 1)), 0u);
  EXPECT_FALSE(open_.Of(fact_).visible);
  EXPECT_THAT(Expand(open_.graph(), a_, Heading::kOut), IsEmpty());
  Lens before;
  before.known_until = when - 1;
  EXPECT_TRUE(open_.Of(fact_, before).visible);
  EXPECT_THAT(Expand(open_.graph(), a_, Heading::kOut, {}, before), ElementsAre(fact_));
  open_.Cite(fact_, article, Stance::kAffirms, 0.8);
  EXPECT_FALSE(open_.Of(fact_).visible);
  ExpectConsistent();
}

TEST_F(StoredEvidenceTest, ADeletedAsserterIsNobody) {
  const NodeId nato = open_.Entity("nato");
  open_.Cite(fact_, open_.Article("one"), Stance::kAffirms, 0.8, nato);
  EXPECT_EQ(Must(open_.graph().EvidenceOf(fact_, Lens()))[0].asserter, nato);
  MustBeOk(open_.graph().DeleteNode(nato));
  EXPECT_EQ(Must(open_.graph().EvidenceOf(fact_, Lens()))[0].asserter, kNoId);
}

}  // namespace
}  // namespace entente
