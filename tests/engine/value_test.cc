#include "engine/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <utility>

namespace entente {
namespace {

using ::testing::IsNull;
using ::testing::NotNull;

TEST(ValueTest, KeepsWhatItWasMadeFrom) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value::Boolean(true).boolean());
  EXPECT_EQ(Value::Integer(-3).integer(), -3);
  EXPECT_EQ(Value::Float(0.5).floating(), 0.5);
  EXPECT_EQ(Value::String("Kursk").string(), "Kursk");
  EXPECT_EQ(Value::List({Value::Integer(1), Value()}).list().size(), 2u);
  EXPECT_EQ(Value::Node(7).node_id(), 7u);
  EXPECT_EQ(Value::OfDate(Date{-1}).date(), Date{-1});
  EXPECT_EQ(Value::OfLocalTime(LocalTime{5}).local_time(), LocalTime{5});
  EXPECT_EQ(Value::OfTime(Time{5, 3600}).time(), (Time{5, 3600}));
  EXPECT_EQ(Value::OfLocalDateTime(LocalDateTime{-1, 2}).local_date_time(), (LocalDateTime{-1, 2}));
  EXPECT_EQ(Value::OfDateTime(DateTime{1, 2, 3}).date_time(), (DateTime{1, 2, 3}));
  EXPECT_EQ(Value::OfDuration(Duration{1, 2, 3, 4}).duration(), (Duration{1, 2, 3, 4}));
}

TEST(ValueTest, MapsSortTheirKeysAndTheLastEntryOfAKeyCounts) {
  const Value map =
      Value::Map({{"b", Value::Integer(1)}, {"a", Value::Integer(2)}, {"b", Value::Integer(3)}});
  ASSERT_EQ(map.map().size(), 2u);
  EXPECT_EQ(map.map()[0].first, "a");
  ASSERT_THAT(map.Find("b"), NotNull());
  EXPECT_EQ(map.Find("b")->integer(), 3);
  EXPECT_THAT(map.Find("c"), IsNull());
}

TEST(ValueTest, CopiesOutliveTheirOriginals) {
  Value copy;
  {
    const Value original = Value::List({Value::String("a"), Value::Map({{"k", Value::Float(1)}})});
    copy = original;
  }
  EXPECT_EQ(copy.list()[0].string(), "a");
  Value moved = std::move(copy);
  EXPECT_EQ(moved.list()[1].Find("k")->floating(), 1);
  Value& self = moved;
  moved = self;
  EXPECT_EQ(moved.list().size(), 2u);
  moved = moved.list()[0];
  EXPECT_EQ(moved.string(), "a");
}

TEST(ValueTest, CanBeCopiedByManyThreadsAtOnce) {
  const Value shared = Value::List({Value::String("a")});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&shared] {
      for (int n = 0; n < 10'000; ++n) {
        const Value copy = shared;
        ASSERT_EQ(copy.list().size(), 1u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shared.list()[0].string(), "a");
}

TEST(ValueTest, NodesCarryTheirContentOnlyWhenFilled) {
  EXPECT_THAT(Value::Node(7).node(), IsNull());
  const Value filled =
      Value::Node(NodeContent{7, {"Country"}, {{"name", Value::String("Freedonia")}}});
  EXPECT_EQ(filled.node_id(), 7u);
  ASSERT_THAT(filled.node(), NotNull());
  EXPECT_EQ(filled.node()->labels[0], "Country");
}

TEST(ValueTest, CountsTheBytesBehindIt) {
  EXPECT_EQ(Value::Integer(std::numeric_limits<int64_t>::max()).HeapBytes(), 0u);
  const size_t text = Value::String(std::string(1000, 'x')).HeapBytes();
  EXPECT_GE(text, 1000u);
  EXPECT_GE(Value::List({Value::String(std::string(1000, 'x'))}).HeapBytes(), text);
}

}  // namespace
}  // namespace entente
