#include "engine/evidence_reader.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "engine/status.h"
#include "engine/valid_time.h"
#include "storage/facts.h"
#include "storage/node_reader.h"

namespace entente {
namespace {

// Articles remembered at most; beyond that memory begins anew.
constexpr size_t kMostArticles = size_t{1} << 18;

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

absl::StatusOr<EvidenceReader::Article> EvidenceReader::Make(NodeId id,
                                                             const storage::NodeRecord* record) {
  if (record == nullptr) return absl::DataLossError(absl::StrCat("article ", id, " is missing"));
  Article article;
  article.publisher = record->publisher;
  article.original = record->original;
  if (record->published != storage::kNoTime) article.published = record->published;
  return article;
}

absl::StatusOr<EvidenceReader::Article> EvidenceReader::Load(NodeId id) const {
  storage::NodeReader reader(view_);
  ASSIGN_OR_RETURN(const storage::NodeRecord* record, reader.Read(id));
  return Make(id, record);
}

absl::StatusOr<EvidenceReader::Article> EvidenceReader::Complete(NodeId id, Article article) const {
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
  storage::NodeReader reader(view_);
  std::vector<NodeId> unknown;
  for (size_t begin = 0; begin < articles.size(); begin += kAtOnce) {
    unknown.clear();
    for (const NodeId article : articles.subspan(begin, kAtOnce)) {
      if (!articles_.contains(article)) unknown.push_back(article);
    }
    RETURN_IF_ERROR(reader.Load(unknown));
    if (articles_.size() + unknown.size() > kMostArticles) articles_.clear();
    for (size_t i = 0; i < unknown.size(); ++i) {
      ASSIGN_OR_RETURN(const Article bare, Make(unknown[i], reader.record(i)));
      ASSIGN_OR_RETURN(articles_[unknown[i]], Complete(unknown[i], bare));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<EvidenceReader::Origin> EvidenceReader::OriginOf(NodeId id) {
  ASSIGN_OR_RETURN(const Article article, Find(id));
  return Origin{article.source, article.published};
}

absl::StatusOr<std::vector<Evidence>> EvidenceReader::Read(const storage::FactRecord& record) {
  std::vector<Evidence> out;
  out.reserve(record.evidence.size());
  for (const storage::Evidence& piece : record.evidence) {
    ASSIGN_OR_RETURN(const Article article, Find(piece.article));
    Evidence evidence;
    evidence.article = piece.article;
    evidence.stance = StanceOf(piece.stance);
    evidence.confidence = piece.confidence;
    evidence.asserter = piece.asserter;
    evidence.sentence = piece.sentence;
    evidence.span_begin = piece.span_start;
    evidence.span_end = piece.span_end;
    evidence.quote = piece.quote;
    if (piece.retracted_at != storage::kNoTime) evidence.retracted = piece.retracted_at;
    evidence.publisher = article.publisher;
    evidence.source = article.source;
    evidence.published = article.published;
    out.push_back(std::move(evidence));
  }
  return out;
}

absl::StatusOr<Corroboration> CorroborateUnder(const storage::FactRecord& record,
                                               const std::vector<Evidence>& evidence,
                                               const Lens& lens) {
  absl::InlinedVector<Word, 8> passing;
  for (const Evidence& piece : evidence) {
    if (Passes(piece, lens)) passing.push_back(WordOf(piece));
  }
  Corroboration result = CorroborateWords(absl::MakeSpan(passing));
  result.has_evidence = (record.flags & storage::kHasEvidence) != 0 || !evidence.empty();
  if (!result.has_evidence) {
    result.visible = !lens.AsksForEvidence();
  } else if (lens.denied_by.has_value() || lens.only_denied_too) {
    result.visible = !passing.empty();
  }
  if (lens.least_confidence.has_value() && result.confidence < *lens.least_confidence) {
    result.visible = false;
  }
  if (lens.every_fact) {
    result.visible = true;
    return result;
  }
  if (result.visible && lens.valid_time.has_value()) {
    ASSIGN_OR_RETURN(const ValidEnd from, ValidFromOf(record));
    ASSIGN_OR_RETURN(const ValidEnd to, ValidToOf(record));
    result.visible = Meets(InstantOfFrom(from), InstantOfTo(to), *lens.valid_time);
  }
  return result;
}

}  // namespace entente
