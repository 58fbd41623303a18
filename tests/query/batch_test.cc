#include "query/batch.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>

namespace entente::query {
namespace {

TEST(BatchTest, AppendingManySmallColumnsMovesTheValuesOnlyNowAndThen) {
  constexpr int kCalls = 10000;
  Column all;
  size_t moves = 0;
  for (int i = 0; i < kCalls; ++i) {
    const size_t before = all.present() ? all.values()->capacity() : 0;
    all.Append(Column(Column::Values{Value::String("text")}));
    if (all.values()->capacity() != before) ++moves;
  }
  EXPECT_EQ(all.size(), kCalls);
  EXPECT_LT(moves, 50);
}

TEST(BatchTest, HasColumnsOfFarApartSlots) {
  Batch batch(5000);
  const Batch& read = batch;
  batch.column(4999) = Column::Repeat(Value::Integer(7), 2);
  batch.set_row_count(2);
  EXPECT_TRUE(read.column(4999).present());
  EXPECT_FALSE(read.column(0).present());
  EXPECT_FALSE(read.Gather({1}).column(2500).present());
  EXPECT_EQ(read.Gather({1}).column(4999).ValueAt(0).integer(), 7);

  const Batch taken = std::move(batch);
  EXPECT_TRUE(taken.column(4999).present());
  batch.Clear(20);
  EXPECT_EQ(batch.row_count(), 0u);
  EXPECT_FALSE(batch.column(19).present());
}

}  // namespace
}  // namespace entente::query
