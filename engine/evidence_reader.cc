#include "engine/evidence_reader.h"

#include <algorithm>
#include <bit>
#include <utility>

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
// Of so many that are looked up at once.
constexpr size_t kMostRemembered = 64;
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

EvidenceReader::Article EvidenceReader::ArticleOf(NodeId id, NodeId publisher, NodeId original,
                                                  int64_t published) {
  const NodeId source = original != kNoId ? kNoId : publisher != kNoId ? publisher : id;
  return {publisher, original, source, TimeOf(published)};
}

EvidenceReader::EvidenceReader(const storage::View& view) : view_(view) {}
EvidenceReader::~EvidenceReader() = default;

void EvidenceReader::Forget() {
  remembered_.clear();
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
  return ArticleOf(id, row->publisher, row->original, row->published);
}

absl::Status EvidenceReader::LookUp(absl::Span<const NodeId> ids, absl::Span<Article> articles) {
  // So many records are held at once.
  constexpr size_t kAtOnce = 1024;
  storage::NodeReader reader(view_);
  absl::InlinedVector<NodeId, 8> unknown;
  absl::InlinedVector<size_t, 8> places;
  for (size_t begin = 0; begin < ids.size(); begin += kAtOnce) {
    const size_t end = std::min(begin + kAtOnce, ids.size());
    unknown.clear();
    places.clear();
    for (size_t i = begin; segments_ != nullptr && i < end; ++i) {
      RETURN_IF_ERROR(segments_->Fetch(ids[i]).status());
    }
    for (size_t i = begin; i < end; ++i) {
      ASSIGN_OR_RETURN(const std::optional<Article> found, FindInSegments(ids[i]));
      if (found.has_value()) {
        articles[i] = *found;
        continue;
      }
      const auto known = remembered_.find(ids[i]);
      if (known != remembered_.end()) {
        articles[i] = known->second;
        continue;
      }
      unknown.push_back(ids[i]);
      places.push_back(i);
    }
    RETURN_IF_ERROR(reader.Load(unknown));
    for (size_t i = 0; i < unknown.size(); ++i) {
      const storage::NodeRecord* record = reader.record(i);
      if (record == nullptr) return MissingArticle(unknown[i]);
      articles[places[i]] =
          ArticleOf(unknown[i], record->publisher, record->original, record->published);
    }
    RETURN_IF_ERROR(UseSegmentsFor(unknown.size()));
  }
  return absl::OkStatus();
}

absl::Status EvidenceReader::Complete(absl::Span<const NodeId> ids, absl::Span<Article> articles) {
  std::vector<size_t> copies;
  std::vector<NodeId> originals;  // of those, ever farther back
  // Some original of each, a later one ever less often: a circle leads to it again (Brent, "An
  // improved Monte Carlo factorization algorithm", 1980, section 2).
  std::vector<NodeId> marks;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (articles[i].source != kNoId) continue;
    copies.push_back(i);
    originals.push_back(articles[i].original);
    marks.push_back(ids[i]);
  }
  std::vector<Article> found;
  for (uint64_t length = 1; !copies.empty(); ++length) {
    found.resize(copies.size());
    RETURN_IF_ERROR(LookUp(originals, absl::MakeSpan(found)));
    size_t open = 0;
    for (size_t i = 0; i < copies.size(); ++i) {
      articles[copies[i]].source = found[i].source;
      if (found[i].source != kNoId) continue;
      if (originals[i] == marks[i]) {
        return absl::DataLossError(
            absl::StrCat("article ", ids[copies[i]], " is a copy of itself"));
      }
      copies[open] = copies[i];
      marks[open] = std::has_single_bit(length) ? originals[i] : marks[i];
      originals[open++] = found[i].original;
    }
    copies.resize(open);
    marks.resize(open);
    originals.resize(open);
  }
  return absl::OkStatus();
}

absl::Status EvidenceReader::Meet(absl::Span<const NodeId> articles, bool with_sources) {
  if (segments_ != nullptr) segments_->Begin();
  met_.resize(articles.size());
  RETURN_IF_ERROR(LookUp(articles, absl::MakeSpan(met_)));
  if (with_sources) RETURN_IF_ERROR(Complete(articles, absl::MakeSpan(met_)));
  // Those of few facts are met again with the next ones, and remembering many takes a while.
  if (articles.size() > kMostRemembered) return absl::OkStatus();
  if (remembered_.size() >= kMostArticles) remembered_.clear();
  for (size_t i = 0; i < articles.size(); ++i) {
    if (met_[i].source != kNoId) remembered_.emplace(articles[i], met_[i]);
  }
  return absl::OkStatus();
}

absl::Status EvidenceReader::Meet(absl::Span<const storage::BareEvidence> pieces,
                                  bool with_sources) {
  absl::InlinedVector<NodeId, 16> articles;
  articles.reserve(pieces.size());
  for (const storage::BareEvidence& piece : pieces) articles.push_back(piece.article);
  return Meet(articles, with_sources);
}

absl::StatusOr<EvidenceReader::Origin> EvidenceReader::OriginOf(NodeId id) {
  RETURN_IF_ERROR(Meet({&id, 1}, /*with_sources=*/true));
  return Origin{met_[0].source, met_[0].published};
}

absl::StatusOr<std::vector<Evidence>> EvidenceReader::Read(
    const std::vector<storage::Evidence>& pieces) {
  absl::InlinedVector<NodeId, 16> articles;
  for (const storage::Evidence& piece : pieces) articles.push_back(piece.article);
  RETURN_IF_ERROR(Meet(articles, /*with_sources=*/true));
  std::vector<Evidence> out;
  out.reserve(pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    const storage::Evidence& piece = pieces[i];
    Evidence& evidence = out.emplace_back();
    evidence.article = piece.article;
    evidence.publisher = met_[i].publisher;
    evidence.source = met_[i].source;
    evidence.published = met_[i].published;
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

void EvidenceReader::Read(absl::Span<const storage::BareEvidence> pieces, size_t begin, size_t end,
                          std::vector<Evidence>* evidence) const {
  evidence->resize(end - begin);
  for (size_t i = begin; i < end; ++i) {
    Evidence& piece = (*evidence)[i - begin];
    piece.article = pieces[i].article;
    piece.publisher = met_[i].publisher;
    piece.source = met_[i].source;
    piece.published = met_[i].published;
    piece.stance = StanceOf(pieces[i].stance);
    piece.confidence = pieces[i].confidence;
    piece.asserter = pieces[i].asserter;
    piece.retracted = TimeOf(pieces[i].retracted_at);
  }
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
