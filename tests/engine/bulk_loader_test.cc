// Whatever way records take into a database, it holds the same: in one load, in two, through table
// files sorted in tiny memory or through a transaction, or record by record.
#include "engine/bulk_loader.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/core.h"
#include "engine/error.h"
#include "engine/maintenance.h"
#include "engine/property_index.h"
#include "engine/temporal_text.h"
#include "engine/value_text.h"
#include "gmock/gmock.h"
#include "storage/facts.h"
#include "storage/nodes.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kTinyMemory = 16 << 10;

std::unique_ptr<Database> OpenTiny() {
  DatabaseOptions options;
  options.edges_per_chunk = 4;
  options.facts_per_block = 2;
  return Must(Database::Open(":memory:", options));
}

BulkLoader::Options ThroughFiles() {
  BulkLoader::Options options;
  options.memory_bytes = kTinyMemory;
  options.least_rows_for_files = 0;
  return options;
}

BulkLoader::Options ThroughTransaction() {
  BulkLoader::Options options;
  options.least_rows_for_files = ~uint64_t{0};
  return options;
}

struct Records {
  std::vector<EntityInput> entities;
  std::vector<ArticleInput> articles;
  std::vector<ClaimInput> claims;
};

Value Day(int day) { return Value::OfDate(Date{day}); }

// Sixty claims on one pair of hubs, so that chunks, blocks and pages of evidence overflow, and many
// on others; aliases, unknown names, copies of copies, partial dates and instants, repeated
// records.
Records RandomRecords(uint32_t seed, int claims) {
  std::mt19937 random(seed);
  const auto below = [&](int limit) { return static_cast<int>(random() % limit); };
  Records records;
  for (int i = 0; i < 24; ++i) {
    EntityInput entity;
    entity.key = absl::StrCat("k:", i);
    entity.name = absl::StrCat("Land ", i);
    if (i % 3 == 0) entity.names = {{absl::StrCat("Pays ", i), "fr", ""}};
    if (i % 4 == 0) entity.labels = {"Country", "Place"};
    if (i % 5 == 0) entity.properties = {{"size", Value::Integer(i)}};
    records.entities.push_back(entity);
    if (i % 7 == 0) {
      entity.properties = {{"note", Value::String("again")}};
      records.entities.push_back(entity);
    }
  }
  for (int i = 0; i < 40; ++i) {
    ArticleInput article;
    article.key = absl::StrCat("a", i);
    article.title = absl::StrCat("Title ", i);
    if (i % 6 != 0) article.publisher = i % 2 == 0 ? absl::StrCat("Land ", i % 8) : "Daily Star";
    if (i % 9 != 0) article.published = Value::String(absl::StrCat("2024-01-", 10 + i % 20));
    if (i % 4 == 1) article.copy_of = absl::StrCat("a", i + 2);
    if (i % 10 == 3) article.properties = {{"words", Value::Integer(i * 10)}};
    records.articles.push_back(article);
    if (i % 8 == 0) records.articles.push_back(article);
  }
  const auto name = [&](int entity) {
    switch (below(4)) {
      case 0:
        return absl::StrCat("land  ", entity);
      case 1:
        return absl::StrCat(entity % 3 == 0 ? "PAYS " : "Land ", entity);
      default:
        return absl::StrCat("k:", entity);
    }
  };
  for (int i = 0; i < claims; ++i) {
    ClaimInput claim;
    const bool hub = i % 3 == 0;
    claim.subject = hub ? name(1) : below(12) == 0 ? "Nobody Known" : name(below(24));
    claim.object = hub ? name(below(24)) : name(2);
    claim.type = absl::StrCat("T", below(3));
    if (below(3) != 0) claim.valid_from = {Day(19000 + below(4) * 31), Precision::kDay};
    if (below(4) == 0) claim.valid_from = {Day(18993), Precision::kYear};
    if (below(6) == 0) {
      claim.valid_from = {
          Value::OfDateTime(*ParseDateTime(absl::StrCat("2023-05-05T0", below(3), ":30:00Z")))};
    }
    if (below(5) == 0) claim.valid_to = {Day(19900), Precision::kDay};
    if (below(5) == 0) claim.properties = {{"weight", Value::Integer(below(3))}};
    if (below(10) != 0) {
      claim.article = absl::StrCat("a", below(40));
      claim.evidence.stance = static_cast<Stance>(below(3));
      claim.evidence.confidence = below(8) == 0 ? 1.0 / 3 : below(100) / 100.0;
      claim.evidence.sentence = below(3) - 1;
      if (below(4) == 0) claim.evidence.quote = absl::StrCat("quote ", below(5));
      if (below(4) == 0) claim.asserted_by = name(below(24));
    }
    records.claims.push_back(claim);
    if (below(9) == 0) records.claims.push_back(claim);
  }
  return records;
}

void Add(const Records& records, BulkLoader& loader) {
  for (const EntityInput& entity : records.entities) MustBeOk(loader.AddEntity(entity, {}));
  for (const ArticleInput& article : records.articles) MustBeOk(loader.AddArticle(article, {}));
  for (const ClaimInput& claim : records.claims) MustBeOk(loader.AddClaim(claim, {}));
}

LoadSummary Load(Database& database, const Records& records, const BulkLoader::Options& options) {
  BulkLoader loader(database, options);
  Add(records, loader);
  return Must(loader.Finish());
}

std::string Entries(std::vector<MapEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const MapEntry& a, const MapEntry& b) { return a.first < b.first; });
  std::string text;
  for (const auto& [name, value] : entries) {
    absl::StrAppend(&text, " ", name, "=", ValueText(value));
  }
  return text;
}

// Everything in a database in words that do not depend on ids.
std::vector<std::string> Contents(Database& database) {
  const CheckReport report = Must(CheckDatabase(database));
  EXPECT_THAT(report.problems, IsEmpty());
  std::vector<std::string> lines;
  const std::unique_ptr<ReadTransaction> reading = Must(database.core().BeginRead());
  const Graph& graph = reading->graph();
  std::map<NodeId, std::string> keys = {{kNoId, "-"}};
  std::vector<NodeId> nodes;
  const std::unique_ptr<NodeScan> scan = graph.ScanNodes();
  while (Must(scan->Next(100, &nodes))) continue;
  for (NodeId node : nodes) {
    keys[node] = std::string(Must(graph.NodeProperty(node, "key")).string());
  }
  for (NodeId node : nodes) {
    std::vector<std::string> labels;
    for (LabelId label : Must(graph.Labels(node)))
      labels.push_back(graph.catalogue().label(label).name);
    std::sort(labels.begin(), labels.end());
    std::string line = absl::StrCat("node ", absl::StrJoin(labels, ":"),
                                    Entries(Must(graph.NodeProperties(node))));
    for (const EntityName& name : Must(graph.Names(node))) {
      absl::StrAppend(&line, " ", name.text, "@", name.language, "/", name.script);
      for (const NameMatch& match : Must(graph.FindName(name.text))) {
        absl::StrAppend(&line, ">", keys[match.node]);
      }
    }
    if (IsArticle(node)) absl::StrAppend(&line, " by ", keys[Must(graph.PublisherOf(node))]);
    for (FactId fact : Must(graph.FactsOf(node, Lens())))
      absl::StrAppend(&line, fact == kNoId ? "?" : "*");
    EXPECT_EQ(Must(graph.FindKey(keys[node])), node);
    lines.push_back(line);
  }
  storage::FactCursor cursor(graph.view());
  FactId fact;
  storage::FactRecord record;
  while (cursor.Next(&fact, &record)) {
    std::string line = absl::StrCat(
        "fact ", keys[record.subject], " ", graph.catalogue().relation(record.relation).name, " ",
        keys[record.object], Entries(Must(graph.RelationshipProperties(fact))), " ",
        static_cast<int>(record.from_precision), static_cast<int>(record.to_precision), " flags ",
        record.flags, " ", record.support, "/", record.denial, "/", record.confidence, " ",
        record.first_reported, "…", record.last_reported);
    std::vector<std::string> pieces;
    for (const storage::Evidence& piece : record.evidence) {
      pieces.push_back(absl::StrCat(keys[piece.article], " ", static_cast<int>(piece.stance), " ",
                                    piece.confidence, " ", keys[piece.asserter], " ",
                                    piece.sentence, " '", piece.quote, "'"));
    }
    absl::StrAppend(&line, " | ", absl::StrJoin(pieces, " | "));
    lines.push_back(line);
  }
  MustBeOk(cursor.status());
  std::sort(lines.begin(), lines.end());
  return lines;
}

// What only one of them has.
std::vector<std::string> Differences(const std::vector<std::string>& a,
                                     const std::vector<std::string>& b) {
  std::vector<std::string> lines;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(lines));
  return lines;
}

class SameRecordsTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(SameRecordsTest, GiveTheSameDatabaseThroughFilesAndThroughATransaction) {
  const Records records = RandomRecords(GetParam(), 400);
  const std::unique_ptr<Database> filed = OpenTiny();
  const std::unique_ptr<Database> written = OpenTiny();
  const LoadSummary a = Load(*filed, records, ThroughFiles());
  const LoadSummary b = Load(*written, records, ThroughTransaction());
  EXPECT_EQ(a.facts_created, b.facts_created);
  EXPECT_EQ(a.evidence_created, b.evidence_created);
  EXPECT_EQ(a.entities_created, b.entities_created);
  EXPECT_EQ(a.articles_created, b.articles_created);
  EXPECT_EQ(a.differing_properties, b.differing_properties);
  EXPECT_EQ(a.claims, b.claims);
  EXPECT_EQ(a.rejected, 0u);
  EXPECT_EQ(b.rejected, 0u);
  EXPECT_THAT(Differences(Contents(*filed), Contents(*written)), IsEmpty());
}

TEST_P(SameRecordsTest, ChangeNothingWhenLoadedAgain) {
  const Records records = RandomRecords(GetParam(), 300);
  const std::unique_ptr<Database> database = OpenTiny();
  Load(*database, records, ThroughFiles());
  const std::vector<std::string> before = Contents(*database);
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const LoadSummary again = Load(*database, records, options);
    EXPECT_EQ(again.facts_created, 0u);
    EXPECT_EQ(again.evidence_created, 0u);
    EXPECT_EQ(again.entities_created, 0u);
    EXPECT_EQ(again.articles_created, 0u);
    EXPECT_EQ(again.entities_changed, 0u);
    EXPECT_THAT(Differences(Contents(*database), before), IsEmpty());
  }
}

TEST_P(SameRecordsTest, GiveTheSameDatabaseInTwoLoadsAndOneByOne) {
  const Records all = RandomRecords(GetParam(), 300);
  const std::unique_ptr<Database> whole = OpenTiny();
  Load(*whole, all, ThroughFiles());
  const std::vector<std::string> expected = Contents(*whole);

  Records first;
  Records second;
  first.entities = all.entities;
  second.entities = {all.entities[3], all.entities[7]};
  for (size_t i = 0; i < all.articles.size(); ++i) {
    (i < all.articles.size() / 2 ? first : second).articles.push_back(all.articles[i]);
  }
  for (const ClaimInput& claim : all.claims) {
    const bool known =
        claim.article.empty() || std::any_of(first.articles.begin(), first.articles.end(),
                                             [&](const auto& a) { return a.key == claim.article; });
    // The order of claims decides which value of a property stays.
    (known && second.claims.empty() ? first : second).claims.push_back(claim);
  }
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const std::unique_ptr<Database> halves = OpenTiny();
    Load(*halves, first, options);
    Load(*halves, second, options);
    EXPECT_THAT(Differences(Contents(*halves), expected), IsEmpty());
  }

  const std::unique_ptr<Database> singles = OpenTiny();
  Records nodes = all;
  nodes.claims.clear();
  Load(*singles, nodes, ThroughTransaction());
  for (const ClaimInput& claim : all.claims) {
    Records one;
    one.claims.push_back(claim);
    Load(*singles, one, ThroughTransaction());
  }
  EXPECT_THAT(Differences(Contents(*singles), expected), IsEmpty());
}

// Through files they stand in blocks, which are never written again.
TEST(BulkLoaderTest, ArticlesOfALoadCanBeChangedDeletedAndMadeAgain) {
  Records records;
  for (int i = 0; i < 100; ++i) {
    ArticleInput article;
    article.key = absl::StrCat("a", i);
    article.url = absl::StrCat("https://x.org/the-story-number-", i, "/");
    article.title = absl::StrCat("The story, number ", i);
    if (i == 9) article.copy_of = "awaited";
    if (i == 50)
      article.properties = {{"tags", Value::List({Value::String(""), Value::Integer(1)})}};
    records.articles.push_back(article);
  }
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const std::unique_ptr<Database> database = OpenTiny();
    Load(*database, records, options);
    {
      const auto writing = Must(database->core().BeginWrite(nullptr));
      GraphWriter& graph = writing->graph();
      MustBeOk(graph.SetNodeProperty(Must(graph.FindKey("a5")), "title", Value::String("Other")));
      MustBeOk(graph.DeleteNode(Must(graph.FindKey("a6"))));
      MustBeOk(graph.DeleteNode(Must(graph.FindKey("a7"))));
      MustBeOk(writing->Commit());
    }
    Records more;
    more.articles = {records.articles[6], ArticleInput()};
    more.articles[1].key = "awaited";
    Load(*database, more, options);
    const auto reading = Must(database->core().BeginRead());
    const Graph& graph = reading->graph();
    const auto property = [&](const char* key, const char* name) {
      return Must(graph.NodeProperty(Must(graph.FindKey(key)), name));
    };
    EXPECT_EQ(property("a5", "title").string(), "Other");
    EXPECT_EQ(property("a5", "url").string(), "https://x.org/the-story-number-5/");
    EXPECT_EQ(property("a6", "title").string(), "The story, number 6");
    EXPECT_EQ(property("a50", "tags").list().size(), 2u);
    EXPECT_EQ(Must(graph.FindKey("a7")), kNoId);
    EXPECT_EQ(Must(storage::ReadNode(graph.view(), Must(graph.FindKey("a9"))))->original,
              Must(graph.FindKey("awaited")));
    EXPECT_THAT(Must(CheckDatabase(*database)).problems, IsEmpty());
  }
}

TEST(BulkLoaderTest, InputsOfSeveralSourcesCountInTheirOrder) {
  const std::unique_ptr<Database> database = OpenTiny();
  BulkLoader loader(*database, ThroughFiles());
  LoadInput& evidence = loader.NewInput();
  LoadInput& facts = loader.NewInput();
  LoadInput& articles = loader.NewInput();
  const FactHandle bad = Must(facts.AddFact({"", "T", "B"}, {1, 7, 0}));
  const FactHandle good = Must(facts.AddFact({"A", "T", "B"}, {1, 8, 0}));
  const FactHandle same = Must(facts.AddFact({"a", "T", "b"}, {1, 9, 0}));
  ArticleText article;
  article.key = "x";
  MustBeOk(articles.AddArticle(article, {2, 1, 0}));
  EvidenceClaim piece;
  piece.article = "x";
  piece.fact = bad;
  MustBeOk(evidence.AddEvidence(piece, {0, 1, 0}));
  for (FactHandle fact : {good, same}) {
    piece.fact = fact;
    MustBeOk(evidence.AddEvidence(piece, {0, 2, 0}));
  }
  piece.article = "y";
  MustBeOk(evidence.AddEvidence(piece, {0, 4, 0}));
  const LoadSummary summary = Must(loader.Finish());
  EXPECT_EQ(summary.facts_created, 1u);
  EXPECT_EQ(summary.evidence_created, 1u);
  EXPECT_EQ(summary.claims, 4u);
  EXPECT_EQ(summary.rejected, 3u);
}

TEST(BulkLoaderTest, RejectionsAreToldInTheOrderOfTheInputs) {
  const std::unique_ptr<Database> database = OpenTiny();
  BulkLoader::Options options = ThroughFiles();
  std::vector<std::string> told;
  options.on_reject = [&](const Rejection& rejection) {
    told.push_back(absl::StrCat(rejection.place.file, ":", rejection.place.line, ":",
                                rejection.place.column, " ", rejection.reason));
  };
  BulkLoader loader(*database, options);
  LoadInput& first = loader.NewInput();
  LoadInput& second = loader.NewInput();
  MustBeOk(second.Reject({1, 3, 5}, "later"));
  MustBeOk(first.Reject({0, 70'000, 4'000}, "sooner"));
  MustBeOk(first.AddEntity({.key = "1", .name = "Twin"}, {}));
  MustBeOk(first.AddEntity({.key = "2", .name = "TWIN"}, {}));
  ClaimInput claim;
  claim.subject = "twin";
  claim.type = "T";
  claim.object = "1";
  MustBeOk(second.AddClaim(claim, {1, 4, 2}));
  EXPECT_EQ(Must(loader.Finish()).rejected, 3u);
  EXPECT_THAT(told, ElementsAre("0:70000:4000 sooner", "1:3:5 later",
                                "1:4:2 'twin' may mean Twin (1), TWIN (2)"));
}

TEST(BulkLoaderTest, AnArticleCannotBeACopyOfItselfHoweverItIsWritten) {
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const std::unique_ptr<Database> database = OpenTiny();
    const auto copy = [](const char* key, const char* original) {
      ArticleInput article;
      article.key = key;
      article.copy_of = original;
      return article;
    };
    Records records;
    records.articles = {copy("a", "b"), copy("b", "c"), copy("c", "a"), copy("d", "d")};
    const LoadSummary first = Load(*database, records, options);
    EXPECT_EQ(first.rejected, 2u);
    EXPECT_EQ(first.articles_created, 2u);
    // b waits for c, and c may come without an original.
    records.articles = {copy("c", ""), copy("e", "c")};
    EXPECT_EQ(Load(*database, records, options).articles_created, 2u);
    Contents(*database);
  }
}

TEST(BulkLoaderTest, NamesOfDirectEntitiesAreFoundByThoseThatHaveNoKey) {
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const std::unique_ptr<Database> database = OpenTiny();
    Records records;
    records.entities.resize(3);
    records.entities[0].name = "Nordkorea";
    records.entities[0].properties = {{"capital", Value::String("Pyongyang")}};
    records.entities[1].key = "iso:PRK";
    records.entities[1].name = "North Korea";
    records.entities[1].names = {{"Nordkorea", "de", ""}};
    records.entities[2].name = "KCNA";
    records.articles.resize(1);
    records.articles[0].key = "x";
    records.articles[0].publisher = "iso:PRK";
    EXPECT_EQ(Load(*database, records, options).entities_created, 2u);
    const std::vector<std::string> contents = Contents(*database);
    EXPECT_THAT(absl::StrJoin(contents, "\n"), HasSubstr("Pyongyang' key='iso:PRK'"));
  }
}

TEST(BulkLoaderTest, KeysOfMergedEntitiesLeadToWhatTheyWentInto) {
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const std::unique_ptr<Database> database = OpenTiny();
    const Records records = RandomRecords(3, 200);
    Load(*database, records, options);
    const std::unique_ptr<WriteTransaction> writing = Must(database->core().BeginWrite(nullptr));
    for (const auto& [into, merged] : {std::pair("k:1", "k:2"), {"k:3", "k:1"}}) {
      Must(
          ClaimWriter(writing->graph())
              .Merge(Must(writing->graph().FindKey(into)), Must(writing->graph().FindKey(merged))));
    }
    MustBeOk(writing->Commit());
    const std::vector<std::string> before = Contents(*database);
    const LoadSummary again = Load(*database, records, options);
    EXPECT_EQ(again.facts_created + again.evidence_created + again.entities_created, 0u);
    EXPECT_EQ(again.rejected, 0u);
    EXPECT_THAT(Differences(before, Contents(*database)), IsEmpty());
  }
}

TEST(BulkLoaderTest, SimilarNamesAreFoundOfEveryLoad) {
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const std::unique_ptr<Database> database = OpenTiny();
    for (const char* key : {"1", "2"}) {
      Records records;
      for (const char* name : {"Nordkorea", "Путин"}) {
        records.entities.push_back({.key = absl::StrCat(name, key), .name = name});
      }
      // One that goes another way into the same lists.
      records.entities.push_back({.name = absl::StrCat("Nordkorea ", key)});
      Load(*database, records, options);
    }
    Contents(*database);
    const std::unique_ptr<ReadTransaction> reading = Must(database->core().BeginRead());
    const auto names_of = [&](absl::string_view text) {
      std::vector<std::string> names;
      for (const NameMatch& match : Must(reading->graph().FindSimilarNames(text, 10))) {
        names.push_back(match.name);
      }
      return names;
    };
    EXPECT_THAT(names_of("Nordkoera"),
                ElementsAre("Nordkorea", "Nordkorea", "Nordkorea 1", "Nordkorea 2"));
    EXPECT_THAT(names_of("Putin"), ElementsAre("Путин", "Путин"));
  }
}

TEST_P(SameRecordsTest, TakeOverStubsOfAnEarlierLoad) {
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const std::unique_ptr<Database> database = OpenTiny();
    Records named = RandomRecords(GetParam(), 200);
    named.entities.clear();
    for (ClaimInput& claim : named.claims) {
      for (std::string* name : {&claim.subject, &claim.object, &claim.asserted_by}) {
        if (absl::StartsWith(*name, "k:")) *name = absl::StrCat("Land ", name->substr(2));
      }
    }
    Load(*database, named, options);
    Contents(*database);
    const LoadSummary summary = Load(*database, RandomRecords(GetParam() + 7, 200), options);
    EXPECT_GT(summary.names_taken_over, 10u);
    for (const std::string& line : Contents(*database)) {
      EXPECT_THAT(line, Not(HasSubstr("name:land")));
    }
  }
}

TEST(BulkLoaderTest, ACancelledLoadLeavesTheDatabaseAsItWas) {
  const std::unique_ptr<Database> database = OpenTiny();
  Load(*database, RandomRecords(1, 20), ThroughFiles());
  const std::vector<std::string> before = Contents(*database);
  using Stage = LoadProgress::Stage;
  for (const Stage stage : {Stage::kEntities, Stage::kArticles, Stage::kClaims, Stage::kEvidence,
                            Stage::kWriting, Stage::kCommitting}) {
    std::atomic<bool> cancelled{false};
    BulkLoader::Options options = ThroughFiles();
    options.cancelled = &cancelled;
    options.on_progress = [&](const LoadProgress& progress) {
      if (progress.stage == stage) cancelled = true;
    };
    BulkLoader loader(*database, options);
    Add(RandomRecords(2, 4300), loader);
    const absl::Status status = loader.Finish().status();
    if (stage == Stage::kCommitting) continue;  // too late
    EXPECT_EQ(ErrorInfoOf(status).detail, "Interrupted") << static_cast<int>(stage);
    EXPECT_THAT(Differences(Contents(*database), before), IsEmpty());
  }
}

TEST(BulkLoaderTest, ALoadThatFailsLeavesNoFilesBehind) {
  namespace fs = std::filesystem;
  const fs::path path = fs::path(::testing::TempDir()) / absl::StrCat("bulk_loader_", ::getpid());
  fs::remove_all(path);
  std::unique_ptr<Database> database = Must(Database::Open(path.string()));
  const auto folders = [&] {
    return std::count_if(fs::directory_iterator(path), fs::directory_iterator(),
                         [](const auto& entry) { return entry.is_directory(); });
  };
  {
    BulkLoader::Options options = ThroughFiles();
    options.strict = true;
    options.memory_bytes = 0;
    BulkLoader loader(*database, options);
    Records records = RandomRecords(1, 1000);
    for (ClaimInput& claim : records.claims) claim.evidence.quote = std::string(4000, 'q');
    Add(records, loader);
    EXPECT_EQ(folders(), 1);
    ClaimInput claim;
    claim.subject = "k:1";
    claim.type = "T";
    claim.object = "k:2";
    claim.article = "nowhere";
    MustBeOk(loader.AddClaim(claim, {}));
    EXPECT_EQ(loader.Finish().status().message(), "there is no article with the key 'nowhere'");
  }
  EXPECT_EQ(folders(), 0);
  Load(*database, RandomRecords(1, 500), ThroughFiles());
  EXPECT_EQ(folders(), 0);
  EXPECT_THAT(Must(CheckDatabase(*database)).problems, IsEmpty());
  database.reset();
  fs::remove_all(path);
}

// The caches of pages, records and blocks know of a load, whoever reads meanwhile.
TEST(BulkLoaderTest, AReaderBesideALoadSeesWhatWasBeforeOrAfter) {
  const std::unique_ptr<Database> database = OpenTiny();
  Load(*database, RandomRecords(1, 300), ThroughFiles());
  const auto read = [&](const Graph& graph) {
    const NodeId hub = Must(graph.FindKey("k:1"));
    std::vector<uint64_t> seen = {graph.RelationshipCount(),
                                  Must(graph.Degree(hub, Heading::kOut, RelationSet()))};
    std::vector<FactId> facts;
    for (int i = 0; i < 40; ++i) {
      const NodeId article = Must(graph.FindKey(absl::StrCat("a", i)));
      for (FactId fact : Must(graph.FactsOf(article, Lens()))) facts.push_back(fact);
    }
    seen.push_back(facts.size());
    uint64_t pieces = 0;
    for (FactId fact : facts) pieces += Must(graph.EvidenceOf(fact, Lens())).size();
    seen.push_back(pieces);
    return seen;
  };
  const std::unique_ptr<ReadTransaction> old = Must(database->core().BeginRead());
  const std::vector<uint64_t> before = read(old->graph());
  std::atomic<bool> done{false};
  std::set<std::vector<uint64_t>> seen;
  std::thread reader([&] {
    while (!done) seen.insert(read(Must(database->core().BeginRead())->graph()));
  });
  Load(*database, RandomRecords(2, 300), ThroughFiles());
  done = true;
  reader.join();
  const std::vector<uint64_t> after = read(Must(database->core().BeginRead())->graph());
  EXPECT_NE(before, after);
  EXPECT_EQ(read(old->graph()), before);
  EXPECT_THAT(seen, Each(AnyOf(before, after)));
  Contents(*database);
}

TEST(BulkLoaderTest, IndexesThatWereThereFindWhatIsLoaded) {
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const std::unique_ptr<Database> database = OpenTiny();
    {
      const auto writing = Must(database->core().BeginWrite(nullptr));
      Must(writing->graph().CreateIndex("urls", "Article", "url"));
      Must(writing->graph().CreateIndex("names", "Country", "name"));
      MustBeOk(writing->Commit());
    }
    Records records = RandomRecords(1, 100);
    for (ArticleInput& article : records.articles) {
      article.url = absl::StrCat("https://example.org/", article.key);
    }
    Load(*database, records, options);
    const auto reading = Must(database->core().BeginRead());
    const Graph& graph = reading->graph();
    const auto find = [&](const char* index, const char* value) {
      const auto scan = graph.ScanIndex(*graph.catalogue().FindIndex(index),
                                        {*RangeOfEqual(Value::String(value))});
      std::vector<NodeId> nodes;
      Must(scan->Next(10, &nodes));
      return nodes;
    };
    EXPECT_THAT(find("urls", "https://example.org/a7"), ElementsAre(Must(graph.FindKey("a7"))));
    EXPECT_THAT(find("names", "Land 4"), ElementsAre(Must(graph.FindKey("k:4"))));
    EXPECT_EQ(graph.IndexedNodes(*graph.catalogue().FindIndex("urls")), 40u);
    EXPECT_THAT(Must(CheckDatabase(*database)).problems, IsEmpty());
  }
}

// The ends of an import tell the fact by its identity; what the fact's own are may have changed.
TEST(BulkLoaderTest, AnEndThatWasSetSinceStaysAsItIs) {
  for (const BulkLoader::Options& options : {ThroughFiles(), ThroughTransaction()}) {
    const std::unique_ptr<Database> database = OpenTiny();
    Records records = RandomRecords(1, 1);
    records.claims[0].valid_from = {Value::OfDateTime(*ParseDateTime("2024-01-11T12:00:00Z"))};
    records.claims[0].valid_to = ValidEnd();
    Load(*database, records, options);
    const std::unique_ptr<Session> session = database->Connect();
    Must(session->Run("MATCH ()-[r]->() INCLUDING ALL SET r.valid_from = null"));
    Load(*database, records, options);
    const auto result = Must(session->Run("MATCH ()-[r]->() INCLUDING ALL RETURN r.valid_from"));
    Row row;
    ASSERT_TRUE(Must(result->Next(&row)));
    EXPECT_TRUE(row[0].is_null());
    EXPECT_FALSE(Must(result->Next(&row)));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SameRecordsTest, ::testing::Range(1u, 7u));

}  // namespace
}  // namespace entente
