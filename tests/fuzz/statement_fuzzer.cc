// Whatever statement comes, a session over a small database ends it with rows or with an error that
// has a type, in bounded time and memory, and a rolled-back transaction leaves nothing behind.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/core.h"
#include "engine/error.h"
#include "engine/session.h"
#include "engine/value_text.h"
#include "query/session_options.h"
#include "storage/check.h"

namespace entente {
namespace {

constexpr int kMostRows = 2000;

void CheckError(const absl::Status& status) {
  const ErrorInfo error = ErrorInfoOf(status);
  ENTENTE_CHECK(!error.type.empty() && !error.detail.empty());
  ENTENTE_CHECK(!status.message().empty());
}

// Runs the statement to its last row, or to kMostRows.
void RunAll(Session& session, absl::string_view statement) {
  const absl::StatusOr<std::unique_ptr<Result>> result = session.Run(statement);
  if (!result.ok()) return CheckError(result.status());
  Row row;
  for (int rows = 0; rows < kMostRows; ++rows) {
    const absl::StatusOr<bool> more = (*result)->Next(&row);
    if (!more.ok()) return CheckError(more.status());
    if (!*more) return;
    for (const Value& value : row) ValueText(value);
  }
}

// One value of a statement that gives one.
std::string Only(Session& session, absl::string_view statement) {
  const absl::StatusOr<std::unique_ptr<Result>> result = session.Run(statement);
  ENTENTE_CHECK(result.ok());
  Row row;
  const absl::StatusOr<bool> more = (*result)->Next(&row);
  ENTENTE_CHECK(more.ok() && *more && row.size() == 1);
  return ValueText(row[0]);
}

constexpr absl::string_view kCount =
    "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN [count(DISTINCT n), count(r), sum(size(keys(n)))]";

// Five countries and five claims about them, one of them a denial, beside ten nodes in a ring.
constexpr absl::string_view kWorld[] = {
    "UNWIND ['North Korea', 'Russia', 'Ukraine', 'South Korea', 'China'] AS name "
    "CREATE (:Country {key: name, name: name})",
    "UNWIND [['1', 'Reuters', '2024-06-19'], ['2', 'KCNA', '2024-06-19'], "
    "['3', 'TASS', '2024-10-25'], ['4', 'Reuters', '2022-02-24']] AS a "
    "CREATE (:Article {key: a[0], publisher: a[1], published: a[2]})",
    "MATCH (k {key: 'North Korea'}), (r {key: 'Russia'}), (u {key: 'Ukraine'}), (c {key: 'China'}) "
    "CREATE (k)-[:SUPPORTS {valid_from: date('2024-06-19')}]->(r), (r)-[:ATTACKS]->(u), "
    "(c)-[:SUPPORTS]->(r)",
    "UNWIND [['North Korea', '1', 'reports'], ['North Korea', '2', 'affirms'], "
    "['North Korea', '3', 'denies'], ['Russia', '4', 'reports'], ['China', '4', 'reports']] AS c "
    "MATCH (:Country {key: c[0]})-[r]->(:Country), (a:Article {key: c[1]}) "
    "CALL entente.cite(r, a, {stance: c[2], confidence: 0.9}) YIELD added RETURN added",
    "UNWIND range(0, 9) AS i CREATE (:N {i: i, t: toString(i)})",
    "MATCH (a:N), (b:N) WHERE b.i = (a.i + 1) % 10 CREATE (a)-[:T {w: a.i}]->(b)",
    "CREATE INDEX ON :N(i)",
};

std::shared_ptr<Core> OpenWorld() {
  DatabaseOptions options;
  options.edges_per_chunk = 4;
  options.facts_per_block = 2;
  std::shared_ptr<Core> core = Core::Open(":memory:", options).value();
  const std::unique_ptr<Session> session = NewSession(core);
  for (const absl::string_view statement : kWorld) ENTENTE_CHECK(session->Run(statement).ok());
  return core;
}

void RunOne(absl::string_view text) {
  static const std::shared_ptr<Core> core = OpenWorld();
  static const std::unique_ptr<Session> counter = NewSession(core);
  static const std::string before = Only(*counter, kCount);
  query::SessionOptions limits;
  limits.memory_limit = uint64_t{64} << 20;
  limits.time_limit = std::chrono::seconds(2);
  const std::unique_ptr<Session> session = query::MakeSession(core, limits);
  ENTENTE_CHECK(session->Run("BEGIN").ok());
  RunAll(*session, text);
  // COMMIT as the statement ends an empty transaction.
  if (session->in_transaction()) ENTENTE_CHECK(session->Run("ROLLBACK").ok());
  ENTENTE_CHECK(Only(*counter, kCount) == before);
}

}  // namespace
}  // namespace entente

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  entente::RunOne(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
