#include "storage/article_load.h"

#include "storage/articles.h"
#include "storage/status_macros.h"
#include "storage/transaction.h"

namespace entente::storage {

ArticleLoad::ArticleLoad(TableLoad& load)
    : in_blocks_(load.has_files()),
      geometry_(load.transaction().geometry()),
      blocks_(load.NewStream(Family::kArticles)),
      loose_(load.NewStream(Family::kArticles)),
      builder_(kFirstArticle) {}

absl::Status ArticleLoad::Add(NodeId article, const NodeRecord& record) {
  if (in_blocks_) {
    const NodeId first = FirstOfBlock(geometry_, BlockOfArticle(geometry_, article));
    if (first != builder_.first()) RETURN_IF_ERROR(WriteBlock(first));
    if (builder_.Add(article, record)) return absl::OkStatus();
  }
  return loose_.Put(LooseArticleKey(article), EncodeNode(record));
}

absl::Status ArticleLoad::WriteBlock(NodeId next) {
  const uint64_t block = BlockOfArticle(geometry_, builder_.first());
  const bool empty = builder_.empty();
  const std::string bytes = builder_.Finish(next);
  return empty ? absl::OkStatus() : blocks_.Put(ArticleBlockKey(block), bytes);
}

absl::Status ArticleLoad::Finish() {
  RETURN_IF_ERROR(WriteBlock(kFirstArticle));
  RETURN_IF_ERROR(blocks_.Finish());
  return loose_.Finish();
}

}  // namespace entente::storage
