// Table procedures: `CALL name(…) YIELD …` answered from rows that a program registered. Their
// signatures are written as the openCypher TCK writes them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/value.h"

namespace entente {

// Types are BOOLEAN, INTEGER, FLOAT (integers too), NUMBER, STRING, MAP, LIST, ANY and the temporal
// ones as Value::TypeName writes them; "?" means that null is allowed.
struct ProcedureField {
  std::string name;
  std::string type;  // without "?"
  bool nullable = false;
};

struct ProcedureSignature {
  std::string name;
  std::vector<ProcedureField> arguments;
  std::vector<ProcedureField> columns;
};

// "test.my.proc(name :: STRING?, id :: INTEGER?) :: (city :: STRING?)"; "()" for no fields, and
// ":: VOID" for no columns.
absl::StatusOr<ProcedureSignature> ParseProcedureSignature(absl::string_view text);

// Whether the value can stand for the field: null if it is nullable, an integer for a float, a node
// or a relationship for a map.
bool Accepts(const ProcedureField& field, const Value& value);

// InvalidArgument unless every row has a value of the right type for every argument and column.
absl::Status CheckRows(const ProcedureSignature& signature,
                       const std::vector<std::vector<Value>>& rows);

struct TableProcedure {
  ProcedureSignature signature;
  std::vector<std::vector<Value>> rows;  // the arguments' values, then the columns'
};

}  // namespace entente
