// Visibility: deciding from the columns that stand inline with an edge whether a lens sees it, so
// that only doubtful facts are read.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "engine/evidence_reader.h"
#include "engine/lens.h"
#include "engine/valid_time.h"
#include "storage/decoded_page.h"
#include "storage/view.h"

namespace entente {

class InlineJudge {
 public:
  // In this order: of two that must both see a fact, neither hiding it, the greater one holds.
  enum Verdict : uint8_t { kHidden, kVisible, kUndecided };

  // `lens` must outlive the judge.
  explicit InlineJudge(const Lens& lens);

  // The columns (storage::EdgeColumn) that Judge and JudgeEdges look at.
  uint32_t columns() const { return columns_; }
  // Sets verdicts[i] (Verdict) for each of `edges`.
  void Judge(const storage::EdgeSpan& edges, uint8_t* verdicts) const;
  // Whether exactly those facts are visible that are so under the default lens.
  bool SeesAsDefault() const;

 private:
  void JudgeEvidence(const storage::EdgeSpan& edges, uint8_t* verdicts) const;
  // Overrules the verdicts where valid time decides.
  void JudgeValidTime(const storage::EdgeSpan& edges, uint8_t* verdicts) const;

  enum class Asks : uint8_t {
    kNothing,     // the default lens's evidence decides
    kKnownUntil,  // known time alone, with no beginning
    kConfidence,  // a least confidence alone
    kEveryFact,   // nothing is hidden
    kPieces,      // anything else: single pieces of evidence have to be looked at
  };
  const Lens& lens_;
  Asks asks_;
  uint32_t columns_;
  DayRange valid_days_;  // of the lens's valid time
};

// Sets (*visible)[i] for each of `edges`, reading what the judge leaves undecided. The edges must
// have the judge's columns.
absl::Status JudgeEdges(const storage::View& view, EvidenceReader& articles, const Lens& lens,
                        const InlineJudge& judge, const storage::EdgeSpan& edges,
                        std::vector<uint8_t>* visible);

}  // namespace entente
