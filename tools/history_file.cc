#include "tools/history_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/str_cat.h"

namespace entente::tools {
namespace {

// libedit's own files begin with this line, and write blanks and more as octal numbers.
constexpr absl::string_view kLibeditHeader = "_HiStOrY_V2_";

// Line breaks and backslashes would not come back as they are.
std::string Escaped(absl::string_view entry) {
  std::string line;
  for (const char c : entry) {
    if (c == '\n') {
      line += "\\012";
    } else if (c == '\r') {
      line += "\\015";
    } else if (c == '\\') {
      line += "\\\\";
    } else {
      line += c;
    }
  }
  return line;
}

std::string Unescaped(absl::string_view line) {
  const auto octal = [&](size_t at) {
    return at < line.size() && line[at] >= '0' && line[at] <= '7' ? line[at] - '0' : -1;
  };
  std::string entry;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      entry += line[i];
    } else if (octal(i + 1) >= 0 && octal(i + 2) >= 0 && octal(i + 3) >= 0) {
      entry += static_cast<char>(octal(i + 1) * 64 + octal(i + 2) * 8 + octal(i + 3));
      i += 3;
    } else {
      entry += '\\';
      if (i + 1 < line.size() && line[i + 1] == '\\') ++i;
    }
  }
  return entry;
}

}  // namespace

std::vector<std::string> HistoryFile::Read(size_t limit) const {
  std::vector<std::string> entries;
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line != kLibeditHeader) entries.push_back(Unescaped(line));
  }
  if (entries.size() > limit) {
    entries.erase(entries.begin(), entries.end() - static_cast<ptrdiff_t>(limit));
  }
  return entries;
}

void HistoryFile::Append(absl::string_view entry) const {
  if (path_.empty()) return;
  // Statements may name what others should not read.
  const int descriptor = open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return;
  // One write, so that the lines of several shells do not mix.
  const std::string line = absl::StrCat(Escaped(entry), "\n");
  const ssize_t written [[maybe_unused]] = write(descriptor, line.data(), line.size());
  close(descriptor);
}

}  // namespace entente::tools
