#include "engine/language_words.h"

#include <algorithm>

#include "query/function.h"
#include "query/procedures.h"

namespace entente {
namespace {

constexpr const char* kKeywords[] = {
    "ABOUT",
    "ACCORDING TO",
    "ALL",
    "AMONG",
    "AND",
    "AS",
    "AS OF",
    "ASC",
    "BEGIN",
    "BETWEEN",
    "BY",
    "CALL",
    "CASE",
    "COMMIT",
    "CONFIDENCE",
    "CONTAINS",
    "CREATE",
    "CREATE INDEX",
    "CREATE LABEL",
    "CREATE RELATION TYPE",
    "DELETE",
    "DENIED BY",
    "DESC",
    "DETACH",
    "DISTINCT",
    "DISPUTES",
    "DROP INDEX",
    "DROP LABEL",
    "DROP RELATION TYPE",
    "ELSE",
    "END",
    "ENDS WITH",
    "EXCEPT",
    "EXISTS",
    "EXPLAIN",
    "FOR",
    "FROM",
    "IF EXISTS",
    "IF NOT EXISTS",
    "IN",
    "INCLUDING",
    "IS NOT NULL",
    "IS NULL",
    "KNOWN_TIME",
    "LIMIT",
    "MATCH",
    "MERGE",
    "NOT",
    "NULL",
    "ON CREATE",
    "ON MATCH",
    "OPTIONAL",
    "OR",
    "ORDER BY",
    "PROFILE",
    "REMOVE",
    "RESET LENS",
    "RETURN",
    "ROLLBACK",
    "SET",
    "SET LENS",
    "SHOW INDEXES",
    "SHOW LABELS",
    "SHOW LENS",
    "SHOW RELATION TYPES",
    "SINCE",
    "SKIP",
    "STARTS WITH",
    "THEN",
    "TO",
    "UNDER",
    "UNION",
    "UNTIL",
    "UNWIND",
    "VALID_TIME",
    "WHAT CHANGED",
    "WHEN",
    "WHERE",
    "WHO",
    "WHOM",
    "WHY",
    "WITH",
    "XOR",
    "YIELD",
};

}  // namespace

const std::vector<std::string>& LanguageWords() {
  static const auto& words = *[] {
    auto* all = new std::vector<std::string>(std::begin(kKeywords), std::end(kKeywords));
    for (const query::FunctionRow* row : query::AllFunctions()) {
      if (!row->internal) all->emplace_back(row->name);
    }
    for (const query::AggregateRow* row : query::AllAggregates()) all->emplace_back(row->name);
    for (const query::BuiltInProcedure& procedure : query::BuiltInProcedures()) {
      all->push_back(procedure.signature.name);
    }
    std::sort(all->begin(), all->end());
    all->erase(std::unique(all->begin(), all->end()), all->end());
    return all;
  }();
  return words;
}

}  // namespace entente
