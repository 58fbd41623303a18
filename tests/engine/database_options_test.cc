#include "engine/database.h"
#include "engine/error.h"
#include "gmock/gmock.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::StartsWith;

TEST(DatabaseOptionsTest, JsonSetsWhatItNamesAndNothingElse) {
  const DatabaseOptions usual = Must(ParseDatabaseOptions("{}"));
  EXPECT_TRUE(usual.sync_commits);
  EXPECT_TRUE(usual.optimizer);
  EXPECT_FALSE(usual.read_only);
  EXPECT_EQ(usual.busy_timeout_ms, 5000u);
  EXPECT_EQ(usual.timeout_ms, 0u);
  EXPECT_EQ(usual.threads, 0u);
  const DatabaseOptions set = Must(ParseDatabaseOptions(
      R"({"create": false, "read_only": true, "sync": false, "busy_timeout_ms": 0,
          "memory_limit": 1048576, "timeout_ms": 250, "threads": 3, "cache_bytes": 0, "chunk_edges": 4, "block_facts": 2, "optimizer": false,
          "batch_size": 1})"));
  EXPECT_FALSE(set.create_if_missing);
  EXPECT_TRUE(set.read_only);
  EXPECT_FALSE(set.sync_commits);
  EXPECT_EQ(set.busy_timeout_ms, 0u);
  EXPECT_EQ(set.memory_limit, 1048576u);
  EXPECT_EQ(set.timeout_ms, 250u);
  EXPECT_EQ(set.threads, 3u);
  EXPECT_EQ(set.cache_bytes, 0u);
  EXPECT_EQ(set.edges_per_chunk, 4u);
  EXPECT_EQ(set.facts_per_block, 2u);
  EXPECT_FALSE(set.optimizer);
  EXPECT_EQ(set.batch_size, 1u);
}

TEST(DatabaseOptionsTest, WhatIsUnknownOrOfTheWrongKindIsRefused) {
  for (const char* json : {"", "[]", "{\"syn\": true}", "{\"sync\": 1}", "{\"batch_size\": 0}",
                           "{\"batch_size\": 1.5}", "{\"busy_timeout_ms\": -1}",
                           "{\"chunk_edges\": 4294967296}", "{\"memory_limit\": \"1\"}"}) {
    const absl::Status status = ParseDatabaseOptions(json).status();
    EXPECT_THAT(ErrorText(status), StartsWith("ArgumentError: InvalidCall: options: ")) << json;
  }
}

TEST(ErrorTest, StatusesFromBelowHaveTypeAndDetailToo) {
  EXPECT_EQ(ErrorText(absl::NotFoundError("x")), "DatabaseError: DatabaseNotFound: x");
  EXPECT_EQ(ErrorText(absl::FailedPreconditionError("x")), "DatabaseError: NotADatabase: x");
  EXPECT_EQ(ErrorText(absl::UnavailableError("x")), "DatabaseError: DatabaseLocked: x");
  EXPECT_EQ(ErrorText(absl::DataLossError("x")), "DatabaseError: DamagedDatabase: x");
  EXPECT_EQ(ErrorText(absl::UnimplementedError("x")), "DatabaseError: UnsupportedFormat: x");
  EXPECT_EQ(ErrorText(absl::InvalidArgumentError("x")), "ArgumentError: InvalidArgument: x");
  EXPECT_EQ(ErrorText(absl::InternalError("x")), "DatabaseError: InternalError: x");
}

}  // namespace
}  // namespace entente
