// BulkLoader: brings entities, articles and claims from outside into a database, all or nothing.
//
// Records may come in any order: names resolve when everything has been read (DESIGN.md 1, Names at
// import), facts and evidence are united by their identity with what the database holds already,
// so that loading the same input again changes nothing. A record that cannot be taken is rejected
// with its place and the reason, and the rest loads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/catalogue.h"
#include "engine/database.h"
#include "engine/evidence.h"
#include "engine/value.h"

namespace entente {

// Where a record, or a part of it, stands. Line and column count from 1; 0: unknown.
struct InputPlace {
  uint32_t file = 0;  // index of the caller's files
  uint64_t line = 0;
  uint64_t column = 0;
};

struct InputName {
  absl::string_view text;
  absl::string_view language;  // BCP 47, "" unknown
};

using InputProperties = std::vector<std::pair<absl::string_view, Value>>;

// Text is UTF-8 and needs to live only during the call that takes it. "" means absent.
struct InputEntity {
  absl::string_view key;
  absl::string_view name;  // canonical; one of key and name must be there
  std::vector<absl::string_view> labels;
  std::vector<InputName> names;
  InputProperties properties;
  InputPlace place;
};

struct InputArticle {
  absl::string_view key;  // or url, which then serves as the key
  absl::string_view url;
  absl::string_view title;
  absl::string_view publisher;  // a key or a name
  absl::string_view language;
  std::optional<DateTime> published;
  absl::string_view copy_of;  // the original's key
  InputProperties properties;
  InputPlace place;
};

// One end of a valid interval, as it was written.
struct InputTime {
  enum class Kind { kOpen, kPartialDate, kInstant };
  Kind kind = Kind::kOpen;
  PartialDate date;
  DateTime instant;
};

// What one article says about one fact. Without an article the claim is a fact without evidence.
struct InputClaim {
  absl::string_view article;  // key, or url of an article without key
  absl::string_view subject;  // key or name
  absl::string_view type;     // relation type
  absl::string_view object;   // key or name
  InputTime valid_from;
  InputTime valid_to;  // exclusive
  Stance stance = Stance::kReports;
  absl::string_view asserted_by;  // key or name
  double confidence = 0.5;        // 0 … 1
  int32_t sentence = -1;          // -1 unknown
  int32_t span_begin = -1;        // code points, half open; -1 unknown
  int32_t span_end = -1;
  absl::string_view quote;
  InputProperties properties;  // of the fact
  InputPlace place;
};

struct Rejection {
  InputPlace place;
  std::string reason;
};

struct LoadProgress {
  enum class Stage { kReading, kResolving, kWriting, kDone };
  Stage stage = Stage::kReading;
  uint64_t done = 0;   // records of this stage
  uint64_t total = 0;  // 0: unknown
};

// What a load did to the database.
struct LoadSummary {
  uint64_t entities_created = 0;
  uint64_t articles_created = 0;
  uint64_t facts_created = 0;
  uint64_t evidence_created = 0;
  uint64_t claims = 0;                // accepted
  uint64_t rejected = 0;              // records of any kind
  uint64_t differing_properties = 0;  // values of facts that gave way to an earlier one
  bool changed = false;               // whether anything in the database changed
};

class BulkLoader {
 public:
  struct Options {
    // The first rejection fails the load.
    bool strict = false;
    // Called for each rejection, in the order in which they are found.
    std::function<void(const Rejection&)> on_reject;
    // Called now and then, from the thread that calls the loader.
    std::function<void(const LoadProgress&)> on_progress;
  };

  // `database` must outlive the loader. Nothing is seen of the load before Finish has returned OK.
  BulkLoader(Database& database, Options options);
  ~BulkLoader();
  BulkLoader(const BulkLoader&) = delete;
  BulkLoader& operator=(const BulkLoader&) = delete;

  // An error is the load's end (in strict mode, or for want of memory or disk); a record that is
  // merely bad is rejected and OK is returned.
  absl::Status AddEntity(const InputEntity& entity);
  absl::Status AddArticle(const InputArticle& article);
  absl::Status AddClaim(const InputClaim& claim);
  // For readers that find a record to be no record at all.
  absl::Status Reject(Rejection rejection);
  // Declares CAMEO's relation types, if the database lacks them. Done by itself when a claim's type
  // is one of them.
  absl::Status DeclareCameo();

  // Resolves, unites, writes and commits. After an error the database is as it was.
  absl::StatusOr<LoadSummary> Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace entente
