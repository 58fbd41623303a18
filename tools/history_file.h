// HistoryFile: what has been typed into shells, one entry a line, oldest first. It is only ever
// appended to, so that no shell can lose what another, or an earlier one, has written.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::tools {

class HistoryFile {
 public:
  // `path` "" keeps nothing.
  explicit HistoryFile(std::string path) : path_(std::move(path)) {}

  // The last entries, at most `limit`. A file that cannot be read has none.
  std::vector<std::string> Read(size_t limit) const;

  // An entry may have line breaks. One that cannot be written is lost, and no more.
  void Append(absl::string_view entry) const;

 private:
  const std::string path_;
};

}  // namespace entente::tools
