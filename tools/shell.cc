#include "tools/shell.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/language_words.h"
#include "engine/maintenance.h"
#include "engine/statement_text.h"
#include "engine/terminal_width.h"
#include "tools/completion.h"
#include "tools/history_file.h"
#include "tools/import_command.h"
#include "tools/line_editor.h"
#include "tools/progress.h"
#include "tools/row_format.h"
#include "tools/statement_runner.h"
#include "tools/terminal.h"
#include "tools/text_place.h"

namespace entente::tools {
namespace {

constexpr int kDeepestRead = 16;
constexpr size_t kHelpColumn = 26;

// The session whose statement Ctrl-C ends.
std::atomic<Session*> running{nullptr};

void InterruptRunning(int) {
  // Session::Interrupt sets an atomic flag and does nothing else.
  if (Session* session = running.load()) session->Interrupt();
}

HistoryFile HistoryOfUser() {
  const char* home = std::getenv("HOME");
  return HistoryFile(home == nullptr ? "" : absl::StrCat(home, "/.entente_history"));
}

// The words of a dot command: blanks separate them unless they stand in '…' or "…". nullopt when a
// quote is not closed.
std::optional<std::vector<std::string>> SplitWords(absl::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = '\0';
  for (const char c : line) {
    if (quote == '\0' && (c == ' ' || c == '\t' || c == '\r')) {
      in_word = false;
      continue;
    }
    if (!std::exchange(in_word, true)) words.emplace_back();
    if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0') return std::nullopt;
  return words;
}

// What statements are read from, line by line.
struct Source {
  std::string file;     // empty: standard input
  bool typed = false;   // at a terminal, where lines have no numbers
  size_t lines = 0;     // read
  std::string pending;  // a statement of which some lines have been read
  LineColumn begin;     // of `pending`
};

class Shell {
 public:
  Shell(std::unique_ptr<Database> database, std::string path)
      : database_(std::move(database)),
        path_(std::move(path)),
        session_(database_->Connect()),
        editor_(HistoryOfUser(), [this](absl::string_view before, absl::string_view word) {
          return Complete(before, word);
        }) {
    input_.typed = editor_.interactive();
  }

  ExitCode Run() {
    struct sigaction action = {};
    action.sa_handler = InterruptRunning;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    if (editor_.interactive()) {
      std::cout << "Entente, database " << path_ << ". Statements end with ; and .help helps.\n";
    }
    while (!quit_) {
      std::string line;
      const LineEditor::Outcome outcome = editor_.ReadLine(Prompt(), &line);
      if (outcome == LineEditor::Outcome::kInterrupted) {
        input_.pending.clear();
        continue;
      }
      if (outcome == LineEditor::Outcome::kEnd) break;
      TakeLine(line, &input_);
    }
    FinishSource(input_);
    if (editor_.interactive() && !quit_) std::cout << '\n' << std::flush;
    if (session_->in_transaction()) Report(kOpenTransaction, kStatementError);
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

  // A star tells that a transaction is open; the lens that is set stands in brackets.
  std::string Prompt() const {
    if (!input_.pending.empty()) return "    ...> ";
    const std::string lens = session_->lens();
    return absl::StrCat("entente", session_->in_transaction() ? "*" : "",
                        lens.empty() ? "" : absl::StrCat(" [", lens, "]"), "> ");
  }

  void TakeLine(absl::string_view line, Source* source) {
    if (++source->lines == 1) absl::ConsumePrefix(&line, kByteOrderMark);
    if (source->pending.empty()) {
      if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), ".")) {
        Remember(std::string(line));
        return RunCommand(std::string(line));
      }
      // What people type who do not know of the dot.
      const std::string word(absl::StripAsciiWhitespace(absl::StripSuffix(line, ";")));
      if (word == "help" || word == "quit" || word == "exit") {
        return RunCommand(word == "help" ? ".help" : ".quit");
      }
      source->begin = {source->lines, 1};
    }
    std::string& text = source->pending;
    // What is no end of a statement, nor of a comment, changes nothing.
    const bool goes_on = !text.empty() && line.find_first_of(";?") == std::string::npos &&
                         line.find("*/") == std::string::npos;
    absl::StrAppend(&text, text.empty() ? "" : "\n", line);
    if (goes_on) return;
    const SplitText split = SplitStatements(text);
    if (!split.statements.empty()) Remember(text);
    for (const absl::string_view statement : split.statements) {
      if (!quit_) RunOne(statement, *source);
    }
    source->begin = PlaceOf(split.rest, *source);
    text = std::string(split.rest);
  }

  // A script's last statement need not be ended.
  void FinishSource(const Source& source) {
    if (!quit_ && !source.pending.empty()) RunOne(source.pending, source);
  }

  // Of `part` of what is pending.
  static LineColumn PlaceOf(absl::string_view part, const Source& source) {
    if (part.empty()) return source.begin;
    return LocateOffset(source.pending, static_cast<size_t>(part.data() - source.pending.data()),
                        source.begin);
  }

  // What a file says has not been typed.
  void Remember(const std::string& entry) {
    if (read_depth_ == 0) editor_.AddToHistory(entry);
  }

  // `statement` is part of what is pending.
  void RunOne(absl::string_view statement, const Source& source) {
    const std::unique_ptr<RowFormat> format =
        MakeRowFormat(mode_, std::cout, TerminalColumns(STDOUT_FILENO));
    running = session_.get();
    const absl::StatusOr<StatementOutcome> outcome =
        RunStatement(*session_, statement, {}, *format);
    running = nullptr;
    std::cout.flush();
    if (!outcome.ok()) {
      const ScriptPlace place{source.file,
                              source.typed ? LineColumn() : PlaceOf(statement, source)};
      Report(ErrorTextWithCaret(outcome.status(), statement, place), ExitCodeOf(outcome.status()));
    } else if (editor_.interactive() || outcome->columns == 0) {
      std::fprintf(stderr, "%s\n", Describe(*outcome, timer_).c_str());
    }
  }

  // The shell goes on; the first error is what a script's run ends with.
  void Report(const std::string& message, ExitCode code) { Keep(Fail(message, code)); }

  void Keep(ExitCode code) {
    if (code_ == kOk) code_ = code;
  }

  void RunCommand(absl::string_view line) {
    std::optional<std::vector<std::string>> words = SplitWords(line);
    if (!words.has_value()) return Report("a quote is not closed", kUsage);
    const std::string name = words->front().substr(1);
    words->erase(words->begin());
    for (const Command& command : Commands()) {
      if (command.name == name) return (this->*command.run)(*words);
    }
    Report(absl::StrCat("there is no .", name, "; .help lists the commands"), kUsage);
  }

  void Help(const std::vector<std::string>&) {
    for (const Command& command : Commands()) {
      const std::string usage = absl::StrCat(".", command.name, " ", command.arguments);
      const size_t width = std::min(TerminalWidth(usage), kHelpColumn - 1);
      std::cout << usage << std::string(kHelpColumn - width, ' ') << command.help << '\n';
    }
    std::cout << "\nStatements of openCypher end with ; and questions with ? or ;\n"
                 "  WHO SUPPORTS WHOM?            'Russia' OPPOSES WHOM?\n"
                 "  WHO SUPPORTS 'Russia'?        WHY 'North Korea' SUPPORTS 'Russia'?\n";
  }

  void Schema(const std::vector<std::string>&) {
    const absl::StatusOr<DatabaseStatistics> statistics = ReadStatistics(*database_);
    if (!statistics.ok()) {
      return Keep(FailDatabase(statistics.status()));
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
      return Report(absl::StrCat(".mode ", absl::StrJoin(names, "|"), "; now ", mode_), kUsage);
    }
    mode_ = arguments[0];
  }

  void Import(const std::vector<std::string>& arguments) {
    ImportOptions options;
    CLI::App parser("", ".import");
    AddImportOptions(&parser, &options);
    try {
      parser.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
      return Keep(parser.exit(error) == 0 ? kOk : kUsage);
    }
    if (session_->in_transaction()) {
      return Report(".import: end the transaction first (COMMIT or ROLLBACK)", kUsage);
    }
    Keep(ImportInto(*database_, options));
  }

  void Read(const std::vector<std::string>& arguments) {
    if (arguments.size() != 1) return Report(".read FILE", kUsage);
    std::ifstream file(arguments[0]);
    if (!file) return Report(absl::StrCat("cannot read ", arguments[0]), kUsage);
    if (read_depth_ == kDeepestRead)
      return Report(".read: files read one another too deep", kUsage);
    ++read_depth_;
    const bool was_in_transaction = session_->in_transaction();
    Source source;
    source.file = arguments[0];
    for (std::string line; !quit_ && std::getline(file, line);) TakeLine(line, &source);
    FinishSource(source);
    --read_depth_;
    if (session_->in_transaction() && !was_in_transaction && editor_.interactive()) {
      std::fprintf(stderr, "%s ends inside a transaction; COMMIT or ROLLBACK ends it\n",
                   arguments[0].c_str());
    }
  }

  void Timer(const std::vector<std::string>& arguments) {
    if (arguments.size() != 1 || (arguments[0] != "on" && arguments[0] != "off")) {
      return Report(absl::StrCat(".timer on|off; now ", timer_ ? "on" : "off"), kUsage);
    }
    timer_ = arguments[0] == "on";
  }

  void Quit(const std::vector<std::string>&) { quit_ = true; }

  std::vector<std::string> Complete(absl::string_view before, absl::string_view word) {
    const std::string typed = absl::StrCat(input_.pending, "\n", before);
    const absl::string_view statement = SplitStatements(typed).rest;
    const CompletionKind what = CompletionAfter(statement);
    std::vector<std::string> words;
    const auto add = [&](absl::string_view candidate) {
      if (absl::StartsWithIgnoreCase(candidate, word)) words.emplace_back(candidate);
    };
    if (what == CompletionKind::kWords) {
      for (const std::string& known : LanguageWords()) add(known);
    }
    // Questions name relation types without a colon.
    const bool relations = what == CompletionKind::kRelationTypes ||
                           (what == CompletionKind::kWords && IsQuestion(statement));
    if (relations || what == CompletionKind::kLabels) {
      const absl::StatusOr<DatabaseStatistics> statistics = ReadStatistics(*database_);
      if (!statistics.ok()) return words;
      for (const auto& [name, count] : relations ? statistics->relations : statistics->labels) {
        add(name);
      }
    }
    if (statement.empty()) {
      for (const Command& command : Commands()) add(absl::StrCat(".", command.name));
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
  }

  std::unique_ptr<Database> database_;
  const std::string path_;
  std::unique_ptr<Session> session_;
  LineEditor editor_;
  Source input_;
  std::string mode_ = "table";
  bool timer_ = true;
  bool quit_ = false;
  int read_depth_ = 0;
  ExitCode code_ = kOk;
};

const std::vector<Shell::Command>& Shell::Commands() {
  static const auto& commands = *new std::vector<Command>{
      {"help", "", "this list", &Shell::Help},
      {"import", "[OPTION…] FILE…", "load files as `entente import` does", &Shell::Import},
      {"mode", "FORMAT", "how rows are shown: table, csv, json, jsonl", &Shell::Mode},
      {"quit", "", "leave, as does Ctrl-D", &Shell::Quit},
      {"read", "FILE", "run the statements of a file", &Shell::Read},
      {"schema", "", "labels and relation types with their counts", &Shell::Schema},
      {"timer", "on|off", "whether the time is shown", &Shell::Timer},
  };
  return commands;
}

}  // namespace

ExitCode RunShell(const std::string& path, const StatementLimits& limits) {
  absl::StatusOr<std::unique_ptr<Database>> database = Database::Open(path, OptionsWith(limits));
  if (!database.ok()) return FailDatabase(database.status());
  return Shell(*std::move(database), path).Run();
}

}  // namespace entente::tools
