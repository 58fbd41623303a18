// BulkLoader: brings entities, articles and claims from outside into a database, all or nothing.
//
// Records may come in any order: names resolve when everything has been read (DESIGN.md 1, Names at
// import), facts and evidence are united by their identity with what the database holds already,
// so that loading the same input again changes nothing. A record that cannot be taken is rejected
// with its place and the reason, and the rest loads.
//
// Several sources can be read by as many threads, each into an input of its own (NewInput). Memory
// is bounded but for the different texts of a load, its entities and some bytes for each article
// and fact: rows beyond Options::memory_bytes are sorted in runs in the database's directory.
//
//   load_input.h   what is read, as rows          load_nodes.h    entities, articles, names
//   bulk_loader.h  the door and the stages        load_claims.h   facts and evidence
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/claim_writer.h"
#include "engine/database.h"
#include "engine/load_input.h"

namespace entente {

namespace storage {
class TableLoad;
}

class WriteTransaction;

struct LoadProgress {
  enum class Stage {
    kReading,
    kEntities,
    kArticles,
    kClaims,    // resolving facts
    kEvidence,  // resolving evidence
    kWriting,   // facts with their evidence
    kCommitting,
  };
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
    // Called for each rejection, in the thread that calls the loader.
    std::function<void(const Rejection&)> on_reject;
    // Called now and then, in the thread that calls the loader.
    std::function<void(const LoadProgress&)> on_progress;
    // May be null, and must outlive the loader. When it turns true, Finish ends soon with
    // kInterrupted and the database stays as it was.
    const std::atomic<bool>* cancelled = nullptr;
    // Of rows that are read and sorted; what is more goes to files.
    uint64_t memory_bytes = uint64_t{256} << 20;
    // Called when all records were taken or rejected, before the commit; an error is the load's
    // end.
    std::function<absl::Status()> before_commit;
    // A load of fewer records is one ordinary transaction; table files of its own are for others.
    uint64_t least_rows_for_files = 20'000;
  };

  // `database` must outlive the loader. Nothing is seen of the load before Finish has returned OK.
  BulkLoader(Database& database, Options options);
  ~BulkLoader();
  BulkLoader(const BulkLoader&) = delete;
  BulkLoader& operator=(const BulkLoader&) = delete;

  // A place for the records of one source, which the loader owns. Inputs count in the order in
  // which they were made, whoever is first to fill them. What they reject is told by
  // TellRejections.
  LoadInput& NewInput();
  // Forgets an input with all that it took and rejected, before Finish.
  void Discard(LoadInput& input);
  // Tells of rejections by inputs, in their order, no later than Finish does. Not while they are
  // being filled. InvalidArgument in strict mode, after the first.
  absl::Status TellRejections();

  // Into one common input; a rejection is told at once. An error is the load's end (only in strict
  // mode); a record that is merely bad is rejected and OK is returned.
  absl::Status AddEntity(const EntityInput& entity, const InputPlace& place);
  absl::Status AddArticle(const ArticleInput& article, const InputPlace& place);
  absl::Status AddClaim(const ClaimInput& claim, const InputPlace& place);
  absl::Status Reject(const InputPlace& place, std::string reason);

  // Nearly.
  uint64_t claims_read() const { return shared_.claims; }

  // Resolves, unites, writes and commits. After an error the database is as it was.
  absl::StatusOr<LoadSummary> Finish();

 private:
  LoadInput& OwnInput();
  absl::Status Tell(const Rejection& rejection);
  absl::Status Load(WriteTransaction& transaction, storage::TableLoad& tables);
  // Rejects when `status` is about the input, else hands it back.
  absl::Status RejectIfBad(uint64_t place, const absl::Status& status);
  // Tells on_progress now and then; kInterrupted when the load is cancelled.
  absl::Status Report(uint64_t done, uint64_t total);

  Database& database_;
  const Options options_;
  LoadShared shared_;
  std::vector<std::unique_ptr<LoadInput>> inputs_;
  LoadInput* own_input_ = nullptr;
  LoadProgress::Stage stage_ = LoadProgress::Stage::kReading;
  LoadSummary summary_;
};

}  // namespace entente
