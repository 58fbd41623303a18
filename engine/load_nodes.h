// NodeLoad: the entities and articles of a bulk load, and what the load's names mean.
//
// What is new altogether and touches nothing that the database holds (nearly everything, in a large
// load) is written straight to table files. Everything else goes through ClaimWriter, which knows
// all cases: entities and articles that exist already, entities known by name alone, names that
// stubs bear, articles that copies wait for. Which way a record takes makes no difference to the
// database. ClaimWriter cannot see records of the first kind, so whatever one of the second kind
// may look up goes its way, too.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/claim_writer.h"
#include "engine/evidence_reader.h"
#include "engine/graph_writer.h"
#include "engine/load_input.h"
#include "storage/article_load.h"
#include "storage/edge_stream.h"
#include "storage/large_vector.h"
#include "storage/row_log.h"
#include "storage/table_load.h"

namespace entente {

struct LoadSummary;

// What the stages of a load work with. All must outlive them.
struct LoadContext {
  LoadShared& shared;
  const std::vector<LoadInput*>& inputs;  // in their order
  GraphWriter& graph;
  ClaimWriter& writer;
  storage::TableLoad& tables;
  LoadSummary& summary;
  // Tells how far the stage is; an error ends the load.
  std::function<absl::Status(uint64_t done, uint64_t total)> report;
  // Rejects when `status` is about the input, else hands it back.
  std::function<absl::Status(uint64_t place, const absl::Status& status)> reject_if_bad;
};

class NodeLoad {
 public:
  explicit NodeLoad(const LoadContext& context);

  // Decides what becomes of each record and gives out ids. In this order.
  absl::Status PlaceEntities();
  absl::Status PlaceArticles();
  // After PlaceEntities and before WriteArticles: learns what the texts of articles are like. Where
  // these go to files, another thread may call it.
  absl::Status LearnArticles();

  // What a name means, if that is known by now; kNoId.
  NodeId Known(TextId text) const { return nodes_[text]; }
  // The same, looked up once; an unknown name makes a stub.
  absl::StatusOr<NodeId> Resolve(TextId text) { return LookUp(text, /*make=*/true); }
  // Fails as Resolve would, and makes nothing.
  absl::Status Check(TextId text) {
    return Known(text) != kNoId ? absl::OkStatus() : LookUp(text, /*make=*/false).status();
  }
  // To be called this many rows before a row's names are asked for.
  static constexpr size_t kRowsAhead = 12;
  void Prefetch(TextId text) const {
    if (text < nodes_.size()) __builtin_prefetch(&nodes_[text]);
  }
  void PrefetchArticle(TextId key) const {
    if (key < article_of_key_.size()) __builtin_prefetch(&article_of_key_[key]);
  }
  // The article with this key; InvalidArgument when there is none.
  absl::StatusOr<NodeId> FindArticle(TextId key);
  // What corroboration asks of an article.
  struct Source {
    NodeId source = kNoId;  // that the article counts as
    int64_t published = 0;  // storage::kNoTime: none
  };
  absl::StatusOr<Source> SourceOf(NodeId article);
  // To be called a while before.
  void PrefetchSource(NodeId article) const {
    if (article >= first_article_) __builtin_prefetch(&sources_[article - first_article_]);
  }
  // Packed properties of the load with the numbers of the catalogue.
  std::string WithCatalogueIds(absl::string_view packed) const;

  // Those that are written directly.
  storage::NewNodes new_nodes() const {
    return {first_entity_, first_entity_ + direct_entities_.size(), first_article_};
  }

  // Whether the database has indexes that new nodes enter; then all Write* belong to one thread.
  bool indexes_nodes() const { return indexes_nodes_; }

  // Write what Place* found new, with all that leads to it. Where that goes to files, they touch
  // nothing of the transaction, so that another thread may call them, while names are resolved as
  // well; else entities are written when names have been resolved.
  absl::Status WriteArticles();
  absl::Status WriteWaysToNodes();
  absl::Status WriteEntities();
  // To be called after that.
  absl::Status CountEntities();

 private:
  enum class Way : uint8_t { kNone, kWriter, kDirect };
  static constexpr uint32_t kNoArticle = ~uint32_t{0};

  // One entity, though perhaps several rows speak of it.
  struct EntityItem {
    TextId key;  // kNoText: known by name
    TextId name;
    uint32_t input;    // whose bytes hold the payload
    uint64_t payload;  // 0: united_payloads_ has it
    uint64_t place;
    NodeId node = kNoId;  // of those that are written directly
    bool is_publisher = false;
  };
  // A direct entity that bears a name.
  struct Bearer {
    uint32_t entity;
    bool canonical;
  };

  absl::Status GatherEntities();
  absl::StatusOr<EntityPayload> PayloadOf(uint32_t entity) const;
  // The same of many in their order.
  class Payloads {
   public:
    explicit Payloads(const NodeLoad& load) : load_(load) {}
    absl::StatusOr<EntityPayload> Of(uint32_t entity);

   private:
    const NodeLoad& load_;
    std::optional<storage::ByteLog::Reader> bytes_;
    uint32_t input_ = 0;  // whose bytes those are
  };
  absl::StatusOr<bool> IsDirect(const EntityItem& item, const EntityPayload& payload);
  absl::Status WriteThroughWriter(uint32_t entity, bool* stubs_taken_over);
  // Fills names_. Many loads name all by keys and need none.
  absl::Status EnterNames();
  absl::Status KnowLabels(absl::Span<const std::string> labels);
  std::vector<MapEntry> EntriesOf(absl::string_view packed) const;

  absl::StatusOr<NodeId> LookUp(TextId text, bool make);
  absl::StatusOr<std::vector<NodeId>> Bearers(absl::string_view name, bool canonical);
  absl::Status Ambiguous(absl::string_view text, std::vector<NodeId> nodes);
  // The direct entity that is this node, nullptr when none is.
  EntityItem* DirectEntity(NodeId node);
  uint64_t RunBytes() const { return shared_.space.memory_bytes() / 16; }
  bool MayBeStored() const { return !empty_database_ || through_writer_; }

  void PrefetchKey(TextId key) const {
    Prefetch(key);
    PrefetchArticle(key);
  }
  // Calls visit(row number, row, input) for every row of an article; numbers count over all inputs.
  template <typename Visit>
  absl::Status EachArticleRow(const Visit& visit);
  absl::Status ChooseWays();
  absl::Status UniteArticles(uint64_t first, const ArticleRow& row, LoadInput& input);
  absl::Status UpsertArticle(uint64_t number, const ArticleRow& row, LoadInput& input);
  absl::Status AcceptArticle(const ArticleRow& row);
  // Sees to it that the node is labelled as a publisher.
  absl::Status MarkPublisher(NodeId node);
  absl::Status CheckOriginals(const ArticleRow& row) const;
  absl::Status FindSources();
  // Of one of the direct articles; kNoId: it is none's copy, or the original is not there.
  NodeId OriginalOf(uint32_t copy) const;
  ArticleInput ArticleOf(absl::string_view payload) const;
  // Ids of a block of articles on, when there are to be blocks.
  absl::StatusOr<NodeId> NewArticles(uint64_t count);

  const LoadContext& context_;
  LoadShared& shared_;
  GraphWriter& graph_;
  ClaimWriter& writer_;
  storage::TableLoad& tables_;

  bool empty_database_ = false;
  bool indexes_nodes_ = false;
  bool through_writer_ = false;                  // whether the transaction has made any node
  std::vector<PropertyId> catalogue_ids_;        // by the load's number
  bool same_ids_ = true;                         // those are the same numbers
  storage::LargeVector<NodeId> nodes_;           // by text: what it means, kNoId: not known yet
  absl::flat_hash_set<TextId> texts_of_writer_;  // what ClaimWriter may look up …
  absl::flat_hash_set<std::string> names_of_writer_;  // … and as names, normalised

  std::vector<EntityItem> entities_;
  absl::flat_hash_map<uint32_t, EntityPayload> united_payloads_;  // of entities of several rows
  // By normalised name: the direct entities; filled when one is first looked up.
  absl::flat_hash_map<std::string, absl::InlinedVector<Bearer, 1>> names_;
  bool names_entered_ = false;
  NodeId first_entity_ = 0;
  std::vector<uint32_t> direct_entities_;             // by node, from first_entity_ on
  absl::flat_hash_map<std::string, LabelId> labels_;  // theirs
  absl::flat_hash_map<LabelId, int64_t> label_counts_;

  std::vector<Way> ways_;                        // of rows of articles
  std::vector<uint64_t> refused_articles_;       // rows that turned out wrong later
  std::optional<storage::ArticleLoad> records_;  // from learning to writing
  // Of articles that came in several rows, by the first: what they say together.
  absl::flat_hash_map<uint64_t, std::pair<ArticleRow, std::string>> united_articles_;
  storage::LargeVector<uint32_t> article_of_key_;  // by text: number among the direct ones
  std::vector<TextId> article_keys_;               // by that number
  std::vector<TextId> original_keys_;
  absl::flat_hash_map<uint32_t, NodeId> originals_;
  storage::LargeVector<Source> sources_;
  NodeId first_article_ = 0;
  EvidenceReader stored_articles_;
};

}  // namespace entente
