#include <memory>
#include <utility>
#include <variant>

#include "query/morsels.h"
#include "query/operators/morsel_rows.h"
#include "query/operators/operators.h"
#include "query/profile.h"

namespace entente::query {

std::unique_ptr<Operator> MakeOperator(Execution& execution, const Plan& plan) {
  if (execution.morsels != nullptr && execution.morsels->parts() == nullptr &&
      &execution.morsels->plan() == &plan) {
    return MakeMorselRows(*execution.morsels);
  }
  std::unique_ptr<Operator> made =
      std::visit([&](const auto& node) { return Make(execution, plan, node); }, plan.node);
  if (execution.profile == nullptr) return made;
  return MakeProfiled(std::move(made), plan, execution.profile);
}

}  // namespace entente::query
