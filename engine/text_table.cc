#include "engine/text_table.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "absl/hash/hash.h"

namespace entente {
namespace {

constexpr size_t kBlockBytes = 64 << 10;
constexpr size_t kFirstSlots = 256;

// The bits of a slot that hold an address, and the others.
constexpr int kAddressBits = 48;
constexpr uint64_t kAddress = (uint64_t{1} << kAddressBits) - 1;

uint64_t Tag(uint32_t hash) { return uint64_t{hash >> 16} << kAddressBits; }

}  // namespace

// The slot of the text, or the free one where it belongs.
size_t TextTable::Shard::Probe(uint32_t hash, absl::string_view text) const {
  const size_t mask = slots.size() - 1;
  size_t at = hash & mask;
  for (; slots[at] != 0; at = (at + 1) & mask) {
    if ((slots[at] & ~kAddress) != Tag(hash)) continue;
    const Entry* const entry = reinterpret_cast<const Entry*>(slots[at] & kAddress);
    if (entry->hash == hash && entry->text() == text) break;
  }
  return at;
}

void TextTable::Shard::Grow() {
  slots.assign(std::max(slots.size() * 2, kFirstSlots), 0);
  const size_t mask = slots.size() - 1;
  for (const Entry* const entry : entries) {
    size_t at = entry->hash & mask;
    while (slots[at] != 0) at = (at + 1) & mask;
    slots[at] = Tag(entry->hash) | reinterpret_cast<uint64_t>(entry);
  }
}

const TextTable::Entry* TextTable::Shard::Keep(uint32_t hash, absl::string_view text) {
  constexpr size_t kAlign = alignof(Entry);
  const size_t bytes = (sizeof(Entry) + text.size() + kAlign - 1) / kAlign * kAlign;
  if (bytes > block_left) {
    block_left = std::max(bytes, kBlockBytes);
    blocks.push_back(std::make_unique<char[]>(block_left));
    block_next = blocks.back().get();
  }
  Entry* const entry = new (block_next)
      Entry{hash, static_cast<uint32_t>(entries.size()), static_cast<uint32_t>(text.size())};
  std::memcpy(entry + 1, text.data(), text.size());
  block_next += bytes;
  block_left -= bytes;
  return entry;
}

TextId TextTable::Enter(absl::string_view text) {
  if (text.empty()) return kNoText;
  const uint64_t hash = absl::Hash<absl::string_view>{}(text);
  const uint32_t number = hash & (kShards - 1);
  const uint32_t rest = static_cast<uint32_t>(hash >> 32);
  Shard& shard = shards_[number];
  const std::lock_guard lock(shard.mutex);
  if (shard.entries.size() * 3 >= shard.slots.size() * 2) shard.Grow();
  const size_t at = shard.Probe(rest, text);
  if (shard.slots[at] == 0) {
    const Entry* const entry = shard.Keep(rest, text);
    shard.entries.push_back(entry);
    shard.slots[at] = Tag(rest) | reinterpret_cast<uint64_t>(entry);
    return entry->index << kShardBits | number;
  }
  const Entry* const entry = reinterpret_cast<const Entry*>(shard.slots[at] & kAddress);
  return entry->index << kShardBits | number;
}

void TextTable::Close() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    std::vector<uint64_t>().swap(shard.slots);
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
