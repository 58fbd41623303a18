// Rows, bytes and sorted rows are the same whether memory holds them or files do.
#include "storage/row_sorter.h"

#include <filesystem>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/row_log.h"
#include "storage/spill.h"
#include "storage/store.h"
#include "tests/storage/scratch_directory.h"

namespace entente::storage {
namespace {

struct Row {
  uint64_t major;
  uint32_t minor;
  uint32_t payload;
  friend bool operator==(const Row&, const Row&) = default;
};

struct Order {
  static uint64_t Major(const Row& row) { return row.major; }
  static bool Less(const Row& a, const Row& b) {
    return std::tie(a.major, a.minor) < std::tie(b.major, b.minor);
  }
};

class SpillTest : public ::testing::TestWithParam<uint64_t> {
 protected:
  SpillTest() : store_(*Store::Open(":memory:", OpenOptions())), space_(*store_, GetParam()) {}

  std::unique_ptr<Store> store_;
  SpillSpace space_;
};

TEST_P(SpillTest, RowsComeOutSortedWhateverTheirSpread) {
  std::mt19937_64 random(7);
  for (const uint64_t most : {uint64_t{0}, uint64_t{3}, uint64_t{100'000}, ~uint64_t{0}}) {
    for (const uint64_t run_bytes : {uint64_t{0}, uint64_t{20'000}, uint64_t{1} << 30}) {
      RowSorter<Row, Order> sorter(space_, run_bytes);
      std::vector<Row> expected;
      for (uint32_t i = 0; i < 5000; ++i) {
        const uint64_t major = most == ~uint64_t{0} ? random() : random() % (most + 1);
        expected.push_back({major, i, static_cast<uint32_t>(random())});
        ASSERT_TRUE(sorter.Add(expected.back()).ok());
      }
      std::sort(expected.begin(), expected.end(), Order::Less);
      ASSERT_TRUE(sorter.Sort().ok());
      EXPECT_EQ(sorter.size(), expected.size());
      RowSorter<Row, Order>::Reader reader(sorter);
      std::vector<Row> sorted;
      Row row;
      while (reader.Next(&row)) sorted.push_back(row);
      EXPECT_TRUE(reader.status().ok());
      EXPECT_FALSE(reader.Next(&row));
      EXPECT_TRUE(sorted == expected) << most << " " << run_bytes;
    }
  }
}

struct MajorOrder {
  static uint64_t Major(const Row& row) { return row.major; }
  static bool Less(const Row& a, const Row& b) { return a.major < b.major; }
};

TEST_P(SpillTest, RowsThatAreAlikeStayInTheirOrder) {
  std::mt19937_64 random(9);
  for (const uint64_t run_bytes : {uint64_t{0}, uint64_t{20'000}, uint64_t{1} << 30}) {
    for (const uint64_t most : {uint64_t{1}, uint64_t{30}, uint64_t{3000}}) {
      RowSorter<Row, MajorOrder> sorter(space_, run_bytes);
      for (uint32_t i = 0; i < 9000; ++i) ASSERT_TRUE(sorter.Add({random() % most, i, 0}).ok());
      ASSERT_TRUE(sorter.Sort().ok());
      RowSorter<Row, MajorOrder>::Reader reader(sorter);
      Row before{0, 0, 0};
      Row row;
      for (uint32_t i = 0; i < 9000; ++i) {
        ASSERT_TRUE(reader.Next(&row));
        ASSERT_TRUE(i == 0 || Order::Less(before, row)) << run_bytes << " " << most;
        before = row;
      }
      EXPECT_FALSE(reader.Next(&row));
    }
  }
}

TEST_P(SpillTest, RowsInFewFarPlacesComeOutSorted) {
  std::mt19937_64 random(8);
  RowSorter<Row, Order> sorter(space_, uint64_t{1} << 30);
  std::vector<Row> expected;
  for (uint32_t i = 0; i < 20'000; ++i) {
    const uint64_t major = (random() % 3) << 62 | (random() % 5) << 30 | random() % 100;
    expected.push_back({major, static_cast<uint32_t>(random()), i});
    ASSERT_TRUE(sorter.Add(expected.back()).ok());
  }
  std::sort(expected.begin(), expected.end(), Order::Less);
  ASSERT_TRUE(sorter.Sort().ok());
  RowSorter<Row, Order>::Reader reader(sorter);
  Row row;
  for (const Row& next : expected) {
    ASSERT_TRUE(reader.Next(&row));
    ASSERT_EQ(row, next);
  }
  EXPECT_FALSE(reader.Next(&row));
}

TEST_P(SpillTest, NothingSortsToNothing) {
  RowSorter<Row, Order> sorter(space_, 1000);
  ASSERT_TRUE(sorter.Sort().ok());
  EXPECT_EQ(sorter.MiddleMajor(), 0u);
  RowSorter<Row, Order>::Reader reader(sorter);
  Row row;
  EXPECT_FALSE(reader.Next(&row));
}

TEST_P(SpillTest, HalvesAreReadSideBySide) {
  std::mt19937_64 random(5);
  for (const uint64_t run_bytes : {uint64_t{0}, uint64_t{1} << 18, uint64_t{1} << 30}) {
    for (const uint64_t most : {uint64_t{1}, uint64_t{7}, uint64_t{3000}, ~uint64_t{0}}) {
      RowSorter<Row, Order> sorter(space_, run_bytes);
      std::vector<Row> expected;
      for (uint32_t i = 0; i < 50'000; ++i) {
        expected.push_back({random() % most, i, 0});
        ASSERT_TRUE(sorter.Add(expected.back()).ok());
      }
      std::sort(expected.begin(), expected.end(), Order::Less);
      ASSERT_TRUE(sorter.Sort().ok());
      const uint64_t middle = sorter.MiddleMajor();
      if (most > 1000) {
        const double share = static_cast<double>(middle) / static_cast<double>(most);
        EXPECT_NEAR(share, 0.5, 0.1) << run_bytes;
      }
      RowSorter<Row, Order>::Reader second(sorter, middle + 1);
      RowSorter<Row, Order>::Reader first(sorter, 0, middle);
      std::vector<Row> halves[2];
      // In turn, so that each meets blocks that the other has given back.
      for (bool more = true; more;) {
        more = false;
        for (auto* half : {&first, &second}) {
          Row row;
          for (int i = 0; i < 100 && half->Next(&row); ++i) {
            halves[half == &second].push_back(row);
            more = true;
          }
          ASSERT_TRUE(half->status().ok());
        }
      }
      halves[0].insert(halves[0].end(), halves[1].begin(), halves[1].end());
      EXPECT_TRUE(halves[0] == expected) << run_bytes << " " << most;
    }
  }
}

TEST_P(SpillTest, AHalfReadsNoBlockThatTheOtherHasGivenBack) {
  constexpr uint32_t kBlockRows = (64 << 10) / sizeof(Row);
  constexpr uint32_t kRuns = 3;
  constexpr uint32_t kBlocksOfRun = 4;
  RowSorter<Row, Order> sorter(space_, uint64_t{kBlocksOfRun} * kBlockRows * sizeof(Row));
  std::vector<Row> expected;
  // Majors end with blocks, and those of the last run are all in the second half.
  for (uint32_t run = 0; run < kRuns; ++run) {
    for (uint32_t i = 0; i < kBlocksOfRun * kBlockRows; ++i) {
      expected.push_back({i / kBlockRows + (run == kRuns - 1 ? 100 : 0), i, run});
      ASSERT_TRUE(sorter.Add(expected.back()).ok());
    }
  }
  std::stable_sort(expected.begin(), expected.end(), Order::Less);
  ASSERT_TRUE(sorter.Sort().ok());
  const uint64_t middle = sorter.MiddleMajor();
  RowSorter<Row, Order>::Reader second(sorter, middle + 1);
  std::vector<Row> of_second;
  Row row;
  while (second.Next(&row)) of_second.push_back(row);
  ASSERT_TRUE(second.status().ok());
  RowSorter<Row, Order>::Reader first(sorter, 0, middle);
  std::vector<Row> all;
  while (first.Next(&row)) all.push_back(row);
  ASSERT_TRUE(first.status().ok()) << first.status();
  all.insert(all.end(), of_second.begin(), of_second.end());
  EXPECT_TRUE(all == expected);
}

TEST_P(SpillTest, RowsAreReadInTheirOrderAndOneByOne) {
  RowLog<Row> log(space_);
  const uint32_t count = 3 * RowLog<Row>::kBlockRows + 5;
  for (uint32_t i = 0; i < count; ++i) ASSERT_TRUE(log.Add({i * uint64_t{3}, i, ~i}).ok());
  EXPECT_EQ(log.size(), count);
  for (uint32_t i : {0u, 70'000u, count - 1}) EXPECT_EQ(log.Read(i)->minor, i);
  for (const bool drop : {false, true}) {
    RowLog<Row>::Reader reader(log, drop);
    Row row;
    for (uint32_t i = 0; i < count; ++i) {
      const Row* const later = reader.Ahead(9);
      ASSERT_TRUE(later == nullptr || later->minor == i + 9);
      ASSERT_TRUE(reader.Next(&row));
      ASSERT_EQ(row, (Row{i * uint64_t{3}, i, ~i}));
    }
    EXPECT_FALSE(reader.Next(&row));
    EXPECT_TRUE(reader.status().ok());
  }
}

TEST_P(SpillTest, TextsAreFoundByTheirPlaces) {
  ByteLog log(space_, SpillAccess::kHereAndThere);
  std::vector<std::pair<ByteLog::Place, std::string>> texts;
  constexpr size_t kBlock = size_t{1} << 20;
  std::vector<size_t> sizes{kBlock, 0, kBlock - 1, 0, kBlock - 2, 1, 1, kBlock / 2, kBlock / 2, 0};
  for (int i = 0; i < 400; ++i) sizes.push_back(i % 50 == 0 ? 2'000'000 : i * 37 % 20'000);
  for (size_t i = 0; i < sizes.size(); ++i) {
    std::string text(sizes[i], static_cast<char>('a' + i % 26));
    const absl::StatusOr<ByteLog::Place> place = log.Add(text);
    ASSERT_TRUE(place.ok());
    EXPECT_NE(*place, 0u);
    texts.emplace_back(*place, std::move(text));
  }
  std::string scratch;
  ByteLog::Reader reader(log);
  for (const auto& [place, text] : texts) {
    EXPECT_TRUE(*log.Read(place, &scratch) == text);
    EXPECT_TRUE(*reader.Read(place) == text);
  }
}

TEST_P(SpillTest, BlocksKeepTheirBytesWhileOthersComeAndGo) {
  std::mt19937_64 random(3);
  std::string scratch;
  SpillBlocks blocks(space_);
  std::vector<std::string> expected;
  for (int round = 0; round < 30; ++round) {
    SpillBlocks passing(space_);
    for (int i = 0; i < 4; ++i) {
      const std::string bytes(1 + random() % 9000, static_cast<char>(random()));
      ASSERT_TRUE(passing.Add(bytes).ok());
      expected.push_back(std::string(1 + random() % 9000, static_cast<char>(random())));
      ASSERT_TRUE(blocks.Add(expected.back()).ok());
      EXPECT_EQ(passing.Read(i, &scratch).value(), bytes);
      if (i % 2 == 0) passing.Drop(i);
    }
    // One that was dropped stays so.
    passing.Drop(0);
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(blocks.Read(i, &scratch).value(), expected[i]);
  }
}

// Bytes of the files of a space in the directory.
uint64_t SpilledBytes(const std::string& directory) {
  uint64_t spilled = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const bool is_of_space = entry.path().parent_path().filename().string().rfind("load-", 0) == 0;
    if (is_of_space) spilled += entry.file_size();
  }
  return spilled;
}

TEST(SpillSpaceTest, PlacesOfDroppedBlocksAreWrittenAgain) {
  const ScratchDirectory directory;
  const auto store = Store::Open(directory.path(), {.create_if_missing = true});
  ASSERT_TRUE(store.ok());
  SpillSpace space(**store, /*memory_bytes=*/0);
  const std::string bytes(100'000, 'x');
  for (int round = 0; round < 20; ++round) {
    SpillBlocks blocks(space);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(blocks.Add(bytes).ok());
  }
  const uint64_t spilled = SpilledBytes(directory.path());
  EXPECT_GE(spilled, 5 * bytes.size());
  EXPECT_LT(spilled, 6 * bytes.size());
  space.RemoveBlocks();
  EXPECT_EQ(SpilledBytes(directory.path()), 0u);
}

TEST(SpillSpaceTest, WhatIsReadInOrderLeavesMemoryToWhatIsReadHereAndThere) {
  const ScratchDirectory directory;
  const auto store = Store::Open(directory.path(), {.create_if_missing = true});
  ASSERT_TRUE(store.ok());
  const std::string bytes(100'000, 'x');
  SpillSpace space(**store, /*memory_bytes=*/4 * bytes.size());
  SpillBlocks in_order(space, SpillAccess::kInOrder);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(in_order.Add(bytes).ok());
  EXPECT_EQ(SpilledBytes(directory.path()), 0u);
  ASSERT_TRUE(in_order.Add(bytes).ok());
  const uint64_t spilled = SpilledBytes(directory.path());
  EXPECT_GE(spilled, bytes.size());
  SpillBlocks here_and_there(space, SpillAccess::kHereAndThere);
  ASSERT_TRUE(here_and_there.Add(bytes).ok());
  EXPECT_EQ(SpilledBytes(directory.path()), spilled);
  ASSERT_TRUE(here_and_there.Add(bytes).ok());
  EXPECT_GE(SpilledBytes(directory.path()), spilled + bytes.size());
}

INSTANTIATE_TEST_SUITE_P(Memory, SpillTest, ::testing::Values(0, 100'000, uint64_t{1} << 30));

}  // namespace
}  // namespace entente::storage
