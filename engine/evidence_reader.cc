#include "engine/evidence_reader.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "engine/status.h"
#include "engine/valid_time.h"
#include "storage/article_segments.h"
#include "storage/facts.h"
#include "storage/keys.h"
#include "storage/node_reader.h"

namespace entente {
namespace {

// Articles remembered at most; beyond that memory begins anew.
constexpr size_t kMostArticles = size_t{1} << 18;
// Looking so many of all articles up one by one costs about as much as reading all of them, and so
// few are worth no question.
constexpr uint64_t kFewShare = 16;
constexpr size_t kFewArticles = 1024;

absl::Status MissingArticle(NodeId id) {
  return absl::DataLossError(absl::StrCat("article ", id, " is missing"));
}

std::optional<Instant> TimeOf(int64_t stored) {
  return stored == storage::kNoTime ? std::nullopt : std::optional<Instant>(stored);
}

}  // namespace

Stance StanceOf(storage::Stance stance) {
  switch (stance) {
    case storage::Stance::kAffirms:
      return Stance::kAffirms;
    case storage::Stance::kDenies:
      return Stance::kDenies;
    case storage::Stance::kReports:
      break;
  }
  return Stance::kReports;
}

void StoreCorroboration(const Corroboration& result, bool retracted, bool denied,
                        storage::FactRecord* record) {
  uint16_t flags = record->flags & (storage::kInexactFrom | storage::kInexactTo |
                                    storage::kIdentified | storage::kMovedIdentity);
  if (result.visible) flags |= storage::kVisible;
  if (result.has_evidence) flags |= storage::kHasEvidence;
  if (result.contested) flags |= storage::kContested;
  if (retracted) flags |= storage::kRetracted;
  if (denied) flags |= storage::kDenied;
  record->flags = flags;
  record->support = static_cast<uint16_t>(result.support);
  record->denial = static_cast<uint16_t>(result.denial);
  record->confidence = static_cast<uint16_t>(result.confidence);
  record->first_reported = result.first_reported.value_or(storage::kNoTime);
  record->last_reported = result.last_reported.value_or(storage::kNoTime);
}

EvidenceReader::Article EvidenceReader::ArticleOf(NodeId publisher, NodeId original,
                                                  int64_t published) {
  return {.publisher = publisher, .original = original, .published = TimeOf(published)};
}

EvidenceReader::EvidenceReader(const storage::View& view) : view_(view) {}
EvidenceReader::~EvidenceReader() = default;

void EvidenceReader::Forget() {
  articles_.clear();
  segments_.reset();
}

absl::Status EvidenceReader::UseSegmentsFor(size_t more) {
  looked_up_ += more;
  if (segments_ != nullptr || looked_up_ < kFewArticles ||
      view_.CacheOf(storage::Family::kArticles) == nullptr) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const uint64_t all, view_.Counter(storage::kNextArticle));
  if (looked_up_ < all / kFewShare) return absl::OkStatus();
  segments_ = std::make_unique<storage::ArticleSegments>(view_);
  segments_->Begin();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<EvidenceReader::Article>> EvidenceReader::FindInSegments(NodeId id) {
  if (segments_ == nullptr) return std::nullopt;
  ASSIGN_OR_RETURN(const storage::ArticleRow* row, segments_->Find(id));
  if (row == nullptr) return std::nullopt;
  return ArticleOf(row->publisher, row->original, row->published);
}

absl::StatusOr<EvidenceReader::Article> EvidenceReader::Load(NodeId id) {
  ASSIGN_OR_RETURN(const std::optional<Article> found, FindInSegments(id));
  if (found.has_value()) return *found;
  storage::NodeReader reader(view_);
  ASSIGN_OR_RETURN(const storage::NodeRecord* record, reader.Read(id));
  if (record == nullptr) return MissingArticle(id);
  return ArticleOf(record->publisher, record->original, record->published);
}

absl::StatusOr<EvidenceReader::Article> EvidenceReader::Complete(NodeId id, Article article) {
  NodeId root = id;
  Article of_root = article;
  absl::flat_hash_set<NodeId> met;
  while (of_root.original != kNoId) {
    if (!met.insert(root).second) {
      return absl::DataLossError(absl::StrCat("article ", id, " is a copy of itself"));
    }
    root = of_root.original;
    ASSIGN_OR_RETURN(of_root, Load(root));
  }
  article.source = of_root.publisher != kNoId ? of_root.publisher : root;
  return article;
}

absl::StatusOr<EvidenceReader::Article> EvidenceReader::Find(NodeId id) {
  ASSIGN_OR_RETURN(const std::optional<Article> found, FindInSegments(id));
  if (found.has_value()) return Complete(id, *found);
  const auto known = articles_.find(id);
  if (known != articles_.end()) return known->second;
  ASSIGN_OR_RETURN(const Article bare, Load(id));
  ASSIGN_OR_RETURN(const Article article, Complete(id, bare));
  if (articles_.size() >= kMostArticles) articles_.clear();
  articles_.emplace(id, article);
  return article;
}

absl::Status EvidenceReader::Meet(absl::Span<const NodeId> articles) {
  // So many records are held at once.
  constexpr size_t kAtOnce = 1024;
  constexpr size_t kAhead = 8;
  if (segments_ != nullptr) segments_->Begin();
  storage::NodeReader reader(view_);
  absl::InlinedVector<NodeId, 8> unknown;
  for (size_t begin = 0; begin < articles.size(); begin += kAtOnce) {
    unknown.clear();
    const absl::Span<const NodeId> part = articles.subspan(begin, kAtOnce);
    for (size_t i = 0; i < part.size(); ++i) {
      if (i + kAhead < part.size()) articles_.prefetch(part[i + kAhead]);
      const NodeId article = part[i];
      if (segments_ != nullptr) {
        ASSIGN_OR_RETURN(const bool fetched, segments_->Fetch(article));
        if (fetched) continue;
      }
      if (!articles_.contains(article)) unknown.push_back(article);
    }
    RETURN_IF_ERROR(reader.Load(unknown));
    if (articles_.size() + unknown.size() > kMostArticles) articles_.clear();
    articles_.reserve(articles_.size() + unknown.size());
    for (size_t i = 0; i < unknown.size(); ++i) {
      const storage::NodeRecord* record = reader.record(i);
      if (record == nullptr) return MissingArticle(unknown[i]);
      const Article bare = ArticleOf(record->publisher, record->original, record->published);
      ASSIGN_OR_RETURN(articles_[unknown[i]], Complete(unknown[i], bare));
    }
    RETURN_IF_ERROR(UseSegmentsFor(unknown.size()));
  }
  return absl::OkStatus();
}

absl::StatusOr<EvidenceReader::Origin> EvidenceReader::OriginOf(NodeId id) {
  ASSIGN_OR_RETURN(const Article article, Find(id));
  return Origin{article.source, article.published};
}

absl::StatusOr<std::vector<Evidence>> EvidenceReader::Read(
    const std::vector<storage::Evidence>& pieces) {
  std::vector<Evidence> out;
  out.reserve(pieces.size());
  for (const storage::Evidence& piece : pieces) {
    ASSIGN_OR_RETURN(const Article article, Find(piece.article));
    Evidence& evidence = out.emplace_back();
    evidence.article = piece.article;
    evidence.publisher = article.publisher;
    evidence.source = article.source;
    evidence.published = article.published;
    evidence.stance = StanceOf(piece.stance);
    evidence.confidence = piece.confidence;
    evidence.asserter = piece.asserter;
    evidence.retracted = TimeOf(piece.retracted_at);
    evidence.sentence = piece.sentence;
    evidence.span_begin = piece.span_start;
    evidence.span_end = piece.span_end;
    evidence.quote = piece.quote;
  }
  return out;
}

absl::Status EvidenceReader::Read(absl::Span<const storage::BareEvidence> pieces,
                                  std::vector<Evidence>* evidence) {
  evidence->resize(pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    Evidence& piece = (*evidence)[i];
    piece.article = pieces[i].article;
    ASSIGN_OR_RETURN(std::optional<Article> article, FindInSegments(piece.article));
    if (!article.has_value()) {
      ASSIGN_OR_RETURN(article, Find(piece.article));
    }
    piece.publisher = article->publisher;
    piece.source = article->source;
    piece.published = article->published;
    piece.stance = StanceOf(pieces[i].stance);
    piece.confidence = pieces[i].confidence;
    piece.asserter = pieces[i].asserter;
    piece.retracted = TimeOf(pieces[i].retracted_at);
  }
  return absl::OkStatus();
}

absl::Status EvidenceReader::AddSources(std::vector<Evidence>* evidence) {
  for (Evidence& piece : *evidence) {
    if (piece.source != kNoId) continue;
    ASSIGN_OR_RETURN(const Article article, Find(piece.article));
    piece.source = article.source;
  }
  return absl::OkStatus();
}

Corroboration CorroborateUnder(bool has_evidence, const std::vector<Evidence>& evidence,
                               const Lens& lens) {
  absl::InlinedVector<Word, 8> passing;
  for (const Evidence& piece : evidence) {
    if (Passes(piece, lens)) passing.push_back(WordOf(piece));
  }
  Corroboration result = CorroborateWords(absl::MakeSpan(passing));
  result.has_evidence = has_evidence;
  if (!has_evidence) {
    result.visible = !lens.AsksForEvidence();
  } else if (lens.denied_by.has_value() || lens.only_denied_too) {
    result.visible = !passing.empty();
  }
  if (lens.least_confidence.has_value() && result.confidence < *lens.least_confidence) {
    result.visible = false;
  }
  if (lens.every_fact) result.visible = true;
  return result;
}

absl::StatusOr<Corroboration> CorroborateUnder(const storage::FactRecord& record,
                                               const std::vector<Evidence>& evidence,
                                               const Lens& lens) {
  const bool has_evidence = (record.flags & storage::kHasEvidence) != 0 || !evidence.empty();
  Corroboration result = CorroborateUnder(has_evidence, evidence, lens);
  if (!lens.every_fact && result.visible && lens.valid_time.has_value()) {
    ASSIGN_OR_RETURN(result.visible, IsValidIn(record, *lens.valid_time));
  }
  return result;
}

absl::StatusOr<bool> IsValidIn(const storage::FactRecord& record, const ValidRange& range) {
  ASSIGN_OR_RETURN(const ValidEnd from, ValidFromOf(record));
  ASSIGN_OR_RETURN(const ValidEnd to, ValidToOf(record));
  return Meets(InstantOfFrom(from), InstantOfTo(to), range);
}

}  // namespace entente
