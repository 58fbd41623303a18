// GraphWriter: the Graph of a write transaction, and every change to it. One at a time per database
// (storage::Transaction sees to that). Nothing is seen by others before Commit, which is atomic. A
// change that fails leaves the transaction fit only for rolling back to the last savepoint.
//
// Three properties of nodes mean something to the engine, and what follows from them is kept in
// step whoever sets them:
//   key   the first node that sets a key (a string) is the one that imports and entity() find by
//   it;
//         a later node with an equal key is only a node with that property. A key is free again
//         when its node changes or loses it.
//   name  the canonical name of an entity, by which FindName finds it.
//   Label `Article`  a node created with it is an article for good, whatever happens to the label.
//         Its `publisher` (a name or key; an unknown one makes an entity of that name, an ambiguous
//         one is kAmbiguousName), `published` (DateTime, LocalDateTime as UTC, Date, or a string in
//         ISO 8601; anything else is no date) and `copy_of` (key of its original, which may come
//         later; a cycle is an error) decide how its evidence counts. A publisher is looked up when
//         the property is set; should it be deleted, its articles have none until it is set again.
//         Copies of a deleted article wait for another one with its key.
// A deleted node that evidence names as asserter is nobody from then on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/graph.h"
#include "engine/valid_time.h"

namespace entente {

namespace storage {
struct FactRecord;
struct NodeRecord;
class Transaction;
}  // namespace storage

// The error of an article that its `copy_of` would make a copy of itself.
absl::Status CopyOfItself(absl::string_view original_key);

class GraphWriter : public Graph {
 public:
  // `transaction` must outlive the writer. `catalogue` is the published picture; the first change
  // to it makes a copy.
  GraphWriter(storage::Transaction& transaction, std::shared_ptr<const Catalogue> catalogue);
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

  // --- Catalogue
  // The symbol of this name, made when there is none.
  absl::StatusOr<RelationId> NeedRelation(absl::string_view name);
  absl::StatusOr<LabelId> NeedLabel(absl::string_view name);
  absl::StatusOr<PropertyId> NeedProperty(absl::string_view name);

  // Asked by long work now and then, with the bytes that it holds beside the transaction: an error
  // ends the work.
  using MayGoOn = absl::FunctionRef<absl::Status(uint64_t bytes)>;

  // Makes the type or label of this name, or replaces everything else about it. InvalidArgument for
  // parents that would close a cycle.
  absl::StatusOr<RelationId> DefineRelation(const RelationType& type);
  absl::StatusOr<LabelId> DefineLabel(const Label& label, MayGoOn may_go_on = GoOn);

  // --- Property indexes (engine/property_index.h). They follow every change of nodes and, like all
  // else, are seen by others after the commit.
  // Makes an index and fills it. An empty name: one made of the label and the property.
  // kIndexExists if there is one of that name or of the same label and property.
  absl::StatusOr<IndexId> CreateIndex(absl::string_view name, absl::string_view label,
                                      absl::string_view property, MayGoOn may_go_on = GoOn);
  // `index` must be one of the catalogue's.
  absl::Status DropIndex(IndexId index, MayGoOn may_go_on = GoOn);
  // For who writes the record of a new node past this class: puts it into the indexes.
  absl::Status IndexNewNode(NodeId node, const storage::NodeRecord& record);

  // --- Valid time with the precision that was written. The fact's identity stays.
  absl::Status SetValidTime(FactId fact, const ValidEnd& from, const ValidEnd& to);

  // --- Transaction
  // Savepoints nest. RollbackToSavepoint undoes what came after the newest one and removes it;
  // ReleaseSavepoint only removes it.
  void SetSavepoint();
  absl::Status RollbackToSavepoint();
  void ReleaseSavepoint();

  storage::Transaction& transaction() { return transaction_; }
  // About how much memory the transaction's writes take.
  uint64_t written_bytes() const;
  // The catalogue as changed, for publication with the commit; nullptr when it is not.
  std::shared_ptr<const Catalogue> changed_catalogue() const;

 private:
  friend class ClaimWriter;
  friend class NodeLoad;
  friend class ClaimLoad;

  Catalogue& ChangeableCatalogue();
  absl::StatusOr<std::vector<LabelId>> NeedLabels(absl::Span<const std::string> names);
  // A property that is text, "" when it is not there or no text or there is no record.
  static absl::StatusOr<std::string> TextOf(const storage::NodeRecord* record, PropertyId property);
  // The key of the original that an article waits for, "" when it waits for none.
  static absl::StatusOr<std::string> Awaited(const storage::NodeRecord* record);
  // `properties` with those that are not null set and the others removed.
  absl::Status SetPacked(const std::vector<MapEntry>& changes, std::string* properties);

  // Every change of a node comes through here: writes `record` over `old` (nullptr: a new node) and
  // brings along keys, names, counts and, for an article, its derived columns, its copies and the
  // facts that it bears on. An error of the input comes before anything is written.
  // `publisher_given`: an article's publisher was set, if only to the text that it has, so that one
  // which was deleted is looked up anew.
  absl::Status ChangeNode(NodeId node, const storage::NodeRecord* old, storage::NodeRecord record,
                          bool publisher_given = false);
  absl::Status DeriveArticle(NodeId article, const storage::NodeRecord* old, bool publisher_given,
                             storage::NodeRecord* record);
  // The article that `original_key` names, kNoId while there is none.
  absl::StatusOr<NodeId> FindOriginal(NodeId article, absl::string_view own_key,
                                      absl::string_view original_key) const;
  // The node that `text` means, made if it is unknown.
  absl::StatusOr<NodeId> NeedEntity(absl::string_view text);
  // These bring along what follows from the node's key, names, labels and properties. nullptr: the
  // node is new or goes. Articles whose evidence counts otherwise now are added to `*affected`.
  absl::Status MoveKey(NodeId node, const storage::NodeRecord* old,
                       const storage::NodeRecord* record, std::vector<NodeId>* affected);
  absl::Status MoveNames(NodeId node, const storage::NodeRecord* old,
                         const storage::NodeRecord* record);
  absl::Status CountLabels(const storage::NodeRecord* old, const storage::NodeRecord* record);
  absl::Status MoveIndexEntries(NodeId node, const storage::NodeRecord* old,
                                const storage::NodeRecord* record);
  absl::Status MoveAwaiting(NodeId article, const storage::NodeRecord* old,
                            const storage::NodeRecord* record);
  absl::Status SetOriginal(NodeId copy, NodeId original);
  absl::Status SetPublisher(NodeId article, NodeId publisher);
  absl::Status RemoveEvidenceOf(NodeId article);
  // What DeleteNode does when no relationship hangs on the node; merges into it can't be undone any
  // more.
  absl::Status ForgetMerges(NodeId node);
  absl::Status RemoveNode(NodeId node);

  absl::Status AddIndexEntry(NodeId node, const IndexEntry& entry);
  absl::Status RemoveIndexEntry(NodeId node, const IndexEntry& entry);
  static absl::Status GoOn(uint64_t) { return absl::OkStatus(); }
  // All entries of an index that has none, and of one that has any.
  absl::Status FillIndex(const PropertyIndex& index, MayGoOn may_go_on);
  absl::Status EmptyIndex(IndexId index, MayGoOn may_go_on);

  absl::StatusOr<FactId> InsertFact(const storage::FactRecord& record);
  // Sets or removes properties; valid_from and valid_to go to their columns.
  absl::Status SetFactProperties(const std::vector<MapEntry>& changes, storage::FactRecord* record);
  static absl::Status SetEnd(bool from, const ValidEnd& end, storage::FactRecord* record);
  // The corroboration columns and flags of `record` from its evidence.
  absl::Status Refresh(storage::FactRecord* record);
  // Writes `record` over `old`. The identity stays what it was.
  absl::Status ChangeFact(FactId fact, const storage::FactRecord& old, storage::FactRecord record);
  // Corroborates anew every fact that these articles, or copies of them, bear on.
  absl::Status RecomputeFactsOf(std::vector<NodeId> articles);

  storage::Transaction& transaction_;
  // Every picture that was current in this transaction; the last one is. References to earlier ones
  // stay good.
  std::vector<std::shared_ptr<const Catalogue>> pictures_;
  Catalogue* changeable_ = nullptr;  // the last picture while it is ours alone
  std::vector<size_t> savepoints_;   // for each, which of pictures_ was current
};

}  // namespace entente
