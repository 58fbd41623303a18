#include "storage/articles.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "rocksdb/slice.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/vocabularies.h"

namespace entente::storage {
namespace {

absl::StatusOr<ArticleBlock> ParseBlock(const Geometry& geometry, uint64_t block,
                                        absl::string_view bytes) {
  return ArticleBlock::Parse(FirstOfBlock(geometry, block), bytes);
}

absl::StatusOr<NodeRecord> ReadOf(ArticleBlock& block, size_t i, const View& view) {
  return block.Read(i, [&](PropertyId property, uint32_t number) {
    return view.vocabularies().Find(view, property, number);
  });
}

}  // namespace

std::string LooseArticleKey(NodeId article) {
  return KeyWriter(ArticleKey::kLoose).U64(article).bytes();
}

std::string ArticleBlockKey(uint64_t block) {
  return KeyWriter(ArticleKey::kBlock).U64(block).bytes();
}

absl::Status ReadArticles(const View& view, absl::Span<const NodeId> articles,
                          absl::FunctionRef<void(size_t i, NodeRecord record)> take) {
  const Geometry& geometry = view.geometry();
  // Loose records come before blocks in the order of keys.
  std::vector<std::string> keys;
  keys.reserve(2 * articles.size());
  for (const NodeId article : articles) keys.push_back(LooseArticleKey(article));
  uint64_t last = kNoId;
  for (const NodeId article : articles) {
    const uint64_t block = BlockOfArticle(geometry, article);
    if (block != std::exchange(last, block)) keys.push_back(ArticleBlockKey(block));
  }
  std::vector<rocksdb::PinnableSlice> values;
  std::vector<bool> found;
  RETURN_IF_ERROR(view.MultiGet(Family::kArticles, keys, &values, &found));
  std::optional<ArticleBlock> block;
  size_t k = articles.size() - 1;
  last = kNoId;
  for (size_t i = 0; i < articles.size(); ++i) {
    const uint64_t number = BlockOfArticle(geometry, articles[i]);
    if (number != std::exchange(last, number)) {
      ++k;
      block.reset();
    }
    if (found[i]) {
      if (values[i].empty()) continue;
      ASSIGN_OR_RETURN(NodeRecord record, DecodeNode(ToView(values[i])));
      take(i, std::move(record));
      continue;
    }
    if (!found[k]) continue;
    if (!block.has_value()) {
      ASSIGN_OR_RETURN(block, ParseBlock(geometry, number, ToView(values[k])));
    }
    const std::optional<size_t> place = block->Find(articles[i]);
    if (!place.has_value()) continue;
    ASSIGN_OR_RETURN(NodeRecord record, ReadOf(*block, *place, view));
    take(i, std::move(record));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IsInBlock(const View& view, NodeId article) {
  const uint64_t number = BlockOfArticle(view.geometry(), article);
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(const bool found, view.Get(Family::kArticles, ArticleBlockKey(number), &value));
  if (!found) return false;
  ASSIGN_OR_RETURN(const ArticleBlock block, ParseBlock(view.geometry(), number, ToView(value)));
  return block.Find(article).has_value();
}

ArticleCursor::ArticleCursor(const View& view, NodeId from)
    : view_(view),
      blocks_(view.Scan(Family::kArticles, KeyWriter(ArticleKey::kBlock))),
      loose_(view.Scan(Family::kArticles, KeyWriter(ArticleKey::kLoose))) {
  Seek(from);
}

void ArticleCursor::Seek(NodeId from) {
  from_ = std::max(from, kFirstArticle);
  read_loose_ = false;
  blocks_.Seek(KeyWriter().U64(BlockOfArticle(view_.geometry(), from_)));
  loose_.Seek(KeyWriter().U64(from_));
  status_ = ReadNextLoose();
  if (status_.ok()) status_ = ReadNextBlock();
}

absl::Status ArticleCursor::ReadNextLoose() {
  next_loose_ = kNoId;
  if (!loose_.Valid()) return loose_.status();
  KeyReader key(loose_.key().substr(1));
  if (!key.U64(&next_loose_) || !key.done() || !IsArticle(next_loose_)) {
    return absl::DataLossError("broken key of an article");
  }
  return absl::OkStatus();
}

absl::Status ArticleCursor::ReadNextBlock() {
  block_.reset();
  place_ = 0;
  if (!blocks_.Valid()) return blocks_.status();
  KeyReader key(blocks_.key().substr(1));
  uint64_t number;
  if (!key.U64(&number) || !key.done()) return absl::DataLossError("broken key of articles");
  ASSIGN_OR_RETURN(block_, ParseBlock(view_.geometry(), number, blocks_.value()));
  return absl::OkStatus();
}

bool ArticleCursor::Next(NodeId* article) {
  if (!status_.ok()) return false;
  status_ = Advance();
  *article = article_;
  return status_.ok() && article_ != kNoId;
}

absl::Status ArticleCursor::Advance() {
  while (true) {
    if (read_loose_) {
      loose_.Next();
      RETURN_IF_ERROR(ReadNextLoose());
    }
    while (block_.has_value() && place_ == block_->size()) {
      blocks_.Next();
      RETURN_IF_ERROR(ReadNextBlock());
    }
    const NodeId sealed = block_.has_value() ? block_->id(place_) : kNoId;
    read_loose_ = next_loose_ != kNoId && next_loose_ <= sealed;
    article_ = read_loose_ ? next_loose_ : sealed;
    if (article_ == kNoId) return absl::OkStatus();
    if (sealed == article_) ++place_;
    if (article_ < from_ || (read_loose_ && loose_.value().empty())) continue;
    return absl::OkStatus();
  }
}

absl::StatusOr<NodeRecord> ArticleCursor::record() {
  if (read_loose_) return DecodeNode(loose_.value());
  return ReadOf(*block_, place_ - 1, view_);
}

absl::StatusOr<ArticleRow> ArticleCursor::row() const {
  if (!read_loose_) return block_->row(place_ - 1);
  ASSIGN_OR_RETURN(const NodeRecord record, DecodeNode(loose_.value()));
  return ArticleRow{record.publisher, record.original, record.published};
}

}  // namespace entente::storage
