// ArticleLoad: new articles of a bulk load, in blocks. A small load, which writes into its
// transaction, has records that stand by themselves: blocks of its few articles would be nearly
// empty, and its ids would have to begin with a block's.
#pragma once

#include "absl/status/status.h"
#include "storage/article_block.h"
#include "storage/nodes.h"
#include "storage/table_load.h"

namespace entente::storage {

class ArticleLoad {
 public:
  explicit ArticleLoad(TableLoad& load);

  // By rising id, from Transaction::NewArticlesOfBlocks when the load has files. What follows from
  // the record is the caller's to write.
  absl::Status Add(NodeId article, const NodeRecord& record);
  // After the last one.
  absl::Status Finish();

 private:
  absl::Status WriteBlock(NodeId next);

  const bool in_blocks_;
  const Geometry geometry_;
  TableStream blocks_;
  TableStream loose_;
  ArticleBlockBuilder builder_;
};

}  // namespace entente::storage
