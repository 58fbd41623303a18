#include "engine/bulk_reader.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/core.h"
#include "engine/graph.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "engine/value_text.h"
#include "storage/adjacency.h"
#include "storage/facts.h"

namespace entente {
namespace {

constexpr size_t kNodesAtOnce = 4096;
// Facts read at once; more when as many lie between the same two nodes.
constexpr size_t kFactsReadAtOnce = 1024;

Stance EngineStance(storage::Stance stance) {
  switch (stance) {
    case storage::Stance::kAffirms:
      return Stance::kAffirms;
    case storage::Stance::kDenies:
      return Stance::kDenies;
    default:
      return Stance::kReports;
  }
}

absl::string_view NameOf(BuiltInProperty property) { return kBuiltInProperties[property]; }

// Removes the property and returns its value, null when there is none.
Value Take(absl::string_view name, std::vector<MapEntry>* properties) {
  const auto found = std::find_if(properties->begin(), properties->end(),
                                  [&](const MapEntry& entry) { return entry.first == name; });
  if (found == properties->end()) return Value();
  Value value = std::move(found->second);
  properties->erase(found);
  return value;
}

auto PlaceOf(const ClaimInput& claim) {
  const EvidenceInput& piece = claim.evidence;
  return std::tie(claim.article, piece.sentence, piece.span_begin, piece.span_end, piece.stance,
                  claim.asserted_by);
}

}  // namespace

struct BulkReader::Fact {
  std::string order;  // the bytes by which facts of one subject, type and object are ordered
  ClaimInput claim;
  std::vector<ClaimInput> evidence;
};

BulkReader::BulkReader(std::unique_ptr<ReadTransaction> transaction)
    : transaction_(std::move(transaction)), graph_(transaction_->graph()) {}

BulkReader::~BulkReader() = default;

absl::StatusOr<std::unique_ptr<BulkReader>> BulkReader::Open(Database& database) {
  ASSIGN_OR_RETURN(std::unique_ptr<ReadTransaction> transaction, database.core().BeginRead());
  std::unique_ptr<BulkReader> reader(new BulkReader(std::move(transaction)));
  RETURN_IF_ERROR(reader->ReadKeys());
  return reader;
}

std::vector<std::string> BulkReader::IndexStatements() const {
  const Catalogue& catalogue = graph_.catalogue();
  std::vector<std::string> statements;
  for (const PropertyIndex& index : catalogue.indexes()) {
    statements.push_back(absl::StrCat("CREATE INDEX ", QuotedName(index.name), " FOR (n:",
                                      QuotedName(catalogue.label(index.label).name), ") ON (n.",
                                      QuotedName(catalogue.property(index.property)), ");"));
  }
  return statements;
}

uint64_t BulkReader::fact_count() const { return graph_.RelationshipCount(); }

absl::Status BulkReader::ReadKeys() {
  const std::unique_ptr<NodeScan> scan = graph_.ScanNodes();
  std::vector<NodeId> nodes;
  for (bool more = true; more;) {
    nodes.clear();
    ASSIGN_OR_RETURN(more, scan->Next(kNodesAtOnce, &nodes));
    for (const NodeId node : nodes) {
      ASSIGN_OR_RETURN(const Value key, graph_.NodeProperty(node, NameOf(kKeyProperty)));
      NodeId owner = kNoId;
      std::string text;
      if (key.is_string() && !key.string().empty()) {
        text = std::string(key.string());
        ASSIGN_OR_RETURN(owner, graph_.FindKey(text));
      }
      if (owner != node) {
        ++keys_given_;
        text = absl::StrCat("node:", node);
        ASSIGN_OR_RETURN(owner, graph_.FindKey(text));
        while (owner != kNoId) {
          text += '\'';
          ASSIGN_OR_RETURN(owner, graph_.FindKey(text));
        }
      }
      keys_.emplace(node, std::move(text));
      (IsArticle(node) ? articles_ : entities_).push_back(node);
    }
  }
  const auto by_key = [this](NodeId a, NodeId b) { return KeyOf(a) < KeyOf(b); };
  std::sort(entities_.begin(), entities_.end(), by_key);
  std::sort(articles_.begin(), articles_.end(), by_key);
  return absl::OkStatus();
}

std::string BulkReader::TakeText(absl::string_view name, std::vector<MapEntry>* properties) {
  const Value value = Take(name, properties);
  if (value.is_string()) return std::string(value.string());
  if (!value.is_null()) ++losses_.values;
  return "";
}

absl::StatusOr<BulkReader::Losses> BulkReader::EachEntity(const TakeEntity& take) {
  losses_ = {};
  for (const NodeId node : entities_) {
    EntityInput entity;
    entity.key = KeyOf(node);
    ASSIGN_OR_RETURN(entity.properties, graph_.NodeProperties(node));
    Take(NameOf(kKeyProperty), &entity.properties);
    const Value name = Take(NameOf(kNameProperty), &entity.properties);
    if (name.is_string() && !name.string().empty()) {
      entity.name = std::string(name.string());
    } else if (!name.is_null()) {
      entity.properties.emplace_back(std::string(NameOf(kNameProperty)), name);
    }
    ASSIGN_OR_RETURN(const std::vector<LabelId> labels, graph_.Labels(node));
    for (const LabelId label : labels) {
      if (label == kArticleLabel) {
        ++losses_.labels;
      } else {
        entity.labels.push_back(graph_.catalogue().label(label).name);
      }
    }
    ASSIGN_OR_RETURN(entity.names, graph_.Names(node));
    // The canonical name has its own place.
    entity.names.erase(std::remove_if(entity.names.begin(), entity.names.end(),
                                      [&](const EntityName& name) {
                                        return name == EntityName{entity.name, "", name.script};
                                      }),
                       entity.names.end());
    std::stable_sort(
        entity.names.begin(), entity.names.end(),
        [](const EntityName& a, const EntityName& b) { return a.language < b.language; });
    RETURN_IF_ERROR(take(entity));
  }
  return losses_;
}

absl::StatusOr<BulkReader::Losses> BulkReader::EachArticle(const TakeArticle& take) {
  losses_ = {};
  for (const NodeId node : articles_) {
    ArticleInput article;
    article.key = KeyOf(node);
    ASSIGN_OR_RETURN(article.properties, graph_.NodeProperties(node));
    Take(NameOf(kKeyProperty), &article.properties);
    article.url = TakeText(NameOf(kUrlProperty), &article.properties);
    article.title = TakeText(NameOf(kTitleProperty), &article.properties);
    article.language = TakeText(NameOf(kLanguageProperty), &article.properties);
    article.copy_of = TakeText(NameOf(kCopyOfProperty), &article.properties);
    article.publisher = TakeText(NameOf(kPublisherProperty), &article.properties);
    article.published = Take(NameOf(kPublishedProperty), &article.properties);
    // The name of a publisher may have come to mean several; its key does not.
    ASSIGN_OR_RETURN(const NodeId publisher, graph_.PublisherOf(node));
    if (publisher != kNoId) {
      const absl::StatusOr<NodeId> meant = graph_.ResolveName(article.publisher);
      if (!meant.ok() || *meant != publisher) article.publisher = KeyOf(publisher);
    }
    ASSIGN_OR_RETURN(const std::vector<LabelId> labels, graph_.Labels(node));
    losses_.labels += labels.size() - (labels.empty() ? 0 : 1);
    RETURN_IF_ERROR(take(article));
  }
  return losses_;
}

absl::StatusOr<BulkReader::Losses> BulkReader::EachFact(const TakeFact& take) {
  losses_ = {};
  using Edge = std::tuple<absl::string_view, absl::string_view, FactId>;  // type, object's key
  storage::EdgeColumns columns;
  std::vector<Edge> edges;
  for (const std::vector<NodeId>* subjects : {&entities_, &articles_}) {
    for (const NodeId subject : *subjects) {
      columns.Clear();
      RETURN_IF_ERROR(storage::ReadEdges(
          graph_.view(), storage::Direction::kOut, subject, storage::RelationFilter(),
          storage::kRelationColumn | storage::kOtherColumn | storage::kFactColumn, &columns));
      edges.clear();
      for (size_t i = 0; i < columns.size; ++i) {
        if (IsArticle(subject) || IsArticle(columns.other[i])) {
          ++losses_.facts;
          continue;
        }
        edges.emplace_back(graph_.catalogue().relation(columns.relation[i]).name,
                           KeyOf(columns.other[i]), columns.fact[i]);
      }
      std::sort(edges.begin(), edges.end());
      std::vector<FactId> ids;
      for (size_t i = 0; i < edges.size(); ++i) {
        ids.push_back(std::get<2>(edges[i]));
        const bool last = i + 1 == edges.size();
        const bool same = !last && std::get<0>(edges[i]) == std::get<0>(edges[i + 1]) &&
                          std::get<1>(edges[i]) == std::get<1>(edges[i + 1]);
        if (last || (ids.size() >= kFactsReadAtOnce && !same)) {
          RETURN_IF_ERROR(TakeFacts(subject, std::move(ids), take));
          ids = {};
        }
      }
    }
  }
  return losses_;
}

absl::Status BulkReader::TakeFacts(NodeId subject, std::vector<FactId> ids, const TakeFact& take) {
  std::sort(ids.begin(), ids.end());
  ASSIGN_OR_RETURN(const std::vector<std::optional<storage::FactRecord>> records,
                   storage::ReadFacts(graph_.view(), ids));
  std::vector<Fact> facts;
  for (const std::optional<storage::FactRecord>& record : records) {
    if (!record.has_value() || record->subject != subject) {
      return absl::DataLossError("an edge leads to no fact of its subject");
    }
    Fact fact;
    ASSIGN_OR_RETURN(const bool taken, MakeFact(*record, &fact));
    if (taken) facts.push_back(std::move(fact));
  }
  std::stable_sort(facts.begin(), facts.end(), [](const Fact& a, const Fact& b) {
    return std::tie(a.claim.type, a.claim.object, a.order) <
           std::tie(b.claim.type, b.claim.object, b.order);
  });
  for (const Fact& fact : facts) RETURN_IF_ERROR(take(fact.claim, fact.evidence));
  return absl::OkStatus();
}

absl::StatusOr<bool> BulkReader::MakeFact(const storage::FactRecord& record, Fact* fact) {
  ClaimInput& claim = fact->claim;
  claim.subject = KeyOf(record.subject);
  claim.type = graph_.catalogue().relation(record.relation).name;
  claim.object = KeyOf(record.object);
  ASSIGN_OR_RETURN(claim.valid_from, ValidFromOf(record));
  ASSIGN_OR_RETURN(claim.valid_to, ValidToOf(record));
  const bool bounded = !claim.valid_from.value.is_null() && !claim.valid_to.value.is_null();
  if (bounded && InstantOfFrom(claim.valid_from) >= InstantOfTo(claim.valid_to)) {
    ++losses_.facts;
    return false;
  }
  // The nodes and the type are equal where this order counts.
  fact->order = FactIdentity(0, 0, 0, claim.valid_from, claim.valid_to);
  ASSIGN_OR_RETURN(const std::vector<Property> properties, UnpackProperties(record.properties));
  for (const auto& [id, value] : properties) {
    if (id == kValidFromProperty || id == kValidToProperty) {
      if (!ValidEndOf(value).has_value()) ++losses_.values;
    } else {
      claim.properties.emplace_back(graph_.catalogue().property(id), value);
    }
  }
  std::sort(claim.properties.begin(), claim.properties.end(),
            [](const MapEntry& a, const MapEntry& b) { return a.first < b.first; });
  return AddEvidence(record, fact);
}

absl::StatusOr<bool> BulkReader::AddEvidence(const storage::FactRecord& record, Fact* fact) {
  for (const storage::Evidence& stored : record.evidence) {
    if (stored.retracted_at != storage::kNoTime) {
      ++losses_.retracted_evidence;
      continue;
    }
    if (!keys_.contains(stored.article)) return absl::DataLossError("evidence of no article");
    ClaimInput piece;
    piece.article = KeyOf(stored.article);
    if (keys_.contains(stored.asserter)) piece.asserted_by = KeyOf(stored.asserter);
    piece.evidence.stance = EngineStance(stored.stance);
    piece.evidence.confidence = stored.confidence;
    piece.evidence.sentence = stored.sentence;
    piece.evidence.span_begin = stored.span_start;
    piece.evidence.span_end = stored.span_end;
    piece.evidence.quote = stored.quote;
    fact->evidence.push_back(std::move(piece));
  }
  if (fact->evidence.empty() && (record.flags & storage::kHasEvidence) != 0) {
    ++losses_.facts;
    return false;
  }
  std::sort(fact->evidence.begin(), fact->evidence.end(),
            [](const ClaimInput& a, const ClaimInput& b) { return PlaceOf(a) < PlaceOf(b); });
  return true;
}

}  // namespace entente
