// `entente stats` and `entente check`, on sound databases and damaged ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/tools/program.h"

namespace entente::tools {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class MaintenanceCommandTest : public ProgramTest {
 protected:
  void SetUp() override {
    std::string text;
    for (int i = 0; i < 300; ++i) {
      const std::string digits = std::to_string(i);
      text += R"({"article":{"key":"a)" + digits + R"(","publisher":"P"},"entities":[{"key":"S)" +
              digits + R"(","labels":["State"]}],"claims":[{"subject":"S)" + digits +
              R"(","type":"SUPPORTS","object":"S0","valid_from":"2024"}]})" + "\n";
    }
    ASSERT_EQ(Import(text).code, 0);
  }

  std::vector<std::string> TableFiles() const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(database())) {
      if (entry.path().extension() == ".sst") files.push_back(entry.path().string());
    }
    return files;
  }
};

TEST_F(MaintenanceCommandTest, StatsCountWhatIsThere) {
  const Program::Outcome outcome = Run({"stats", database()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("entente "), HasSubstr("format "), HasSubstr("301  entities\n"),
                    HasSubstr("300  articles\n"), HasSubstr("300  facts\n"),
                    HasSubstr("300  pieces of evidence\n"), HasSubstr("300  State\n"),
                    HasSubstr("300  SUPPORTS\n"), HasSubstr("  all\n")));
}

TEST_F(MaintenanceCommandTest, ASoundDatabaseChecksClean) {
  const Program::Outcome outcome = Run({"check", database()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("all is well\n"));
}

TEST_F(MaintenanceCommandTest, OutputThatDoesNotArriveIsAnError) {
  for (const char* command : {"stats", "check"}) {
    const Program::Outcome outcome = RunWithSmallFiles(20, {command, database()});
    EXPECT_EQ(outcome.code, 4) << command;
    EXPECT_EQ(outcome.err, "cannot write to stan") << command;
  }
}

TEST_F(MaintenanceCommandTest, NothingIsMadeWhereThereIsNoDatabase) {
  for (const char* command : {"stats", "check"}) {
    const Program::Outcome outcome = Run({command, PathOf("missing")});
    EXPECT_EQ(outcome.code, 4);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("missing"));
    EXPECT_FALSE(std::filesystem::exists(PathOf("missing")));
  }
}

TEST_F(MaintenanceCommandTest, DamageIsSaidInWordsAndNeverACrash) {
  // Writing openings turn the log into table files.
  for (int i = 0; i < 3 && TableFiles().empty(); ++i) {
    Query("CREATE (:Later)");
  }
  const std::vector<std::string> files = TableFiles();
  ASSERT_FALSE(files.empty());
  int found = 0;
  for (const std::string& file : files) {
    const std::string whole = ReadWhole(file);
    const size_t size = whole.size();
    for (const size_t at : {size_t{10}, size / 4, size / 2, size - 100, size - 20}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
      WriteWhole(file, damaged);
      const Program::Outcome check = Run({"check", database()});
      // Some bytes of a table file mean nothing: padding, and names of settings.
      EXPECT_THAT(check.code, AnyOf(0, 4)) << file << " at " << at;
      if (check.code == 4) {
        ++found;
        EXPECT_NE(check.out + check.err, "");
      }
      const Program::Outcome query =
          Run({"query", database(), "MATCH (s)-[r]->(o) RETURN s, r, o, evidence(r)"});
      EXPECT_THAT(query.code, AnyOf(0, 4)) << file << " at " << at << query.err;
      EXPECT_THAT(Run({"stats", database()}).code, AnyOf(0, 4)) << file << " at " << at;
    }
    WriteWhole(file, whole.substr(0, size / 2));
    const Program::Outcome cut = Run({"check", database()});
    EXPECT_EQ(cut.code, 4);
    EXPECT_NE(cut.out + cut.err, "");
    WriteWhole(file, whole);
  }
  EXPECT_GT(found, 0);
  ExpectClean(database());
}

TEST_F(MaintenanceCommandTest, AMissingFileIsSaidInWords) {
  for (int i = 0; i < 3 && TableFiles().empty(); ++i) {
    Query("CREATE (:Later)");
  }
  ASSERT_FALSE(TableFiles().empty());
  std::filesystem::remove(TableFiles().front());
  const Program::Outcome outcome = Run({"check", database()});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_NE(outcome.out + outcome.err, "");
}

}  // namespace
}  // namespace entente::tools
