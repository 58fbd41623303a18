#include "bench/sampling.h"

#include <algorithm>

#include "storage/check.h"

namespace entente::bench {
namespace {

__extension__ typedef unsigned __int128 Wide;

// The finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
// generators", 2014).
uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;

// The product of two fractions of 2^64.
uint64_t Times(uint64_t a, uint64_t b) { return static_cast<uint64_t>((Wide{a} * b) >> 64); }

uint64_t Power(uint64_t fraction, uint32_t exponent) {
  uint64_t result = fraction;
  for (uint32_t i = 1; i < exponent; ++i) result = Times(result, fraction);
  return result;
}

}  // namespace

Random::Random(uint64_t stream, uint64_t index)
    : state_(Mix(index + kGolden * (stream + 1)) + stream) {}

uint64_t Random::Next() { return Mix(state_ += kGolden); }

uint64_t Random::Below(uint64_t bound) { return Times(Next(), bound); }

Zipf::Zipf(uint64_t count, Exponent exponent)
    : count_(count), root_(static_cast<uint32_t>(exponent)), octaves_(0) {
  ENTENTE_CHECK(count > 0);
  // 2^(−9/10) and 2^(−9/4), as fractions of 2^64.
  const uint64_t per_octave = exponent == Exponent::k0_9 ? 0x892fdf7128332131 : 0x35d13f32b5a75abd;
  uint64_t first_weight = uint64_t{1} << 63;  // of the octave's first rank; only ratios count
  uint64_t sum = 0;
  for (uint64_t first = 1;; first <<= 1) {
    const uint64_t ranks = std::min(first, count - first + 1);
    // An octave weighs at most 16 times the first one, so that this leaves room for their sum.
    sum += static_cast<uint64_t>((Wide{first_weight} * ranks) >> 16);
    weight_up_to_[octaves_++] = sum;
    first_weight = Times(first_weight, per_octave);
    if (first > count / 2) break;
  }
}

uint64_t Zipf::Draw(Random& random) const {
  // An octave by the weight it would have if all its ranks were as likely as the first; a rank in
  // it; which stays with the probability (first / rank)^(9/q), that is if u^q < (first / rank)^9.
  while (true) {
    const uint64_t at = random.Below(weight_up_to_[octaves_ - 1]);
    const int octave = static_cast<int>(
        std::upper_bound(weight_up_to_, weight_up_to_ + octaves_, at) - weight_up_to_);
    const uint64_t first = uint64_t{1} << octave;
    const uint64_t rank = first + random.Below(std::min(first, count_ - first + 1));
    if (rank == first) return rank;
    const uint64_t ratio = static_cast<uint64_t>((Wide{first} << 64) / rank);
    if (Power(random.Next(), root_) < Power(ratio, 9)) return rank;
  }
}

Shuffle::Shuffle(uint64_t count, uint64_t stream) : count_(count), stream_(stream), half_bits_(1) {
  ENTENTE_CHECK(count > 0);
  while (half_bits_ < 31 && (uint64_t{1} << (2 * half_bits_)) < count) ++half_bits_;
}

uint64_t Shuffle::operator()(uint64_t index) const {
  const uint64_t mask = (uint64_t{1} << half_bits_) - 1;
  do {
    // Four rounds of a Feistel network, repeated until the outcome is in range.
    uint64_t left = index >> half_bits_;
    uint64_t right = index & mask;
    for (uint64_t round = 0; round < 4; ++round) {
      const uint64_t next = left ^ (Mix(right + kGolden * (stream_ * 4 + round + 1)) & mask);
      left = right;
      right = next;
    }
    index = (left << half_bits_) | right;
  } while (index >= count_);
  return index;
}

}  // namespace entente::bench
