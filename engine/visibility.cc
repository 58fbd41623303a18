#include "engine/visibility.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/status.h"
#include "storage/facts.h"
#include "storage/time.h"

namespace entente {
namespace {

// Facts read at once for want of a verdict.
constexpr size_t kOpenFactsAtOnce = 4096;

// A fact, ascending, and its place among the edges.
using OpenFact = std::pair<FactId, size_t>;

// What CorroborateUnder says of visibility, for which confidence alone asks for sources.
bool SeesEvidence(const Lens& lens, bool has_evidence, const std::vector<Evidence>& evidence) {
  if (!has_evidence || lens.least_confidence.has_value()) {
    return CorroborateUnder(has_evidence, evidence, lens).visible;
  }
  const bool denials_count = lens.denied_by.has_value() || lens.only_denied_too;
  return std::any_of(evidence.begin(), evidence.end(), [&](const Evidence& piece) {
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
  RETURN_IF_ERROR(articles.Meet(read.pieces, lens.least_confidence.has_value()));
  std::vector<Evidence> evidence;
  for (size_t i = 0; i < open.size(); ++i) {
    if (!read.of_fact[i].has_value()) {
      return absl::DataLossError(absl::StrCat("fact ", facts[i], " is missing"));
    }
    articles.Read(read.pieces, read.of_fact[i]->begin, read.of_fact[i]->end, &evidence);
    const uint8_t flags = edges.flags[open[i].second];
    const bool has_evidence = (flags & storage::kHasEvidence) != 0 || !evidence.empty();
    bool sees = SeesEvidence(lens, has_evidence, evidence);
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
    valid_days_ = DayRange(*lens.valid_time);
  }
  // Of those that are left undecided the fact is read.
  if (!SeesAsDefault()) columns_ |= storage::kFactColumn;
}

bool InlineJudge::SeesAsDefault() const {
  return asks_ == Asks::kNothing && !lens_.only_denied_too && !lens_.valid_time.has_value();
}

void InlineJudge::JudgeEvidence(const storage::EdgeSpan& edges, uint8_t* verdicts) const {
  // Each case a loop of its own without branches, for the compiler to run over many edges at once.
  const uint8_t* flags = edges.flags;
  const uint8_t seen = storage::kVisible | (lens_.only_denied_too ? storage::kDenied : 0);
  switch (asks_) {
    case Asks::kEveryFact:
      std::fill(verdicts, verdicts + edges.size, kVisible);
      break;
    case Asks::kNothing:
      for (uint32_t i = 0; i < edges.size; ++i) {
        verdicts[i] = (flags[i] & seen) != 0 ? kVisible : kHidden;
      }
      break;
    case Asks::kConfidence: {
      const int32_t least = *lens_.least_confidence;
      for (uint32_t i = 0; i < edges.size; ++i) {
        const bool sees = edges.confidence[i] >= least && (flags[i] & seen) != 0 &&
                          (flags[i] & storage::kHasEvidence) != 0;
        verdicts[i] = sees ? kVisible : kHidden;
      }
      break;
    }
    case Asks::kKnownUntil: {
      const int32_t last_day = storage::DayOf(*lens_.known_until);
      for (uint32_t i = 0; i < edges.size; ++i) {
        const int32_t first = edges.first_reported[i];
        const Verdict by_day = first < last_day    ? kVisible
                               : first == last_day ? kUndecided
                                                   : kHidden;
        // What was retracted may have been believed then.
        const Verdict verdict = (flags[i] & storage::kRetracted) != 0 ? kUndecided : by_day;
        verdicts[i] = (flags[i] & storage::kHasEvidence) != 0 ? verdict : kHidden;
      }
      break;
    }
    case Asks::kPieces: {
      const uint8_t needed =
          lens_.denied_by.has_value() ? storage::kDenied | storage::kRetracted : 0xff;
      for (uint32_t i = 0; i < edges.size; ++i) {
        const bool open = (flags[i] & storage::kHasEvidence) != 0 && (flags[i] & needed) != 0;
        verdicts[i] = open ? kUndecided : kHidden;
      }
      break;
    }
  }
}

void InlineJudge::JudgeValidTime(const storage::EdgeSpan& edges, uint8_t* verdicts) const {
  for (uint32_t i = 0; i < edges.size; ++i) {
    const bool inexact = (edges.flags[i] & (storage::kInexactFrom | storage::kInexactTo)) != 0;
    const uint8_t verdict = std::max<uint8_t>(verdicts[i], inexact ? kUndecided : kVisible);
    // Days are rounded outwards: what they exclude is out for sure.
    const bool meets = valid_days_.Meets(edges.valid_from[i], edges.valid_to[i]);
    verdicts[i] = verdicts[i] != kHidden && meets ? verdict : uint8_t{kHidden};
  }
}

void InlineJudge::Judge(const storage::EdgeSpan& edges, uint8_t* verdicts) const {
  JudgeEvidence(edges, verdicts);
  if (lens_.valid_time.has_value() && asks_ != Asks::kEveryFact) JudgeValidTime(edges, verdicts);
}

absl::Status JudgeEdges(const storage::View& view, EvidenceReader& articles, const Lens& lens,
                        const InlineJudge& judge, const storage::EdgeSpan& edges,
                        std::vector<uint8_t>* visible) {
  visible->resize(edges.size);
  judge.Judge(edges, visible->data());
  std::vector<OpenFact> open;
  for (auto at = visible->begin();
       (at = std::find(at, visible->end(), InlineJudge::kUndecided)) != visible->end(); ++at) {
    const size_t i = at - visible->begin();
    open.emplace_back(edges.fact[i], i);
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
