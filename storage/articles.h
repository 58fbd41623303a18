// Records of articles where they lie: a bulk load writes blocks of them (article_block.h), a
// transaction writes a record over whatever the block says ("loose"), or an empty one that hides an
// article of a block that was deleted. Internal to storage/; nodes.h and node_reader.h are the
// doors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/article_block.h"
#include "storage/ids.h"
#include "storage/nodes.h"
#include "storage/view.h"

namespace entente::storage {

std::string LooseArticleKey(NodeId article);
std::string ArticleBlockKey(uint64_t block);
// The block that the article belongs to, and the first id of a block.
inline uint64_t BlockOfArticle(const Geometry& geometry, NodeId article) {
  return (article - kFirstArticle) / geometry.block_articles;
}
inline NodeId FirstOfBlock(const Geometry& geometry, uint64_t block) {
  return kFirstArticle + block * geometry.block_articles;
}

// Calls take(i, record) for those of `articles`, ascending and each once, that there are.
absl::Status ReadArticles(const View& view, absl::Span<const NodeId> articles,
                          absl::FunctionRef<void(size_t i, NodeRecord record)> take);
// Whether a block holds the article, whatever is loose.
absl::StatusOr<bool> IsInBlock(const View& view, NodeId article);

// Walks articles by rising id. Must not outlive its View, nor see it written to.
class ArticleCursor {
 public:
  ArticleCursor(const View& view, NodeId from);

  // Goes on with the first article at or behind `from`.
  void Seek(NodeId from);
  // False at the end or after an error, which status() tells apart.
  bool Next(NodeId* article);
  // Of the article that Next told.
  absl::StatusOr<NodeRecord> record();
  absl::StatusOr<ArticleRow> row() const;
  absl::Status status() const { return status_; }

 private:
  absl::Status Advance();
  absl::Status ReadNextLoose();
  absl::Status ReadNextBlock();

  const View& view_;
  Cursor blocks_;
  Cursor loose_;
  NodeId from_ = 0;
  std::optional<ArticleBlock> block_;  // that blocks_ stands on
  size_t place_ = 0;                   // in the block, of the next article
  NodeId next_loose_ = kNoId;
  bool read_loose_ = false;  // the article stands loose, and loose_ on it
  NodeId article_ = kNoId;
  absl::Status status_;
};

}  // namespace entente::storage
