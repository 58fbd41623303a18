// ClaimWriter: entities known by name alone, and what becomes of them when one with a key turns up.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/built_in.h"
#include "engine/claim_writer.h"
#include "engine/names.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/dictionary.h"
#include "storage/facts.h"
#include "storage/keys.h"
#include "storage/merges.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/transaction.h"

namespace entente {
namespace {

using storage::FactRecord;
using storage::NodeRecord;

}  // namespace

// The only keyed entity that `name` (normalised) means by the rules for names, stubs aside.
absl::StatusOr<NodeId> ClaimWriter::KeyedBearer(absl::string_view name) const {
  ASSIGN_OR_RETURN(const std::vector<storage::NameEntry> entries,
                   storage::FindName(graph_.view(), name));
  for (storage::NameKind kind : {storage::NameKind::kCanonical, storage::NameKind::kAlias}) {
    std::vector<NodeId> bearers;
    for (const storage::NameEntry& entry : entries) {
      if (entry.kind != kind) continue;
      ASSIGN_OR_RETURN(const Value key,
                       graph_.NodeProperty(entry.node, kBuiltInProperties[kKeyProperty]));
      if (key.is_string() && !IsStubKey(key.string())) bearers.push_back(entry.node);
    }
    if (bearers.size() == 1) return bearers[0];
    if (!bearers.empty()) break;
  }
  return kNoId;
}

absl::StatusOr<size_t> ClaimWriter::TakeOverStubs() {
  std::vector<NodeId> entities(touched_.begin(), touched_.end());
  std::sort(entities.begin(), entities.end());
  size_t taken_over = 0;
  for (NodeId entity : entities) {
    ASSIGN_OR_RETURN(const std::vector<EntityName> names, graph_.Names(entity));
    for (const EntityName& name : names) {
      ASSIGN_OR_RETURN(const NodeId stub, graph_.FindKeyOwner(StubKey(name.text)));
      if (stub == kNoId || stub == entity || IsArticle(stub)) continue;
      ASSIGN_OR_RETURN(const NodeId bearer, KeyedBearer(NormalizeName(name.text)));
      if (bearer != entity) continue;
      RETURN_IF_ERROR(AbsorbStub(stub, entity));
      ++taken_over;
    }
  }
  return taken_over;
}

absl::Status ClaimWriter::AbsorbStub(NodeId stub, NodeId entity) {
  // Merges into the stub can still be undone, so this is one more.
  ASSIGN_OR_RETURN(const std::vector<NodeId> merged, storage::MergedInto(graph_.view(), stub));
  if (!merged.empty()) return Merge(entity, stub).status();
  ASSIGN_OR_RETURN(const std::vector<FactId> facts, graph_.AllRelationships(stub));
  for (FactId fact : facts) {
    ASSIGN_OR_RETURN(const FactRecord old, graph_.NeedFact(fact));
    ASSIGN_OR_RETURN(MovedFact moved, Moved(old, stub, entity));
    RETURN_IF_ERROR(WriteMoved(fact, old, std::move(moved)));
  }
  ASSIGN_OR_RETURN(std::vector<NodeId> articles, storage::ArticlesOfPublisher(graph_.view(), stub));
  for (NodeId article : articles) RETURN_IF_ERROR(graph_.SetPublisher(article, entity));

  ASSIGN_OR_RETURN(const NodeRecord of_stub, graph_.NeedNode(stub));
  RETURN_IF_ERROR(graph_.DeleteNode(stub));
  ASSIGN_OR_RETURN(const NodeRecord old, graph_.NeedNode(entity));
  ASSIGN_OR_RETURN(NodeRecord record, United(old, of_stub));
  RETURN_IF_ERROR(graph_.ChangeNode(entity, &old, std::move(record)));
  absorbed_.emplace_back(stub, entity);
  return graph_.RecomputeFactsOf(std::move(articles));
}

// FactIdentity begins with subject, relation and object.
std::string ClaimWriter::Rebased(absl::string_view identity, const FactRecord& record) {
  constexpr size_t kEnds = 8 + 4 + 8;
  storage::KeyWriter key;
  key.U64(record.subject).U32(record.relation).U64(record.object);
  key.Raw(identity.substr(std::min(kEnds, identity.size())));
  return key.bytes();
}

absl::StatusOr<ClaimWriter::MovedFact> ClaimWriter::Moved(const FactRecord& old, NodeId from,
                                                          NodeId to) const {
  MovedFact moved = {old};
  FactRecord& record = moved.record;
  std::vector<storage::Evidence> pieces = std::exchange(record.evidence, {});
  for (storage::Evidence& piece : pieces) {
    if (piece.asserter == from) piece.asserter = to;
  }
  AddEvidence(pieces, &record);
  if (record.subject != from && record.object != from) return moved;
  if (record.subject == from) record.subject = to;
  if (record.object == from) record.object = to;
  if (!record.identity.empty()) record.identity = Rebased(record.identity, record);
  ASSIGN_OR_RETURN(const std::string identity, IdentityOf(record));
  if (!identity.empty()) {
    ASSIGN_OR_RETURN(moved.twin, FindIdentity(record, identity));
  }
  return moved;
}

absl::Status ClaimWriter::WriteMoved(FactId fact, const FactRecord& old, MovedFact moved) {
  if (moved.twin == kNoId) {
    RETURN_IF_ERROR(graph_.Refresh(&moved.record));
    return storage::UpdateFact(graph_.transaction(), fact, old, moved.record);
  }
  RETURN_IF_ERROR(graph_.DeleteRelationship(fact));
  ASSIGN_OR_RETURN(const FactRecord old_twin, graph_.NeedFact(moved.twin));
  FactRecord united = old_twin;
  AddEvidence(moved.record.evidence, &united);
  RETURN_IF_ERROR(AddLackingToFact(moved.record.properties, &united.properties).status());
  RETURN_IF_ERROR(graph_.Refresh(&united));
  return graph_.ChangeFact(moved.twin, old_twin, std::move(united));
}

absl::StatusOr<std::vector<FactId>> ClaimWriter::FactsAsserting(
    const absl::flat_hash_set<NodeId>& asserters) const {
  std::vector<FactId> facts;
  storage::FactCursor cursor(graph_.view());
  FactId fact;
  FactRecord record;
  while (cursor.Next(&fact, &record)) {
    const bool named = std::any_of(
        record.evidence.begin(), record.evidence.end(),
        [&](const storage::Evidence& piece) { return asserters.contains(piece.asserter); });
    if (named) facts.push_back(fact);
  }
  RETURN_IF_ERROR(cursor.status());
  return facts;
}

absl::Status ClaimWriter::Finish() {
  if (absorbed_.empty()) return absl::OkStatus();
  const absl::flat_hash_map<NodeId, NodeId> successors(absorbed_.begin(), absorbed_.end());
  absl::flat_hash_set<NodeId> stubs;
  for (const auto& [stub, entity] : absorbed_) stubs.insert(stub);
  // No way leads back from an asserter, so all facts are looked at, once an import.
  ASSIGN_OR_RETURN(const std::vector<FactId> facts, FactsAsserting(stubs));
  for (FactId fact : facts) {
    ASSIGN_OR_RETURN(const FactRecord old, graph_.NeedFact(fact));
    FactRecord record = old;
    record.evidence.clear();
    std::vector<storage::Evidence> renamed = old.evidence;
    for (storage::Evidence& piece : renamed) {
      const auto successor = successors.find(piece.asserter);
      if (successor != successors.end()) piece.asserter = successor->second;
    }
    AddEvidence(renamed, &record);
    RETURN_IF_ERROR(graph_.Refresh(&record));
    RETURN_IF_ERROR(graph_.ChangeFact(fact, old, std::move(record)));
  }
  absorbed_.clear();
  return absl::OkStatus();
}

}  // namespace entente
