// LineEditor: reads lines from a terminal with editing, a history that survives the session, and
// completion by Tab (libedit). From a pipe it reads plain lines and shows no prompt.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::tools {

class LineEditor {
 public:
  // Words that may follow where `word` has been begun.
  using Complete = std::function<std::vector<std::string>(absl::string_view word)>;

  // `history_file` "" keeps none.
  LineEditor(std::string history_file, Complete complete);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  enum class Outcome { kLine, kInterrupted, kEnd };
  // kInterrupted: Ctrl-C, the line is dropped. kEnd: Ctrl-D or the end of the input.
  Outcome ReadLine(const std::string& prompt, std::string* line);

  void AddToHistory(const std::string& entry);
  bool interactive() const { return interactive_; }

 private:
  const std::string history_file_;
  const bool interactive_;
};

}  // namespace entente::tools
