// Graph: the database as the language sees it, at one point in time and read through lenses: nodes,
// relationships, names, evidence. A Graph over a snapshot never changes; the Graph of a write
// transaction (GraphWriter) sees its own writes. Not thread-safe; any number may exist at once.
//
// Reading something that does not exist (any more) in this view is EntityNotFound
// DeletedEntityAccess. Damaged bytes are DataLoss.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/catalogue.h"
#include "engine/entity_name.h"
#include "engine/evidence.h"
#include "engine/evidence_reader.h"
#include "engine/ids.h"
#include "engine/lens.h"
#include "engine/property_index.h"
#include "engine/value.h"

namespace entente {

struct FactChange;

namespace storage {
struct FactRecord;
struct NodeRecord;
class NodeReader;
class View;
}  // namespace storage

// The types that one hop of a pattern accepts: any, or these (sorted ids, descendants included).
struct RelationSet {
  bool any = true;
  std::vector<RelationId> ids;
};

// As in a pattern, seen from the node that the expansion starts from.
enum class Heading : uint8_t { kOut, kIn, kEither };

// Columns of Edges that come only when they are asked for.
enum EdgeField : uint32_t {
  kFactField = 0x01,
  kRelationField = 0x02,
  kIncomingField = 0x04,
  kValidFromField = 0x08,
  kValidToField = 0x10,
  kFirstReportedField = 0x20,
  kConfidenceField = 0x40,
  kFlagsField = 0x80,
};
inline constexpr uint32_t kIdentityFields = kFactField | kRelationField | kIncomingField;

// Bits of Edges::flags.
enum EdgeFlag : uint8_t {
  kVisibleEdge = 0x01,      // under the default lens
  kHasEvidenceEdge = 0x02,  // has or had evidence
  kContestedEdge = 0x04,    // under the default lens
  kInexactFromEdge = 0x08,  // the property valid_from is not what its day tells: it must be read
  kInexactToEdge = 0x10,    // likewise valid_to
};

// Relationships that an expansion found, a column per field, all of the same length or empty. What
// evidence amounts to is told as the default lens has it.
struct Edges {
  std::vector<uint32_t> row;  // index of the start node in the expansion's sources
  std::vector<NodeId> other;  // the node at the far end
  std::vector<FactId> fact;
  std::vector<RelationId> relation;
  std::vector<uint8_t> incoming;        // 1: the fact points from `other` to the start node
  std::vector<int32_t> valid_from;      // day since 1970, rounded down; INT32_MIN: open
  std::vector<int32_t> valid_to;        // rounded up; INT32_MAX: open
  std::vector<int32_t> first_reported;  // day; INT32_MAX: never
  std::vector<uint16_t> confidence;     // ten-thousandths; 0 without evidence
  std::vector<uint8_t> flags;           // EdgeFlag and others

  size_t size() const { return row.size(); }
  void Clear();
};

class Graph;

// Relationships of many nodes, in portions. With Heading::kEither a self-loop comes once.
class Expansion {
 public:
  // `graph`, `types` and `lens` must outlive the expansion. In a write transaction, changes made
  // after Start may be seen or not. Only facts that are visible through `lens` come out. `fields`
  // (EdgeField) are filled beside `row` and `other`.
  Expansion(const Graph& graph, Heading heading, const RelationSet& types, const Lens& lens,
            uint32_t fields = kIdentityFields);
  ~Expansion();
  Expansion(const Expansion&) = delete;
  Expansion& operator=(const Expansion&) = delete;

  // Begins anew with these start nodes, which are copied.
  void Start(absl::Span<const NodeId> sources);

  // Appends to `edges` at least one relationship and stops soon after `limit` of them, in the order
  // of the sources; false when there are none left.
  absl::StatusOr<bool> Next(size_t limit, Edges* edges);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Node ids in portions, in ascending order unless it says otherwise.
class NodeScan {
 public:
  virtual ~NodeScan() = default;
  // Appends up to `limit` ids; false when there are none left.
  virtual absl::StatusOr<bool> Next(size_t limit, std::vector<NodeId>* nodes) = 0;
};

// How far text is known to be a name of a node.
struct NameMatch {
  NodeId node = kNoId;
  std::string name;      // as it was written at import
  std::string language;  // "" unknown
  double score = 1;      // how near the name is to the text, 0 to 1
};

// A node among several that a name may mean.
struct NameCandidate {
  std::string name;  // the canonical one, "" when it has none
  std::string key;   // "" when it has none
};
// kAmbiguousName, with the candidates listed.
absl::Status AmbiguousNameError(absl::string_view text,
                                const std::vector<NameCandidate>& candidates);

class Graph {
 public:
  // `view` and `catalogue` must outlive the graph.
  Graph(const storage::View& view, const Catalogue* catalogue);
  virtual ~Graph() = default;

  const Catalogue& catalogue() const { return *catalogue_; }

  // --- Nodes
  absl::StatusOr<bool> HasNode(NodeId node) const;
  absl::StatusOr<std::vector<LabelId>> Labels(NodeId node) const;
  // Whether the node bears `label` or one under it.
  absl::StatusOr<bool> HasLabel(NodeId node, LabelId label) const;
  // Null when the node has no such property.
  absl::StatusOr<Value> NodeProperty(NodeId node, absl::string_view name) const;
  // The same of many nodes, in any order; `*values` gets one for each, null for kNoId.
  absl::Status NodeProperties(absl::Span<const NodeId> nodes, absl::string_view name,
                              std::vector<Value>* values) const;
  absl::StatusOr<std::vector<MapEntry>> NodeProperties(NodeId node) const;
  // Every node; or those that bear `label` or one under it, each once. The graph must outlive the
  // scan. In a write transaction, changes made meanwhile may be seen or not.
  std::unique_ptr<NodeScan> ScanNodes() const;
  std::unique_ptr<NodeScan> ScanLabel(LabelId label) const;
  // The nodes of an index whose values lie in the ranges, in the order of these and then by value,
  // not by id; the ranges must have no entry in common. `index` must be one of the catalogue's.
  // Otherwise as ScanNodes.
  std::unique_ptr<NodeScan> ScanIndex(const PropertyIndex& index,
                                      std::vector<IndexRange> ranges) const;
  // Every node from which a hop with this heading, kOut or kIn, is possible, and maybe others that
  // do not even exist any more. Not in a write transaction.
  std::unique_ptr<NodeScan> ScanHopSources(Heading heading) const;
  // The node that imports know by this key: the first one that got it, else the entity into which
  // one that had it was merged (engine/claim_writer.h); kNoId if none.
  absl::StatusOr<NodeId> FindKey(absl::string_view key) const;
  // The first node that got the key; kNoId if none.
  absl::StatusOr<NodeId> FindKeyOwner(absl::string_view key) const;
  // All keys by which FindKey finds the node: its own, then those of what was merged into it.
  absl::StatusOr<std::vector<std::string>> SourceKeys(NodeId node) const;
  // Adds every node whose `key` property is this text, which must not be empty: CREATE may make
  // several.
  absl::Status AddKeyBearers(absl::string_view key, std::vector<NodeId>* nodes) const;

  // --- Names
  // Nodes that `text` may mean, by the rules for names at import (DESIGN.md 1): by key, else by
  // canonical name, else by alias; the first kind that finds any wins.
  absl::StatusOr<std::vector<NameMatch>> FindName(absl::string_view text) const;
  // The only one of them, kNoId if there is none; kAmbiguousName lists several.
  absl::StatusOr<NodeId> ResolveName(absl::string_view text) const;
  absl::StatusOr<NameCandidate> CandidateOf(NodeId node) const;
  // Up to `limit` entities with a name near to `text`, each once with the nearest, by score: half
  // of it is the similarity of both Latin forms' trigrams (engine/names.h), half goes to names that
  // begin with `text`, be it in Latin letters. So the name itself comes first, then what it begins,
  // then what is like it by at least 0.3. Of what very many names are equally like, some are left
  // out.
  absl::StatusOr<std::vector<NameMatch>> FindSimilarNames(absl::string_view text,
                                                          size_t limit) const;
  // Up to `limit` of these names, for error messages.
  absl::StatusOr<std::vector<std::string>> NearestNames(absl::string_view text, size_t limit) const;
  absl::StatusOr<std::vector<EntityName>> Names(NodeId node) const;
  // The `name` property if it is a string and not empty, else likewise the key, else "".
  absl::StatusOr<std::string> DisplayName(NodeId node) const;

  // --- Relationships
  absl::StatusOr<bool> HasRelationship(FactId fact) const;
  // Bound under `lens`, which may be null for the default lens.
  absl::StatusOr<Value> Relationship(FactId fact, const Lens* lens) const;
  absl::StatusOr<Value> RelationshipProperty(FactId fact, absl::string_view name) const;
  // The same of many, in any order; `*values` gets one for each, null for kNoId.
  absl::Status RelationshipProperties(absl::Span<const FactId> facts, absl::string_view name,
                                      std::vector<Value>* values) const;
  absl::StatusOr<std::vector<MapEntry>> RelationshipProperties(FactId fact) const;
  // Relationships between two nodes as Expansion would find them from `from`, every `row` 0.
  absl::Status FindBetween(NodeId from, NodeId to, Heading heading, const RelationSet& types,
                           const Lens& lens, uint32_t fields, Edges* edges) const;
  // Number of relationships at a node that are visible under the default lens; self-loops count
  // once with kEither.
  absl::StatusOr<uint64_t> Degree(NodeId node, Heading heading, const RelationSet& types) const;
  // The same of many nodes, in any order; `*degrees` gets one for each.
  absl::Status Degrees(absl::Span<const NodeId> nodes, Heading heading, const RelationSet& types,
                       std::vector<uint64_t>* degrees) const;
  // Named types and all under them; names that do not exist contribute nothing. No names: any.
  RelationSet ResolveTypes(absl::Span<const std::string> names) const;

  // --- Evidence (engine/evidence.h), under `lens`
  absl::StatusOr<std::vector<Evidence>> EvidenceOf(FactId fact, const Lens& lens) const;
  // Without `with_sources`, `sources` stays empty, and under the default lens no evidence is read.
  absl::StatusOr<Corroboration> CorroborationOf(FactId fact, const Lens& lens,
                                                bool with_sources = true) const;
  // The same of many, in any order; `*results` gets one for each, a default one for kNoId.
  absl::Status CorroborationsOf(absl::Span<const FactId> facts, const Lens& lens, bool with_sources,
                                std::vector<Corroboration>* results) const;
  // What happened to a fact from `from` to `until`, both included (engine/changes.h).
  absl::StatusOr<std::vector<FactChange>> ChangesOf(FactId fact, const Lens& lens, Instant from,
                                                    Instant until) const;
  // Facts on which evidence from the article counts, be it a denial, and which the lens's valid
  // time and least confidence let pass; sorted. Empty when the node is no article.
  absl::StatusOr<std::vector<FactId>> FactsOf(NodeId article, const Lens& lens) const;
  // The entity that published the article; kNoId if unknown.
  absl::StatusOr<NodeId> PublisherOf(NodeId article) const;
  absl::StatusOr<std::vector<NodeId>> ArticlesOf(NodeId publisher) const;
  // The precision with which an end of a fact's valid time was given: "year", "month", "day", or
  // "instant" for a DateTime; null where the end is open. `name` is "valid_from" or "valid_to".
  absl::StatusOr<Value> ValidPrecision(FactId fact, absl::string_view name) const;

  // --- Statistics, for the planner: estimates are allowed to be off, never wrong by sign.
  uint64_t NodeCount() const;
  uint64_t LabelCount(LabelId label) const;  // with everything under it
  uint64_t RelationshipCount() const;
  uint64_t RelationCount(RelationId type) const;  // exactly this type
  uint64_t IndexedNodes(const PropertyIndex& index) const;
  uint64_t IndexedValues(const PropertyIndex& index) const;  // that differ

  // `value` with every node and relationship in it, however deep, carrying labels, type and
  // properties as of now, for rows that leave the engine. Things that were deleted meanwhile stay
  // bare.
  absl::StatusOr<Value> Fill(const Value& value) const;

  // Grows with every commit: equal numbers of one database mean equal contents, a transaction's own
  // writes aside.
  uint64_t Sequence() const;

  const storage::View& view() const { return *view_; }

 protected:
  friend class Expansion;

  // EntityNotFound DeletedEntityAccess when there is none.
  absl::StatusOr<storage::NodeRecord> NeedNode(NodeId node) const;
  // The same without a copy, until the reader's next reading.
  static absl::StatusOr<const storage::NodeRecord*> NeedNode(storage::NodeReader& reader,
                                                             NodeId node);
  absl::StatusOr<storage::FactRecord> NeedFact(FactId fact) const;
  // Calls visit(part) with the facts, kNoId aside, by id, in parts that can be held at once; each
  // with its index in `facts`.
  // Parts of CorroborationsOf; results go to their places.
  absl::Status ReadStored(absl::Span<const FactId> facts, absl::Span<const size_t> places,
                          std::vector<Corroboration>* results) const;
  absl::Status Corroborate(absl::Span<const FactId> facts, absl::Span<const size_t> places,
                           const Lens& lens, bool with_sources,
                           std::vector<Corroboration>* results) const;
  // A property as the language sees it, valid time included.
  static absl::StatusOr<Value> PropertyOf(const storage::FactRecord& record, PropertyId property);
  absl::StatusOr<std::vector<MapEntry>> Unpack(absl::string_view properties) const;
  // The relationship's properties as the language sees them, valid time included.
  absl::StatusOr<std::vector<MapEntry>> PropertiesOf(const storage::FactRecord& record) const;
  absl::Status FillNode(NodeId node, Value* value) const;
  absl::Status FillRelationship(const RelationshipContent& bare, Value* value) const;

  const storage::View* view_;
  const Catalogue* catalogue_;
  mutable EvidenceReader articles_;
};

}  // namespace entente
