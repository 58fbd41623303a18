// CREATE, DROP and SHOW of relation types and labels: the taxonomy.
#pragma once

#include "absl/status/status.h"
#include "engine/graph.h"
#include "engine/graph_writer.h"
#include "query/ast.h"
#include "query/schema_statement.h"

namespace entente::query {

// Errors as for ChangeSchema.
absl::Status CreateSymbol(const ast::CreateSymbol& create, GraphWriter& writer,
                          GraphWriter::MayGoOn may_go_on);
absl::Status DropSymbol(const ast::DropSymbol& drop, GraphWriter& writer,
                        GraphWriter::MayGoOn may_go_on);
SchemaRows ShowSymbols(const ast::ShowSymbols& show, const Graph& graph);

}  // namespace entente::query
