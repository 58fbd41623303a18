// Facts and their evidence. Writing a fact keeps everything that follows from it in step: its edge
// in both directions (adjacency.h), article → facts (provenance.h), the counts.
//
// A new fact is a key of its own ("loose"); sealing packs consecutive facts into blocks. A loose
// fact hides the one of the same id in a block, so a change is a loose fact too, and a deletion a
// loose mark. Evidence beyond the first few pieces stands in pages of its own, so that adding one
// to a fact that has thousands stays cheap.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/ids.h"
#include "storage/time.h"
#include "storage/view.h"

namespace entente::storage {

class Transaction;
struct EdgeRow;

enum class Stance : uint8_t { kReports = 0, kAffirms = 1, kDenies = 2 };

struct Evidence {
  NodeId article = kNoId;
  Stance stance = Stance::kReports;
  double confidence = 0.5;  // kept to the bit
  NodeId asserter = kNoId;  // who is quoted as saying so
  int32_t sentence = -1;    // −1: none
  int32_t span_start = -1;  // half open, in code points; −1: none
  int32_t span_end = -1;
  std::string quote;
  int64_t retracted_at = kNoTime;
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// Evidence without its words.
struct BareEvidence {
  NodeId article = kNoId;
  NodeId asserter = kNoId;
  double confidence = 0.5;
  int64_t retracted_at = kNoTime;
  Stance stance = Stance::kReports;
};

// How exactly an end of the valid interval is known.
enum class Precision : uint8_t { kNone = 0, kYear = 1, kMonth = 2, kDay = 3, kInstant = 4 };

// Bits of FactRecord::flags. The low eight stand in the edge as well.
enum FactFlag : uint16_t {
  kVisible = 0x01,        // seen under the default lens
  kHasEvidence = 0x02,    // has or had evidence
  kContested = 0x04,      // under the default lens
  kInexactFrom = 0x08,    // valid_from is more than a date, or no time: properties have it
  kInexactTo = 0x10,      // likewise valid_to
  kRetracted = 0x20,      // some evidence was retracted: known time must look at the evidence
  kDenied = 0x40,         // some evidence denies
  kMovedIdentity = 0x80,  // `identity` holds bytes: valid time was changed after the import
  kIdentified = 0x100,    // imports may find it by its identity; see FactRecord::identity
};

struct FactRecord {
  NodeId subject = kNoId;
  RelationId relation = kNoSymbol;
  NodeId object = kNoId;
  // The half-open valid interval, rounded outwards to days: an instant within a day makes
  // valid_from that day, valid_to the next.
  int32_t valid_from = kOpenStart;
  int32_t valid_to = kOpenEnd;
  Precision from_precision = Precision::kNone;
  Precision to_precision = Precision::kNone;
  uint16_t flags = 0;
  // Under the default lens, in ten-thousandths; 0 without evidence.
  uint16_t support = 0;
  uint16_t denial = 0;
  uint16_t confidence = 0;
  // Of the affirming and reporting evidence with a date; kNoTime without.
  int64_t first_reported = kNoTime;
  int64_t last_reported = kNoTime;
  // With kIdentified: the engine's bytes of the identity the fact was first imported with, or empty
  // while that is still subject, relation, object and both ends with their precision.
  std::string identity;
  std::string properties;  // packed by the engine, opaque here
  std::vector<Evidence> evidence;
  friend bool operator==(const FactRecord&, const FactRecord&) = default;
};

// A fact as a block holds it.
struct StoredFact {
  FactId id = kNoId;
  uint64_t evidence_total = 0;  // pieces, inline or not
  FactRecord record;            // with its inline evidence only
};

// The fact, or nullopt when there is none.
absl::StatusOr<std::optional<FactRecord>> ReadFact(const View& view, FactId fact);
// Many at once, `facts` ascending; each block is read once. The answers are in the same order.
absl::StatusOr<std::vector<std::optional<FactRecord>>> ReadFacts(const View& view,
                                                                 absl::Span<const FactId> facts);

// What the evidence of a fact amounts to; see FactRecord.
struct FactCorroboration {
  uint16_t flags = 0;
  uint16_t support = 0;
  uint16_t denial = 0;
  uint16_t confidence = 0;
  int64_t first_reported = kNoTime;
  int64_t last_reported = kNoTime;
};
// That alone, of many facts as in ReadFacts.
absl::StatusOr<std::vector<std::optional<FactCorroboration>>> ReadCorroborations(
    const View& view, absl::Span<const FactId> facts);

// The evidence alone; nullopt when there is no such fact.
absl::StatusOr<std::optional<std::vector<Evidence>>> ReadEvidence(const View& view, FactId fact);

// The same without its words, of many facts as in ReadFacts.
struct BareEvidenceOfFacts {
  struct Range {
    size_t begin = 0;
    size_t end = 0;
    uint16_t flags = 0;  // of the fact
  };
  std::vector<std::optional<Range>> of_fact;  // in `pieces`; nullopt: there is no such fact
  std::vector<BareEvidence> pieces;
};
absl::StatusOr<BareEvidenceOfFacts> ReadBareEvidence(const View& view,
                                                     absl::Span<const FactId> facts);

// The edge that stands for a fact among the edges of its subject (kOut) or object (kIn).
EdgeRow EdgeOf(Direction direction, FactId fact, const FactRecord& record);

absl::StatusOr<FactId> InsertFact(Transaction& transaction, const FactRecord& record);
// The same under the id of a fact that was erased.
absl::Status RestoreFact(Transaction& transaction, FactId fact, const FactRecord& record);
// `old` is the record as stored now. Subject, relation and object may change too.
absl::Status UpdateFact(Transaction& transaction, FactId fact, const FactRecord& old,
                        const FactRecord& record);
absl::Status EraseFact(Transaction& transaction, FactId fact, const FactRecord& old);

// Walks all facts in ascending order of id. Must not outlive its View, nor see it written to.
class FactCursor {
 public:
  explicit FactCursor(const View& view);

  // False at the end or after an error, which status() tells apart. `record` may be moved from.
  bool Next(FactId* fact, FactRecord* record);
  absl::Status status() const { return status_; }

 private:
  absl::Status Fill();

  const View& view_;
  Cursor blocks_;
  Cursor loose_;
  std::vector<std::pair<FactId, StoredFact>> ready_;
  size_t next_ = 0;
  absl::Status status_;
};

}  // namespace entente::storage
