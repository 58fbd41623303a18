// Engine: a database engine under measurement, Entente or a peer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "bench/answer.h"
#include "bench/workload.h"

namespace entente::bench {

struct OpenOptions {
  bool read_only = true;
  bool sync_commits = false;  // commits are on the disk before they return
  int threads = 1;            // that one question may use
};

// How often a question is asked.
struct Effort {
  int least_runs = 5;
  int most_runs = 1000;
  double seconds = 1;         // more runs until so much time is filled
  double limit_seconds = 60;  // one that takes longer is given up
};

struct Measurement {
  std::vector<double> seconds;  // of each run, for one question on average
  double floor = 0;  // of these, seconds that the way to the engine costs even the least question
  std::vector<std::vector<Answer::Row>> answers;  // for each set of parameters
};

// A question, or a change, that is ready to be asked again and again.
class Statement {
 public:
  virtual ~Statement() = default;
  virtual absl::Status Run(const ParameterSet& parameters, Answer* answer) = 0;
};

// Used by one thread at a time, except Interrupt.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual absl::StatusOr<std::unique_ptr<Statement>> Prepare(const std::string& text) = 0;
  virtual absl::Status Begin() = 0;
  virtual absl::Status Commit() = 0;
  virtual void Interrupt() = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;

  virtual absl::string_view name() const = 0;
  virtual RelationNotation notation() const = 0;
  virtual std::string version() = 0;

  // The command lines of a process that makes a database of the tables in a directory, and of one
  // that opens it, prints the answer to one question and ends.
  virtual std::vector<std::string> LoadCommand(const std::string& tables,
                                               const std::string& path) = 0;
  virtual std::vector<std::string> AnswerCommand(const std::string& path, const Question& one) = 0;

  virtual absl::Status Open(const std::string& path, const OpenOptions& options) = 0;
  // Nothing may be used of it that was connected.
  virtual void Close() = 0;
  // DeadlineExceeded when a question takes longer than the effort's limit.
  virtual absl::StatusOr<Measurement> Measure(const Question& question, const Effort& effort) = 0;
  // Unimplemented where the engine runs in another process.
  virtual absl::StatusOr<std::unique_ptr<Connection>> Connect();
  // What LoadCommand's process does, unless that is a program of its own.
  virtual absl::Status Load(const std::string& tables, const std::string& path);
};

// An engine in this process.
class LocalEngine : public Engine {
 public:
  std::vector<std::string> LoadCommand(const std::string& tables, const std::string& path) override;
  std::vector<std::string> AnswerCommand(const std::string& path, const Question& one) override;
  absl::StatusOr<Measurement> Measure(const Question& question, const Effort& effort) override;
};

std::unique_ptr<Engine> NewEntente();
std::unique_ptr<Engine> NewSqlite();
std::unique_ptr<Engine> NewDuckdb();
std::unique_ptr<Engine> NewCsr();
// "kuzu" or "ladybug", through Node.
std::unique_ptr<Engine> NewNodePeer(const std::string& name);

// Runs SQL of this folder in DuckDB, on the database file `path` or ":memory:", with these words
// replaced.
absl::Status RunDuckdb(const std::string& path, const std::map<std::string, std::string>& words,
                       const std::vector<std::string>& scripts);

// By name; nullptr when there is none.
std::unique_ptr<Engine> NewEngine(const std::string& name);
// Entente first; "csr", which is no peer but the limit of what memory allows, last.
std::vector<std::string> EngineNames();

}  // namespace entente::bench
