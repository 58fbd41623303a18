#include "engine/numbered_texts.h"

#include <algorithm>

namespace entente {
namespace {

constexpr size_t kMostDigits = 9;
constexpr size_t kLongestPrefix = 32;
// How much farther than numbers in use an array may reach.
constexpr uint64_t kSlack = 1 << 16;
// Of about so many numbers one is counted, for all: threads that enter texts at once would else
// have to wait for each other's counting.
constexpr int kBitsCounted = 4;

// Whether a number stands for all: as good as random, whatever the steps it was counted up in.
bool IsCounted(uint64_t number) {
  constexpr uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;
  return number * kGoldenRatio >> (64 - kBitsCounted) == 0;
}

// Cuts a text into a prefix and a number that is written in one way only; false when it is none.
bool Split(absl::string_view text, absl::string_view* prefix, uint64_t* number) {
  size_t begin = text.size();
  uint64_t power = 1;
  *number = 0;
  for (; begin > 0; --begin, power *= 10) {
    const uint8_t digit = static_cast<uint8_t>(text[begin - 1] - '0');
    if (digit > 9) break;
    if (text.size() - begin == kMostDigits) return false;
    *number += digit * power;
  }
  const size_t digits = text.size() - begin;
  if (digits == 0 || begin > kLongestPrefix || (digits > 1 && text[begin] == '0')) return false;
  *prefix = text.substr(0, begin);
  return true;
}

}  // namespace

NumberedTexts::Series* NumberedTexts::SeriesOf(absl::string_view text, uint64_t* number) const {
  absl::string_view prefix;
  if (!Split(text, &prefix, number)) return nullptr;
  const size_t size = size_.load(std::memory_order_acquire);
  for (size_t i = 0; i < size; ++i) {
    // Prefixes are short.
    const std::string& other = series_[i]->prefix;
    size_t same = 0;
    while (same < prefix.size() && same < other.size() && prefix[same] == other[same]) ++same;
    if (same == prefix.size() && same == other.size()) return series_[i].get();
  }
  return nullptr;
}

TextId NumberedTexts::Find(absl::string_view text) const {
  uint64_t number;
  const Series* const series = SeriesOf(text, &number);
  if (series == nullptr) return kNoText;
  const uint64_t place = number - series->first;
  if (place >= kChunks * kIdsOfChunk) return kNoText;
  const Id* const chunk = series->chunks[place / kIdsOfChunk].load(std::memory_order_acquire);
  return chunk == nullptr ? kNoText : chunk[place % kIdsOfChunk].load(std::memory_order_relaxed);
}

NumberedTexts::Series* NumberedTexts::NewSeries(absl::string_view prefix, uint64_t number) {
  const size_t size = size_.load(std::memory_order_relaxed);
  for (size_t i = 0; i < size; ++i) {
    if (series_[i]->prefix == prefix) return series_[i].get();
  }
  if (size == kSeries) return nullptr;
  series_[size] = std::make_unique<Series>();
  series_[size]->prefix = std::string(prefix);
  series_[size]->first = number - std::min(number, kSlack / 2);
  size_.store(size + 1, std::memory_order_release);
  return series_[size].get();
}

void NumberedTexts::Enter(absl::string_view text, TextId id) {
  uint64_t number;
  Series* series = SeriesOf(text, &number);
  if (series == nullptr) {
    absl::string_view prefix;
    if (!Split(text, &prefix, &number)) return;
    const std::lock_guard lock(mutex_);
    series = NewSeries(prefix, number);
    if (series == nullptr) return;
  }
  const uint64_t place = number - series->first;
  if (place >= std::min(2 * series->entered + kSlack, kChunks * kIdsOfChunk)) return;
  Id* chunk = series->chunks[place / kIdsOfChunk].load(std::memory_order_acquire);
  if (chunk == nullptr) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Id[]>& owned = series->owned[place / kIdsOfChunk];
    if (owned == nullptr) {
      owned = std::make_unique<Id[]>(kIdsOfChunk);
      for (size_t i = 0; i < kIdsOfChunk; ++i) owned[i].store(kNoText, std::memory_order_relaxed);
    }
    chunk = owned.get();
    series->chunks[place / kIdsOfChunk].store(chunk, std::memory_order_release);
  }
  Id& known = chunk[place % kIdsOfChunk];
  if (known.load(std::memory_order_relaxed) != kNoText) return;
  known.store(id, std::memory_order_relaxed);
  if (IsCounted(number)) series->entered += uint64_t{1} << kBitsCounted;
}

void NumberedTexts::Clear() {
  size_ = 0;
  for (std::unique_ptr<Series>& series : series_) series.reset();
}

}  // namespace entente
