#include "engine/property_index.h"

#include <limits>
#include <random>

#include "absl/functional/function_ref.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/maintenance.h"
#include "engine/value_order.h"
#include "engine/value_text.h"
#include "gmock/gmock.h"
#include "storage/nodes.h"
#include "storage/property_index.h"
#include "storage/transaction.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Value> ValuesOfEveryKind() {
  const double infinity = std::numeric_limits<double>::infinity();
  const int64_t large = int64_t{1} << 53;
  std::vector<Value> values = {Value::Integer(0),
                               Value::Integer(-1),
                               Value::Integer(large),
                               Value::Integer(large + 1),
                               Value::Integer(std::numeric_limits<int64_t>::min()),
                               Value::Float(0.0),
                               Value::Float(-0.0),
                               Value::Float(-0.5),
                               Value::Float(1e300),
                               Value::Float(infinity),
                               Value::Float(-infinity),
                               Value::Float(std::numeric_limits<double>::quiet_NaN()),
                               Value::Boolean(false),
                               Value::Boolean(true),
                               Text(""),
                               Text("a"),
                               Text("ab"),
                               Text("b"),
                               Text("\xff"),
                               Text(absl::string_view("a\0", 2)),
                               Text(absl::string_view("a\0b", 3)),
                               Text(std::string(256, 'x')),
                               Text(std::string(256, 'x') + "a"),
                               Text(std::string(256, 'x') + "b"),
                               OpenGraph::Day("2024-01-01"),
                               OpenGraph::Day("-0044-03-15"),
                               OpenGraph::Moment("2024-01-01T00:00:00.5Z"),
                               OpenGraph::Moment("2024-01-01T01:00:00.5+01:00"),
                               OpenGraph::Moment("1969-12-31T23:59:59.25Z"),
                               Value::OfLocalDateTime({5, 7}),
                               Value::OfTime({kNanosPerSecond, 3600}),
                               Value::OfTime({kNanosPerSecond, -3600}),
                               Value::OfLocalTime({3}),
                               Value::OfDuration({1, 2, 3, 4}),
                               Value::OfDuration({0, 32, 3, 4}),
                               Value::List({}),
                               Value::List({Value::Integer(1), Value::Null()})};
  return values;
}

bool Holds(const std::optional<IndexRange>& range, const Value& value) {
  if (!range.has_value()) return false;
  const std::string bytes = IndexValue(value) + std::string(8, '\xff');  // of the last node
  return IndexValue(value) >= range->from && bytes < range->below;
}

TEST(PropertyIndexTest, RangesHoldEveryValueThatAConditionIsTrueOf) {
  std::vector<Value> bounds = ValuesOfEveryKind();
  bounds.push_back(Value::Null());
  bounds.push_back(Value::Map({}));
  bounds.push_back(Value::Node(1));
  for (const Value& bound : bounds) {
    for (const Value& value : ValuesOfEveryKind()) {
      const std::string both = ValueText(value) + " and " + ValueText(bound);
      if (Equals(value, bound).value_or(false)) {
        EXPECT_TRUE(Holds(RangeOfEqual(bound), value)) << both;
      }
      if (LessOrEqual(value, bound).value_or(false)) {
        EXPECT_TRUE(Holds(RangeBetween(nullptr, &bound), value)) << both;
      }
      if (LessOrEqual(bound, value).value_or(false)) {
        EXPECT_TRUE(Holds(RangeBetween(&bound, nullptr), value)) << both;
      }
      for (const Value& other : bounds) {
        if (LessOrEqual(bound, value).value_or(false) &&
            LessOrEqual(value, other).value_or(false)) {
          EXPECT_TRUE(Holds(RangeBetween(&bound, &other), value))
              << both << " and " << ValueText(other);
        }
      }
      if (value.is_string() && bound.is_string() &&
          value.string().substr(0, bound.string().size()) == bound.string()) {
        EXPECT_TRUE(Holds(RangeOfPrefix(bound), value)) << both;
      }
    }
  }
  EXPECT_FALSE(Holds(RangeOfEqual(Text("a")), Text("ab")));
  EXPECT_FALSE(Holds(RangeOfPrefix(Text("ab")), Text("a")));
  EXPECT_FALSE(Holds(RangeOfEqual(Value::Integer(1)), Value::Boolean(true)));
}

TEST(PropertyIndexTest, RangesOfAListHaveNoEntryInCommon) {
  const Value list = Value::List({Value::Integer(2), Value::Float(1.0), Value::Integer(1),
                                  Value::Null(), Value::List({}), Value::List({Text("x")})});
  const std::vector<IndexRange> ranges = RangesOfAny(list);
  ASSERT_EQ(ranges.size(), 3);
  for (size_t i = 1; i < ranges.size(); ++i) EXPECT_LE(ranges[i - 1].below, ranges[i].from);
}

// Nodes with one value.
std::vector<NodeId> Find(const Graph& graph, absl::string_view name, const Value& value,
                         size_t portion = 2) {
  const PropertyIndex* index = graph.catalogue().FindIndex(name);
  std::vector<NodeId> nodes;
  const auto scan = graph.ScanIndex(*index, {*RangeOfEqual(value)});
  while (Must(scan->Next(portion, &nodes))) {
  }
  return nodes;
}

TEST(PropertyIndexTest, IsFilledAndFollowsEveryChange) {
  OpenGraph open;
  GraphWriter& graph = open.graph();
  const NodeId a = open.Node({{"x", Value::Integer(1)}}, {"L"});
  const NodeId b = open.Node({{"x", Value::Float(1.0)}}, {"L", "M"});
  open.Node({{"x", Value::Integer(1)}}, {"M"});
  Must(graph.CreateIndex("", "L", "x"));
  const PropertyIndex& index = *graph.catalogue().FindIndex("L_x");
  EXPECT_THAT(Find(graph, "L_x", Value::Integer(1)), ElementsAre(a, b));
  EXPECT_EQ(graph.IndexedNodes(index), 2);
  EXPECT_EQ(graph.IndexedValues(index), 1);
  const NodeId c = open.Node({{"x", Value::Integer(2)}}, {"L"});
  MustBeOk(graph.SetNodeProperty(a, "x", Value::Integer(2)));
  EXPECT_THAT(Find(graph, "L_x", Value::Integer(2)), ElementsAre(a, c));
  EXPECT_EQ(graph.IndexedValues(*graph.catalogue().FindIndex("L_x")), 2);
  MustBeOk(graph.RemoveLabels(a, {"L"}));
  MustBeOk(graph.DeleteNode(c));
  EXPECT_THAT(Find(graph, "L_x", Value::Integer(2)), IsEmpty());
  MustBeOk(graph.SetNodeProperty(b, "x", Value::Null()));
  EXPECT_EQ(graph.IndexedNodes(*graph.catalogue().FindIndex("L_x")), 0);
  EXPECT_EQ(graph.IndexedValues(*graph.catalogue().FindIndex("L_x")), 0);
}

TEST(PropertyIndexTest, CoversWhatLiesUnderItsLabelWheneverThatChanges) {
  OpenGraph open;
  GraphWriter& graph = open.graph();
  const NodeId state = open.Node({{"x", Value::Integer(1)}}, {"State"});
  const NodeId island = open.Node({{"x", Value::Integer(1)}}, {"Island"});
  Must(graph.CreateIndex("states", "State", "x"));
  const LabelId label = graph.catalogue().FindLabel("State");
  EXPECT_THAT(Find(graph, "states", Value::Integer(1)), ElementsAre(state));
  Must(graph.DefineLabel({"Island", {label}}));
  EXPECT_THAT(Find(graph, "states", Value::Integer(1)), ElementsAre(state, island));
  const PropertyId x = graph.catalogue().FindProperty("x");
  EXPECT_EQ(graph.catalogue().IndexOver(graph.catalogue().FindLabel("Island"), x),
            graph.catalogue().FindIndex("states"));
  Must(graph.DefineLabel({"Island", {}}));
  EXPECT_THAT(Find(graph, "states", Value::Integer(1)), ElementsAre(state));
}

TEST(PropertyIndexTest, NamesAndPlacesAreTakenOnce) {
  OpenGraph open;
  GraphWriter& graph = open.graph();
  const IndexId first = Must(graph.CreateIndex("L_y", "L", "x"));
  Must(graph.CreateIndex("", "L", "y"));
  EXPECT_NE(graph.catalogue().FindIndex("L_y_2"), nullptr);
  EXPECT_EQ(ErrorInfoOf(graph.CreateIndex("z", "L", "x").status()).detail, "IndexAlreadyExists");
  EXPECT_EQ(ErrorInfoOf(graph.CreateIndex("L_y", "L", "z").status()).detail, "IndexAlreadyExists");
  MustBeOk(graph.DropIndex(first));
  EXPECT_EQ(graph.catalogue().FindIndex("L_y"), nullptr);
  Must(graph.CreateIndex("z", "L", "x"));
}

TEST(PropertyIndexTest, ArticlesWrittenPastTheWriterAreIndexedByTheirRecords) {
  OpenGraph open;
  Must(open.graph().CreateIndex("titles", "Article", "title"));
  const NodeId known = open.Node({{"title", Text("t")}}, {"Article"});
  const storage::NodeRecord record = *Must(storage::ReadNode(open.graph().view(), known));
  const NodeId written = Must(open.graph().transaction().NewArticle());
  MustBeOk(open.graph().IndexNewNode(written, record));
  EXPECT_THAT(Find(open.graph(), "titles", Text("t")), ElementsAre(known, written));
}

// A database in memory that is changed and then checked.
class CheckedDatabase {
 public:
  void Write(absl::FunctionRef<void(GraphWriter&)> change) {
    const auto writing = Must(database_->core().BeginWrite(nullptr));
    change(writing->graph());
    MustBeOk(writing->Commit());
  }
  std::vector<std::string> Problems() { return Must(CheckDatabase(*database_)).problems; }

 private:
  std::unique_ptr<Database> database_ = Must(Database::Open(":memory:"));
};

TEST(PropertyIndexTest, RandomWritesLeaveIndexesThatCheckFindsRight) {
  std::mt19937 random(7);
  const auto choose = [&](uint32_t count) { return random() % count; };
  const std::vector<Value> values = ValuesOfEveryKind();
  const std::vector<std::string> labels = {"A", "B", "C"};
  CheckedDatabase database;
  std::vector<NodeId> nodes;
  for (int round = 0; round < 6; ++round) {
    database.Write([&](GraphWriter& graph) {
      if (round == 1) Must(graph.CreateIndex("ax", "A", "x"));
      if (round == 2) Must(graph.CreateIndex("by", "B", "y"));
      if (round == 4) MustBeOk(graph.DropIndex(graph.catalogue().FindIndex("ax")->id));
      for (int i = 0; i < 60; ++i) {
        graph.SetSavepoint();
        const std::vector<std::string> some = {labels[choose(3)]};
        const std::string name = choose(2) == 0 ? "x" : "y";
        const Value value = choose(5) == 0 ? Value::Null() : values[choose(values.size())];
        const NodeId node = nodes.empty() ? kNoId : nodes[choose(nodes.size())];
        const uint32_t what = node == kNoId ? 0 : choose(6);
        const bool keep = what == 0 || choose(4) != 0;
        if (what == 0) nodes.push_back(Must(graph.CreateNode(some, {{name, value}})));
        if (what == 1) MustBeOk(graph.AddLabels(node, some));
        if (what == 2) MustBeOk(graph.RemoveLabels(node, some));
        if (what == 3 || what == 4) MustBeOk(graph.SetNodeProperty(node, name, value));
        if (what == 5) {
          MustBeOk(graph.DeleteNode(node));
          if (keep) std::erase(nodes, node);
        }
        if (keep) {
          graph.ReleaseSavepoint();
        } else {
          MustBeOk(graph.RollbackToSavepoint());
        }
      }
      if (round == 3) {
        Must(graph.DefineLabel({"C", {graph.catalogue().FindLabel("B")}}));
      }
    });
    EXPECT_THAT(database.Problems(), IsEmpty()) << round;
  }
}

TEST(PropertyIndexTest, CheckFindsWhatIsWrong) {
  CheckedDatabase database;
  database.Write([](GraphWriter& graph) {
    Must(graph.CreateIndex("ax", "A", "x"));
    const NodeId node = Must(graph.CreateNode({"A"}, {{"x", Value::Integer(1)}}));
    storage::EraseIndexEntry(graph.transaction(), 0, IndexValue(Value::Integer(1)), node);
    storage::PutIndexEntry(graph.transaction(), 0, IndexValue(Value::Integer(2)), node);
    storage::PutIndexEntry(graph.transaction(), 9, IndexValue(Value::Integer(2)), node);
  });
  EXPECT_THAT(database.Problems(),
              ElementsAre("indexes: an entry of an unknown index", "node 0 is not in index ax"));
}

}  // namespace
}  // namespace entente
