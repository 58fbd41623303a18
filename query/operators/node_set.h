// NodeSet: a set of nodes as bits, page by page, which knows those that it was not asked about yet,
// so that a search gets what it came to level by level, and in order without sorting.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/ids.h"

namespace entente::query {

class NodeSet {
 public:
  // Whether the node is new.
  bool Add(NodeId node) {
    const uint64_t number = node / (kBits * kWords);
    if (last_ == nullptr || last_->number != number) last_ = FindPage(number);
    const size_t word = node / kBits % kWords;
    const uint64_t is_new = (uint64_t{1} << node % kBits) & ~last_->all[word];
    last_->all[word] |= is_new;
    last_->untaken[word] |= is_new;
    return is_new != 0;
  }
  // Appends the nodes that are new since the last call, ascending.
  void TakeNew(std::vector<NodeId>* nodes);
  // Leaves none. What a set of some size takes stays for the next one.
  void Clear();
  // Memory that it takes.
  size_t bytes() const { return pages_.size() * sizeof(Page); }

 private:
  static constexpr size_t kBits = 64;
  static constexpr size_t kWords = 64;  // of a page
  struct Page {
    uint64_t number;
    bool is_used = false;
    bool may_be_untaken = false;
    std::array<uint64_t, kWords> all = {};
    std::array<uint64_t, kWords> untaken = {};
  };

  // To add some node of it.
  Page* FindPage(uint64_t number);

  absl::flat_hash_map<uint64_t, std::unique_ptr<Page>> pages_;
  std::vector<Page*> used_;  // since the last Clear
  std::vector<Page*> untaken_;
  Page* last_ = nullptr;
};

}  // namespace entente::query
