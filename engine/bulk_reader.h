// BulkReader: everything in a database as the records that BulkLoader takes, for exports: what it
// reads, loaded into an empty database, gives the same answers, and reads the same again.
//
// Nodes go by their key. One without a key of its own (CREATE gives none) gets `node:<id>`. What an
// import cannot make is left out and counted, see Losses.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/bulk_loader.h"
#include "engine/claim_writer.h"
#include "engine/database.h"
#include "engine/ids.h"

namespace entente {

namespace storage {
struct FactRecord;
}

class Graph;
class ReadTransaction;

class BulkReader {
 public:
  // What was left out.
  struct Losses {
    uint64_t retracted_evidence = 0;  // pieces
    // Facts that an import refuses: an end is an article, the valid time runs backwards, or their
    // evidence is all gone, so that without it they would be seen again.
    uint64_t facts = 0;
    uint64_t labels = 0;  // of articles beside Article; Article of entities
    uint64_t values = 0;  // of a type that an import refuses in this place
  };

  // Called for a fact with the fact as a claim without article, and one claim for each piece of its
  // evidence, of which only article, asserted_by and evidence are set.
  using TakeFact =
      std::function<absl::Status(const ClaimInput& fact, const std::vector<ClaimInput>& evidence)>;
  // An error of a function that takes records ends the reading and is handed on.
  using TakeEntity = std::function<absl::Status(const EntityInput& entity)>;
  using TakeArticle = std::function<absl::Status(const ArticleInput& article)>;

  // Reads the database as of now; it must outlive the reader.
  static absl::StatusOr<std::unique_ptr<BulkReader>> Open(Database& database);
  ~BulkReader();
  BulkReader(const BulkReader&) = delete;
  BulkReader& operator=(const BulkReader&) = delete;

  // In the order of keys. Names are in the order of languages.
  absl::StatusOr<Losses> EachEntity(const TakeEntity& take);
  absl::StatusOr<Losses> EachArticle(const TakeArticle& take);
  // In the order of subject, type, object and valid time; evidence in the order of articles.
  absl::StatusOr<Losses> EachFact(const TakeFact& take);

  // Statements that make the property indexes.
  std::vector<std::string> IndexStatements() const;

  uint64_t entity_count() const { return entities_.size(); }
  uint64_t article_count() const { return articles_.size(); }
  uint64_t fact_count() const;
  // Nodes that had no key of their own.
  uint64_t keys_given() const { return keys_given_; }

 private:
  struct Fact;

  explicit BulkReader(std::unique_ptr<ReadTransaction> transaction);
  absl::Status ReadKeys();
  const std::string& KeyOf(NodeId node) const { return keys_.at(node); }
  // Hands over facts between `subject` and others, which are all that have their types and objects.
  absl::Status TakeFacts(NodeId subject, std::vector<FactId> ids, const TakeFact& take);
  // False when the fact must be left out.
  absl::StatusOr<bool> MakeFact(const storage::FactRecord& record, Fact* fact);
  absl::StatusOr<bool> AddEvidence(const storage::FactRecord& record, Fact* fact);
  // Takes the text of a property out of `*properties`; "" when there is none.
  std::string TakeText(absl::string_view name, std::vector<MapEntry>* properties);

  const std::unique_ptr<ReadTransaction> transaction_;
  const Graph& graph_;
  absl::flat_hash_map<NodeId, std::string> keys_;
  std::vector<NodeId> entities_;  // by key
  std::vector<NodeId> articles_;  // by key
  uint64_t keys_given_ = 0;
  Losses losses_;  // of the reading that goes on
};

}  // namespace entente
