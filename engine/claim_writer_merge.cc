// ClaimWriter: merging two entities, and undoing it.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/claim_writer.h"
#include "engine/counters.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/facts.h"
#include "storage/merges.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/transaction.h"

namespace entente {
namespace {

using storage::FactBefore;
using storage::FactRecord;
using storage::MergeRecord;
using storage::NodeRecord;

template <typename T>
bool IsAmong(const T& wanted, const std::vector<T>& all) {
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

// Takes out of `*now` what a change from `before` to `made` added, and puts back what it took.
template <typename T>
void UndoChange(const std::vector<T>& before, const std::vector<T>& made, std::vector<T>* now) {
  now->erase(
      std::remove_if(now->begin(), now->end(),
                     [&](const T& one) { return IsAmong(one, made) && !IsAmong(one, before); }),
      now->end());
  for (const T& one : before) {
    if (!IsAmong(one, made) && !IsAmong(one, *now)) now->push_back(one);
  }
}

// Takes the properties of `added` that were lacking before out of `*now`, unless they have become
// others since.
absl::Status UndoAdded(absl::string_view before, absl::string_view added, std::string* now) {
  ASSIGN_OR_RETURN(const std::vector<Property> properties, UnpackProperties(added));
  for (const auto& [id, value] : properties) {
    ASSIGN_OR_RETURN(const Value known, FindProperty(before, id));
    ASSIGN_OR_RETURN(const Value present, FindProperty(*now, id));
    if (known.is_null() && PackProperties({{id, present}}) == PackProperties({{id, value}})) {
      ASSIGN_OR_RETURN(*now, WithProperty(*now, id, Value::Null()));
    }
  }
  return absl::OkStatus();
}

// A fact that a merge changed, as it was; the first of several is the one that they became.
using Member = std::pair<FactId, FactBefore>;

// What has become of a piece of evidence that a fact had before a merge of `merged` into `into`;
// nullopt when it went with its article. `members` are all facts that became one with it, `now` is
// that one.
class FormerEvidence {
 public:
  FormerEvidence(NodeId merged, NodeId into, const std::vector<Member>& members,
                 const FactRecord& now)
      : merged_(merged), into_(into), members_(members), now_(now) {}

  std::vector<storage::Evidence> Of(const FactRecord& before) const {
    std::vector<storage::Evidence> pieces;
    for (storage::Evidence piece : before.evidence) {
      const storage::Evidence moved = Moved(piece);
      const auto present =
          std::find_if(now_.evidence.begin(), now_.evidence.end(),
                       [&](const auto& other) { return ClaimWriter::SamePiece(other, moved); });
      if (present == now_.evidence.end()) continue;
      if (piece.retracted_at == storage::kNoTime && !RetractedBefore(*present)) {
        piece.retracted_at = present->retracted_at;
      }
      pieces.push_back(std::move(piece));
    }
    return pieces;
  }

  // Those that came since.
  std::vector<storage::Evidence> New() const {
    std::vector<storage::Evidence> pieces;
    for (const storage::Evidence& piece : now_.evidence) {
      const bool known = AnyFormer(piece, [](const storage::Evidence&) { return true; });
      if (!known) pieces.push_back(piece);
    }
    return pieces;
  }

 private:
  storage::Evidence Moved(storage::Evidence piece) const {
    if (piece.asserter == merged_) piece.asserter = into_;
    return piece;
  }

  // Whether a piece that became `piece` fulfils a condition.
  template <typename Condition>
  bool AnyFormer(const storage::Evidence& piece, const Condition& condition) const {
    return std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
      const std::vector<storage::Evidence>& former = member.second.record.evidence;
      return std::any_of(former.begin(), former.end(), [&](const storage::Evidence& other) {
        return ClaimWriter::SamePiece(Moved(other), piece) && condition(other);
      });
    });
  }

  // Whether the retraction was one of a piece that was united with others.
  bool RetractedBefore(const storage::Evidence& piece) const {
    return AnyFormer(piece, [&](const storage::Evidence& other) {
      return other.retracted_at == piece.retracted_at;
    });
  }

  const NodeId merged_;
  const NodeId into_;
  const std::vector<Member>& members_;
  const FactRecord& now_;
};

}  // namespace

absl::StatusOr<NodeRecord> ClaimWriter::United(const NodeRecord& into, const NodeRecord& merged) {
  NodeRecord united = into;
  for (LabelId label : merged.labels) {
    if (!IsAmong(label, united.labels)) united.labels.push_back(label);
  }
  RETURN_IF_ERROR(AddLacking(merged.properties, &united.properties).status());
  ASSIGN_OR_RETURN(std::string name, GraphWriter::TextOf(&merged, kNameProperty));
  ASSIGN_OR_RETURN(const std::string canonical, GraphWriter::TextOf(&united, kNameProperty));
  if (name != canonical) entente::AddName({std::move(name), "", ""}, &united.names);
  for (const storage::Name& alias : merged.names) {
    entente::AddName({alias.text, alias.language, alias.script, alias.since_day, alias.until_day},
                     &united.names);
  }
  return united;
}

absl::StatusOr<NodeId> ClaimWriter::Merge(NodeId into, NodeId merged) {
  if (IsArticle(into) || IsArticle(merged)) {
    return absl::InvalidArgumentError("only entities can be merged, not articles");
  }
  if (into == merged) return absl::InvalidArgumentError("an entity cannot be merged with itself");
  storage::Transaction& transaction = graph_.transaction();
  MergeRecord merge;
  merge.into = into;
  ASSIGN_OR_RETURN(merge.number, transaction.Counter(storage::kNextMerge));
  RETURN_IF_ERROR(transaction.Count(storage::kNextMerge, 1));
  ASSIGN_OR_RETURN(merge.into_before, graph_.NeedNode(into));
  ASSIGN_OR_RETURN(merge.merged_before, graph_.NeedNode(merged));
  ASSIGN_OR_RETURN(merge.articles, storage::ArticlesOfPublisher(graph_.view(), merged));
  RETURN_IF_ERROR(MergeFacts(merged, &merge));
  for (NodeId article : merge.articles) RETURN_IF_ERROR(graph_.SetPublisher(article, into));
  ASSIGN_OR_RETURN(NodeRecord united, United(merge.into_before, merge.merged_before));
  ASSIGN_OR_RETURN(const std::string key, GraphWriter::TextOf(&merge.merged_before, kKeyProperty));
  ASSIGN_OR_RETURN(const std::string own_key, GraphWriter::TextOf(&united, kKeyProperty));
  RETURN_IF_ERROR(graph_.RemoveNode(merged));
  RETURN_IF_ERROR(graph_.ChangeNode(into, &merge.into_before, std::move(united)));
  RETURN_IF_ERROR(storage::PutMerge(transaction, merged, merge));
  if (!key.empty() && key != own_key) storage::PutMergedKey(transaction, key, merged);
  touched_.erase(merged);
  RETURN_IF_ERROR(graph_.RecomputeFactsOf(merge.articles));
  return merged;
}

absl::Status ClaimWriter::MergeFacts(NodeId merged, MergeRecord* merge) {
  ASSIGN_OR_RETURN(std::vector<FactId> facts, FactsAsserting({merged}));
  ASSIGN_OR_RETURN(const std::vector<FactId> own, graph_.AllRelationships(merged));
  facts.insert(facts.end(), own.begin(), own.end());
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  absl::flat_hash_set<FactId> saved;
  const auto save = [&](FactId fact, FactId survivor, const FactRecord& record) {
    if (!saved.insert(fact).second) return;
    storage::PutFactBefore(graph_.transaction(), fact, merge->number, {merged, survivor, record});
    merge->facts.push_back(fact);
  };
  for (FactId fact : facts) {
    ASSIGN_OR_RETURN(const FactRecord old, graph_.NeedFact(fact));
    ASSIGN_OR_RETURN(MovedFact moved, Moved(old, merged, merge->into));
    save(fact, moved.twin == kNoId ? fact : moved.twin, old);
    if (moved.twin != kNoId) {
      ASSIGN_OR_RETURN(const FactRecord twin, graph_.NeedFact(moved.twin));
      save(moved.twin, moved.twin, twin);
    }
    RETURN_IF_ERROR(WriteMoved(fact, old, std::move(moved)));
  }
  std::sort(merge->facts.begin(), merge->facts.end());
  return absl::OkStatus();
}

absl::Status ClaimWriter::CheckIsLastMerge(NodeId merged, const MergeRecord& merge) const {
  const auto first = [&](NodeId later) {
    return absl::InvalidArgumentError(absl::StrCat("the merge ", merged, " cannot be undone before",
                                                   " the later one ", later,
                                                   " that touches the same"));
  };
  ASSIGN_OR_RETURN(const bool exists, graph_.HasNode(merge.into));
  if (!exists) return first(merge.into);
  ASSIGN_OR_RETURN(const std::vector<NodeId> others,
                   storage::MergedInto(graph_.view(), merge.into));
  for (NodeId other : others) {
    ASSIGN_OR_RETURN(const std::optional<MergeRecord> record,
                     storage::ReadMerge(graph_.view(), other));
    if (!record.has_value()) return absl::DataLossError("the record of a merge is lost");
    if (record->number > merge.number) return first(other);
  }
  for (FactId fact : merge.facts) {
    ASSIGN_OR_RETURN(const NodeId later, storage::LaterMergeOf(graph_.view(), fact, merge.number));
    if (later != kNoId) return first(later);
  }
  return absl::OkStatus();
}

absl::Status ClaimWriter::Unmerge(NodeId merged) {
  ASSIGN_OR_RETURN(const std::optional<MergeRecord> merge,
                   storage::ReadMerge(graph_.view(), merged));
  if (!merge.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("there is no merge ", merged, " to undo"));
  }
  RETURN_IF_ERROR(CheckIsLastMerge(merged, *merge));
  std::vector<NodeId> articles;
  for (NodeId article : merge->articles) {
    ASSIGN_OR_RETURN(const std::optional<NodeRecord> record,
                     storage::ReadNode(graph_.view(), article));
    if (!record.has_value() || record->publisher != merge->into) continue;
    RETURN_IF_ERROR(graph_.SetPublisher(article, merged));
    articles.push_back(article);
  }
  // First the entity, which may have got its key from the other one.
  RETURN_IF_ERROR(UndoUnion(*merge));
  ASSIGN_OR_RETURN(const std::string key, GraphWriter::TextOf(&merge->merged_before, kKeyProperty));
  storage::EraseMergedKey(graph_.transaction(), key, merged);
  RETURN_IF_ERROR(graph_.ChangeNode(merged, nullptr, merge->merged_before));

  std::map<FactId, std::vector<Member>> groups;  // by what they became
  for (FactId fact : merge->facts) {
    ASSIGN_OR_RETURN(FactBefore before,
                     storage::ReadFactBefore(graph_.view(), fact, merge->number));
    std::vector<Member>& group = groups[before.survivor];
    const bool survived = before.survivor == fact;
    group.insert(survived ? group.begin() : group.end(), Member(fact, std::move(before)));
  }
  for (const auto& [fact, members] : groups) {
    RETURN_IF_ERROR(Separate(merged, merge->into, members));
  }
  RETURN_IF_ERROR(storage::EraseMerge(graph_.transaction(), merged, *merge));
  return graph_.RecomputeFactsOf(std::move(articles));
}

absl::Status ClaimWriter::UndoUnion(const MergeRecord& merge) {
  const NodeRecord& before = merge.into_before;
  ASSIGN_OR_RETURN(const NodeRecord made, United(before, merge.merged_before));
  ASSIGN_OR_RETURN(const NodeRecord now, graph_.NeedNode(merge.into));
  NodeRecord record = now;
  UndoChange(before.labels, made.labels, &record.labels);
  ASSIGN_OR_RETURN(const std::vector<NodeId> articles,
                   storage::ArticlesOfPublisher(graph_.view(), merge.into));
  const LabelId publisher = kPublisherLabel;
  if (!articles.empty() && !IsAmong(publisher, record.labels)) record.labels.push_back(publisher);
  UndoChange(before.names, made.names, &record.names);
  RETURN_IF_ERROR(UndoAdded(before.properties, merge.merged_before.properties, &record.properties));
  return graph_.ChangeNode(merge.into, &now, std::move(record));
}

absl::Status ClaimWriter::Separate(NodeId merged, NodeId into,
                                   absl::Span<const std::pair<FactId, FactBefore>> group) {
  const std::vector<Member> members(group.begin(), group.end());
  const auto& [survivor, former] = members[0];
  ASSIGN_OR_RETURN(const std::optional<FactRecord> now, storage::ReadFact(graph_.view(), survivor));
  if (!now.has_value()) return absl::OkStatus();  // deleted since
  const FormerEvidence evidence(merged, into, members, *now);
  const auto set_ends = [&](const FactRecord& before, FactRecord* record) {
    record->subject = before.subject == merged ? merged : now->subject;
    record->object = before.object == merged ? merged : now->object;
  };
  FactRecord rest = *now;
  set_ends(former.record, &rest);
  if (!rest.identity.empty()) rest.identity = Rebased(rest.identity, rest);
  rest.evidence = evidence.Of(former.record);
  AddEvidence(evidence.New(), &rest);
  for (size_t i = 1; i < members.size(); ++i) {
    const auto& [fact, before] = members[i];
    FactRecord record = before.record;
    set_ends(before.record, &record);
    record.evidence = evidence.Of(before.record);
    RETURN_IF_ERROR(graph_.Refresh(&record));
    RETURN_IF_ERROR(storage::RestoreFact(graph_.transaction(), fact, record));
    RETURN_IF_ERROR(graph_.transaction().Count(RelationCounter(record.relation), 1));
    std::string made = former.record.properties;
    RETURN_IF_ERROR(AddLackingToFact(before.record.properties, &made).status());
    RETURN_IF_ERROR(UndoAdded(former.record.properties, made, &rest.properties));
  }
  RETURN_IF_ERROR(graph_.Refresh(&rest));
  return storage::UpdateFact(graph_.transaction(), survivor, *now, rest);
}

}  // namespace entente
