#include "storage/read_cache.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <utility>

#include "storage/check.h"

namespace entente::storage {
namespace {

constexpr uint64_t kChanging = std::numeric_limits<uint64_t>::max();
constexpr size_t kCacheLine = 64;
constexpr int kAddressBits = 48;
constexpr uint64_t kAddressMask = (uint64_t{1} << kAddressBits) - 1;

// Slots for entries of this size fill the budget; most are larger.
constexpr size_t kSmallEntry = 256;
// Entries that have left and are still pinned may take this share of the budget beside it.
constexpr size_t kWaitingShare = 8;

uint64_t Mix(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

std::atomic_ref<uint64_t> Atomic(uint64_t* slot) { return std::atomic_ref<uint64_t>(*slot); }

// Spreads the threads over the places for pins.
size_t FirstPlace() {
  static std::atomic<size_t> threads{0};
  thread_local const size_t mine = threads.fetch_add(8, std::memory_order_relaxed);
  return mine;
}

}  // namespace

void AppendCacheKeys(Family family, absl::string_view key, const Geometry& geometry,
                     std::vector<CacheKey>* keys) {
  KeyReader reader(key);
  uint8_t kind;
  uint64_t id;
  uint32_t chunk;
  switch (family) {
    case Family::kDictionary:
      keys->push_back(CacheKey::Bearers(key));
      return;
    case Family::kEntities:
      if (reader.U64(&id)) keys->push_back(CacheKey::Node(id));
      return;
    case Family::kArticles:
      // Blocks are written by bulk loads alone, for articles that nobody can have read before.
      if (!reader.U8(&kind) || static_cast<ArticleKey>(kind) != ArticleKey::kLoose ||
          !reader.U64(&id)) {
        return;
      }
      keys->push_back(CacheKey::Node(id));
      keys->push_back(CacheKey::Articles((id - kFirstArticle) / kSegmentArticles));
      return;
    case Family::kAdjacency:
      if (reader.U8(&kind) && reader.U64(&id) && reader.U32(&chunk)) {
        keys->push_back(CacheKey::Page(static_cast<Direction>(kind), id, chunk));
        keys->push_back(CacheKey::Segment(static_cast<Direction>(kind), id / kSegmentNodes));
      }
      return;
    case Family::kFacts:
      if (!reader.U8(&kind) || !reader.U64(&id)) return;
      if (static_cast<FactKey>(kind) != FactKey::kBlock) id /= geometry.block_facts;
      keys->push_back(CacheKey::FactBlock(id));
      keys->push_back(CacheKey::Corroborations(id));
      keys->push_back(CacheKey::Evidence(id));
      return;
    case Family::kCatalogue: {
      uint8_t direction;
      if (!reader.U8(&kind) || static_cast<CatalogueKey>(kind) != CatalogueKey::kChunkSummary ||
          !reader.U8(&direction) || !reader.U64(&id) || !reader.U32(&chunk)) {
        return;
      }
      keys->push_back(CacheKey::Chunks(static_cast<Direction>(direction), id));
      // The first page knows whether it is the only one.
      if (chunk == 0) keys->push_back(CacheKey::Page(static_cast<Direction>(direction), id, 0));
      return;
    }
    default:
      return;
  }
}

void ReadCache::Pin::Renew() {
  Release();
  const size_t first = FirstPlace();
  for (size_t i = 0; i < kPins; ++i) {
    std::atomic<uint64_t>& place = cache_.places_[(first + i) % kPins].epoch;
    uint64_t expected = 0;
    if (place.load(std::memory_order_relaxed) == 0 &&
        place.compare_exchange_strong(expected, cache_.epoch_.load())) {
      place_ = &place;
      return;
    }
  }
}

void ReadCache::Pin::Release() {
  if (place_ != nullptr) place_->store(0);
  place_ = nullptr;
}

void ReadCache::FreeMemory::operator()(void* memory) const { std::free(memory); }

ReadCache::ReadCache(size_t budget)
    : budget_(budget), changed_(kStamps, 0), turned_away_(kStamps, 0) {
  if (budget == 0) return;
  set_count_ = std::bit_ceil(std::max<size_t>(budget / kSmallEntry / kWays, 1));
  set_mask_ = set_count_ - 1;
  const size_t slots = set_count_ * kWays;
  // calloc leaves large memory untouched, so that opening a database does not pay for it.
  memory_.reset(std::calloc(slots + kCacheLine / sizeof(uint64_t), sizeof(uint64_t)));
  ENTENTE_CHECK(memory_ != nullptr);
  const uintptr_t address = reinterpret_cast<uintptr_t>(memory_.get());
  filled_.resize((slots + kPageSlots - 1) / kPageSlots);
  slots_ = reinterpret_cast<uint64_t*>((address + kCacheLine - 1) / kCacheLine * kCacheLine);
}

ReadCache::~ReadCache() {
  absl::MutexLock lock(&mutex_);
  RemoveAll();
  FreeUnpinned();
  ENTENTE_CHECK(leaving_.empty());
}

uint64_t ReadCache::HashOf(CacheKey key) {
  return Mix(key.id ^ 0x9e3779b97f4a7c15, key.what ^ 0xd1b54a32d192ed03);
}

// The slots are read in one total order with the pins' places (the default of atomics): a pin that
// took its place after an entry left its slot does not find it.
const ReadCache::Entry* ReadCache::Locate(CacheKey key, uint64_t hash, uint64_t** slot) const {
  const uint64_t tag = hash >> kAddressBits;
  uint64_t* set = SetOf(hash);
  for (size_t way = 0; way < kWays; ++way) {
    const uint64_t value = Atomic(set + way).load();
    if (value == 0 || value >> kAddressBits != tag) continue;
    const Entry* entry = reinterpret_cast<const Entry*>(value & kAddressMask);
    if (!(entry->key_ == key)) continue;
    *slot = set + way;
    return entry;
  }
  return nullptr;
}

const ReadCache::Entry* ReadCache::Guess(uint64_t hash) const {
  uint64_t* const set = SetOf(hash);
  for (size_t way = 0; way < kWays; ++way) {
    const uint64_t value = Atomic(set + way).load();
    if (value != 0 && value >> kAddressBits == hash >> kAddressBits) {
      return reinterpret_cast<const Entry*>(value & kAddressMask);
    }
  }
  return nullptr;
}

// Seldom written, so that readers on other cores keep the line.
void ReadCache::Use(const Entry& entry) {
  if (!entry.used_.load(std::memory_order_relaxed)) {
    entry.used_.store(true, std::memory_order_relaxed);
  }
}

const ReadCache::Entry* ReadCache::Find(const Pin& pin, CacheKey key, uint64_t sequence) const {
  if (pin.place_ == nullptr || slots_ == nullptr) return nullptr;
  uint64_t* slot;
  const Entry* entry = Locate(key, HashOf(key), &slot);
  if (entry == nullptr || entry->since_ > sequence) return nullptr;
  Use(*entry);
  return entry;
}

const ReadCache::Entry* ReadCache::Offer(const Pin& pin, CacheKey key, uint64_t sequence,
                                         Worth worth, std::unique_ptr<Entry>* entry) {
  if (pin.place_ == nullptr || slots_ == nullptr) return nullptr;
  const uint64_t hash = HashOf(key);
  const uint64_t address = reinterpret_cast<uintptr_t>(entry->get());
  if (address >> kAddressBits != 0) return nullptr;
  const size_t bytes = (*entry)->bytes();
  absl::MutexLock lock(&mutex_);
  const uint64_t changed = changed_[hash % kStamps];
  if (changed > sequence) return nullptr;
  if (!MakeRoom(bytes, worth, hash)) return nullptr;
  uint64_t* slot;
  if (Locate(key, hash, &slot) != nullptr) {
    Remove(slot);
  } else {
    slot = ClearWay(hash);
  }
  (*entry)->key_ = key;
  (*entry)->since_ = changed;
  (*entry)->counted_bytes_ = bytes;
  (*entry)->used_.store(true, std::memory_order_relaxed);
  ++usage_.entries;
  usage_.bytes += bytes;
  filled_[static_cast<size_t>(slot - slots_) / kPageSlots] = true;
  Atomic(slot).store(address | hash >> kAddressBits << kAddressBits);
  return entry->release();
}

bool ReadCache::HasRoom() const {
  absl::MutexLock lock(&mutex_);
  return usage_.bytes < budget_;
}

bool ReadCache::MakeRoom(size_t bytes, Worth worth, uint64_t hash) {
  const auto fits = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return usage_.bytes + bytes <= budget_;
  };
  if (fits()) return true;
  if (bytes > budget_ / 4) return false;
  if (worth == Worth::kOnSecondOffer) {
    const uint16_t tag = static_cast<uint16_t>(hash >> kAddressBits) | 1;
    uint16_t& last = turned_away_[hash % kStamps];
    if (std::exchange(last, tag) != tag) return false;
    last = 0;
  }
  const size_t most_waiting = budget_ / kWaitingShare;
  if (usage_.waiting_bytes + bytes > most_waiting) FreeUnpinned();
  if (usage_.waiting_bytes + bytes > most_waiting) return false;
  while (!fits()) {
    if (!EvictOne()) return false;
  }
  return true;
}

uint64_t* ReadCache::ClearWay(uint64_t hash) {
  uint64_t* set = SetOf(hash);
  uint64_t* victim = set + (hash >> 40) % kWays;
  for (size_t way = 0; way < kWays; ++way) {
    if (set[way] == 0) return set + way;
    const Entry* entry = reinterpret_cast<const Entry*>(set[way] & kAddressMask);
    if (!entry->used_.load(std::memory_order_relaxed)) victim = set + way;
  }
  Remove(victim);
  return victim;
}

bool ReadCache::EvictOne() {
  if (usage_.entries == 0) return false;
  const size_t slots = set_count_ * kWays;
  while (true) {
    uint64_t* slot = slots_ + hand_;
    hand_ = (hand_ + 1) % slots;
    if (*slot == 0) continue;
    const Entry* entry = reinterpret_cast<const Entry*>(*slot & kAddressMask);
    if (entry->used_.exchange(false, std::memory_order_relaxed)) continue;
    Remove(slot);
    return true;
  }
}

void ReadCache::Remove(uint64_t* slot) {
  const uint64_t value = Atomic(slot).exchange(0);
  std::unique_ptr<const Entry> entry(reinterpret_cast<const Entry*>(value & kAddressMask));
  --usage_.entries;
  usage_.bytes -= entry->counted_bytes_;
  usage_.waiting_bytes += entry->counted_bytes_;
  leaving_.push_back({epoch_.fetch_add(1), std::move(entry)});
  if (usage_.waiting_bytes > budget_ / kWaitingShare / 2) FreeUnpinned();
}

void ReadCache::FreeUnpinned() {
  uint64_t oldest = kChanging;
  for (const Place& place : places_) {
    const uint64_t epoch = place.epoch.load();
    if (epoch != 0) oldest = std::min(oldest, epoch);
  }
  while (!leaving_.empty() && leaving_.front().epoch < oldest) {
    usage_.waiting_bytes -= leaving_.front().entry->counted_bytes_;
    leaving_.pop_front();
  }
}

// Most of the memory was never touched when a process ends soon.
void ReadCache::RemoveAll() {
  for (size_t page = 0; usage_.entries > 0; ++page) {
    if (!filled_[page]) continue;
    filled_[page] = false;
    const size_t end = std::min((page + 1) * kPageSlots, set_count_ * kWays);
    for (size_t i = page * kPageSlots; i < end; ++i) {
      if (slots_[i] != 0) Remove(slots_ + i);
    }
  }
}

void ReadCache::BeginChange(absl::Span<const CacheKey> keys) {
  absl::MutexLock lock(&mutex_);
  for (const CacheKey& key : keys) {
    const uint64_t hash = HashOf(key);
    changed_[hash % kStamps] = kChanging;
    uint64_t* slot;
    if (slots_ != nullptr && Locate(key, hash, &slot) != nullptr) Remove(slot);
  }
}

void ReadCache::EndChange(absl::Span<const CacheKey> keys, uint64_t sequence) {
  absl::MutexLock lock(&mutex_);
  for (const CacheKey& key : keys) changed_[HashOf(key) % kStamps] = sequence;
}

void ReadCache::BeginChangeOfAll() {
  absl::MutexLock lock(&mutex_);
  std::fill(changed_.begin(), changed_.end(), kChanging);
  RemoveAll();
}

void ReadCache::EndChangeOfAll(uint64_t sequence) {
  absl::MutexLock lock(&mutex_);
  std::fill(changed_.begin(), changed_.end(), sequence);
}

void ReadCache::Clear() {
  absl::MutexLock lock(&mutex_);
  RemoveAll();
  FreeUnpinned();
}

ReadCache::Usage ReadCache::usage() const {
  absl::MutexLock lock(&mutex_);
  return usage_;
}

}  // namespace entente::storage
