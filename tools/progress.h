// Progress: what a long import or export is doing, on standard error: a bar that redraws itself on
// a terminal, a plain line every few seconds elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/bulk_loader.h"

namespace entente::tools {

class Progress {
 public:
  // `total_bytes` of the input as stored; 0 unknown.
  explicit Progress(uint64_t total_bytes);

  void Read(uint64_t bytes, uint64_t facts);
  void Load(const LoadProgress& progress);
  // Of an export: `done` of `total` records of a table.
  void Write(absl::string_view table, uint64_t done, uint64_t total);
  // Clears the bar, so that other lines can follow.
  void Finish();
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  // Shows at most a few times a second; `done` of `total`, `total` 0: unknown.
  void Show(absl::string_view stage, uint64_t done, uint64_t total, absl::string_view amount);
  void Draw(const std::string& line, double share);

  const uint64_t total_bytes_;
  const bool terminal_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point stage_begin_ = begin_;
  Clock::time_point shown_{};
  std::string stage_;
  bool drawn_ = false;
};

// 1536 → "1.5 KiB".
std::string FormatBytes(uint64_t bytes);
// 1234567 → "1,234,567".
std::string FormatCount(uint64_t count);
// "1 fact", "1,234 facts".
std::string CountOf(uint64_t count, absl::string_view one, absl::string_view many);
// "0.8 s", "3:07".
std::string FormatSeconds(double seconds);

}  // namespace entente::tools
