#include "query/stack_room.h"

#include <pthread.h>

#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "engine/error.h"

namespace entente::query {
namespace {

// Measured with threads of painted stacks, and rounded up: an expression takes 1.1 KiB a level at
// most, an operator 1.2 KiB. Sanitizers and debug builds keep more in each frame.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ENTENTE_LARGE_FRAMES
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
#define ENTENTE_LARGE_FRAMES
#endif
#ifdef ENTENTE_LARGE_FRAMES
constexpr size_t kBase = 256 << 10;
constexpr size_t kOfLevel = 8 << 10;
constexpr size_t kOfOperator = 6 << 10;
#else
constexpr size_t kBase = 64 << 10;
constexpr size_t kOfLevel = 2 << 10;
constexpr size_t kOfOperator = 1280;
#endif

// The lowest address of this thread's stack; 0 where it cannot be known.
uintptr_t EndOfStack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  size_t size = 0;
  size_t guard = 0;
  const bool known = pthread_attr_getstack(&attributes, &lowest, &size) == 0 &&
                     pthread_attr_getguardsize(&attributes, &guard) == 0;
  pthread_attr_destroy(&attributes);
  return known ? reinterpret_cast<uintptr_t>(lowest) + guard : 0;
}

}  // namespace

size_t StackLeft() {
  thread_local const uintptr_t end = EndOfStack();
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (end == 0 || here < end) return std::numeric_limits<size_t>::max();
  return here - end;
}

size_t StackNeed(size_t levels, size_t operators) {
  return kBase + levels * kOfLevel + operators * kOfOperator;
}

absl::Status CheckStack(size_t bytes) {
  if (bytes <= StackLeft()) return absl::OkStatus();
  return MakeError(ErrorCode::kLimitExceeded,
                   absl::StrCat("The statement may need ", bytes >> 10,
                                " KiB of stack, more than its thread has left"));
}

}  // namespace entente::query
