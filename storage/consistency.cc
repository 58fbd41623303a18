#include "storage/consistency.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/slice.h"
#include "storage/adjacency_page.h"
#include "storage/article_facts.h"
#include "storage/articles.h"
#include "storage/catalogue.h"
#include "storage/chunk_summary.h"
#include "storage/dictionary.h"
#include "storage/fact_block.h"
#include "storage/facts.h"
#include "storage/fingerprint.h"
#include "storage/keys.h"
#include "storage/label_index.h"
#include "storage/merges.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/publisher_articles.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/vocabularies.h"

namespace entente::storage {
namespace {

constexpr size_t kProblemsKept = 100;
constexpr uint64_t kProgressStep = 1 << 14;
// More nodes of a kind than any database has; keeps a broken id from costing memory.
constexpr uint64_t kMostNodes = uint64_t{1} << 32;

class Verifier {
 public:
  Verifier(const Snapshot& snapshot, const std::function<void(uint64_t)>& progress)
      : snapshot_(snapshot), progress_(progress) {}

  absl::StatusOr<ConsistencyReport> Run();

 private:
  using Visit = std::function<absl::Status(absl::string_view key, absl::string_view value)>;

  // Calls visit for every key. What it returns is a problem; only failures of reading end the walk.
  absl::Status Walk(Family family, const Visit& visit);
  void Problem(std::string words);
  // Keeps reading errors apart: corruption is a problem, all else is returned.
  absl::Status Absorb(const absl::Status& status, absl::string_view where);

  absl::Status Catalogues();
  // Notes a merge, or a fact before one.
  absl::Status Merge(absl::string_view key, absl::string_view value);
  absl::Status Nodes();
  // Notes a node and what should follow from its record.
  void Node(NodeId node, const std::vector<LabelId>& labels, const ArticleRow& row);
  // Notes what is under a key of articles, which come in the order of keys.
  absl::Status Articles(absl::string_view key, absl::string_view value,
                        absl::flat_hash_set<NodeId>* loose, uint64_t* count);
  // Adds an entry of the label index to `*labels`, or takes it away.
  absl::Status IndexEntry(absl::string_view key, absl::string_view value, Fingerprint* labels);
  absl::Status LabelEntry(LabelId label, NodeId node, absl::string_view value, Fingerprint* labels);
  absl::Status Dictionaries();
  absl::Status Facts();
  absl::Status FactKeys();
  absl::Status Adjacency();
  absl::Status Provenance();
  // Adds a pair to `*publishers`, or takes one of a list away.
  absl::Status PublisherPair(NodeId publisher, NodeId article, absl::string_view value,
                             Fingerprint* publishers);
  // Adds pairs of article and fact to `*lists`: those of a block, and, after these, what a
  // transaction made of an article's.
  absl::Status FactsOfBlock(uint64_t block, absl::string_view value, Fingerprint* lists);
  absl::Status ChangesOfFacts(NodeId article, absl::string_view value, bool in_block,
                              Fingerprint* lists);
  void Compare(absl::string_view what, const Fingerprint& stored, const Fingerprint& derived);
  absl::Status CompareCount(absl::string_view counter, uint64_t counted);
  // Notes a node that has a record; reports one that a record of another kind speaks of in vain.
  void Exists(NodeId node);
  void Expect(NodeId node, absl::string_view what);
  // No id that is in use may be given again.
  absl::Status CheckNextId(absl::string_view counter, uint64_t ids);

  const Snapshot& snapshot_;
  const std::function<void(uint64_t)>& progress_;
  ConsistencyReport report_;

  // By the node's offset in its range: ids are dense.
  std::vector<bool> entities_;
  std::vector<bool> articles_;
  Fingerprint edges_[2];  // of facts, as each direction's pages should have them
  Fingerprint labels_;    // of records, as the index should have them
  Fingerprint publishers_;
  Fingerprint originals_;
  Fingerprint article_facts_;
  Fingerprint merges_;
  Fingerprint facts_before_;   // of merges
  Fingerprint stored_before_;  // themselves
  absl::flat_hash_set<FactId> overflowing_;
  absl::flat_hash_set<IndexId> indexes_;
  // What summaries should say, by key.
  absl::flat_hash_map<std::string, std::pair<ChunkSummary, bool>> summaries_;
};

absl::Status Verifier::Walk(Family family, const Visit& visit) {
  Cursor cursor = snapshot_.Scan(family, "");
  for (; cursor.Valid(); cursor.Next()) {
    const absl::Status status = visit(cursor.key(), cursor.value());
    if (!status.ok()) Problem(absl::StrCat(FamilyName(family), ": ", status.message()));
    if (++report_.keys % kProgressStep == 0 && progress_) progress_(report_.keys);
  }
  return Absorb(cursor.status(), FamilyName(family));
}

void Verifier::Problem(std::string words) {
  ++report_.problem_count;
  if (report_.problems.size() < kProblemsKept) report_.problems.push_back(std::move(words));
}

absl::Status Verifier::Absorb(const absl::Status& status, absl::string_view where) {
  if (!absl::IsDataLoss(status)) return status;
  Problem(absl::StrCat(where, ": ", status.message()));
  return absl::OkStatus();
}

void Verifier::Compare(absl::string_view what, const Fingerprint& stored,
                       const Fingerprint& derived) {
  if (stored == derived) return;
  Problem(absl::StrCat(what, " do not follow from the records: ", stored.count(), " stored, ",
                       derived.count(), " expected"));
}

absl::Status Verifier::CompareCount(absl::string_view counter, uint64_t counted) {
  const absl::StatusOr<uint64_t> kept = snapshot_.Counter(counter);
  if (!kept.ok()) return Absorb(kept.status(), "counter");
  if (*kept != counted) {
    Problem(absl::StrCat("the count of ", counter, " is ", *kept, ", there are ", counted));
  }
  return absl::OkStatus();
}

void Verifier::Exists(NodeId node) {
  std::vector<bool>& range = IsArticle(node) ? articles_ : entities_;
  const uint64_t offset = IsArticle(node) ? node - kFirstArticle : node;
  if (offset >= kMostNodes) {
    Problem(absl::StrCat("an impossible node id ", node));
    return;
  }
  if (range.size() <= offset) range.resize(offset + 1);
  range[offset] = true;
}

void Verifier::Expect(NodeId node, absl::string_view what) {
  const std::vector<bool>& range = IsArticle(node) ? articles_ : entities_;
  const uint64_t offset = IsArticle(node) ? node - kFirstArticle : node;
  if (offset >= range.size() || !range[offset]) {
    Problem(absl::StrCat(what, " is node ", node, ", which does not exist"));
  }
}

absl::Status Verifier::CheckNextId(absl::string_view counter, uint64_t ids) {
  const absl::StatusOr<uint64_t> next = snapshot_.Counter(counter);
  if (!next.ok()) return Absorb(next.status(), "counter");
  if (*next < ids) Problem(absl::StrCat("the counter ", counter, " would give ids in use"));
  return absl::OkStatus();
}

absl::StatusOr<ConsistencyReport> Verifier::Run() {
  RETURN_IF_ERROR(Catalogues());
  RETURN_IF_ERROR(Nodes());
  RETURN_IF_ERROR(Dictionaries());
  RETURN_IF_ERROR(Facts());
  RETURN_IF_ERROR(FactKeys());
  RETURN_IF_ERROR(Adjacency());
  RETURN_IF_ERROR(Provenance());
  if (progress_) progress_(report_.keys);
  return std::move(report_);
}

absl::Status Verifier::Catalogues() {
  const absl::StatusOr<Catalogue> catalogue = ReadCatalogue(snapshot_);
  if (!catalogue.ok()) {
    RETURN_IF_ERROR(Absorb(catalogue.status(), "catalogue"));
  } else {
    for (const IndexRecord& index : catalogue->indexes) indexes_.insert(index.id);
  }
  return Walk(Family::kCatalogue, [&](absl::string_view key, absl::string_view value) {
    switch (static_cast<CatalogueKey>(key.empty() ? '\0' : key[0])) {
      case CatalogueKey::kFormat:
      case CatalogueKey::kRelationType:
      case CatalogueKey::kLabel:
      case CatalogueKey::kPropertyName:
      case CatalogueKey::kPropertyIndex:
      case CatalogueKey::kSetting:
        return absl::OkStatus();
      case CatalogueKey::kCounter:
        return DecodeCounter(true, value).status();
      case CatalogueKey::kChunkSummary: {
        absl::StatusOr<ChunkSummary> summary = DecodeSummary(value);
        if (!summary.ok()) return summary.status();
        summaries_[key] = {*std::move(summary), false};
        return absl::OkStatus();
      }
      case CatalogueKey::kMerge:
      case CatalogueKey::kFactBefore:
        return Merge(key, value);
    }
    return absl::DataLossError("unknown kind of key");
  });
}

absl::Status Verifier::Merge(absl::string_view key, absl::string_view value) {
  KeyReader reader(key.substr(1));
  uint64_t id;
  uint64_t number = 0;
  const bool is_merge = static_cast<CatalogueKey>(key[0]) == CatalogueKey::kMerge;
  if (!reader.U64(&id) || (!is_merge && !reader.U64(&number)) || !reader.done()) {
    return absl::DataLossError("broken key of a merge");
  }
  if (is_merge) {
    ASSIGN_OR_RETURN(const MergeRecord merge, DecodeMerge(value));
    merges_.Add(merge.into, id);
    for (FactId fact : merge.facts) facts_before_.Add(fact, merge.number, id);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const FactBefore before, DecodeFactBefore(id, value));
  stored_before_.Add(id, number, before.merged);
  return absl::OkStatus();
}

void Verifier::Node(NodeId node, const std::vector<LabelId>& labels, const ArticleRow& row) {
  Exists(node);
  for (LabelId label : labels) labels_.Add(label, node);
  if (row.publisher != kNoId) publishers_.Add(row.publisher, node);
  if (row.original != kNoId) originals_.Add(row.original, node);
}

absl::Status Verifier::Nodes() {
  uint64_t count = 0;
  RETURN_IF_ERROR(
      Walk(Family::kEntities, [&](absl::string_view key, absl::string_view value) -> absl::Status {
        KeyReader reader(key);
        NodeId node;
        if (!reader.U64(&node) || !reader.done() || IsArticle(node)) {
          return absl::DataLossError("broken key of a node");
        }
        ++count;
        ASSIGN_OR_RETURN(const NodeRecord record, DecodeNode(value));
        Node(node, record.labels, {record.publisher, record.original, record.published});
        return absl::OkStatus();
      }));
  RETURN_IF_ERROR(CompareCount(kEntityCount, count));
  count = 0;
  absl::flat_hash_set<NodeId> loose;
  RETURN_IF_ERROR(Walk(Family::kArticles, [&](absl::string_view key, absl::string_view value) {
    return Articles(key, value, &loose, &count);
  }));
  RETURN_IF_ERROR(CompareCount(kArticleCount, count));
  RETURN_IF_ERROR(CheckNextId(kNextEntity, entities_.size()));
  RETURN_IF_ERROR(CheckNextId(kNextArticle, articles_.size()));
  Fingerprint indexed;
  RETURN_IF_ERROR(Walk(Family::kIndexes, [&](absl::string_view key, absl::string_view value) {
    return IndexEntry(key, value, &indexed);
  }));
  Compare("entries of the label index", indexed, labels_);
  return absl::OkStatus();
}

absl::Status Verifier::Articles(absl::string_view key, absl::string_view value,
                                absl::flat_hash_set<NodeId>* loose, uint64_t* count) {
  KeyReader reader(key);
  uint8_t kind = 0;
  uint64_t id;  // of a vocabulary: property and number, which take as much room
  if (!reader.U8(&kind) || !reader.U64(&id) || !reader.done()) {
    return absl::DataLossError("broken key of articles");
  }
  switch (static_cast<ArticleKey>(kind)) {
    case ArticleKey::kVocabulary:
      return Vocabulary::Parse(value).status();
    case ArticleKey::kLoose: {
      if (!IsArticle(id)) break;
      loose->insert(id);
      if (value.empty()) return absl::OkStatus();
      ++*count;
      ASSIGN_OR_RETURN(const NodeRecord record, DecodeNode(value));
      Node(id, record.labels, {record.publisher, record.original, record.published});
      return absl::OkStatus();
    }
    case ArticleKey::kBlock: {
      // Behind all that is loose in the order of keys.
      const auto find_vocabulary = [&](PropertyId property, uint32_t number) {
        return snapshot_.vocabularies().Find(snapshot_, property, number);
      };
      const Geometry& geometry = snapshot_.geometry();
      if (id >= kMostNodes) break;
      ASSIGN_OR_RETURN(ArticleBlock block, ArticleBlock::Parse(FirstOfBlock(geometry, id), value));
      for (size_t i = 0; i < block.size(); ++i) {
        if (BlockOfArticle(geometry, block.id(i)) != id) {
          return absl::DataLossError("an article of another block");
        }
        if (loose->contains(block.id(i))) continue;
        ++*count;
        ASSIGN_OR_RETURN(const NodeRecord record, block.Read(i, find_vocabulary));
        Node(block.id(i), record.labels, block.row(i));
      }
      return absl::OkStatus();
    }
  }
  return absl::DataLossError("broken key of articles");
}

absl::Status Verifier::LabelEntry(LabelId label, NodeId node, absl::string_view value,
                                  Fingerprint* labels) {
  ASSIGN_OR_RETURN(const bool in_range, IsInLabelRange(snapshot_, label, node));
  if (value == kHasLabel) {
    if (!in_range) labels->Add(label, node);
    return absl::OkStatus();
  }
  if (value != kLostLabel || !in_range) return absl::DataLossError("broken entry of an index");
  labels->Remove(label, node);
  return absl::OkStatus();
}

absl::Status Verifier::IndexEntry(absl::string_view key, absl::string_view value,
                                  Fingerprint* labels) {
  KeyReader reader(key);
  uint8_t kind = 0;
  uint32_t id;
  NodeId node;
  if (!reader.U8(&kind) || !reader.U32(&id)) return absl::DataLossError("broken key of an index");
  switch (static_cast<IndexKey>(kind)) {
    case IndexKey::kLabel:
      if (!reader.U64(&node) || !reader.done()) break;
      return LabelEntry(id, node, value, labels);
    case IndexKey::kLabelRange: {
      if (!reader.U64(&node) || !reader.done()) break;
      ASSIGN_OR_RETURN(const NodeId first, FirstOfLabelRange(node, value));
      if (node - first >= kMostNodes) break;
      for (NodeId article = first; article <= node; ++article) labels->Add(id, article);
      return absl::OkStatus();
    }
    case IndexKey::kProperty: {
      // What the value has to be is the engine's affair.
      const size_t size = reader.rest().size();
      if (!indexes_.contains(id)) return absl::DataLossError("an entry of an unknown index");
      if (size <= sizeof(NodeId)) break;
      KeyReader(reader.rest().substr(size - sizeof(NodeId))).U64(&node);
      Expect(node, "an entry of an index");
      return absl::OkStatus();
    }
  }
  return absl::DataLossError("broken key of an index");
}

absl::Status Verifier::Dictionaries() {
  RETURN_IF_ERROR(
      Walk(Family::kDictionary, [&](absl::string_view, absl::string_view value) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<NodeId> bearers, DecodeKeyBearers(value));
        for (NodeId node : bearers) Expect(node, "the bearer of a key");
        return absl::OkStatus();
      }));
  return Walk(Family::kNames, [&](absl::string_view key, absl::string_view value) -> absl::Status {
    ASSIGN_OR_RETURN(const NameEntry entry, DecodeName(key, value));
    Expect(entry.node, "the bearer of a name");
    return absl::OkStatus();
  });
}

absl::Status Verifier::Facts() {
  uint64_t count = 0;
  uint64_t evidence = 0;
  FactCursor cursor(snapshot_);
  FactId fact = 0;
  FactRecord record;
  while (cursor.Next(&fact, &record)) {
    ++count;
    evidence += record.evidence.size();
    Expect(record.subject, "the subject of a fact");
    Expect(record.object, "the object of a fact");
    const EdgeRow out = EdgeOf(Direction::kOut, fact, record);
    const EdgeRow in = EdgeOf(Direction::kIn, fact, record);
    edges_[0].Add(record.subject, out.relation, out.other, out.fact, out.valid_from, out.valid_to,
                  out.first_reported, out.confidence, out.flags);
    edges_[1].Add(record.object, in.relation, in.other, in.fact, in.valid_from, in.valid_to,
                  in.first_reported, in.confidence, in.flags);
    std::set<NodeId> articles;
    // An asserter may have been deleted since.
    for (const Evidence& piece : record.evidence) articles.insert(piece.article);
    for (NodeId article : articles) Expect(article, "an article of evidence");
    for (NodeId article : articles) article_facts_.Add(article, fact);
    if (record.evidence.size() > snapshot_.geometry().inline_evidence) overflowing_.insert(fact);
  }
  RETURN_IF_ERROR(Absorb(cursor.status(), "facts"));
  RETURN_IF_ERROR(CompareCount(kFactCount, count));
  if (count > 0) RETURN_IF_ERROR(CheckNextId(kNextFact, fact + 1));
  return CompareCount(kEvidenceCount, evidence);
}

absl::Status Verifier::FactKeys() {
  return Walk(Family::kFacts, [&](absl::string_view key, absl::string_view value) -> absl::Status {
    KeyReader reader(key);
    uint8_t kind = 0;
    uint64_t id;
    if (!reader.U8(&kind) || !reader.U64(&id)) return absl::DataLossError("broken key of a fact");
    const Geometry& geometry = snapshot_.geometry();
    switch (static_cast<FactKey>(kind)) {
      case FactKey::kBlock: {
        ASSIGN_OR_RETURN(FactBlock block, FactBlock::Parse(id * geometry.block_facts,
                                                           geometry.inline_evidence, value));
        if (block.vocabulary() == 0) return absl::OkStatus();
        ASSIGN_OR_RETURN(const Vocabulary* words,
                         snapshot_.vocabularies().Find(snapshot_, kQuotes, block.vocabulary()));
        block.SetVocabulary(words);
        return block.QuotesAreSound() ? absl::OkStatus() : absl::DataLossError("a broken quote");
      }
      case FactKey::kLoose:
        if (value.empty()) return absl::OkStatus();
        return FactBlock::Parse(id - id % geometry.block_facts, geometry.inline_evidence, value)
            .status();
      case FactKey::kEvidence:
        RETURN_IF_ERROR(DecodeEvidencePage(value).status());
        return overflowing_.contains(id) ? absl::OkStatus()
                                         : absl::DataLossError("evidence of no fact");
    }
    return absl::DataLossError("unknown kind of key");
  });
}

absl::Status Verifier::Adjacency() {
  Fingerprint stored[2];
  RETURN_IF_ERROR(
      Walk(Family::kAdjacency, [&](absl::string_view key, absl::string_view value) -> absl::Status {
        KeyReader reader(key);
        uint8_t direction;
        NodeId node;
        uint32_t chunk;
        if (!reader.U8(&direction) || direction > 1 || !reader.U64(&node) || !reader.U32(&chunk) ||
            !reader.done()) {
          return absl::DataLossError("broken key of a page");
        }
        ASSIGN_OR_RETURN(const PageValue page, PageValue::Parse(value));
        EdgeColumns edges;
        page.Read(RelationFilter(), kAllColumns, &edges);
        const Degree degree = page.Count(RelationFilter());
        uint64_t visible = 0;
        ChunkSummary summary;
        for (size_t i = 0; i < edges.size; ++i) {
          const EdgeRow row = RowAt(edges, i);
          visible += row.flags & kVisible;
          summary.Add(row);
          stored[direction].Add(node, row.relation, row.other, row.fact, row.valid_from,
                                row.valid_to, row.first_reported, row.confidence, row.flags);
        }
        if (degree.edges != edges.size || degree.visible != visible) {
          return absl::DataLossError("a page's header miscounts its edges");
        }
        const auto known =
            summaries_.find(SummaryKey(static_cast<Direction>(direction), node, chunk));
        if (known == summaries_.end()) {
          return chunk == 0 ? absl::OkStatus() : absl::DataLossError("a chunk has no summary");
        }
        known->second.second = true;
        return known->second.first.Covers(summary)
                   ? absl::OkStatus()
                   : absl::DataLossError("a summary does not cover its chunk");
      }));
  for (const auto& [key, summary] : summaries_) {
    if (!summary.second && summary.first.edges != 0) Problem("a summary has no chunk");
  }
  Compare("edges of subjects", stored[0], edges_[0]);
  Compare("edges of objects", stored[1], edges_[1]);
  return absl::OkStatus();
}

absl::Status Verifier::FactsOfBlock(uint64_t block, absl::string_view value, Fingerprint* lists) {
  ASSIGN_OR_RETURN(const ArticleFactsBlock facts_of, ArticleFactsBlock::Parse(value));
  const Geometry& geometry = snapshot_.geometry();
  if (facts_of.size() > geometry.block_articles) {
    return absl::DataLossError("facts of an article of another block");
  }
  for (size_t place = 0; place < facts_of.size(); ++place) {
    ASSIGN_OR_RETURN(const std::vector<FactId> facts, facts_of.FactsAt(place));
    for (FactId fact : facts) lists->Add(FirstOfBlock(geometry, block) + place, fact);
  }
  return absl::OkStatus();
}

absl::Status Verifier::ChangesOfFacts(NodeId article, absl::string_view value, bool in_block,
                                      Fingerprint* lists) {
  std::vector<FactId> before;
  if (in_block) {
    ASSIGN_OR_RETURN(before, FactsInBlock(snapshot_, article));
  }
  for (FactId fact : before) lists->Remove(article, fact);
  ASSIGN_OR_RETURN(const std::vector<FactId> facts, DecodeList(value, std::move(before)));
  for (FactId fact : facts) lists->Add(article, fact);
  return absl::OkStatus();
}

absl::Status Verifier::PublisherPair(NodeId publisher, NodeId article, absl::string_view value,
                                     Fingerprint* publishers) {
  ASSIGN_OR_RETURN(const bool in_list, IsInPublisherList(snapshot_, publisher, article));
  if (value == kPublished) {
    if (!in_list) publishers->Add(publisher, article);
    return absl::OkStatus();
  }
  if (value != kNoLongerPublished || !in_list) return absl::DataLossError("broken value");
  publishers->Remove(publisher, article);
  return absl::OkStatus();
}

absl::Status Verifier::Provenance() {
  Fingerprint lists;
  absl::flat_hash_set<uint64_t> blocks;  // of articles, that have lists
  Fingerprint publishers;
  Fingerprint originals;
  Fingerprint merges;
  RETURN_IF_ERROR(Walk(
      Family::kProvenance, [&](absl::string_view key, absl::string_view value) -> absl::Status {
        KeyReader reader(key);
        uint8_t kind = 0;
        uint64_t from;
        uint64_t to;
        reader.U8(&kind);
        switch (static_cast<ProvenanceKey>(kind)) {
          case ProvenanceKey::kBlockFacts:
            if (!reader.U64(&from) || !reader.done() || from >= kMostNodes) break;
            blocks.insert(from);
            return FactsOfBlock(from, value, &lists);
          case ProvenanceKey::kArticleFacts:
            if (!reader.U64(&from) || !reader.done() || !IsArticle(from)) break;
            return ChangesOfFacts(
                from, value, blocks.contains(BlockOfArticle(snapshot_.geometry(), from)), &lists);
          case ProvenanceKey::kPublisherArticles:
            if (!reader.U64(&from) || !reader.U64(&to) || !reader.done()) break;
            return PublisherPair(from, to, value, &publishers);
          case ProvenanceKey::kPublisherList: {
            if (!reader.U64(&from) || !reader.U64(&to) || !reader.done()) break;
            std::vector<NodeId> articles;
            RETURN_IF_ERROR(DecodePublisherList(to, value, &articles));
            for (NodeId article : articles) publishers.Add(from, article);
            return absl::OkStatus();
          }
          case ProvenanceKey::kOriginalCopies:
            if (!reader.U64(&from) || !reader.U64(&to) || !reader.done()) break;
            originals.Add(from, to);
            return absl::OkStatus();
          case ProvenanceKey::kAwaitedOriginal: {
            std::string awaited;
            if (!reader.Escaped(&awaited) || !reader.U64(&to) || !reader.done()) break;
            return absl::OkStatus();
          }
          case ProvenanceKey::kMergedInto:
            if (!reader.U64(&from) || !reader.U64(&to) || !reader.done()) break;
            merges.Add(from, to);
            return absl::OkStatus();
          case ProvenanceKey::kMergedKey: {
            std::string merged_key;
            if (!reader.Escaped(&merged_key) || !reader.U64(&to) || !reader.done()) break;
            ASSIGN_OR_RETURN(const auto merge, ReadMerge(snapshot_, to));
            return merge.has_value() ? absl::OkStatus()
                                     : absl::DataLossError("the key of no merged entity");
          }
          case ProvenanceKey::kTrigramEntities: {
            uint32_t trigram;
            if (!reader.U32(&trigram) || !reader.done()) break;
            ASSIGN_OR_RETURN(const std::vector<NodeId> entities, DecodeList(value));
            for (NodeId entity : entities) Expect(entity, "the bearer of a name");
            return absl::OkStatus();
          }
        }
        return absl::DataLossError("broken key");
      }));
  Compare("facts of articles", lists, article_facts_);
  Compare("articles of publishers", publishers, publishers_);
  Compare("copies of originals", originals, originals_);
  Compare("entities merged into others", merges, merges_);
  Compare("facts before merges", stored_before_, facts_before_);
  RETURN_IF_ERROR(CompareCount(kMergeCount, merges_.count()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ConsistencyReport> VerifyConsistency(const Snapshot& snapshot,
                                                    const std::function<void(uint64_t)>& progress) {
  return Verifier(snapshot, progress).Run();
}

}  // namespace entente::storage
