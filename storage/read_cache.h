// What was read and decoded, kept in memory for the next reader: adjacency pages and segments of
// them, chunk directories, node records, blocks of facts, bearers of keys. One bound in bytes for
// all of them.
//
// An entry carries the sequence number since which it holds; a reader of an older snapshot does not
// find it and reads the database instead. A commit removes what it changes before it is written, so
// that an entry that is found by a snapshot is what this snapshot holds.
//
// Finding takes no lock. Entries that leave the cache are freed when no Pin is left that may have
// found them. Those that wait for this take up to an eighth of the bound beside it; then nothing is
// admitted any more that another entry would have to leave for.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "storage/ids.h"
#include "storage/keys.h"
#include "storage/store.h"

namespace entente::storage {

// The edges of so many consecutive nodes, in one direction, make a segment.
inline constexpr uint64_t kSegmentNodes = 256;

// So do so many consecutive articles.
inline constexpr uint64_t kSegmentArticles = 1024;

// Names what an entry holds.
struct CacheKey {
  enum Kind : uint8_t {
    kPage,
    kChunks,
    kSegment,
    kNode,
    kArticles,
    kFactBlock,
    kCorroborations,
    kEvidence,
    kBearers
  };

  static CacheKey Page(Direction direction, NodeId node, uint32_t chunk) {
    return {Of(kPage, direction) | chunk, node};
  }
  static CacheKey Segment(Direction direction, uint64_t segment) {
    return {Of(kSegment, direction), segment};
  }
  static CacheKey Chunks(Direction direction, NodeId node) {
    return {Of(kChunks, direction), node};
  }
  static CacheKey Node(NodeId node) { return {Of(kNode, Direction::kOut), node}; }
  static CacheKey Articles(uint64_t segment) { return {Of(kArticles, Direction::kOut), segment}; }
  static CacheKey FactBlock(uint64_t block) { return {Of(kFactBlock, Direction::kOut), block}; }
  // What the evidence of a block's facts amounts to.
  static CacheKey Corroborations(uint64_t block) {
    return {Of(kCorroborations, Direction::kOut), block};
  }
  // Their evidence without its words.
  static CacheKey Evidence(uint64_t block) { return {Of(kEvidence, Direction::kOut), block}; }
  // Of an external key; few keys have one in common.
  static CacheKey Bearers(absl::string_view key) {
    return {Of(kBearers, Direction::kOut), absl::Hash<absl::string_view>()(key)};
  }

  uint64_t what = 0;
  uint64_t id = 0;
  friend bool operator==(const CacheKey&, const CacheKey&) = default;

 private:
  static uint64_t Of(Kind kind, Direction direction) {
    return uint64_t{kind} << 40 | uint64_t{static_cast<uint8_t>(direction)} << 32;
  }
};

// What a change of a key of the database changes.
void AppendCacheKeys(Family family, absl::string_view key, const Geometry& geometry,
                     std::vector<CacheKey>* keys);

class ReadCache {
 public:
  class Entry {
   public:
    virtual ~Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    // The memory may be more than the type's.
    static void operator delete(void* memory) { ::operator delete(memory); }

   protected:
    Entry() = default;
    // An entry with so many bytes behind it, which are where the processor's cache expects them. T
    // is a friend of this class.
    template <typename T>
    static std::unique_ptr<T> MakeWith(size_t bytes_behind) {
      static_assert(sizeof(T) % sizeof(uint64_t) == 0);
      return std::unique_ptr<T>(::new (::operator new(sizeof(T) + bytes_behind)) T());
    }

   private:
    friend class ReadCache;
    // Memory in all, the entry's own included.
    virtual size_t bytes() const = 0;

    CacheKey key_;
    uint64_t since_ = 0;
    size_t counted_bytes_ = 0;
    mutable std::atomic<bool> used_{false};  // since the hand last passed
  };

  // While a pin lives, what was found or admitted with it stays. Cheap to make and to renew; meant
  // for the time of one batch, because it keeps back memory. Used by one thread at a time.
  class Pin {
   public:
    explicit Pin(const ReadCache& cache) : cache_(cache) { Renew(); }
    ~Pin() { Release(); }
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;

    // Lets go of everything and begins anew.
    void Renew();
    void Release();

   private:
    friend class ReadCache;
    const ReadCache& cache_;
    std::atomic<uint64_t>* place_ = nullptr;  // nullptr: too many pins, nothing is found with it
  };

  // Keeps nothing when `budget` is 0.
  explicit ReadCache(size_t budget);
  // Every pin must be gone.
  ~ReadCache();
  ReadCache(const ReadCache&) = delete;
  ReadCache& operator=(const ReadCache&) = delete;

  // The entry, if there is one that holds as of `sequence`.
  const Entry* Find(const Pin& pin, CacheKey key, uint64_t sequence) const;
  // The same of keys key_of(i): take(i, entry or nullptr) is called for each, in order. Entries are
  // far from each other in memory, so what is read of some is on its way while others are looked
  // for.
  template <typename KeyOf, typename Take>
  void FindMany(const Pin& pin, size_t count, const KeyOf& key_of, uint64_t sequence,
                const Take& take) const;

  // Whether an entry is worth a place that others have to give up.
  enum class Worth : uint8_t { kOnSecondOffer, kAtOnce };
  // Offers what was read at `sequence`, in place of an entry that may be there. An entry that is
  // admitted is taken out of `*entry`.
  const Entry* Offer(const Pin& pin, CacheKey key, uint64_t sequence, Worth worth,
                     std::unique_ptr<Entry>* entry);

  // Whether there is memory left in the budget.
  bool HasRoom() const;

  // The writer, before and after it changes what the keys stand for: in between nothing of them is
  // found or admitted. `sequence` is the latest one after the change.
  void BeginChange(absl::Span<const CacheKey> keys);
  void EndChange(absl::Span<const CacheKey> keys, uint64_t sequence);
  // The same of everything that there is.
  void BeginChangeOfAll();
  void EndChangeOfAll(uint64_t sequence);

  // Lets go of everything.
  void Clear();

  struct Usage {
    size_t entries = 0;
    size_t bytes = 0;
    size_t waiting_bytes = 0;  // of entries that have left and are still pinned
  };
  Usage usage() const;

 private:
  static constexpr size_t kWays = 8;
  static constexpr size_t kStamps = 1 << 14;
  static constexpr size_t kPageSlots = 512;  // in a page of memory
  static constexpr size_t kPins = 128;
  struct alignas(64) Place {
    std::atomic<uint64_t> epoch{0};  // 0: free
  };
  struct FreeMemory {
    void operator()(void* memory) const;
  };

  static uint64_t HashOf(CacheKey key);
  uint64_t* SetOf(uint64_t hash) const { return slots_ + (hash & set_mask_) * kWays; }
  static void Use(const Entry& entry);
  // An entry that is probably the one of a key with this hash, nullptr when there is none.
  const Entry* Guess(uint64_t hash) const;
  // The key's entry, of whatever time, and its slot; nullptr when there is none.
  const Entry* Locate(CacheKey key, uint64_t hash, uint64_t** slot) const;
  bool MakeRoom(size_t bytes, Worth worth, uint64_t hash) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The slot to fill, emptied when all of the set are taken.
  uint64_t* ClearWay(uint64_t hash) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Moves the hand until an entry has left; false when there is none.
  bool EvictOne() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remove(uint64_t* slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FreeUnpinned() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t budget_;
  // Sets of kWays slots. A slot is 0, or an entry's address with 16 bits of its key's hash above.
  // Memory that was never touched costs nothing.
  std::unique_ptr<void, FreeMemory> memory_;
  uint64_t* slots_ = nullptr;
  uint64_t set_mask_ = 0;
  size_t set_count_ = 0;

  mutable std::array<Place, kPins> places_;
  std::atomic<uint64_t> epoch_{1};

  mutable absl::Mutex mutex_;  // of everything that changes the slots
  struct Leaving {
    uint64_t epoch;
    std::unique_ptr<const Entry> entry;
  };
  std::deque<Leaving> leaving_ ABSL_GUARDED_BY(mutex_);
  Usage usage_ ABSL_GUARDED_BY(mutex_);
  size_t hand_ ABSL_GUARDED_BY(mutex_) = 0;
  // When the keys of some hash changed last.
  std::vector<uint64_t> changed_ ABSL_GUARDED_BY(mutex_);
  // Of every kPageSlots slots, whether there may be an entry among them.
  std::vector<bool> filled_ ABSL_GUARDED_BY(mutex_);
  // Hashes that were offered lately and turned away.
  std::vector<uint16_t> turned_away_ ABSL_GUARDED_BY(mutex_);
};

template <typename KeyOf, typename Take>
void ReadCache::FindMany(const Pin& pin, size_t count, const KeyOf& key_of, uint64_t sequence,
                         const Take& take) const {
  // Memory answers after about as long as so many keys take.
  constexpr size_t kAhead = 16;
  if (count < kAhead || pin.place_ == nullptr || slots_ == nullptr) {
    for (size_t i = 0; i < count; ++i) take(i, Find(pin, key_of(i), sequence));
    return;
  }
  struct Sought {
    CacheKey key;
    uint64_t hash;
    const Entry* guess;
  };
  std::array<Sought, 2 * kAhead> ring;
  const auto at = [&](size_t i) -> Sought& { return ring[i % ring.size()]; };
  for (size_t i = 0; i < count + 2 * kAhead; ++i) {
    if (i >= 2 * kAhead) {
      const Sought& due = at(i);
      const Entry* entry = due.guess;
      uint64_t* slot;
      if (entry != nullptr && !(entry->key_ == due.key)) entry = Locate(due.key, due.hash, &slot);
      if (entry != nullptr && entry->since_ > sequence) entry = nullptr;
      if (entry != nullptr) Use(*entry);
      take(i - 2 * kAhead, entry);
    }
    if (i >= kAhead && i - kAhead < count) {
      Sought& soon = at(i - kAhead);
      soon.guess = Guess(soon.hash);
      if (soon.guess != nullptr) {
        // What most kinds of entries are asked first stands behind what is common to all.
        __builtin_prefetch(soon.guess);
        __builtin_prefetch(soon.guess + 1);
      }
    }
    if (i < count) {
      Sought& later = at(i);
      later.key = key_of(i);
      later.hash = HashOf(later.key);
      __builtin_prefetch(SetOf(later.hash));
    }
  }
}

}  // namespace entente::storage
