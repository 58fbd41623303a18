#include "storage/article_load.h"

#include <algorithm>
#include <utility>

#include "storage/articles.h"
#include "storage/properties.h"
#include "storage/status_macros.h"
#include "storage/transaction.h"
#include "storage/vocabularies.h"

namespace entente::storage {
namespace {

// More tells little more.
constexpr uint64_t kSamples = uint64_t{1} << 14;
constexpr uint64_t kLeastShare = 2;

bool MayBeText(const PackedProperty& property) { return property.form != 0; }

}  // namespace

ArticleLoad::ArticleLoad(TableLoad& load)
    : load_(load),
      in_blocks_(load.has_files()),
      geometry_(load.transaction().geometry()),
      blocks_(load.NewStream(Family::kArticles)),
      loose_(load.NewStream(Family::kArticles)),
      builder_(kFirstArticle) {
  blocks_.LeaveUncompressed();
}

uint64_t ArticleLoad::SampleShare(uint64_t articles) {
  return std::max(articles / kSamples, kLeastShare);
}

void ArticleLoad::Sample(absl::string_view properties, int64_t published) {
  if (properties.size() > kMostPropertyBytes) return;  // such articles stand loose
  PackedProperty property;
  while (!properties.empty() && TakeProperty(&properties, &property)) {
    if (!MayBeText(property)) continue;
    const bool is_marked = MarkDay(property.bytes, published, &days_, &marked_);
    samples_[property.id].Add(is_marked ? absl::string_view(marked_) : property.bytes);
  }
}

absl::Status ArticleLoad::Learn(uint64_t share) {
  const std::unique_ptr<Snapshot> before = load_.Before();
  for (const auto& [property, sample] : samples_) {
    ASSIGN_OR_RETURN(std::unique_ptr<TextEncoder> encoder,
                     ChooseVocabulary(*before, property, sample, share, &learned_));
    if (encoder != nullptr) encoders_[property] = std::move(encoder);
  }
  samples_.clear();
  return absl::OkStatus();
}

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
  const std::string bytes = builder_.Finish(next, encoders_);
  return empty ? absl::OkStatus() : blocks_.Put(ArticleBlockKey(block), bytes);
}

absl::Status ArticleLoad::WriteVocabularies() {
  TableStream stream = load_.NewStream(Family::kArticles);
  for (const NewVocabulary& learned : learned_) {  // by rising property
    const TextEncoder& encoder = *encoders_.at(learned.property);
    if (!encoder.used) continue;
    RETURN_IF_ERROR(stream.Put(VocabularyKey(learned.property, encoder.number), learned.bytes));
  }
  return stream.Finish();
}

absl::Status ArticleLoad::Finish() {
  RETURN_IF_ERROR(WriteBlock(kFirstArticle));
  RETURN_IF_ERROR(blocks_.Finish());
  RETURN_IF_ERROR(WriteVocabularies());
  return loose_.Finish();
}

}  // namespace entente::storage
