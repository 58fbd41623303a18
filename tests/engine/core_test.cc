#include "engine/core.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "engine/error.h"
#include "engine/maintenance.h"
#include "gmock/gmock.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::IsEmpty;

class OnDiskTest : public ::testing::Test {
 protected:
  OnDiskTest()
      : path_(std::filesystem::path(::testing::TempDir()) /
              ("core_test_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
  }
  ~OnDiskTest() override { std::filesystem::remove_all(path_); }

  absl::StatusOr<std::unique_ptr<Database>> Open(bool read_only = false, bool create = true) {
    DatabaseOptions options;
    options.read_only = read_only;
    options.create_if_missing = create;
    options.edges_per_chunk = 4;
    options.facts_per_block = 2;
    return Database::Open(path_.string(), options);
  }

  const std::filesystem::path path_;
};

void WriteSome(Database& database) {
  const std::unique_ptr<WriteTransaction> writing = Must(database.core().BeginWrite(nullptr));
  GraphWriter& graph = writing->graph();
  ClaimWriter writer(graph);
  const NodeId hub = Must(graph.CreateNode({"Hub"}, {{"name", Text("hub")}}));
  ArticleInput article;
  article.key = "a";
  article.publisher = "KCNA";
  EvidenceInput evidence;
  evidence.article = Must(writer.UpsertArticle(article)).node;
  for (int i = 0; i < 20; ++i) {
    const NodeId node = Must(graph.CreateNode({"Leaf"}, {{"i", Value::Integer(i)}}));
    const Value edge = Must(graph.CreateRelationship(hub, i % 2 == 0 ? "R" : "S", node, {}));
    if (i % 3 == 0) Must(writer.Cite(edge.relationship().id, {evidence}));
  }
  MustBeOk(writing->Commit());
}

TEST_F(OnDiskTest, WhatIsCommittedIsThereWhenOpenedAgain) {
  EXPECT_TRUE(absl::IsNotFound(Open(false, /*create=*/false).status()));
  EXPECT_TRUE(absl::IsNotFound(Open(/*read_only=*/true).status()));
  EXPECT_FALSE(std::filesystem::exists(path_));
  WriteSome(*Must(Open()));
  for (bool read_only : {false, true}) {
    const std::unique_ptr<Database> database = Must(Open(read_only));
    const std::unique_ptr<ReadTransaction> reading = Must(database->core().BeginRead());
    const Graph& graph = reading->graph();
    const NodeId hub = Must(graph.ResolveName("hub"));
    EXPECT_EQ(Expand(graph, hub, Heading::kOut).size(), 20u);
    EXPECT_EQ(Expand(graph, hub, Heading::kOut, graph.ResolveTypes({"S"})).size(), 10u);
    EXPECT_EQ(graph.LabelCount(graph.catalogue().FindLabel("Leaf")), 20u);
    const CheckReport report = Must(CheckDatabase(*database));
    EXPECT_THAT(report.problems, IsEmpty());
    EXPECT_GT(report.keys, 40u);
  }
}

TEST_F(OnDiskTest, ReadOnlyReadsBesideAWriterAndRefusesToWrite) {
  const std::unique_ptr<Database> writer = Must(Open());
  WriteSome(*writer);
  EXPECT_TRUE(absl::IsUnavailable(Open().status()));
  const std::unique_ptr<Database> reader = Must(Open(/*read_only=*/true));
  EXPECT_EQ(ErrorInfoOf(reader->core().BeginWrite(nullptr).status()).detail, "ReadOnly");
  EXPECT_EQ(Must(reader->core().BeginRead())->graph().NodeCount(), 23u);
}

TEST_F(OnDiskTest, StatisticsCountEverything) {
  const std::unique_ptr<Database> database = Must(Open());
  WriteSome(*database);
  const DatabaseStatistics statistics = Must(ReadStatistics(*database));
  EXPECT_EQ(statistics.entities, 22u);
  EXPECT_EQ(statistics.articles, 1u);
  EXPECT_EQ(statistics.facts, 20u);
  EXPECT_EQ(statistics.evidence, 7u);
  EXPECT_THAT(statistics.labels,
              ::testing::ElementsAre(std::pair<std::string, uint64_t>("Article", 1),
                                     std::pair<std::string, uint64_t>("Hub", 1),
                                     std::pair<std::string, uint64_t>("Leaf", 20),
                                     std::pair<std::string, uint64_t>("Publisher", 1)));
  EXPECT_EQ(statistics.relations.size(), 2u);
  EXPECT_GT(statistics.format_version, 0u);
  EXPECT_FALSE(statistics.families.empty());
}

TEST(CoreTest, OneWriterAtATimeAndAWaitingOneCanBeCancelled) {
  const std::shared_ptr<Core> core = Must(Core::Open(":memory:", {}));
  std::unique_ptr<WriteTransaction> first = Must(core->BeginWrite(nullptr));
  std::atomic<bool> cancelled = true;
  std::thread([&] {
    EXPECT_EQ(ErrorInfoOf(core->BeginWrite(&cancelled).status()).detail, "Interrupted");
  }).join();
  first.reset();
  std::thread([&] { EXPECT_TRUE(core->BeginWrite(nullptr).ok()); }).join();
}

TEST(CoreTest, WhatIsDroppedWithoutCommitLeavesNothing) {
  const std::shared_ptr<Core> core = Must(Core::Open(":memory:", {}));
  {
    const std::unique_ptr<WriteTransaction> writing = Must(core->BeginWrite(nullptr));
    Must(writing->graph().CreateNode({"Gone"}, {}));
  }
  const std::unique_ptr<ReadTransaction> reading = Must(core->BeginRead());
  EXPECT_EQ(reading->graph().NodeCount(), 0u);
  EXPECT_EQ(reading->graph().catalogue().FindLabel("Gone"), kNoSymbol);
}

TEST(CoreTest, WhoBeginsToReadAgainSeesWhatWasCommittedMeanwhile) {
  const std::shared_ptr<Core> core = Must(Core::Open(":memory:", {}));
  std::weak_ptr<const Core::Picture> last;
  EXPECT_EQ(Must(core->BeginRead(&last))->graph().NodeCount(), 0u);
  EXPECT_EQ(Must(core->BeginRead(&last))->graph().NodeCount(), 0u);
  {
    const std::unique_ptr<WriteTransaction> writing = Must(core->BeginWrite(nullptr));
    Must(writing->graph().CreateNode({"New"}, {}));
    MustBeOk(writing->Commit());
  }
  // Neither the core nor who read it last keeps the old one.
  EXPECT_TRUE(last.expired());
  const std::unique_ptr<ReadTransaction> reading = Must(core->BeginRead(&last));
  EXPECT_EQ(reading->graph().NodeCount(), 1u);
  EXPECT_NE(reading->graph().catalogue().FindLabel("New"), kNoSymbol);
}

TEST(CoreTest, ReadersAndAWriterWorkAtOnce) {
  const std::shared_ptr<Core> core = Must(Core::Open(":memory:", {}));
  std::atomic<bool> done = false;
  std::thread reader([&] {
    std::weak_ptr<const Core::Picture> last;
    while (!done) {
      const std::unique_ptr<ReadTransaction> reading = Must(core->BeginRead(&last));
      const Graph& graph = reading->graph();
      const std::unique_ptr<NodeScan> scan = graph.ScanNodes();
      std::vector<NodeId> nodes;
      while (Must(scan->Next(16, &nodes))) {
      }
      EXPECT_EQ(nodes.size(), graph.NodeCount());
      // Every label that a node bears has a name in the same picture.
      for (NodeId node : nodes) {
        for (LabelId label : Must(graph.Labels(node))) {
          EXPECT_LT(label, graph.catalogue().label_count());
        }
      }
    }
  });
  for (int i = 0; i < 50; ++i) {
    const std::unique_ptr<WriteTransaction> writing = Must(core->BeginWrite(nullptr));
    Must(writing->graph().CreateNode({"L" + std::to_string(i)}, {}));
    MustBeOk(writing->Commit());
  }
  done = true;
  reader.join();
}

TEST(CoreTest, TablesAnswerUnderTheirName) {
  const std::shared_ptr<Core> core = Must(Core::Open(":memory:", {}));
  EXPECT_EQ(core->FindTable("my.proc"), nullptr);
  const char* signature = "my.proc(in :: INTEGER?) :: (out :: STRING)";
  MustBeOk(core->RegisterTable(signature, {{Value::Integer(1), Text("a")}}));
  const std::shared_ptr<const TableProcedure> held = core->FindTable("my.proc");
  MustBeOk(core->RegisterTable(signature, {}));
  EXPECT_EQ(held->rows.size(), 1u);
  EXPECT_TRUE(core->FindTable("my.proc")->rows.empty());
  EXPECT_FALSE(core->RegisterTable(signature, {{Value::Integer(1)}}).ok());
  EXPECT_FALSE(core->RegisterTable(signature, {{Value::Integer(1), Value::Null()}}).ok());
  EXPECT_FALSE(core->RegisterTable(signature, {{Text("1"), Text("a")}}).ok());
}

TEST(ProcedureTest, SignaturesSayNamesTypesAndNullability) {
  const ProcedureSignature signature = Must(
      ParseProcedureSignature("test.my.proc(name :: STRING?, id :: INTEGER) :: (c :: NUMBER?) "));
  EXPECT_EQ(signature.name, "test.my.proc");
  ASSERT_EQ(signature.arguments.size(), 2u);
  EXPECT_EQ(signature.arguments[0].type, "STRING");
  EXPECT_TRUE(signature.arguments[0].nullable);
  EXPECT_FALSE(signature.arguments[1].nullable);
  EXPECT_EQ(signature.columns[0].name, "c");
  EXPECT_TRUE(Must(ParseProcedureSignature("p() :: VOID")).columns.empty());
  EXPECT_TRUE(Must(ParseProcedureSignature("p() :: ()")).arguments.empty());
  for (const char* bad : {"", "p", "p()", "p(a) :: ()", "(a :: STRING?) :: ()", "p() :: (a :: X)",
                          "p(a :: STRING, a :: STRING) :: ()"}) {
    EXPECT_FALSE(ParseProcedureSignature(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace entente
