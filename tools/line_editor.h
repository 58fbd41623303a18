// LineEditor: reads lines from a terminal with editing, a history that survives the session, and
// completion by Tab (libedit). From a pipe it reads plain lines and shows no prompt.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/history_file.h"

namespace entente::tools {

class LineEditor {
 public:
  // Words that `word` may be the beginning of, behind what the line has `before` it.
  using Complete =
      std::function<std::vector<std::string>(absl::string_view before, absl::string_view word)>;

  LineEditor(HistoryFile history_file, Complete complete);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  enum class Outcome { kLine, kInterrupted, kEnd };
  // kInterrupted: Ctrl-C, the line is dropped. kEnd: Ctrl-D or the end of the input.
  Outcome ReadLine(const std::string& prompt, std::string* line);

  // An entry of several lines comes back as it is.
  void AddToHistory(const std::string& entry);
  bool interactive() const { return interactive_; }

 private:
  // Makes libedit anew, with all that is in history_.
  void StartLibedit() const;

  const HistoryFile history_file_;
  std::vector<std::string> history_;  // the last entries, oldest first
  const bool interactive_;
};

}  // namespace entente::tools
