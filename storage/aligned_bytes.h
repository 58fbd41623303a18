// Bytes at an address that is a multiple of eight, as FlatBuffers need them; RocksDB's may lie at
// any. Copies those that do not, so that what points into them lives as long as this object.
#pragma once

#include <cstdint>
#include <cstring>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"

namespace entente::storage {

class AlignedBytes {
 public:
  explicit AlignedBytes(absl::string_view bytes) : bytes_(bytes) {
    if (bytes.empty() || reinterpret_cast<uintptr_t>(bytes.data()) % sizeof(uint64_t) == 0) return;
    copy_.resize((bytes.size() + sizeof(uint64_t) - 1) / sizeof(uint64_t));
    std::memcpy(copy_.data(), bytes.data(), bytes.size());
    bytes_ = absl::string_view(reinterpret_cast<const char*>(copy_.data()), bytes.size());
  }
  AlignedBytes(const AlignedBytes&) = delete;
  AlignedBytes& operator=(const AlignedBytes&) = delete;

  const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(bytes_.data()); }
  size_t size() const { return bytes_.size(); }

 private:
  absl::InlinedVector<uint64_t, 64> copy_;
  absl::string_view bytes_;
};

}  // namespace entente::storage
