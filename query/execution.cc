#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "query/operator.h"

namespace entente::query {

absl::Status CheckInterrupted(const std::atomic<bool>* interrupted) {
  if (interrupted != nullptr && interrupted->load(std::memory_order_relaxed)) {
    return MakeError(ErrorCode::kInterrupted, "The statement was interrupted");
  }
  return absl::OkStatus();
}

absl::Status Execution::Charge(uint64_t bytes) {
  memory_used += bytes;
  return CheckRoom(0);
}

absl::Status Execution::CheckRoom(uint64_t bytes) const {
  if (memory_used <= memory_limit && bytes <= memory_limit - memory_used) return absl::OkStatus();
  return MakeError(ErrorCode::kLimitExceeded,
                   absl::StrCat("The statement needs more than the ", memory_limit >> 20,
                                " MiB of memory that it may use"));
}

}  // namespace entente::query
