#include "tools/line_editor.h"

#include <editline/readline.h>
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

constexpr size_t kHistoryLength = 1000;

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

// What stands before the word that is completed.
std::string& Before() {
  static std::string& before = *new std::string;
  return before;
}

char* NextCompletion(const char* word, int state) {
  static std::vector<std::string>& words = *new std::vector<std::string>;
  static size_t next = 0;
  if (state == 0) {
    words = Completion()(Before(), word);
    next = 0;
  }
  return next < words.size() ? strdup(words[next++].c_str()) : nullptr;
}

// `begin` counts characters, and not bytes.
char** CompleteWord(const char* word, int begin, int) {
  const char* end = rl_line_buffer;
  for (int characters = 0; *end != '\0'; ++end) {
    if ((*end & 0xC0) != 0x80 && ++characters > begin) break;
  }
  Before().assign(rl_line_buffer, static_cast<size_t>(end - rl_line_buffer));
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

LineEditor::LineEditor(HistoryFile history_file, Complete complete)
    : history_file_(std::move(history_file)),
      interactive_(isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0) {
  if (!interactive_) return;
  ChooseLocale();
  Completion() = std::move(complete);
  rl_readline_name = const_cast<char*>("entente");
  rl_attempted_completion_function = CompleteWord;
  rl_basic_word_break_characters = const_cast<char*>(" \t\n\"'()[]{}<>:;,|=+-*/%^!?&");
  rl_catch_signals = 0;
  history_ = history_file_.Read(kHistoryLength);
  StartLibedit();
}

LineEditor::~LineEditor() {
  if (interactive_) Completion() = nullptr;
}

void LineEditor::StartLibedit() const {
  rl_initialize();
  using_history();
  stifle_history(static_cast<int>(kHistoryLength));
  for (const std::string& entry : history_) add_history(entry.c_str());
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
    StartLibedit();
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
  add_history(entry.c_str());
  history_.push_back(entry);
  if (history_.size() > kHistoryLength) history_.erase(history_.begin());
  history_file_.Append(entry);
}

}  // namespace entente::tools
