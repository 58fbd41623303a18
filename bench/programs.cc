#include "bench/programs.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "bench/process.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kReaders = 8;
constexpr double kMixedSeconds = 2;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

Figure NewFigure(const Stage& stage, const std::string& item) {
  Figure figure;
  figure.workload = stage.workload.name;
  figure.item = item;
  figure.engine = std::string(stage.engine.name());
  return figure;
}

// A database that may be written into, removed at the end.
class Copy {
 public:
  explicit Copy(const std::string& original) : path_(absl::StrCat(original, ".copy")) {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    std::filesystem::copy(original, path_, std::filesystem::copy_options::recursive, error);
  }
  ~Copy() {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", ".wal"}) {
      std::filesystem::remove_all(absl::StrCat(path_, suffix), ignored);
    }
  }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

uint64_t NumberOf(const ParameterSet& set, absl::string_view name) {
  uint64_t number = 0;
  for (const auto& [key, value] : set) {
    if (key == name) (void)absl::SimpleAtoi(value, &number);
  }
  return number;
}

// What the statement itself is given.
ParameterSet Ends(const ParameterSet& set) {
  ParameterSet ends;
  for (const auto& [key, value] : set) {
    if (key == "subject" || key == "object") ends.emplace_back(key, value);
  }
  return ends;
}

absl::Status WriteGroup(Connection& connection, Statement& statement,
                        const std::vector<ParameterSet>& sets, uint64_t group, uint64_t* next) {
  Answer ignored(/*keep=*/false);
  if (group > 1) RETURN_IF_ERROR(connection.Begin());
  for (uint64_t i = 0; i < group; ++i) {
    RETURN_IF_ERROR(statement.Run(sets[(*next)++ % sets.size()], &ignored));
  }
  return group > 1 ? connection.Commit() : absl::OkStatus();
}

absl::StatusOr<Figure> MeasureWriteCase(const Stage& stage, const Case& one) {
  ASSIGN_OR_RETURN(const Question question, BindQuestion(stage.workload, one, stage.engine.name(),
                                                         stage.engine.notation(), stage.world));
  const uint64_t group = NumberOf(question.sets[0], "group");
  const bool sync = NumberOf(question.sets[0], "sync") != 0;
  std::vector<ParameterSet> sets;
  for (const ParameterSet& set : question.sets) sets.push_back(Ends(set));
  const Copy copy(stage.database);
  Figure figure = NewFigure(stage, one.name);
  RETURN_IF_ERROR(stage.engine.Open(copy.path(), {.read_only = false, .sync_commits = sync}));
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, stage.engine.Connect());
    ASSIGN_OR_RETURN(const std::unique_ptr<Statement> statement,
                     connection->Prepare(question.text));
    uint64_t next = 0;
    const double seconds = stage.effort.seconds / stage.effort.least_runs;
    for (int run = 0; run < stage.effort.least_runs; ++run) {
      const uint64_t before = next;
      const Clock::time_point begin = Clock::now();
      do {
        RETURN_IF_ERROR(WriteGroup(*connection, *statement, sets, group, &next));
      } while (SecondsSince(begin) < seconds);
      figure.samples.push_back(SecondsSince(begin) / static_cast<double>(next - before));
    }
  }
  stage.engine.Close();
  return figure;
}

// Readers and, it may be, a writer, all at once for a while.
class MixedRun {
 public:
  MixedRun(Engine& engine, const Question& read, const Question* write)
      : engine_(engine), read_(read), write_(write) {}

  // Seconds an answer, of all readers together.
  absl::StatusOr<double> Run() {
    std::vector<std::unique_ptr<Connection>> connections;
    std::vector<std::unique_ptr<Statement>> statements;
    const int threads = kReaders + (write_ != nullptr ? 1 : 0);
    for (int i = 0; i < threads; ++i) {
      ASSIGN_OR_RETURN(connections.emplace_back(), engine_.Connect());
      const Question& question = i < kReaders ? read_ : *write_;
      ASSIGN_OR_RETURN(statements.emplace_back(), connections.back()->Prepare(question.text));
    }
    std::vector<absl::Status> outcomes(static_cast<size_t>(threads));
    std::vector<std::thread> running;
    const Clock::time_point begin = Clock::now();
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        const size_t at = static_cast<size_t>(i);
        outcomes[at] = Repeat(*statements[at], i < kReaders ? read_ : *write_, i);
      });
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(kMixedSeconds));
    stop_ = true;
    for (std::thread& thread : running) thread.join();
    const double seconds = SecondsSince(begin);
    for (const absl::Status& outcome : outcomes) RETURN_IF_ERROR(outcome);
    return seconds / static_cast<double>(answers_);
  }

 private:
  absl::Status Repeat(Statement& statement, const Question& question, int offset) {
    uint64_t count = 0;
    for (size_t i = static_cast<size_t>(offset); !stop_; ++i, ++count) {
      Answer answer(/*keep=*/false);
      RETURN_IF_ERROR(statement.Run(question.sets[i % question.sets.size()], &answer));
    }
    if (&question == &read_) answers_ += count;
    return absl::OkStatus();
  }

  Engine& engine_;
  const Question& read_;
  const Question* const write_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> answers_{0};
};

}  // namespace

absl::StatusOr<std::vector<Figure>> MeasureLoad(const Stage& stage) {
  const double facts = static_cast<double>(stage.world.facts());
  Figure time = NewFigure(stage, "time");
  Figure memory = NewFigure(stage, "peak memory");
  Figure disk = NewFigure(stage, "bytes a fact");
  for (Figure* figure : {&time, &memory, &disk}) figure->threads = 2;
  memory.unit = disk.unit = Figure::Unit::kBytes;
  for (int run = 0; run < stage.effort.least_runs; ++run) {
    std::error_code ignored;
    std::filesystem::remove_all(stage.database, ignored);
    ASSIGN_OR_RETURN(const ProcessOutcome outcome,
                     RunProcess(stage.engine.LoadCommand(stage.tables, stage.database)));
    time.samples.push_back(outcome.seconds);
    memory.samples.push_back(static_cast<double>(outcome.peak_memory));
    disk.samples.push_back(static_cast<double>(DiskBytes(stage.database)) / facts);
  }
  time.note = absl::StrFormat("%.0f facts/s", facts / time.median());
  return std::vector<Figure>{time, memory, disk};
}

absl::StatusOr<std::vector<Figure>> MeasureOpen(const Stage& stage,
                                                std::vector<std::vector<Answer::Row>>* answers) {
  const Case& one = stage.workload.cases[0];
  ASSIGN_OR_RETURN(const Question question, BindQuestion(stage.workload, one, stage.engine.name(),
                                                         stage.engine.notation(), stage.world));
  Figure figure = NewFigure(stage, one.name);
  for (const ParameterSet& set : question.sets) {
    ASSIGN_OR_RETURN(const ProcessOutcome outcome, RunProcess(stage.engine.AnswerCommand(
                                                       stage.database, {question.text, {set}})));
    figure.samples.push_back(outcome.seconds);
    std::vector<Answer::Row>& rows = answers->emplace_back();
    for (const absl::string_view line : absl::StrSplit(outcome.output, '\n', absl::SkipEmpty())) {
      rows.push_back(absl::StrSplit(line, '\t'));
    }
  }
  return std::vector<Figure>{figure};
}

absl::StatusOr<std::vector<Figure>> MeasureWrites(const Stage& stage) {
  std::vector<Figure> figures;
  for (const Case& one : stage.workload.cases) {
    absl::StatusOr<Figure> figure = MeasureWriteCase(stage, one);
    if (!figure.ok()) {
      stage.engine.Close();
      if (absl::IsNotFound(figure.status())) return figure.status();
      figures.push_back(NewFigure(stage, one.name));
      figures.back().note = std::string(figure.status().message());
      continue;
    }
    figures.push_back(*std::move(figure));
  }
  return figures;
}

absl::StatusOr<std::vector<Figure>> MeasureMixed(const Stage& stage) {
  const std::vector<Case>& cases = stage.workload.cases;
  if (cases.size() != 2)
    return absl::InvalidArgumentError("not a case for readers and for a writer");
  const RelationNotation notation = stage.engine.notation();
  const std::string name(stage.engine.name());
  ASSIGN_OR_RETURN(const Question read,
                   BindQuestion(stage.workload, cases[0], name, notation, stage.world));
  ASSIGN_OR_RETURN(const Question write,
                   BindQuestion(stage.workload, cases[1], name + " writer", notation, stage.world));
  const Copy copy(stage.database);
  RETURN_IF_ERROR(stage.engine.Open(copy.path(), {.read_only = false}));
  Figure alone = NewFigure(stage, "readers alone");
  Figure beside = NewFigure(stage, "readers beside a writer");
  for (int run = 0; run < stage.effort.least_runs; ++run) {
    ASSIGN_OR_RETURN(alone.samples.emplace_back(), MixedRun(stage.engine, read, nullptr).Run());
    ASSIGN_OR_RETURN(beside.samples.emplace_back(), MixedRun(stage.engine, read, &write).Run());
  }
  stage.engine.Close();
  alone.threads = beside.threads = kReaders;
  beside.note = absl::StrFormat("%.2f of alone", alone.median() / beside.median());
  return std::vector<Figure>{alone, beside};
}

}  // namespace entente::bench
