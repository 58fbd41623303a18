#include "engine/maintenance.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/core.h"
#include "engine/counters.h"
#include "engine/database.h"
#include "engine/entity_name.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "engine/version.h"
#include "storage/consistency.h"
#include "storage/dictionary.h"
#include "storage/facts.h"
#include "storage/nodes.h"
#include "storage/property_index.h"
#include "storage/provenance.h"
#include "storage/store.h"
#include "storage/view.h"

namespace entente {
namespace {

using storage::FactRecord;
using storage::NodeRecord;

constexpr size_t kProblemsKept = 100;
constexpr uint64_t kProgressEvery = 4096;

// A set of nodes, told by what other sets hardly share.
struct Gathered {
  void Add(NodeId node) {
    ++count;
    sum += absl::HashOf(node);
  }
  friend bool operator==(const Gathered&, const Gathered&) = default;

  uint64_t count = 0;
  uint64_t sum = 0;
};

// Checks what the engine makes of the records, one fact or node after another.
class MeaningCheck {
 public:
  MeaningCheck(const storage::View& view, const Catalogue& catalogue, CheckReport* report,
               const std::function<void(uint64_t)>& progress)
      : view_(view),
        catalogue_(catalogue),
        evidence_(view),
        report_(*report),
        progress_(progress),
        labels_(catalogue.label_count()),
        relations_(catalogue.relation_count()) {}

  absl::Status Run() {
    RETURN_IF_ERROR(CheckNodes(storage::ScanEntities(view_)));
    RETURN_IF_ERROR(CheckNodes(storage::ScanArticles(view_)));
    RETURN_IF_ERROR(Note("trigrams", CheckTrigrams()));
    RETURN_IF_ERROR(CheckFacts());
    for (LabelId id = 0; id < labels_.size(); ++id) {
      RETURN_IF_ERROR(CheckCounter(LabelCounter(id), labels_[id]));
    }
    for (RelationId id = 0; id < relations_.size(); ++id) {
      RETURN_IF_ERROR(CheckCounter(RelationCounter(id), relations_[id]));
    }
    for (const PropertyIndex& index : catalogue_.indexes()) {
      RETURN_IF_ERROR(Note(absl::StrCat("index ", index.name), CheckIndex(index)));
    }
    return absl::OkStatus();
  }

 private:
  void Problem(std::string words) {
    ++report_.problem_count;
    if (report_.problems.size() < kProblemsKept) report_.problems.push_back(std::move(words));
  }

  // Damage is a problem reported, everything else an error.
  absl::Status Note(absl::string_view what, const absl::Status& status) {
    if (status.ok() || !absl::IsDataLoss(status)) return status;
    Problem(absl::StrCat(what, ": ", status.message()));
    return absl::OkStatus();
  }

  void Step() {
    ++report_.keys;
    if (progress_ && report_.keys % kProgressEvery == 0) progress_(report_.keys);
  }

  absl::Status CheckNodes(storage::NodeCursor cursor) {
    NodeId node;
    while (cursor.Next(&node)) {
      Step();
      RETURN_IF_ERROR(Note(absl::StrCat("node ", node), CheckNode(node)));
    }
    return Note("nodes", cursor.status());
  }

  absl::Status CheckNode(NodeId node) {
    ASSIGN_OR_RETURN(const std::optional<NodeRecord> record, storage::ReadNode(view_, node));
    if (!record.has_value()) return absl::DataLossError("vanished");
    for (LabelId label : record->labels) {
      if (label >= labels_.size()) return absl::DataLossError("has a label without a name");
      ++labels_[label];
    }
    ASSIGN_OR_RETURN(const std::vector<Property> properties, UnpackProperties(record->properties));
    for (const Property& property : properties) {
      if (property.first >= catalogue_.property_count()) {
        return absl::DataLossError("has a property without a name");
      }
    }
    RETURN_IF_ERROR(CheckIndexEntries(node, *record));
    ASSIGN_OR_RETURN(const Value key, FindProperty(record->properties, kKeyProperty));
    if (key.is_string() && !key.string().empty()) {
      ASSIGN_OR_RETURN(const std::vector<NodeId> bearers,
                       storage::FindKeyBearers(view_, key.string()));
      const bool found = std::find(bearers.begin(), bearers.end(), node) != bearers.end();
      if (!found) Problem(absl::StrCat("node ", node, " is not found by its key"));
    }
    return IsArticle(node) ? absl::OkStatus() : CheckNames(node, *record);
  }

  absl::Status CheckIndexEntries(NodeId node, const NodeRecord& record) {
    ASSIGN_OR_RETURN(const std::vector<IndexEntry> entries, IndexEntriesOf(catalogue_, record));
    for (const IndexEntry& entry : entries) {
      ++indexed_[entry.index];
      ASSIGN_OR_RETURN(const bool found,
                       storage::HasIndexEntry(view_, entry.index, entry.value, node));
      if (found) continue;
      const auto index =
          std::find_if(catalogue_.indexes().begin(), catalogue_.indexes().end(),
                       [&](const PropertyIndex& candidate) { return candidate.id == entry.index; });
      Problem(absl::StrCat("node ", node, " is not in index ", index->name));
    }
    return absl::OkStatus();
  }

  // After all nodes.
  absl::Status CheckIndex(const PropertyIndex& index) {
    uint64_t entries = 0;
    uint64_t values = 0;
    std::string last;
    storage::IndexCursor cursor(view_, index.id, "");
    while (cursor.Next()) {
      if (++entries == 1 || cursor.value() != last) ++values;
      last = std::string(cursor.value());
    }
    RETURN_IF_ERROR(cursor.status());
    if (entries != indexed_[index.id]) {
      Problem(absl::StrCat("index ", index.name, " has ", entries, " entries instead of ",
                           indexed_[index.id]));
    }
    RETURN_IF_ERROR(CheckCounter(IndexEntryCounter(index.id), entries));
    return CheckCounter(IndexValueCounter(index.id), values);
  }

  absl::Status CheckNames(NodeId node, const NodeRecord& record) {
    ASSIGN_OR_RETURN(const Value canonical, FindProperty(record.properties, kNameProperty));
    const std::vector<storage::NameEntry> names = NameEntriesOf(
        node, record.names, canonical.is_string() ? canonical.string() : absl::string_view());
    for (const storage::NameEntry& name : names) {
      ASSIGN_OR_RETURN(const std::vector<storage::NameEntry> bearers,
                       storage::FindName(view_, name.name));
      const bool found = std::find(bearers.begin(), bearers.end(), name) != bearers.end();
      if (!found) Problem(absl::StrCat("node ", node, " is not found by its name ", name.name));
    }
    for (Trigram trigram : TrigramsOf(names)) trigrams_[trigram].Add(node);
    return absl::OkStatus();
  }

  // After all nodes.
  absl::Status CheckTrigrams() {
    RETURN_IF_ERROR(
        storage::EachTrigram(view_, [&](uint32_t trigram, const std::vector<NodeId>& entities) {
          Gathered stored;
          for (NodeId entity : entities) stored.Add(entity);
          Gathered& expected = trigrams_[trigram];
          if (stored != expected) Problem("names do not have the trigrams that are stored");
          expected = Gathered();
        }));
    for (const auto& [trigram, missing] : trigrams_) {
      if (missing != Gathered()) Problem("a trigram of names is not stored");
    }
    return absl::OkStatus();
  }

  absl::Status CheckFacts() {
    storage::FactCursor cursor(view_);
    FactId fact;
    FactRecord record;
    while (cursor.Next(&fact, &record)) {
      Step();
      RETURN_IF_ERROR(Note(absl::StrCat("fact ", fact), CheckFact(fact, record)));
    }
    return Note("facts", cursor.status());
  }

  absl::Status CheckFact(FactId fact, const FactRecord& record) {
    if (record.relation >= relations_.size()) return absl::DataLossError("has a type without name");
    ++relations_[record.relation];
    RETURN_IF_ERROR(UnpackProperties(record.properties).status());
    ASSIGN_OR_RETURN(const std::vector<Evidence> evidence, evidence_.Read(record.evidence));
    ASSIGN_OR_RETURN(const Corroboration now, CorroborateUnder(record, evidence, Lens()));
    const bool agrees = now.support == record.support && now.denial == record.denial &&
                        now.confidence == record.confidence &&
                        now.visible == ((record.flags & storage::kVisible) != 0) &&
                        now.contested == ((record.flags & storage::kContested) != 0) &&
                        now.first_reported.value_or(storage::kNoTime) == record.first_reported &&
                        now.last_reported.value_or(storage::kNoTime) == record.last_reported;
    if (!agrees) Problem(absl::StrCat("fact ", fact, " does not amount to what is stored"));
    return absl::OkStatus();
  }

  absl::Status CheckCounter(const std::string& name, uint64_t counted) {
    ASSIGN_OR_RETURN(const uint64_t stored, view_.Counter(name));
    if (stored != counted) {
      Problem(absl::StrCat("counter ", name, " is ", stored, " instead of ", counted));
    }
    return absl::OkStatus();
  }

  const storage::View& view_;
  const Catalogue& catalogue_;
  EvidenceReader evidence_;
  CheckReport& report_;
  const std::function<void(uint64_t)>& progress_;
  std::vector<uint64_t> labels_;                     // nodes met that bear each
  std::vector<uint64_t> relations_;                  // facts met of each
  absl::flat_hash_map<IndexId, uint64_t> indexed_;   // nodes met that belong into each
  absl::flat_hash_map<Trigram, Gathered> trigrams_;  // likewise
};

}  // namespace

absl::StatusOr<DatabaseStatistics> ReadStatistics(Database& database) {
  Core& core = database.core();
  ASSIGN_OR_RETURN(const std::unique_ptr<ReadTransaction> transaction, core.BeginRead());
  const Graph& graph = transaction->graph();
  const Catalogue& catalogue = graph.catalogue();
  DatabaseStatistics statistics;
  statistics.format_version = core.store().format_version();
  statistics.library_version = kLibraryVersion;
  ASSIGN_OR_RETURN(statistics.entities, graph.view().Counter(storage::kEntityCount));
  ASSIGN_OR_RETURN(statistics.articles, graph.view().Counter(storage::kArticleCount));
  ASSIGN_OR_RETURN(statistics.facts, graph.view().Counter(storage::kFactCount));
  ASSIGN_OR_RETURN(statistics.evidence, graph.view().Counter(storage::kEvidenceCount));
  for (LabelId id = 0; id < catalogue.label_count(); ++id) {
    ASSIGN_OR_RETURN(const uint64_t count, graph.view().Counter(LabelCounter(id)));
    statistics.labels.emplace_back(catalogue.label(id).name, count);
  }
  for (RelationId id = 0; id < catalogue.relation_count(); ++id) {
    statistics.relations.emplace_back(catalogue.relation(id).name, graph.RelationCount(id));
  }
  std::sort(statistics.labels.begin(), statistics.labels.end());
  std::sort(statistics.relations.begin(), statistics.relations.end());
  ASSIGN_OR_RETURN(const std::vector<storage::FamilySize> sizes, core.store().Sizes());
  for (const storage::FamilySize& size : sizes) {
    std::string name(storage::FamilyName(size.family));
    if (size.family == storage::Family::kCatalogue) name = "catalogue";
    statistics.families.push_back({std::move(name), size.file_bytes, size.memory_bytes, size.keys});
  }
  return statistics;
}

absl::StatusOr<CheckReport> CheckDatabase(Database& database,
                                          const std::function<void(uint64_t)>& progress) {
  Core& core = database.core();
  ASSIGN_OR_RETURN(const std::unique_ptr<ReadTransaction> transaction, core.BeginRead());
  const std::unique_ptr<storage::Snapshot> snapshot = core.store().TakeSnapshot();
  ASSIGN_OR_RETURN(storage::ConsistencyReport bytes,
                   storage::VerifyConsistency(*snapshot, progress));
  CheckReport report;
  report.keys = bytes.keys;
  report.problem_count = bytes.problem_count;
  report.problems = std::move(bytes.problems);
  const Graph& graph = transaction->graph();
  MeaningCheck meaning(graph.view(), graph.catalogue(), &report, progress);
  RETURN_IF_ERROR(meaning.Run());
  return report;
}

}  // namespace entente
