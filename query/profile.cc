#include "query/profile.h"

#include <utility>

#include "absl/time/clock.h"
#include "engine/page_reads.h"
#include "query/explain.h"
#include "query/tree_walk.h"

namespace entente::query {
namespace {

thread_local OperatorProfile work_of_others;

class ProfiledOperator : public Operator {
 public:
  ProfiledOperator(std::unique_ptr<Operator> inner, const Plan& plan, Profile* profile)
      : inner_(std::move(inner)), profile_(profile->operators[&plan]) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    const OperatorProfile before = WorkOfThisThread();
    absl::StatusOr<bool> more = inner_->Next(batch);
    profile_.Add(WorkOfThisThread().Since(before));
    if (more.ok() && *more) profile_.rows += batch->row_count();
    return more;
  }
  void Restart(const Batch* argument) override { inner_->Restart(argument); }

 private:
  std::unique_ptr<Operator> inner_;
  OperatorProfile& profile_;
};

OperatorProfile WholeOf(const Plan& plan, const Profile& profile) {
  const auto found = profile.operators.find(&plan);
  return found == profile.operators.end() ? OperatorProfile() : found->second;
}

}  // namespace

OperatorProfile WorkOfThisThread() {
  OperatorProfile work = work_of_others;
  work.nanoseconds += absl::GetCurrentTimeNanos();
  work.pages += PagesReadByThisThread();
  return work;
}

void CountHelp(const OperatorProfile& work) { work_of_others.Add(work); }

std::unique_ptr<Operator> MakeProfiled(std::unique_ptr<Operator> inner, const Plan& plan,
                                       Profile* profile) {
  return std::make_unique<ProfiledOperator>(std::move(inner), plan, profile);
}

std::vector<std::string> ProfileColumns() { return {"plan", "rows", "pages", "ms"}; }

std::vector<Row> ProfileRows(const PreparedPlan& plan, const Profile& profile) {
  std::vector<Row> rows;
  for (PlanLine& line : PlanLines(plan)) {
    OperatorProfile own = WholeOf(*line.plan, profile);
    ForEachInput(*line.plan, [&](const Plan& input) {
      const OperatorProfile below = WholeOf(input, profile);
      own.pages -= below.pages;
      own.nanoseconds -= below.nanoseconds;
    });
    constexpr double kNanosecondsPerMillisecond = 1e6;
    const auto microseconds = static_cast<double>(own.nanoseconds / 1000);
    rows.push_back({Value::String(std::move(line.text)),
                    Value::Integer(static_cast<int64_t>(own.rows)),
                    Value::Integer(static_cast<int64_t>(own.pages)),
                    Value::Float(microseconds * 1000 / kNanosecondsPerMillisecond)});
  }
  return rows;
}

}  // namespace entente::query
