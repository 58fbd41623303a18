// Trend: numbers that grow with others, so that what a column need hold is how far they are from a
// line: ids of articles with the days they write of, places in a text with its sentences.
#pragma once

#include <cstdint>

#include "absl/types/span.h"

namespace entente::storage {

class Trend {
 public:
  Trend() = default;
  // In 1/65,536 for each one that the guide grows.
  explicit Trend(int64_t slope) : slope_(slope) {}
  // The line of least squares through `values`, if differences from it take fewer bits than those
  // from a constant; else no slope. As many guides as values.
  static Trend Through(absl::Span<const int64_t> guides, absl::Span<const uint64_t> values);

  // What to take from a value when it is packed and to add when it is read. Wraps around.
  uint64_t At(int64_t guide) const {
    const uint64_t product = static_cast<uint64_t>(slope_) * static_cast<uint64_t>(guide);
    return static_cast<uint64_t>(static_cast<int64_t>(product) >> kFractionBits);
  }
  int64_t slope() const { return slope_; }

 private:
  static constexpr int kFractionBits = 16;

  int64_t slope_ = 0;
};

}  // namespace entente::storage
