// GraphWriter: the Graph of a write transaction, and every change to it. One at a time per database
// (storage::Transaction sees to that). Nothing is seen by others before Commit, which is atomic. A
// change that fails leaves the transaction fit only for rolling back to the last savepoint.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/graph.h"

namespace entente {

namespace storage {
class Transaction;
}

class GraphWriter : public Graph {
 public:
  // `transaction` must outlive the writer; `catalogue` is the writer's own copy, which it changes.
  GraphWriter(storage::Transaction& transaction, std::unique_ptr<Catalogue> catalogue);
  ~GraphWriter() override;

  // --- openCypher's updates. Property values must be storable (TypeError InvalidPropertyType); a
  // null value means absence.
  absl::StatusOr<NodeId> CreateNode(absl::Span<const std::string> labels,
                                    const std::vector<MapEntry>& properties);
  absl::StatusOr<Value> CreateRelationship(NodeId start, absl::string_view type, NodeId end,
                                           const std::vector<MapEntry>& properties);
  absl::Status SetNodeProperty(NodeId node, absl::string_view name, const Value& value);
  absl::Status SetRelationshipProperty(FactId fact, absl::string_view name, const Value& value);
  // All properties become these; with `merge` the others stay.
  absl::Status SetNodeProperties(NodeId node, const std::vector<MapEntry>& properties, bool merge);
  absl::Status SetRelationshipProperties(FactId fact, const std::vector<MapEntry>& properties,
                                         bool merge);
  absl::Status AddLabels(NodeId node, absl::Span<const std::string> labels);
  absl::Status RemoveLabels(NodeId node, absl::Span<const std::string> labels);
  // Deleting what is deleted already is fine.
  absl::Status DeleteRelationship(FactId fact);
  // ConstraintVerificationFailed DeleteConnectedNode while relationships hang on it, visible or
  // not.
  absl::Status DeleteNode(NodeId node);
  // Every relationship at the node, visible or not, whatever its type.
  absl::StatusOr<std::vector<FactId>> AllRelationships(NodeId node) const;

  // --- For MERGE: among all relationships whatever the lens, of exactly this type.
  absl::StatusOr<std::vector<FactId>> ExactRelationships(NodeId start, absl::string_view type,
                                                         NodeId end) const;

  // --- Transaction
  void SetSavepoint();
  absl::Status RollbackToSavepoint();

  storage::Transaction& transaction() { return transaction_; }
  // The catalogue as changed, for publication after the commit.
  std::unique_ptr<Catalogue> ReleaseCatalogue();

 private:
  storage::Transaction& transaction_;
  std::unique_ptr<Catalogue> own_catalogue_;
};

}  // namespace entente
