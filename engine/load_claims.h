// ClaimLoad: the facts and the evidence of a bulk load. Facts are sorted by their identity, so that
// those the load names several times stand together and those the database holds are met by going
// through their subjects' edges; evidence is sorted by fact, so that each fact is corroborated and
// written once. New facts get their ids in the order of out-adjacency and go straight to table
// files; facts that are there already change through the transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/evidence.h"
#include "engine/load_nodes.h"
#include "storage/adjacency.h"
#include "storage/fact_load.h"
#include "storage/facts.h"
#include "storage/large_vector.h"
#include "storage/row_log.h"
#include "storage/row_sorter.h"

namespace entente {

class ClaimLoad {
 public:
  // Both must outlive this; `nodes` has placed its entities and articles.
  ClaimLoad(const LoadContext& context, NodeLoad& nodes);

  // In this order. What comes after WriteFacts does nothing without files; each of it, and each
  // half, is called once, by any thread.
  absl::Status ResolveFacts();
  absl::Status ResolveEvidence();
  absl::Status WriteFacts();
  absl::Status WriteInEdges(storage::FactLoad::Half half);
  absl::Status WriteArticleFacts();

 private:
  // Where packed properties stand: in the bytes of an input, or in united_ (kUnited). 0: none.
  struct Properties {
    uint64_t place;
    uint32_t input;
  };
  static constexpr uint32_t kUnited = ~uint32_t{0};
  static constexpr uint32_t kRefused = ~uint32_t{0};

  // A row of a fact with everything resolved.
  struct NamedFact {
    NodeId subject;
    NodeId object;
    uint64_t ends;
    uint64_t extra;
    RelationId relation;
    int32_t valid_from;
    int32_t valid_to;
    uint32_t number;  // of the row, over all inputs
    uint8_t from_precision;
    uint8_t to_precision;
    uint8_t flags;
  };
  struct IdentityOrder {
    static uint64_t Major(const NamedFact& fact) { return fact.subject; }
    static bool Less(const NamedFact& a, const NamedFact& b);
  };
  // A fact of the load, each identity once.
  struct DistinctFact {
    NodeId subject;
    NodeId object;
    FactId stored;          // kNoId: it is new
    Properties properties;  // of stored facts: only when they are to change
    RelationId relation;
    int32_t valid_from;
    int32_t valid_to;
    uint8_t from_precision;
    uint8_t to_precision;
    uint8_t flags;
  };
  struct NamedEvidence {
    uint32_t fact;   // number of the distinct fact
    uint32_t input;  // whose bytes hold what is extra
    NodeId article;
    NodeId asserter;
    uint64_t extra;
    int32_t sentence;
    int32_t span_begin;
    int32_t span_end;
    uint16_t confidence;
    uint8_t stance;
  };
  struct FactOrder {
    static uint64_t Major(const NamedEvidence& piece) { return piece.fact; }
    static bool Less(const NamedEvidence& a, const NamedEvidence& b) { return a.fact < b.fact; }
  };

  absl::Status DeclareTaxonomy();
  absl::Status ResolveFact(const FactRow& row, const EvidenceRow* coupled, uint32_t number);
  absl::Status CheckNames(const FactRow& row, const EvidenceRow* coupled);
  absl::StatusOr<RelationId> RelationOf(TextId type);
  // Makes one distinct fact of `rows`, which have one identity.
  absl::Status Unite(absl::Span<const NamedFact> rows);
  // The fact of this identity that the database holds, with its record, kNoId when there is none.
  absl::StatusOr<FactId> FindStored(const NamedFact& fact, storage::FactRecord* record);
  absl::Status ReadStoredEdges(NodeId subject);
  absl::StatusOr<absl::string_view> Read(const Properties& properties, std::string* scratch) const;

  absl::Status ResolvePiece(const EvidenceRow& row, uint32_t input, uint32_t fact);
  absl::StatusOr<uint32_t> FactOf(const EvidenceRow& row) const;

  // Fills `*evidence` with the pieces of one distinct fact, each once.
  absl::Status GatherEvidence(uint32_t fact, std::vector<storage::Evidence>* evidence);
  // Takes a quote into the sample, or passes it over.
  absl::Status SampleQuote(const EvidenceRow& row, uint32_t input);
  absl::Status AppendPiece(const NamedEvidence& piece, std::vector<storage::Evidence>* evidence);
  absl::Status WriteNew(const DistinctFact& fact, std::vector<storage::Evidence>* evidence);
  absl::Status ChangeStored(const DistinctFact& fact, absl::Span<const storage::Evidence> pieces);
  absl::Status Corroborate(storage::FactRecord* record);

  const LoadContext& context_;
  LoadShared& shared_;
  GraphWriter& graph_;
  NodeLoad& nodes_;

  std::vector<uint64_t> first_number_;                   // of each input's facts
  storage::LargeVector<uint32_t> fact_of_number_;        // the distinct fact, or kRefused
  absl::flat_hash_map<uint32_t, std::string> refusals_;  // why, by number
  absl::flat_hash_map<TextId, RelationId> relations_;
  storage::RowSorter<NamedFact, IdentityOrder> rows_;
  storage::RowLog<DistinctFact> facts_;
  storage::ByteLog united_;
  uint64_t new_facts_ = 0;
  bool any_stored_ = false;  // facts

  NodeId edges_of_ = kNoId;  // whose stored edges these are
  storage::EdgeColumns edges_;
  std::vector<uint32_t> edge_order_;  // by relation and other end

  using EvidenceSorter = storage::RowSorter<NamedEvidence, FactOrder>;
  EvidenceSorter evidence_;
  std::optional<EvidenceSorter::Reader> pieces_;
  NamedEvidence next_piece_;
  bool has_next_ = false;
  std::vector<Word> words_;
  // Some of the quotes, ever fewer of them.
  storage::VocabularySample quotes_;
  uint64_t quotes_seen_ = 0;
  uint64_t quotes_taken_ = 0;
  std::unique_ptr<storage::FactLoad> load_;  // null: new facts go through the transaction
  std::vector<uint64_t> relation_counts_;
};

}  // namespace entente
