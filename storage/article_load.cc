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
// What the database's vocabulary may take more than the load's own.
constexpr double kTolerance = 1.02;
// Vocabularies are compressed.
constexpr double kStoredPart = 0.6;

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

void ArticleLoad::Sample(absl::string_view properties) {
  PackedProperty property;
  while (!properties.empty() && TakeProperty(&properties, &property)) {
    if (MayBeText(property)) samples_[property.id].Add(property.bytes);
  }
}

absl::Status ArticleLoad::Learn(uint64_t share) {
  const std::unique_ptr<Snapshot> before = load_.Before();
  for (const auto& [property, sample] : samples_) {
    RETURN_IF_ERROR(LearnProperty(*before, property, sample, share));
  }
  samples_.clear();
  return absl::OkStatus();
}

absl::Status ArticleLoad::LearnProperty(const View& before, PropertyId property,
                                        const VocabularySample& sample, uint64_t share) {
  if (sample.bytes_of_some() == 0) return absl::OkStatus();
  // All bytes of a load for a byte of the texts that are tried.
  const double all =
      static_cast<double>(sample.bytes() * share) / static_cast<double>(sample.bytes_of_some());
  const auto cost = [&](const Vocabulary& vocabulary) {
    return static_cast<double>(sample.BitsOfSome(vocabulary)) / 8 * all;
  };
  std::string bytes = sample.Learn(share);
  ASSIGN_OR_RETURN(Vocabulary own, Vocabulary::Parse(bytes));
  const double own_cost = cost(own) + static_cast<double>(bytes.size()) * kStoredPart;
  const double plain_cost = static_cast<double>(sample.bytes() * share);
  ASSIGN_OR_RETURN(const uint32_t newest, NewestVocabulary(before, property));
  if (newest != 0) {
    ASSIGN_OR_RETURN(const Vocabulary* stored,
                     before.vocabularies().Find(before, property, newest));
    if (cost(*stored) < std::min(own_cost * kTolerance, plain_cost)) {
      encoders_[property] =
          std::make_unique<TextEncoder>(TextEncoder{newest, VocabularyEncoder(*stored)});
      return absl::OkStatus();
    }
  }
  if (own_cost >= plain_cost) return absl::OkStatus();
  vocabularies_.push_back(std::make_unique<const Vocabulary>(std::move(own)));
  new_vocabularies_[property] = std::move(bytes);
  encoders_[property] = std::make_unique<TextEncoder>(
      TextEncoder{newest + 1, VocabularyEncoder(*vocabularies_.back())});
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
  for (const auto& [property, bytes] : new_vocabularies_) {
    const TextEncoder& encoder = *encoders_.at(property);
    if (encoder.used) RETURN_IF_ERROR(stream.Put(VocabularyKey(property, encoder.number), bytes));
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
