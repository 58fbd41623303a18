#include <memory>
#include <utility>
#include <variant>

#include "query/operators/operators.h"
#include "query/profile.h"

namespace entente::query {

std::unique_ptr<Operator> MakeOperator(Execution& execution, const Plan& plan) {
  std::unique_ptr<Operator> made =
      std::visit([&](const auto& node) { return Make(execution, plan, node); }, plan.node);
  if (execution.profile == nullptr) return made;
  return MakeProfiled(std::move(made), plan, execution.profile);
}

}  // namespace entente::query
