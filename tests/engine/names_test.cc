#include "engine/names.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NamesTest, CaseAccentsAndWhiteSpaceDoNotMatter) {
  EXPECT_EQ(NormalizeName("  North \t\n Korea "), "north korea");
  EXPECT_EQ(NormalizeName("Côte d’Ivoire"), "cote d’ivoire");
  EXPECT_EQ(NormalizeName("Südkorea"), NormalizeName("SÜDKOREA"));
  EXPECT_EQ(NormalizeName("Straße"), "strasse");
  EXPECT_EQ(NormalizeName("Ελλάς"), NormalizeName("ΕΛΛΆΣ"));
  EXPECT_EQ(NormalizeName("Ἑλλάς"), NormalizeName("Ελλας"));
  EXPECT_EQ(NormalizeName("Россия"), NormalizeName("РОССИЯ"));
  EXPECT_EQ(NormalizeName("ＮＡＴＯ"), "nato");
  EXPECT_EQ(NormalizeName("\u00a0\u3000"), "");
}

TEST(NamesTest, MarksOfOtherScriptsAreKept) {
  EXPECT_NE(NormalizeName("Киёв"), NormalizeName("Киев"));
  EXPECT_NE(NormalizeName("が"), NormalizeName("か"));
}

TEST(NamesTest, ComposedAndDecomposedAreTheSame) {
  EXPECT_EQ(NormalizeName("북한"), NormalizeName("\u1107\u116e\u11a8\u1112\u1161\u11ab"));
  EXPECT_EQ(NormalizeName("e\u0301"), "e");
}

TEST(NamesTest, NormalisingTwiceChangesNothing) {
  for (const char* name :
       {"İstanbul", "ﬁnal", "Ǆ", "ϒ\u0301", "ΐ", "a\u0301 \u0345b", "\xff\xfe broken", "ẞ"}) {
    const std::string once = NormalizeName(name);
    EXPECT_EQ(NormalizeName(once), once) << name;
  }
}

TEST(NamesTest, TheScriptIsThatOfMostLetters) {
  EXPECT_EQ(ScriptOf("Nordkorea"), "Latn");
  EXPECT_EQ(ScriptOf("북한 (DPR)"), "Latn");
  EXPECT_EQ(ScriptOf("북한"), "Hang");
  EXPECT_EQ(ScriptOf("Россия 2"), "Cyrl");
  EXPECT_EQ(ScriptOf("2024 – 2025"), "");
}

TEST(NamesTest, OtherScriptsHaveALatinForm) {
  EXPECT_EQ(LatinForm(NormalizeName("Путин")), "putin");
  EXPECT_EQ(LatinForm(NormalizeName("习近平")), "xi jin ping");
  EXPECT_EQ(LatinForm(NormalizeName("Łódź")), "lodz");
  EXPECT_EQ(LatinForm(NormalizeName("북한")), "bughan");
  EXPECT_EQ(LatinForm("a name"), "a name");
  EXPECT_EQ(LatinForm(""), "");
}

TEST(NamesTest, TrigramsAreThoseOfPaddedWords) {
  const auto number = [](const char(&text)[4]) {
    return Trigram{static_cast<unsigned char>(text[0])} << 16 |
           Trigram{static_cast<unsigned char>(text[1])} << 8 | static_cast<unsigned char>(text[2]);
  };
  EXPECT_THAT(TrigramsOf("un"), ElementsAre(number("  u"), number(" un"), number("un ")));
  EXPECT_THAT(TrigramsOf("a, a"), ElementsAre(number("  a"), number(" a ")));
  EXPECT_EQ(TrigramsOf("kim jong-un"), TrigramsOf("(un) jong  kim"));
  EXPECT_THAT(TrigramsOf(" - "), IsEmpty());
}

TEST(NamesTest, SimilarityIsWhatIsCommonOfAll) {
  const auto similarity = [](absl::string_view a, absl::string_view b) {
    return TrigramSimilarity(TrigramsOf(a), TrigramsOf(b));
  };
  EXPECT_EQ(similarity("korea", "korea"), 1);
  EXPECT_EQ(similarity("korea", "sweden"), 0);
  EXPECT_EQ(similarity("korea", "korean"), 5.0 / 8);
  EXPECT_EQ(similarity("", ""), 0);
}

TEST(NamesTest, DistancesCountEditsUpToALimit) {
  EXPECT_EQ(EditDistance("", "", 3), 0u);
  EXPECT_EQ(EditDistance("korea", "korea", 3), 0u);
  EXPECT_EQ(EditDistance("korea", "koera", 3), 1u);
  EXPECT_EQ(EditDistance("korea", "kore", 3), 1u);
  EXPECT_EQ(EditDistance("북한", "남한", 3), 1u);
  EXPECT_EQ(EditDistance("kitten", "sitting", 3), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting", 2), 3u);
  EXPECT_EQ(EditDistance("a", "abcdef", 2), 3u);
}

TEST(NamesTest, NearestComeFirstAndFarOnesNotAtAll) {
  const std::vector<std::string> names = {"SUPPORTS", "OPPOSES", "REPORTS", "SUPORTS"};
  EXPECT_THAT(NearestTo("supports", names, 2), ElementsAre("SUPPORTS", "SUPORTS"));
  EXPECT_THAT(NearestTo("xyzzy", names, 2), IsEmpty());
}

}  // namespace
}  // namespace entente
