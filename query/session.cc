#include "engine/session.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_split.h"
#include "engine/core.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/ast_printer.h"
#include "query/explain.h"
#include "query/expression_printer.h"
#include "query/parser.h"
#include "query/prepare.h"
#include "query/profile.h"
#include "query/question.h"
#include "query/run.h"
#include "query/schema_statement.h"
#include "query/session_options.h"
#include "query/stack_room.h"
#include "query/statement_cache.h"
#include "query/stop_signal.h"

namespace entente::query {
namespace {

// Rows that are all there already: of statements that write, of EXPLAIN and PROFILE, of transaction
// statements.
class KeptRows : public Result {
 public:
  KeptRows() = default;
  KeptRows(std::vector<std::string> columns, std::deque<Row> rows, Changes changes)
      : columns_(std::move(columns)), rows_(std::move(rows)), changes_(changes) {}

  const std::vector<std::string>& columns() const override { return columns_; }
  absl::StatusOr<bool> Next(Row* row) override {
    if (rows_.empty()) return false;
    *row = std::move(rows_.front());
    rows_.pop_front();
    return true;
  }
  const Changes& changes() const override { return changes_; }

 private:
  std::vector<std::string> columns_;
  std::deque<Row> rows_;
  Changes changes_;
};

// Rows that are computed as they are asked for. The session that made it detaches it before it goes
// on, so that it need not own what it reads from.
class StreamedRows : public Result {
 public:
  // `open` is where the session keeps track of its open result, `cache` where the run goes in the
  // end. `transaction` may be null: the run reads from something that the session owns.
  StreamedRows(std::shared_ptr<const PreparedPlan> plan,
               std::unique_ptr<ReadTransaction> transaction, std::unique_ptr<Run> run,
               StreamedRows** open, StatementCache* cache)
      : plan_(std::move(plan)),
        transaction_(std::move(transaction)),
        run_(std::move(run)),
        open_(open),
        cache_(cache) {
    *open_ = this;
  }
  ~StreamedRows() override {
    if (open_ == nullptr) return;
    *open_ = nullptr;
    Close(absl::OkStatus());
  }

  const std::vector<std::string>& columns() const override { return plan_->columns; }
  absl::StatusOr<bool> Next(Row* row) override {
    if (run_ == nullptr) {
      if (!status_.ok()) return status_;
      return false;
    }
    absl::StatusOr<bool> more = run_->Next(row);
    if (more.ok() && *more) return true;
    *open_ = nullptr;
    Close(more.status());
    return more;
  }
  const Changes& changes() const override { return changes_; }

  void Detach() {
    Close(MakeError(ErrorCode::kResultClosed,
                    "The session has gone on to another statement, or has ended"));
  }

 private:
  void Close(absl::Status status) {
    status_ = std::move(status);
    if (run_ != nullptr && run_->Rewind()) cache_->KeepRun(std::move(run_));
    run_ = nullptr;
    transaction_ = nullptr;
    open_ = nullptr;
  }

  const std::shared_ptr<const PreparedPlan> plan_;
  std::unique_ptr<ReadTransaction> transaction_;
  std::unique_ptr<Run> run_;  // nullptr: at the end
  StreamedRows** open_;
  StatementCache* const cache_;  // the session's; in use only while `open_` is
  absl::Status status_;
  Changes changes_;
};

class SessionOfQueries : public Session {
 public:
  SessionOfQueries(std::shared_ptr<Core> core, SessionOptions options)
      : core_(std::move(core)), options_(std::move(options)), cache_(options_.cached_statements) {}
  ~SessionOfQueries() override { DetachResult(); }

  absl::StatusOr<std::unique_ptr<Result>> Run(absl::string_view text,
                                              const Parameters& parameters) override;
  absl::StatusOr<bool> Writes(absl::string_view text) override;
  bool in_transaction() const override { return in_transaction_; }
  std::string lens() const override { return lens_; }
  void Interrupt() override { interrupted_ = true; }

 private:
  // A statement that is ready to run, or that is done with parsing.
  struct Ready {
    std::shared_ptr<const PreparedPlan> plan;
    std::vector<std::string> rewritten;  // the question in openCypher, to be explained
  };

  void DetachResult() {
    if (open_ != nullptr) open_->Detach();
    open_ = nullptr;
  }

  absl::StatusOr<std::unique_ptr<Result>> RunTransactionStatement(const ast::Statement& statement);
  absl::Status Begin(const SourceSpan& span);
  // Becomes the writer, within the statement's time.
  absl::StatusOr<std::unique_ptr<WriteTransaction>> BeginWrite();
  // Makes the transaction the writer, if it is not yet.
  absl::Status StartWriting();
  absl::Status End(bool commit, const SourceSpan& span);
  // The graph that a statement is planned over: the transaction's, or that of `*reading`, which is
  // opened then.
  absl::StatusOr<const Graph*> PlanningGraph(std::unique_ptr<ReadTransaction>* reading);
  // StampOf, which reads counters, once for each state of the database.
  PlanningStamp Stamp(const Graph& graph);
  absl::StatusOr<Ready> Plan(const ast::QueryStatement& statement, absl::string_view text,
                             const Graph& graph);
  absl::StatusOr<std::unique_ptr<Result>> RunPlan(Ready ready, const Parameters& parameters,
                                                  std::unique_ptr<ReadTransaction> reading);
  absl::StatusOr<std::unique_ptr<Result>> RunWriting(Ready ready, const Parameters& parameters);
  absl::StatusOr<std::unique_ptr<Result>> RunSchemaStatement(const ast::Statement& statement);
  absl::StatusOr<std::unique_ptr<Result>> RunLensStatement(const ast::Statement& statement,
                                                           const Parameters& parameters);
  absl::Status SetLens(const ast::LensClauses& clauses, const Parameters& parameters);
  // Runs `statement` as a transaction of its own or, in a transaction, as a statement that is
  // undone if it fails.
  absl::StatusOr<std::unique_ptr<Result>> Write(
      absl::FunctionRef<absl::StatusOr<std::unique_ptr<Result>>(GraphWriter&)> statement);
  // `writer` is null for a statement that only reads.
  absl::StatusOr<std::unique_ptr<Result>> RunToEnd(Ready ready, const Parameters& parameters,
                                                   const Graph& graph, GraphWriter* writer);

  std::shared_ptr<Core> core_;
  SessionOptions options_;
  std::weak_ptr<const Core::Picture> picture_;  // that was read last
  std::string lens_;                            // the clauses of options_.lens
  StatementCache cache_;
  std::optional<PlanningStamp> stamp_;
  uint64_t stamped_ = 0;  // the sequence that `stamp_` is of
  std::atomic<bool> interrupted_{false};
  StopSignal stop_;  // of the statement that Run was last called with
  bool in_transaction_ = false;
  // Of the transaction: what its statements read until one writes, neither before its first one.
  std::unique_ptr<ReadTransaction> reading_;
  std::unique_ptr<WriteTransaction> writing_;
  StreamedRows* open_ = nullptr;
};

bool IsLensStatement(const ast::Statement& statement) {
  return std::holds_alternative<ast::SetLens>(statement.node) ||
         std::holds_alternative<ast::ResetLens>(statement.node) ||
         std::holds_alternative<ast::ShowLens>(statement.node);
}

std::unique_ptr<Result> Explanation(const PreparedPlan& plan, std::vector<std::string> lines) {
  for (std::string& line : ExplainPlan(plan)) lines.push_back(std::move(line));
  std::deque<Row> rows;
  for (const std::string& line : lines) rows.push_back({Value::String(line)});
  return std::make_unique<KeptRows>(std::vector<std::string>{"plan"}, std::move(rows), Changes());
}

absl::StatusOr<std::unique_ptr<Result>> SessionOfQueries::Run(absl::string_view text,
                                                              const Parameters& parameters) {
  DetachResult();
  interrupted_ = false;
  stop_ = StopSignal(&interrupted_, options_.time_limit);
  stop_.Resume();
  std::unique_ptr<ReadTransaction> reading;
  {
    ASSIGN_OR_RETURN(const Graph* const graph, PlanningGraph(&reading));
    const auto plan = cache_.Find(text, Stamp(*graph));
    if (plan != nullptr) return RunPlan({plan, {}}, parameters, std::move(reading));
  }
  ASSIGN_OR_RETURN(ast::Statement statement, Parse(text));
  auto* query = std::get_if<ast::QueryStatement>(&statement.node);
  if (query == nullptr) {
    reading = nullptr;
    if (IsSchemaStatement(statement)) return RunSchemaStatement(statement);
    if (IsLensStatement(statement)) return RunLensStatement(statement, parameters);
    return RunTransactionStatement(statement);
  }
  ASSIGN_OR_RETURN(const Graph* const graph, PlanningGraph(&reading));
  if (query->question) SpellTypes(graph->catalogue(), &query->query);
  ASSIGN_OR_RETURN(Ready ready, Plan(*query, text, *graph));
  return RunPlan(std::move(ready), parameters, std::move(reading));
}

absl::StatusOr<bool> SessionOfQueries::Writes(absl::string_view text) {
  ASSIGN_OR_RETURN(const ast::Statement statement, Parse(text));
  const auto* query = std::get_if<ast::QueryStatement>(&statement.node);
  if (query == nullptr) return ChangesSchema(statement);
  stop_ = StopSignal();
  std::unique_ptr<ReadTransaction> reading;
  ASSIGN_OR_RETURN(const Graph* const graph, PlanningGraph(&reading));
  ASSIGN_OR_RETURN(const Ready ready, Plan(*query, text, *graph));
  return ready.plan->writes && ready.plan->explain != ast::Explain::kExplain;
}

absl::StatusOr<const Graph*> SessionOfQueries::PlanningGraph(
    std::unique_ptr<ReadTransaction>* reading) {
  if (writing_ != nullptr) return &writing_->graph();
  if (reading_ != nullptr) return &reading_->graph();
  if (*reading == nullptr) {
    ASSIGN_OR_RETURN(*reading, core_->BeginRead(&picture_));
  }
  return &(*reading)->graph();
}

PlanningStamp SessionOfQueries::Stamp(const Graph& graph) {
  // The sequence does not tell a transaction's own writes.
  if (writing_ != nullptr) return StampOf(graph);
  if (!stamp_.has_value() || stamped_ != graph.Sequence()) {
    stamp_ = StampOf(graph);
    stamped_ = graph.Sequence();
  }
  return *stamp_;
}

absl::StatusOr<SessionOfQueries::Ready> SessionOfQueries::Plan(const ast::QueryStatement& statement,
                                                               absl::string_view text,
                                                               const Graph& graph) {
  std::vector<std::shared_ptr<const TableProcedure>> procedures;
  PrepareContext context;
  context.graph = &graph;
  context.disabled_passes = options_.disabled_passes;
  context.threads = options_.threads;
  context.parallel_rows = options_.parallel_rows;
  context.stop = &stop_;
  context.sample_facts = [&] { return core_->SampleOf(graph); };
  context.find_procedure = [&](absl::string_view name) -> const ProcedureSignature* {
    procedures.push_back(core_->FindTable(name));
    return procedures.back() == nullptr ? nullptr : &procedures.back()->signature;
  };
  Ready ready;
  ASSIGN_OR_RETURN(ready.plan, Prepare(statement, context));
  const bool explained = ready.plan->explain != ast::Explain::kNone;
  if (explained && statement.question) {
    ready.rewritten = absl::StrSplit(PrintQuery(statement.query), '\n');
  }
  // A procedure may be registered anew with another signature.
  if (!explained && procedures.empty()) cache_.Add(text, Stamp(graph), ready.plan);
  return ready;
}

absl::StatusOr<std::unique_ptr<Result>> SessionOfQueries::RunPlan(
    Ready ready, const Parameters& parameters, std::unique_ptr<ReadTransaction> reading) {
  if (ready.plan->explain == ast::Explain::kExplain) {
    return Explanation(*ready.plan, std::move(ready.rewritten));
  }
  RETURN_IF_ERROR(CheckParameters(*ready.plan, parameters));
  RETURN_IF_ERROR(CheckStack(ready.plan->stack_bytes));
  if (ready.plan->writes) {
    reading = nullptr;
    return RunWriting(std::move(ready), parameters);
  }
  ASSIGN_OR_RETURN(const Graph* const graph, PlanningGraph(&reading));
  if (in_transaction_ && reading != nullptr) reading_ = std::move(reading);
  GraphWriter* const writer = writing_ == nullptr ? nullptr : &writing_->graph();
  if (ready.plan->explain == ast::Explain::kProfile) {
    return RunToEnd(std::move(ready), parameters, *graph, writer);
  }
  stop_.Pause();
  std::unique_ptr<query::Run> run = writer == nullptr ? cache_.TakeRun(*ready.plan) : nullptr;
  if (run != nullptr) {
    run->Begin(parameters, *graph, options_, stop_);
  } else {
    run = std::make_unique<query::Run>(ready.plan, parameters, *graph, writer, *core_, options_,
                                       stop_);
  }
  return std::make_unique<StreamedRows>(std::move(ready.plan), std::move(reading), std::move(run),
                                        &open_, &cache_);
}

absl::StatusOr<std::unique_ptr<Result>> SessionOfQueries::RunWriting(Ready ready,
                                                                     const Parameters& parameters) {
  return Write(
      [&](GraphWriter& writer) { return RunToEnd(std::move(ready), parameters, writer, &writer); });
}

absl::StatusOr<std::unique_ptr<Result>> SessionOfQueries::RunSchemaStatement(
    const ast::Statement& statement) {
  if (ChangesSchema(statement)) {
    return Write([&](GraphWriter& writer) -> absl::StatusOr<std::unique_ptr<Result>> {
      const MemoryAccount memory(options_.memory_limit);
      const uint64_t written_before = writer.written_bytes();
      const auto may_go_on = [&](uint64_t bytes) -> absl::Status {
        RETURN_IF_ERROR(stop_.Check());
        return memory.CheckRoom(bytes + writer.written_bytes() - written_before);
      };
      RETURN_IF_ERROR(ChangeSchema(statement, writer, may_go_on));
      return std::make_unique<KeptRows>();
    });
  }
  std::unique_ptr<ReadTransaction> reading;
  ASSIGN_OR_RETURN(const Graph* const graph, PlanningGraph(&reading));
  SchemaRows shown = ShowSchema(statement, *graph);
  if (in_transaction_ && reading != nullptr) reading_ = std::move(reading);
  return std::make_unique<KeptRows>(
      std::move(shown.columns), std::deque<Row>(shown.rows.begin(), shown.rows.end()), Changes());
}

absl::StatusOr<std::unique_ptr<Result>> SessionOfQueries::RunLensStatement(
    const ast::Statement& statement, const Parameters& parameters) {
  if (const auto* set = std::get_if<ast::SetLens>(&statement.node)) {
    RETURN_IF_ERROR(SetLens(set->lens, parameters));
    return std::make_unique<KeptRows>();
  }
  if (std::holds_alternative<ast::ShowLens>(statement.node)) {
    const Value shown = lens_.empty() ? Value::Null() : Value::String(lens_);
    return std::make_unique<KeptRows>(std::vector<std::string>{"lens"}, std::deque<Row>{{shown}},
                                      Changes());
  }
  options_.lens = nullptr;
  lens_.clear();
  return std::make_unique<KeptRows>();
}

absl::Status SessionOfQueries::SetLens(const ast::LensClauses& clauses,
                                       const Parameters& parameters) {
  std::unique_ptr<ReadTransaction> reading;
  ASSIGN_OR_RETURN(const Graph* const graph, PlanningGraph(&reading));
  PrepareContext context;
  context.graph = graph;
  context.disabled_passes = options_.disabled_passes;
  context.stop = &stop_;
  ASSIGN_OR_RETURN(std::shared_ptr<const PreparedPlan> plan, PrepareLens(clauses, context));
  RETURN_IF_ERROR(CheckParameters(*plan, parameters));
  // It replaces the one before it, and is not seen through that.
  SessionOptions options = options_;
  options.lens = nullptr;
  GraphWriter* const writer = writing_ == nullptr ? nullptr : &writing_->graph();
  query::Run run(std::move(plan), parameters, *graph, writer, *core_, options, stop_);
  ASSIGN_OR_RETURN(Lens lens, run.OwnLens());
  options_.lens = std::make_shared<const Lens>(std::move(lens));
  lens_.clear();
  PrintLens(clauses, lens_);
  lens_.erase(0, 1);  // the blank before the first clause
  if (in_transaction_ && reading != nullptr) reading_ = std::move(reading);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Result>> SessionOfQueries::Write(
    absl::FunctionRef<absl::StatusOr<std::unique_ptr<Result>>(GraphWriter&)> statement) {
  if (!in_transaction_) {
    ASSIGN_OR_RETURN(const std::unique_ptr<WriteTransaction> transaction, BeginWrite());
    ASSIGN_OR_RETURN(std::unique_ptr<Result> result, statement(transaction->graph()));
    RETURN_IF_ERROR(transaction->Commit());
    return result;
  }
  RETURN_IF_ERROR(StartWriting());
  GraphWriter& writer = writing_->graph();
  writer.SetSavepoint();
  absl::StatusOr<std::unique_ptr<Result>> result = statement(writer);
  if (result.ok()) {
    writer.ReleaseSavepoint();
  } else {
    RETURN_IF_ERROR(writer.RollbackToSavepoint());
  }
  return result;
}

absl::StatusOr<std::unique_ptr<Result>> SessionOfQueries::RunToEnd(Ready ready,
                                                                   const Parameters& parameters,
                                                                   const Graph& graph,
                                                                   GraphWriter* writer) {
  query::Run run(ready.plan, parameters, graph, writer, *core_, options_, stop_);
  std::deque<Row> rows;
  Row row;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, run.Next(&row));
    if (!more) break;
    if (run.profile() != nullptr) continue;
    uint64_t bytes = sizeof(Row);
    for (const Value& value : row) bytes += sizeof(Value) + value.HeapBytes();
    RETURN_IF_ERROR(run.Charge(bytes));
    rows.push_back(std::move(row));
  }
  if (run.profile() == nullptr) {
    return std::make_unique<KeptRows>(ready.plan->columns, std::move(rows), run.changes());
  }
  for (const std::string& line : ready.rewritten) {
    rows.push_back({Value::String(line), Value::Null(), Value::Null(), Value::Null()});
  }
  for (Row& profiled : ProfileRows(*ready.plan, *run.profile())) {
    rows.push_back(std::move(profiled));
  }
  return std::make_unique<KeptRows>(ProfileColumns(), std::move(rows), run.changes());
}

absl::StatusOr<std::unique_ptr<Result>> SessionOfQueries::RunTransactionStatement(
    const ast::Statement& statement) {
  if (std::holds_alternative<ast::BeginTransaction>(statement.node)) {
    RETURN_IF_ERROR(Begin(statement.span));
  } else {
    const bool commit = std::holds_alternative<ast::CommitTransaction>(statement.node);
    RETURN_IF_ERROR(End(commit, statement.span));
  }
  return std::make_unique<KeptRows>();
}

absl::Status SessionOfQueries::Begin(const SourceSpan& span) {
  if (in_transaction_) {
    return MakeError(ErrorCode::kTransactionState, "A transaction has begun already", span);
  }
  in_transaction_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<WriteTransaction>> SessionOfQueries::BeginWrite() {
  absl::StatusOr<std::unique_ptr<WriteTransaction>> begun =
      core_->BeginWrite(&interrupted_, absl::FromChrono(stop_.left()));
  if (!begun.ok()) RETURN_IF_ERROR(stop_.Check());
  return begun;
}

absl::Status SessionOfQueries::StartWriting() {
  if (writing_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::unique_ptr<WriteTransaction> writing, BeginWrite());
  const bool stale =
      reading_ != nullptr && reading_->graph().Sequence() != writing->graph().Sequence();
  if (stale) {
    return MakeError(ErrorCode::kWriteConflict,
                     "The database has changed since this transaction first read it; roll back "
                     "and begin again");
  }
  reading_ = nullptr;
  writing_ = std::move(writing);
  return absl::OkStatus();
}

absl::Status SessionOfQueries::End(bool commit, const SourceSpan& span) {
  if (!in_transaction_) {
    return MakeError(ErrorCode::kTransactionState, "No transaction has begun", span);
  }
  in_transaction_ = false;
  reading_ = nullptr;
  const std::unique_ptr<WriteTransaction> transaction = std::move(writing_);
  if (transaction == nullptr || !commit) return absl::OkStatus();
  return transaction->Commit();
}

}  // namespace

std::unique_ptr<Session> MakeSession(std::shared_ptr<Core> core, SessionOptions options) {
  return std::make_unique<SessionOfQueries>(std::move(core), std::move(options));
}

}  // namespace entente::query

namespace entente {

std::unique_ptr<Session> NewSession(std::shared_ptr<Core> core) {
  const DatabaseOptions& of_database = core->options();
  query::SessionOptions options;
  options.batch_size = of_database.batch_size;
  options.memory_limit = of_database.memory_limit;
  options.time_limit = std::chrono::milliseconds(of_database.timeout_ms);
  options.threads = of_database.threads;
  if (options.threads == 0) options.threads = std::max(1u, std::thread::hardware_concurrency());
  if (!of_database.optimizer) options.disabled_passes = query::OptimizerPasses();
  return query::MakeSession(std::move(core), std::move(options));
}

}  // namespace entente
