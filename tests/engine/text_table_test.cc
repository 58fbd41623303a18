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
  TextBatch batch(table);
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
  TextBatch batch(table);
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
      TextBatch batch(table);
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

TEST(TextTableTest, TextsWithNumbersAreToldApartHoweverTheyAreWritten) {
  TextTable table;
  std::vector<std::string> texts;
  for (uint64_t i = 0; i < 3000; ++i) {
    texts.push_back(absl::StrCat("story:", i));
    texts.push_back(absl::StrCat("story:0", i));
    texts.push_back(absl::StrCat(i));
    texts.push_back(absl::StrCat("wd:Q", i * 100'003));
    texts.push_back(absl::StrCat("prefix", i, "#", i % 2));
    texts.push_back(absl::StrCat("story:", i, "000000000"));
  }
  texts.push_back("0");
  texts.push_back("story:");
  texts.push_back(std::string(100, '7'));
  texts.push_back(std::string(100, 'x') + "1");
  std::vector<TextId> ids(texts.size());
  TextBatch batch(table);
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < texts.size(); ++i) {
      batch.Add(texts[i], &ids[i]);
      if (i % 100 == 0) table.Enter(&batch);
    }
    table.Enter(&batch);
    for (size_t i = 0; i < texts.size(); ++i) {
      ASSERT_EQ(table.Text(ids[i]), texts[i]);
      ASSERT_EQ(table.Enter(texts[i]), ids[i]);
    }
  }
}

TEST(NumberedTextsTest, FindsWhatWasEnteredCloseToOthers) {
  NumberedTexts texts;
  EXPECT_EQ(texts.Find("story:5"), kNoText);
  for (uint32_t i = 0; i < 200'000; ++i) texts.Enter(absl::StrCat("story:", 700'000 + i), i);
  EXPECT_EQ(texts.Find("story:700000"), 0u);
  EXPECT_EQ(texts.Find("story:899999"), 199'999u);
  EXPECT_EQ(texts.Find("story:900000"), kNoText);
  EXPECT_EQ(texts.Find("story:699999"), kNoText);
  EXPECT_EQ(texts.Find("story:"), kNoText);
  EXPECT_EQ(texts.Find("700000"), kNoText);
  // Nobody is helped by room for all numbers up to one.
  texts.Enter("story:999999999", 7);
  EXPECT_EQ(texts.Find("story:999999999"), kNoText);
  texts.Clear();
  EXPECT_EQ(texts.Find("story:700000"), kNoText);
  // Nor by one that comes often.
  for (int i = 0; i < 200'000; ++i) texts.Enter("wd:Q5", 1);
  texts.Enter("wd:Q300000", 2);
  EXPECT_EQ(texts.Find("wd:Q5"), 1u);
  EXPECT_EQ(texts.Find("wd:Q300000"), kNoText);
}

}  // namespace
}  // namespace entente
