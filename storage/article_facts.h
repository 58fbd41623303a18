// Lists of the facts that articles bear on, those of a block of articles together, as bulk loads
// write them. They are never written again: what a transaction changes of a list stands beside it
// (provenance.h).
//
//   kind     u8, 1
//   places   varint: how many articles have a place, whether or not they have facts
//   header   of how many facts each article has
//   packed   of the same
//   header   of the facts, article by article, ascending
//   packed   of the same
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/column.h"
#include "storage/ids.h"

namespace entente::storage {

class ArticleFactsBuilder {
 public:
  // By rising (place, fact).
  void Add(size_t place, FactId fact);
  bool empty() const { return facts_.empty(); }
  // The block; the builder goes on with an empty one.
  std::string Finish();

 private:
  std::vector<uint64_t> counts_;  // by place
  std::vector<uint64_t> facts_;
};

// A view of a block's bytes, which must outlive it.
class ArticleFactsBlock {
 public:
  // DataLoss when the bytes are not a block.
  static absl::StatusOr<ArticleFactsBlock> Parse(absl::string_view bytes);

  size_t size() const { return ends_.size(); }
  // The facts of the article at a place, which may be behind the last one. DataLoss when they do
  // not rise.
  absl::StatusOr<std::vector<FactId>> FactsAt(size_t place) const;

 private:
  std::vector<uint64_t> ends_;  // by place, in facts_
  Column facts_;
};

}  // namespace entente::storage
