// BulkLoader: brings entities, articles and claims from outside into a database, all or nothing.
//
// Records may come in any order: names resolve when everything has been read (DESIGN.md 1, Names at
// import), facts and evidence are united by their identity with what the database holds already,
// so that loading the same input again changes nothing. A record that cannot be taken is rejected
// with its place and the reason, and the rest loads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/claim_writer.h"
#include "engine/database.h"
#include "engine/evidence.h"
#include "engine/valid_time.h"
#include "engine/value.h"

namespace entente {

// Where a record, or a part of it, stands. Line and column count from 1; 0: unknown.
struct InputPlace {
  uint32_t file = 0;  // index of the caller's files
  uint64_t line = 0;
  uint64_t column = 0;
};

// What one article says about one fact; without an article it is a fact without evidence. "" means
// absent.
struct ClaimInput {
  std::string article;  // key
  std::string subject;  // key or name
  std::string type;     // relation type
  std::string object;   // key or name
  ValidEnd valid_from;
  ValidEnd valid_to;                 // exclusive
  std::string asserted_by;           // key or name
  EvidenceInput evidence;            // `article` and `asserter` are set by the loader
  std::vector<MapEntry> properties;  // of the fact
};

struct Rejection {
  InputPlace place;
  std::string reason;
};

struct LoadProgress {
  enum class Stage { kReading, kEntities, kArticles, kClaims, kEvidence, kCommitting };
  Stage stage = Stage::kReading;
  uint64_t done = 0;  // records of this stage
  uint64_t total = 0;
};

// What a load did to the database.
struct LoadSummary {
  uint64_t claims = 0;  // accepted
  uint64_t rejected = 0;
  uint64_t entities_created = 0;  // stubs included
  uint64_t articles_created = 0;
  uint64_t facts_created = 0;
  uint64_t evidence_created = 0;
  uint64_t differing_properties = 0;  // of facts: later values that gave way to an earlier one
  uint64_t names_taken_over = 0;      // entities known by name alone that a keyed one has become
  uint64_t entities_changed = 0;      // entities and articles that were there and are different now
};

class BulkLoader {
 public:
  struct Options {
    // The first rejection fails the load.
    bool strict = false;
    // Called for each rejection, in the order in which they are found.
    std::function<void(const Rejection&)> on_reject;
    // Called now and then, in the thread that calls the loader.
    std::function<void(const LoadProgress&)> on_progress;
    // May be null, and must outlive the loader. When it turns true, Finish ends soon with
    // kInterrupted and the database stays as it was.
    const std::atomic<bool>* cancelled = nullptr;
  };

  // `database` must outlive the loader. Nothing is seen of the load before Finish has returned OK.
  BulkLoader(Database& database, Options options);
  ~BulkLoader();
  BulkLoader(const BulkLoader&) = delete;
  BulkLoader& operator=(const BulkLoader&) = delete;

  // An error is the load's end (only in strict mode); a record that is merely bad is rejected and
  // OK is returned. An entity needs a key or a name; without a key it is whoever bears the name.
  absl::Status AddEntity(EntityInput entity, const InputPlace& place);
  absl::Status AddArticle(ArticleInput article, const InputPlace& place);
  absl::Status AddClaim(ClaimInput claim, const InputPlace& place);
  // For readers that find a record to be no record at all.
  absl::Status Reject(const InputPlace& place, std::string reason);

  uint64_t claims_read() const { return claims_.size(); }

  // Resolves, unites, writes and commits. After an error the database is as it was.
  absl::StatusOr<LoadSummary> Finish();

 private:
  template <typename Input>
  struct Placed {
    Input input;
    InputPlace place;
  };

  absl::Status Write(GraphWriter& graph);
  absl::Status WriteEntities(ClaimWriter& writer, GraphWriter& graph);
  absl::Status WriteArticles(ClaimWriter& writer);
  absl::Status WriteClaims(ClaimWriter& writer, GraphWriter& graph);
  absl::StatusOr<FactId> WriteClaim(ClaimWriter& writer, GraphWriter& graph, ClaimInput& claim);
  // As ClaimWriter::Resolve, remembered: the nodes of names no longer change once entities are in.
  absl::StatusOr<NodeId> Resolve(ClaimWriter& writer, const std::string& text);
  absl::Status DeclareTaxonomy(GraphWriter& graph);
  // Rejects when `status` is about the input, else hands it back.
  absl::Status RejectIfBad(const InputPlace& place, const absl::Status& status);
  // Tells on_progress now and then; kInterrupted when the load is cancelled.
  absl::Status Report(LoadProgress::Stage stage, uint64_t done, uint64_t total) const;

  Database& database_;
  const Options options_;
  std::vector<Placed<EntityInput>> entities_;
  std::vector<Placed<ArticleInput>> articles_;
  std::vector<Placed<ClaimInput>> claims_;
  // Where each key stands in entities_ and articles_.
  absl::flat_hash_map<std::string, size_t> entity_places_;
  absl::flat_hash_map<std::string, size_t> article_places_;
  absl::flat_hash_map<std::string, NodeId> resolved_;
  LoadSummary summary_;
};

}  // namespace entente
