#include <algorithm>
#include <utility>

#include "engine/error.h"
#include "engine/status.h"
#include "query/bind_expression.h"
#include "query/binder.h"

namespace entente::query {

namespace {

void AddReads(const ExpressionPtr& expression, std::vector<Slot>* reads) {
  if (expression == nullptr) return;
  reads->insert(reads->end(), expression->reads.begin(), expression->reads.end());
}

}  // namespace

absl::Status Binder::BindLensClauses(const ast::LensClauses& clauses, const Scope& scope,
                                     BoundLens* lens, BoundLens* replaced) {
  const auto bind = [&](const ast::ExpressionPtr& expression, ExpressionPtr* bound,
                        BoundLens* into) -> absl::Status {
    if (expression == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(*bound, ExpressionBinder(this, scope).Bind(*expression));
    AddReads(*bound, &into->reads);
    return absl::OkStatus();
  };
  const auto bind_time = [&](const std::optional<ast::TimeRange>& range,
                             std::optional<BoundTimeRange> BoundLens::*time) -> absl::Status {
    if (!range.has_value()) return absl::OkStatus();
    BoundLens* const into = (lens->*time).has_value() ? replaced : lens;
    BoundTimeRange& bound = (into->*time).emplace();
    bound.kind = range->kind;
    RETURN_IF_ERROR(bind(range->from, &bound.from, into));
    return bind(range->to, &bound.to, into);
  };
  const auto bind_list = [&](const std::vector<ast::ExpressionPtr>& list,
                             std::vector<ExpressionPtr> BoundLens::*sources) -> absl::Status {
    BoundLens* const into = (lens->*sources).empty() ? lens : replaced;
    std::vector<ExpressionPtr> bound;
    for (const ast::ExpressionPtr& expression : list) {
      RETURN_IF_ERROR(bind(expression, &bound.emplace_back(), into));
    }
    if (!bound.empty()) into->*sources = std::move(bound);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(bind_time(clauses.valid_time, &BoundLens::valid_time));
  RETURN_IF_ERROR(bind_time(clauses.known_time, &BoundLens::known_time));
  RETURN_IF_ERROR(bind_list(clauses.according_to, &BoundLens::according_to));
  RETURN_IF_ERROR(bind_list(clauses.except, &BoundLens::except));
  RETURN_IF_ERROR(bind_list(clauses.denied_by, &BoundLens::denied_by));
  if (!lens->including.has_value()) lens->including = clauses.including;
  BoundLens* const into = lens->least_confidence == nullptr ? lens : replaced;
  return bind(clauses.least_confidence, &into->least_confidence, into);
}

// No pattern is read through it, but a mistake in it is told all the same.
void Binder::KeepReplaced(BoundLens replaced) {
  const bool sets = replaced.valid_time.has_value() || replaced.known_time.has_value() ||
                    !replaced.according_to.empty() || !replaced.except.empty() ||
                    !replaced.denied_by.empty() || replaced.least_confidence != nullptr;
  if (sets) prepared_.lenses.push_back(std::make_unique<BoundLens>(std::move(replaced)));
}

absl::StatusOr<const BoundLens*> Binder::BindLens(const ast::LensClauses& own, const Scope& scope) {
  const bool inherits = std::any_of(lens_stack_.begin(), lens_stack_.end(),
                                    [](const auto& outer) { return !outer.first->empty(); });
  if (own.empty() && !inherits) return nullptr;
  auto lens = std::make_unique<BoundLens>();
  // The innermost setting of a dimension comes first and stays.
  RETURN_IF_ERROR(BindLensClauses(own, scope, lens.get(), /*replaced=*/nullptr));
  // What a lens's own expressions look for is seen through the lenses around it alone.
  const std::vector<std::pair<const ast::LensClauses*, Scope>> around = lens_stack_;
  absl::Status bound;
  while (bound.ok() && !lens_stack_.empty()) {
    const auto outer = std::move(lens_stack_.back());
    lens_stack_.pop_back();
    BoundLens replaced;
    bound = BindLensClauses(*outer.first, outer.second, lens.get(), &replaced);
    KeepReplaced(std::move(replaced));
  }
  lens_stack_ = around;
  RETURN_IF_ERROR(bound);
  std::sort(lens->reads.begin(), lens->reads.end());
  lens->reads.erase(std::unique(lens->reads.begin(), lens->reads.end()), lens->reads.end());
  prepared_.lenses.push_back(std::move(lens));
  return prepared_.lenses.back().get();
}

}  // namespace entente::query
