// Finding entities by what their names are like: entente.find, and the names that errors suggest.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/claim_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FindTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Enter("prk", "North Korea", {{"Nordkorea", "de", ""}, {"북한", "ko", ""}});
    Enter("kor", "South Korea", {{"Südkorea", "de", ""}});
    Enter("putin", "Wladimir Putin", {{"Путин", "ru", ""}});
    Enter("nord", "Nord Stream", {});
    query_.Rows("CREATE ({key: 'nk', name: 'NK'})-[:SUPPORTS]->()");
  }
  void Enter(const std::string& key, const std::string& name, std::vector<EntityName> names) {
    auto write = query_.core()->BeginWrite(nullptr).value();
    ClaimWriter writer(write->graph());
    ASSERT_TRUE(writer.UpsertEntity({.key = key, .name = name, .names = std::move(names)}).ok());
    ASSERT_TRUE(write->Commit().ok());
  }
  std::vector<std::string> Found(absl::string_view arguments) {
    return query_.Rows(absl::StrCat("CALL entente.find(", arguments,
                                    ") YIELD node, name, language, score "
                                    "RETURN node.key, name, language, score"));
  }

  QuerySession query_;
};

TEST_F(FindTest, TheNameItselfComesFirstThenWhatItBeginsThenWhatIsLikeIt) {
  EXPECT_THAT(Found("'nord'"), ElementsAre("'nord' | 'Nord Stream' | null | 0.7083",
                                           "'prk' | 'Nordkorea' | 'de' | 0.6818"));
  EXPECT_THAT(Found("'NORDKOREA'"), ElementsAre("'prk' | 'Nordkorea' | 'de' | 1.0",
                                                "'kor' | 'Südkorea' | 'de' | 0.1786"));
  EXPECT_THAT(Found("'Nordkoera'"), ElementsAre("'prk' | 'Nordkorea' | 'de' | 0.2143"));
  EXPECT_THAT(Found("'xyzzy'"), IsEmpty());
}

TEST_F(FindTest, NamesInOtherScriptsAreFoundInLatinLetters) {
  EXPECT_THAT(Found("'Putin'"), ElementsAre("'putin' | 'Путин' | 'ru' | 1.0"));
  EXPECT_THAT(Found("'Путин'"), ElementsAre("'putin' | 'Путин' | 'ru' | 1.0"));
  EXPECT_THAT(Found("'Bugh'"), ElementsAre("'prk' | '북한' | 'ko' | 0.75"));
}

TEST_F(FindTest, TheOrderOfWordsHardlyMatters) {
  EXPECT_THAT(Found("'Korea, North'"), ElementsAre("'prk' | 'North Korea' | null | 0.5",
                                                   "'kor' | 'South Korea' | null | 0.2059"));
}

TEST_F(FindTest, AsManyAreFoundAsAreAskedFor) {
  EXPECT_THAT(Found("'north korea', 1"), ElementsAre("'prk' | 'North Korea' | null | 1.0"));
  EXPECT_THAT(Found("'north korea', 0"), IsEmpty());
  EXPECT_THAT(Found("' '"), IsEmpty());
  EXPECT_THAT(Found("'north korea', -1"), ElementsAre("ArgumentError: InvalidArgumentValue"));
  for (int i = 0; i < 12; ++i) query_.Rows(absl::StrCat("CREATE ({name: 'Nordland ", i, "'})"));
  EXPECT_EQ(Found("'Nordland'").size(), 10u);
  EXPECT_EQ(Found("'Nordland', 12").size(), 12u);
}

TEST_F(FindTest, ItIsFoundForEachRowAndWithinATransaction) {
  EXPECT_THAT(query_.Rows("UNWIND ['Norht Korea', 'Putin'] AS text "
                          "CALL entente.find(text, 1) YIELD node RETURN text, node.key"),
              ElementsAre("'Norht Korea' | 'prk'", "'Putin' | 'putin'"));
  query_.Rows("BEGIN");
  query_.Rows("CREATE ({name: 'Neverland'})");
  EXPECT_THAT(Found("'Nevrland'"), ElementsAre("null | 'Neverland' | null | 0.2917"));
  query_.Rows("ROLLBACK");
  EXPECT_THAT(Found("'Nevrland'"), IsEmpty());
}

TEST_F(FindTest, ErrorsAboutUnknownNamesSuggestSimilarOnes) {
  for (const char* statement :
       {"WHO SUPPORTS 'Nordkoera'?", "ACCORDING TO 'Nordkoera' MATCH ()-[r]->() RETURN r"}) {
    auto result = query_.session().Run(statement);
    Row row;
    const absl::Status status = result.ok() ? (*result)->Next(&row).status() : result.status();
    EXPECT_THAT(std::string(status.message()), HasSubstr("did you mean 'Nordkorea'?"));
  }
}

}  // namespace
}  // namespace entente::query
