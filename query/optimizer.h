// The optimizer: an ordered list of named passes over a plan, each of which leaves the statement's
// rows as they are, in any order that the statement allows. All but that of live slots can be
// switched off.
//
//   fold_constants  what depends on constants alone is computed once (optimize_constants.cc)
//   filters         conditions are checked as soon as the slots they read are there
//   seeks           id(n) = x, n = x and n.key = x find the node instead of scanning for it, and
//                   conditions on properties use indexes (index_choice.h)
//   order           patterns begin where there is least to read and go on in the cheapest order
//   top             ORDER BY with LIMIT keeps only the first rows, and projects late what it does
//                   not order by first (optimize_sort.cc)
//   intersect       two hops that meet are one step over sorted neighbours (optimize_intersect.cc)
//   counts          a hop that is only counted makes no rows (optimize_counts.cc)
//   sources         a hop from every node begins at those alone that have pages
//                   (optimize_sources.cc)
//   extracts        what stands beside relationships in the pages is read with them
//                   (optimize_extracts.cc)
//   evidence        fields of evidence(r) that are unwound are columns, and what is only counted is
//                   not listed (optimize_evidence.cc)
//   reach           paths of which only the distinct ends matter are not gone through one by one
//                   (optimize_reach.cc)
//   live slots      dead columns are dropped; always runs (optimize_live.cc)
//   parallel        large parts of the plan run in several threads (optimize_parallel.cc)
//
// filters, seeks and order rewrite one thing, the steps of a pattern (optimize_pattern.cc). Among
// conditions that can raise errors the order in which they are written is kept.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "query/plan.h"
#include "query/prepare.h"

namespace entente::query {

class StepEstimates;  // query/pattern_steps.h

// Unknown names among the passes that `context` disables do nothing. Errors as of
// StopSignal::Check; the plan is lost then.
absl::Status Optimize(const PrepareContext& context, PreparedPlan* prepared);

// --- The passes. Each works on the whole plan with all plans inside it.

void FoldConstants(PlanPtr* plan);

struct PatternPasses {
  bool filters = true;
  bool seeks = true;
  bool order = true;
};
struct PatternContext {
  const StepEstimates& estimates;
  PatternPasses passes;
  const StopSignal* stop = nullptr;
};
// Errors as of StopSignal::Check.
absl::Status ArrangePatterns(const PatternContext& context, PlanPtr* plan);

void LimitSorts(PlanPtr* plan);

void IntersectHops(PlanPtr* plan);

void ScanSources(PlanPtr* plan);

void ExtractBesideHops(const PreparedPlan& prepared, PlanPtr* root);

// Both add slots.
void CountHops(PreparedPlan* prepared, PlanPtr* root);
void ReadEvidenceAsAsked(PreparedPlan* prepared, PlanPtr* root);

// Needs `live` everywhere. The plan's own rows are all wanted, as often as they come.
void MarkReach(Plan* plan);

// Whether the aggregation is the same when rows come more than once.
bool IgnoresRepeats(const Aggregation& part);

// Sets `live` everywhere, given what is read from the plan's rows.
void SetLiveSlots(const std::vector<Slot>& required, Plan* plan);

// Sets `estimated_rows` everywhere.
void EstimateRows(const StepEstimates& estimates, Plan* plan);

// Needs `estimated_rows` everywhere. Sets `parallel` on the plan's way from its last operator down
// where some operator makes so many rows; not in plans inside it.
void MarkParallel(double least_rows, Plan* root);

// Runs `pass` over this plan and all plans under it and in its expressions, inner ones first.
void ForEachPlanWithin(PlanPtr* plan, absl::FunctionRef<void(PlanPtr*)> pass);

}  // namespace entente::query
