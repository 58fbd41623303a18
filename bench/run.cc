#include "bench/run.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/generate.h"
#include "bench/peer_files.h"
#include "bench/process.h"
#include "bench/programs.h"
#include "bench/report.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

class Run {
 public:
  explicit Run(const RunOptions& options) : options_(options), world_(options.facts) {}

  absl::Status Go() {
    RETURN_IF_ERROR(Prepare());
    for (const Workload& workload : workloads_) {
      report_.AddTitle(workload.name, workload.title);
      if (workload.program.empty()) {
        for (const int threads : options_.threads) AskAll(workload, threads);
      } else if (workload.program != "load") {
        for (const auto& engine : engines_) RunProgram(workload, *engine);
      }
      RETURN_IF_ERROR(WriteResults());
    }
    return report_.differences().empty()
               ? absl::OkStatus()
               : absl::FailedPreconditionError(absl::StrJoin(report_.differences(), "\n"));
  }

 private:
  absl::Status Prepare() {
    tables_ = absl::StrCat(options_.folder, "/tables-", options_.facts);
    if (!std::filesystem::exists(tables_)) {
      std::fprintf(stderr, "generating %s\n", tables_.c_str());
      RETURN_IF_ERROR(GenerateTables(options_.facts, tables_ + ".new"));
      std::error_code ignored;
      std::filesystem::rename(tables_ + ".new", tables_, ignored);
    }
    report_.Describe("facts", absl::StrCat(options_.facts));
    report_.Describe("machine", MachineText());
    report_.Describe("date", absl::FormatTime("%Y-%m-%d %H:%M", absl::Now(), absl::UTCTimeZone()));
    for (const std::string& name : options_.engines) {
      std::unique_ptr<Engine> engine = NewEngine(name);
      if (engine == nullptr) return absl::NotFoundError(absl::StrCat("no engine ", name));
      report_.Describe(name, engine->version());
      engines_.push_back(std::move(engine));
    }
    RETURN_IF_ERROR(ReadWorkloads());
    // Who cannot be loaded cannot be asked.
    const auto not_loaded = [this](const std::unique_ptr<Engine>& engine) {
      return !LoadIfNeeded(*engine);
    };
    engines_.erase(std::remove_if(engines_.begin(), engines_.end(), not_loaded), engines_.end());
    return absl::OkStatus();
  }

  // In the order of their numbers.
  absl::Status ReadWorkloads() {
    std::vector<std::string> names = options_.workloads;
    if (names.empty()) {
      for (const auto& entry : std::filesystem::directory_iterator(BenchFile("workloads"))) {
        names.push_back(entry.path().stem().string());
      }
      // W0 … W13, then L1 …
      const auto place = [](const std::string& name) {
        return std::tuple(name[0] != 'W', std::atoi(name.c_str() + 1), name);
      };
      std::sort(names.begin(), names.end(),
                [&](const std::string& a, const std::string& b) { return place(a) < place(b); });
    }
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(Workload workload,
                       ReadWorkload(BenchFile(absl::StrCat("workloads/", name, ".txt"))));
      workloads_.push_back(std::move(workload));
    }
    return absl::OkStatus();
  }

  std::string DatabaseOf(const Engine& engine) const {
    return absl::StrCat(options_.folder, "/", engine.name(), "-", options_.facts);
  }

  Stage StageOf(Engine& engine, const Workload& workload) const {
    return {engine, workload, world_, tables_, DatabaseOf(engine), options_.effort};
  }

  // False when it failed.
  bool LoadIfNeeded(Engine& engine) {
    const auto load = std::find_if(workloads_.begin(), workloads_.end(),
                                   [](const Workload& one) { return one.program == "load"; });
    if (load == workloads_.end() && std::filesystem::exists(DatabaseOf(engine))) return true;
    const Workload unnamed;
    const Workload& workload = load == workloads_.end() ? unnamed : *load;
    std::fprintf(stderr, "loading %s\n", std::string(engine.name()).c_str());
    Stage stage = StageOf(engine, workload);
    if (load == workloads_.end()) stage.effort.least_runs = 1;
    const absl::StatusOr<std::vector<Figure>> figures = MeasureLoad(stage);
    if (!figures.ok()) {
      Fail(workload, "time", engine, 2, figures.status());
      return false;
    }
    if (load == workloads_.end()) return true;
    for (const Figure& figure : *figures) Add(figure);
    return true;
  }

  void AskAll(const Workload& workload, int threads) {
    for (const auto& engine : engines_) {
      const absl::Status opened = engine->Open(DatabaseOf(*engine), {.threads = threads});
      for (const Case& one : workload.cases) {
        if (!opened.ok()) {
          Fail(workload, one.name, *engine, threads, opened);
        } else {
          Ask(workload, one, *engine, threads);
        }
      }
      engine->Close();
    }
  }

  void Ask(const Workload& workload, const Case& one, Engine& engine, int threads) {
    const absl::StatusOr<Question> question =
        BindQuestion(workload, one, engine.name(), engine.notation(), world_);
    if (absl::IsNotFound(question.status())) return;
    if (!question.ok()) return Fail(workload, one.name, engine, threads, question.status());
    const absl::StatusOr<Measurement> measured = engine.Measure(*question, options_.effort);
    if (!measured.ok()) return Fail(workload, one.name, engine, threads, measured.status());
    Figure figure{workload.name, one.name, std::string(engine.name()), threads};
    figure.samples = measured->seconds;
    if (measured->floor > 0) {
      figure.note = absl::StrCat("floor ", FigureText(measured->floor, Figure::Unit::kSeconds));
    }
    Add(figure);
    Compare(workload, one, engine, measured->answers);
  }

  void RunProgram(const Workload& workload, Engine& engine) {
    const Stage stage = StageOf(engine, workload);
    std::vector<std::vector<Answer::Row>> answers;
    const absl::StatusOr<std::vector<Figure>> figures =
        workload.program == "open"    ? MeasureOpen(stage, &answers)
        : workload.program == "write" ? MeasureWrites(stage)
                                      : MeasureMixed(stage);
    engine.Close();
    // An engine without a text for it, or without threads of ours, has no part in it.
    if (absl::IsNotFound(figures.status()) || absl::IsUnimplemented(figures.status())) return;
    if (!figures.ok()) {
      return Fail(workload, workload.cases[0].name, engine, 1, figures.status());
    }
    for (const Figure& figure : *figures) Add(figure);
    if (!answers.empty()) Compare(workload, workload.cases[0], engine, answers);
  }

  // With what the first engine said that answered.
  void Compare(const Workload& workload, const Case& one, const Engine& engine,
               const std::vector<std::vector<Answer::Row>>& answers) {
    const auto [known, is_first] = reference_.try_emplace(
        {workload.name, one.name}, std::pair(std::string(engine.name()), answers));
    if (is_first) return;
    const auto& [reference, expected] = known->second;
    for (size_t i = 0; i < answers.size(); ++i) {
      const absl::Status same = CompareAnswers(workload, expected[i], answers[i]);
      if (same.ok()) continue;
      report_.AddDifference(absl::StrCat(workload.name, " ", one.name, ": ", engine.name(),
                                         " against ", reference, ", parameters ", i + 1, ": ",
                                         same.message()));
      std::fprintf(stderr, "%s\n", report_.differences().back().c_str());
      return;
    }
  }

  void Fail(const Workload& workload, const std::string& item, const Engine& engine, int threads,
            const absl::Status& status) {
    Figure figure{workload.name, item, std::string(engine.name()), threads};
    figure.note = absl::IsDeadlineExceeded(status) ? std::string(status.message()) : "failed";
    std::fprintf(stderr, "%s %s: %s: %s\n", workload.name.c_str(), item.c_str(),
                 figure.engine.c_str(), std::string(status.message()).c_str());
    report_.Add(std::move(figure));
  }

  void Add(const Figure& figure) {
    if (!figure.samples.empty()) {
      std::fprintf(stderr, "%s %s: %s: %s %s\n", figure.workload.c_str(), figure.item.c_str(),
                   figure.engine.c_str(), FigureText(figure.median(), figure.unit).c_str(),
                   figure.note.c_str());
    }
    report_.Add(figure);
  }

  absl::Status WriteResults() const {
    for (const auto& [name, text] : {std::pair<std::string, std::string>{"md", report_.Markdown()},
                                     {"json", report_.Json()}}) {
      std::ofstream file(absl::StrCat(options_.folder, "/results.", name));
      file << text;
      if (!file) return absl::UnavailableError("cannot write the results");
    }
    return absl::OkStatus();
  }

  const RunOptions& options_;
  const World world_;
  std::string tables_;
  std::vector<std::unique_ptr<Engine>> engines_;
  std::vector<Workload> workloads_;
  // By workload and case: who answered first, and what.
  std::map<std::pair<std::string, std::string>,
           std::pair<std::string, std::vector<std::vector<Answer::Row>>>>
      reference_;
  Report report_;
};

}  // namespace

absl::Status RunBenchmark(const RunOptions& options) { return Run(options).Go(); }

}  // namespace entente::bench
