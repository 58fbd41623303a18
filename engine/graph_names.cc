// Graph: keys and names.
#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/built_in.h"
#include "engine/error.h"
#include "engine/graph.h"
#include "engine/names.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/dictionary.h"
#include "storage/merges.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/time.h"

namespace entente {
namespace {

// How many entries of the names' index that begin with a text are looked at, and how many of the
// entities that share most trigrams with it.
constexpr size_t kBeginningsLookedAt = 512;
constexpr size_t kLikelyLookedAt = 512;

// Trigrams in common that make a name similar to another, by the custom of text search.
constexpr double kLeastSimilarity = 0.3;

absl::StatusOr<std::string> CanonicalName(const storage::NodeRecord& record) {
  ASSIGN_OR_RETURN(const Value name, FindProperty(record.properties, kNameProperty));
  return name.is_string() ? std::string(name.string()) : std::string();
}

// The name as it was written that the index entry stands for.
absl::StatusOr<NameMatch> Written(const storage::View& view, const storage::NameEntry& entry) {
  NameMatch match;
  match.node = entry.node;
  match.name = entry.name;
  match.language = entry.language;
  ASSIGN_OR_RETURN(const std::optional<storage::NodeRecord> record,
                   storage::ReadNode(view, entry.node));
  if (!record.has_value()) return absl::DataLossError("a name leads to no node");
  if (entry.kind == storage::NameKind::kCanonical) {
    ASSIGN_OR_RETURN(match.name, CanonicalName(*record));
    return match;
  }
  for (const storage::Name& name : record->names) {
    if (NormalizeName(name.text) != entry.name) continue;
    match.name = name.text;
    break;
  }
  return match;
}

// What is looked for among names.
struct SoughtName {
  explicit SoughtName(absl::string_view text)
      : normalised(NormalizeName(text)),
        latin(LatinForm(normalised)),
        trigrams(TrigramsOf(latin)) {}

  // The score of a name, 0 when it is not similar.
  double ScoreOf(absl::string_view name) const {
    const std::string other = NormalizeName(name);
    const std::string other_latin = LatinForm(other);
    const bool begins = absl::StartsWith(other, normalised) ||
                        (!latin.empty() && absl::StartsWith(other_latin, latin));
    const double similarity = TrigramSimilarity(trigrams, TrigramsOf(other_latin));
    if (begins) return (similarity + 1) / 2;
    return similarity < kLeastSimilarity ? 0 : similarity / 2;
  }
  // What no name reaches of an entity whose names have so many of the trigrams.
  double MostOf(size_t shared) const {
    if (trigrams.empty()) return 1;
    const double most = static_cast<double>(shared) / static_cast<double>(trigrams.size());
    // A word that goes on lacks the trigram of its end alone.
    if (shared + 1 >= trigrams.size()) return (most + 1) / 2;
    return most < kLeastSimilarity ? 0 : most / 2;
  }

  const std::string normalised;
  const std::string latin;
  const std::vector<Trigram> trigrams;
};

// Entities that may bear a similar name, with how many of its trigrams each has; most first. What
// begins with the text counts as having them all.
absl::StatusOr<std::vector<std::pair<size_t, NodeId>>> LikelyBearers(const storage::View& view,
                                                                     const SoughtName& sought) {
  std::vector<NodeId> met;
  for (Trigram trigram : sought.trigrams) {
    ASSIGN_OR_RETURN(const std::vector<NodeId> entities, storage::EntitiesOfTrigram(view, trigram));
    met.insert(met.end(), entities.begin(), entities.end());
  }
  ASSIGN_OR_RETURN(const std::vector<storage::NameEntry> beginnings,
                   storage::FindNamePrefix(view, sought.normalised, kBeginningsLookedAt));
  for (const storage::NameEntry& entry : beginnings) {
    met.insert(met.end(), sought.trigrams.size() + 1, entry.node);
  }
  std::sort(met.begin(), met.end());
  std::vector<std::pair<size_t, NodeId>> likely;
  for (size_t begin = 0, end = 0; begin < met.size(); begin = end) {
    while (end < met.size() && met[end] == met[begin]) ++end;
    const size_t shared = std::min(end - begin, sought.trigrams.size());
    if (sought.MostOf(shared) > 0) likely.emplace_back(shared, met[begin]);
  }
  std::stable_sort(likely.begin(), likely.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  return likely;
}

// Its score is 0 when none of the names is similar.
absl::StatusOr<NameMatch> NearestNameOf(const Graph& graph, NodeId node, const SoughtName& sought) {
  ASSIGN_OR_RETURN(const std::vector<EntityName> names, graph.Names(node));
  NameMatch best = {node, "", "", 0};
  for (const EntityName& name : names) {
    const double score = sought.ScoreOf(name.text);
    if (score > best.score) best = {node, name.text, name.language, score};
  }
  return best;
}

}  // namespace

absl::Status AmbiguousNameError(absl::string_view text,
                                const std::vector<NameCandidate>& candidates) {
  std::vector<std::string> words;
  for (const NameCandidate& candidate : candidates) {
    // One without a name of its own bears this one as an alias.
    const absl::string_view name = candidate.name.empty() ? text : candidate.name;
    if (candidate.key.empty()) {
      words.emplace_back(name);
    } else {
      words.push_back(candidate.name.empty() ? candidate.key
                                             : absl::StrCat(name, " (", candidate.key, ")"));
    }
  }
  return MakeError(ErrorCode::kAmbiguousName,
                   absl::StrCat("'", text, "' may mean ", absl::StrJoin(words, ", ")));
}

absl::StatusOr<NodeId> Graph::FindKeyOwner(absl::string_view key) const {
  ASSIGN_OR_RETURN(const std::optional<NodeId> node, storage::FindKey(*view_, key));
  return node.value_or(kNoId);
}

absl::StatusOr<NodeId> Graph::FindKey(absl::string_view key) const {
  ASSIGN_OR_RETURN(NodeId node, FindKeyOwner(key));
  if (node != kNoId) return node;
  ASSIGN_OR_RETURN(const uint64_t merges, view_->Counter(storage::kMergeCount));
  if (merges == 0) return kNoId;
  ASSIGN_OR_RETURN(node, storage::FindMergedKey(*view_, key));
  // What it went into may have been merged, later.
  for (uint64_t least = 0; node != kNoId;) {
    ASSIGN_OR_RETURN(const std::optional<storage::MergeRecord> merge,
                     storage::ReadMerge(*view_, node));
    if (!merge.has_value()) break;
    if (merge->number < least) return absl::DataLossError("merges go in a circle");
    least = merge->number + 1;
    node = merge->into;
  }
  return node;
}

absl::StatusOr<std::vector<std::string>> Graph::SourceKeys(NodeId node) const {
  std::vector<std::string> keys;
  const auto add = [&](const storage::NodeRecord& record) -> absl::Status {
    ASSIGN_OR_RETURN(const Value key, FindProperty(record.properties, kKeyProperty));
    if (!key.is_string() || key.string().empty()) return absl::OkStatus();
    const bool known = std::find(keys.begin(), keys.end(), key.string()) != keys.end();
    if (!known) keys.emplace_back(key.string());
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(const storage::NodeRecord record, NeedNode(node));
  RETURN_IF_ERROR(add(record));
  for (std::vector<NodeId> open = {node}; !open.empty();) {
    ASSIGN_OR_RETURN(const std::vector<NodeId> merged, storage::MergedInto(*view_, open.back()));
    open.pop_back();
    for (NodeId one : merged) {
      ASSIGN_OR_RETURN(const std::optional<storage::MergeRecord> merge,
                       storage::ReadMerge(*view_, one));
      if (!merge.has_value()) return absl::DataLossError("the record of a merge is lost");
      RETURN_IF_ERROR(add(merge->merged_before));
    }
    open.insert(open.end(), merged.rbegin(), merged.rend());
  }
  return keys;
}

absl::Status Graph::AddKeyBearers(absl::string_view key, std::vector<NodeId>* nodes) const {
  return storage::AddKeyBearers(*view_, key, nodes);
}

absl::StatusOr<std::vector<NameMatch>> Graph::FindName(absl::string_view text) const {
  std::vector<NameMatch> matches;
  ASSIGN_OR_RETURN(const NodeId keyed, FindKey(text));
  if (keyed != kNoId) {
    matches.push_back({keyed, std::string(text), ""});
    return matches;
  }
  const std::string normalised = NormalizeName(text);
  if (normalised.empty()) return matches;
  ASSIGN_OR_RETURN(const std::vector<storage::NameEntry> entries,
                   storage::FindName(*view_, normalised));
  for (storage::NameKind kind : {storage::NameKind::kCanonical, storage::NameKind::kAlias}) {
    for (const storage::NameEntry& entry : entries) {
      if (entry.kind != kind) continue;
      ASSIGN_OR_RETURN(NameMatch match, Written(*view_, entry));
      matches.push_back(std::move(match));
    }
    if (!matches.empty()) break;
  }
  return matches;
}

absl::StatusOr<NodeId> Graph::ResolveName(absl::string_view text) const {
  ASSIGN_OR_RETURN(const std::vector<NameMatch> matches, FindName(text));
  if (matches.empty()) return kNoId;
  if (matches.size() == 1) return matches[0].node;
  std::vector<NameCandidate> candidates;
  for (const NameMatch& match : matches) {
    ASSIGN_OR_RETURN(NameCandidate candidate, CandidateOf(match.node));
    if (candidate.key.empty() && candidate.name.empty()) candidate.name = match.name;
    candidates.push_back(std::move(candidate));
  }
  return AmbiguousNameError(text, candidates);
}

absl::StatusOr<NameCandidate> Graph::CandidateOf(NodeId node) const {
  NameCandidate candidate;
  for (const auto& [property, text] :
       {std::make_pair(kNameProperty, &candidate.name), {kKeyProperty, &candidate.key}}) {
    ASSIGN_OR_RETURN(const Value value, NodeProperty(node, kBuiltInProperties[property]));
    if (value.is_string()) *text = std::string(value.string());
  }
  return candidate;
}

absl::StatusOr<std::vector<NameMatch>> Graph::FindSimilarNames(absl::string_view text,
                                                               size_t limit) const {
  const SoughtName sought(text);
  std::vector<NameMatch> matches;
  if (sought.normalised.empty() || limit == 0) return matches;
  ASSIGN_OR_RETURN(const auto likely, LikelyBearers(*view_, sought));
  // The scores of the best ones so far, the least on top.
  std::priority_queue<double, std::vector<double>, std::greater<>> best;
  for (size_t i = 0; i < likely.size() && i < std::max(limit, kLikelyLookedAt); ++i) {
    const auto [shared, node] = likely[i];
    if (best.size() == limit && sought.MostOf(shared) < best.top()) break;
    ASSIGN_OR_RETURN(NameMatch match, NearestNameOf(*this, node, sought));
    if (match.score == 0) continue;
    best.push(match.score);
    if (best.size() > limit) best.pop();
    matches.push_back(std::move(match));
  }
  // Of equal ones that which is written so comes first.
  const auto order = [&](const NameMatch& match) {
    return std::make_tuple(-match.score, NormalizeName(match.name) != sought.normalised,
                           absl::string_view(match.name), match.node);
  };
  std::sort(matches.begin(), matches.end(),
            [&](const NameMatch& a, const NameMatch& b) { return order(a) < order(b); });
  if (matches.size() > limit) matches.resize(limit);
  return matches;
}

absl::StatusOr<std::vector<std::string>> Graph::NearestNames(absl::string_view text,
                                                             size_t limit) const {
  ASSIGN_OR_RETURN(const std::vector<NameMatch> matches, FindSimilarNames(text, limit));
  std::vector<std::string> names;
  for (const NameMatch& match : matches) {
    const bool known = std::find(names.begin(), names.end(), match.name) != names.end();
    if (!known) names.push_back(match.name);
  }
  return names;
}

absl::StatusOr<std::vector<EntityName>> Graph::Names(NodeId node) const {
  ASSIGN_OR_RETURN(const storage::NodeRecord record, NeedNode(node));
  std::vector<EntityName> names;
  ASSIGN_OR_RETURN(std::string canonical, CanonicalName(record));
  const bool listed =
      std::any_of(record.names.begin(), record.names.end(),
                  [&](const storage::Name& name) { return name.text == canonical; });
  if (!canonical.empty() && !listed) {
    std::string script = ScriptOf(canonical);
    names.push_back({std::move(canonical), "", std::move(script)});
  }
  for (const storage::Name& name : record.names) {
    names.push_back({name.text, name.language, name.script, name.since_day, name.until_day});
  }
  return names;
}

absl::StatusOr<std::string> Graph::DisplayName(NodeId node) const {
  ASSIGN_OR_RETURN(const storage::NodeRecord record, NeedNode(node));
  for (PropertyId property : {kNameProperty, kKeyProperty}) {
    ASSIGN_OR_RETURN(const Value value, FindProperty(record.properties, property));
    if (value.is_string() && !value.string().empty()) return std::string(value.string());
  }
  return std::string();
}

}  // namespace entente
