// What statements about property indexes and about the taxonomy do.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/graph.h"
#include "engine/graph_writer.h"
#include "engine/session.h"
#include "query/ast.h"

namespace entente::query {

// CREATE, DROP or SHOW of indexes, relation types or labels.
bool IsSchemaStatement(const ast::Statement& statement);
// CREATE or DROP of them.
bool ChangesSchema(const ast::Statement& statement);

// Runs one that changes something. Indexes: kIndexExists and kIndexNotFound unless the statement
// allows it. Relation types and labels: kUnknownRelationType or kUnknownLabel where one is named
// that must be there, kTaxonomyCycle where something would come to lie under itself.
absl::Status ChangeSchema(const ast::Statement& statement, GraphWriter& writer,
                          GraphWriter::MayGoOn may_go_on);

struct SchemaRows {
  std::vector<std::string> columns;
  std::vector<Row> rows;
};
// What a SHOW gives. Indexes: name, label, property, the number of nodes in the index and of values
// that differ; by name. Relation types and labels: a tree in depth-first order, by name among
// siblings, what has several parents under each of them.
SchemaRows ShowSchema(const ast::Statement& statement, const Graph& graph);

}  // namespace entente::query
