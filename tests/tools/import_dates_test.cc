// Which texts are ends of a valid time, and the precision that they have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/tools/program.h"

namespace entente::tools {
namespace {

using ::testing::HasSubstr;

class ImportDatesTest : public ProgramTest {
 protected:
  Program::Outcome ImportFrom(const std::string& valid_from) {
    return Import(R"({"article":{"key":"a"},"claims":[{"subject":"x","type":"R","object":"y",)"
                  R"("valid_from":")" +
                      valid_from + "\"}]}\n",
                  {"--format", "claims"});
  }
};

TEST_F(ImportDatesTest, WeeksQuartersAndDaysOfAYearAreRejectedWithWords) {
  for (const char* text : {"2024-W05", "2024-W05-3", "2024-036", "2024-Q1", "20240618",
                           "2024W05T10:00", "2024-036T10:00", "2024-06T10:00"}) {
    const Program::Outcome outcome = ImportFrom(text);
    EXPECT_EQ(outcome.code, 1) << text;
    EXPECT_THAT(outcome.err, HasSubstr("is not a date such as 2024, 2024-06, 2024-06-18")) << text;
  }
}

TEST_F(ImportDatesTest, AMomentOfADayIsAMoment) {
  EXPECT_EQ(ImportFrom("2024-06-18T10:00Z").code, 0);
  EXPECT_THAT(Run({"query", database(), "--format", "jsonl",
                   "MATCH ()-[r]->() RETURN precision(r, 'valid_from') AS precision"})
                  .out,
              HasSubstr("instant"));
}

}  // namespace
}  // namespace entente::tools
