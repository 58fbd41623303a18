#include "query/operators/row_count.h"

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/evaluator.h"

namespace entente::query {

absl::StatusOr<uint64_t> RowCount(Execution& execution, const Expression& expression) {
  Evaluator evaluator(execution);
  ASSIGN_OR_RETURN(const Value value, evaluator.EvaluateOnce(expression));
  if (!value.is_integer()) {
    return MakeError(ErrorCode::kRuntimeSyntaxInvalidArgumentType,
                     absl::StrCat("A number of rows must be an integer, not a value of type ",
                                  std::string(Value::TypeName(value.type()))),
                     expression.span);
  }
  if (value.integer() < 0) {
    return MakeError(ErrorCode::kRuntimeNegativeIntegerArgument,
                     absl::StrCat("A number of rows must not be negative: ", value.integer()),
                     expression.span);
  }
  return static_cast<uint64_t>(value.integer());
}

}  // namespace entente::query
