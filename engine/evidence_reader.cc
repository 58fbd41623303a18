#include "engine/evidence_reader.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
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

absl::StatusOr<EvidenceReader::Article> EvidenceReader::Load(NodeId article) const {
  storage::NodeReader reader(view_);
  ASSIGN_OR_RETURN(const storage::NodeRecord* record, reader.Read(article));
  if (record == nullptr) {
    return absl::DataLossError(absl::StrCat("article ", article, " is missing"));
  }
  Article loaded;
  loaded.publisher = record->publisher;
  loaded.original = record->original;
  if (record->published != storage::kNoTime) loaded.published = record->published;
  return loaded;
}

absl::StatusOr<EvidenceReader::Article> EvidenceReader::Find(NodeId id) {
  const auto known = articles_.find(id);
  if (known != articles_.end()) return known->second;
  ASSIGN_OR_RETURN(Article article, Load(id));
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
  if (articles_.size() >= kMostArticles) articles_.clear();
  articles_.emplace(id, article);
  return article;
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
  std::vector<Evidence> passing;
  for (const Evidence& piece : evidence) {
    if (Passes(piece, lens)) passing.push_back(piece);
  }
  Corroboration result = Corroborate(passing);
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
