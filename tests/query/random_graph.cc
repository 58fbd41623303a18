#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/query/random_expression.h"
#include "tests/query/random_query.h"

namespace entente::query {

std::vector<std::string> RandomGraph(uint32_t seed) {
  Dice dice(seed);
  std::vector<std::string> statements = {
      "CREATE RELATION TYPE TOP",
      "CREATE RELATION TYPE SUB UNDER TOP",
      "CREATE INDEX ON :N(i)",
      "CREATE INDEX ON :A(s)",
      "UNWIND range(1, 6) AS i CREATE (:Article {key: 'a' + i, publisher: 'P' + (i % 3 + 1), "
      "published: toString(date('2024-01-01') + duration({days: i * 9}))})",
      "MATCH (a:Article {key: 'a6'}) SET a.copy_of = 'a1'"};
  for (int i = 0; i < 9; ++i) {
    statements.push_back(absl::StrCat(
        "CREATE (:N", dice.OneOf({"", ":A", ":B", ":A:B"}), " {i: ", i % 6,
        ", s: ", dice.OneOf({"'ab'", "'abc'", "'b'", "'Äß'", "null"}),
        ", f: ", dice.OneOf({"0.5", "1.5", "-2.5", "null"}), ", x: ",
        dice.OneOf({"1", "2", "'ab'", "true", "[1, 2]", "[]", "null"}), ", key: 'n", i, "'})"));
  }
  for (int i = 0; i < 18; ++i) {
    statements.push_back(absl::StrCat(
        "MATCH (a {key: 'n", dice.Below(9), "'}), (b {key: 'n", dice.Below(9), "'}) CREATE (a)-[r:",
        dice.OneOf({"T", "T", "U", "SUB"}), " {w: ", dice.OneOf({"0", "1", "2", "null"}),
        ", valid_from: ", dice.OneOf({"date('2024-01-01')", "date('2024-02-10')", "null"}),
        ", valid_to: ", dice.OneOf({"date('2024-03-01')", "null"}), "}]->(b)"));
    for (uint32_t k = dice.Below(3); k > 0; --k) {
      absl::StrAppend(&statements.back(), " WITH r MATCH (c:Article {key: 'a", 1 + dice.Below(6),
                      "'}) CALL entente.cite(r, c, {stance: '",
                      dice.OneOf({"reports", "affirms", "denies"}), "', confidence: 0.",
                      1 + dice.Below(9), "}) YIELD added");
    }
  }
  return statements;
}

}  // namespace entente::query
