#include "query/prepare.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/binder.h"
#include "query/optimizer.h"
#include "query/tree_walk.h"

namespace entente::query {

absl::StatusOr<std::unique_ptr<PreparedPlan>> Prepare(const ast::QueryStatement& statement,
                                                      const PrepareContext& context) {
  ASSIGN_OR_RETURN(std::unique_ptr<PreparedPlan> prepared, Bind(statement, context));
  RETURN_IF_ERROR(Optimize(context, prepared.get()));
  return prepared;
}

absl::StatusOr<std::unique_ptr<PreparedPlan>> PrepareLens(const ast::LensClauses& lens,
                                                          const PrepareContext& context) {
  auto prepared = std::make_unique<PreparedPlan>();
  RETURN_IF_ERROR(Binder(context, prepared.get()).BindLens(lens, Scope()).status());
  prepared->root = MakePlan(UnitPlan{});
  RETURN_IF_ERROR(Optimize(context, prepared.get()));
  return prepared;
}

absl::Status CheckParameters(const PreparedPlan& plan, const Parameters& parameters) {
  for (const ParameterUse& use : plan.parameters) {
    const bool given = std::any_of(parameters.begin(), parameters.end(),
                                   [&](const MapEntry& entry) { return entry.first == use.name; });
    if (!given) {
      return MakeError(ErrorCode::kMissingParameter,
                       absl::StrCat("Parameter $", use.name, " is not given"), use.span);
    }
  }
  return absl::OkStatus();
}

}  // namespace entente::query
