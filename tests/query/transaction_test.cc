// Transactions of several sessions: who writes, who waits, who must begin again.
#include <thread>

#include "engine/database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/query_session.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kCountNodes = "MATCH (n) RETURN count(*)";

class TransactionTest : public ::testing::Test {
 protected:
  TransactionTest() {
    DatabaseOptions options;
    options.busy_timeout_ms = 30;
    database_ = Database::Open(":memory:", options).value();
    first_ = database_->Connect();
    second_ = database_->Connect();
  }

  static std::vector<std::string> Rows(Session& session, absl::string_view statement) {
    absl::StatusOr<std::unique_ptr<Result>> result = session.Run(statement);
    if (!result.ok()) return {QuerySession::ErrorName(result.status())};
    std::vector<std::string> rows;
    Row row;
    while (true) {
      const absl::StatusOr<bool> more = (*result)->Next(&row);
      if (!more.ok()) return {QuerySession::ErrorName(more.status())};
      if (!*more) return rows;
      rows.push_back(ValueText(row[0]));
    }
  }

  std::unique_ptr<Database> database_;
  std::unique_ptr<Session> first_;
  std::unique_ptr<Session> second_;
};

TEST_F(TransactionTest, ReadingInATransactionKeepsNobodyFromWriting) {
  Rows(*first_, "BEGIN");
  EXPECT_THAT(Rows(*first_, kCountNodes), ElementsAre("0"));
  EXPECT_THAT(Rows(*second_, "CREATE ()"), IsEmpty());
  // The transaction goes on with what it saw first.
  EXPECT_THAT(Rows(*first_, kCountNodes), ElementsAre("0"));
  EXPECT_THAT(Rows(*first_, "COMMIT"), IsEmpty());
  EXPECT_THAT(Rows(*first_, kCountNodes), ElementsAre("1"));
}

TEST_F(TransactionTest, ATransactionSeesTheDatabaseAsOfItsFirstStatement) {
  Rows(*first_, "BEGIN");
  Rows(*second_, "CREATE ()");
  EXPECT_THAT(Rows(*first_, kCountNodes), ElementsAre("1"));
  Rows(*first_, "ROLLBACK");
  Rows(*first_, "BEGIN");
  Rows(*second_, "CREATE ()");
  EXPECT_THAT(Rows(*first_, "CREATE ()"), IsEmpty());
  EXPECT_THAT(Rows(*first_, "COMMIT"), IsEmpty());
  EXPECT_THAT(Rows(*second_, kCountNodes), ElementsAre("3"));
}

TEST_F(TransactionTest, AWriteOnTopOfWhatChangedSinceIsAConflict) {
  Rows(*first_, "BEGIN");
  Rows(*first_, kCountNodes);
  Rows(*second_, "CREATE ()");
  EXPECT_THAT(Rows(*first_, "CREATE ()"), ElementsAre("TransactionError: WriteConflict"));
  // It still reads, and a new one writes.
  EXPECT_TRUE(first_->in_transaction());
  EXPECT_THAT(Rows(*first_, kCountNodes), ElementsAre("0"));
  EXPECT_THAT(Rows(*second_, "CREATE ()"), IsEmpty());
  Rows(*first_, "ROLLBACK");
  Rows(*first_, "BEGIN");
  EXPECT_THAT(Rows(*first_, kCountNodes), ElementsAre("2"));
  EXPECT_THAT(Rows(*first_, "CREATE ()"), IsEmpty());
  EXPECT_THAT(Rows(*first_, "COMMIT"), IsEmpty());
  EXPECT_THAT(Rows(*second_, kCountNodes), ElementsAre("3"));
}

TEST_F(TransactionTest, AWriteBesideAnotherTransactionIsBusyAfterAWhile) {
  Rows(*first_, "BEGIN");
  Rows(*first_, "CREATE ()");
  EXPECT_THAT(Rows(*second_, "CREATE ()"),
              ElementsAre(HasSubstr("DatabaseError: DatabaseBusy: The database is busy")));
  Rows(*second_, "BEGIN");
  EXPECT_THAT(Rows(*second_, "CREATE ()"), ElementsAre(HasSubstr("DatabaseBusy")));
  EXPECT_TRUE(second_->in_transaction());
  Rows(*first_, "COMMIT");
  EXPECT_THAT(Rows(*second_, "CREATE ()"), IsEmpty());
  EXPECT_THAT(Rows(*second_, "COMMIT"), IsEmpty());
  EXPECT_THAT(Rows(*first_, kCountNodes), ElementsAre("2"));
}

TEST(TransactionWaitTest, InterruptEndsTheWaitForAnotherWriter) {
  const std::unique_ptr<Database> database = Database::Open(":memory:").value();
  const std::unique_ptr<Session> first = database->Connect();
  const std::unique_ptr<Session> second = database->Connect();
  ASSERT_TRUE(first->Run("BEGIN").ok());
  ASSERT_TRUE(first->Run("CREATE ()").ok());
  std::atomic<bool> done = false;
  std::thread waiting([&] {
    EXPECT_EQ(ErrorInfoOf(second->Run("CREATE ()").status()).detail, "Interrupted");
    done = true;
  });
  while (!done) {
    second->Interrupt();
    std::this_thread::yield();
  }
  waiting.join();
}

}  // namespace
}  // namespace entente::query
