#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "engine/graph.h"
#include "gmock/gmock.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(ExpansionTest, HeadingsAndSelfLoops) {
  OpenGraph open;
  const NodeId a = open.Node();
  const NodeId b = open.Node();
  const FactId out = open.Relate(a, "R", b);
  const FactId in = open.Relate(b, "R", a);
  const FactId loop = open.Relate(a, "R", a);
  const Graph& graph = open.graph();
  EXPECT_THAT(Expand(graph, a, Heading::kOut), UnorderedElementsAre(out, loop));
  EXPECT_THAT(Expand(graph, a, Heading::kIn), UnorderedElementsAre(in, loop));
  EXPECT_THAT(Expand(graph, a, Heading::kEither), UnorderedElementsAre(out, in, loop));
  EXPECT_EQ(Must(graph.Degree(a, Heading::kOut, {})), 2u);
  EXPECT_EQ(Must(graph.Degree(a, Heading::kIn, {})), 2u);
  EXPECT_EQ(Must(graph.Degree(a, Heading::kEither, {})), 3u);
  Edges edges;
  MustBeOk(graph.FindBetween(a, a, Heading::kEither, {}, Lens(), kIdentityFields, &edges));
  EXPECT_THAT(edges.fact, ElementsAre(loop));
  edges.Clear();
  MustBeOk(graph.FindBetween(a, b, Heading::kEither, {}, Lens(), kIdentityFields, &edges));
  EXPECT_THAT(edges.fact, UnorderedElementsAre(out, in));
  edges.Clear();
  MustBeOk(graph.FindBetween(a, b, Heading::kIn, {}, Lens(), kIdentityFields, &edges));
  EXPECT_THAT(edges.fact, ElementsAre(in));
  EXPECT_THAT(edges.incoming, ElementsAre(1));
}

TEST(ExpansionTest, HubsOfManyChunksComeInPortionsInTheOrderOfTheSources) {
  OpenGraph open(/*edges_per_chunk=*/4);
  const NodeId hub = open.Node();
  const NodeId lonely = open.Node();
  std::vector<FactId> facts;
  std::vector<NodeId> others;
  for (int i = 0; i < 33; ++i) {
    others.push_back(open.Node());
    facts.push_back(open.Relate(hub, i % 3 == 0 ? "R" : "S", others.back()));
    if (i % 10 == 9) open.CommitAndBegin();
  }
  for (size_t portion : {1u, 3u, 5u, 1000u}) {
    RelationSet all;
    const Lens lens;
    Expansion expansion(open.graph(), Heading::kEither, all, lens);
    const std::vector<NodeId> sources = {lonely, hub, others[4], hub};
    expansion.Start(sources);
    Edges edges;
    size_t before = 0;
    while (Must(expansion.Next(portion, &edges))) {
      EXPECT_LE(edges.size() - before, portion);
      before = edges.size();
    }
    EXPECT_EQ(edges.size(), 33u + 1 + 33);
    EXPECT_TRUE(std::is_sorted(edges.row.begin(), edges.row.end()));
    EXPECT_EQ(edges.fact[33], facts[4]);
    EXPECT_EQ(edges.other[33], hub);
    EXPECT_FALSE(Must(expansion.Next(portion, &edges)));
  }
  const RelationSet r = open.graph().ResolveTypes({"R"});
  EXPECT_EQ(Expand(open.graph(), hub, Heading::kOut, r).size(), 11u);
  EXPECT_EQ(Must(open.graph().Degree(hub, Heading::kEither, r)), 11u);
  EXPECT_THAT(Expand(open.graph(), hub, Heading::kOut, open.graph().ResolveTypes({"NONE"})),
              IsEmpty());
  Edges edges;
  MustBeOk(open.graph().FindBetween(hub, others[20], Heading::kOut, {}, Lens(), kIdentityFields,
                                    &edges));
  EXPECT_THAT(edges.fact, ElementsAre(facts[20]));
}

TEST(ExpansionTest, ColumnsComeWhenTheyAreAskedFor) {
  OpenGraph open;
  const NodeId a = open.Node();
  const FactId dated = open.Relate(
      a, "R", a, {{"valid_from", OpenGraph::Day("1970-01-11")}, {"valid_to", Text("whenever")}});
  const FactId said =
      open.Relate(a, "S", a, {{"valid_from", OpenGraph::Moment("1970-01-11T00:00Z")}});
  open.Cite(said, open.Article("x", "P", "1970-02-01"), Stance::kAffirms, 0.75);
  open.CommitAndBegin();
  for (int time = 0; time < 2; ++time) {
    const RelationSet any;
    const Lens lens;
    Expansion few(open.graph(), Heading::kOut, any, lens, 0);
    few.Start({a});
    Edges edges;
    EXPECT_TRUE(Must(few.Next(10, &edges)));
    EXPECT_THAT(edges.other, ElementsAre(a, a));
    EXPECT_THAT(edges.fact, IsEmpty());
    EXPECT_THAT(edges.relation, IsEmpty());

    Expansion all(open.graph(), Heading::kOut, any, lens, ~0u);
    all.Start({a});
    edges.Clear();
    EXPECT_TRUE(Must(all.Next(10, &edges)));
    EXPECT_THAT(edges.fact, ElementsAre(dated, said));
    EXPECT_THAT(edges.valid_from, ElementsAre(10, 10));
    EXPECT_THAT(edges.valid_to, ElementsAre(INT32_MAX, INT32_MAX));
    EXPECT_THAT(edges.first_reported, ElementsAre(INT32_MAX, 31));
    EXPECT_THAT(edges.confidence, ElementsAre(0, 7500));
    EXPECT_EQ(edges.flags[0] & (kHasEvidenceEdge | kInexactFromEdge | kInexactToEdge),
              kInexactToEdge);
    EXPECT_EQ(edges.flags[1] & (kHasEvidenceEdge | kInexactFromEdge | kInexactToEdge),
              kHasEvidenceEdge | kInexactFromEdge);
  }
}

TEST(ExpansionTest, DegreesAndPropertiesOfManyAreThoseOfEach) {
  OpenGraph open(/*edges_per_chunk=*/4);
  std::vector<NodeId> nodes;
  std::vector<FactId> facts;
  for (int i = 0; i < 7; ++i) nodes.push_back(open.Node({{"name", Value::Integer(i)}}));
  for (int i = 0; i < 60; ++i) {
    facts.push_back(open.Relate(nodes[i * i % 5], i % 4 == 0 ? "R" : "S", nodes[i % 3],
                                {{"valid_from", Value::OfDate(Date{i})}}));
  }
  open.CommitAndBegin();
  const Graph& graph = open.graph();
  std::vector<NodeId> wanted = {nodes[6], nodes[1], nodes[0], nodes[1], nodes[2], nodes[4]};
  for (Heading heading : {Heading::kOut, Heading::kIn, Heading::kEither}) {
    for (const RelationSet& types : {RelationSet(), graph.ResolveTypes({"R"})}) {
      std::vector<uint64_t> degrees;
      MustBeOk(graph.Degrees(wanted, heading, types, &degrees));
      ASSERT_EQ(degrees.size(), wanted.size());
      for (size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_EQ(degrees[i], Expand(graph, wanted[i], heading, types).size());
      }
    }
  }
  wanted.push_back(kNoId);
  std::vector<Value> values;
  MustBeOk(graph.NodeProperties(wanted, "name", &values));
  ASSERT_EQ(values.size(), wanted.size());
  EXPECT_EQ(values[0].integer(), 6);
  EXPECT_EQ(values[3].integer(), 1);
  EXPECT_TRUE(values.back().is_null());
  MustBeOk(graph.NodeProperties(wanted, "unheard of", &values));
  EXPECT_TRUE(values[0].is_null());
  const std::vector<FactId> some = {facts[50], kNoId, facts[3], facts[50]};
  MustBeOk(graph.RelationshipProperties(some, "valid_from", &values));
  EXPECT_EQ(values[0].date().days, 50);
  EXPECT_TRUE(values[1].is_null());
  EXPECT_EQ(values[2].date().days, 3);
  EXPECT_FALSE(graph.NodeProperties(std::vector<NodeId>{4711}, "name", &values).ok());
  EXPECT_FALSE(graph.RelationshipProperties(std::vector<FactId>{4711}, "x", &values).ok());
}

TEST(ExpansionTest, ValidTimeIsExactWithinTheDay) {
  OpenGraph open;
  const NodeId a = open.Node();
  const auto sees = [&](FactId fact, const std::string& from, const std::string& to) {
    Lens lens;
    lens.valid_time = ValidRange{OpenGraph::Micros(from), OpenGraph::Micros(to)};
    const std::vector<FactId> found = Expand(open.graph(), a, Heading::kOut, {}, lens);
    return std::count(found.begin(), found.end(), fact) == 1;
  };
  const FactId june = open.Relate(
      a, "R", a,
      {{"valid_from", OpenGraph::Day("2024-06-01")}, {"valid_to", OpenGraph::Day("2024-07-01")}});
  EXPECT_TRUE(sees(june, "2024-06-30T23:59Z", "2024-07-02T00:00Z"));
  EXPECT_FALSE(sees(june, "2024-07-01T00:00Z", "2024-07-02T00:00Z"));
  EXPECT_FALSE(sees(june, "2024-05-01T00:00Z", "2024-06-01T00:00Z"));
  const FactId noon = open.Relate(a, "R", a,
                                  {{"valid_from", OpenGraph::Moment("2024-06-01T12:00Z")},
                                   {"valid_to", OpenGraph::Moment("2024-06-01T13:00Z")}});
  EXPECT_TRUE(sees(noon, "2024-06-01T12:30Z", "2024-06-01T12:31Z"));
  EXPECT_FALSE(sees(noon, "2024-06-01T11:00Z", "2024-06-01T12:00Z"));
  EXPECT_FALSE(sees(noon, "2024-06-01T13:00Z", "2024-06-01T14:00Z"));
  const FactId open_end = open.Relate(a, "R", a, {{"valid_from", OpenGraph::Day("2024-06-01")}});
  EXPECT_TRUE(sees(open_end, "2999-01-01T00:00Z", "2999-01-02T00:00Z"));
  const FactId reversed = open.Relate(
      a, "R", a,
      {{"valid_from", OpenGraph::Day("2024-06-03")}, {"valid_to", OpenGraph::Day("2024-06-01")}});
  EXPECT_FALSE(sees(reversed, "2024-01-01T00:00Z", "2025-01-01T00:00Z"));
  EXPECT_THAT(Expand(open.graph(), a, Heading::kOut), ::testing::Contains(reversed));
}

// A model that knows nothing of pages: it keeps what was said and applies the definitions.
class Model {
 public:
  explicit Model(uint32_t seed) : random_(seed) {}

  void Build(OpenGraph& open) {
    for (int i = 0; i < 6; ++i) nodes_.push_back(open.Entity("n" + std::to_string(i)));
    for (int i = 0; i < 4; ++i) publishers_.push_back(open.Entity("p" + std::to_string(i)));
    for (int i = 0; i < 12; ++i) AddArticle(open, i);
    for (int i = 0; i < 40; ++i) AddFact(open);
    open.CommitAndBegin();
    for (int i = 0; i < 60; ++i) AddEvidence(open);
    open.CommitAndBegin();
    for (int i = 0; i < 8; ++i) RetractSome(open);
  }

  Lens RandomLens() {
    Lens lens;
    if (Chance(3)) {
      const Instant from = Day(Below(40)) + (Chance(2) ? kHour * Below(24) : 0);
      lens.valid_time = ValidRange{from, from + 1 + (Chance(2) ? Day(Below(10)) : 0)};
    }
    if (Chance(2)) lens.known_until = Day(Below(40)) + (Chance(2) ? kHour * Below(24) : 0);
    if (Chance(6)) lens.known_from = Day(Below(30));
    if (Chance(4)) lens.according_to = SomePublishers();
    if (Chance(4)) lens.except = SomePublishers();
    if (Chance(5)) lens.denied_by = SomePublishers();
    if (Chance(4)) lens.least_confidence = Below(10'000);
    if (Chance(8)) lens.only_denied_too = true;
    return lens;
  }

  std::vector<FactId> Visible(NodeId node, const Lens& lens) const {
    std::vector<FactId> facts;
    for (const Fact& fact : facts_) {
      if ((fact.subject == node || fact.object == node) && Sees(fact, lens)) {
        facts.push_back(fact.id);
      }
    }
    std::sort(facts.begin(), facts.end());
    return facts;
  }
  const std::vector<NodeId>& nodes() const { return nodes_; }

 private:
  static constexpr Instant kHour = Instant{3'600'000'000};
  struct Article {
    NodeId id;
    NodeId publisher;
    std::optional<Instant> published;
    int original;
  };
  struct Said {
    int article;
    Stance stance;
    double confidence;
    NodeId asserter;
    std::optional<Instant> retracted;
  };
  struct Fact {
    FactId id;
    NodeId subject, object;
    Instant from, to;
    std::vector<Said> said;
  };

  static Instant Day(int day) { return 24 * kHour * day; }
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint32_t>(limit)); }
  bool Chance(int in) { return Below(in) == 0; }
  std::vector<NodeId> SomePublishers() {
    std::vector<NodeId> some;
    for (NodeId publisher : publishers_) {
      if (Chance(2)) some.push_back(publisher);
    }
    return some;
  }
  static Value Moment(Instant instant) {
    DateTime time;
    time.seconds = instant / 1'000'000;
    return Value::OfDateTime(time);
  }

  void AddArticle(OpenGraph& open, int i) {
    Article article{kNoId, kNoId, std::nullopt, -1};
    ClaimWriter writer(open.graph());
    ArticleInput input;
    input.key = "article" + std::to_string(i);
    if (!Chance(4)) {
      const int publisher = Below(4);
      article.publisher = publishers_[static_cast<size_t>(publisher)];
      input.publisher = "p" + std::to_string(publisher);
    }
    if (!Chance(5)) {
      article.published = Day(Below(40)) + (Chance(2) ? kHour * Below(24) : 0);
      input.published = Moment(*article.published);
    }
    // Some originals come later than their copies.
    if (Chance(3) && i + 1 < 12) {
      article.original = i + 1;
      input.copy_of = "article" + std::to_string(i + 1);
    }
    article.id = Must(writer.UpsertArticle(input)).node;
    articles_.push_back(article);
  }

  void AddFact(OpenGraph& open) {
    Fact fact{kNoId,
              nodes_[static_cast<size_t>(Below(6))],
              nodes_[static_cast<size_t>(Below(6))],
              kEarliest,
              kLatest,
              {}};
    std::vector<MapEntry> properties;
    if (!Chance(3)) {
      fact.from = Day(Below(40));
      properties.emplace_back("valid_from", Value::OfDate(Date{fact.from / Day(1)}));
    }
    if (Chance(2)) {
      fact.to = Day(Below(40)) + (Chance(2) ? kHour * Below(24) : 0);
      properties.emplace_back("valid_to", Moment(fact.to));
    }
    fact.id = open.Relate(fact.subject, "R", fact.object, properties);
    facts_.push_back(fact);
  }

  void AddEvidence(OpenGraph& open) {
    Fact& fact = facts_[static_cast<size_t>(Below(30))];  // some facts stay without
    Said said{Below(12), static_cast<Stance>(Below(3)), Below(100) / 100.0, kNoId, std::nullopt};
    if (Chance(3)) said.asserter = publishers_[static_cast<size_t>(Below(4))];
    for (const Said& other : fact.said) {
      if (other.article == said.article && other.stance == said.stance &&
          other.asserter == said.asserter) {
        return;
      }
    }
    open.Cite(fact.id, articles_[static_cast<size_t>(said.article)].id, said.stance,
              said.confidence, said.asserter);
    fact.said.push_back(said);
  }

  void RetractSome(OpenGraph& open) {
    Fact& fact = facts_[static_cast<size_t>(Below(30))];
    if (fact.said.empty()) return;
    const int article = fact.said[0].article;
    const Instant when = Day(Below(40));
    ClaimWriter writer(open.graph());
    Must(writer.Retract(fact.id, articles_[static_cast<size_t>(article)].id, when));
    for (Said& said : fact.said) {
      if (said.article == article && !said.retracted.has_value()) said.retracted = when;
    }
  }

  bool Sees(const Fact& fact, const Lens& lens) const {
    if (lens.valid_time.has_value()) {
      const bool overlaps =
          fact.from < fact.to && fact.from < lens.valid_time->to && lens.valid_time->from < fact.to;
      if (!overlaps) return false;
    }
    if (fact.said.empty()) return !lens.AsksForEvidence();
    std::map<NodeId, std::pair<double, double>> groups;
    bool affirmed = false, any = false;
    for (const Said& said : fact.said) {
      const Article& article = articles_[static_cast<size_t>(said.article)];
      if (!Counts(said, article, lens)) continue;
      any = true;
      const Article* root = &article;
      while (root->original >= 0) root = &articles_[static_cast<size_t>(root->original)];
      auto& group = groups[root->publisher != kNoId ? root->publisher : root->id];
      double& strongest = said.stance == Stance::kDenies ? group.second : group.first;
      strongest = std::max(strongest, said.confidence);
      affirmed = affirmed || said.stance != Stance::kDenies;
    }
    double no_support = 1, no_denial = 1;
    for (const auto& [source, group] : groups) {
      no_support *= 1 - group.first;
      no_denial *= 1 - group.second;
    }
    const int confidence = static_cast<int>(std::lround((1 - no_support) * no_denial * 10'000));
    if (lens.least_confidence.has_value() && confidence < *lens.least_confidence) return false;
    return lens.denied_by.has_value() || lens.only_denied_too ? any : affirmed;
  }

  static bool Counts(const Said& said, const Article& article, const Lens& lens) {
    const auto among = [&](const std::vector<NodeId>& list) {
      return std::any_of(list.begin(), list.end(), [&](NodeId node) {
        return node == article.publisher || node == said.asserter;
      });
    };
    if (lens.known_until.has_value()) {
      if (!article.published.has_value() || *article.published > *lens.known_until) return false;
      if (said.retracted.has_value() && *said.retracted <= *lens.known_until) return false;
    } else if (said.retracted.has_value()) {
      return false;
    }
    if (lens.known_from != kEarliest &&
        (!article.published.has_value() || *article.published < lens.known_from)) {
      return false;
    }
    if (lens.according_to.has_value() && !among(*lens.according_to)) return false;
    if (among(lens.except)) return false;
    if (!lens.denied_by.has_value()) return true;
    return said.stance == Stance::kDenies && among(*lens.denied_by);
  }

  std::mt19937 random_;
  std::vector<NodeId> nodes_, publishers_;
  std::vector<Article> articles_;
  std::vector<Fact> facts_;
};

TEST(ExpansionTest, EveryLensShowsWhatTheDefinitionsSay) {
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    OpenGraph open(/*edges_per_chunk=*/4, /*facts_per_block=*/2);
    Model model(seed);
    model.Build(open);
    if (seed % 3 == 1) open.CommitAndBegin();
    if (seed % 3 == 2) open.SealAndBegin();
    std::vector<Lens> lenses(1);
    for (int i = 0; i < 60; ++i) lenses.push_back(model.RandomLens());
    for (size_t i = 0; i < lenses.size(); ++i) {
      for (NodeId node : model.nodes()) {
        std::vector<FactId> found = Expand(open.graph(), node, Heading::kEither, {}, lenses[i], 7);
        std::sort(found.begin(), found.end());
        ASSERT_EQ(found, model.Visible(node, lenses[i])) << "seed " << seed << ", lens " << i;
        for (FactId fact : found) {
          ASSERT_TRUE(open.Of(fact, lenses[i]).visible);
        }
      }
    }
  }
}

}  // namespace
}  // namespace entente
