#include "engine/bulk_loader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/strings/str_cat.h"
#include "engine/cameo.h"
#include "engine/core.h"
#include "engine/error.h"
#include "engine/names.h"
#include "engine/status.h"

namespace entente {
namespace {

constexpr uint64_t kReportEvery = 1024;

// Why the claim cannot be taken, "" when it can.
std::string WhatIsWrong(const ClaimInput& claim) {
  if (claim.subject.empty()) return "the claim has no subject";
  if (claim.type.empty()) return "the claim has no type";
  if (claim.object.empty()) return "the claim has no object";
  if (claim.article.empty() && !claim.asserted_by.empty()) {
    return "the claim has asserted_by but no article that quotes it";
  }
  const EvidenceInput& evidence = claim.evidence;
  if (!(evidence.confidence >= 0 && evidence.confidence <= 1)) {
    return absl::StrCat("the confidence ", evidence.confidence, " is not between 0 and 1");
  }
  if (evidence.sentence < -1) return "the sentence number is negative";
  if ((evidence.span_begin < 0) != (evidence.span_end < 0) ||
      evidence.span_end < evidence.span_begin) {
    return "the span does not run from its beginning to its end";
  }
  if (!claim.valid_from.value.is_null() && !claim.valid_to.value.is_null() &&
      InstantOfFrom(claim.valid_from) >= InstantOfTo(claim.valid_to)) {
    return "valid_to does not lie after valid_from";
  }
  return "";
}

void Replace(std::string& stored, std::string&& given) {
  if (!given.empty()) stored = std::move(given);
}

void Replace(std::vector<MapEntry>& stored, std::vector<MapEntry>&& given) {
  for (MapEntry& entry : given) {
    const auto same = std::find_if(stored.begin(), stored.end(), [&](const MapEntry& other) {
      return other.first == entry.first;
    });
    if (same == stored.end()) {
      stored.push_back(std::move(entry));
    } else if (!entry.second.is_null()) {
      same->second = std::move(entry.second);
    }
  }
}

// Two records of one thing in one input: the later one's values replace, as they would if the first
// had been stored already.
void Unite(EntityInput& stored, EntityInput&& given) {
  Replace(stored.name, std::move(given.name));
  Replace(stored.properties, std::move(given.properties));
  for (std::string& label : given.labels) {
    if (std::find(stored.labels.begin(), stored.labels.end(), label) == stored.labels.end()) {
      stored.labels.push_back(std::move(label));
    }
  }
  std::move(given.names.begin(), given.names.end(), std::back_inserter(stored.names));
}

void Unite(ArticleInput& stored, ArticleInput&& given) {
  Replace(stored.url, std::move(given.url));
  Replace(stored.title, std::move(given.title));
  Replace(stored.publisher, std::move(given.publisher));
  Replace(stored.language, std::move(given.language));
  Replace(stored.copy_of, std::move(given.copy_of));
  Replace(stored.properties, std::move(given.properties));
  if (!given.published.is_null()) stored.published = std::move(given.published);
}

// Gives an entity without key the key of whoever bears its name, or that of a stub when nobody
// does. A bearer that has no key, since CREATE made it, is completed at once, and the key stays
// empty.
absl::Status FindNamed(ClaimWriter& writer, GraphWriter& graph, EntityInput& input) {
  ASSIGN_OR_RETURN(const std::vector<NameMatch> matches, graph.FindName(input.name));
  if (matches.empty()) {
    input.key = StubKey(input.name);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const NodeId node, writer.Resolve(input.name));
  ASSIGN_OR_RETURN(const Value key, graph.NodeProperty(node, "key"));
  // The name only pointed at the entity; its canonical one stays.
  input.name.clear();
  if (key.is_string()) {
    input.key = std::string(key.string());
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(graph.SetNodeProperties(node, input.properties, /*merge=*/true));
  RETURN_IF_ERROR(graph.AddLabels(node, input.labels));
  for (const EntityName& name : input.names) RETURN_IF_ERROR(writer.AddName(node, name).status());
  return absl::OkStatus();
}

// Whether the database is fine and only the record is not.
bool IsAboutInput(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || ErrorInfoOf(status).detail == "AmbiguousName";
}

}  // namespace

BulkLoader::BulkLoader(Database& database, Options options)
    : database_(database), options_(std::move(options)) {}

BulkLoader::~BulkLoader() = default;

absl::Status BulkLoader::AddEntity(EntityInput entity, const InputPlace& place) {
  if (entity.key.empty() && NormalizeName(entity.name).empty()) {
    return Reject(place, "the entity has neither key nor name");
  }
  const std::string key = entity.key.empty() ? StubKey(entity.name) : entity.key;
  const auto [known, is_new] = entity_places_.try_emplace(key, entities_.size());
  if (is_new) {
    entities_.push_back({std::move(entity), place});
  } else {
    Unite(entities_[known->second].input, std::move(entity));
  }
  return absl::OkStatus();
}

absl::Status BulkLoader::AddArticle(ArticleInput article, const InputPlace& place) {
  if (article.key.empty()) article.key = article.url;
  if (article.key.empty()) return Reject(place, "the article has neither key nor url");
  const auto [known, is_new] = article_places_.try_emplace(article.key, articles_.size());
  if (is_new) {
    articles_.push_back({std::move(article), place});
  } else {
    Unite(articles_[known->second].input, std::move(article));
  }
  return absl::OkStatus();
}

absl::Status BulkLoader::AddClaim(ClaimInput claim, const InputPlace& place) {
  std::string wrong = WhatIsWrong(claim);
  if (!wrong.empty()) return Reject(place, std::move(wrong));
  claims_.push_back({std::move(claim), place});
  return absl::OkStatus();
}

absl::Status BulkLoader::Reject(const InputPlace& place, std::string reason) {
  ++summary_.rejected;
  const Rejection rejection{place, std::move(reason)};
  if (options_.on_reject) options_.on_reject(rejection);
  if (!options_.strict) return absl::OkStatus();
  return absl::InvalidArgumentError(rejection.reason);
}

absl::Status BulkLoader::RejectIfBad(const InputPlace& place, const absl::Status& status) {
  if (status.ok() || !IsAboutInput(status)) return status;
  return Reject(place, std::string(status.message()));
}

absl::Status BulkLoader::Report(LoadProgress::Stage stage, uint64_t done, uint64_t total) const {
  if (options_.cancelled != nullptr && *options_.cancelled) {
    return MakeError(ErrorCode::kInterrupted, "The load was cancelled");
  }
  if (options_.on_progress && (done % kReportEvery == 0 || done == total)) {
    options_.on_progress({stage, done, total});
  }
  return absl::OkStatus();
}

absl::StatusOr<LoadSummary> BulkLoader::Finish() {
  ASSIGN_OR_RETURN(std::unique_ptr<WriteTransaction> transaction,
                   database_.core().BeginWrite(options_.cancelled));
  RETURN_IF_ERROR(Write(transaction->graph()));
  RETURN_IF_ERROR(Report(LoadProgress::Stage::kCommitting, 0, 0));
  RETURN_IF_ERROR(transaction->Commit());
  return summary_;
}

absl::Status BulkLoader::Write(GraphWriter& graph) {
  ClaimWriter writer(graph);
  const uint64_t nodes_before = graph.NodeCount();
  RETURN_IF_ERROR(DeclareTaxonomy(graph));
  RETURN_IF_ERROR(WriteEntities(writer, graph));
  RETURN_IF_ERROR(WriteArticles(writer));
  RETURN_IF_ERROR(WriteClaims(writer, graph));
  RETURN_IF_ERROR(writer.Finish());
  // Entities also come to be as stubs, and vanish when they are taken over.
  const uint64_t others = nodes_before + summary_.articles_created;
  summary_.entities_created = graph.NodeCount() > others ? graph.NodeCount() - others : 0;
  return absl::OkStatus();
}

absl::Status BulkLoader::DeclareTaxonomy(GraphWriter& graph) {
  const bool needed = std::any_of(
      claims_.begin(), claims_.end(),
      [](const Placed<ClaimInput>& claim) { return IsCameoRelation(claim.input.type); });
  return needed ? DeclareCameo(graph) : absl::OkStatus();
}

// Keyed entities first: an entity that has only a name may mean one of them.
absl::Status BulkLoader::WriteEntities(ClaimWriter& writer, GraphWriter& graph) {
  std::stable_partition(entities_.begin(), entities_.end(), [](const Placed<EntityInput>& entity) {
    return !entity.input.key.empty();
  });
  bool stubs_taken_over = false;
  uint64_t done = 0;
  for (Placed<EntityInput>& entity : entities_) {
    RETURN_IF_ERROR(Report(LoadProgress::Stage::kEntities, done++, entities_.size()));
    if (entity.input.key.empty()) {
      if (!std::exchange(stubs_taken_over, true)) {
        ASSIGN_OR_RETURN(summary_.names_taken_over, writer.TakeOverStubs());
      }
      const absl::Status named = FindNamed(writer, graph, entity.input);
      RETURN_IF_ERROR(RejectIfBad(entity.place, named));
      if (!named.ok() || entity.input.key.empty()) continue;
    }
    const absl::StatusOr<ClaimWriter::Upserted> upserted = writer.UpsertEntity(entity.input);
    RETURN_IF_ERROR(RejectIfBad(entity.place, upserted.status()));
    if (upserted.ok() && upserted->changed && !upserted->created) ++summary_.entities_changed;
  }
  if (!stubs_taken_over) {
    ASSIGN_OR_RETURN(summary_.names_taken_over, writer.TakeOverStubs());
  }
  return absl::OkStatus();
}

absl::Status BulkLoader::WriteArticles(ClaimWriter& writer) {
  uint64_t done = 0;
  for (const Placed<ArticleInput>& article : articles_) {
    RETURN_IF_ERROR(Report(LoadProgress::Stage::kArticles, done++, articles_.size()));
    const absl::StatusOr<ClaimWriter::Upserted> upserted = writer.UpsertArticle(article.input);
    RETURN_IF_ERROR(RejectIfBad(article.place, upserted.status()));
    if (!upserted.ok()) continue;
    if (upserted->created) {
      ++summary_.articles_created;
    } else if (upserted->changed) {
      ++summary_.entities_changed;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<NodeId> BulkLoader::Resolve(ClaimWriter& writer, const std::string& text) {
  const auto known = resolved_.find(text);
  if (known != resolved_.end()) return known->second;
  ASSIGN_OR_RETURN(const NodeId node, writer.Resolve(text));
  resolved_.emplace(text, node);
  return node;
}

absl::StatusOr<FactId> BulkLoader::WriteClaim(ClaimWriter& writer, GraphWriter& graph,
                                              ClaimInput& claim) {
  // A row that fails must leave no stub behind, so look before making any.
  for (const std::string* name : {&claim.subject, &claim.object, &claim.asserted_by}) {
    if (name->empty() || resolved_.contains(*name)) continue;
    ASSIGN_OR_RETURN(const std::vector<NameMatch> matches, graph.FindName(*name));
    if (matches.size() > 1) return writer.Resolve(*name).status();
  }
  if (!claim.article.empty()) {
    ASSIGN_OR_RETURN(claim.evidence.article, graph.FindKey(claim.article));
    if (claim.evidence.article == kNoId || !IsArticle(claim.evidence.article)) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no article with the key '", claim.article, "'"));
    }
  }
  FactInput fact;
  ASSIGN_OR_RETURN(fact.subject, Resolve(writer, claim.subject));
  ASSIGN_OR_RETURN(fact.object, Resolve(writer, claim.object));
  if (!claim.asserted_by.empty()) {
    ASSIGN_OR_RETURN(claim.evidence.asserter, Resolve(writer, claim.asserted_by));
  }
  ASSIGN_OR_RETURN(fact.relation, graph.NeedRelation(claim.type));
  fact.valid_from = claim.valid_from;
  fact.valid_to = claim.valid_to;
  fact.properties = std::move(claim.properties);
  ASSIGN_OR_RETURN(const ClaimWriter::AddedFact added, writer.AddFact(fact));
  if (added.created) ++summary_.facts_created;
  summary_.differing_properties += added.differing;
  return added.fact;
}

absl::Status BulkLoader::WriteClaims(ClaimWriter& writer, GraphWriter& graph) {
  // Evidence gathers by fact, so that each fact is corroborated once.
  absl::btree_map<FactId, std::vector<EvidenceInput>> evidence;
  uint64_t done = 0;
  for (Placed<ClaimInput>& claim : claims_) {
    RETURN_IF_ERROR(Report(LoadProgress::Stage::kClaims, done++, claims_.size()));
    const absl::StatusOr<FactId> fact = WriteClaim(writer, graph, claim.input);
    RETURN_IF_ERROR(RejectIfBad(claim.place, fact.status()));
    if (!fact.ok()) continue;
    ++summary_.claims;
    if (!claim.input.article.empty()) evidence[*fact].push_back(std::move(claim.input.evidence));
  }
  done = 0;
  for (const auto& [fact, pieces] : evidence) {
    RETURN_IF_ERROR(Report(LoadProgress::Stage::kEvidence, done++, evidence.size()));
    ASSIGN_OR_RETURN(const size_t added, writer.Cite(fact, pieces));
    summary_.evidence_created += added;
  }
  return absl::OkStatus();
}

}  // namespace entente
