// Intervals of lenses: closed, half open, of one instant, empty, the wrong way round.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;

class LensIntervalTest : public ::testing::Test {
 protected:
  LensIntervalTest() {
    query_.Rows(
        "CREATE ()-[:R {valid_from: date('2024-06-01'), valid_to: date('2024-07-01')}]->()");
    query_.Rows("CREATE ()-[:R]->()");
  }
  // How many facts are seen through the lens.
  std::vector<std::string> Seen(const std::string& lens) {
    return query_.Rows("FOR VALID_TIME " + lens + " MATCH ()-[r:R]->() RETURN count(*)");
  }

  QuerySession query_;
};

TEST_F(LensIntervalTest, OneInstantIsAnInterval) {
  EXPECT_THAT(Seen("BETWEEN date('2024-06-10') AND date('2024-06-10')"), ElementsAre("2"));
  EXPECT_THAT(Seen("BETWEEN date('2024-06-01') AND date('2024-06-01')"), ElementsAre("2"));
  EXPECT_THAT(Seen("BETWEEN date('2024-07-01') AND date('2024-07-01')"), ElementsAre("1"));
  EXPECT_THAT(Seen("AS OF date('2024-06-10')"), ElementsAre("2"));
}

TEST_F(LensIntervalTest, AnEmptyOrReversedOneMeetsNothing) {
  EXPECT_THAT(Seen("FROM date('2024-06-10') TO date('2024-06-11')"), ElementsAre("2"));
  EXPECT_THAT(Seen("FROM date('2024-06-10') TO date('2024-06-10')"), ElementsAre("0"));
  EXPECT_THAT(Seen("FROM date('2024-06-20') TO date('2024-06-10')"), ElementsAre("0"));
  EXPECT_THAT(Seen("BETWEEN date('2024-06-20') AND date('2024-06-10')"), ElementsAre("0"));
  EXPECT_THAT(Seen("FROM date('2025-01-01') TO date('2023-01-01')"), ElementsAre("0"));
}

TEST_F(LensIntervalTest, AnEndMillionsOfYearsAwayIsAnEnd) {
  query_.Rows(
      "CREATE ()-[:FAR {valid_from: date('1969-12-31'), valid_to: date('+5881580-07-10')}]->()");
  EXPECT_THAT(query_.Rows("MATCH ()-[r:FAR]->() RETURN toString(r.valid_to), until(r)"),
              ElementsAre("'+5881580-07-10' | '+5881580-07-10'"));
}

}  // namespace
}  // namespace entente::query
