#include "storage/trend.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace entente::storage {
namespace {

// Beyond it no line is worth a column.
constexpr double kSteepest = 1e12;

// Bits of the offsets of a column of differences.
int Width(Trend trend, absl::Span<const int64_t> guides, absl::Span<const uint64_t> values) {
  int64_t least = static_cast<int64_t>(values[0] - trend.At(guides[0]));
  int64_t greatest = least;
  for (size_t i = 1; i < values.size(); ++i) {
    const int64_t difference = static_cast<int64_t>(values[i] - trend.At(guides[i]));
    least = std::min(least, difference);
    greatest = std::max(greatest, difference);
  }
  return std::bit_width(static_cast<uint64_t>(greatest) - static_cast<uint64_t>(least));
}

}  // namespace

Trend Trend::Through(absl::Span<const int64_t> guides, absl::Span<const uint64_t> values) {
  if (values.size() < 2) return Trend();
  // Counted from the first point, so that large numbers lose no digits.
  double sum_x = 0;
  double sum_y = 0;
  double sum_xx = 0;
  double sum_xy = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(guides[i]) - static_cast<double>(guides[0]);
    const double y = static_cast<double>(static_cast<int64_t>(values[i] - values[0]));
    sum_x += x;
    sum_y += y;
    sum_xx += x * x;
    sum_xy += x * y;
  }
  const double n = static_cast<double>(values.size());
  const double spread = n * sum_xx - sum_x * sum_x;
  if (!(spread > 0)) return Trend();
  const double slope = (n * sum_xy - sum_x * sum_y) / spread * (1 << kFractionBits);
  if (!(std::abs(slope) >= 1 && std::abs(slope) < kSteepest)) return Trend();
  const Trend trend(std::llround(slope));
  return Width(trend, guides, values) < Width(Trend(), guides, values) ? trend : Trend();
}

}  // namespace entente::storage
