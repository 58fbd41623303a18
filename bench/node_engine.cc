// Kùzu and Ladybug, through peers/graph_peer.mjs in a process of Node.
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "bench/engine.h"
#include "bench/peer_files.h"
#include "bench/process.h"
#include "bench/world.h"
#include "engine/status.h"
#include "engine/value_json.h"

namespace entente::bench {
namespace {

class NodePeer : public Engine {
 public:
  explicit NodePeer(std::string name) : name_(std::move(name)) {
    setenv("ENTENTE_BENCH_PEERS", PeerModules().c_str(), /*overwrite=*/1);
  }

  absl::string_view name() const override { return name_; }
  RelationNotation notation() const override { return RelationNotation::kPattern; }
  std::string version() override {
    const absl::StatusOr<ProcessOutcome> outcome = RunProcess(Command("version", {}));
    if (!outcome.ok()) return "not installed";
    return std::string(absl::StripAsciiWhitespace(outcome->output));
  }

  std::vector<std::string> LoadCommand(const std::string& tables,
                                       const std::string& path) override {
    return {absl::StrCat(ProgramFolder(), "/entente-bench"), "load", name_, tables, path};
  }
  std::vector<std::string> AnswerCommand(const std::string& path, const Question& one) override {
    const std::string request = absl::StrCat(path, ".request.json");
    std::ofstream(request) << RequestText(one, {}, 1);
    return Command("answer", {path, request});
  }

  // DuckDB computes what these cannot, and writes files that they copy.
  absl::Status Load(const std::string& tables, const std::string& path) override {
    const std::string out = absl::StrCat(path, ".files");
    std::error_code ignored;
    std::filesystem::remove_all(out, ignored);
    std::filesystem::create_directories(out, ignored);
    RETURN_IF_ERROR(RunDuckdb(":memory:", {{"{TABLES}", tables}, {"{OUT}", out}},
                              {"models/duckdb_tables.sql", "models/graph_tables.sql"}));
    ASSIGN_OR_RETURN(std::string script, ReadBenchFile("models/graph.cypher"));
    ASSIGN_OR_RETURN(const std::string one, ReadBenchFile("models/graph_relation.cypher"));
    for (const RelationShare& relation : Relations()) {
      absl::StrAppend(&script, absl::StrReplaceAll(one, {{"{RELATION}", relation.name}}));
    }
    const std::string file = absl::StrCat(out, "/load.cypher");
    std::ofstream(file) << absl::StrReplaceAll(script, {{"{OUT}", out}});
    RETURN_IF_ERROR(RunProcess(Command("run", {path, file})).status());
    std::filesystem::remove_all(out, ignored);
    return absl::OkStatus();
  }

  absl::Status Open(const std::string& path, const OpenOptions& options) override {
    path_ = path;
    threads_ = options.threads;
    return absl::OkStatus();
  }
  void Close() override {}

  absl::StatusOr<Measurement> Measure(const Question& question, const Effort& effort) override {
    const std::string request = absl::StrCat(path_, ".request.json");
    std::ofstream(request) << RequestText(question, effort, threads_);
    ASSIGN_OR_RETURN(const ProcessOutcome outcome,
                     RunProcess(Command("measure", {path_, request})));
    ASSIGN_OR_RETURN(const Value reply, ParseJson(outcome.output));
    Measurement measurement;
    const Value* const seconds = reply.Find("seconds");
    const Value* const answers = reply.Find("answers");
    const Value* const floor = reply.Find("floor");
    if (seconds == nullptr || answers == nullptr || floor == nullptr) {
      return absl::InternalError(absl::StrCat(name_, " gave no answer"));
    }
    measurement.floor = floor->number();
    for (const Value& run : seconds->list()) measurement.seconds.push_back(run.number());
    for (const Value& answer : answers->list()) {
      std::vector<Answer::Row>& rows = measurement.answers.emplace_back();
      for (const Value& row : answer.list()) {
        Answer::Row& cells = rows.emplace_back();
        for (const Value& cell : row.list()) cells.emplace_back(cell.string());
      }
    }
    return measurement;
  }

 private:
  std::vector<std::string> Command(const std::string& task,
                                   const std::vector<std::string>& arguments) const {
    const std::string package = name_ == "ladybug" ? "@ladybugdb/core" : name_;
    std::vector<std::string> command = {"node", BenchFile("peers/graph_peer.mjs"), package, task};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
  }

  static std::string RequestText(const Question& question, const Effort& effort, int threads) {
    std::vector<Value> sets;
    for (const ParameterSet& set : question.sets) {
      std::vector<MapEntry> entries;
      for (const auto& [name, value] : set) {
        // The peers refuse parameters that a text does not name.
        if (!absl::StrContains(question.text, absl::StrCat("$", name))) continue;
        entries.emplace_back(name, Value::String(value));
      }
      sets.push_back(Value::Map(std::move(entries)));
    }
    return ToJson(Value::Map({{"text", Value::String(question.text)},
                              {"sets", Value::List(std::move(sets))},
                              {"threads", Value::Integer(threads)},
                              {"least_runs", Value::Integer(effort.least_runs)},
                              {"most_runs", Value::Integer(effort.most_runs)},
                              {"seconds", Value::Float(effort.seconds)},
                              {"limit_seconds", Value::Float(effort.limit_seconds)}}));
  }

  const std::string name_;
  std::string path_;
  int threads_ = 1;
};

}  // namespace

std::unique_ptr<Engine> NewNodePeer(const std::string& name) {
  return std::make_unique<NodePeer>(name);
}

}  // namespace entente::bench
