// LooseFacts: which facts may stand outside their blocks. The writer knows each; readers learn of a
// block whether they have to look for loose ones, which most never need. Internal to storage/.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>

#include "absl/container/btree_set.h"
#include "absl/types/span.h"
#include "storage/ids.h"

namespace entente::storage {

class LooseFacts {
 public:
  // The writer alone: facts that may be loose; ones that are sealed or gone may be among them.
  const absl::btree_set<FactId>& facts() const { return facts_; }
  // Before the facts become loose.
  void Add(absl::Span<const FactId> facts, uint32_t block_facts) {
    for (FactId fact : facts) {
      if (!facts_.insert(fact).second) continue;
      const size_t mark = (fact / block_facts) % kMarks;
      ++counts_[mark];
      until_[mark].store(kForever);
    }
  }
  // When they are loose no more, which snapshots of `sequence` and later ones see.
  void Remove(absl::Span<const FactId> facts, uint32_t block_facts, uint64_t sequence) {
    for (FactId fact : facts) {
      if (facts_.erase(fact) == 0) continue;
      const size_t mark = (fact / block_facts) % kMarks;
      if (--counts_[mark] == 0) until_[mark].store(sequence);
    }
  }

  // From any thread: whether a snapshot of `sequence` may see loose facts of the block.
  bool MayHave(uint64_t block, uint64_t sequence) const {
    return until_[block % kMarks].load() > sequence;
  }

 private:
  static constexpr uint64_t kForever = std::numeric_limits<uint64_t>::max();
  // Blocks share a mark when their numbers are this far apart.
  static constexpr size_t kMarks = 1 << 13;

  absl::btree_set<FactId> facts_;
  std::array<uint32_t, kMarks> counts_ = {};
  std::array<std::atomic<uint64_t>, kMarks> until_ = {};  // 0: never
};

}  // namespace entente::storage
