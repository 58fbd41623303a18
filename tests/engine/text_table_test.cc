#include "engine/text_table.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace entente {
namespace {

std::string TextAt(uint64_t i) { return absl::StrCat("text ", i * i % 1999); }

TEST(TextTableTest, ATextHasOneNumberHoweverItIsEntered) {
  TextTable table;
  const TextId known = table.Enter("known");
  std::vector<TextId> ids(3, 7);
  TextBatch batch;
  batch.Add("known", &ids[0]);
  batch.Add("", &ids[1]);
  batch.Add("new", &ids[2]);
  table.Enter(&batch);
  EXPECT_EQ(ids[0], known);
  EXPECT_EQ(ids[1], kNoText);
  EXPECT_EQ(ids[2], table.Enter("new"));
  EXPECT_EQ(table.Text(ids[2]), "new");
  EXPECT_EQ(table.Text(kNoText), "");
}

TEST(TextTableTest, ABatchIsEmptyOnceItIsEntered) {
  TextTable table;
  TextBatch batch;
  TextId first = 0;
  batch.Add("first", &first);
  table.Enter(&batch);
  const TextId entered = first;
  first = 7;
  table.Enter(&batch);
  EXPECT_EQ(first, 7u);
  EXPECT_EQ(table.Text(entered), "first");
}

TEST(TextTableTest, ThreadsEnterTheSameTextsAtOnce) {
  constexpr uint64_t kTexts = 20'000;
  TextTable table;
  std::vector<std::vector<TextId>> ids(2, std::vector<TextId>(kTexts));
  std::vector<std::thread> threads;
  for (std::vector<TextId>& own : ids) {
    threads.emplace_back([&table, &own] {
      TextBatch batch;
      for (uint64_t i = 0; i < kTexts; ++i) {
        batch.Add(TextAt(i), &own[i]);
        if (i % 300 == 299 || i + 1 == kTexts) table.Enter(&batch);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ids[0], ids[1]);
  for (uint64_t i = 0; i < kTexts; ++i) ASSERT_EQ(table.Text(ids[0][i]), TextAt(i));
  EXPECT_EQ(table.limit() % 32, 0u);
}

}  // namespace
}  // namespace entente
