// EvidenceReader: turns stored pieces of evidence into what corroboration works on, by looking up
// the articles: their publisher, date, and the independent source that they count as. Remembers the
// articles it has met.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/evidence.h"
#include "engine/ids.h"

namespace entente {

namespace storage {
struct BareEvidence;
struct Evidence;
struct FactRecord;
enum class Stance : uint8_t;
class ArticleSegments;
class View;
}  // namespace storage

class EvidenceReader {
 public:
  // `view` must outlive the reader.
  explicit EvidenceReader(const storage::View& view);
  ~EvidenceReader();

  // In the same order. DataLoss when a piece names an article that is not there.
  absl::StatusOr<std::vector<Evidence>> Read(const std::vector<storage::Evidence>& pieces);

  // Evidence of many facts without its words: first the articles of all pieces are looked up at
  // once, in any order, repeated or not. Without `with_sources` copies get no independent source,
  // and what they are copies of is not looked at.
  absl::Status Meet(absl::Span<const storage::BareEvidence> pieces, bool with_sources);
  // Then pieces [begin, end) of those are put together, until anything else is asked for.
  void Read(absl::Span<const storage::BareEvidence> pieces, size_t begin, size_t end,
            std::vector<Evidence>* evidence) const;

  // What one article counts as, and its date.
  struct Origin {
    NodeId source = kNoId;
    std::optional<Instant> published;
  };
  absl::StatusOr<Origin> OriginOf(NodeId article);

  // To be called when an article changed.
  void Forget();

 private:
  struct Article {
    NodeId publisher = kNoId;
    NodeId original = kNoId;
    NodeId source = kNoId;  // of copies: once it was looked for
    std::optional<Instant> published;
  };
  static Article ArticleOf(NodeId id, NodeId publisher, NodeId original, int64_t published);
  absl::Status Meet(absl::Span<const NodeId> articles, bool with_sources);
  // What is known of articles without looking for what copies are copies of.
  absl::Status LookUp(absl::Span<const NodeId> ids, absl::Span<Article> articles);
  // Out of the segments if these are in use and have it.
  absl::StatusOr<std::optional<Article>> FindInSegments(NodeId id);
  // Adds the sources of copies.
  absl::Status Complete(absl::Span<const NodeId> ids, absl::Span<Article> articles);
  // From so many articles on that were looked up one by one, whole segments are read.
  absl::Status UseSegmentsFor(size_t more);

  const storage::View& view_;
  std::vector<Article> met_;                         // in the order of the last Meet
  absl::flat_hash_map<NodeId, Article> remembered_;  // complete
  size_t looked_up_ = 0;
  std::unique_ptr<storage::ArticleSegments> segments_;  // nullptr: not in use
};

// What evidence amounts to under `lens`; `visible` as far as that goes by evidence alone.
// `has_evidence`: the fact has or had some. `evidence` is all of it.
Corroboration CorroborateUnder(bool has_evidence, const std::vector<Evidence>& evidence,
                               const Lens& lens);
// The same of a fact, and whether it is seen through the lens, its valid time included.
// `evidence` is all of the record's.
absl::StatusOr<Corroboration> CorroborateUnder(const storage::FactRecord& record,
                                               const std::vector<Evidence>& evidence,
                                               const Lens& lens);

// Whether the fact's valid interval, exactly as it was given, meets the range.
absl::StatusOr<bool> IsValidIn(const storage::FactRecord& record, const ValidRange& range);

// Writes what the evidence amounts to under the default lens into the record's columns and flags.
// `retracted`, `denied`: whether some of it was retracted, or denies and was not.
void StoreCorroboration(const Corroboration& result, bool retracted, bool denied,
                        storage::FactRecord* record);
Stance StanceOf(storage::Stance stance);

}  // namespace entente
