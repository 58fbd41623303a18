#include <memory>
#include <variant>

#include "query/operators/operators.h"

namespace entente::query {

std::unique_ptr<Operator> MakeOperator(Execution& execution, const Plan& plan) {
  return std::visit([&](const auto& node) { return Make(execution, plan, node); }, plan.node);
}

}  // namespace entente::query
