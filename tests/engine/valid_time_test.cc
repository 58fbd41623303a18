#include "engine/valid_time.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace entente {
namespace {

constexpr int64_t kDay = storage::kMicrosecondsPerDay;
constexpr int64_t kFarthestDay = std::numeric_limits<int64_t>::max() / kDay;

Instant InstantOf(int32_t day) {
  if (day >= kFarthestDay) return kLatest;
  if (day <= -kFarthestDay) return kEarliest;
  return day * kDay;
}

TEST(DayRangeTest, TellsOfDaysWhatTheirInstantsTell) {
  const int32_t far = static_cast<int32_t>(kFarthestDay);
  const std::vector<int32_t> days = {
      storage::kOpenStart, -far - 1, -far, 1 - far, -2, -1, 0, 1, 2, far - 1, far, far + 1,
      storage::kOpenEnd};
  std::vector<Instant> instants = {kEarliest, kEarliest + 1, kLatest - 1, kLatest};
  for (const int32_t day : days) {
    for (const int64_t step : {-1, 0, 1}) {
      const Instant instant = InstantOf(day);
      if ((step < 0 && instant == kEarliest) || (step > 0 && instant == kLatest)) continue;
      instants.push_back(instant + step);
    }
  }
  for (const Instant begin : instants) {
    for (const Instant end : instants) {
      const ValidRange range{begin, end};
      const DayRange in_days(range);
      for (const int32_t from : days) {
        for (const int32_t to : days) {
          ASSERT_EQ(in_days.Meets(from, to), Meets(InstantOf(from), InstantOf(to), range))
              << from << " " << to << " in " << begin << " " << end;
        }
      }
    }
  }
  EXPECT_TRUE(DayRange().Meets(storage::kOpenStart, storage::kOpenEnd));
}

}  // namespace
}  // namespace entente
