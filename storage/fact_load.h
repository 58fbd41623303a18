// FactLoad: new facts of a bulk load, in the order of their subject, relation and object: blocks of
// facts, pages of both directions, article → facts, counts. What InsertFact does fact by fact, as
// table files; the database holds the same in the end.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/edge_stream.h"
#include "storage/fact_block.h"
#include "storage/facts.h"
#include "storage/row_sorter.h"
#include "storage/table_load.h"
#include "storage/vocabularies.h"

namespace entente::storage {

class FactLoad {
 public:
  struct Options {
    FactId first = 0;  // the first fact's id, which begins a block; see NewFacts
    NewNodes new_nodes;
    uint64_t run_bytes = 64 << 20;  // sorted at once in memory, for each of two sorts
  };

  // `load` has files; both must outlive this.
  FactLoad(TableLoad& load, SpillSpace& space, const Options& options);

  // Before the first fact, with a sample of all quotes, one in `share`.
  absl::Status LearnQuotes(const VocabularySample& sample, uint64_t share);

  // The next fact: fill what this returns, which may hold anything, then Add it.
  FactRecord& Next() { return block_[filled_].record; }
  absl::Status Add();

  // After the last fact.
  absl::Status FinishFacts();
  // Then these, each once and by any thread: both halves of the edges, by object, and the lists.
  enum class Half { kFirst, kSecond };
  absl::Status WriteInEdges(Half half);
  absl::Status WriteArticleFacts();

 private:
  struct InEdge {
    NodeId object;
    EdgeRow row;
  };
  struct InOrder {
    static uint64_t Major(const InEdge& edge) { return edge.object; }
    static bool Less(const InEdge& a, const InEdge& b);
  };
  struct ArticleFact {
    NodeId article;
    FactId fact;
  };
  struct ArticleOrder {
    static uint64_t Major(const ArticleFact& pair) { return pair.article - kFirstArticle; }
    static bool Less(const ArticleFact& a, const ArticleFact& b);
  };

  absl::Status WriteBlock();
  absl::Status WriteOverflow(FactId fact, const std::vector<Evidence>& evidence);
  absl::Status WriteOutEdges();

  TableLoad& load_;
  const Options options_;
  std::vector<StoredFact> block_;  // one slot a fact of a block
  size_t filled_ = 0;
  FactId next_;
  uint64_t evidence_ = 0;
  NodeId subject_ = kNoId;  // whose edges are gathered
  EdgeColumns out_edges_;
  std::vector<NodeId> articles_;  // of one fact
  std::vector<NewVocabulary> learned_;
  std::unique_ptr<TextEncoder> quotes_;  // may be null
  TableStream blocks_;
  TableStream overflow_;
  EdgeStream out_;
  RowSorter<InEdge, InOrder> in_edges_;
  RowSorter<ArticleFact, ArticleOrder> article_facts_;
};

}  // namespace entente::storage
