#include "tools/line_editor.h"

#include <editline/readline.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <utility>

namespace entente::tools {
namespace {

constexpr int kHistoryLength = 1000;

// libedit calls back without any context, and there is one terminal.
LineEditor::Complete& Completion() {
  static LineEditor::Complete& complete = *new LineEditor::Complete;
  return complete;
}

// Where Ctrl-C leads while a line is being read.
sigjmp_buf interrupted;
volatile sig_atomic_t reading = 0;

void OnInterrupt(int) {
  if (reading) siglongjmp(interrupted, 1);
}

char* NextCompletion(const char* word, int state) {
  static std::vector<std::string>& words = *new std::vector<std::string>;
  static size_t next = 0;
  if (state == 0) {
    words = Completion()(word);
    next = 0;
  }
  return next < words.size() ? strdup(words[next++].c_str()) : nullptr;
}

char** CompleteWord(const char* word, int, int) {
  rl_attempted_completion_over = 1;  // never file names
  return rl_completion_matches(word, NextCompletion);
}

// Text beyond ASCII needs a UTF-8 locale, which bare machines do not set.
void ChooseLocale() {
  const char* chosen = std::setlocale(LC_CTYPE, "");
  if (chosen == nullptr || std::strcmp(chosen, "C") == 0 || std::strcmp(chosen, "POSIX") == 0) {
    std::setlocale(LC_CTYPE, "C.UTF-8");
  }
}

}  // namespace

LineEditor::LineEditor(std::string history_file, Complete complete)
    : history_file_(std::move(history_file)),
      interactive_(isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0) {
  if (!interactive_) return;
  ChooseLocale();
  Completion() = std::move(complete);
  rl_readline_name = const_cast<char*>("entente");
  rl_attempted_completion_function = CompleteWord;
  rl_basic_word_break_characters = const_cast<char*>(" \t\n\"'()[]{}<>:;,|=+-*/%^!?&");
  rl_catch_signals = 0;
  rl_initialize();
  using_history();
  stifle_history(kHistoryLength);
  if (!history_file_.empty()) read_history(history_file_.c_str());
}

LineEditor::~LineEditor() {
  if (interactive_) Completion() = nullptr;
}

LineEditor::Outcome LineEditor::ReadLine(const std::string& prompt, std::string* line) {
  line->clear();
  if (!interactive_) {
    return std::getline(std::cin, *line) ? Outcome::kLine : Outcome::kEnd;
  }
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = OnInterrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before);
  char* text = nullptr;
  Outcome outcome = Outcome::kLine;
  if (sigsetjmp(interrupted, 1) == 0) {
    reading = 1;
    text = readline(prompt.c_str());
    reading = 0;
    if (text == nullptr) outcome = Outcome::kEnd;
  } else {
    reading = 0;
    // Jumping out of libedit leaves the terminal raw and the line half read.
    rl_initialize();
    std::cout << "^C\n";
    outcome = Outcome::kInterrupted;
  }
  sigaction(SIGINT, &before, nullptr);
  if (text != nullptr) {
    line->assign(text);
    std::free(text);
  }
  return outcome;
}

void LineEditor::AddToHistory(const std::string& entry) {
  if (!interactive_ || entry.empty()) return;
  std::string one_line = entry;
  for (char& c : one_line) {
    if (c == '\n') c = ' ';
  }
  add_history(one_line.c_str());
  if (history_file_.empty()) return;
  // Statements may name what others should not read.
  const mode_t mask = umask(077);
  write_history(history_file_.c_str());
  umask(mask);
}

}  // namespace entente::tools
