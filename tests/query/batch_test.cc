#include "query/batch.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

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

}  // namespace
}  // namespace entente::query
