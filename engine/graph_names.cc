// Graph: keys and names.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/built_in.h"
#include "engine/error.h"
#include "engine/graph.h"
#include "engine/names.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/dictionary.h"
#include "storage/nodes.h"
#include "storage/time.h"

namespace entente {
namespace {

// How many entries of the names' index are looked at for one name that nobody bears.
constexpr size_t kNamesLookedAt = 4096;

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

// The beginning of `text` of so many code points.
absl::string_view FirstCodePoints(absl::string_view text, size_t count) {
  size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool begins = (text[end] & 0xC0) != 0x80;
    if (begins && count-- == 0) break;
  }
  return text.substr(0, end);
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

absl::StatusOr<NodeId> Graph::FindKey(absl::string_view key) const {
  ASSIGN_OR_RETURN(const std::optional<NodeId> node, storage::FindKey(*view_, key));
  return node.value_or(kNoId);
}

absl::StatusOr<std::vector<NodeId>> Graph::FindKeyBearers(absl::string_view key) const {
  return storage::FindKeyBearers(*view_, key);
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

absl::StatusOr<std::vector<std::string>> Graph::NearestNames(absl::string_view text,
                                                             size_t limit) const {
  const std::string wanted = NormalizeName(text);
  ASSIGN_OR_RETURN(std::vector<storage::NameEntry> entries,
                   storage::FindNamePrefix(*view_, "", kNamesLookedAt));
  if (entries.size() >= kNamesLookedAt) {
    // Too many to see all: look where the beginning is right.
    for (size_t length : {1, 3}) {
      ASSIGN_OR_RETURN(
          std::vector<storage::NameEntry> more,
          storage::FindNamePrefix(*view_, FirstCodePoints(wanted, length), kNamesLookedAt));
      entries.insert(entries.end(), more.begin(), more.end());
    }
  }
  std::vector<std::string> candidates;
  candidates.reserve(entries.size());
  for (const storage::NameEntry& entry : entries) candidates.push_back(entry.name);
  const std::vector<std::string> near = NearestTo(wanted, candidates, limit);
  std::vector<std::string> names;
  for (const std::string& name : near) {
    const auto entry = std::find_if(entries.begin(), entries.end(),
                                    [&](const storage::NameEntry& e) { return e.name == name; });
    ASSIGN_OR_RETURN(NameMatch match, Written(*view_, *entry));
    names.push_back(std::move(match.name));
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
    names.push_back({name.text, name.language, name.script});
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
