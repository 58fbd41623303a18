#include "storage/article_facts.h"

#include <algorithm>
#include <functional>

#include "storage/article_block.h"
#include "storage/bytes.h"

namespace entente::storage {
namespace {

constexpr char kFactListsKind = '\x01';
constexpr ColumnType kCountType{.may_be_sparse = true, .usual = 1};
constexpr ColumnType kFactType{};

}  // namespace

void ArticleFactsBuilder::Add(size_t place, FactId fact) {
  if (counts_.size() <= place) counts_.resize(place + 1, 0);
  ++counts_[place];
  facts_.push_back(fact);
}

std::string ArticleFactsBuilder::Finish() {
  std::string out(1, kFactListsKind);
  AppendVarint(counts_.size(), &out);
  std::string packed;
  Column::Append(kCountType, counts_, &out, &packed);
  out += packed;
  packed.clear();
  Column::Append(kFactType, facts_, &out, &packed);
  out += packed;
  counts_.clear();
  facts_.clear();
  return out;
}

absl::StatusOr<ArticleFactsBlock> ArticleFactsBlock::Parse(absl::string_view bytes) {
  const auto broken = [] { return absl::DataLossError("broken lists of facts"); };
  ArticleFactsBlock block;
  ByteReader reader(bytes);
  uint8_t kind;
  uint64_t places;
  Column counts;
  if (!reader.Fixed(&kind) || kind != kFactListsKind || !reader.Varint(&places) || places == 0 ||
      places > kMaxBlockArticles || !counts.ReadHeader(kCountType, &reader) ||
      !counts.ReadPacked(places, &reader)) {
    return broken();
  }
  block.ends_.resize(places);
  counts.Unpack(0, places, block.ends_.data());
  // Facts of one article differ, which takes a bit each at least.
  const uint64_t most = places + 8 * reader.rest().size();
  uint64_t end = 0;
  for (uint64_t& count : block.ends_) {
    if (count > most - end) return broken();
    count = end += count;
  }
  if (!block.facts_.ReadHeader(kFactType, &reader) || !block.facts_.ReadPacked(end, &reader) ||
      !reader.done()) {
    return broken();
  }
  return block;
}

absl::StatusOr<std::vector<FactId>> ArticleFactsBlock::FactsAt(size_t place) const {
  std::vector<FactId> facts;
  if (place >= ends_.size()) return facts;
  const uint64_t begin = place == 0 ? 0 : ends_[place - 1];
  facts.resize(ends_[place] - begin);
  facts_.Unpack(begin, ends_[place], facts.data());
  if (std::adjacent_find(facts.begin(), facts.end(), std::greater_equal<>()) != facts.end()) {
    return absl::DataLossError("broken lists of facts");
  }
  return facts;
}

}  // namespace entente::storage
