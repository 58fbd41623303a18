#include "storage/prefix_code.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

namespace entente::storage {
namespace {

constexpr uint32_t kSpace = uint32_t{1} << PrefixCode::kLongest;  // of codes in all

// Lengths of Huffman's codes, however long; the longest one.
size_t CodeLengths(absl::Span<const uint64_t> counts, std::vector<size_t>* lengths) {
  // Leaves, then inner nodes, each behind its children.
  std::vector<size_t> leaves;
  using Node = std::pair<uint64_t, size_t>;
  std::priority_queue<Node, std::vector<Node>, std::greater<>> roots;
  for (size_t symbol = 0; symbol < counts.size(); ++symbol) {
    if (counts[symbol] == 0) continue;
    roots.emplace(counts[symbol], leaves.size());
    leaves.push_back(symbol);
  }
  lengths->assign(counts.size(), 0);
  if (leaves.empty()) return 0;
  if (leaves.size() == 1) return (*lengths)[leaves[0]] = 1;
  std::vector<size_t> parents(2 * leaves.size());
  size_t next = leaves.size();
  while (roots.size() > 1) {
    const Node a = roots.top();
    roots.pop();
    const Node b = roots.top();
    roots.pop();
    parents[a.second] = parents[b.second] = next;
    roots.emplace(a.first + b.first, next++);
  }
  std::vector<size_t> depths(next, 0);
  for (size_t node = next - 1; node-- > 0;) depths[node] = depths[parents[node]] + 1;
  size_t longest = 0;
  for (size_t leaf = 0; leaf < leaves.size(); ++leaf) {
    (*lengths)[leaves[leaf]] = depths[leaf];
    longest = std::max(longest, depths[leaf]);
  }
  return longest;
}

}  // namespace

std::vector<uint8_t> PrefixCode::LengthsFor(std::vector<uint64_t> counts) {
  // Rare symbols count for more until no code is too long.
  std::vector<size_t> lengths;
  while (CodeLengths(counts, &lengths) > kLongest) {
    for (uint64_t& count : counts) count = (count + 1) / 2;
  }
  return std::vector<uint8_t>(lengths.begin(), lengths.end());
}

bool PrefixCode::Assign(const Counts& of_length) {
  if (of_length[0] != 0) return false;
  uint32_t limit = 0;
  size_ = 0;
  table_.assign(size_t{1} << kTableBits, Entry{0, 0});
  for (int length = 1; length <= kLongest; ++length) {
    const uint32_t step = kSpace >> length;
    if (of_length[length] > (kSpace - limit) / step) return false;
    first_place_[length] = static_cast<uint32_t>(size_);
    if (length <= kTableBits) {
      Entry* entries = table_.data() + (limit >> (kLongest - kTableBits));
      const size_t width = size_t{1} << (kTableBits - length);
      for (uint32_t i = 0; i < of_length[length]; ++i, entries += width) {
        const Entry entry = {static_cast<uint32_t>(size_ + i) & (kSpace - 1),
                             static_cast<uint8_t>(length)};
        std::fill(entries, entries + width, entry);
      }
    }
    size_ += of_length[length];
    limit += of_length[length] * step;
    limits_[length] = limit;
  }
  return true;
}

PrefixCode::Code PrefixCode::At(uint32_t place) const {
  int length = 1;
  while (length < kLongest && place >= first_place_[length + 1]) ++length;
  const uint32_t number = place - first_place_[length];
  return {(limits_[length - 1] >> (kLongest - length)) + number, length};
}

}  // namespace entente::storage
