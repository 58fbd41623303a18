// What statements about property indexes do.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/graph.h"
#include "engine/graph_writer.h"
#include "engine/session.h"
#include "query/ast.h"

namespace entente::query {

// CREATE INDEX, DROP INDEX, SHOW INDEXES.
bool IsIndexStatement(const ast::Statement& statement);
// CREATE INDEX, DROP INDEX.
bool ChangesIndexes(const ast::Statement& statement);

// Runs one that changes indexes. kIndexExists and kIndexNotFound unless the statement allows it.
absl::Status ChangeIndexes(const ast::Statement& statement, GraphWriter& writer);

// What SHOW INDEXES gives: name, label, property, the number of nodes in the index and of values
// that differ; by name.
std::vector<std::string> IndexColumns();
std::vector<Row> IndexRows(const Graph& graph);

}  // namespace entente::query
