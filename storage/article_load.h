// ArticleLoad: new articles of a bulk load, in blocks. A small load, which writes into its
// transaction, has records that stand by themselves: blocks of its few articles would be nearly
// empty, and its ids would have to begin with a block's.
//
// Texts are written with vocabularies, which are learned from a sample of the load's own articles,
// unless a vocabulary that the database has does as well.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/article_block.h"
#include "storage/nodes.h"
#include "storage/published_text.h"
#include "storage/table_load.h"
#include "storage/vocabularies.h"

namespace entente::storage {

class ArticleLoad {
 public:
  explicit ArticleLoad(TableLoad& load);

  // Whether samples are of use, and of how many of `articles` one should be.
  bool learns() const { return in_blocks_; }
  static uint64_t SampleShare(uint64_t articles);
  // Some articles, before all else: one in `share`, which Learn is then told.
  void Sample(absl::string_view properties, int64_t published);
  absl::Status Learn(uint64_t share);

  // By rising id, from Transaction::NewArticlesOfBlocks when the load has files. What follows from
  // the record is the caller's to write.
  absl::Status Add(NodeId article, const NodeRecord& record);
  // After the last one.
  absl::Status Finish();

 private:
  absl::Status WriteBlock(NodeId next);
  absl::Status WriteVocabularies();

  TableLoad& load_;
  const bool in_blocks_;
  const Geometry geometry_;
  TableStream blocks_;
  TableStream loose_;
  ArticleBlockBuilder builder_;
  absl::btree_map<PropertyId, VocabularySample> samples_;
  std::vector<NewVocabulary> learned_;
  TextEncoders encoders_;
  DayText days_;
  std::string marked_;  // scratch
};

}  // namespace entente::storage
