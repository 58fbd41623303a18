// From a pattern's lens clauses to the Lens that its hops are read through.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/lens.h"
#include "query/batch.h"
#include "query/evaluator.h"
#include "query/expression.h"
#include "query/operator.h"

namespace entente::query {

// The lens of one pattern for each row. The lenses themselves belong to the execution.
class LensEvaluator {
 public:
  // `bound` may be null: the default lens, or the session's. `exact` patterns (MERGE) see
  // everything.
  LensEvaluator(Execution& execution, const BoundLens* bound, bool exact);

  struct Read {
    const Lens* lens = nullptr;  // to read with
    const Lens* mark = nullptr;  // that relationships carry: nullptr for the default
    std::vector<uint32_t> rows;  // in order
  };
  // `*reads` become the rows of `batch` by lens. Errors: kUnknownName and kAmbiguousName for names,
  // TypeErrors for values that are no instants, names or numbers.
  absl::Status Resolve(const Batch& batch, std::vector<Read>* reads);
  // The lens of a pattern whose clauses read no slot.
  absl::StatusOr<const Lens*> ResolveConstant();
  // The lenses and values that it has met.
  void Forget() {
    known_.clear();
    evaluator_.Forget();
  }

 private:
  absl::StatusOr<Lens> LensOf(const std::vector<Value>& values) const;
  absl::Status SetTimes(const std::vector<Value>& values, size_t* next, Lens* lens) const;
  absl::Status AddSources(const Value& value, const SourceSpan& span,
                          std::vector<NodeId>* nodes) const;
  absl::StatusOr<std::vector<NodeId>> Sources(const std::vector<ExpressionPtr>& clauses,
                                              const std::vector<Value>& values, size_t* next) const;

  Execution& execution_;
  const BoundLens* bound_;
  bool exact_;
  Evaluator evaluator_;
  std::vector<const Expression*> expressions_;  // of the clauses, in the order LensOf reads them
  // By the expressions' values.
  std::vector<std::pair<std::vector<Value>, const Lens*>> known_;
};

// Resolves the plan's lenses that are the same for all rows, so that a mistake in one is an error
// even where no row arrives. Errors as for Resolve.
absl::Status ResolveConstantLenses(Execution& execution);

}  // namespace entente::query
