#include "query/operators/node_set.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace entente::query {
namespace {

// More pages than these are not kept for the next set.
constexpr size_t kMostKept = 1024;

}  // namespace

NodeSet::Page* NodeSet::FindPage(uint64_t number) {
  std::unique_ptr<Page>& page = pages_[number];
  if (page == nullptr) page = std::make_unique<Page>(Page{.number = number});
  if (!std::exchange(page->is_used, true)) used_.push_back(page.get());
  if (!std::exchange(page->may_be_untaken, true)) untaken_.push_back(page.get());
  return page.get();
}

void NodeSet::TakeNew(std::vector<NodeId>* nodes) {
  std::sort(untaken_.begin(), untaken_.end(),
            [](const Page* a, const Page* b) { return a->number < b->number; });
  for (Page* page : untaken_) {
    for (size_t word = 0; word < kWords; ++word) {
      const NodeId first = (page->number * kWords + word) * kBits;
      for (uint64_t rest = std::exchange(page->untaken[word], 0); rest != 0; rest &= rest - 1) {
        nodes->push_back(first + static_cast<uint64_t>(std::countr_zero(rest)));
      }
    }
    page->may_be_untaken = false;
  }
  untaken_.clear();
  last_ = nullptr;
}

void NodeSet::Clear() {
  if (pages_.size() > kMostKept) {
    pages_.clear();
  } else {
    for (Page* page : used_) *page = Page{.number = page->number};
  }
  used_.clear();
  untaken_.clear();
  last_ = nullptr;
}

}  // namespace entente::query
