#include "engine/text_table.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <numeric>

#include "absl/hash/hash.h"
#include "absl/types/span.h"

namespace entente {
namespace {

constexpr size_t kBlockBytes = 16 << 20;
constexpr size_t kBytesOfShard = 64 << 10;  // taken at once
constexpr size_t kFirstSlots = 256;

// The bits of a slot that hold an address, and the others.
constexpr int kAddressBits = 48;
constexpr uint64_t kAddress = (uint64_t{1} << kAddressBits) - 1;

uint64_t HashOf(absl::string_view text) { return absl::Hash<absl::string_view>{}(text); }
// The shard is told by the other half.
uint32_t HashInShard(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

uint64_t Tag(uint32_t hash) { return uint64_t{hash >> 16} << kAddressBits; }

}  // namespace

// The slot of the text, or the free one where it belongs.
size_t TextTable::Shard::Probe(uint32_t hash, absl::string_view text) const {
  const size_t mask = slots.size() - 1;
  size_t at = hash & mask;
  for (; slots[at] != 0; at = (at + 1) & mask) {
    if ((slots[at] & ~kAddress) != Tag(hash)) continue;
    const TextEntry* const entry = reinterpret_cast<const TextEntry*>(slots[at] & kAddress);
    if (entry->hash == hash && entry->text() == text) break;
  }
  return at;
}

void TextTable::Shard::Reserve(size_t texts) {
  size_t needed = std::max(slots.size(), kFirstSlots);
  while ((entries.size() + texts) * 3 > needed * 2) needed *= 2;
  if (needed == slots.size()) return;
  slots.assign(needed, 0);
  const size_t mask = needed - 1;
  for (const TextEntry* const entry : entries) {
    size_t at = entry->hash & mask;
    while (slots[at] != 0) at = (at + 1) & mask;
    slots[at] = Tag(entry->hash) | reinterpret_cast<uint64_t>(entry);
  }
}

char* TextTable::Memory::Take(size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (bytes > left_) {
    left_ = std::max(bytes, kBlockBytes);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
  }
  left_ -= bytes;
  return blocks_.back().get() + left_;
}

const TextEntry* TextTable::Shard::Keep(uint32_t hash, absl::string_view text, Memory* more) {
  constexpr size_t kAlign = alignof(TextEntry);
  const size_t bytes = (sizeof(TextEntry) + text.size() + kAlign - 1) / kAlign * kAlign;
  if (bytes > memory_left) {
    memory_left = std::max(bytes, kBytesOfShard);
    memory = more->Take(memory_left);
  }
  TextEntry* const entry = new (memory)
      TextEntry{hash, static_cast<uint32_t>(entries.size()), static_cast<uint32_t>(text.size())};
  std::memcpy(entry + 1, text.data(), text.size());
  memory += bytes;
  memory_left -= bytes;
  return entry;
}

// There must be room.
const TextEntry* TextTable::Shard::Enter(uint32_t hash, absl::string_view text, Memory* more) {
  const size_t at = Probe(hash, text);
  if (slots[at] == 0) {
    const TextEntry* const entry = Keep(hash, text, more);
    entries.push_back(entry);
    slots[at] = Tag(hash) | reinterpret_cast<uint64_t>(entry);
  }
  return reinterpret_cast<const TextEntry*>(slots[at] & kAddress);
}

TextId TextTable::Enter(absl::string_view text) {
  if (text.empty()) return kNoText;
  const TextId known = numbered_.Find(text);
  if (known != kNoText) return known;
  const uint64_t hash = HashOf(text);
  const uint32_t number = hash & (kShards - 1);
  Shard& shard = shards_[number];
  const std::lock_guard lock(shard.mutex);
  shard.Reserve(1);
  const TextId id = shard.Enter(HashInShard(hash), text, &memory_)->index << kShardBits | number;
  numbered_.Enter(text, id);
  return id;
}

TextBatch::TextBatch(TextTable& table) : table_(table), known_(kKnown) {}

void TextBatch::Add(absl::string_view text, TextId* id) {
  if (text.empty()) {
    *id = kNoText;
    return;
  }
  *id = table_.numbered_.Find(text);
  if (*id != kNoText) return;
  const uint64_t hash = HashOf(text);
  const Known& known = KnownOf(hash);
  if (known.hash == HashInShard(hash) && known.entry != nullptr && known.entry->text() == text) {
    *id = known.id;
    return;
  }
  items_.push_back({hash, bytes_.size(), text.size(), id});
  bytes_.append(text.data(), text.size());
}

void TextTable::Enter(TextBatch* batch) {
  std::array<size_t, kShards + 1> ends{};  // of each shard's items, once they are sorted
  for (const TextBatch::Item& item : batch->items_) ++ends[(item.hash & (kShards - 1)) + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  batch->by_shard_.resize(batch->items_.size());
  for (const TextBatch::Item& item : batch->items_) {
    batch->by_shard_[ends[item.hash & (kShards - 1)]++] = &item;
  }
  size_t begin = 0;
  for (uint32_t number = 0; number < kShards; begin = ends[number++]) {
    const auto items = absl::MakeConstSpan(batch->by_shard_).subspan(begin, ends[number] - begin);
    if (items.empty()) continue;
    Shard& shard = shards_[number];
    const std::lock_guard lock(shard.mutex);
    shard.Reserve(items.size());
    const size_t mask = shard.slots.size() - 1;
    for (const auto* item : items) __builtin_prefetch(&shard.slots[HashInShard(item->hash) & mask]);
    for (const auto* item : items) {
      __builtin_prefetch(reinterpret_cast<const TextEntry*>(
          shard.slots[HashInShard(item->hash) & mask] & kAddress));
    }
    for (const auto* item : items) {
      const auto text = absl::string_view(batch->bytes_).substr(item->offset, item->size);
      const TextEntry* const entry = shard.Enter(HashInShard(item->hash), text, &memory_);
      *item->id = entry->index << kShardBits | number;
      numbered_.Enter(text, *item->id);
      batch->KnownOf(item->hash) = {entry, *item->id, HashInShard(item->hash)};
    }
  }
  batch->items_.clear();
  batch->bytes_.clear();
}

void TextTable::Close() {
  numbered_.Clear();
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    storage::LargeVector<uint64_t>().swap(shard.slots);
    shard.entries.shrink_to_fit();
  }
}

absl::string_view TextTable::Text(TextId text) const {
  if (text == kNoText) return absl::string_view();
  return shards_[text & (kShards - 1)].entries[text >> kShardBits]->text();
}

size_t TextTable::limit() const {
  size_t most = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    most = std::max(most, shard.entries.size());
  }
  return most << kShardBits;
}

}  // namespace entente
