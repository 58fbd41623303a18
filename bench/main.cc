// entente-bench: the benchmark's one program. README.md of this folder tells its subcommands.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "bench/engine.h"
#include "bench/generate.h"
#include "bench/run.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

int Exit(const absl::Status& status) {
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

absl::Status Load(const std::string& engine, const std::string& tables, const std::string& path) {
  return NewEngine(engine)->Load(tables, path);
}

// Opens, asks once, prints the rows.
absl::Status AnswerOnce(const std::string& name, const std::string& path, const std::string& text,
                        const std::vector<std::string>& parameters) {
  const std::unique_ptr<Engine> engine = NewEngine(name);
  RETURN_IF_ERROR(engine->Open(path, {}));
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, engine->Connect());
    ASSIGN_OR_RETURN(const std::unique_ptr<Statement> statement, connection->Prepare(text));
    ParameterSet set;
    for (const std::string& parameter : parameters) {
      const std::vector<std::string> sides = absl::StrSplit(parameter, absl::MaxSplits('=', 1));
      set.emplace_back(sides[0], sides.back());
    }
    Answer answer(/*keep=*/true);
    RETURN_IF_ERROR(statement->Run(set, &answer));
    for (const Answer::Row& row : answer.rows()) {
      std::printf("%s\n", absl::StrJoin(row, "\t").c_str());
    }
  }
  engine->Close();
  return absl::OkStatus();
}

int Run(int argc, char** argv) {
  CLI::App app("Entente and its peers, side by side.");
  app.require_subcommand(1);
  int code = 0;

  CLI::App* generate = app.add_subcommand("generate", "Write an invented world as four tables");
  uint64_t facts = 0;
  std::string directory;
  generate->add_option("FACTS", facts, "How many facts")
      ->required()
      ->check(CLI::Range(uint64_t{1000}, uint64_t{1} << 40));
  generate->add_option("DIR", directory, "Where the files go")->required();
  generate->callback([&] { code = Exit(GenerateTables(facts, directory)); });

  CLI::App* run = app.add_subcommand("run", "Ask all engines the same questions");
  RunOptions options;
  options.engines = EngineNames();
  run->add_option("WORKLOAD", options.workloads, "W0 … W13, L1 … L6; all when left out");
  run->add_option("--facts", options.facts, "Size of the world")->capture_default_str();
  run->add_option("--folder", options.folder, "For tables, databases and results")->required();
  run->add_option("--engines", options.engines, "Which ones take part")
      ->delimiter(',')
      ->check(CLI::IsMember(EngineNames()))
      ->capture_default_str();
  run->add_option("--threads", options.threads, "That one question may use")
      ->delimiter(',')
      ->capture_default_str();
  run->add_option("--seconds", options.effort.seconds, "Runs of a question fill so much time")
      ->capture_default_str();
  run->add_option("--limit", options.effort.limit_seconds, "Seconds until a question is given up")
      ->capture_default_str();
  run->callback([&] { code = Exit(RunBenchmark(options)); });

  // What a run starts in processes of their own.
  std::string engine, path, text;
  std::vector<std::string> parameters;
  CLI::App* load = app.add_subcommand("load", "Load the tables into one engine");
  load->add_option("ENGINE", engine)->required()->check(CLI::IsMember(EngineNames()));
  load->add_option("TABLES", directory, "Folder of the CSV files")->required();
  load->add_option("DB", path)->required();
  load->callback([&] { code = Exit(Load(engine, directory, path)); });
  CLI::App* answer = app.add_subcommand("answer", "Ask one engine one question");
  answer->add_option("ENGINE", engine)->required()->check(CLI::IsMember(EngineNames()));
  answer->add_option("DB", path)->required();
  answer->add_option("TEXT", text)->required();
  answer->add_option("PARAMETER", parameters, "name=value");
  answer->callback([&] { code = Exit(AnswerOnce(engine, path, text, parameters)); });

  CLI11_PARSE(app, argc, argv);
  return code;
}

}  // namespace
}  // namespace entente::bench

int main(int argc, char** argv) { return entente::bench::Run(argc, argv); }
