// CachedReads: a reader's way through the cache. Holds the pin, the time it reads as of, and
// decides whether its view may use the cache at all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

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
  // The same of many keys at once, and sooner: take(i, entry or nullptr) is called for each, in
  // order.
  template <typename T, typename KeyOf, typename Take>
  void FindMany(size_t count, const KeyOf& key_of, const Take& take) const {
    if (cache_ == nullptr) {
      for (size_t i = 0; i < count; ++i) take(i, static_cast<const T*>(nullptr));
      return;
    }
    cache_->FindMany(*pin_, count, key_of, sequence_, [&](size_t i, const ReadCache::Entry* entry) {
      found_ += entry != nullptr;
      take(i, static_cast<const T*>(entry));
    });
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
