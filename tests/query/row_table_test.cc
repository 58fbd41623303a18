// Rows that come out of another table are found as rows of columns are.
#include "query/operators/row_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace entente::query {
namespace {

using ::testing::ElementsAre;

Column Integers(std::vector<int64_t> numbers) {
  return Column(Scalars{Value::Type::kInteger, std::move(numbers), {}});
}

RowTable TableOf(const Column& first, const Column& second) {
  RowTable table(2);
  std::vector<uint32_t> numbers;
  const Column* columns[] = {&first, &second};
  table.FindOrAdd(columns, first.size(), &numbers);
  return table;
}

TEST(RowTableTest, RowsOfAnotherTableAreFoundOrAdded) {
  RowTable table = TableOf(Column(Column::Nodes{7, 8}), Integers({1, 2}));
  const RowTable other = TableOf(Column(Column::Nodes{9, 8, 8, 7}), Integers({1, 2, 1, 1}));
  std::vector<uint32_t> numbers;
  table.Reserve(4);
  table.FindOrAddRows(other, 0, 2, &numbers);
  table.FindOrAddRows(other, 2, 4, &numbers);
  EXPECT_THAT(numbers, ElementsAre(2, 1, 3, 0));
  EXPECT_EQ(table.size(), 4u);
  EXPECT_EQ(table.ColumnAt(0, 2, 3).ValueAt(0).node_id(), 9u);
}

TEST(RowTableTest, AnEmptyTableTakesTheRowsOfAnother) {
  Scalars with_null{Value::Type::kInteger, {5}, {}};
  with_null.AddNull();
  const RowTable other = TableOf(Column(Column::Nodes{1, kNoId}), Column(std::move(with_null)));
  RowTable table(2);
  std::vector<uint32_t> numbers;
  table.FindOrAddRows(other, 0, 2, &numbers);
  table.FindOrAddRows(other, 0, 2, &numbers);
  EXPECT_THAT(numbers, ElementsAre(0, 1, 0, 1));
  EXPECT_TRUE(table.ColumnAt(0, 1, 2).IsNull(0));
  EXPECT_TRUE(table.ColumnAt(1, 1, 2).IsNull(0));
}

TEST(RowTableTest, RowsKnownToBeNewAreFoundAfterwards) {
  RowTable table = TableOf(Column(Column::Nodes{7, 8}), Integers({1, 2}));
  Column::Nodes nodes;
  std::vector<int64_t> integers;
  for (int i = 0; i < 100; ++i) {
    nodes.push_back(static_cast<NodeId>(100 + i));
    integers.push_back(i);
  }
  const RowTable other = TableOf(Column(std::move(nodes)), Integers(std::move(integers)));
  std::vector<uint32_t> numbers;
  table.AddRows(other, 0, 60, &numbers);
  table.AddRows(other, 60, 100, &numbers);
  EXPECT_EQ(numbers.front(), 2u);
  EXPECT_EQ(numbers.back(), 101u);
  numbers.clear();
  table.FindOrAddRows(other, 98, 100, &numbers);
  table.FindOrAddRows(TableOf(Column(Column::Nodes{8, 100}), Integers({2, 1})), 0, 2, &numbers);
  EXPECT_THAT(numbers, ElementsAre(100, 101, 1, 102));
}

TEST(RowTableTest, RowsOfAnotherKindAreEqualByValue) {
  RowTable table = TableOf(Integers({1, 2}), Integers({3, 4}));
  const RowTable floats =
      TableOf(Column(Column::Values{Value::Float(2), Value::String("x")}), Integers({4, 4}));
  const RowTable dates = TableOf(Column(Scalars{Value::Type::kDate, {1}, {}}), Integers({3}));
  std::vector<uint32_t> numbers;
  table.FindOrAddRows(dates, 0, 1, &numbers);
  table.FindOrAddRows(floats, 0, 2, &numbers);
  table.FindOrAddRows(dates, 0, 1, &numbers);
  EXPECT_THAT(numbers, ElementsAre(2, 1, 3, 2));
}

}  // namespace
}  // namespace entente::query
