// GraphWriter: articles: their derived columns, originals and copies, and the facts they bear on.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/error.h"
#include "engine/graph_writer.h"
#include "engine/published.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/facts.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/transaction.h"

namespace entente {
namespace {

using storage::FactRecord;
using storage::NodeRecord;

// Facts read at once while recomputing.
constexpr size_t kFactsRecomputedAtOnce = 256;

}  // namespace

absl::Status CopyOfItself(absl::string_view original_key) {
  return MakeError(
      ErrorCode::kRuntimeInvalidArgumentValue,
      absl::StrCat("copy_of '", original_key, "' would make the article a copy of ", "itself"));
}

absl::StatusOr<std::string> GraphWriter::Awaited(const NodeRecord* record) {
  if (record == nullptr || record->original != kNoId) return std::string();
  return TextOf(record, kCopyOfProperty);
}

absl::Status GraphWriter::DeriveArticle(NodeId article, const NodeRecord* old, bool publisher_given,
                                        NodeRecord* record) {
  ASSIGN_OR_RETURN(const Value published, FindProperty(record->properties, kPublishedProperty));
  record->published = PublishedInstant(published).value_or(storage::kNoTime);

  ASSIGN_OR_RETURN(const std::string old_key, TextOf(old, kKeyProperty));
  ASSIGN_OR_RETURN(const std::string key, TextOf(record, kKeyProperty));
  ASSIGN_OR_RETURN(const std::string old_copy_of, TextOf(old, kCopyOfProperty));
  ASSIGN_OR_RETURN(const std::string copy_of, TextOf(record, kCopyOfProperty));
  if (key != old_key || copy_of != old_copy_of) {
    ASSIGN_OR_RETURN(record->original, FindOriginal(article, key, copy_of));
  }

  ASSIGN_OR_RETURN(const std::string old_publisher, TextOf(old, kPublisherProperty));
  ASSIGN_OR_RETURN(const std::string publisher, TextOf(record, kPublisherProperty));
  const bool lost = old != nullptr && old->publisher == kNoId;
  if (publisher == old_publisher && !(publisher_given && lost)) return absl::OkStatus();
  record->publisher = kNoId;
  if (publisher.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const NodeId node, NeedEntity(publisher));
  if (IsArticle(node)) {
    return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                     absl::StrCat("the publisher '", publisher, "' is an article"));
  }
  record->publisher = node;
  ASSIGN_OR_RETURN(const bool known, HasLabel(node, kPublisherLabel));
  return known ? absl::OkStatus() : AddLabels(node, {std::string(kBuiltInLabels[kPublisherLabel])});
}

absl::StatusOr<NodeId> GraphWriter::FindOriginal(NodeId article, absl::string_view own_key,
                                                 absl::string_view original_key) const {
  if (original_key.empty()) return kNoId;
  if (original_key == own_key) return CopyOfItself(original_key);
  ASSIGN_OR_RETURN(const NodeId original, FindKey(original_key));
  if (original == kNoId || !IsArticle(original)) return kNoId;
  absl::flat_hash_set<NodeId> met = {article};
  for (NodeId at = original; at != kNoId;) {
    if (!met.insert(at).second) return CopyOfItself(original_key);
    ASSIGN_OR_RETURN(const NodeRecord record, NeedNode(at));
    // The topmost one may wait for this very article.
    ASSIGN_OR_RETURN(const std::string awaited, Awaited(&record));
    if (!own_key.empty() && awaited == own_key) return CopyOfItself(original_key);
    at = record.original;
  }
  return original;
}

absl::Status GraphWriter::MoveAwaiting(NodeId article, const NodeRecord* old,
                                       const NodeRecord* record) {
  ASSIGN_OR_RETURN(const std::string before, Awaited(old));
  ASSIGN_OR_RETURN(const std::string after, Awaited(record));
  if (before == after) return absl::OkStatus();
  if (!before.empty()) storage::EraseAwaiting(transaction_, before, article);
  if (!after.empty()) storage::PutAwaiting(transaction_, after, article);
  return absl::OkStatus();
}

absl::Status GraphWriter::SetOriginal(NodeId copy, NodeId original) {
  ASSIGN_OR_RETURN(const NodeRecord old, NeedNode(copy));
  NodeRecord record = old;
  record.original = original;
  articles_.Forget();
  RETURN_IF_ERROR(storage::WriteNode(transaction_, copy, &old, record));
  return MoveAwaiting(copy, &old, &record);
}

absl::Status GraphWriter::SetPublisher(NodeId article, NodeId publisher) {
  ASSIGN_OR_RETURN(const NodeRecord old, NeedNode(article));
  NodeRecord record = old;
  record.publisher = publisher;
  articles_.Forget();
  return storage::WriteNode(transaction_, article, &old, record);
}

absl::Status GraphWriter::RemoveEvidenceOf(NodeId article) {
  ASSIGN_OR_RETURN(const std::vector<FactId> facts, storage::FactsOfArticle(transaction_, article));
  for (FactId fact : facts) {
    ASSIGN_OR_RETURN(const FactRecord old, NeedFact(fact));
    FactRecord record = old;
    record.evidence.erase(
        std::remove_if(record.evidence.begin(), record.evidence.end(),
                       [&](const storage::Evidence& piece) { return piece.article == article; }),
        record.evidence.end());
    RETURN_IF_ERROR(Refresh(&record));
    RETURN_IF_ERROR(ChangeFact(fact, old, std::move(record)));
  }
  return absl::OkStatus();
}

absl::Status GraphWriter::RecomputeFactsOf(std::vector<NodeId> articles) {
  absl::flat_hash_set<NodeId> met(articles.begin(), articles.end());
  std::vector<FactId> facts;
  while (!articles.empty()) {
    const NodeId article = articles.back();
    articles.pop_back();
    ASSIGN_OR_RETURN(const std::vector<FactId> of_article,
                     storage::FactsOfArticle(transaction_, article));
    facts.insert(facts.end(), of_article.begin(), of_article.end());
    ASSIGN_OR_RETURN(const std::vector<NodeId> copies,
                     storage::CopiesOfOriginal(transaction_, article));
    for (NodeId copy : copies) {
      if (met.insert(copy).second) articles.push_back(copy);
    }
  }
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  for (size_t begin = 0; begin < facts.size(); begin += kFactsRecomputedAtOnce) {
    const absl::Span<const FactId> portion =
        absl::MakeConstSpan(facts).subspan(begin, kFactsRecomputedAtOnce);
    ASSIGN_OR_RETURN(const std::vector<std::optional<FactRecord>> records,
                     storage::ReadFacts(transaction_, portion));
    for (size_t i = 0; i < portion.size(); ++i) {
      if (!records[i].has_value()) return absl::DataLossError("an article's fact is missing");
      FactRecord record = *records[i];
      RETURN_IF_ERROR(Refresh(&record));
      RETURN_IF_ERROR(ChangeFact(portion[i], *records[i], std::move(record)));
    }
  }
  return absl::OkStatus();
}

absl::Status GraphWriter::Refresh(FactRecord* record) {
  ASSIGN_OR_RETURN(const std::vector<Evidence> evidence, articles_.Read(record->evidence));
  ASSIGN_OR_RETURN(const Corroboration result, CorroborateUnder(*record, evidence, Lens()));
  bool retracted = false;
  bool denied = false;
  for (const Evidence& piece : evidence) {
    if (piece.retracted.has_value()) {
      retracted = true;
    } else if (piece.stance == Stance::kDenies) {
      denied = true;
    }
  }
  StoreCorroboration(result, retracted, denied, record);
  return absl::OkStatus();
}

}  // namespace entente
