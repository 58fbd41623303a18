// Words that lead to nodes: keys, names, and keys that copies wait for.
#include "storage/dictionary.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/provenance.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DictionaryTest, KeysAndNamesAreFoundWhateverTheyHold) {
  auto store = Store::Open(":memory:", {});
  ASSERT_TRUE(store.ok());
  auto transaction = (*store)->Begin();
  const std::string zero("a\0b", 3);
  const std::vector<std::string> names = {"a", "ab", zero, std::string("a\0", 2), "\xff\xff", ""};
  for (size_t i = 0; i < names.size(); ++i) {
    ASSERT_TRUE(AddKey(**transaction, names[i], i).ok());
    PutName(**transaction, {names[i], i, NameKind::kCanonical, ""});
    PutName(**transaction, {names[i], i + 100, NameKind::kAlias, "de"});
  }
  const auto check = [&](const View& view) {
    for (size_t i = 0; i < names.size(); ++i) {
      EXPECT_EQ(*FindKey(view, names[i]), i);
      const auto found = FindName(view, names[i]);
      ASSERT_TRUE(found.ok());
      ASSERT_EQ(found->size(), 2) << i;
      EXPECT_EQ((*found)[0].node, i);
      EXPECT_EQ((*found)[1].node, i + 100);
      EXPECT_EQ((*found)[1].kind, NameKind::kAlias);
      EXPECT_EQ((*found)[1].language, "de");
      EXPECT_EQ((*found)[1].name, names[i]);
    }
    EXPECT_EQ(FindNamePrefix(view, "a", 100)->size(), 8);
    EXPECT_EQ(FindNamePrefix(view, "a", 3)->size(), 3);
    EXPECT_EQ(FindNamePrefix(view, zero, 100)->size(), 2);
    EXPECT_EQ(FindNamePrefix(view, "", 100)->size(), 12);
    EXPECT_FALSE(FindKey(view, "none")->has_value());
    EXPECT_THAT(*FindName(view, "none"), IsEmpty());
  };
  check(**transaction);
  ASSERT_TRUE((*transaction)->Commit(false).ok());
  check(*(*store)->TakeSnapshot());
}

TEST(DictionaryTest, BearersAreThoseOfTheSnapshotHoweverOftenTheyWereRead) {
  auto store = Store::Open(":memory:", {});
  ASSERT_TRUE(store.ok());
  const auto change = [&](const auto& body) {
    auto transaction = (*store)->Begin();
    ASSERT_TRUE(transaction.ok());
    body(**transaction);
    ASSERT_TRUE((*transaction)->Commit(false).ok());
  };
  const auto empty = (*store)->TakeSnapshot();
  EXPECT_THAT(*FindKeyBearers(*empty, "a"), IsEmpty());
  change([](Transaction& transaction) {
    ASSERT_TRUE(AddKey(transaction, "a", 1).ok());
    EXPECT_THAT(*FindKeyBearers(transaction, "a"), ElementsAre(1));
  });
  const auto one = (*store)->TakeSnapshot();
  for (int i = 0; i < 2; ++i) EXPECT_THAT(*FindKeyBearers(*one, "a"), ElementsAre(1));
  change([](Transaction& transaction) {
    EXPECT_THAT(*FindKeyBearers(transaction, "a"), ElementsAre(1));
    ASSERT_TRUE(AddKey(transaction, "a", 2).ok());
    EXPECT_THAT(*FindKeyBearers(transaction, "a"), ElementsAre(1, 2));
  });
  const auto both = (*store)->TakeSnapshot();
  change([](Transaction& transaction) {
    ASSERT_TRUE(RemoveKey(transaction, "a", 1).ok());
    ASSERT_TRUE(RemoveKey(transaction, "a", 2).ok());
  });
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(*FindKeyBearers(*(*store)->TakeSnapshot(), "a"), IsEmpty());
    EXPECT_THAT(*FindKeyBearers(*both, "a"), ElementsAre(1, 2));
    EXPECT_THAT(*FindKeyBearers(*one, "a"), ElementsAre(1));
    EXPECT_THAT(*FindKeyBearers(*empty, "a"), IsEmpty());
  }
}

TEST(ProvenanceTest, CopiesWaitForTheirOriginal) {
  auto store = Store::Open(":memory:", {});
  ASSERT_TRUE(store.ok());
  auto transaction = (*store)->Begin();
  PutAwaiting(**transaction, "wire-1", kFirstArticle + 2);
  PutAwaiting(**transaction, "wire-1", kFirstArticle + 1);
  PutAwaiting(**transaction, "wire-10", kFirstArticle + 3);
  EXPECT_THAT(*CopiesAwaiting(**transaction, "wire-1"),
              ElementsAre(kFirstArticle + 1, kFirstArticle + 2));
  EraseAwaiting(**transaction, "wire-1", kFirstArticle + 1);
  EXPECT_THAT(*CopiesAwaiting(**transaction, "wire-1"), ElementsAre(kFirstArticle + 2));
}

}  // namespace
}  // namespace entente::storage
