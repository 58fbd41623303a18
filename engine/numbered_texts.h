// NumberedTexts: finds texts that are a prefix and a number, such as story:1351, by the number, as
// long as those of one prefix lie close together. Keys are often of this kind, and one that was
// counted up with others is asked for together with them: an array of them is nearer than a hash
// table of texts.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"

namespace entente {

using TextId = uint32_t;
inline constexpr TextId kNoText = ~TextId{0};

// All may be called from any thread.
class NumberedTexts {
 public:
  NumberedTexts() = default;
  NumberedTexts(const NumberedTexts&) = delete;
  NumberedTexts& operator=(const NumberedTexts&) = delete;

  // The number that a text was entered with; kNoText: it is of another kind, or was not entered.
  TextId Find(absl::string_view text) const;
  // Does nothing for texts of another kind and for numbers that lie far from others. One text is
  // entered by one thread at a time.
  void Enter(absl::string_view text, TextId id);
  // Gives back all memory, while nobody else is here.
  void Clear();

 private:
  using Id = std::atomic<TextId>;
  static constexpr size_t kSeries = 8;
  static constexpr size_t kIdsOfChunk = size_t{1} << 14;
  static constexpr size_t kChunks = size_t{1} << 12;

  // The numbers of one prefix, from `first` on. Prefix and first stay as they are.
  struct Series {
    std::string prefix;
    uint64_t first = 0;
    std::array<std::atomic<Id*>, kChunks> chunks{};
    std::array<std::unique_ptr<Id[]>, kChunks> owned;  // the same
    // Different numbers, about. Far from what Find reads, which would else wait for its changes.
    alignas(64) std::atomic<uint64_t> entered{0};
  };

  // The series of a text, and its number; null when there is none.
  Series* SeriesOf(absl::string_view text, uint64_t* number) const;
  // The series of the prefix, which begins near the number if it is new; null when there are too
  // many. With the mutex held.
  Series* NewSeries(absl::string_view prefix, uint64_t number);

  std::atomic<size_t> size_{0};
  std::array<std::unique_ptr<Series>, kSeries> series_;  // the first size_
  std::mutex mutex_;                                     // of making series and chunks
};

}  // namespace entente
