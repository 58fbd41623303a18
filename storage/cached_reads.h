// CachedReads: a reader's way through the cache. Holds the pin, the time it reads as of, and
// decides whether its view may use the cache at all.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/types/span.h"
#include "storage/keys.h"
#include "storage/page_reads.h"
#include "storage/read_cache.h"
#include "storage/view.h"

namespace entente::storage {

class CachedReads {
 public:
  // Entries are found that follow from keys of `family`. The view must outlive this.
  CachedReads(const View& view, Family family) : view_(view), family_(family) {}
  ~CachedReads() { CountFound(); }
  CachedReads(const CachedReads&) = delete;
  CachedReads& operator=(const CachedReads&) = delete;

  // Lets go of everything found so far and begins anew, as of what the view sees now.
  void Begin() {
    CountFound();
    cache_ = view_.CacheOf(family_);
    if (cache_ == nullptr) {
      pin_.reset();
      return;
    }
    sequence_ = view_.sequence();
    if (pin_.has_value()) {
      pin_->Renew();
    } else {
      pin_.emplace(*cache_);
    }
  }
  // Lets go of everything until the next Begin.
  void Release() {
    cache_ = nullptr;
    if (pin_.has_value()) pin_->Release();
  }

  // The entry if the cache has it, until Begin or Release. T is what goes with the kind of key.
  template <typename T>
  const T* Find(CacheKey key) const {
    if (cache_ == nullptr) return nullptr;
    const T* found = static_cast<const T*>(cache_->Find(*pin_, key, sequence_));
    found_ += found != nullptr;
    return found;
  }
  // The same of many at once, and sooner: found[i] becomes the entry of keys[i].
  template <typename T>
  void FindMany(absl::Span<const CacheKey> keys, absl::Span<const T*> found) const {
    if (cache_ == nullptr) {
      std::fill(found.begin(), found.end(), nullptr);
      return;
    }
    // So many are on the stack.
    constexpr size_t kAtOnce = 256;
    std::array<const ReadCache::Entry*, kAtOnce> entries;
    for (size_t begin = 0; begin < keys.size(); begin += kAtOnce) {
      const absl::Span<const CacheKey> part = keys.subspan(begin, kAtOnce);
      cache_->FindMany(*pin_, part, sequence_, entries.data());
      for (size_t i = 0; i < part.size(); ++i) {
        found[begin + i] = static_cast<const T*>(entries[i]);
        found_ += entries[i] != nullptr;
      }
    }
  }
  // Whether the cache takes something without giving up something else.
  bool HasRoom() const { return cache_ != nullptr && cache_->HasRoom(); }
  // Offers what was read. It stays until Begin or Release, or as long as `*owner`, which has it
  // when the cache does not take it.
  template <typename T>
  const T* Keep(CacheKey key, ReadCache::Worth worth, std::unique_ptr<T> entry,
                std::unique_ptr<ReadCache::Entry>* owner) {
    const T* kept = entry.get();
    *owner = std::move(entry);
    if (cache_ != nullptr) cache_->Offer(*pin_, key, sequence_, worth, owner);
    return kept;
  }

 private:
  void CountFound() {
    if (found_ > 0) CountCachedReads(found_);
    found_ = 0;
  }

  const View& view_;
  const Family family_;
  mutable uint64_t found_ = 0;  // not yet counted
  ReadCache* cache_ = nullptr;  // nullptr: nothing is found
  uint64_t sequence_ = 0;
  std::optional<ReadCache::Pin> pin_;
};

}  // namespace entente::storage
