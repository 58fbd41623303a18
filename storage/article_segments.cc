#include "storage/article_segments.h"

#include <utility>

#include "storage/articles.h"
#include "storage/keys.h"
#include "storage/status_macros.h"

namespace entente::storage {

class ArticleSegments::Segment final : public ReadCache::Entry {
 public:
  Segment() : rows_(kSegmentArticles) {}

  void Set(size_t place, const ArticleRow& row) { rows_[place] = row; }
  const ArticleRow& row(size_t place) const { return rows_[place]; }

 private:
  size_t bytes() const override { return sizeof(*this) + rows_.capacity() * sizeof(ArticleRow); }

  std::vector<ArticleRow> rows_;
};

ArticleSegments::ArticleSegments(const View& view) : view_(view), reads_(view, Family::kArticles) {}

ArticleSegments::~ArticleSegments() = default;

void ArticleSegments::Begin() {
  found_.assign(found_.size(), nullptr);
  own_.clear();
  reads_.Begin();
}

absl::StatusOr<const ArticleRow*> ArticleSegments::Locate(NodeId article) {
  if (!IsArticle(article)) return nullptr;
  const uint64_t number = (article - kFirstArticle) / kSegmentArticles;
  if (number >= found_.size()) {
    ASSIGN_OR_RETURN(const uint64_t articles, view_.Counter(kNextArticle));
    if (article - kFirstArticle >= articles) return nullptr;
    found_.resize(articles / kSegmentArticles + 1);
  }
  if (found_[number] == nullptr) {
    ASSIGN_OR_RETURN(found_[number], Load(number));
    if (found_[number] == nullptr) return nullptr;
  }
  return &found_[number]->row((article - kFirstArticle) % kSegmentArticles);
}

absl::StatusOr<bool> ArticleSegments::Fetch(NodeId article) {
  ASSIGN_OR_RETURN(const ArticleRow* row, Locate(article));
  if (row != nullptr) __builtin_prefetch(row);
  return row != nullptr;
}

absl::StatusOr<const ArticleRow*> ArticleSegments::Find(NodeId article) {
  ASSIGN_OR_RETURN(const ArticleRow* row, Locate(article));
  if (row == nullptr) return nullptr;
  const bool says_something =
      row->publisher != kNoId || row->original != kNoId || row->published != kNoTime;
  return says_something ? row : nullptr;
}

absl::StatusOr<const ArticleSegments::Segment*> ArticleSegments::Load(uint64_t segment) {
  const CacheKey key = CacheKey::Articles(segment);
  const auto* found = reads_.Find<Segment>(key);
  if (found != nullptr || !reads_.HasRoom()) return found;
  ASSIGN_OR_RETURN(std::unique_ptr<Segment> read, Read(segment));
  return reads_.Keep(key, ReadCache::Worth::kAtOnce, std::move(read), &own_.emplace_back());
}

absl::StatusOr<std::unique_ptr<ArticleSegments::Segment>> ArticleSegments::Read(uint64_t segment) {
  const NodeId first = kFirstArticle + segment * kSegmentArticles;
  if (cursor_ == nullptr) {
    cursor_ = std::make_unique<ArticleCursor>(view_, first);
  } else {
    cursor_->Seek(first);
  }
  auto read = std::make_unique<Segment>();
  for (NodeId article; cursor_->Next(&article) && article < first + kSegmentArticles;) {
    ASSIGN_OR_RETURN(const ArticleRow row, cursor_->row());
    read->Set(article - first, row);
  }
  RETURN_IF_ERROR(cursor_->status());
  return read;
}

}  // namespace entente::storage
