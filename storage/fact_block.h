// The values of the facts family. Pure functions from records to bytes and back, for transactions,
// sealing and bulk loads alike.
//
//   block      0x01 | n varint | fact column headers | fact columns
//              | evidence column headers | evidence columns | heap
//   fact       slot (id − first id of the block)^, subject, relation, object, valid_from*, days
//   columns    (valid_to − valid_from, or valid_to when that is open)*°, precisions (from + 8 ·
//              to)°, flags°, support (less the packed confidence of the first piece, if there is
//              one)°, denial°, gap (support − confidence)°, first_reported (since the beginning of
//              valid_from, or since 1970 when that is open or 10⁸ days off)*+, since_first
//              (last_reported − first_reported, or last_reported when that is none)*+°, evidence
//              (pieces in all)°, identity length°, properties length°
//   evidence   zigzag varints: slope of articles by days, slope of span_starts by sentences, see
//   headers    trend.h; then those of the columns
//   evidence   article (less its trend by the fact's valid_from, if that is not open), stance°,
//   columns    confidence (ten-thousandths)*+, asserter°, sentence, span_start (less its trend),
//              span_length, quote length°, retracted_at+°
//   heap       for each fact its identity, then for each its properties, then for each piece whose
//              confidence is no multiple of 1/10,000 its eight bytes; then, if there are quotes,
//              the number of their vocabulary varint and for each its quote, whose length is in
//              bits: all to a whole byte. Of no vocabulary, 0, the quotes are as they are, in bytes
//   (* with a none code, + scaled, ^ rising, ° may be sparse, see column.h: usually one day, day
//   and day, visible with evidence and identified, one piece, no asserter, not retracted, else 0)
//
//   loose      empty: the fact is deleted. Otherwise a block of one.
//   overflow   0x01 | n varint | evidence column headers | evidence columns | heap
//
// A block holds the first Geometry::inline_evidence pieces of each fact; the others stand in
// overflow pages of Geometry::evidence_page pieces each, whose articles have no trend.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/column.h"
#include "storage/facts.h"
#include "storage/trend.h"
#include "storage/vocabulary.h"

namespace entente::storage {

// What one block or page may hold, whatever the geometry.
inline constexpr uint32_t kMaxBlockFacts = 1 << 16;
inline constexpr uint32_t kMaxBlockEvidence = 1 << 20;

// `facts` are ascending, within one block whose first id is `first`. Each has exactly
// min(evidence_total, inline_evidence) pieces. Quotes are coded where that is shorter, and the
// encoder then marked as used; null: they are not.
std::string EncodeFactBlock(FactId first, absl::Span<const StoredFact> facts,
                            TextEncoder* quotes = nullptr);

std::string EncodeEvidencePage(absl::Span<const Evidence> evidence);
absl::StatusOr<std::vector<Evidence>> DecodeEvidencePage(absl::string_view bytes);

// The evidence part of a block or an overflow page. Points into the bytes it was parsed from.
class EvidenceColumns {
 public:
  // Reads `n` pieces' columns.
  bool Parse(size_t n, ByteReader* bytes);
  // Reads their heap.
  bool ParseHeap(ByteReader* bytes);
  // Pieces of a fact whose valid time begins on `day`, 0 when that is open.
  absl::Status Read(size_t begin, size_t end, int64_t day, std::vector<Evidence>* out) const;
  void ReadBare(size_t begin, size_t end, int64_t day, std::vector<BareEvidence>* out) const;
  // All pieces, those of each fact up to its `ends`.
  void ReadAllBare(absl::Span<const uint64_t> ends, absl::Span<const int32_t> valid_from,
                   std::vector<BareEvidence>* out) const;
  // Of the piece at `i`, in ten-thousandths; 0xffff when it is not a whole number of them.
  uint64_t PackedConfidenceAt(size_t i) const { return columns_[kConfidence].At(i) & 0xffff; }
  // As FactBlock.
  uint32_t vocabulary() const { return vocabulary_number_; }
  void SetVocabulary(const Vocabulary* vocabulary) { vocabulary_ = vocabulary; }
  bool QuotesAreSound() const;
  size_t bytes() const;

 private:
  friend void AppendEvidence(absl::Span<const Evidence* const>, absl::Span<const int64_t>,
                             TextEncoder*, std::string*, std::string*);
  enum Index {
    kArticle,
    kStance,
    kConfidence,
    kAsserter,
    kSentence,
    kSpanStart,
    kSpanLength,
    kQuoteLength,
    kRetractedAt,
    kColumnCount,
  };
  static const ColumnType kTypes[kColumnCount];

  double ConfidenceAt(size_t i) const;
  // False when it is broken; some text then.
  bool ReadQuote(size_t i, std::string* quote) const;

  size_t n_ = 0;
  Trend articles_by_day_;
  Trend starts_by_sentence_;
  Column columns_[kColumnCount];
  std::vector<uint64_t> quote_ends_;    // offsets into quotes_; empty when there are no quotes
  std::vector<uint32_t> exact_before_;  // how many pieces before i have an exact confidence, if any
  absl::string_view exact_;
  absl::string_view quotes_;
  uint32_t vocabulary_number_ = 0;
  const Vocabulary* vocabulary_ = nullptr;
};

// A parsed block. Points into the bytes it was parsed from.
class FactBlock {
 public:
  // DataLoss when the bytes are not a block. `inline_evidence` is the geometry's.
  static absl::StatusOr<FactBlock> Parse(FactId first, uint32_t inline_evidence,
                                         absl::string_view bytes);

  size_t size() const { return size_; }
  FactId id(size_t i) const { return ids_.empty() ? first_ + i : ids_[i]; }
  // The position of a fact, if it is here.
  std::optional<size_t> Find(FactId fact) const;
  // DataLoss when a quote is broken.
  absl::StatusOr<StoredFact> Read(size_t i) const;
  FactCorroboration ReadCorroboration(size_t i) const;
  uint16_t FlagsAt(size_t i) const { return static_cast<uint16_t>(columns_[kFlags].At(i)); }
  // Appends the fact's inline evidence; how many pieces it has in all.
  uint64_t ReadBareEvidence(size_t i, std::vector<BareEvidence>* out) const;
  // The same of all facts at once.
  struct FactEvidence {
    uint64_t total;  // pieces in all
    size_t end;      // of its inline pieces
    uint16_t flags;
  };
  std::vector<FactEvidence> ReadAllBareEvidence(std::vector<BareEvidence>* out) const;
  // The same with their words. DataLoss when a quote is broken.
  absl::StatusOr<uint64_t> ReadEvidence(size_t i, std::vector<Evidence>* out) const;
  // The number of the vocabulary of its quotes (vocabularies.h); 0: they need none. Without it they
  // are broken.
  uint32_t vocabulary() const { return evidence_.vocabulary(); }
  void SetVocabulary(const Vocabulary* vocabulary) { evidence_.SetVocabulary(vocabulary); }
  // Reads them all.
  bool QuotesAreSound() const { return evidence_.QuotesAreSound(); }
  // Memory it takes beside itself and the bytes it points into.
  size_t bytes() const;

 private:
  friend std::string EncodeFactBlock(FactId first, absl::Span<const StoredFact> facts,
                                     TextEncoder* quotes);
  enum Index {
    kSlot,
    kSubject,
    kRelation,
    kObject,
    kValidFrom,
    kDays,
    kPrecisions,
    kFlags,
    kSupport,
    kDenial,
    kGap,
    kFirstReported,
    kSinceFirst,
    kEvidence,
    kIdentityLength,
    kPropertiesLength,
    kColumnCount,
  };
  static const ColumnType kTypes[kColumnCount];

  int32_t ValidFrom(size_t i) const { return static_cast<int32_t>(columns_[kValidFrom].At(i)); }
  // Of the fact's inline pieces.
  size_t EvidenceBegin(size_t i) const { return i == 0 ? 0 : evidence_ends_[i - 1]; }
  // What `support` is told apart from.
  uint64_t GuessedSupport(size_t i) const;
  bool ParseColumns(FactId first, uint32_t inline_evidence, ByteReader* bytes);
  bool ParseHeap(ByteReader* bytes);
  bool Lengths(Index index, std::vector<uint64_t>* ends, ByteReader* bytes,
               absl::string_view* heap) const;

  Column columns_[kColumnCount];
  size_t size_ = 0;
  FactId first_ = 0;
  std::vector<FactId> ids_;                // empty when they count on from the first
  std::vector<uint64_t> identity_ends_;    // empty when no fact has any
  std::vector<uint64_t> properties_ends_;  // likewise
  std::vector<uint64_t> evidence_ends_;    // of inline pieces
  absl::string_view identities_;
  absl::string_view properties_;
  EvidenceColumns evidence_;
};

}  // namespace entente::storage
