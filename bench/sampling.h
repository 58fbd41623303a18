// Sampling: random numbers that are the same on every machine. Integers alone are used, since the
// last bits of pow() and log() differ from one C library to the next.
#pragma once

#include <cstdint>

namespace entente::bench {

// A stream of numbers that belongs to one record: the same (stream, index) always gives the same
// numbers, whatever was drawn before, so that any record can be made again by itself.
class Random {
 public:
  Random(uint64_t stream, uint64_t index);

  uint64_t Next();
  // 0 … bound − 1; `bound` must not be 0.
  uint64_t Below(uint64_t bound);
  // True in `percent` of a hundred cases.
  bool Chance(uint32_t percent) { return Below(100) < percent; }

 private:
  uint64_t state_;
};

// Ranks 1 … count, rank k with a probability proportional to k^(−9/q). Exact, and needs neither
// tables nor sums, so that any count costs the same.
class Zipf {
 public:
  enum class Exponent : uint32_t { k0_9 = 10, k2_25 = 4 };  // q

  // `count` must not be 0.
  Zipf(uint64_t count, Exponent exponent);

  uint64_t Draw(Random& random) const;

 private:
  uint64_t count_;
  uint32_t root_;
  int octaves_;
  // Of octave j, ranks 2^j … 2^(j+1) − 1: what the octaves up to it would weigh together if all
  // their ranks were as likely as their first.
  uint64_t weight_up_to_[64];
};

// A bijection of 0 … count − 1 onto itself that looks random, so that what is popular is not also
// first by key.
class Shuffle {
 public:
  Shuffle(uint64_t count, uint64_t stream);

  uint64_t operator()(uint64_t index) const;

 private:
  uint64_t count_;
  uint64_t stream_;
  int half_bits_;
};

}  // namespace entente::bench
