#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "query/operator.h"

namespace entente::query {

absl::Status Execution::CheckInterrupted() const {
  if (interrupted != nullptr && interrupted->load(std::memory_order_relaxed)) {
    return MakeError(ErrorCode::kInterrupted, "The statement was interrupted");
  }
  return absl::OkStatus();
}

absl::Status Execution::Charge(uint64_t bytes) {
  memory_used += bytes;
  if (memory_used <= memory_limit) return absl::OkStatus();
  return MakeError(ErrorCode::kLimitExceeded,
                   absl::StrCat("The statement needs more than the ", memory_limit >> 20,
                                " MiB of memory that it may use"));
}

}  // namespace entente::query
