#include "bench/engine.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/process.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Interrupts a connection when it is not destroyed in time.
class Watchdog {
 public:
  Watchdog(Connection& connection, double seconds)
      : thread_([this, &connection, seconds] {
          absl::MutexLock lock(&mutex_);
          const auto done = [this] { return done_; };
          if (mutex_.AwaitWithTimeout(absl::Condition(&done), absl::Seconds(seconds))) return;
          expired_ = true;
          connection.Interrupt();
        }) {}
  ~Watchdog() { Stop(); }

  // Whether the connection was interrupted.
  bool Stop() {
    if (thread_.joinable()) {
      {
        absl::MutexLock lock(&mutex_);
        done_ = true;
      }
      thread_.join();
    }
    return expired_;
  }

 private:
  absl::Mutex mutex_;
  bool done_ = false;
  bool expired_ = false;
  std::thread thread_;
};

// Asks for each set of parameters once.
absl::Status AskAll(Statement& statement, const Question& question, bool keep,
                    Measurement* measurement) {
  for (const ParameterSet& set : question.sets) {
    Answer answer(keep);
    RETURN_IF_ERROR(statement.Run(set, &answer));
    if (keep) measurement->answers.push_back(answer.rows());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Engine::Connect() {
  return absl::UnimplementedError(absl::StrCat(name(), " runs in another process"));
}

std::vector<std::string> LocalEngine::LoadCommand(const std::string& tables,
                                                  const std::string& path) {
  return {absl::StrCat(ProgramFolder(), "/entente-bench"), "load", std::string(name()), tables,
          path};
}

std::vector<std::string> LocalEngine::AnswerCommand(const std::string& path, const Question& one) {
  std::vector<std::string> command = {absl::StrCat(ProgramFolder(), "/entente-bench"), "answer",
                                      std::string(name()), path, one.text};
  for (const auto& [key, value] : one.sets[0]) command.push_back(absl::StrCat(key, "=", value));
  return command;
}

absl::Status Engine::Load(const std::string& /*tables*/, const std::string& /*path*/) {
  return absl::UnimplementedError(absl::StrCat(name(), " is loaded by a program of its own"));
}

absl::StatusOr<Measurement> LocalEngine::Measure(const Question& question, const Effort& effort) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, Connect());
  ASSIGN_OR_RETURN(const std::unique_ptr<Statement> statement, connection->Prepare(question.text));
  Measurement measurement;
  // The first pass warms up, and is compared.
  Watchdog watchdog(*connection, effort.limit_seconds * static_cast<double>(question.sets.size()));
  const absl::Status first = AskAll(*statement, question, /*keep=*/true, &measurement);
  if (watchdog.Stop()) {
    return absl::DeadlineExceededError(absl::StrCat("> ", effort.limit_seconds, " s"));
  }
  RETURN_IF_ERROR(first);
  const Clock::time_point begin = Clock::now();
  while (measurement.seconds.size() < static_cast<size_t>(effort.least_runs) ||
         (measurement.seconds.size() < static_cast<size_t>(effort.most_runs) &&
          SecondsSince(begin) < effort.seconds)) {
    const Clock::time_point run = Clock::now();
    RETURN_IF_ERROR(AskAll(*statement, question, /*keep=*/false, &measurement));
    measurement.seconds.push_back(SecondsSince(run) / static_cast<double>(question.sets.size()));
  }
  return measurement;
}

std::unique_ptr<Engine> NewEngine(const std::string& name) {
  if (name == "entente") return NewEntente();
  if (name == "sqlite") return NewSqlite();
  if (name == "duckdb") return NewDuckdb();
  if (name == "csr") return NewCsr();
  if (name == "kuzu" || name == "ladybug") return NewNodePeer(name);
  return nullptr;
}

std::vector<std::string> EngineNames() {
  return {"entente", "sqlite", "duckdb", "kuzu", "ladybug", "csr"};
}

}  // namespace entente::bench
