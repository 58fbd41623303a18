#include "query/operators/workers.h"

#include <pthread.h>

#include <functional>
#include <utility>

#include "engine/graph.h"
#include "engine/status.h"
#include "query/morsels.h"
#include "query/profile.h"
#include "query/stack_room.h"
#include "query/tree_walk.h"

namespace entente::query {
namespace {

// A thread that runs a function, if the system has one to give. Must be joined.
class HelperThread {
 public:
  explicit HelperThread(std::function<void()> work) : work_(std::move(work)) {
    started_ = pthread_create(&thread_, nullptr, &HelperThread::Start, this) == 0;
  }
  ~HelperThread() {
    if (started_) pthread_join(thread_, nullptr);
  }
  HelperThread(const HelperThread&) = delete;
  HelperThread& operator=(const HelperThread&) = delete;

 private:
  static void* Start(void* self) {
    static_cast<HelperThread*>(self)->work_();
    return nullptr;
  }

  const std::function<void()> work_;
  pthread_t thread_{};
  bool started_ = false;
};

}  // namespace

bool RunsInParallel(const Execution& execution, const Plan& plan) {
  // The transaction that writes is one thread's alone.
  return plan.parallel && execution.threads > 1 && execution.writer == nullptr;
}

class Workers::Worker {
 public:
  Worker(const Execution& of_statement, MorselSource& source)
      : graph_(of_statement.graph->view(), &of_statement.graph->catalogue()), input_(source) {
    execution_.plan = of_statement.plan;
    execution_.graph = &graph_;
    execution_.core = of_statement.core;
    execution_.parameters = of_statement.parameters;
    execution_.functions = of_statement.functions;
    execution_.functions.graph = &graph_;
    execution_.batch_size = of_statement.batch_size;
    if (of_statement.profile != nullptr) execution_.profile = &profile_;
    execution_.stop = of_statement.stop;
    execution_.memory = of_statement.memory;
    execution_.threads = of_statement.threads;
    execution_.morsels = &input_;
    execution_.constant_lenses = of_statement.constant_lenses;
  }

  Execution& execution() { return execution_; }
  void set_sink(std::unique_ptr<RowSink> sink) { sink_ = std::move(sink); }
  RowSink& sink() { return *sink_; }
  const absl::Status& status() const { return status_; }
  uint64_t last_morsel() const { return input_.morsel().number; }

  void Work(const Plan& input) {
    const OperatorProfile before = WorkOfThisThread();
    status_ = RunMorsels(input);
    if (!status_.ok()) input_.Fail();
    work_ = WorkOfThisThread().Since(before);
  }

  // What it did becomes the statement's.
  void HandOver(Execution& statement) {
    for (std::unique_ptr<Lens>& lens : execution_.lenses) {
      statement.lenses.push_back(std::move(lens));
    }
    if (statement.profile == nullptr) return;
    for (const auto& [plan, part] : profile_.operators) {
      statement.profile->operators[plan].Add(part);
    }
  }
  const OperatorProfile& work() const { return work_; }

 private:
  absl::Status RunMorsels(const Plan& input) {
    const std::unique_ptr<Operator> root = MakeOperator(execution_, input);
    while (!input_.ended()) {
      root->Restart(nullptr);
      while (true) {
        Batch rows(execution_.plan->slot_names.size());
        ASSIGN_OR_RETURN(const bool more, root->Next(&rows));
        if (!more) break;
        RETURN_IF_ERROR(execution_.CheckInterrupted());
        RETURN_IF_ERROR(sink_->Add(input_.morsel().number, std::move(rows)));
      }
    }
    return absl::OkStatus();
  }

  const Graph graph_;
  MorselInput input_;
  Profile profile_;
  Execution execution_;
  std::unique_ptr<RowSink> sink_;
  absl::Status status_;
  OperatorProfile work_;
};

Workers::Workers(Execution& execution, const Plan& plan) : execution_(execution), plan_(plan) {}
Workers::~Workers() = default;

RowSink& Workers::sink(size_t i) { return workers_[i]->sink(); }

absl::Status Workers::Run(absl::FunctionRef<std::unique_ptr<RowSink>(Execution&)> make) {
  ASSIGN_OR_RETURN(source_, MorselSource::Open(execution_, plan_));
  for (uint32_t i = 0; i < execution_.threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(execution_, *source_));
    workers_.back()->set_sink(make(workers_.back()->execution()));
  }
  const Plan& input = *InputOf(plan_);
  {
    std::vector<std::unique_ptr<HelperThread>> helpers;
    for (size_t i = 1; i < workers_.size(); ++i) {
      helpers.push_back(std::make_unique<HelperThread>([this, i, &input] {
        // Without the room for it, the others do its share.
        if (CheckStack(execution_.plan->stack_bytes).ok()) workers_[i]->Work(input);
      }));
    }
    workers_[0]->Work(input);
  }
  const Worker* failed = nullptr;
  for (size_t i = 0; i < workers_.size(); ++i) {
    Worker& worker = *workers_[i];
    worker.HandOver(execution_);
    if (i > 0) CountHelp(worker.work());
    if (worker.status().ok()) continue;
    if (failed == nullptr || worker.last_morsel() < failed->last_morsel()) failed = &worker;
  }
  return failed == nullptr ? absl::OkStatus() : failed->status();
}

}  // namespace entente::query
