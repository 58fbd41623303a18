// ClaimWriter: what imports and the entente.* procedures do to a graph. Over a GraphWriter it keeps
// keys unique, resolves names, finds facts again by their identity and adds evidence to them
// (DESIGN.md 1: Identity, Names at import).
//
// An import goes: UpsertEntity for every entity of the whole input; TakeOverStubs; then
// UpsertArticle, Resolve, AddFact and Cite in any order; Finish; commit. Doing the same again
// changes nothing.
//
// A call that fails because of its input (InvalidArgument, kAmbiguousName) has changed nothing, so
// the row can be rejected and the import goes on. Other errors end the import.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/evidence.h"
#include "engine/graph_writer.h"
#include "engine/valid_time.h"
#include "storage/facts.h"

namespace entente {

namespace storage {
struct FactBefore;
struct MergeRecord;
}  // namespace storage

// Empty text, null values: not given, what is stored stays.
struct EntityInput {
  std::string key;  // required
  std::string name;
  std::vector<std::string> labels;
  std::vector<EntityName> names;  // aliases; an empty script is detected
  std::vector<MapEntry> properties;
};

struct ArticleInput {
  std::string key;  // required
  std::string url;
  std::string title;
  std::string publisher;  // key or name, resolved as Resolve does
  std::string language;
  Value published;      // DateTime, LocalDateTime (UTC), Date or an ISO 8601 string
  std::string copy_of;  // key of the original, which need not be there yet
  std::vector<MapEntry> properties;
};

struct FactInput {
  NodeId subject = kNoId;
  RelationId relation = kNoSymbol;
  NodeId object = kNoId;
  ValidEnd valid_from;
  ValidEnd valid_to;
  std::vector<MapEntry> properties;  // beside valid_from and valid_to
};

struct EvidenceInput {
  NodeId article = kNoId;
  Stance stance = Stance::kReports;
  double confidence = 0.5;  // 0 … 1
  NodeId asserter = kNoId;
  int32_t sentence = -1;  // −1: unknown
  int32_t span_begin = -1;
  int32_t span_end = -1;
  std::string quote;
};

// Which of an article's pieces of evidence on a fact are meant: those that agree with all that is
// given.
struct EvidenceChoice {
  std::optional<Stance> stance;
  std::optional<NodeId> asserter;
  std::optional<int32_t> sentence;
  std::optional<std::pair<int32_t, int32_t>> span;
};

class ClaimWriter {
 public:
  struct Upserted {
    NodeId node = kNoId;
    bool created = false;
    bool changed = false;  // made, or something about it became different
  };
  struct AddedFact {
    FactId fact = kNoId;
    bool created = false;
    size_t differing = 0;  // properties with another value than the stored one, which stays
  };

  // `graph` must outlive the writer.
  explicit ClaimWriter(GraphWriter& graph) : graph_(graph) {}

  // The entity with this key, made or completed: values given replace stored ones, labels and names
  // are added. The key of an entity that was merged into another adds to that one what it lacks,
  // and the name as an alias. InvalidArgument: no key, key of an article, a value that cannot be
  // stored.
  absl::StatusOr<Upserted> UpsertEntity(const EntityInput& input);

  // Entities that earlier imports knew by name alone ("stubs", key `name:<normalised name>`) become
  // one with the only keyed entity that bears their name, if UpsertEntity touched that entity.
  // Facts that thereby become identical are united, in the order of the entity's names: the first
  // one's properties stay. Node ids given out before may be void afterwards: look their keys up
  // again. Returns the number of stubs taken over.
  absl::StatusOr<size_t> TakeOverStubs();

  // The entity that `text` means: by key, else canonical name, else alias; an unknown name makes a
  // stub. kAmbiguousName lists the candidates.
  absl::StatusOr<NodeId> Resolve(absl::string_view text);

  // The article with this key, made or completed as UpsertEntity does. InvalidArgument also for a
  // `copy_of` that closes a cycle and for a `published` that is no date.
  absl::StatusOr<Upserted> UpsertArticle(const ArticleInput& input);

  // The fact of this identity, kNoId if none.
  absl::StatusOr<FactId> FindFact(NodeId subject, RelationId relation, NodeId object,
                                  const ValidEnd& from, const ValidEnd& to) const;
  // Finds the fact or makes it. Properties it lacks are added, others stay.
  absl::StatusOr<AddedFact> AddFact(const FactInput& input);

  // Adds the pieces of evidence that the fact does not have yet (same article, sentence, span,
  // stance and asserter; one that was retracted stays so) and recomputes its corroboration once.
  // Returns how many were added. The fact may also be one that CREATE made. InvalidArgument: an
  // article that is none, a confidence out of range.
  absl::StatusOr<size_t> Cite(FactId fact, absl::Span<const EvidenceInput> evidence);

  // Retracts the article's evidence on the fact, as far as it is chosen, as of `when`; what is
  // retracted already stays so. Returns how many pieces were.
  absl::StatusOr<size_t> Retract(FactId fact, NodeId article, Instant when,
                                 const EvidenceChoice& choice = {});

  // False when the node bears this name already (engine/entity_name.h).
  absl::StatusOr<bool> AddName(NodeId node, const EntityName& name);

  // Gives an entity without key the key of whoever bears its name, or that of a stub when nobody
  // does, and drops the name where it only pointed at the entity. A bearer that has no key, since
  // CREATE made it, is completed at once: then the answer is true.
  absl::StatusOr<bool> FindNamed(EntityInput* input);

  // --- Merging. `merged` goes into `into`, because the two are one: its names, its labels, the
  // properties that `into` lacks, its relationships with their evidence, the articles that it
  // published and the words that it is quoted with become those of `into`. Relationships that
  // thereby have the same identity are united, with all evidence of both. What is known of the
  // facts is recomputed. The node is gone, but its key still leads to `into`, for imports too.
  //
  // Merging is about who is who, not about what was known when: lenses see the entities merged at
  // every valid and known time. All facts are looked at, because no way leads back from asserters.
  // Returns what Unmerge asks for. InvalidArgument: articles, a node with itself.
  absl::StatusOr<NodeId> Merge(NodeId into, NodeId merged);
  // Both entities and their relationships are as they were, under their former ids. What was added
  // to `into` since stays with it: relationships, evidence of united ones, names, articles. What
  // was changed since stays so: retractions count on both sides, what was deleted stays deleted,
  // and evidence of a deleted article does not come back. A moved relationship takes along what it
  // got. Deleting an entity makes merges into it final. InvalidArgument: no such merge, or one with
  // a later one that touches the same entity or relationship, which must be undone first.
  absl::Status Unmerge(NodeId merged);

  // Adds those of the packed properties that `*properties` lacks; returns how many it has with
  // another value.
  static absl::StatusOr<size_t> AddLacking(absl::string_view packed, std::string* properties);
  // The same for those of a fact that is known, whose ends of valid time stay as they are: they may
  // have been set since they were imported.
  static absl::StatusOr<size_t> AddLackingToFact(absl::string_view packed, std::string* properties);
  // Adds the pieces that the record lacks, a retraction of either counts; returns how many.
  static size_t AddEvidence(absl::Span<const storage::Evidence> pieces,
                            storage::FactRecord* record);

  // Whether two pieces are the same one of their fact.
  static bool SamePiece(const storage::Evidence& a, const storage::Evidence& b);

  // Gives evidence that names stubs taken over its asserters. TakeOverStubs may not be called
  // afterwards.
  absl::Status Finish();

 private:
  absl::StatusOr<Upserted> Upsert(absl::string_view key, bool is_article,
                                  const std::vector<std::string>& labels,
                                  const std::vector<EntityName>& names,
                                  const std::vector<MapEntry>& properties);
  // The fact between the ends of `wanted` that has this identity; `wanted` is like it in all that
  // stands inline.
  absl::StatusOr<FactId> FindIdentity(const storage::FactRecord& wanted,
                                      absl::string_view identity) const;
  // What UpsertEntity does for the key of an entity that was merged into this one.
  absl::StatusOr<Upserted> AddToMerged(NodeId node, const EntityInput& input);
  absl::StatusOr<NodeId> KeyedBearer(absl::string_view name) const;
  absl::Status AbsorbStub(NodeId stub, NodeId entity);

  // What a fact becomes when `to` takes the place of `from` as its end and in its evidence, and the
  // fact that it then is equal to; kNoId: none.
  struct MovedFact {
    storage::FactRecord record;
    FactId twin = kNoId;
  };
  absl::StatusOr<MovedFact> Moved(const storage::FactRecord& old, NodeId from, NodeId to) const;
  // Writes it over `old`, or unites it with its twin.
  absl::Status WriteMoved(FactId fact, const storage::FactRecord& old, MovedFact moved);
  // The identity of a fact after its ends became those of `record`.
  static std::string Rebased(absl::string_view identity, const storage::FactRecord& record);
  // Facts with evidence that quotes one of them.
  absl::StatusOr<std::vector<FactId>> FactsAsserting(
      const absl::flat_hash_set<NodeId>& asserters) const;

  // `into` with all that it gets from `merged`.
  static absl::StatusOr<storage::NodeRecord> United(const storage::NodeRecord& into,
                                                    const storage::NodeRecord& merged);
  absl::Status MergeFacts(NodeId merged, storage::MergeRecord* merge);
  absl::Status CheckIsLastMerge(NodeId merged, const storage::MergeRecord& merge) const;
  absl::Status UndoUnion(const storage::MergeRecord& merge);
  // Makes the facts of a group, which became the first one, what they were.
  absl::Status Separate(NodeId merged, NodeId into,
                        absl::Span<const std::pair<FactId, storage::FactBefore>> group);

  GraphWriter& graph_;
  absl::flat_hash_set<NodeId> touched_;
  // Stubs taken over: evidence may still name them as asserters until Finish.
  std::vector<std::pair<NodeId, NodeId>> absorbed_;
};

}  // namespace entente
