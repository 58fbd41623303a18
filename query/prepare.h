// From syntax tree to a plan that can run: names are bound and checked (binder.h), the plan built,
// then optimized (optimizer.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/fact_sample.h"
#include "engine/graph.h"
#include "engine/procedure.h"
#include "engine/session.h"
#include "query/ast.h"
#include "query/plan.h"
#include "query/stop_signal.h"

namespace entente::query {

struct PrepareContext {
  // For estimates and for the types that questions name. Read only while Prepare runs. The plan
  // stays right, if not the fastest, when the graph changes later.
  const Graph* graph = nullptr;
  // A sample of the graph's facts, or nullptr. Asked for when a statement has several hops. An
  // empty function has none.
  std::function<std::shared_ptr<const FactSample>()> sample_facts;
  // The registered procedure of that name, or nullptr; the pointer must stay valid while Prepare
  // runs. An empty function knows no procedure.
  std::function<const ProcedureSignature*(absl::string_view name)> find_procedure;
  // Names of optimizer passes (OptimizerPasses()) that are left out; for tests.
  std::vector<std::string> disabled_passes;
  // Of a statement, and the rows from which on it is worth to use more than one.
  uint32_t threads = 1;
  double parallel_rows = 0;
  // May be null.
  const StopSignal* stop = nullptr;
};

// Errors are openCypher's compile-time errors with their place. The plan refers neither to
// `statement` nor to `context`. Every parameter is taken to be given: see CheckParameters.
absl::StatusOr<std::unique_ptr<PreparedPlan>> Prepare(const ast::QueryStatement& statement,
                                                      const PrepareContext& context);

// A plan of nothing but this lens, for Run::OwnLens.
absl::StatusOr<std::unique_ptr<PreparedPlan>> PrepareLens(const ast::LensClauses& lens,
                                                          const PrepareContext& context);

// kMissingParameter for the first parameter that the plan reads and `parameters` lacks. To be
// called before every run, since plans are kept and run again.
absl::Status CheckParameters(const PreparedPlan& plan, const Parameters& parameters);

// Names of the passes that can be switched off, in the order in which they run.
std::vector<std::string> OptimizerPasses();

}  // namespace entente::query
