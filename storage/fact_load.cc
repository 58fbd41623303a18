#include "storage/fact_load.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "storage/adjacency_page.h"
#include "storage/article_facts.h"
#include "storage/articles.h"
#include "storage/keys.h"
#include "storage/provenance.h"
#include "storage/status_macros.h"
#include "storage/transaction.h"

namespace entente::storage {

bool FactLoad::InOrder::Less(const InEdge& a, const InEdge& b) {
  return std::tie(a.object, a.row.relation, a.row.other, a.row.fact) <
         std::tie(b.object, b.row.relation, b.row.other, b.row.fact);
}

bool FactLoad::ArticleOrder::Less(const ArticleFact& a, const ArticleFact& b) {
  return std::tie(a.article, a.fact) < std::tie(b.article, b.fact);
}

FactLoad::FactLoad(TableLoad& load, SpillSpace& space, const Options& options)
    : load_(load),
      options_(options),
      block_(load.transaction().geometry().block_facts),
      next_(options.first),
      blocks_(load.NewStream(Family::kFacts)),
      overflow_(load.NewStream(Family::kFacts)),
      out_(Direction::kOut, load, options.new_nodes),
      in_edges_(space, options.run_bytes),
      article_facts_(space, options.run_bytes) {}

absl::Status FactLoad::LearnQuotes(const VocabularySample& sample, uint64_t share) {
  ASSIGN_OR_RETURN(quotes_, ChooseVocabulary(*load_.Before(), kQuotes, sample, share, &learned_));
  return absl::OkStatus();
}

absl::Status FactLoad::Add() {
  StoredFact& stored = block_[filled_];
  FactRecord& record = stored.record;
  stored.id = next_++;
  stored.evidence_total = record.evidence.size();
  evidence_ += record.evidence.size();
  articles_.clear();
  for (const Evidence& piece : record.evidence) articles_.push_back(piece.article);
  std::sort(articles_.begin(), articles_.end());
  articles_.erase(std::unique(articles_.begin(), articles_.end()), articles_.end());
  for (NodeId article : articles_) RETURN_IF_ERROR(article_facts_.Add({article, stored.id}));

  if (record.subject != subject_) RETURN_IF_ERROR(WriteOutEdges());
  subject_ = record.subject;
  EdgeRow row = EdgeOf(Direction::kOut, stored.id, record);
  AppendRow(row, kAllColumns, &out_edges_);
  row.other = record.subject;
  RETURN_IF_ERROR(in_edges_.Add({record.object, row}));

  const size_t limit = load_.transaction().geometry().inline_evidence;
  if (record.evidence.size() > limit) {
    RETURN_IF_ERROR(WriteOverflow(stored.id, record.evidence));
    record.evidence.resize(limit);
  }
  return ++filled_ < block_.size() ? absl::OkStatus() : WriteBlock();
}

absl::Status FactLoad::WriteBlock() {
  if (filled_ == 0) return absl::OkStatus();
  const FactId first = block_[0].id;
  const std::string key = KeyWriter(FactKey::kBlock).U64(first / block_.size()).bytes();
  const size_t filled = std::exchange(filled_, 0);
  return blocks_.Put(
      key, EncodeFactBlock(first, absl::MakeConstSpan(block_).first(filled), quotes_.get()));
}

absl::Status FactLoad::WriteOverflow(FactId fact, const std::vector<Evidence>& evidence) {
  const size_t page_size = load_.transaction().geometry().evidence_page;
  uint32_t page = 0;
  for (size_t begin = load_.transaction().geometry().inline_evidence; begin < evidence.size();
       begin += page_size, ++page) {
    RETURN_IF_ERROR(
        overflow_.Put(KeyWriter(FactKey::kEvidence).U64(fact).U32(page),
                      EncodeEvidencePage(absl::MakeConstSpan(evidence).subspan(begin, page_size))));
  }
  return absl::OkStatus();
}

absl::Status FactLoad::WriteOutEdges() {
  if (out_edges_.size == 0) return absl::OkStatus();
  RETURN_IF_ERROR(out_.Add(subject_, out_edges_));
  out_edges_.Clear();
  return absl::OkStatus();
}

absl::Status FactLoad::FinishFacts() {
  RETURN_IF_ERROR(WriteBlock());
  RETURN_IF_ERROR(blocks_.Finish());
  RETURN_IF_ERROR(overflow_.Finish());
  if (!learned_.empty() && quotes_->used) {
    TableStream stream = load_.NewStream(Family::kArticles);
    RETURN_IF_ERROR(stream.Put(VocabularyKey(kQuotes, quotes_->number), learned_[0].bytes));
    RETURN_IF_ERROR(stream.Finish());
  }
  RETURN_IF_ERROR(WriteOutEdges());
  RETURN_IF_ERROR(out_.Finish());
  RETURN_IF_ERROR(in_edges_.Sort());
  Transaction& transaction = load_.transaction();
  RETURN_IF_ERROR(transaction.Count(kFactCount, static_cast<int64_t>(next_ - options_.first)));
  return transaction.Count(kEvidenceCount, static_cast<int64_t>(evidence_));
}

absl::Status FactLoad::WriteInEdges(Half half) {
  const NodeId middle = in_edges_.MiddleMajor();
  decltype(in_edges_)::Reader sorted(in_edges_, half == Half::kFirst ? 0 : middle + 1,
                                     half == Half::kFirst ? middle : kNoId);
  EdgeStream pages(Direction::kIn, load_, options_.new_nodes);
  EdgeColumns edges;
  NodeId object = kNoId;
  InEdge edge;
  while (sorted.Next(&edge)) {
    if (edge.object != object && edges.size > 0) {
      RETURN_IF_ERROR(pages.Add(object, edges));
      edges.Clear();
    }
    object = edge.object;
    AppendRow(edge.row, kAllColumns, &edges);
  }
  RETURN_IF_ERROR(sorted.status());
  if (edges.size > 0) RETURN_IF_ERROR(pages.Add(object, edges));
  return pages.Finish();
}

absl::Status FactLoad::WriteArticleFacts() {
  RETURN_IF_ERROR(article_facts_.Sort());
  decltype(article_facts_)::Reader sorted(article_facts_);
  TableStream blocks = load_.NewStream(Family::kProvenance);
  blocks.LeaveUncompressed();
  TableStream changes = load_.NewStream(Family::kProvenance);
  const Geometry& geometry = load_.transaction().geometry();
  ArticleFactsBuilder builder;
  uint64_t block = 0;
  const auto write_block = [&]() {
    return builder.empty() ? absl::OkStatus() : blocks.Put(BlockFactsKey(block), builder.Finish());
  };
  std::string list;
  int facts = 0;
  NodeId article = kNoId;  // of the list
  const auto write_list = [&]() {
    const int net = std::exchange(facts, 0);
    return net == 0 ? absl::OkStatus() : changes.Append(ArticleFactsKey(article), list, net);
  };
  ArticleFact pair;
  while (sorted.Next(&pair)) {
    if (options_.new_nodes.Contains(pair.article)) {
      const uint64_t of_block = BlockOfArticle(geometry, pair.article);
      if (of_block != block) RETURN_IF_ERROR(write_block());
      block = of_block;
      builder.Add(pair.article - FirstOfBlock(geometry, block), pair.fact);
      continue;
    }
    if (pair.article != article) {
      RETURN_IF_ERROR(write_list());
      list.clear();
    }
    article = pair.article;
    AppendListEntry(pair.fact, false, &list);
    ++facts;
  }
  RETURN_IF_ERROR(sorted.status());
  RETURN_IF_ERROR(write_block());
  RETURN_IF_ERROR(write_list());
  RETURN_IF_ERROR(blocks.Finish());
  return changes.Finish();
}

}  // namespace entente::storage
