// From words to nodes: external keys and normalised names, each of any number of nodes.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/ids.h"
#include "storage/view.h"

namespace entente::storage {

class Transaction;

// External keys. Nearly every key has one bearer; of several the first one owns it.
absl::StatusOr<std::optional<NodeId>> FindKey(const View& view, absl::string_view key);
// All bearers, the owner first.
absl::StatusOr<std::vector<NodeId>> FindKeyBearers(const View& view, absl::string_view key);
// The same behind what `*nodes` holds.
absl::Status AddKeyBearers(const View& view, absl::string_view key, std::vector<NodeId>* nodes);
// Puts the node behind the present bearers; it must not be one.
absl::Status AddKey(Transaction& transaction, absl::string_view key, NodeId node);
// Takes the node out; the one behind an owner becomes the owner. Nothing happens to other nodes.
absl::Status RemoveKey(Transaction& transaction, absl::string_view key, NodeId node);
// Bearers from an entry's value; DataLoss when it is not one.
absl::StatusOr<std::vector<NodeId>> DecodeKeyBearers(absl::string_view value);

// Names, normalised by the caller.
enum class NameKind : uint8_t { kCanonical = 0, kAlias = 1 };

struct NameEntry {
  std::string name;  // normalised
  NodeId node = kNoId;
  NameKind kind = NameKind::kCanonical;
  std::string language;  // of the alias, or empty
  friend bool operator==(const NameEntry&, const NameEntry&) = default;
};

// All bearers of exactly this name, in ascending order of node.
absl::StatusOr<std::vector<NameEntry>> FindName(const View& view, absl::string_view name);
// The first `limit` entries whose name begins with `prefix`, in order of name, then node.
absl::StatusOr<std::vector<NameEntry>> FindNamePrefix(const View& view, absl::string_view prefix,
                                                      size_t limit);
// One entry a (name, node): a later PutName replaces kind and language.
void PutName(Transaction& transaction, const NameEntry& entry);
void EraseName(Transaction& transaction, absl::string_view name, NodeId node);
// Key and value of an entry, for bulk loads.
std::pair<std::string, std::string> EncodeName(const NameEntry& entry);
// An entry from its key and value; DataLoss when they are not one.
absl::StatusOr<NameEntry> DecodeName(absl::string_view key, absl::string_view value);

}  // namespace entente::storage
