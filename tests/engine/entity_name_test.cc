#include "engine/entity_name.h"

#include "engine/temporal_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/dictionary.h"
#include "storage/nodes.h"

namespace entente {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

int32_t DayNumber(absl::string_view date) {
  return static_cast<int32_t>(ParsePartialDate(date)->first_day.days);
}

EntityName Dated(absl::string_view text, absl::string_view from, absl::string_view to) {
  EntityName name = {std::string(text), "en", ""};
  EXPECT_TRUE(SetPeriod(from, to, &name).ok());
  return name;
}

TEST(EntityNameTest, PartialDatesAreTheirFirstDay) {
  const EntityName burma = Dated("Burma", "1948", "1989-06");
  EXPECT_EQ(burma.since_day, DayNumber("1948-01-01"));
  EXPECT_EQ(burma.until_day, DayNumber("1989-06-01"));
  EXPECT_EQ(Dated("Burma", "", ""), (EntityName{"Burma", "en", ""}));
}

TEST(EntityNameTest, WhatIsNoPeriodIsRefused) {
  EntityName name;
  for (const char* date : {"soon", "1948-13", "1948-01-01T00:00Z", "+999999999-01-01"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(SetPeriod(date, "", &name))) << date;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(SetPeriod("1989", "1948", &name)));
  EXPECT_TRUE(absl::IsInvalidArgument(SetPeriod("1989", "1989-01-01", &name)));
}

TEST(EntityNameTest, TheSameNameIsAddedOnce) {
  std::vector<storage::Name> names;
  EXPECT_TRUE(AddName({"Россия", "ru", ""}, &names));
  EXPECT_FALSE(AddName({"Россия", "ru", ""}, &names));
  EXPECT_TRUE(AddName({"Россия", "", "Cyrs"}, &names));
  EXPECT_FALSE(AddName({" ", "ru", ""}, &names));
  EXPECT_THAT(names, ElementsAre(storage::Name{"Россия", "ru", "Cyrl"},
                                 storage::Name{"Россия", "", "Cyrs"}));
}

TEST(EntityNameTest, DatesCompleteANameAndTellPeriodsApart) {
  std::vector<storage::Name> names;
  EXPECT_TRUE(AddName({"Petersburg", "en", ""}, &names));
  EXPECT_TRUE(AddName(Dated("Petersburg", "1703", ""), &names));
  EXPECT_TRUE(AddName(Dated("Petersburg", "1703", "1914"), &names));
  EXPECT_FALSE(AddName({"Petersburg", "en", ""}, &names));
  EXPECT_FALSE(AddName(Dated("Petersburg", "1703", ""), &names));
  EXPECT_TRUE(AddName(Dated("Petersburg", "1991", ""), &names));
  EXPECT_FALSE(AddName(Dated("Petersburg", "1991", ""), &names));
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0].since_day, DayNumber("1703"));
  EXPECT_EQ(names[0].until_day, DayNumber("1914"));
  EXPECT_EQ(names[1].since_day, DayNumber("1991"));
  EXPECT_EQ(names[1].until_day, storage::kOpenEnd);
}

TEST(EntityNameTest, TrigramsOfAnEntityAreThoseOfAllItsNamesInLatinLetters) {
  const auto of = [](std::vector<storage::Name> names, absl::string_view canonical) {
    return TrigramsOf(NameEntriesOf(1, names, canonical));
  };
  EXPECT_EQ(of({{"Путин", "ru"}}, "Vladimir"), of({{"vladimir", ""}}, "PUTIN"));
  EXPECT_THAT(of({}, ""), IsEmpty());
}

}  // namespace
}  // namespace entente
