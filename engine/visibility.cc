#include "engine/visibility.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/status.h"
#include "engine/valid_time.h"
#include "storage/facts.h"
#include "storage/time.h"

namespace entente {
namespace {

// Facts read at once for want of a verdict.
constexpr size_t kOpenFactsAtOnce = 4096;

// A fact, ascending, and its place among the edges.
using OpenFact = std::pair<FactId, size_t>;

// What CorroborateUnder says of visibility, for which confidence alone asks for sources.
absl::StatusOr<bool> SeesEvidence(EvidenceReader& articles, const Lens& lens, bool has_evidence,
                                  std::vector<Evidence>* evidence) {
  if (!has_evidence || lens.least_confidence.has_value()) {
    RETURN_IF_ERROR(articles.AddSources(evidence));
    return CorroborateUnder(has_evidence, *evidence, lens).visible;
  }
  const bool denials_count = lens.denied_by.has_value() || lens.only_denied_too;
  return std::any_of(evidence->begin(), evidence->end(), [&](const Evidence& piece) {
    return (denials_count || piece.stance != Stance::kDenies) && Passes(piece, lens);
  });
}

// Decides by the evidence, and where the days of an edge are not all there is to its valid time, by
// that.
absl::Status JudgeOpen(const storage::View& view, EvidenceReader& articles, const Lens& lens,
                       const storage::EdgeSpan& edges, absl::Span<const OpenFact> open,
                       std::vector<uint8_t>* visible) {
  std::vector<FactId> facts;
  for (const OpenFact& fact : open) facts.push_back(fact.first);
  ASSIGN_OR_RETURN(const storage::BareEvidenceOfFacts read, storage::ReadBareEvidence(view, facts));
  std::vector<NodeId> met;
  for (const storage::BareEvidence& piece : read.pieces) met.push_back(piece.article);
  RETURN_IF_ERROR(articles.Meet(met));
  std::vector<Evidence> evidence;
  for (size_t i = 0; i < open.size(); ++i) {
    if (!read.of_fact[i].has_value()) {
      return absl::DataLossError(absl::StrCat("fact ", facts[i], " is missing"));
    }
    const auto [begin, end] = *read.of_fact[i];
    RETURN_IF_ERROR(
        articles.Read(absl::MakeConstSpan(read.pieces).subspan(begin, end - begin), &evidence));
    const uint8_t flags = edges.flags[open[i].second];
    const bool has_evidence = (flags & storage::kHasEvidence) != 0 || !evidence.empty();
    ASSIGN_OR_RETURN(bool sees, SeesEvidence(articles, lens, has_evidence, &evidence));
    const bool inexact = (flags & (storage::kInexactFrom | storage::kInexactTo)) != 0;
    if (sees && inexact && lens.valid_time.has_value()) {
      ASSIGN_OR_RETURN(const std::optional<storage::FactRecord> record,
                       storage::ReadFact(view, facts[i]));
      if (!record.has_value()) return absl::DataLossError("a fact is missing");
      ASSIGN_OR_RETURN(sees, IsValidIn(*record, *lens.valid_time));
    }
    (*visible)[open[i].second] = sees ? 1 : 0;
  }
  return absl::OkStatus();
}

}  // namespace

InlineJudge::InlineJudge(const Lens& lens) : lens_(lens), columns_(storage::kFlagsColumn) {
  const bool known_alone = !lens.according_to.has_value() && lens.except.empty() &&
                           !lens.denied_by.has_value() && !lens.least_confidence.has_value() &&
                           !lens.only_denied_too;
  if (lens.every_fact) {
    asks_ = Asks::kEveryFact;
  } else if (!lens.AsksForEvidence()) {
    asks_ = Asks::kNothing;
  } else if (known_alone && lens.known_until.has_value() && lens.known_from == kEarliest) {
    asks_ = Asks::kKnownUntil;
    columns_ |= storage::kFirstReportedColumn;
  } else if (lens.least_confidence.has_value() && !lens.known_until.has_value() &&
             lens.known_from == kEarliest && !lens.according_to.has_value() &&
             lens.except.empty() && !lens.denied_by.has_value()) {
    asks_ = Asks::kConfidence;
    columns_ |= storage::kConfidenceColumn;
  } else {
    asks_ = Asks::kPieces;
  }
  if (lens.valid_time.has_value()) {
    columns_ |= storage::kValidFromColumn | storage::kValidToColumn;
  }
  // Of those that are left undecided the fact is read.
  if (!SeesAsDefault()) columns_ |= storage::kFactColumn;
}

bool InlineJudge::SeesAsDefault() const {
  return asks_ == Asks::kNothing && !lens_.only_denied_too && !lens_.valid_time.has_value();
}

InlineJudge::Verdict InlineJudge::JudgeValidTime(const storage::EdgeSpan& edges, size_t i) const {
  if (!lens_.valid_time.has_value()) return Verdict::kVisible;
  // Days are rounded outwards: what they exclude is out for sure.
  if (!Meets(InstantOfFromDay(edges.valid_from[i]), InstantOfToDay(edges.valid_to[i]),
             *lens_.valid_time)) {
    return Verdict::kHidden;
  }
  const bool inexact = (edges.flags[i] & (storage::kInexactFrom | storage::kInexactTo)) != 0;
  return inexact ? Verdict::kUndecided : Verdict::kVisible;
}

InlineJudge::Verdict InlineJudge::JudgeEvidence(const storage::EdgeSpan& edges, size_t i) const {
  const uint8_t flags = edges.flags[i];
  const auto verdict = [](bool visible) { return visible ? Verdict::kVisible : Verdict::kHidden; };
  if (asks_ == Asks::kNothing) {
    return verdict((flags & storage::kVisible) != 0 ||
                   (lens_.only_denied_too && (flags & storage::kDenied) != 0));
  }
  if ((flags & storage::kHasEvidence) == 0) return Verdict::kHidden;
  switch (asks_) {
    case Asks::kConfidence:
      return verdict(edges.confidence[i] >= *lens_.least_confidence &&
                     ((flags & storage::kVisible) != 0 ||
                      (lens_.only_denied_too && (flags & storage::kDenied) != 0)));
    case Asks::kKnownUntil: {
      // What was retracted may have been believed then.
      if ((flags & storage::kRetracted) != 0) return Verdict::kUndecided;
      const int32_t first = edges.first_reported[i];
      if (first == storage::kNeverReported) return Verdict::kHidden;
      const int32_t last_day = storage::DayOf(*lens_.known_until);
      return first == last_day ? Verdict::kUndecided : verdict(first < last_day);
    }
    case Asks::kPieces:
      if (lens_.denied_by.has_value() && (flags & (storage::kDenied | storage::kRetracted)) == 0) {
        return Verdict::kHidden;
      }
      return Verdict::kUndecided;
    case Asks::kNothing:
    case Asks::kEveryFact:
      break;
  }
  return Verdict::kUndecided;
}

InlineJudge::Verdict InlineJudge::Judge(const storage::EdgeSpan& edges, size_t i) const {
  if (asks_ == Asks::kEveryFact) return Verdict::kVisible;
  const Verdict valid = JudgeValidTime(edges, i);
  if (valid == Verdict::kHidden) return Verdict::kHidden;
  const Verdict evidence = JudgeEvidence(edges, i);
  return evidence == Verdict::kVisible ? valid : evidence;
}

absl::Status JudgeEdges(const storage::View& view, EvidenceReader& articles, const Lens& lens,
                        const InlineJudge& judge, const storage::EdgeSpan& edges,
                        std::vector<uint8_t>* visible) {
  visible->assign(edges.size, 0);
  if (judge.SeesAsDefault()) {
    for (size_t i = 0; i < edges.size; ++i) (*visible)[i] = edges.flags[i] & storage::kVisible;
    return absl::OkStatus();
  }
  std::vector<OpenFact> open;
  for (size_t i = 0; i < edges.size; ++i) {
    const InlineJudge::Verdict verdict = judge.Judge(edges, i);
    if (verdict == InlineJudge::Verdict::kVisible) (*visible)[i] = 1;
    if (verdict == InlineJudge::Verdict::kUndecided) open.emplace_back(edges.fact[i], i);
  }
  std::sort(open.begin(), open.end());
  for (size_t begin = 0; begin < open.size(); begin += kOpenFactsAtOnce) {
    const size_t count = std::min(open.size() - begin, kOpenFactsAtOnce);
    RETURN_IF_ERROR(JudgeOpen(view, articles, lens, edges,
                              absl::MakeSpan(open).subspan(begin, count), visible));
  }
  return absl::OkStatus();
}

}  // namespace entente
