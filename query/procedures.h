// Procedures that every database has, as rows of a table: `CALL entente.…`. A statement which calls
// one that writes is a statement that writes. Their last arguments may be left out where these may
// be null.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph_writer.h"
#include "engine/procedure.h"
#include "engine/value.h"
#include "query/function.h"

namespace entente::query {

struct BuiltInProcedure {
  ProcedureSignature signature;
  absl::string_view help;  // one line, for query/REFERENCE.md
  // The rows of one call, whose arguments have the types of the signature; what is left out is
  // null. `context` has the statement's clock and, to read, its graph. One of both is null.
  absl::StatusOr<std::vector<std::vector<Value>>> (*write)(
      GraphWriter& graph, const FunctionContext& context,
      const std::vector<Value>& arguments) = nullptr;
  absl::StatusOr<std::vector<std::vector<Value>>> (*read)(
      const FunctionContext& context, const std::vector<Value>& arguments) = nullptr;
};

const std::vector<BuiltInProcedure>& BuiltInProcedures();
// Those of the table that keep claims: entente.cite, retract, valid. In evidence_procedures.cc.
std::vector<BuiltInProcedure> EvidenceProcedures();
// Those about names and entities: entente.find, merge, unmerge. In name_procedures.cc.
std::vector<BuiltInProcedure> NameProcedures();

// An error of what a procedure was given as an ArgumentError; others stay what they are.
absl::Status AsArgumentError(const absl::Status& status);

// nullptr when there is none of that name. They come before registered ones.
const BuiltInProcedure* FindBuiltInProcedure(absl::string_view name);

}  // namespace entente::query
