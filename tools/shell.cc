#include "tools/shell.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/language_words.h"
#include "engine/maintenance.h"
#include "engine/statement_text.h"
#include "tools/import_command.h"
#include "tools/line_editor.h"
#include "tools/progress.h"
#include "tools/row_format.h"
#include "tools/statement_runner.h"

namespace entente::tools {
namespace {

constexpr int kDeepestRead = 16;

// The session whose statement Ctrl-C ends.
std::atomic<Session*> running{nullptr};

void InterruptRunning(int) {
  // Session::Interrupt sets an atomic flag and does nothing else.
  if (Session* session = running.load()) session->Interrupt();
}

std::string HistoryFile() {
  const char* home = std::getenv("HOME");
  return home == nullptr ? "" : absl::StrCat(home, "/.entente_history");
}

size_t OutputWidth() {
  winsize size;
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) return size.ws_col;
  return 0;
}

class Shell {
 public:
  Shell(std::unique_ptr<Database> database, std::string path)
      : database_(std::move(database)),
        path_(std::move(path)),
        session_(database_->Connect()),
        editor_(HistoryFile(), [this](absl::string_view word) { return Complete(word); }) {}

  ExitCode Run() {
    struct sigaction action = {};
    action.sa_handler = InterruptRunning;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    if (editor_.interactive()) {
      std::cout << "Entente, database " << path_ << ". Statements end with ; and .help helps.\n";
    }
    std::string pending;
    while (!quit_) {
      std::string line;
      const LineEditor::Outcome outcome =
          editor_.ReadLine(pending.empty() ? "entente> " : "    ...> ", &line);
      if (outcome == LineEditor::Outcome::kInterrupted) {
        pending.clear();
        continue;
      }
      if (outcome == LineEditor::Outcome::kEnd) break;
      TakeLine(line, &pending);
    }
    if (!quit_ && !pending.empty()) RunOne(pending);
    if (editor_.interactive()) std::cout << '\n';
    return editor_.interactive() ? kOk : code_;
  }

 private:
  struct Command {
    absl::string_view name;
    absl::string_view arguments;
    absl::string_view help;
    void (Shell::*run)(const std::vector<std::string>& arguments);
  };
  static const std::vector<Command>& Commands();

  void TakeLine(const std::string& line, std::string* pending) {
    if (pending->empty() && absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), ".")) {
      editor_.AddToHistory(line);
      RunCommand(line);
      return;
    }
    absl::StrAppend(pending, pending->empty() ? "" : "\n", line);
    const SplitText split = SplitStatements(*pending);
    if (!split.statements.empty()) editor_.AddToHistory(*pending);
    for (const absl::string_view statement : split.statements) {
      if (!quit_) RunOne(statement);
    }
    *pending = std::string(split.rest);
  }

  void RunOne(absl::string_view statement) {
    const std::unique_ptr<RowFormat> format = MakeRowFormat(mode_, std::cout, OutputWidth());
    running = session_.get();
    const absl::StatusOr<StatementOutcome> outcome =
        RunStatement(*session_, statement, {}, *format);
    running = nullptr;
    std::cout.flush();
    if (!outcome.ok()) {
      Fail(ErrorTextWithCaret(outcome.status(), statement),
           absl::IsDataLoss(outcome.status()) ? kDatabaseError : kStatementError);
    } else if (editor_.interactive() || outcome->columns == 0) {
      std::fprintf(stderr, "%s\n", Describe(*outcome, timer_).c_str());
    }
  }

  void Fail(const std::string& message, ExitCode code) {
    std::fprintf(stderr, "%s\n", message.c_str());
    if (code_ == kOk) code_ = code;
  }

  void RunCommand(absl::string_view line) {
    std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipWhitespace());
    const std::string name = words.front().substr(1);
    words.erase(words.begin());
    for (const Command& command : Commands()) {
      if (command.name == name) return (this->*command.run)(words);
    }
    Fail(absl::StrCat("there is no .", name, "; .help lists the commands"), kUsage);
  }

  void Help(const std::vector<std::string>&) {
    for (const Command& command : Commands()) {
      std::cout << absl::StrCat(".", command.name, command.arguments.empty() ? "" : " ",
                                command.arguments)
                << std::string(
                       24 - std::min<size_t>(23, command.name.size() + command.arguments.size() +
                                                     (command.arguments.empty() ? 0 : 1)),
                       ' ')
                << command.help << '\n';
    }
    std::cout << "\nStatements of openCypher end with ; and questions with ? or ;\n"
                 "  WHO SUPPORTS WHOM?            'Russia' OPPOSES WHOM?\n"
                 "  WHO SUPPORTS 'Russia'?        WHY 'North Korea' SUPPORTS 'Russia'?\n";
  }

  void Schema(const std::vector<std::string>&) {
    const absl::StatusOr<DatabaseStatistics> statistics = ReadStatistics(*database_);
    if (!statistics.ok()) {
      return Fail(std::string(statistics.status().message()), kDatabaseError);
    }
    const auto show = [](const char* title,
                         const std::vector<std::pair<std::string, uint64_t>>& counts) {
      std::cout << title << '\n';
      for (const auto& [name, count] : counts) {
        if (count > 0) std::printf("  %12s  %s\n", FormatCount(count).c_str(), name.c_str());
        std::fflush(stdout);
      }
    };
    show("labels", statistics->labels);
    std::cout.flush();
    show("relation types", statistics->relations);
  }

  void Mode(const std::vector<std::string>& arguments) {
    const absl::Span<const absl::string_view> names = RowFormatNames();
    if (arguments.size() != 1 ||
        std::find(names.begin(), names.end(), arguments[0]) == names.end()) {
      return Fail(absl::StrCat(".mode ", absl::StrJoin(names, "|"), "; now ", mode_), kUsage);
    }
    mode_ = arguments[0];
  }

  void Import(const std::vector<std::string>& arguments) {
    ImportOptions options;
    options.files = arguments;
    if (arguments.empty()) return Fail(".import FILE…", kUsage);
    if (session_->in_transaction()) {
      return Fail(".import: end the transaction first (COMMIT or ROLLBACK)", kUsage);
    }
    const ExitCode code = ImportInto(*database_, options);
    if (code_ == kOk) code_ = code;
  }

  void Read(const std::vector<std::string>& arguments) {
    if (arguments.size() != 1) return Fail(".read FILE", kUsage);
    std::ifstream file(arguments[0]);
    if (!file) return Fail(absl::StrCat("cannot read ", arguments[0]), kUsage);
    if (read_depth_ == kDeepestRead) return Fail(".read: files read one another too deep", kUsage);
    ++read_depth_;
    std::string pending;
    for (std::string line; !quit_ && std::getline(file, line);) TakeLine(line, &pending);
    if (!quit_ && !pending.empty()) RunOne(pending);
    --read_depth_;
  }

  void Timer(const std::vector<std::string>& arguments) {
    if (arguments.size() != 1 || (arguments[0] != "on" && arguments[0] != "off")) {
      return Fail(absl::StrCat(".timer on|off; now ", timer_ ? "on" : "off"), kUsage);
    }
    timer_ = arguments[0] == "on";
  }

  void Quit(const std::vector<std::string>&) { quit_ = true; }

  std::vector<std::string> Complete(absl::string_view word) {
    std::vector<std::string> words;
    const auto add = [&](absl::string_view candidate) {
      if (absl::StartsWithIgnoreCase(candidate, word)) words.emplace_back(candidate);
    };
    for (const std::string& known : LanguageWords()) add(known);
    const absl::StatusOr<DatabaseStatistics> statistics = ReadStatistics(*database_);
    if (statistics.ok()) {
      for (const auto& [label, count] : statistics->labels) add(label);
      for (const auto& [relation, count] : statistics->relations) add(relation);
    }
    for (const Command& command : Commands()) add(absl::StrCat(".", command.name));
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
  }

  std::unique_ptr<Database> database_;
  const std::string path_;
  std::unique_ptr<Session> session_;
  LineEditor editor_;
  std::string mode_ = "table";
  bool timer_ = true;
  bool quit_ = false;
  int read_depth_ = 0;
  ExitCode code_ = kOk;
};

const std::vector<Shell::Command>& Shell::Commands() {
  static const auto& commands = *new std::vector<Command>{
      {"help", "", "this list", &Shell::Help},
      {"import", "FILE…", "load claims or ICEWS files, packed or not", &Shell::Import},
      {"mode", "FORMAT", "how rows are shown: table, csv, json, jsonl", &Shell::Mode},
      {"quit", "", "leave, as does Ctrl-D", &Shell::Quit},
      {"read", "FILE", "run the statements of a file", &Shell::Read},
      {"schema", "", "labels and relation types with their counts", &Shell::Schema},
      {"timer", "on|off", "whether the time is shown", &Shell::Timer},
  };
  return commands;
}

}  // namespace

ExitCode RunShell(const std::string& path) {
  absl::StatusOr<std::unique_ptr<Database>> database = Database::Open(path);
  if (!database.ok()) {
    std::fprintf(stderr, "%s\n", std::string(database.status().message()).c_str());
    return kDatabaseError;
  }
  return Shell(*std::move(database), path).Run();
}

}  // namespace entente::tools
