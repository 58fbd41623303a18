#include "tools/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/terminal.h"

namespace entente::tools {
namespace {

constexpr double kSecondsBetweenFrames = 0.1;
constexpr double kSecondsBetweenLines = 5;

absl::string_view StageName(LoadProgress::Stage stage) {
  switch (stage) {
    case LoadProgress::Stage::kReading:
      return "reading";
    case LoadProgress::Stage::kEntities:
      return "entities";
    case LoadProgress::Stage::kArticles:
      return "articles";
    case LoadProgress::Stage::kClaims:
      return "facts";
    case LoadProgress::Stage::kEvidence:
      return "evidence";
    case LoadProgress::Stage::kWriting:
      return "writing";
    case LoadProgress::Stage::kCommitting:
      return "committing";
  }
  return "";
}

// Columns for a bar.
size_t BarColumns() {
  const size_t columns = TerminalColumns(STDERR_FILENO);
  return columns > 0 ? columns : 80;
}

}  // namespace

std::string FormatBytes(uint64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  double amount = static_cast<double>(bytes);
  for (const char* unit : {"KiB", "MiB", "GiB", "TiB"}) {
    amount /= 1024;
    if (amount < 1024) return absl::StrFormat("%.1f %s", amount, unit);
  }
  return absl::StrFormat("%.1f PiB", amount / 1024);
}

std::string FormatCount(uint64_t count) {
  std::string digits = absl::StrCat(count);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string CountOf(uint64_t count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(FormatCount(count), " ", count == 1 ? one : many);
}

std::string FormatSeconds(double seconds) {
  if (seconds < 60) return absl::StrFormat("%.1f s", seconds);
  const int64_t whole = static_cast<int64_t>(seconds);
  if (whole < 3600) return absl::StrFormat("%d:%02d", whole / 60, whole % 60);
  return absl::StrFormat("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
}

Progress::Progress(uint64_t total_bytes)
    : total_bytes_(total_bytes), terminal_(isatty(STDERR_FILENO) != 0) {
  if (!terminal_) shown_ = begin_;
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begin_).count();
}

void Progress::Read(uint64_t bytes, uint64_t facts) {
  const double rate = static_cast<double>(facts) / std::max(seconds(), 1e-3);
  Show("reading", bytes, total_bytes_,
       absl::StrCat(FormatBytes(bytes), ", ", FormatCount(facts), " facts, ",
                    FormatCount(static_cast<uint64_t>(rate)), " facts/s"));
}

void Progress::Load(const LoadProgress& progress) {
  const double stage_seconds = std::chrono::duration<double>(Clock::now() - stage_begin_).count();
  std::string amount = FormatCount(progress.done);
  if (progress.stage == LoadProgress::Stage::kClaims && stage_seconds > 0) {
    const double rate = static_cast<double>(progress.done) / stage_seconds;
    absl::StrAppend(&amount, ", ", FormatCount(static_cast<uint64_t>(rate)), " facts/s");
  }
  Show(StageName(progress.stage), progress.done, progress.total, amount);
}

void Progress::Write(absl::string_view table, uint64_t done, uint64_t total) {
  constexpr uint64_t kWriteReportEvery = 1024;
  if (done % kWriteReportEvery == 0) Show(table, done, total, FormatCount(done));
}

void Progress::Show(absl::string_view stage, uint64_t done, uint64_t total,
                    absl::string_view amount) {
  const Clock::time_point now = Clock::now();
  if (stage != stage_) {
    stage_ = std::string(stage);
    stage_begin_ = now;
  }
  const double waited = std::chrono::duration<double>(now - shown_).count();
  if (waited < (terminal_ ? kSecondsBetweenFrames : kSecondsBetweenLines)) return;
  shown_ = now;
  std::string line = absl::StrCat(stage, ": ", amount);
  double share = -1;
  if (total > 0) {
    share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const double spent = std::chrono::duration<double>(now - stage_begin_).count();
    if (share > 0.01 && share < 1 && spent > 0.5) {
      absl::StrAppend(&line, ", ", FormatSeconds(spent / share * (1 - share)), " left");
    }
  }
  Draw(line, share);
}

void Progress::Draw(const std::string& line, double share) {
  if (!terminal_) {
    const std::string percent = share < 0 ? "" : absl::StrFormat("%3.0f%% ", share * 100);
    std::fprintf(stderr, "%s%s\n", percent.c_str(), line.c_str());
    return;
  }
  constexpr size_t kBarWidth = 24;
  std::string bar;
  if (share >= 0) {
    const size_t filled = static_cast<size_t>(share * kBarWidth);
    for (size_t i = 0; i < kBarWidth; ++i) bar += i < filled ? "█" : "░";
    absl::StrAppendFormat(&bar, " %3.0f%% ", share * 100);
  }
  const size_t used = share >= 0 ? kBarWidth + 6 : 0;
  const size_t columns = BarColumns();
  const size_t room = columns > used + 1 ? columns - used - 1 : 0;
  std::fprintf(stderr, "\r\033[K%s%s", bar.c_str(), line.substr(0, room).c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::Finish() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

}  // namespace entente::tools
