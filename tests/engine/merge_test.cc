// Merging entities and undoing it: by example, and against random graphs that are told with one
// entity from the start.
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/claim_writer.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/maintenance.h"
#include "engine/value_text.h"
#include "gmock/gmock.h"
#include "storage/facts.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a random graph says, with numbers for entities and articles.
struct RandomClaim {
  int subject;
  int object;
  int article;
  int asserter;
  int day;
  Stance stance;
};
constexpr int kRandomEntities = 8;
constexpr int kRandomArticles = 10;

class MergeWorld {
 public:
  MergeWorld() {
    DatabaseOptions options;
    options.edges_per_chunk = 4;
    options.facts_per_block = 2;
    database_ = Must(Database::Open(":memory:", options));
    Begin();
  }
  ~MergeWorld() { Commit(); }

  void Begin() { writing_ = Must(database_->core().BeginWrite(nullptr)); }
  // Whatever was done, the database is consistent.
  void Commit() {
    MustBeOk(writing_->Commit());
    writing_.reset();
    EXPECT_THAT(Must(CheckDatabase(*database_)).problems, IsEmpty());
  }
  void CommitAndBegin() {
    Commit();
    MustBeOk(database_->core().store().SealFacts());
    Begin();
  }
  GraphWriter& graph() { return writing_->graph(); }

  NodeId Entity(const std::string& key, const std::string& name = "",
                std::vector<EntityName> names = {}) {
    return Must(ClaimWriter(graph()).UpsertEntity(
                    {.key = key, .name = name, .names = std::move(names)}))
        .node;
  }
  NodeId Article(const std::string& key, const std::string& publisher) {
    return Must(ClaimWriter(graph()).UpsertArticle(
                    {.key = key, .publisher = publisher, .published = Text("2024-01-01")}))
        .node;
  }
  FactId Fact(const std::string& subject, const std::string& object,
              std::vector<MapEntry> properties = {}) {
    ClaimWriter writer(graph());
    FactInput input;
    input.subject = Must(writer.Resolve(subject));
    input.relation = Must(graph().NeedRelation("SUPPORTS"));
    input.object = Must(writer.Resolve(object));
    input.properties = std::move(properties);
    return Must(writer.AddFact(input)).fact;
  }
  size_t Cite(FactId fact, NodeId article, double confidence, NodeId asserter = kNoId) {
    EvidenceInput piece;
    piece.article = article;
    piece.confidence = confidence;
    piece.asserter = asserter;
    return Must(ClaimWriter(graph()).Cite(fact, {piece}));
  }
  NodeId Merge(NodeId into, NodeId merged) {
    return Must(ClaimWriter(graph()).Merge(into, merged));
  }
  absl::Status Unmerge(NodeId merge) { return ClaimWriter(graph()).Unmerge(merge); }

  std::string KeyOf(NodeId node) const {
    return node == kNoId ? "-"
                         : absl::StrCat(ValueText(*writing_->graph().NodeProperty(node, "key")));
  }
  // Every fact with what it is known by, as text; `with_ids` and all properties of nodes, too.
  std::vector<std::string> Contents(bool with_ids = true) {
    std::vector<std::string> lines;
    storage::FactCursor cursor(graph().view());
    FactId fact;
    storage::FactRecord record;
    while (cursor.Next(&fact, &record)) {
      std::vector<std::string> pieces;
      for (const storage::Evidence& piece : record.evidence) {
        pieces.push_back(absl::StrCat(KeyOf(piece.article), " ", static_cast<int>(piece.stance),
                                      " ", piece.confidence, " ", KeyOf(piece.asserter), " ",
                                      piece.sentence, " ", piece.retracted_at));
      }
      if (!with_ids) std::sort(pieces.begin(), pieces.end());
      lines.push_back(absl::StrCat(with_ids ? absl::StrCat(fact, " ") : "", KeyOf(record.subject),
                                   " ", record.relation, " ", KeyOf(record.object), " ",
                                   record.valid_from, " ", record.flags, " ", record.support, " ",
                                   record.denial, " ", record.confidence, " ",
                                   record.first_reported, " | ", absl::StrJoin(pieces, " | ")));
      if (with_ids) absl::StrAppend(&lines.back(), " ", record.properties, record.identity);
    }
    MustBeOk(cursor.status());
    if (with_ids) {
      std::vector<NodeId> nodes;
      const std::unique_ptr<NodeScan> scan = graph().ScanNodes();
      while (Must(scan->Next(100, &nodes))) continue;
      for (NodeId node : nodes) {
        lines.push_back(absl::StrCat(node, " ", absl::StrJoin(Must(graph().Labels(node)), ":")));
        for (const auto& [name, value] : Must(graph().NodeProperties(node))) {
          absl::StrAppend(&lines.back(), " ", name, "=", ValueText(value));
        }
        for (const EntityName& name : Must(graph().Names(node))) {
          absl::StrAppend(&lines.back(), " ", name.text, "@", name.language, name.since_day);
        }
        absl::StrAppend(&lines.back(), " by ", KeyOf(Must(graph().PublisherOf(node))), " keys ",
                        absl::StrJoin(Must(graph().SourceKeys(node)), ","));
      }
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  // Tells all with the entity that stands for each, by number.
  void Tell(const std::vector<RandomClaim>& claims, const std::vector<int>& stands_for) {
    const auto key = [&](int entity) { return absl::StrCat("k", stands_for[entity]); };
    for (int i = 0; i < kRandomEntities; ++i) Entity(key(i));
    ClaimWriter writer(graph());
    for (int i = 0; i < kRandomArticles; ++i) {
      ArticleInput article;
      article.key = absl::StrCat("a", i);
      article.publisher = key(i % 4);
      if (i % 3 == 0) article.copy_of = absl::StrCat("a", i + 1);
      article.published = Text(absl::StrCat("2024-01-1", i));
      MustBeOk(writer.UpsertArticle(article).status());
    }
    for (const RandomClaim& claim : claims) {
      FactInput fact;
      fact.subject = Must(writer.Resolve(key(claim.subject)));
      fact.object = Must(writer.Resolve(key(claim.object)));
      fact.relation = Must(graph().NeedRelation("T"));
      if (claim.day > 0) fact.valid_from = {Value::OfDate(Date{claim.day}), Precision::kDay};
      EvidenceInput piece;
      piece.article = Must(graph().FindKey(absl::StrCat("a", claim.article)));
      piece.stance = claim.stance;
      piece.confidence = (1 + claim.article) / 20.0;
      if (claim.asserter >= 0) piece.asserter = Must(writer.Resolve(key(claim.asserter)));
      MustBeOk(writer.Cite(Must(writer.AddFact(fact)).fact, {piece}).status());
    }
  }

 private:
  std::unique_ptr<Database> database_;
  std::unique_ptr<WriteTransaction> writing_;
};

class MergeTest : public ::testing::Test, public MergeWorld {};

TEST_F(MergeTest, NamesLabelsAndPropertiesThatAreLackingArePutTogether) {
  ClaimWriter writer(graph());
  const NodeId a = Must(writer.UpsertEntity({.key = "a",
                                             .name = "Myanmar",
                                             .labels = {"Country"},
                                             .properties = {{"size", Value::Integer(1)}}}))
                       .node;
  const NodeId b =
      Must(writer.UpsertEntity({.key = "b",
                                .name = "Burma",
                                .labels = {"State", "Country"},
                                .names = {{"Birma", "de", ""}},
                                .properties = {{"size", Value::Integer(2)}, {"code", Text("BU")}}}))
          .node;
  const std::vector<std::string> before = Contents();
  const NodeId merge = Merge(a, b);
  CommitAndBegin();
  EXPECT_FALSE(Must(graph().HasNode(b)));
  EXPECT_EQ(Must(graph().DisplayName(a)), "Myanmar");
  EXPECT_EQ(Must(graph().NodeProperty(a, "size")).integer(), 1);
  EXPECT_EQ(Must(graph().NodeProperty(a, "code")).string(), "BU");
  EXPECT_EQ(Must(graph().Labels(a)).size(), 2u);
  EXPECT_THAT(Must(graph().SourceKeys(a)), ElementsAre("a", "b"));
  for (const char* name : {"a", "b", "myanmar", "burma", "birma"}) {
    EXPECT_EQ(Must(graph().ResolveName(name)), a) << name;
  }
  MustBeOk(Unmerge(merge));
  EXPECT_EQ(Contents(), before);
}

TEST_F(MergeTest, FactsAndEvidenceAreUnitedAndRecomputed) {
  const NodeId a = Entity("a");
  const NodeId b = Entity("b");
  Entity("c");
  const NodeId first = Article("1", "One");
  const NodeId second = Article("2", "Two");
  const FactId of_a = Fact("a", "c");
  const FactId of_b = Fact("b", "c", {{"domain", Text("military")}});
  const FactId loop = Fact("a", "b");
  Cite(of_a, first, 0.5);
  Cite(of_b, first, 0.8);
  Cite(of_b, second, 0.6);
  Cite(loop, second, 0.5);
  const std::vector<std::string> before = Contents();
  const NodeId merge = Merge(a, b);
  EXPECT_FALSE(Must(graph().HasRelationship(of_b)));
  EXPECT_DOUBLE_EQ(Must(graph().CorroborationOf(of_a, Lens())).confidence, 8000);
  EXPECT_EQ(Must(graph().RelationshipProperty(of_a, "domain")).string(), "military");
  EXPECT_THAT(Expand(graph(), a, Heading::kOut), ElementsAre(loop, of_a));
  MustBeOk(Unmerge(merge));
  EXPECT_EQ(Contents(), before);
}

TEST_F(MergeTest, WhatItPublishedAndAssertedBecomesTheOthers) {
  const NodeId a = Entity("a", "A");
  const NodeId b = Entity("b", "B");
  Entity("c");
  const NodeId by_a = Article("1", "a");
  const NodeId by_b = Article("2", "b");
  const FactId fact = Fact("c", "c");
  Cite(fact, by_a, 0.5, a);
  Cite(fact, by_b, 0.5, b);
  Cite(fact, by_b, 0.5, a);
  EXPECT_EQ(Must(graph().CorroborationOf(fact, Lens())).confidence, 7500);
  const std::vector<std::string> before = Contents();
  const NodeId merge = Merge(a, b);
  CommitAndBegin();
  // One source instead of two, and one piece less, since both of article 2 became the same.
  EXPECT_EQ(Must(graph().CorroborationOf(fact, Lens())).confidence, 5000);
  EXPECT_EQ(Must(graph().PublisherOf(by_b)), a);
  const std::vector<Evidence> evidence = Must(graph().EvidenceOf(fact, Lens()));
  ASSERT_EQ(evidence.size(), 2u);
  for (const Evidence& piece : evidence) EXPECT_EQ(piece.asserter, a);
  MustBeOk(Unmerge(merge));
  EXPECT_EQ(Contents(), before);
}

TEST_F(MergeTest, WhatCameSinceStaysAndWhatChangedSinceStaysSo) {
  const NodeId a = Entity("a");
  const NodeId b = Entity("b");
  Entity("c");
  Entity("d");
  const NodeId first = Article("1", "One");
  const NodeId second = Article("2", "Two");
  const NodeId third = Article("3", "Three");
  const FactId of_a = Fact("a", "c");
  const FactId of_b = Fact("b", "c");
  const FactId moved = Fact("b", "d");
  for (FactId fact : {of_a, of_b}) {
    Cite(fact, first, 0.5);
    Cite(fact, second, 0.5);
  }
  Cite(of_b, third, 0.5);
  Cite(moved, third, 0.5);
  const NodeId merge = Merge(a, b);
  const FactId later = Fact("b", "b");
  MustBeOk(ClaimWriter(graph()).AddName(a, {"Later", "en", ""}).status());
  MustBeOk(ClaimWriter(graph()).Retract(of_a, first, 7).status());
  const NodeId fourth = Article("4", "Four");
  Cite(of_a, fourth, 0.5);
  Cite(moved, fourth, 0.5);
  MustBeOk(graph().DeleteNode(third));
  CommitAndBegin();
  MustBeOk(Unmerge(merge));
  const auto articles = [&](FactId fact) {
    std::vector<NodeId> nodes;
    for (const Evidence& piece : Must(graph().EvidenceOf(fact, Lens()))) {
      nodes.push_back(piece.article);
    }
    return nodes;
  };
  EXPECT_THAT(articles(of_a), ElementsAre(second, fourth));
  EXPECT_THAT(articles(of_b), ElementsAre(second));
  EXPECT_THAT(articles(moved), ElementsAre(fourth));
  EXPECT_THAT(Expand(graph(), b, Heading::kOut), ElementsAre(of_b, moved));
  EXPECT_THAT(Must(graph().AllRelationships(a)), ElementsAre(of_a, later));
  EXPECT_EQ(Must(graph().ResolveName("later")), a);
}

TEST_F(MergeTest, ARetractionOfOneSideIsUndoneForTheOther) {
  const NodeId a = Entity("a");
  const NodeId b = Entity("b");
  Entity("c");
  const NodeId article = Article("1", "One");
  const FactId of_a = Fact("a", "c");
  const FactId of_b = Fact("b", "c");
  Cite(of_a, article, 0.5);
  Cite(of_b, article, 0.5);
  MustBeOk(ClaimWriter(graph()).Retract(of_b, article, 7).status());
  const std::vector<std::string> before = Contents();
  const NodeId merge = Merge(a, b);
  EXPECT_THAT(Must(graph().EvidenceOf(of_a, Lens())), IsEmpty());
  MustBeOk(Unmerge(merge));
  EXPECT_EQ(Contents(), before);
}

TEST_F(MergeTest, ImportsUnderTheKeyThatWentAddToTheEntityAndChangeNothingTwice) {
  const NodeId a = Entity("a", "Myanmar");
  Entity("b", "Burma", {{"Birma", "de", ""}});
  const NodeId article = Article("1", "One");
  Cite(Fact("b", "c"), article, 0.5);
  Merge(a, Must(graph().FindKey("b")));
  CommitAndBegin();
  const std::vector<std::string> before = Contents();
  EXPECT_EQ(Entity("b", "Burma", {{"Birma", "de", ""}}), a);
  EXPECT_EQ(Entity("a", "Myanmar"), a);
  EXPECT_EQ(Cite(Fact("b", "c"), article, 0.5), 0u);
  EXPECT_EQ(Contents(), before);
  ClaimWriter writer(graph());
  EXPECT_TRUE(
      Must(writer.UpsertEntity(
               {.key = "b", .name = "Birmania", .properties = {{"size", Value::Integer(1)}}}))
          .changed);
  EXPECT_EQ(Must(graph().DisplayName(a)), "Myanmar");
  EXPECT_EQ(Must(graph().ResolveName("birmania")), a);
  EXPECT_EQ(Must(graph().NodeProperty(a, "size")).integer(), 1);
  EXPECT_EQ(Must(graph().NodeProperty(a, "key")).string(), "a");
}

TEST_F(MergeTest, AnEntityWithoutKeyTakesTheOthers) {
  const NodeId a = Must(graph().CreateNode({}, {{"name", Text("A")}}));
  const NodeId b = Entity("b");
  const std::vector<std::string> before = Contents();
  const NodeId merge = Merge(a, b);
  CommitAndBegin();
  EXPECT_EQ(Must(graph().FindKeyOwner("b")), a);
  EXPECT_THAT(Must(graph().SourceKeys(a)), ElementsAre("b"));
  MustBeOk(Unmerge(merge));
  EXPECT_EQ(Contents(), before);
  EXPECT_EQ(Must(graph().FindKeyOwner("b")), b);
}

TEST_F(MergeTest, MergesAreUndoneInReverseOrderWhereTheyTouchTheSame) {
  const NodeId a = Entity("a");
  const NodeId b = Entity("b");
  const NodeId c = Entity("c");
  const NodeId d = Entity("d");
  const NodeId e = Entity("e");
  const NodeId f = Entity("f");
  Fact("b", "e");
  const std::vector<std::string> before = Contents();
  Merge(a, b);
  Merge(a, c);  // the same entity
  Merge(f, e);  // the same fact
  Merge(d, a);  // what it all went into
  EXPECT_EQ(Must(graph().FindKey("b")), d);
  EXPECT_THAT(Must(graph().SourceKeys(d)), ElementsAre("d", "a", "b", "c"));
  CommitAndBegin();
  for (NodeId early : {b, c, e}) EXPECT_TRUE(absl::IsInvalidArgument(Unmerge(early))) << early;
  MustBeOk(Unmerge(a));
  EXPECT_TRUE(absl::IsInvalidArgument(Unmerge(b)));
  MustBeOk(Unmerge(c));
  EXPECT_TRUE(absl::IsInvalidArgument(Unmerge(b)));
  MustBeOk(Unmerge(e));
  MustBeOk(Unmerge(b));
  EXPECT_EQ(Contents(), before);
  EXPECT_TRUE(absl::IsInvalidArgument(Unmerge(b)));
}

TEST_F(MergeTest, DeletingTheEntityMakesItsMergesFinal) {
  const NodeId a = Entity("a");
  Merge(Entity("b"), Entity("c"));
  Merge(a, Must(graph().FindKey("b")));
  MustBeOk(graph().DeleteNode(a));
  CommitAndBegin();
  for (const char* key : {"a", "b", "c"}) EXPECT_EQ(Must(graph().FindKey(key)), kNoId) << key;
  EXPECT_TRUE(absl::IsInvalidArgument(Unmerge(a + 1)));
}

TEST_F(MergeTest, AFactThatWasDeletedStaysDeleted) {
  const NodeId a = Entity("a");
  const NodeId b = Entity("b");
  Entity("c");
  const FactId of_a = Fact("a", "c");
  const FactId of_b = Fact("b", "c");
  const NodeId merge = Merge(a, b);
  MustBeOk(graph().DeleteRelationship(of_a));
  MustBeOk(Unmerge(merge));
  EXPECT_FALSE(Must(graph().HasRelationship(of_a)));
  EXPECT_FALSE(Must(graph().HasRelationship(of_b)));
}

TEST_F(MergeTest, AStubThatSomethingWasMergedIntoIsTakenOverByAMerge) {
  Fact("Foo", "c");
  const NodeId stub = Must(graph().FindKey("name:foo"));
  const NodeId b = Entity("b");
  Merge(stub, b);
  CommitAndBegin();
  ClaimWriter import(graph());
  const NodeId foo = Must(import.UpsertEntity({.key = "foo", .name = "Foo"})).node;
  EXPECT_EQ(Must(import.TakeOverStubs()), 1u);
  MustBeOk(import.Finish());
  CommitAndBegin();
  EXPECT_THAT(Must(graph().SourceKeys(foo)), ElementsAre("foo", "name:foo", "b"));
  EXPECT_EQ(Must(graph().FindKey("b")), foo);
  EXPECT_EQ(Must(graph().AllRelationships(foo)).size(), 1u);
  MustBeOk(Unmerge(stub));
  MustBeOk(Unmerge(b));
  EXPECT_EQ(Must(graph().FindKey("b")), b);
}

TEST_F(MergeTest, ArticlesAndTheSameNodeAreRefused) {
  const NodeId a = Entity("a");
  const NodeId article = Article("1", "One");
  ClaimWriter writer(graph());
  EXPECT_TRUE(absl::IsInvalidArgument(writer.Merge(a, a).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(writer.Merge(a, article).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(writer.Merge(article, a).status()));
  EXPECT_EQ(ErrorInfoOf(writer.Merge(a, a + 100).status()).detail, "DeletedEntityAccess");
  EXPECT_TRUE(absl::IsInvalidArgument(Unmerge(a)));
}

class RandomMergeTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(RandomMergeTest, AMergedGraphIsWhatOneEntityWouldHaveMadeAndIsUndone) {
  std::mt19937 random(GetParam());
  const auto below = [&](int limit) { return static_cast<int>(random() % limit); };
  std::vector<RandomClaim> claims;
  for (int i = 0; i < 120; ++i) {
    claims.push_back({below(kRandomEntities), below(kRandomEntities), below(kRandomArticles),
                      below(kRandomEntities + 4) - 4, below(2), static_cast<Stance>(below(3))});
  }
  std::vector<int> stands_for;
  for (int i = 0; i < kRandomEntities; ++i) stands_for.push_back(i);
  MergeWorld world;
  world.Tell(claims, stands_for);
  std::vector<std::vector<std::string>> before;
  std::vector<NodeId> merges;
  for (int i = 0; i < 4; ++i) {
    const int into = stands_for[below(kRandomEntities)];
    const int merged = stands_for[below(kRandomEntities)];
    if (into == merged) continue;
    before.push_back(world.Contents());
    merges.push_back(world.Merge(Must(world.graph().FindKey(absl::StrCat("k", into))),
                                 Must(world.graph().FindKey(absl::StrCat("k", merged)))));
    std::replace(stands_for.begin(), stands_for.end(), merged, into);
    world.CommitAndBegin();
  }
  MergeWorld told;
  told.Tell(claims, stands_for);
  EXPECT_EQ(world.Contents(/*with_ids=*/false), told.Contents(/*with_ids=*/false));
  for (; !merges.empty(); merges.pop_back(), before.pop_back()) {
    MustBeOk(world.Unmerge(merges.back()));
    world.CommitAndBegin();
    EXPECT_EQ(world.Contents(), before.back());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomMergeTest, ::testing::Range(0u, 8u));

}  // namespace
}  // namespace entente
