// EvidenceReader: turns stored pieces of evidence into what corroboration works on, by looking up
// the articles: their publisher, date, and the independent source that they count as. Remembers the
// articles it has met.
#pragma once

#include <cstdint>
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
struct FactRecord;
struct NodeRecord;
enum class Stance : uint8_t;
class View;
}  // namespace storage

class EvidenceReader {
 public:
  // `view` must outlive the reader.
  explicit EvidenceReader(const storage::View& view) : view_(view) {}

  // The record's evidence, in stored order. DataLoss when it names an article that is not there.
  absl::StatusOr<std::vector<Evidence>> Read(const storage::FactRecord& record);
  // Looks the articles up at once, in any order, repeated or not, for Read to know them.
  absl::Status Meet(absl::Span<const NodeId> articles);

  // What one article counts as, and its date.
  struct Origin {
    NodeId source = kNoId;
    std::optional<Instant> published;
  };
  absl::StatusOr<Origin> OriginOf(NodeId article);

  // To be called when an article changed.
  void Forget() { articles_.clear(); }

 private:
  struct Article {
    NodeId publisher = kNoId;
    NodeId original = kNoId;
    NodeId source = kNoId;
    std::optional<Instant> published;
  };
  // The article itself; by its record, which must be there; with its source.
  static absl::StatusOr<Article> Make(NodeId id, const storage::NodeRecord* record);
  absl::StatusOr<Article> Load(NodeId id) const;
  absl::StatusOr<Article> Complete(NodeId id, Article article) const;
  absl::StatusOr<Article> Find(NodeId id);

  const storage::View& view_;
  absl::flat_hash_map<NodeId, Article> articles_;
};

// What the fact's evidence amounts to under `lens`, and whether the fact is seen through it.
// `evidence` is all of the record's.
absl::StatusOr<Corroboration> CorroborateUnder(const storage::FactRecord& record,
                                               const std::vector<Evidence>& evidence,
                                               const Lens& lens);

// Writes what the evidence amounts to under the default lens into the record's columns and flags.
// `retracted`, `denied`: whether some of it was retracted, or denies and was not.
void StoreCorroboration(const Corroboration& result, bool retracted, bool denied,
                        storage::FactRecord* record);
Stance StanceOf(storage::Stance stance);

}  // namespace entente
