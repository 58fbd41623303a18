#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/error.h"
#include "query/operator.h"

namespace entente::query {
namespace {

// In the largest unit that tells it whole.
std::string SizeText(uint64_t bytes) {
  absl::string_view unit = "bytes";
  for (const absl::string_view larger : {"KiB", "MiB", "GiB"}) {
    if (bytes == 0 || bytes % 1024 != 0) break;
    bytes /= 1024;
    unit = larger;
  }
  return absl::StrCat(bytes, " ", unit);
}

}  // namespace

absl::Status StopSignal::Stopped(bool interrupted) const {
  if (interrupted) return MakeError(ErrorCode::kInterrupted, "The statement was interrupted");
  return MakeError(ErrorCode::kLimitExceeded,
                   absl::StrCat("The statement needs more than the ",
                                absl::FormatDuration(absl::FromChrono(limit_)),
                                " of time that it may use (time limit)"));
}

absl::Status Execution::Charge(uint64_t bytes) {
  memory_used += bytes;
  return CheckRoom(0);
}

absl::Status Execution::CheckRoom(uint64_t bytes) const {
  if (memory_used <= memory_limit && bytes <= memory_limit - memory_used) return absl::OkStatus();
  return MakeError(ErrorCode::kLimitExceeded,
                   absl::StrCat("The statement needs more than the ", SizeText(memory_limit),
                                " of memory that it may use (memory limit)"));
}

}  // namespace entente::query
