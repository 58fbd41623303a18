// Fingerprint: a number for a set of things, which `check` compares sets with.
#pragma once

#include <cstdint>

namespace entente::storage {

// A number that two sets of equal things share: the sum of a mixed hash of each. Lets both
// directions of adjacency be compared with the facts without keeping them.
class Fingerprint {
 public:
  template <typename... T>
  void Add(const T&... parts) {
    uint64_t hash = 0x9e3779b97f4a7c15;
    ((hash = Mix(hash ^ static_cast<uint64_t>(parts))), ...);
    sum_ += hash;
    ++count_;
  }
  template <typename... T>
  void Remove(const T&... parts) {
    Fingerprint other;
    other.Add(parts...);
    sum_ -= other.sum_;
    --count_;
  }
  uint64_t count() const { return count_; }
  bool operator==(const Fingerprint& other) const = default;

 private:
  static uint64_t Mix(uint64_t v) {
    v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9;
    v = (v ^ (v >> 27)) * 0x94d049bb133111eb;
    return v ^ (v >> 31);
  }

  uint64_t sum_ = 0;
  uint64_t count_ = 0;
};

}  // namespace entente::storage
