// PROFILE: what each operator of a plan did in one run.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "engine/session.h"
#include "query/operator.h"
#include "query/plan.h"

namespace entente::query {

// Of an operator and all below it, over all its runs.
struct OperatorProfile {
  uint64_t rows = 0;  // of the operator alone
  uint64_t pages = 0;
  int64_t nanoseconds = 0;  // summed over threads

  void Add(const OperatorProfile& other) {
    rows += other.rows;
    pages += other.pages;
    nanoseconds += other.nanoseconds;
  }
  OperatorProfile Since(const OperatorProfile& before) const {
    return {rows - before.rows, pages - before.pages, nanoseconds - before.nanoseconds};
  }
};
struct Profile {
  absl::node_hash_map<const Plan*, OperatorProfile> operators;
};

// What this thread has done, and what others have done for it, from some beginning on.
OperatorProfile WorkOfThisThread();
// Others have done this for this thread.
void CountHelp(const OperatorProfile& work);

// `inner`, which runs `plan`, with what it does counted in `profile`. Both must outlive it.
std::unique_ptr<Operator> MakeProfiled(std::unique_ptr<Operator> inner, const Plan& plan,
                                       Profile* profile);

// The columns of a profile: plan, rows, pages, ms.
std::vector<std::string> ProfileColumns();
// The lines of ExplainPlan with what each operator itself did, without those below it; operators
// inside expressions count for the one that evaluates them.
std::vector<Row> ProfileRows(const PreparedPlan& plan, const Profile& profile);

}  // namespace entente::query
