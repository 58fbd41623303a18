// Procedures that every database has, as rows of a table: `CALL entente.…`. They may write, so that
// a statement which calls one is a statement that writes.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph_writer.h"
#include "engine/procedure.h"
#include "engine/value.h"

namespace entente::query {

struct BuiltInProcedure {
  ProcedureSignature signature;
  absl::string_view help;  // one line, for query/REFERENCE.md
  // The rows of one call, whose arguments have the types of the signature.
  absl::StatusOr<std::vector<std::vector<Value>>> (*call)(GraphWriter& graph,
                                                          const std::vector<Value>& arguments);
};

const std::vector<BuiltInProcedure>& BuiltInProcedures();

// nullptr when there is none of that name. They come before registered ones.
const BuiltInProcedure* FindBuiltInProcedure(absl::string_view name);

}  // namespace entente::query
