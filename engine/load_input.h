// LoadInput: what one source gives to a bulk load, in its order, as rows of fixed size. Names are
// numbers of a table that all inputs share; what is rare or of any length stands in a log of bytes.
//
// Different inputs of one load may be filled by different threads at once. Part of BulkLoader
// (bulk_loader.h), which says what becomes of the records.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "engine/claim_writer.h"
#include "engine/input_place.h"
#include "engine/text_table.h"
#include "engine/valid_time.h"
#include "engine/value.h"
#include "storage/facts.h"
#include "storage/row_log.h"
#include "storage/spill.h"

namespace entente {

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

// An article as text alone; "" means absent.
struct ArticleText {
  absl::string_view key;
  absl::string_view url;
  absl::string_view title;
  absl::string_view publisher;  // key or name
  absl::string_view language;
  absl::string_view published;  // ISO 8601
  absl::string_view copy_of;    // key
  absl::Span<const MapEntry> properties;
};

// A fact by itself, for inputs that keep evidence apart from facts.
struct FactClaim {
  absl::string_view subject;  // key or name
  absl::string_view type;
  absl::string_view object;  // key or name
  ValidEnd valid_from;
  ValidEnd valid_to;
  absl::Span<const MapEntry> properties;
};

// By which evidence names a fact that AddFact took, or refused.
using FactHandle = uint64_t;

// The input that took the fact, and its number there.
std::pair<uint32_t, uint64_t> SplitHandle(FactHandle handle);

struct EvidenceClaim {
  FactHandle fact = 0;
  absl::string_view article;      // key
  absl::string_view asserted_by;  // key or name
  Stance stance = Stance::kReports;
  double confidence = 0.5;
  int32_t sentence = -1;
  int32_t span_begin = -1;
  int32_t span_end = -1;
  absl::string_view quote;
};

struct Rejection {
  InputPlace place;
  std::string reason;
};

// Names of properties as numbers. Those that the engine knows have their own; others count on from
// them until the load gives them their numbers in the catalogue.
class PropertyNames {
 public:
  PropertyNames();

  PropertyId Enter(absl::string_view name);  // from any thread
  std::string Name(PropertyId id) const;
  size_t size() const;

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, PropertyId> ids_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> names_ ABSL_GUARDED_BY(mutex_);
};

class LoadInput;

// What all inputs of a load share.
struct LoadShared {
  LoadShared(storage::Store& store, uint64_t memory_bytes) : space(store, memory_bytes) {}

  storage::SpillSpace space;
  TextTable texts;
  PropertyNames properties;
  std::atomic<uint64_t> claims{0};  // facts and evidence read so far, about
  std::vector<LoadInput*> inputs;   // by number
  std::atomic<bool> stop{false};    // threads beside the loader's own are to end
  bool strict = false;
};

// Rows. Places are packed (PackPlace), `extra` and `payload` lead into the input's logs of bytes;
// 0: none.
struct EntityRow {
  TextId key;  // kNoText: known by name
  TextId name;
  uint64_t payload;  // EntityPayload
  uint64_t place;
};
struct ArticleRow {
  TextId key;
  TextId publisher;
  TextId copy_of;
  int64_t published;  // storage::kNoTime: none
  uint64_t payload;   // packed properties
  uint64_t place;
};
struct FactRow {
  TextId subject;
  TextId type;
  TextId object;
  int32_t valid_from;
  int32_t valid_to;
  uint8_t from_precision;  // storage::Precision
  uint8_t to_precision;
  uint8_t flags;    // storage::FactFlag: which ends are rounded
  uint8_t coupled;  // stands and falls with the next row of coupled evidence
  uint64_t ends;    // tells apart ends that the days do not; 0 when those are all
  uint64_t extra;   // packed properties
  uint64_t place;
};
struct EvidenceRow {
  FactHandle fact;
  TextId article;
  TextId asserter;
  int32_t sentence;
  int32_t span_begin;
  int32_t span_end;
  uint16_t confidence;  // ten-thousandths; kExactConfidence: stands in `extra`
  uint8_t stance;       // storage::Stance
  uint64_t extra;       // the confidence as a double, then the quote
  uint64_t place;
};
inline constexpr uint16_t kExactConfidence = 0xffff;

// Tells apart ends of facts by FactIdentity (valid_time.h); never 0.
uint64_t HashOfEnds(absl::string_view identity);

uint64_t PackPlace(const InputPlace& place);
InputPlace UnpackPlace(uint64_t packed);

// What an entity has beside key and name.
struct EntityPayload {
  std::vector<std::string> labels;
  std::vector<EntityName> names;
  std::string properties;  // packed
};
std::string EncodePayload(const EntityPayload& payload);
EntityPayload DecodePayload(absl::string_view bytes);

class LoadInput {
 public:
  // `number` tells the inputs of a load apart; `shared` must outlive the input.
  LoadInput(uint32_t number, LoadShared& shared);

  // An error is the load's end (only in strict mode, or when files cannot be written); a record
  // that is merely bad is rejected and OK is returned. An entity needs a key or a name; without a
  // key it is whoever bears the name.
  absl::Status AddEntity(const EntityInput& entity, const InputPlace& place);
  absl::Status AddArticle(const ArticleInput& article, const InputPlace& place);
  absl::Status AddArticle(const ArticleText& article, const InputPlace& place);
  absl::Status AddClaim(const ClaimInput& claim, const InputPlace& place);
  // A fact that is bad gets a handle too: its evidence is then rejected for the same reason.
  absl::StatusOr<FactHandle> AddFact(const FactClaim& fact, const InputPlace& place);
  // The input that took the fact must not be filled by another thread meanwhile.
  absl::Status AddEvidence(const EvidenceClaim& evidence, const InputPlace& place);
  // For readers that find a record to be no record at all.
  absl::Status Reject(const InputPlace& place, std::string reason);
  // After the last record.
  absl::Status Close() { return LogWaiting(); }

  uint32_t number() const { return number_; }
  // Once it is closed.
  uint64_t row_count() const {
    return entities_.size() + articles_.size() + facts_.size() + evidence_.size() + coupled_.size();
  }
  // Those since the last call.
  std::vector<Rejection> TakeRejections() { return std::exchange(rejections_, {}); }

 private:
  friend class BulkLoader;
  friend class NodeLoad;
  friend class ClaimLoad;

  // Packs what is not null, refusing values that cannot be stored and names in `refused`.
  absl::StatusOr<std::string> Pack(absl::Span<const MapEntry> properties,
                                   std::initializer_list<PropertyId> refused);
  // Fills `*row` but for its texts, payload and place, and `*payload`. "" or why it cannot be
  // taken. `published`: null, or what stands in place of the text.
  absl::StatusOr<std::string> MakeArticle(const ArticleText& article, const Value& published,
                                          ArticleRow* row, std::string* payload);
  // Fills the texts, too.
  absl::StatusOr<std::string> MakeArticle(const ArticleInput& article, ArticleRow* row,
                                          std::string* payload);
  absl::Status AddArticle(const ArticleText& article, const Value& published,
                          const InputPlace& place);
  // Fill the row but for its texts; "" or why it cannot be taken.
  absl::StatusOr<std::string> MakeFact(const FactClaim& fact, FactRow* row);
  absl::StatusOr<std::string> MakeEvidence(const EvidenceClaim& evidence, EvidenceRow* row);

  // Rows wait until the texts of many get their numbers at once. They are filled where they wait: a
  // copy of what was written just before has to wait for the writing.
  template <typename Row>
  static Row& NewWaiting(std::vector<Row>* waiting);
  void Name(const FactClaim& fact, FactRow* waiting);
  void Name(const EvidenceClaim& evidence, EvidenceRow* waiting);
  absl::Status LogWaitingIfMany();
  absl::Status LogWaiting();

  uint64_t NextFact() const { return facts_.size() + waiting_facts_.size(); }
  void CountClaim();

  const uint32_t number_;
  LoadShared& shared_;
  uint32_t uncounted_ = 0;     // claims
  storage::ByteLog payloads_;  // of entities and articles
  storage::ByteLog extras_;    // of facts and evidence
  storage::RowLog<EntityRow> entities_;
  storage::RowLog<ArticleRow> articles_;
  storage::RowLog<FactRow> facts_;
  storage::RowLog<EvidenceRow> evidence_;
  storage::RowLog<EvidenceRow> coupled_;
  TextBatch waiting_texts_;
  std::vector<ArticleRow> waiting_articles_;
  std::vector<FactRow> waiting_facts_;
  std::vector<EvidenceRow> waiting_evidence_;
  std::vector<EvidenceRow> waiting_coupled_;
  absl::flat_hash_set<TextId> types_;  // of the facts
  std::vector<Rejection> rejections_;
  std::vector<std::string> refused_facts_;  // why, by handle
  std::string scratch_;
};

}  // namespace entente
