#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/error.h"
#include "engine/graph_writer.h"
#include "engine/status.h"
#include "query/morsels.h"
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

absl::Status MemoryAccount::Charge(uint64_t bytes) {
  return Check(used_.fetch_add(bytes, std::memory_order_relaxed) + bytes);
}

absl::Status MemoryAccount::CheckRoom(uint64_t bytes) const {
  const uint64_t used = used_.load(std::memory_order_relaxed);
  return Check(bytes > ~used ? ~uint64_t{0} : used + bytes);
}

absl::Status MemoryAccount::Check(uint64_t used) const {
  if (used <= limit_) return absl::OkStatus();
  return MakeError(ErrorCode::kLimitExceeded,
                   absl::StrCat("The statement needs more than the ", SizeText(limit_),
                                " of memory that it may use (memory limit)"));
}

absl::Status Execution::CheckInterrupted() const {
  if (morsels != nullptr && morsels->overtaken()) return absl::CancelledError();
  RETURN_IF_ERROR(stop.Check());
  if (writer == nullptr) return absl::OkStatus();
  return memory->CheckRoom(writer->written_bytes() - written_before);
}

}  // namespace entente::query
